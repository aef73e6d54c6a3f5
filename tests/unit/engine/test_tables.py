"""A rulebook whose numbers point outside its tables is refused before the kernel follows them."""

from __future__ import annotations

import random

import msgspec
import pytest

from cadencia.engine.decide import Engine
from cadencia.engine.tables import CallerCheck, CountCheck, DateCheck, NumberCheck, Rulebook, WindowCheck
from tests.differential import generate

OPEN = ((0, 1440),)
WEEK = (OPEN,) * 7


def rulebook_with(**change: object) -> Rulebook:
    book = generate.rulebook(random.Random(1), rules=3)
    rule = msgspec.structs.replace(book.rules[0], **{"calendar": -1, "clock": "", "checks": (), **change})
    return msgspec.structs.replace(book, rules=(rule,))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"calendar": 10**6}, "no calendar 1000000"),
        ({"clock": "Mars/Olympus"}, "no zone Mars/Olympus"),
        ({"checks": (WindowCheck(days=WEEK),)}, "opening hours of 7 days"),
        ({"checks": (CountCheck(at_most=0, unit=1, n=1, kinds=2),)}, "a count of 0"),
        ({"checks": (CountCheck(at_most=1, unit=9, n=1, kinds=2),)}, "units 9"),
        ({"checks": (CountCheck(at_most=1, unit=4, n=1, kinds=2),)}, "business days need a calendar"),
        ({"checks": (CountCheck(at_most=1, unit=1, n=1, kinds=2, since_date=99),)}, "no date 99"),
        ({"checks": (DateCheck(date=99),)}, "no date 99"),
        ({"checks": (DateCheck(date=0, unit=4),)}, "business days need a calendar"),
        ({"checks": (NumberCheck(number=9),)}, "no number 9"),
        ({"checks": (CallerCheck(slot=64),)}, "slots of their own"),
    ],
)
def test_numbers_outside_the_tables_are_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Engine(rulebook_with(**change))


def test_zones_and_calendars_of_the_wrong_length_are_refused() -> None:
    book = generate.rulebook(random.Random(1), rules=1)
    short = msgspec.structs.replace(book.calendars[0], bits=b"\0")
    with pytest.raises(ValueError, match="do not fit its bitmap"):
        Engine(msgspec.structs.replace(book, calendars=(short, book.calendars[1])))
    name = next(iter(book.zones))
    broken = msgspec.structs.replace(book.zones[name], offsets=b"")
    with pytest.raises(ValueError, match=f"zone {name}"):
        Engine(msgspec.structs.replace(book, zones={**book.zones, name: broken}))
