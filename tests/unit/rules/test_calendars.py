"""Compiled calendars: the 2026 lists day for day, overrides, and every mistake a file can hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from cadencia.engine.decide import Engine
from cadencia.engine.query import Query
from cadencia.engine.tables import Calendar
from cadencia.rules.cache import open_rulebook
from cadencia.rules.calendars import CalendarError, compile_calendar, holiday_dates
from cadencia.rules.load import load_holidays_text
from cadencia.rules.model import HolidayFile

FOLDER = Path(__file__).parents[3] / "jurisdictions" / "holidays"
STEMS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
MINE = ("ar", "ar-c", "br", "br-sp", "ca", "ca-on", "cl", "co", "ec", "es", "ie", "mx", "pe", "ru")

#: The holidays of 2026. Those of ie, ru and 11-10 of ar-c had no list but the package's to be
#: compared with, so for them a change of the package is noticed and an old mistake of it is not.
HOLIDAYS_2026 = {
    "mx": "01-01 02-02 03-16 05-01 09-16 11-16 12-25",
    "co": "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-13 07-20 08-07 08-17 10-12 11-02 11-16 12-08 "
          "12-25",
    "pe": "01-01 04-02 04-03 05-01 06-07 06-29 07-23 07-28 07-29 08-06 08-30 10-08 11-01 12-08 12-09 12-25",
    "cl": "01-01 04-03 04-04 05-01 05-21 06-21 06-29 07-16 08-15 09-18 09-19 10-12 10-31 11-01 12-08 12-25",
    "ar": "01-01 02-16 02-17 03-23 03-24 04-02 04-03 05-01 05-25 06-15 06-20 07-09 07-10 08-17 10-12 11-09 11-23 12-07 "
          "12-08 12-25",
    "ar-c": "01-01 02-16 02-17 03-23 03-24 04-02 04-03 05-01 05-25 06-15 06-20 07-09 07-10 08-17 10-12 11-09 11-10 "
            "11-23 12-07 12-08 12-25",
    "br": "01-01 04-03 04-21 05-01 09-07 10-12 11-02 11-15 11-20 12-25",
    "br-sp": "01-01 04-03 04-21 05-01 07-09 09-07 10-12 11-02 11-15 11-20 12-25",
    "ec": "01-01 02-16 02-17 04-03 05-01 05-24 05-25 08-10 10-09 11-02 11-03 12-25",
    "es": "01-01 01-06 04-03 05-01 08-15 10-12 12-08 12-25",
    "ie": "01-01 02-02 03-17 04-06 05-04 06-01 08-03 10-26 12-25 12-26",
    "ru": "01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 01-09 02-23 03-08 03-09 05-01 05-09 05-11 06-12 11-04 12-31",
    "ca": "01-01 04-03 04-06 05-18 07-01 09-07 09-30 10-12 11-11 12-25",
    "ca-on": "01-01 02-16 04-03 04-06 05-18 07-01 08-03 09-07 10-12 11-11 12-25 12-26",
}  # fmt: skip


def read(stem: str) -> HolidayFile:
    text = (FOLDER / f"{stem}.yaml").read_text(encoding="utf-8")
    loaded, problems = load_holidays_text(text, f"holidays/{stem}.yaml")
    assert loaded is not None and not problems, problems
    return loaded


def file(**fields: object) -> HolidayFile:
    return msgspec.convert({"path": "holidays/x.yaml", "name": "x", **fields}, HolidayFile)


def days(calendar: Calendar) -> set[date]:
    first = date(2000, 1, 1) + timedelta(days=calendar.first_day)
    ones = (i for i in range(len(calendar.bits) * 8) if calendar.bits[i // 8] >> (i % 8) & 1)
    return {first + timedelta(days=i) for i in ones}


@pytest.mark.parametrize("stem", MINE)
def test_2026_is_the_list_day_for_day(stem: str) -> None:
    expected = {date.fromisoformat(f"2026-{text}") for text in HOLIDAYS_2026[stem].split()}
    compiled = {day for day in days(compile_calendar(read(stem))) if day.year == 2026}
    assert compiled == expected
    assert set(holiday_dates(read(stem), 2026)) == expected


@pytest.mark.parametrize("stem", ["ar", "ar-c", "ru"])
def test_a_year_without_its_decree_is_not_covered(stem: str) -> None:
    assert len(holiday_dates(read(stem), 2027)) >= 14
    with pytest.raises(CalendarError, match="2028 is not covered"):
        holiday_dates(read(stem), 2028)


@pytest.mark.parametrize(("zone", "region"), [("America/Argentina/Buenos_Aires", "AR-C"), ("Europe/Moscow", "RU")])
def test_a_contact_in_such_a_year_is_denied(zone: str, region: str) -> None:
    query = Query(jurisdictions=(region,), zones=(zone,), at=datetime(2028, 5, 16, 13, tzinfo=UTC))
    decision = Engine(open_rulebook()).decide(query)
    assert decision.verdict == "deny"
    assert "calendar_ended" in [reason.rule for reason in decision.reasons]


@pytest.mark.parametrize("stem", STEMS)
def test_every_calendar_compiles_and_agrees_with_its_names(stem: str) -> None:
    holiday_file = read(stem)
    calendar = compile_calendar(holiday_file)
    assert calendar.name == stem
    assert calendar.first_day == (date(2015, 1, 1) - date(2000, 1, 1)).days
    assert calendar.first_day + calendar.n_days == (date(holiday_file.until + 1, 1, 1) - date(2000, 1, 1)).days
    assert len(calendar.bits) == (calendar.n_days + 7) // 8
    found = days(calendar)
    for year in (2015, 2026, holiday_file.until):
        named = holiday_dates(holiday_file, year)
        assert list(named) == sorted(day for day in found if day.year == year)
        assert all(named.values())


def test_holidays_of_other_years() -> None:
    ca = days(compile_calendar(read("ca")))
    assert {date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 24), date(2029, 7, 2)} <= ca
    assert not {date(2027, 12, 27), date(2027, 12, 28), date(2026, 12, 28), date(2020, 9, 30)} & ca
    assert date(2027, 7, 12) in days(compile_calendar(read("co")))
    assert date(2024, 10, 1) in days(compile_calendar(read("mx")))
    assert date(2022, 2, 7) not in days(compile_calendar(read("ie")))


def test_names_are_in_the_language_of_the_country() -> None:
    assert holiday_dates(read("co"), 2026)[date(2026, 7, 13)] == "Virgen de Chiquinquirá, Ley 2578 de 2026"
    assert holiday_dates(read("br"), 2026)[date(2026, 9, 7)] == "Independência do Brasil"


@pytest.mark.parametrize("locale", ["en_US.UTF-8", "th_TH.UTF-8", "es_ES.UTF-8"])
def test_the_locale_of_the_machine_changes_nothing(locale: str) -> None:
    script = (
        "from cadencia.rules.calendars import holiday_dates; from cadencia.rules.model import HolidayFile\n"
        "f = HolidayFile(path='x', name='x', country='RU')\n"
        "import sys; sys.stdout.buffer.write(repr(holiday_dates(f, 2026)).encode())"
    )
    environment = {**os.environ, "LANGUAGE": locale, "LANG": locale, "LC_ALL": locale}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)
    assert run.stdout.decode() == repr(holiday_dates(file(country="RU"), 2026))
    assert "День России" in run.stdout.decode()


def test_yearly_weekly_add_and_remove() -> None:
    made = file(
        yearly=["12-24", "02-29"], weekly=["sun"], add={"2026-07-13": "law 1", "2014-01-01": "before the first year"},
        remove={"2026-12-24": "a working day"}, weekend=["fri", "sat"], until=2028,
    )  # fmt: skip
    calendar = compile_calendar(made)
    found = days(calendar)
    assert calendar.weekend == 0b011_0000
    sundays = {day for day in found if day.weekday() == 6}
    assert len(sundays) == 731  # 2015 to 2028: 14 years
    assert found - sundays == {
        *(date(year, 12, 24) for year in range(2015, 2029) if year not in (2017, 2023, 2026, 2028)),  # or a Sunday
        date(2016, 2, 29), date(2020, 2, 29), date(2024, 2, 29), date(2028, 2, 29), date(2026, 7, 13),
    }  # fmt: skip
    names = holiday_dates(made, 2028)
    assert (names[date(2028, 2, 29)], names[date(2028, 1, 2)]) == ("every year on 02-29", "every sun")


def test_a_calendar_may_begin_in_another_year() -> None:
    calendar = compile_calendar(read("co"), first_year=2026)
    assert min(days(calendar)) == date(2026, 1, 1)
    assert calendar.first_day == (date(2026, 1, 1) - date(2000, 1, 1)).days


def test_actual_dates_only_leaves_substitutes_out() -> None:
    kept = holiday_dates(file(country="US"), 2027)
    actual = holiday_dates(file(country="US", categories=["public", "actual_dates_only"]), 2027)
    # New Year of 2028 is a Saturday: its substitute lies in 2027 and needs the next year's days
    substitutes = {date(2027, 6, 18), date(2027, 7, 5), date(2027, 12, 24), date(2027, 12, 31)}
    assert set(kept) - set(actual) == substitutes
    assert date(2027, 12, 31) in holiday_dates(file(country="US", until=2027), 2027)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"country": "XX"}, "cannot give XX public: Country XX not available"),
        ({"country": "co"}, "'co' is not ISO 3166-1; write two capitals"),
        ({"country": "HolidayBase"}, "is not ISO 3166-1"),
        ({"country": "CA", "subdivision": "ZZ"}, "cannot give CA ZZ public: .*ZZ"),
        ({"country": "CO", "categories": ["bank"]}, "cannot give CO bank: .*bank"),
        ({"country": "CO", "until": 2150}, "has no days of CO in 2101; write an `until` before it"),
        ({"until": 2014}, "until: 2014 is before 2015"),
        ({"add": {"2026-7-13": "x"}}, r"add: '2026-7-13' is not a date; write \"2026-07-13\""),
        ({"add": {"20260713": "x"}}, "add: '20260713' is not a date"),
        ({"add": {"2041-01-01": "x"}}, "add: 2041-01-01 is after `until`, 2040"),
        ({"remove": {"2026-02-30": "x"}}, "remove: '2026-02-30' is not a date"),
        ({"country": "CO", "remove": {"2026-07-14": "x"}}, "remove: 2026-07-14 is not a holiday of the base"),
        ({"add": {"2026-07-13": "x"}, "remove": {"2026-07-13": "y"}}, "2026-07-13 is in both `add` and `remove`"),
        ({"yearly": ["13-01"]}, "yearly: '13-01' is not a month and day"),
        ({"yearly": ["1-1"]}, "yearly: '1-1' is not a month and day"),
        ({"weekly": ["sunday"]}, "'sunday' is not a weekday; write one of mon tue wed thu fri sat sun"),
        ({"weekend": ["domingo"]}, "'domingo' is not a weekday"),
    ],
)
def test_a_file_that_cannot_be_compiled_says_why(fields: dict[str, object], message: str) -> None:
    with pytest.raises(CalendarError, match=message) as caught:
        compile_calendar(file(**fields))
    assert str(caught.value).startswith("holidays/x.yaml: ")


@pytest.mark.parametrize("year", [2014, 2041])
def test_names_of_a_year_that_is_not_covered_are_refused(year: int) -> None:
    with pytest.raises(CalendarError, match=re.escape(f"{year} is not covered, only 2015 to 2040")):
        holiday_dates(read("co"), year)
