"""Holidays in two languages, and what a calendar's file says of itself."""

from __future__ import annotations

from datetime import date

import pytest

from cadencia.pages.holidays import holiday_name, holidays_of, words_of_the_file
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.load import Loaded, load_tree
from cadencia.rules.model import HolidayFile


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_tree(jurisdictions_folder())


@pytest.mark.parametrize(
    ("calendar", "day", "language", "name"),
    [
        ("gr", date(2027, 10, 28), "en", "Ημέρα του Όχι (Ohi Day)"),
        ("gr", date(2027, 10, 28), "es", "Ημέρα του Όχι (Ohi Day)"),  # the package has no Spanish of it
        ("co", date(2026, 12, 25), "en", "Navidad (Christmas Day)"),
        ("co", date(2026, 12, 25), "es", "Navidad"),
        ("br", date(2026, 12, 25), "pt", "Natal"),
        ("co", date(2026, 7, 13), "en", "Virgen de Chiquinquirá, Ley 2578 de 2026"),
    ],
)
def test_a_holiday_is_named_in_its_own_language_and_the_reader_s(
    loaded: Loaded, calendar: str, day: date, language: str, name: str
) -> None:
    assert holidays_of(loaded.holidays[calendar], day.year, language)[day] == name


def test_days_that_return_every_week_are_not_listed() -> None:
    weekly = HolidayFile(path="holidays/xx.yaml", name="xx", weekly=("sun",), yearly=("05-01",))
    assert holidays_of(weekly, 2026, "en") == {date(2026, 5, 1): "every year on 05-01"}


def test_the_day_of_a_stack_has_the_name_of_its_calendar(loaded: Loaded) -> None:
    assert holiday_name(loaded, ("CO",), date(2026, 12, 8), "en").endswith("(Immaculate Conception)")
    assert holiday_name(loaded, ("CO",), date(2026, 12, 9), "en") == ""
    assert holiday_name(loaded, ("AR",), date(2099, 1, 1), "en") == ""  # beyond the calendar


def test_a_calendar_says_what_its_days_are_taken_from(loaded: Loaded) -> None:
    said = words_of_the_file(loaded, loaded.holidays["co"])
    assert said.startswith("Public holidays of Colombia: Ley 51 de 1983") and "Ley 2578 de 2026" in said
    assert "country:" not in said
