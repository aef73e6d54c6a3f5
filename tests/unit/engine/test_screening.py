"""Columns in, columns out: what does not fit is refused by the column's name; threads change nothing."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import msgspec
import numpy as np
import pytest

from cadencia.engine.batch import Batch, PersonHours, PlaceSet, Screened
from cadencia.engine.columns import batch_of
from cadencia.engine.decide import Engine
from cadencia.engine.query import Event, Hours
from cadencia.engine.tables import Jurisdiction
from cadencia.engine.words import DATES, NUMBERS, VerdictCode
from tests.differential import generate
from tests.unit.engine.books import TUESDAY, asked, book, cap, rule, window

ENGINE = Engine(book(rule("hours", window()), rule("once", cap())))
PLACE = PlaceSet(("AA",), ("America/Bogota",))


#: A batch without history.
NO_EVENTS: dict[str, Any] = dict.fromkeys(("event_at", "event_attr", "event_from", "event_to"))


def batch(n: int = 3, **columns: Any) -> Batch:
    made = batch_of([asked(history=(Event(at=TUESDAY),))] * n, lambda query: PLACE)
    return dataclasses.replace(made, **columns)


def test_an_empty_batch_has_empty_answers() -> None:
    for places in ([], [PLACE]):
        empty = Batch(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint32), places)
        out = ENGINE.screen(empty)
        assert [len(column) for column in (out.allowed, out.code, out.reasons, out.retry_at, out.profile)] == [0] * 5
    assert len(ENGINE.screen(batch(0), threads=2).allowed) == 0


def test_only_the_columns_that_must_be_there() -> None:
    made = batch()
    bare = Batch(made.at, made.place, made.selectors, made.places)
    out = ENGINE.screen(bare)
    assert list(out.allowed) == [1, 1, 1]
    assert list(ENGINE.screen(made).allowed) == [0, 0, 0]
    assert out.blocking_rules(0) == []
    assert ENGINE.screen(made).blocking_rules(2) == [1]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"place": np.zeros(2, np.int32)}, "column place has shape"),
        ({"selectors": np.zeros((3, 1), np.uint32)}, "column selectors has shape"),
        ({"facts_true": np.zeros((3, 1), np.uint64)}, "column facts_true has shape"),
        ({"facts_known": np.zeros(3, np.uint64)}, "column facts_known has shape"),
        ({"dates": np.zeros((3, 2), np.int32)}, "column dates has shape"),
        ({"numbers": np.zeros((2, 2), np.float64)}, "column numbers has shape"),
        ({"hours": np.zeros(4, np.int32)}, "column hours has shape"),
        ({"event_from": np.zeros(1, np.int64)}, "column event_from has shape"),
        ({"event_to": np.array([1, 2, 9])}, "points? outside the"),
        ({"event_from": np.array([-1, 1, 2])}, "points? outside the"),
        ({"event_from": np.array([1, 2, 3]), "event_to": np.array([0, 2, 3])}, "points? outside the"),
        ({"event_attr": np.zeros(2, np.uint64)}, "event_at, event_attr, event_from, event_to come together"),
        ({"event_from": None}, "event_at, event_attr, event_from, event_to come together"),
        ({"hours": np.array([0, 0, 1], np.int32)}, "points? outside the"),
        ({"place": np.array([0, 1, 0], np.int32)}, "column place.* points outside the 1 places"),
        ({"place": np.array([0, -1, 0], np.int32)}, "column place.* points outside the 1 places"),
    ],
)
def test_a_column_that_does_not_fit_is_named(columns: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ENGINE.screen(batch(**columns))


@pytest.mark.parametrize("name", ["at", "place", "selectors", "dates", "numbers", "event_at"])
def test_a_column_of_text_is_refused(name: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        ENGINE.screen(batch(**{name: np.array(["x"] * 3)}))


def test_other_widths_of_integers_are_taken() -> None:
    made = batch(place=np.zeros(3, np.int64), event_from=np.arange(3, dtype=np.int32))
    assert list(ENGINE.screen(made).allowed) == [0, 0, 0]


def test_places_that_are_not_known_are_codes() -> None:
    places = [PLACE, PlaceSet((), ("UTC",)), PlaceSet(("ZZ",), ("UTC",)), PlaceSet(("AA",), ())]
    out = ENGINE.screen(batch(4, place=np.arange(4, dtype=np.int32), places=places))
    codes = [VerdictCode(code).name for code in out.code]
    assert codes == ["none", "jurisdiction_unknown", "no_rules_known", "zone_unknown"]
    assert not out.allowed.any()


def test_hours_and_caller_ids_of_a_row() -> None:
    evening = PersonHours(wanted=(Hours(opens="17:00", closes="18:00"),))
    made = batch(**NO_EVENTS, hours=np.array([-1, 0, -1], np.int32), person_hours=[evening])
    assert list(ENGINE.screen(made).allowed) == [1, 0, 1]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"event_attr": None}, "come together"),
        ({"event_at": None}, "come together"),
        (
            {"event_to": np.array([9, 9, 9]), "event_at": np.zeros(0, np.uint32), "event_attr": np.zeros(0, np.uint64)},
            "none",
        ),
        ({"hours": np.array([10**9] * 3, np.int32)}, "points? outside"),
        ({"hours": np.array([10**12] * 3)}, "does not fit int32"),
        ({"hours": np.array([-7] * 3, np.int32)}, "column hours holds -7"),
        ({"caller": np.array([0], np.int32), "callers": [""]}, "column caller has shape"),
        ({"caller": np.array([7] * 3, np.int32), "callers": [""]}, "points outside the 1 callers"),
        ({"place": np.array([True, False, True])}, "column place holds bool"),
        ({"place": np.array([0.0, 0.0, 0.0])}, "column place holds float64"),
        ({"place": np.array([0, 0, 3], np.int32)}, "row 2 points outside the 1 places"),
        ({"debt": np.array([300, 1, 1])}, "column debt holds 1 to 300"),
        ({"creditor": np.array([32, 1, 1], np.uint8)}, "column creditor holds 32"),
        ({"facts_true": np.full((3, 2), 1 << 60, np.uint64)}, "row 0 .* has a fact that is none"),
        ({"numbers": np.full((3, len(NUMBERS)), -1.0)}, "negative number"),
        ({"dates": np.full((3, len(DATES)), -(2**31) + 1, np.int32)}, "outside the years 1 to 9999"),
        ({"dates": np.full((3, len(DATES)), 2**31 - 1, np.int32)}, "outside the years 1 to 9999"),
        ({"ascending": False, "event_attr": np.full(3, 7, np.uint64)}, "event 0 has no Channel 7"),
        ({"ascending": False, "event_attr": np.full(3, 14 << 3, np.uint64)}, "event 0 has no EventKind 14"),
        ({"ascending": False, "event_attr": np.full(3, 7 << 7, np.uint64)}, "event 0 has no Party 7"),
        ({"timed_fact": np.array([257]), "timed_value": np.ones(1, np.uint8)}, "come together"),
    ],
)
def test_columns_that_would_read_foreign_memory_or_wrap_are_refused(columns: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ENGINE.screen(batch(**columns))


def test_a_fact_number_that_wraps_is_refused() -> None:
    ones = {name: np.ones(1, np.int64) for name in ("timed_value", "timed_since", "timed_until")}
    made = batch(timed_fact=np.array([257]), timed_from=np.zeros(3, np.int64), timed_to=np.ones(3, np.int64), **ones)
    with pytest.raises(ValueError, match="timed_fact holds 257"):
        ENGINE.screen(made)


@pytest.mark.parametrize("selectors", [7, 15 << 3, 3 << 7, 7 << 13, 63 << 19, 1 << 31])
def test_selectors_that_are_no_word_are_denied(selectors: int) -> None:
    out = ENGINE.screen(batch(**NO_EVENTS, selectors=np.full(3, selectors, np.uint32)))
    assert list(out.allowed) == [0, 0, 0]
    assert set(out.code) == {VerdictCode.invalid_query}


def test_events_out_of_order_are_refused_and_told_by_row() -> None:
    made = batch()
    late = np.array([5, 4, 6, 6, 7, 3], np.uint32)
    attributes = np.repeat(made.event_attr, 2)
    ends = np.array([2, 4, 6])
    with pytest.raises(ValueError, match="row 0: its events are not oldest first"):
        ENGINE.screen(batch(ascending=False, event_at=late, event_attr=attributes, event_from=ends - 2, event_to=ends))
    in_order = np.array([4, 5, 1, 1, 2, 3], np.uint32)  # each person's own order is what counts
    ENGINE.screen(batch(ascending=False, event_at=in_order, event_attr=attributes, event_from=ends - 2, event_to=ends))


def test_a_dated_fact_that_ends_before_it_begins_is_refused() -> None:
    one = {"timed_fact": np.ones(1, np.uint8), "timed_value": np.ones(1, np.uint8)}
    span = {"timed_since": np.array([9]), "timed_until": np.array([5])}
    with pytest.raises(ValueError, match="ends before it begins"):
        ENGINE.screen(batch(timed_from=np.zeros(3, np.int64), timed_to=np.ones(3, np.int64), **one, **span))


def test_a_state_alone_brings_its_country() -> None:
    base = book(rule("hours", window()))
    state = Jurisdiction("AA-1", "a state", parents=("AA",))
    engine = Engine(msgspec.structs.replace(base, jurisdictions={**base.jurisdictions, "AA-1": state}))
    night = asked(at=TUESDAY.replace(hour=8), jurisdictions=("AA-1",))  # 03:00 in Bogota
    assert [reason.rule for reason in engine.decide(night).reasons] == [base.rules[0].id]
    out = engine.screen(batch_of([night], lambda query: PlaceSet(("AA-1",), ("America/Bogota",))))
    assert list(out.allowed) == [0]


def same(one: Screened, two: Screened) -> bool:
    names = ("allowed", "code", "reasons", "retry_at", "retry")
    return all(np.array_equal(getattr(one, name), getattr(two, name)) for name in names)


def test_two_threads_answer_as_one() -> None:
    rng = random.Random("screening")
    engine = Engine(generate.rulebook(rng, rules=12))
    queries = [generate.query(rng, most_events=4) for _ in range(300)]
    made = batch_of(queries, lambda query: PlaceSet(query.jurisdictions or (), query.zones or ()))
    rows = np.tile(np.arange(300), 120)  # more than two chunks
    big = dataclasses.replace(
        made,
        **{name: getattr(made, name)[rows] for name in (
            "at", "place", "selectors", "facts_true", "facts_known", "dates", "numbers", "debt", "address", "creditor",
            "event_from", "event_to", "hours", "caller", "timed_from", "timed_to",
        )},
    )  # fmt: skip
    one = engine.screen(big, threads=1, retry=False)
    assert same(one, engine.screen(big, threads=2, retry=False))
    small = engine.screen(made, retry=False)
    assert np.array_equal(one.reasons[:300], small.reasons) and np.array_equal(one.reasons[-300:], small.reasons)
    assert 0 < int(small.allowed.sum()) < 300


def test_columns_and_single_queries_agree() -> None:
    rng = random.Random("columns")
    engine = Engine(generate.rulebook(rng, rules=12))
    queries = [generate.query(rng) for _ in range(100)]
    out = engine.screen(batch_of(queries, lambda query: engine.place_of(query)[0]))
    for i, query in enumerate(queries):
        decision = engine.decide(query)
        assert decision.allowed == bool(out.allowed[i])
        rules = {engine.rulebook.rules[index].id for index in out.blocking_rules(i)}
        assert rules == {r.rule for r in decision.reasons if r.kind != "engine" and not r.rule.startswith("person.")}
