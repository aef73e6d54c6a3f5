"""The key `covers`: the places under a jurisdiction for which no law of their own is known, so that it alone applies.

Without it a state or province is denied: that no file says anything of a place is not a sign that its law allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from cadencia.rules.model import JurisdictionFile, Problem
from cadencia.rules.places_regions import COMPLETE, region_zones
from cadencia.rules.read_fields import Fields, described, items_of, read_match, read_prose
from cadencia.rules.yaml_reader import Mistakes, shown

COVER_KEYS = ("covers", "covers_reading")


class Covers(NamedTuple):
    """What a file covers, why, and the line of the key."""

    codes: tuple[str, ...] = ()
    reading: str = ""
    line: int = 0


def read_covers(fields: Fields, code: str, pattern: re.Pattern[str], mistakes: Mistakes) -> Covers:
    """What a file of jurisdiction `code` covers; nothing without the key."""
    node, reading = fields.get("covers"), fields.get("covers_reading")
    why = "" if reading is None else read_prose(reading, "covers_reading", mistakes)
    if node is None:
        if reading is not None:
            mistakes.add(reading.line, 'covers_reading without covers; write covers: ["US-TX"] beside it, or delete it')
        return Covers()
    if reading is None:
        mistakes.add(node.line, "covers without covers_reading; write beside it why this law alone applies there")
    codes: list[str] = []
    for item in items_of(node, "covers", mistakes):
        one = read_match(item, pattern, "covers", '"US-TX"', mistakes)
        if one in codes:
            mistakes.add(item.line, f'covers says "{shown(one)}" twice; keep one of them')
        elif one and one.rpartition("-")[0] != code:
            mistakes.add(item.line, f"covers: {described(item)} is not directly under {code}; write a code that is")
        elif one and not _exists(one):
            mistakes.add(item.line, f"covers: {described(item)} is no code of ISO 3166-2; write one that is")
        elif one:
            codes.append(one)
    return Covers(tuple(codes), why, node.line)


def _exists(code: str) -> bool:
    """Whether there is such a state or province, where the list of them is complete; else and for cities, yes."""
    country, _, rest = code.partition("-")
    return country not in COMPLETE or "-" in rest or code in region_zones()


def cover_problems(files: Iterable[JurisdictionFile]) -> list[Problem]:
    """Codes that are covered although they have a file of their own, or by two files."""
    read = list(files)
    homes = {file.jurisdiction: file.path for file in reversed(read)}
    first: dict[str, str] = {}
    problems = []
    for file in read:
        for code in file.covers:
            if code in homes:
                message = f"{code} has a file of its own, {homes[code]}; remove it here"
            elif code in first:
                message = f"{code} is covered in {first[code]} already; keep one of them"
            else:
                first[code] = file.path
                continue
            problems.append(Problem(path=file.path, line=file.covers_line, where="covers", message=message))
    return problems
