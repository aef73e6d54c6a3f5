"""The holidays of a calendar as a reader of another language needs them: their names in two languages, and what the
calendar's file says of itself."""

from __future__ import annotations

from datetime import date

from cadencia.rules.calendars import holiday_dates
from cadencia.rules.load import Loaded
from cadencia.rules.model import HolidayFile


def holidays_of(calendar: HolidayFile, year: int, language: str) -> dict[date, str]:
    """The dated holidays of a year, each as its country calls it, and behind it the name in the page's language or in
    English where the days' package has one. Days that return every week are left out."""
    weekly = {f"every {word}" for word in calendar.weekly}
    own, other = holiday_dates(calendar, year), holiday_dates(calendar, year, language)
    return {day: _both(name, other.get(day, name)) for day, name in own.items() if name not in weekly}


def holiday_name(loaded: Loaded, stack: tuple[str, ...], day: date, language: str) -> str:
    """What the calendars of a stack of places call the day; empty when it is in none of them."""
    names = dict.fromkeys(file.holidays for file in loaded.files if file.jurisdiction in stack and file.holidays)
    for calendar in (loaded.holidays[name] for name in names):
        if day.year <= calendar.until and (found := holidays_of(calendar, day.year, language).get(day)):
            return found
    return ""


def words_of_the_file(loaded: Loaded, calendar: HolidayFile) -> str:
    """The comment that a calendar's file begins with, where an officer says what the days are taken from."""
    words: list[str] = []
    for line in loaded.texts.get(calendar.path, "").splitlines():
        if not line.startswith("#"):
            break
        words.append(line.lstrip("# "))
    return " ".join(words)


def _both(own: str, other: str) -> str:
    return own if own.casefold() == other.casefold() else f"{own} ({other})"
