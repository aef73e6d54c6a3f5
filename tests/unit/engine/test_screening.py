"""Columns in, columns out: what does not fit is refused by the column's name; threads change nothing."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import numpy as np
import pytest

from cadencia.engine.batch import Batch, PersonHours, PlaceSet, Screened
from cadencia.engine.columns import batch_of
from cadencia.engine.decide import Engine
from cadencia.engine.query import Event, Hours
from cadencia.engine.words import VerdictCode
from tests.differential import generate
from tests.unit.engine.books import TUESDAY, asked, book, cap, rule, window

ENGINE = Engine(book(rule("hours", window()), rule("once", cap())))
PLACE = PlaceSet(("AA",), ("America/Bogota",))


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
    made = batch(event_at=None, hours=np.array([-1, 0, -1], np.int32), person_hours=[evening])
    assert list(ENGINE.screen(made).allowed) == [1, 0, 1]


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
