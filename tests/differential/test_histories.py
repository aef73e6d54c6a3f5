"""The same past in the arena and in Query.history: one Decision. Random rulebooks, and the shipped law."""

from __future__ import annotations

import random
import zoneinfo
from dataclasses import replace
from datetime import UTC

import msgspec
import numpy as np

from cadencia.engine.columns import batch_of
from cadencia.engine.decide import Engine
from cadencia.engine.decider import NO_ATTEMPT, Decider, Ids, Owners
from cadencia.engine.edges import date_of
from cadencia.engine.histories import Histories
from cadencia.engine.history import attributes, seconds
from cadencia.engine.query import Event, Query
from cadencia.engine.reference import Reference, _facts_at
from cadencia.engine.tables import CountCheck, Rulebook
from cadencia.engine.words import Actor, Channel, EventKind, Party, Place, Purpose
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import load_tree
from tests.differential import generate

HASHES = {None: 0, "A": 2**64 - 1, "B": 5, "X": 5, "Y": 6, "m": 7, "n": 2**63}
SUBJECT = b"s" * 16


def remember(arena: Histories, subject: bytes, events: list[Event]) -> None:
    """The events, as attempts of one debt each."""
    for event in events:
        attr = attributes(
            channel=Channel[event.channel], kind=EventKind[event.kind], party=Party[event.party],
            place=Place[event.place], actor=Actor[event.actor], purpose=Purpose[event.purpose], inbound=event.inbound,
            consented=event.consented,
        )  # fmt: skip
        ids = HASHES[event.debt], HASHES[event.address], HASHES[event.creditor]
        arena.append(subject, seconds(event.at), attr, (ids[0],), *ids[1:])


def ids_of(query: Query) -> Ids:
    """The hashes of the ids that a query states."""
    return Ids(HASHES[query.debt], HASHES[query.address or query.phone], HASHES[query.creditor])


def law() -> Rulebook:
    """The shipped law with its drafts."""
    return compile_rulebook(load_tree(jurisdictions_folder()), include_drafts=True, locates=False)


def compare(rng: random.Random, engine: Engine, query: Query) -> int:
    """Asserts that both give one Decision, and the same again with an attempt in the arena that is left out; how many
    reasons there are."""
    arena = Histories()
    decider = Decider(engine, arena)
    remember(arena, SUBJECT, rng.sample(query.history, len(query.history)))
    now = msgspec.structs.replace(query, history=())
    expected = engine.decide(query)
    assert decider.decide(now, SUBJECT, ids_of(query)) == expected
    at, contact = seconds(query.at), engine.contact(query)
    prepared = decider.prepare(now, ids_of(query))
    assert decider.verdict(prepared, SUBJECT, at)[:3] == contact.verdict(at)
    assert decider.opening(prepared, SUBJECT, at) == contact.opening(at)
    left_out = arena.append(SUBJECT, at - rng.randint(0, 100_000), rng.randint(0, 6), (rng.choice((0, 5)),))
    assert decider.verdict(prepared, SUBJECT, at, without=left_out)[:3] == contact.verdict(at)
    assert decider.decide(now, SUBJECT, ids_of(query), without=left_out) == expected
    return len(expected.reasons)


def test_random_rulebooks_decide_alike() -> None:
    rng, reasons = random.Random("arena"), 0
    for _ in range(40):
        engine = Engine(generate.rulebook(rng, rules=rng.randint(1, 25)))
        reasons += sum(compare(rng, engine, generate.query(rng)) for _ in range(30))
    assert reasons > 1_000


def test_the_shipped_law_decides_alike() -> None:
    rng, rulebook = random.Random("arena law"), law()
    engine = Engine(rulebook)
    assert sum(compare(rng, engine, generate.real_query(rng, rulebook)) for _ in range(500)) > 150


def slow_allowances(rulebook: Rulebook, query: Query) -> dict[str, tuple[int, int, int]]:
    """Rule -> (left, at_most, used), counted by the slow twin."""
    slow, now, found = Reference(rulebook), query.at.astimezone(UTC), {}
    true, _ = _facts_at(query, now)
    for name in query.zones:
        zone = zoneinfo.ZoneInfo(name)
        today = now.astimezone(zone).date()
        for rule in slow._applicable(query):
            in_force = date_of(rule.from_day) <= today < date_of(rule.until_day)
            if not in_force or rule.when & ~true or rule.unless & true or not slow._dates_apply(rule, query, today):
                continue
            for check in rule.checks:
                if isinstance(check, CountCheck):
                    own = zoneinfo.ZoneInfo(rule.clock) if rule.clock else zone
                    used = slow._count(check, rule, query, now, own)
                    row = (max(0, check.at_most - used), check.at_most, used)
                    found[rule.id] = min(row, found.get(rule.id, row))
    return found


