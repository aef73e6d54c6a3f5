"""Whatever the law above a place denies, the place denies: no child file opens it, and none makes its rules vanish."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from cadencia.engine.decide import Engine
from cadencia.engine.query import Event, Fact, Query
from cadencia.engine.reference import CalendarEndedError, Reference
from cadencia.engine.tables import Rulebook
from cadencia.engine.words import (
    DATES,
    FACTS,
    NUMBERS,
    Actor,
    Channel,
    DebtType,
    EventKind,
    Initiator,
    Party,
    Place,
    Purpose,
    Stage,
)
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import Loaded, load_tree

SEED = 20261122
EU_STATES = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
QUERIES_A_PLACE = 12
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
VOCABULARIES = {
    "channel": Channel, "actor": Actor, "purpose": Purpose, "initiator": Initiator, "party": Party, "place": Place,
    "debt_type": DebtType, "stage": Stage,
}  # fmt: skip


@pytest.fixture(scope="module")
def law() -> Loaded:
    return load_tree(jurisdictions_folder())


@pytest.fixture(scope="module")
def book(law: Loaded) -> Rulebook:
    return compile_rulebook(law, locates=False)


def children(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Every place with each of its parents."""
    for code, place in book.jurisdictions.items():
        for parent in place.parents:
            yield code, parent


def test_every_federation_and_layer_has_children(book: Rulebook) -> None:
    assert {parent for _, parent in children(book)} >= {"US", "CA", "AR", "BR", "EU", "US-NY"}
    assert ("ES", "EU") in set(children(book))
    assert ("US-NY-NYC", "US") in set(children(book))


def test_no_place_is_without_those_that_it_lies_in(book: Rulebook) -> None:
    for code, place in book.jurisdictions.items():
        lies_in = {"-".join(code.split("-")[:n]) for n in range(1, code.count("-") + 1)}
        assert lies_in | ({"EU"} if code in EU_STATES else set()) <= set(place.parents), code


def test_what_a_parent_denies_its_children_deny(book: Rulebook) -> None:
    """The child is named alone: the engines bring its parents themselves."""
    dice = random.Random(SEED)
    fast, slow, zones = Engine(book), Reference(book), sorted(book.zones)
    denied = 0
    for code, parent in children(book):
        for _ in range(QUERIES_A_PLACE):
            query = contact(dice, zones)
            by_parent = reasons(slow, query, parent)
            assert by_parent <= reasons(slow, query, code), (code, parent, query)
            decision = fast.decide(structs.replace(query, jurisdictions=(code,)))
            told = {reason.rule for reason in decision.reasons}
            assert by_parent <= told or any(reason.kind == "engine" for reason in decision.reasons), (code, query)
            assert not (by_parent and decision.allowed), (code, query)
            denied += bool(by_parent)
    assert denied > QUERIES_A_PLACE * 20


def test_no_child_changes_a_rule_of_its_parent(law: Loaded, book: Rulebook) -> None:
    """Compiled with its children and without any, a parent has the same rules on the same days."""
    parents = {parent for _, parent in children(book)}
    tops = {code for code in parents if not book.jurisdictions[code].parents}
    alone = Loaded(tuple(f for f in law.files if f.jurisdiction in tops), law.holidays, [], law.texts)
    kept = {code: rules_of(compile_rulebook(alone, locates=False), code) for code in tops}
    assert kept == {code: rules_of(book, code) for code in tops}
    assert all(kept.values())


def rules_of(book: Rulebook, code: str) -> list[tuple[str, int, int, int]]:
    return sorted((r.id, r.from_day, r.until_day, len(r.checks)) for r in book.rules if r.jurisdiction == code)


def reasons(slow: Reference, query: Query, code: str) -> frozenset[str]:
    """The rules that block in a place; past the end of a calendar none is told."""
    asked = structs.replace(query, jurisdictions=(code,))
    assert asked.at is not None
    try:
        return slow.reasons_at(asked, asked.at)
    except CalendarEndedError:
        return frozenset()


def contact(dice: random.Random, zones: list[str]) -> Query:
    """Any contact within the days that all calendars cover."""
    at = FIRST + timedelta(minutes=dice.randrange(500 * 1440))
    facts = tuple(Fact(name=name, value=dice.random() < 0.5) for name in dice.sample(sorted(FACTS), dice.randrange(4)))
    dates = {name: (at - timedelta(days=dice.randrange(200))).date() for name in dice.sample(sorted(DATES), 2)}
    return Query(
        at=at, zones=(dice.choice(zones),), debt="A", creditor="A", address="A", facts=facts, dates=dates,
        numbers={name: dice.randrange(200) for name in dice.sample(sorted(NUMBERS), 1)},
        history=tuple(event(dice, at) for _ in range(dice.randrange(9))),
        **{name: dice.choice([word.name for word in words]) for name, words in VOCABULARIES.items()},
    )  # fmt: skip


def event(dice: random.Random, at: datetime) -> Event:
    kinds = [word.name for word in EventKind if word.name not in ("pending", "void")]
    return Event(
        at=at - timedelta(minutes=dice.randrange(1, 12 * 1440)), channel=dice.choice([word.name for word in Channel]),
        kind=dice.choice(kinds), debt="A", creditor="A", address="A",
    )  # fmt: skip
