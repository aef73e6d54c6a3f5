"""The hours a person named, as a week of opening minutes: inside one that is wanted, outside all that are not."""

from __future__ import annotations

from collections.abc import Iterable

from cadencia.engine.batch import PersonHours
from cadencia.engine.query import Hours

Week = tuple[tuple[tuple[int, int], ...], ...]


def minute(text: str) -> int:
    """ "HH:MM" as a minute of the day, 24:00 included; ValueError otherwise."""
    head, colon, tail = text.partition(":")
    if not colon or len(head) != 2 or len(tail) != 2 or not (head + tail).isdecimal():
        raise ValueError(f'{text!r} is not a time of day; write it like "08:00"')
    value = int(head) * 60 + int(tail)
    if int(tail) > 59 or value > 1440:
        raise ValueError(f'{text!r} is not a time of day; write it like "08:00"')
    return value


def week_of(hours: PersonHours) -> Week:
    """Opening minutes of Monday to Sunday. ValueError for hours that end before they begin."""
    days = []
    for weekday in range(7):
        wanted = _minutes(hours.wanted, weekday) if hours.wanted else set(range(1440))
        days.append(_spans(sorted(wanted - _minutes(hours.unwanted, weekday))))
    return tuple(days)


def _minutes(named: Iterable[Hours], weekday: int) -> set[int]:
    out: set[int] = set()
    for hours in named:
        opens, closes = minute(hours.opens), minute(hours.closes)
        if opens >= closes:
            raise ValueError(
                f"hours {hours.opens}-{hours.closes} end before they begin; write two spans around midnight"
            )
        if weekday in hours.weekdays:
            out.update(range(opens, closes))
    return out


def _spans(minutes: list[int]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for value in minutes:
        if spans and spans[-1][1] == value:
            spans[-1] = (spans[-1][0], value + 1)
        else:
            spans.append((value, value + 1))
    return tuple(spans)