def allowances_agree(engine: Engine, query: Query) -> int:
    """Asserts that used, left and the next instant are as the slow twin and the Decision say; how many are used up."""
    arena = Histories()
    decider = Decider(engine, arena)
    remember(arena, SUBJECT, list(query.history))
    now, full = msgspec.structs.replace(query, history=()), 0
    prepared, at = decider.prepare(now, ids_of(query)), seconds(query.at)
    rows = decider.allowances(prepared, SUBJECT, at)
    if prepared.code:
        assert rows == ()
        return 0
    assert {row.rule: (row.left, row.at_most, row.used) for row in rows} == slow_allowances(engine.rulebook, query)
    reasons = {reason.rule: reason for reason in decider.decide(now, SUBJECT, ids_of(query)).reasons}
    for row in rows:
        if row.left:
            assert row.next_at == query.at.replace(microsecond=0)
        elif len(reasons) > 1 and not any(reason.kind == "engine" for reason in reasons.values()):
            assert (row.next_at, row.retry) == (reasons[row.rule].retry_at, reasons[row.rule].retry)
            full += 1
    return full


def test_allowances_are_what_the_slow_twin_counts() -> None:
    rng, full = random.Random("allowances"), 0
    for _ in range(30):
        engine = Engine(generate.rulebook(rng, rules=rng.randint(1, 20)))
        full += sum(allowances_agree(engine, generate.query(rng)) for _ in range(20))
    rulebook = law()
    engine = Engine(rulebook)
    full += sum(allowances_agree(engine, generate.real_query(rng, rulebook)) for _ in range(150))
    assert full > 100


def test_many_reserved_at_once_are_as_one_by_one() -> None:
    rng, reserved, refused = random.Random("many"), 0, 0
    for _ in range(25):
        engine = Engine(generate.rulebook(rng, rules=rng.randint(1, 6)))
        queries = sorted((generate.query(rng, most_events=3) for _ in range(80)), key=lambda query: query.at)
        subjects = [bytes([rng.randint(0, 12)]) * 16 for _ in queries]
        at_once, in_turn = Decider(engine, Histories()), Decider(engine, Histories())
        for query, subject in zip(queries, subjects, strict=True):
            remember(at_once.histories, subject, list(query.history))
            remember(in_turn.histories, subject, list(query.history))
            query.history = ()
        batch = replace(
            batch_of(queries, lambda query, of=engine: of.place_of(query)[0]), debt=None, address=None, creditor=None,
            event_from=None, event_to=None, event_at=None, event_attr=None,
        )  # fmt: skip
        ids = np.array([ids_of(query) for query in queries], np.uint64)
        consented = np.array([rng.random() < 0.3 for _ in queries], np.uint8)
        of = np.array([list(one) for one in subjects], np.uint8)
        owners = Owners(of, *(np.array(ids[:, k]) for k in range(3)), consented)
        screened = at_once.screen(batch, owners)
        for i, query in enumerate(queries):
            prepared = at_once.prepare(query, ids_of(query))
            found = at_once.verdict(prepared, subjects[i], seconds(query.at))
            assert (screened.allowed[i], screened.code[i], screened.reasons[i]) == found[:3]
        many = at_once.reserve_many(batch, owners)
        for i, query in enumerate(queries):
            prepared = in_turn.prepare(query, ids_of(query), consented=bool(consented[i]))
            found = in_turn.reserve(prepared, subjects[i], seconds(query.at))
            row = (many.screened.allowed[i], many.screened.code[i], many.screened.reasons[i])
            assert (*row, many.sequence[i]) == (*found[:3], NO_ATTEMPT if found.sequence < 0 else found.sequence)
            reserved += found.allowed
            refused += bool(screened.allowed[i]) and not found.allowed
        for subject in set(subjects):
            for ours, theirs in zip(at_once.histories.rows(subject), in_turn.histories.rows(subject), strict=True):
                assert ours.tolist() == theirs.tolist()
    assert reserved > 200
    assert refused > 10
