"""Hours a person named, as opening minutes of the week."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.engine.batch import PersonHours
from cadencia.engine.hours import minute, week_of
from cadencia.engine.query import Hours

ALL_DAY = ((0, 1440),)


@pytest.mark.parametrize(("text", "value"), [("00:00", 0), ("08:05", 485), ("23:59", 1439), ("24:00", 1440)])
def test_minutes_of_the_day(text: str, value: int) -> None:
    assert minute(text) == value


@pytest.mark.parametrize(
    "text", ["", "8:00", "08:0", "0800", "08:60", "24:01", "25:00", "-1:00", "aa:bb", "08:00:00", " 8:00"]
)
def test_what_is_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match='is not a time of day; write it like "08:00"'):
        minute(text)


def test_nothing_named_is_open_always() -> None:
    assert week_of(PersonHours()) == (ALL_DAY,) * 7


def test_wanted_hours_are_the_only_ones_and_only_on_their_weekdays() -> None:
    week = week_of(PersonHours(wanted=(Hours(opens="18:00", closes="20:00", weekdays=(0, 6)),)))
    assert week == (((1080, 1200),), (), (), (), (), (), ((1080, 1200),))


def test_unwanted_hours_are_cut_out_and_win() -> None:
    wanted, unwanted = Hours(opens="08:00", closes="12:00"), Hours(opens="09:00", closes="10:00")
    assert week_of(PersonHours((wanted,), (unwanted,)))[0] == ((480, 540), (600, 720))
    assert week_of(PersonHours((), (wanted,)))[3] == ((0, 480), (720, 1440))
    assert week_of(PersonHours((wanted,), (wanted,))) == ((),) * 7


def test_spans_that_touch_are_one() -> None:
    parts = (
        Hours(opens="08:00", closes="09:00"),
        Hours(opens="09:00", closes="10:00"),
        Hours(opens="08:30", closes="09:30"),
    )
    assert week_of(PersonHours(parts))[0] == ((480, 600),)


@pytest.mark.parametrize(("opens", "closes"), [("20:00", "08:00"), ("08:00", "08:00")])
def test_hours_that_end_before_they_begin(opens: str, closes: str) -> None:
    with pytest.raises(ValueError, match="write two spans around midnight"):
        week_of(PersonHours((Hours(opens=opens, closes=closes),)))


@given(
    st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda span: span[0] < span[1]), max_size=4)
)
def test_spans_are_ordered_and_apart(spans: list[tuple[int, int]]) -> None:
    named = tuple(Hours(opens=f"{a // 60:02d}:{a % 60:02d}", closes=f"{b // 60:02d}:{b % 60:02d}") for a, b in spans)
    [day] = set(week_of(PersonHours(named)))
    edges = [edge for span in day for edge in span]
    assert edges == sorted(set(edges))
    covered = {m for a, b in day for m in range(a, b)}
    assert covered == ({m for a, b in spans for m in range(a, b)} or set(range(1440)))
