"""Queries as columns: row i is query i, and what is not stated is not known."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from cadencia.engine.asked import QueryError
from cadencia.engine.batch import NO_DATE, Batch, PersonHours, PlaceSet
from cadencia.engine.columns import batch_of
from cadencia.engine.history import SlotError, seconds
from cadencia.engine.query import Event, Fact, Hours, Query
from cadencia.engine.words import DATES, FACTS, NUMBERS, bit_of_fact
from tests.unit.engine.books import TUESDAY, asked, day_number

HERE, THERE = PlaceSet(("AA",), ("UTC",)), PlaceSet(("BB",), ("UTC",))


def columns(*queries: Query) -> Batch:
    return batch_of(list(queries), lambda query: HERE if query.debt is None else THERE)


def test_no_query_makes_no_row() -> None:
    empty = columns()
    assert len(empty) == 0
    assert empty.places == [] and empty.facts_true is not None and empty.facts_true.shape == (0, 2)


def test_instants_and_places() -> None:
    made = columns(asked(), asked(TUESDAY.replace(hour=3), debt="A"), asked())
    assert list(made.at) == [seconds(TUESDAY), seconds(TUESDAY) - 12 * 3600, seconds(TUESDAY)]
    assert made.places == [HERE, THERE]
    assert list(made.place) == [0, 1, 0]


def test_facts_of_both_halves_true_false_and_unknown() -> None:
    name = next(iter(FACTS))
    made = columns(asked(facts=(Fact(name=name), Fact(name="opt_out", value=False))), asked())
    bits = 1 << bit_of_fact(name), 1 << bit_of_fact("opt_out")
    assert made.facts_true is not None and made.facts_known is not None
    assert [int(row[0]) | int(row[1]) << 64 for row in made.facts_true] == [bits[0], 0]
    assert [int(row[0]) | int(row[1]) << 64 for row in made.facts_known] == [bits[0] | bits[1], 0]


def test_dates_and_numbers() -> None:
    made = columns(asked(dates={DATES[1]: date(2026, 5, 1)}, numbers={NUMBERS[0]: 2.5}), asked())
    assert made.dates is not None and made.numbers is not None
    assert list(made.dates[0]) == [NO_DATE, day_number(date(2026, 5, 1)), *[NO_DATE] * (len(DATES) - 2)]
    assert (made.dates[1] == NO_DATE).all()
    assert made.numbers[0][0] == 2.5 and np.isnan(made.numbers[1]).all()


def test_histories_lie_one_behind_the_other() -> None:
    two = (Event(at=TUESDAY, debt="B"), Event(at=TUESDAY.replace(hour=1), debt="A"))
    made = columns(asked(history=two, debt="A"), asked(), asked(history=two[:1]))
    assert made.event_from is not None and made.event_to is not None and made.event_at is not None
    assert list(zip(made.event_from, made.event_to, strict=True)) == [(0, 2), (2, 2), (2, 3)]
    assert list(made.event_at) == [seconds(TUESDAY) - 14 * 3600, seconds(TUESDAY), seconds(TUESDAY)]
    assert made.debt is not None and list(made.debt) == [1, 0, 0]


def test_dated_facts_are_rows_of_their_own() -> None:
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    made = columns(asked(), asked(facts=(Fact(name="hold", from_=since, until=until), Fact(name="opt_out"))))
    assert made.timed_from is not None and made.timed_fact is not None and made.timed_since is not None
    assert list(made.timed_from) == [0, 0] and list(made.timed_to) == [0, 1]  # type: ignore[arg-type]
    assert list(made.timed_fact) == [bit_of_fact("hold")]
    assert (int(made.timed_since[0]), int(made.timed_until[0])) == (seconds(since), seconds(until))  # type: ignore[index]


def test_hours_and_caller_ids_are_shared() -> None:
    hours = (Hours(opens="08:00", closes="09:00"),)
    made = columns(asked(wanted_hours=hours, caller_id=""), asked(), asked(wanted_hours=hours, caller_id="+1"))
    assert made.hours is not None and made.caller is not None
    assert (list(made.hours), made.person_hours) == ([0, -1, 0], [PersonHours(hours)])
    assert (list(made.caller), made.callers) == ([0, -1, 1], ["", "+1"])


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(QueryError, match="has no zone"):
        columns(asked(datetime(2026, 1, 1)))
    with pytest.raises(SlotError):
        columns(asked(history=tuple(Event(at=TUESDAY, debt=str(i)) for i in range(256))))
