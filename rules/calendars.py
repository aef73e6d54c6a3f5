"""Holiday files as bitmaps of the engine: a base from the `holidays` package, plus what the file adds and removes.

A category of the file is one of the package's (public, optional, government…), or `ACTUAL_DATES_ONLY`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.metadata import version

import holidays

from cadencia.engine.tables import Calendar
from cadencia.rules.model import HolidayFile

FIRST_YEAR = 2015
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: A category that takes the days themselves and leaves out what the package calls observed: substitutes of days that
#: fall on a weekend. Without it substitutes are holidays as well, which closes more and never less.
ACTUAL_DATES_ONLY = "actual_dates_only"
_EPOCH = date(2000, 1, 1)


class CalendarError(ValueError):
    """A holiday file that cannot be compiled: says the file, what was found and what to write."""


def compile_calendar(file: HolidayFile, first_year: int = FIRST_YEAR) -> Calendar:
    """The holidays of every year from `first_year` to the file's `until` as one bit a day."""
    named = _named_days(file, first_year, file.until)
    first = date(first_year, 1, 1)
    n_days = (date(file.until + 1, 1, 1) - first).days
    bits = bytearray((n_days + 7) // 8)
    for day in named:
        index = (day - first).days
        bits[index >> 3] |= 1 << (index & 7)
    weekend = sum(1 << _weekday(file, word) for word in set(file.weekend))
    return Calendar(file.name, (first - _EPOCH).days, n_days, bytes(bits), weekend)


def holiday_dates(file: HolidayFile, year: int, language: str = "") -> dict[date, str]:
    """The holidays of one year in order, each with its name or the reason that the file gives. Names are in the
    country's own language, or in `language` (es, or the nearest that the package has, or English)."""
    if not FIRST_YEAR <= year <= file.until:
        raise CalendarError(f"{file.path}: {year} is not covered, only {FIRST_YEAR} to {file.until}; raise `until`")
    named = _named_days(file, year, year, language)
    return {day: named[day] for day in sorted(named)}


def _named_days(file: HolidayFile, first_year: int, last_year: int, language: str = "") -> dict[date, str]:
    """Base, yearly and weekly days, then `remove`, then `add`."""
    if first_year > last_year:
        raise CalendarError(f"{file.path}: until: {last_year} is before {first_year}; write a later year")
    named = dict(_weekly(file, first_year, last_year))
    named.update(_yearly(file, first_year, last_year))
    named.update(_base(file, first_year, last_year, language))
    for text in file.remove:
        day = _override(file, "remove", text)
        if text in file.add:
            raise CalendarError(f"{file.path}: {text} is in both `add` and `remove`; keep one")
        if first_year <= day.year <= last_year and named.pop(day, None) is None:
            raise CalendarError(f"{file.path}: remove: {text} is not a holiday of the base; take the line out")
    for text, reason in file.add.items():
        day = _override(file, "add", text)
        if first_year <= day.year <= last_year:
            named[day] = reason
    return named


def _override(file: HolidayFile, key: str, text: str) -> date:
    """The date of an override; one beyond `until` is a mistake, one before the first year is merely old."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise CalendarError(f'{file.path}: {key}: {text!r} is not a date; write "2026-07-13"')
    if day.year > file.until:
        raise CalendarError(f"{file.path}: {key}: {text} is after `until`, {file.until}; raise `until` or drop it")
    return day


def _weekly(file: HolidayFile, first_year: int, last_year: int) -> Iterator[tuple[date, str]]:
    for word in file.weekly:
        first = date(first_year, 1, 1)
        day = first + timedelta(days=(_weekday(file, word) - first.weekday()) % 7)
        while day.year <= last_year:
            yield day, f"every {word}"
            day += timedelta(days=7)


def _weekday(file: HolidayFile, word: str) -> int:
    if word not in WEEKDAYS:
        raise CalendarError(f"{file.path}: {word!r} is not a weekday; write one of {' '.join(WEEKDAYS)}")
    return WEEKDAYS.index(word)


def _yearly(file: HolidayFile, first_year: int, last_year: int) -> Iterator[tuple[date, str]]:
    for text in file.yearly:
        try:
            in_leap_year = date.fromisoformat(f"2000-{text}")
        except ValueError as error:
            raise CalendarError(f'{file.path}: yearly: {text!r} is not a month and day; write "12-24"') from error
        for year in range(first_year, last_year + 1):
            if text != "02-29" or (date(year, 3, 1) - date(year, 2, 1)).days == 29:
                yield in_leap_year.replace(year=year), f"every year on {text}"


def _base(file: HolidayFile, first_year: int, last_year: int, language: str) -> dict[date, str]:
    """The days of the `holidays` package in these years; every year must have some."""
    if not file.country:
        return {}
    found = _from_package(file, first_year, last_year, language)
    days = {day: name for day, name in found.items() if first_year <= day.year <= last_year}
    missing = sorted(set(range(first_year, last_year + 1)) - {day.year for day in days})
    if missing:
        raise CalendarError(
            f"{file.path}: {_package()} has no days of {_place(file)} "
            f"in {missing[0]}; write an `until` before it, or `add` the days and leave `country` out"
        )
    return days


def _from_package(file: HolidayFile, first_year: int, last_year: int, language: str) -> dict[date, str]:
    categories = tuple(word for word in file.categories if word != ACTUAL_DATES_ONLY)
    if not re.fullmatch("[A-Z]{2}", file.country):  # the package looks a country up among its attributes
        raise CalendarError(f'{file.path}: country: {file.country!r} is not ISO 3166-1; write two capitals, as "CO"')
    try:
        return dict(holidays.country_holidays(
            file.country,
            subdiv=file.subdivision or None,
            # the next year too: its first of January may be observed on the 31st of December
            years=range(first_year, last_year + 2),
            expand=False,
            observed=ACTUAL_DATES_ONLY not in file.categories,
            language=_language(file, language),
            categories=categories,
        ))  # fmt: skip
    except (NotImplementedError, ValueError) as error:
        raise CalendarError(
            f"{file.path}: {_package()} cannot give {_place(file)} {', '.join(categories)}: {error}; "
            "write a country, subdivision and categories that it supports"
        ) from error


def _place(file: HolidayFile) -> str:
    return f"{file.country} {file.subdivision}".strip()


def _package() -> str:
    return f"holidays {version('holidays')}"


def _language(file: HolidayFile, wanted: str) -> str | None:
    """The language of the names. None wanted: the country's own; not naming it would ask the environment for one."""
    entity = holidays.country_holidays(file.country, years=(), language="en_US")
    if not wanted:
        return entity.default_language
    near = [name for name in entity.supported_languages if name.split("_")[0] in (wanted, "en")]
    return min(near, key=lambda name: name.startswith("en"), default=entity.default_language)
