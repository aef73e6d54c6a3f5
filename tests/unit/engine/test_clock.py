"""The pure-Python clock against zoneinfo: offsets, local dates, gaps and folds."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, reset_tzpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.engine.clock import ZoneClock, ZoneDataEndedError, weekday
from cadencia.engine.tables import Zone
from cadencia.engine.versions import LocalDays
from cadencia.rules.zones import ENDS, compile_zones
from tests.unit.engine.books import book

NAMES = (
    "America/Bogota", "America/New_York", "America/Santiago", "America/Havana", "America/Sao_Paulo", "America/St_Johns",
    "Africa/Cairo", "Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe",
    "Europe/Dublin", "Europe/Moscow", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "America/Asuncion",
)  # fmt: skip
ZONES = compile_zones(NAMES)[0]
CLOCKS = {name: ZoneClock(ZONES[name]) for name in NAMES}
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
DAY_S = 86_400
instants = st.integers(0, ENDS - 40 * DAY_S)
names = st.sampled_from(NAMES)


@pytest.fixture(autouse=True, scope="module")
def only_the_package() -> Iterator[None]:
    """The oracle must not read the machine's zone data."""
    ZoneInfo.clear_cache()
    reset_tzpath(to=())
    yield
    reset_tzpath(to=())
    ZoneInfo.clear_cache()


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(2000, 1, 1)).days


def at(text: str) -> int:
    return int((datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH).total_seconds())


def wall(name: str, t: int) -> datetime:
    return (EPOCH + timedelta(seconds=t)).astimezone(ZoneInfo(name))


@given(names, instants)
def test_local_time_is_that_of_zoneinfo(name: str, t: int) -> None:
    clock, expected = CLOCKS[name], wall(name, t)
    second = expected.hour * 3600 + expected.minute * 60 + expected.second
    assert clock.local(t) == ((expected.date() - date(2000, 1, 1)).days, second)
    assert (clock.local_day(t), clock.local_second(t)) == clock.local(t)
    assert weekday(clock.local_day(t)) == expected.weekday()


@given(names, instants)
def test_segment_holds_its_instant_and_one_offset(name: str, t: int) -> None:
    clock = CLOCKS[name]
    start, end, offset = clock.segment_at(t)
    assert start <= t < end
    assert offset == clock.offset_at(t) == clock.offset_at(end - 1) == clock.offset_at(max(start, 0))
    assert end == clock.ends or clock.offset_at(end) != offset


@given(names, instants)
def test_day_start_is_the_first_instant_of_the_date_or_later(name: str, t: int) -> None:
    clock = CLOCKS[name]
    today = clock.local_day(t)
    start = clock.day_start(today)
    assert start <= t
    assert clock.local_day(start) >= today
    # no earlier instant shows the date: probed each quarter of an hour over two days, and the second before
    assert all(clock.local_day(s) < today for s in [start - 1, *range(start - 2 * DAY_S, start, 900)])


@given(names, instants)
def test_instants_at_are_those_that_show_the_time(name: str, t: int) -> None:
    clock = CLOCKS[name]
    found = clock.instants_at(*clock.local(t))
    assert t in found
    assert list(found) == sorted(set(found))
    assert {clock.local(instant) for instant in found} == {clock.local(t)}
    naive = wall(name, t).replace(tzinfo=None)
    both = {naive.replace(tzinfo=ZoneInfo(name), fold=fold).astimezone(UTC) for fold in (0, 1)}
    assert {EPOCH + timedelta(seconds=instant) for instant in found} == both


@pytest.mark.parametrize(
    ("name", "date_text", "starts"),
    [
        ("America/Bogota", "2026-03-06", "2026-03-06T05:00"),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00"),
        ("America/New_York", "2026-03-09", "2026-03-09T04:00"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00"),  # 00:00 to 01:00 is skipped: the day starts at 01:00
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00"),  # the same, at 24:00 of the Saturday
        ("America/Havana", "2026-11-01", "2026-11-01T04:00"),  # 00:00 to 01:00 comes twice: the first one
        ("America/Sao_Paulo", "2019-02-17", "2019-02-17T03:00"),  # 23:00 to 24:00 of the day before came twice
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),  # a date that never was: the next one
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00"),
        ("Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00"),
        ("America/St_Johns", "2006-10-29", "2006-10-29T02:30"),  # shown for a minute, then the clock went back
    ],
)
def test_days_that_start_unusually(name: str, date_text: str, starts: str) -> None:
    assert CLOCKS[name].day_start(day(date_text)) == at(starts)


