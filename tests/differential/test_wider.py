"""Rules that count over households, places of work, addresses, debts and accounts: the kernel over the arena against
the slow twin, which is handed every wider history as a plain list of events."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import msgspec
import numpy as np

from cadencia.engine.batch import NO_INSTANT
from cadencia.engine.columns import batch_of
from cadencia.engine.decide import Engine
from cadencia.engine.decider import NO_ATTEMPT, Decider, Ids, Owners
from cadencia.engine.histories import Histories, wider_subject
from cadencia.engine.history import attributes, seconds
from cadencia.engine.query import Event, Query
from cadencia.engine.reference import STATED_HOURS, Reference, Verdict
from cadencia.engine.tables import Check, CountCheck, Rulebook
from cadencia.engine.words import (
    STATED_HOURS_BIT,
    Actor,
    Channel,
    EventKind,
    Party,
    Place,
    Purpose,
    RetryCode,
    Subject,
    VerdictCode,
    Wider,
)
from tests.differential import generate
from tests.differential.test_histories import HASHES

PERSONS = tuple(bytes([n]) * 16 for n in range(5))


class Contact(NamedTuple):
    """An event of a person, with the ids under which it is counted."""

    person: bytes
    event: Event
    ids: Ids


def widened(rng: random.Random, rulebook: Rulebook) -> Rulebook:
    """The rulebook with every other counter over a wider history, never narrowed by what it is the history of."""

    def wide(check: Check) -> Check:
        if not isinstance(check, CountCheck) or rng.random() < 0.4:
            return check
        kind = rng.choice(list(Wider))
        own = {Wider.debt: 1 << Subject.debt, Wider.address: 1 << Subject.address}.get(kind, 0)
        return msgspec.structs.replace(check, wider=int(kind), same=check.same & ~own)

    rules = tuple(
        msgspec.structs.replace(rule, checks=tuple(wide(check) for check in rule.checks)) for rule in rulebook.rules
    )
    return msgspec.structs.replace(rulebook, rules=rules)


def ids_of(rng: random.Random, about: Event | Query) -> Ids:
    """The ids that an event or query states, and of whom it is counted with."""
    household, workplace, account = (rng.choice((0, 11, 12, 2**64 - 1)) for _ in range(3))
    return Ids(HASHES[about.debt], HASHES[about.address], HASHES[about.creditor], household, workplace, account)


def by_wider(ids: Ids) -> dict[Wider, int]:
    """The hashes that are stated, by whose history they name."""
    found = dict(zip(Wider, (ids.household, ids.workplace, ids.address, ids.debt, ids.account), strict=True))
    return {kind: name for kind, name in found.items() if name}


def past(rng: random.Random, at: datetime, n: int) -> list[Contact]:
    """What several persons got who share households, debts and so on."""
    events = [generate.event(rng, at) for _ in range(n)]
    return [Contact(rng.choice(PERSONS), event, ids_of(rng, event)) for event in events]


def remember(decider: Decider, contact: Contact) -> None:
    """The contact in the histories of its person and of whomever else the rulebook counts."""
    event, ids = contact.event, contact.ids
    attr = attributes(
        channel=Channel[event.channel], kind=EventKind[event.kind], party=Party[event.party],
        place=Place[event.place], actor=Actor[event.actor], purpose=Purpose[event.purpose], inbound=event.inbound,
        consented=event.consented,
    )  # fmt: skip
    at, arena, rulebook = seconds(event.at), decider.histories, decider.engine.rulebook
    arena.append(contact.person, at, attr, (ids.debt,), ids.address, ids.creditor)
    for kind, name in by_wider(ids).items():
        if kind in rulebook.wider:
            debt, address, creditor = (
                name if rulebook.narrows(kind) >> subject & 1 else 0
                for subject, name in zip((Subject.debt, Subject.address, Subject.creditor), ids[:3], strict=True)
            )
            arena.append(wider_subject(kind, name), at, attr, (debt,), address, creditor)


def slow(rulebook: Rulebook, query: Query, person: bytes, ids: Ids, contacts: list[Contact], *, retry: bool) -> Verdict:
    """What the twin says, told every history of the contact as a list."""
    wider = {
        kind: tuple(one.event for one in contacts if by_wider(one.ids).get(kind) == name)
        for kind, name in by_wider(ids).items()
    }
    own = tuple(one.event for one in contacts if one.person == person)
    return Reference(rulebook, wider).verdict(msgspec.structs.replace(query, history=own), retry=retry)


def named(engine: Engine, profile: int, reasons: int) -> frozenset[str]:
    """The ids of the rules of a profile that block."""
    rules = {
        engine.rulebook.rules[of[0]].id
        for bit, of in enumerate(engine.rules_of[profile] if profile >= 0 else ())
        if reasons >> bit & 1
    }
    return frozenset(rules | ({STATED_HOURS} if reasons >> STATED_HOURS_BIT & 1 else set()))


def agree(rng: random.Random, engine: Engine, *, retry: bool) -> tuple[int, bool]:
    """Asserts that both say one thing of a random contact; how many rules block it, and if for want of a household."""
    query = generate.query(rng, most_events=0)
    contacts, person, ids = past(rng, query.at, rng.randint(0, 60)), rng.choice(PERSONS), ids_of(rng, query)
    decider = Decider(engine, Histories())
    for contact in contacts:
        remember(decider, contact)
    prepared, at = decider.prepare(query, ids), seconds(query.at)
    found = decider.verdict(prepared, person, at)
    expected = slow(engine.rulebook, query, person, ids, contacts, retry=retry)
    assert bool(found.allowed) == expected.allowed
    if expected.code in ("none", "household_unknown", "zone_ambiguous"):
        assert named(engine, prepared.profile, found.reasons) == expected.reasons
    if expected.code != "zone_ambiguous":
        assert VerdictCode(found.code).name == expected.code
    if retry and expected.code in ("none", "household_unknown"):
        opens, why = decider.opening(prepared, person, at)
        assert (None if opens == NO_INSTANT else opens) == (seconds(expected.retry_at) if expected.retry_at else None)
        assert expected.retry_at is None or RetryCode(why).name == expected.retry
    return len(expected.reasons), expected.code == "household_unknown"


def test_random_rulebooks_decide_alike_over_wider_histories() -> None:
    rng, blocked, unknown = random.Random("wider"), 0, 0
    for _ in range(40):
        engine = Engine(widened(rng, generate.rulebook(rng, rules=rng.randint(1, 20))))
        for _ in range(20):
            reasons, unsaid = agree(rng, engine, retry=False)
            blocked, unknown = blocked + reasons, unknown + unsaid
    assert blocked > 800
    assert unknown > 15


def test_random_rulebooks_open_alike_over_wider_histories() -> None:
    rng, blocked = random.Random("wider openings"), 0
    for _ in range(20):
        engine = Engine(widened(rng, generate.rulebook(rng, rules=rng.randint(1, 4))))
        blocked += sum(agree(rng, engine, retry=True)[0] for _ in range(4))
    assert blocked > 20


def caps(rng: random.Random) -> Rulebook:
    """A rulebook of few rules, that leaves something to reserve."""
    return widened(rng, generate.rulebook(rng, rules=rng.randint(1, 6)))


def as_event(query: Query, consented: bool) -> Event:
    """What a reservation of this contact counts as."""
    return Event(
        at=query.at, channel=query.channel, kind="pending", party=query.party, place=query.place, actor=query.actor,
        purpose=query.purpose, consented=consented, debt=query.debt, creditor=query.creditor, address=query.address,
    )  # fmt: skip


def test_many_reserved_at_once_are_as_one_by_one_and_as_the_twin_says() -> None:
    rng, reserved, refused = random.Random("many wider"), 0, 0
    for _ in range(25):
        engine = Engine(caps(rng))
        at_once, in_turn = Decider(engine, Histories()), Decider(engine, Histories())
        queries = sorted((generate.query(rng, most_events=0) for _ in range(60)), key=lambda query: query.at)
        contacts = past(rng, queries[0].at, 10)
        for contact in contacts:
            remember(at_once, contact)
            remember(in_turn, contact)
        persons = [rng.choice(PERSONS) for _ in queries]
        ids = [ids_of(rng, query) for query in queries]
        consented = np.array([rng.random() < 0.3 for _ in queries], np.uint8)
        columns = np.array(ids, np.uint64).T.copy()
        owners = Owners(
            np.array([list(one) for one in persons], np.uint8), debt=columns[0], address=columns[1],
            creditor=columns[2], consented=consented, household=columns[3], workplace=columns[4], account=columns[5],
        )  # fmt: skip
        batch = replace(
            batch_of(queries, lambda query, of=engine: of.place_of(query)[0]), debt=None, address=None, creditor=None,
            event_from=None, event_to=None, event_at=None, event_attr=None,
        )  # fmt: skip
        many = at_once.reserve_many(batch, owners)
        for i, query in enumerate(queries):
            expected = slow(engine.rulebook, query, persons[i], ids[i], contacts, retry=False)
            prepared = in_turn.prepare(query, ids[i], consented=bool(consented[i]))
            found = in_turn.reserve(prepared, persons[i], seconds(query.at))
            assert bool(found.allowed) == expected.allowed
            row = (many.screened.allowed[i], many.screened.code[i], many.screened.reasons[i])
            assert (*row, many.sequence[i]) == (*found[:3], NO_ATTEMPT if found.sequence < 0 else found.sequence)
            if many.wider is not None:
                dealt = {wider_subject(kind, name): many.wider[i, kind] for kind, name in by_wider(ids[i]).items()}
                assert tuple(row for row in dealt.items() if row[1] != NO_ATTEMPT) == found.wider
            assert [subject for subject, _ in sorted(found.wider)] == (
                list(in_turn.wider_of(ids[i])) if found.allowed else []
            )
            if found.allowed:
                contacts.append(Contact(persons[i], as_event(query, bool(consented[i])), ids[i]))
            reserved, refused = reserved + found.allowed, refused + (not found.allowed)
        assert list(at_once.histories.subjects()) == list(in_turn.histories.subjects())
        for subject in at_once.histories.subjects():
            for ours, theirs in zip(at_once.histories.rows(subject), in_turn.histories.rows(subject), strict=True):
                assert ours.tolist() == theirs.tolist()
    assert reserved > 200
    assert refused > 200
