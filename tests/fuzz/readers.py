"""What must hold of any bytes given to a reader: its documented answer and nothing else, in bounded time."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cadencia.engine.decide import Engine
from cadencia.engine.decision import Decision
from cadencia.engine.query import Query
from cadencia.lists import Defaults, ListError, Settings, screen_file
from cadencia.rules import case_facts
from cadencia.rules.cache import jurisdictions_folder, open_rulebook
from cadencia.rules.cases import run_cases
from cadencia.rules.load import load_holidays_text, load_text

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 5, 18, 14, tzinfo=UTC)
FLAGS = tuple(case_facts._FLAGS)
CONTEXT_KEYS = (*case_facts._CONTEXT, *case_facts._CONTEXT_FACTS)
#: What a hostile writer would try, in all three formats.
TOKENS = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        *"{}[],:\"'#&*!|>%@`-?\n\r\t\0 ;=~",
        "- ", "---\n", "...\n", "<<: ", "&a ", "*a", "!!python/object ", "? ", "''", '""',
        "\\u0000", "\ud800", "\ufeff",
        "\u2028", "null", "true", "NO", "NaN", "1e999", "-1", "0" * 400, "9" * 30, "[" * 40, "{a: " * 20, '{"a":' * 40,
        "24:00", "07:00-19:00", "2026-02-30", "2026-03-08T02:30:00", "0001-01-01", "9999-12-31T23:59:59", "Z", "+14:00",
        "America/New_York", "../../etc/passwd", "week: undefined", "lifetime", "x10000", "x" * 5000,
    )
)  # fmt: skip


class Target(NamedTuple):
    """A reader: what must hold of any bytes, and good inputs to spoil."""

    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    spoil: Callable[[list[bytes], random.Random], bytes]


def check_rules(data: bytes) -> None:
    """A file is read, or its problems are told with a line; never both, and nothing is raised."""
    text = data.decode("utf-8", "surrogateescape")
    for read in (load_text, load_holidays_text):
        file, problems = read(text, "co/law.yaml")
        assert (file is None) == bool(problems), "a file with mistakes was loaded, or one without was not"
        assert all(problem.message and problem.line >= 0 for problem in problems)


def check_cases(data: bytes) -> None:
    """Each line that is not blank has one answer; one that cannot be read is an error that never agrees."""
    lines = data.splitlines(keepends=True)
    results = [result for _, result in run_cases(lines, open_book(), engine().decide)]
    assert len(results) == sum(bool(line.strip()) for line in lines)
    for case, result in run_cases(lines, open_book(), allow_all):
        assert result.got in ("allow", "error")
        assert not (result.got == "error" and result.ok)
        assert (result.got == "error") == bool(result.problem)
        assert not (case is None and result.got == "allow"), "a line that could not be read was allowed"


def check_list(data: bytes) -> None:
    """The list is refused whole, or every line of it is answered or told as bad."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("x.csv", "x.ndjson"):
            path, out = Path(folder) / name, Path(folder) / "out.csv"
            path.write_bytes(data)
            try:
                report = screen_file(
                    engine(), str(path), str(out), Settings(at=AT, defaults=Defaults(country="CO")), history=None
                )
            except ListError as problem:
                assert str(problem)
                continue
            assert report.lines == report.tally.lines_allowed + report.tally.lines_denied + report.bad_lines


def allow_all(query: Query) -> Decision:
    """An engine that would allow anything, so that only the reader can refuse."""
    assert query.at is not None and query.at.tzinfo is not None
    return Decision(verdict="allow", at=query.at)


@lru_cache
def engine() -> Engine:
    return Engine(open_book())


@lru_cache
def open_book():  # type: ignore[no-untyped-def]
    return open_rulebook()


@lru_cache
def rule_seeds() -> list[bytes]:
    folders = (jurisdictions_folder(), ROOT / "tests" / "rulefiles" / "good")
    return [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.yaml"))]


@lru_cache
def case_seeds() -> list[bytes]:
    folder = ROOT / "tests" / "cases"
    return [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().splitlines(keepends=True)]


@lru_cache
def list_seeds() -> list[bytes]:
    return [
        b"ref,phone,country,facts,due_date\nL1,+573001234567,CO,opt_out,2026-01-01\nL2,,US,,\n",
        b"ref,phones,debts,place,wanted_hours,amount_due\nL1,mobile:+573001234567,A;B,mobile,18:00-20:00,10.5\n",
        b'{"ref": "L1", "phone": "+573001234567"}\n{"ref": "L2", "country": "CO", "zone": "America/Bogota"}\n',
    ]


def spoiled(seeds: list[bytes], rng: random.Random) -> bytes:
    """A good input, changed in a few places: bytes flipped, spans cut, doubled or moved, tokens put in, two joined."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, 6)):
        at, to = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
        to = min(to, at + rng.choice((1, 4, 40, 400)))
        change = rng.randrange(6)
        if change == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif change == 1:
            del data[at:to]
        elif change == 2:
            data[at:at] = data[at:to]
        elif change == 3:
            data[at:to] = rng.choice(TOKENS)
        elif change == 4:
            data[at:at] = rng.choice(TOKENS)
        else:
            other = rng.choice(seeds)
            start = rng.randint(0, len(other))
            data[at:to] = other[start : start + rng.choice((1, 20, 200))]
    return bytes(data)


def spoiled_case(seeds: list[bytes], rng: random.Random) -> bytes:
    """A vector with values of other vectors, words of hostile writers, odd flags and context; or spoiled bytes."""
    if rng.random() < 0.3:
        return spoiled(seeds, rng)
    case, other = json.loads(rng.choice(seeds)), json.loads(rng.choice(seeds))
    for _ in range(rng.randint(1, 4)):
        change = rng.randrange(5)
        if change == 0:
            case[rng.choice([*case])] = odd_value(rng)
        elif change == 1:
            case |= {name: other[name] for name in other if rng.random() < 0.5}
        elif change == 2:
            case["flags"] = [
                f"{rng.choice(FLAGS)}:{rng.choice(('2026-09-01', 'work', 'sms', 'D1,D2', odd_value(rng)))}"
            ]
        elif change == 3:
            case["context"] = {rng.choice(CONTEXT_KEYS): odd_value(rng) for _ in range(rng.randint(1, 3))}
        else:
            row = {"local_time": case["local_time"], "channel": "call", "outcome": rng.choice(("attempt", "x"))}
            case["history"] = [row | {rng.choice(("place", "actor", "debt_id", "party")): odd_value(rng)}] * 3
    return json.dumps(case).encode() + b"\n"


def odd_value(rng: random.Random) -> Any:
    """A value that a key may or may not take."""
    plain = (True, False, None, 0, -1, 10**30, 1.5, "", [], {}, "work", "creditor", "2026-09-01", "2026-09-01T10:00:00")
    spans = ([["18:00", "20:00"]], [["20:00", "18:00"]], [[1, 2]], [["24:00"]])
    return rng.choice((*plain, *spans, rng.choice(TOKENS).decode("utf-8", "replace")))


TARGETS = {
    "rules": Target(check_rules, rule_seeds, spoiled),
    "cases": Target(check_cases, case_seeds, spoiled_case),
    "lists": Target(check_list, list_seeds, spoiled),
}