def test_a_gap_has_no_instant_and_a_fold_has_two() -> None:
    clock = CLOCKS["America/New_York"]
    assert clock.instants_at(day("2026-03-08"), 2 * 3600 + 1800) == ()
    assert clock.instants_at(day("2026-03-08"), 2 * 3600 - 1) == (at("2026-03-08T06:59:59"),)
    assert clock.instants_at(day("2026-03-08"), 3 * 3600) == (at("2026-03-08T07:00"),)
    assert clock.instants_at(day("2026-11-01"), 3600) == (at("2026-11-01T05:00"), at("2026-11-01T06:00"))
    assert clock.instants_at(day("2026-11-01"), 2 * 3600) == (at("2026-11-01T07:00"),)


def test_half_an_hour_of_summer_time() -> None:
    clock = CLOCKS["Australia/Lord_Howe"]
    assert clock.instants_at(day("2026-04-05"), 6000) == (at("2026-04-04T14:40"), at("2026-04-04T15:10"))
    assert clock.instants_at(day("2026-10-04"), 2 * 3600 + 900) == ()
    assert clock.local(at("2026-10-03T15:30")) == (day("2026-10-04"), 2 * 3600 + 1800)


def test_beyond_the_data_nothing_is_answered() -> None:
    clock = CLOCKS["America/Bogota"]
    assert clock.offset_at(ENDS - 1) == -5 * 3600
    for ask in (clock.offset_at, clock.segment_at, clock.local, clock.local_day, clock.local_second):
        with pytest.raises(ZoneDataEndedError, match="end of the zone data"):
            ask(ENDS)
    with pytest.raises(ZoneDataEndedError):
        clock.day_start(day("2100-01-01"))  # begins at 05:00Z, after the end
    with pytest.raises(ZoneDataEndedError):
        clock.instants_at(day("2100-01-01"), 0)
    assert clock.instants_at(day("2099-12-31"), 0) == (at("2099-12-31T05:00"),)


def test_a_zone_that_never_changes() -> None:
    clock = ZoneClock(Zone(starts=struct.pack("<q", -(1 << 62)), offsets=struct.pack("<i", 0), ends=1000))
    assert clock.segment_at(5) == (-(1 << 62), 1000, 0)
    assert clock.local(-1) == (-1, DAY_S - 1)


def test_weekday_of_known_days() -> None:
    assert [weekday(day(text)) for text in ("2000-01-01", "2026-03-06", "1999-12-27")] == [5, 4, 0]


@given(st.lists(names, min_size=1, max_size=3), st.lists(instants, min_size=1, max_size=4), st.integers(-2, 2))
def test_the_days_of_several_zones_are_those_of_each_whatever_was_asked_before(
    zones: list[str], earlier: list[int], moved: int
) -> None:
    days = LocalDays(book(zones=ZONES))
    for first in earlier:
        nearby = CLOCKS[zones[0]].day_start(CLOCKS[zones[0]].local_day(first)) + moved
        for at in (first, nearby, first + 1, nearby + DAY_S // 2):
            assert days.of(zones, at) == tuple(sorted({CLOCKS[name].local_day(at) for name in zones}))


def test_a_zone_that_is_not_known_or_has_ended_has_no_day() -> None:
    days = LocalDays(book(zones=ZONES))
    assert days.of(("Nowhere",), 0) == days.of((), 0) == ()
    for at in (ENDS - 1, ENDS, ENDS + DAY_S, ENDS - 1):
        assert bool(days.of(("America/Bogota", "Nowhere"), at)) == (at < ENDS)
