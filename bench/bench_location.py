"""Location of a list of phone numbers: ours against `phonenumbers` parse + region + time zones.

Not measured: other clues than the number, reading the list from a file, several threads.
"""

from __future__ import annotations

import random
import statistics
import time
from typing import Any

import phonenumbers
import pyarrow as pa
from phonenumbers import timezone

from cadencia.engine.location import Locator
from cadencia.rules.places import compile_places

NUMBERS, SAMPLE, REPEATS, SEED = 1_000_000, 20_000, 5, 20261121
COUNTRIES = ("US", "CA", "MX", "CO", "PE", "CL", "EC", "AR", "BR", "GB", "IE", "RU", "ES")
#: One in so many is written with mistakes.
DIRTY = 50


def numbers(count: int, seed: int) -> list[str]:
    """E.164 numbers of thirteen countries, fixed and mobile, the last six digits drawn; some with a digit too few."""
    chance = random.Random(seed)
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    examples = [phonenumbers.example_number_for_type(country, kind) for country in COUNTRIES for kind in kinds]
    heads = [phonenumbers.format_number(n, phonenumbers.PhoneNumberFormat.E164)[:-6] for n in examples if n]
    made = [f"{chance.choice(heads)}{chance.randrange(1_000_000):06}" for _ in range(count)]
    for i in range(0, count, DIRTY):
        made[i] = made[i][:-1]
    return made


def run() -> dict[str, Any]:
    """Nanoseconds a number of each, and the paired ratio theirs / ours, with its spread."""
    started = time.perf_counter()
    tables = compile_places(())
    compiled = time.perf_counter()
    locator = Locator(tables, {})
    ready = time.perf_counter()
    texts = numbers(NUMBERS, SEED)
    column, sample = pa.array(texts, pa.large_string()), texts[:: NUMBERS // SAMPLE]
    _theirs(sample[:100]), locator.locate_columns(phones=column[:1000])
    from_list = [_ours(locator, texts) / NUMBERS * 1e9 for _ in range(REPEATS)]
    pairs = [(_theirs(sample) / SAMPLE * 1e9, _ours(locator, column) / NUMBERS * 1e9) for _ in range(REPEATS)]
    return {
        "name": "location",
        "input": f"{NUMBERS} E.164 numbers of {len(COUNTRIES)} countries, seed {SEED}; theirs on every "
        f"{NUMBERS // SAMPLE}th of them",
        "repeats": REPEATS,
        "theirs_ns": _spread([theirs for theirs, _ in pairs]),
        "ours_ns": _spread([ours for _, ours in pairs]),
        "ours_from_python_list_ns": _spread(from_list),
        "ratio": _spread([theirs / ours for theirs, ours in pairs]),
        "target_ratio": 100,
        "compile_tables_s": round(compiled - started, 3),
        "start_from_tables_s": round(ready - compiled, 4),
        "tables_bytes": sum(len(table) for table in tables.values()),
        "not_measured": "other clues than the number, reading the list from a file, several threads",
    }


def _ours(locator: Locator, column: Any) -> float:
    started = time.perf_counter()
    locator.locate_columns(phones=column)
    return time.perf_counter() - started


def _theirs(texts: list[str]) -> float:
    started = time.perf_counter()
    for text in texts:
        try:
            number = phonenumbers.parse(text)
        except phonenumbers.NumberParseException:
            continue
        phonenumbers.region_code_for_number(number)
        timezone.time_zones_for_number(number)
    return time.perf_counter() - started


def _spread(values: list[float]) -> dict[str, float]:
    low, middle, high = min(values), statistics.median(values), max(values)
    return {"min": round(low, 1), "median": round(middle, 1), "max": round(high, 1)}
