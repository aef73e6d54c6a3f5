"""Counters over histories wider than a person's: whose contacts they add up, whose they leave apart, what denies."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from msgspec import structs

from cadencia.engine.batch import Batch, PlaceSet, pack_selectors
from cadencia.engine.decide import Engine
from cadencia.engine.decider import NO_ATTEMPT, Decider, Ids, Owners, Without
from cadencia.engine.histories import Histories, UnknownAttemptError, wider_subject
from cadencia.engine.history import seconds
from cadencia.engine.query import Fact
from cadencia.engine.tables import FIRST_DAY, LAST_DAY, CountCheck
from cadencia.engine.words import EventKind, Party, Subject, VerdictCode, Wider, WindowUnit, bit_of_fact
from tests.unit.engine.books import PLACED, TUESDAY, asked, book, cap, day_number, rule, window

A, B, C = b"a" * 16, b"b" * 16, b"c" * 16
AT = seconds(TUESDAY)
#: For each Wider, ids that state it and nothing else, twice.
STATED = {
    Wider.household: (Ids(household=5), Ids(household=6)),
    Wider.workplace: (Ids(workplace=5), Ids(workplace=6)),
    Wider.address: (Ids(address=5), Ids(address=6)),
    Wider.debt: (Ids(debt=5), Ids(debt=6)),
    Wider.account: (Ids(account=5), Ids(account=6)),
}
#: Every kind that counts, as it compiles.
SHAPES = {
    "cap": cap(),
    "separation": cap(unit=WindowUnit.seconds, n=7200),
    "cooling-off": cap(unit=WindowUnit.lifetime, n=0, kinds=PLACED & ~2),
    "lock": cap(unit=1, n=7, other_channels=True),
    "narrow start": cap(unit=1, n=7, since_date=0),
}


def decider(*checks: CountCheck, **fields: object) -> Decider:
    return Decider(Engine(book(*(rule(f"r{k}", check, **fields) for k, check in enumerate(checks)))), Histories())


def wide(kind: Wider, shape: str = "cap", **fields: object) -> CountCheck:
    return structs.replace(SHAPES[shape], wider=kind, **fields)


@pytest.mark.parametrize("kind", Wider)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_one_person_got_counts_for_another_of_the_same_and_for_nobody_else(kind: Wider, shape: str) -> None:
    own = decider(wide(kind, shape))
    ids, others = STATED[kind]
    dates = {"due_date": (TUESDAY - timedelta(days=3)).date()}
    before = asked(TUESDAY - timedelta(hours=1), channel="sms" if shape == "lock" else "call", dates=dates)
    first = own.reserve(own.prepare(before, ids), A, AT - 3600)
    assert first.sequence == 0
    assert first.wider == ((wider_subject(kind, 5), 0),)
    same, other = own.prepare(asked(dates=dates), ids), own.prepare(asked(dates=dates), others)
    assert own.verdict(same, B, AT)[:3] == (0, 0, 1)
    assert own.reserve(same, B, AT).sequence == -1
    assert own.verdict(other, B, AT).allowed
    assert own.verdict(other, A, AT).allowed
    assert own.verdict(own.prepare(asked(dates=dates)), B, AT).allowed
    assert not own.verdict(own.prepare(asked(dates=dates)), A, AT).allowed


def test_what_opens_and_what_is_left_are_told_of_the_wider_history() -> None:
    own = decider(wide(Wider.debt, "separation"), cap(3))
    own.reserve(own.prepare(asked(TUESDAY - timedelta(hours=1)), Ids(debt=5)), A, AT - 3600)
    prepared = own.prepare(asked(), Ids(debt=5))
    assert own.opening(prepared, B, AT) == (AT + 3600, 0)
    decision = own.decide(asked(), B, Ids(debt=5))
    assert [reason.retry_at for reason in decision.reasons] == [TUESDAY + timedelta(hours=1)]
    told = own.allowances(prepared, B, AT)
    assert [(one.base, one.used, one.left, one.next_at) for one in told] == [
        ("debt", 1, 0, TUESDAY + timedelta(hours=1)), ("person", 0, 3, TUESDAY),
    ]  # fmt: skip
    assert [one.base for one in own.allowances(own.prepare(asked()), B, AT)] == ["person", "person"]


def test_a_wide_count_is_narrowed_by_the_other_words() -> None:
    own = decider(wide(Wider.household, same=1 << Subject.debt))
    own.reserve(own.prepare(asked(), Ids(debt=5, household=9, creditor=4)), A, AT)
    assert not own.verdict(own.prepare(asked(), Ids(debt=5, household=9)), B, AT).allowed
    assert own.verdict(own.prepare(asked(), Ids(debt=6, household=9)), B, AT).allowed
    assert own.histories.names(wider_subject(Wider.household, 9)) == ((5,), (), ())


def test_ids_that_no_count_is_narrowed_by_take_no_slots_of_a_place_of_work() -> None:
    own = decider(wide(Wider.workplace, at_most=400))
    for n in range(1, 300):
        person = n.to_bytes(16, "big")
        assert own.reserve(own.prepare(asked(), Ids(n, n, n, workplace=5)), person, AT).allowed
    assert own.allowances(own.prepare(asked(), Ids(workplace=5)), A, AT)[0].used == 299


def test_the_subjects_of_an_attempt_are_in_order_and_only_those_that_some_rule_counts() -> None:
    own = decider(wide(Wider.debt), wide(Wider.household), cap())
    ids = Ids(debt=7, address=1, household=2, workplace=3)
    expected = [wider_subject(Wider.household, 2), *(wider_subject(Wider.debt, debt) for debt in (5, 7, 2**63))]
    assert own.wider_of(ids, (2**63, 7, 5, 0)) == tuple(expected)
    assert own.wider_of(Ids(), ()) == ()
    assert decider(cap()).wider_of(ids, (5,)) == ()


@pytest.mark.parametrize("party", Party)
def test_with_whom_the_household_must_be_stated(party: Party) -> None:
    own = decider(wide(Wider.household, at_most=3))
    denied = party not in (Party.debtor, Party.attorney)
    query = asked(party=party.name)
    found = own.verdict(own.prepare(query), A, AT)
    assert (found.allowed, found.code) == ((0, VerdictCode.household_unknown) if denied else (1, 0))
    assert own.reserve(own.prepare(query), A, AT).sequence == (-1 if denied else 0)
    assert own.verdict(own.prepare(query, Ids(household=1)), A, AT).allowed
    assert own.engine.decide(query).verdict == "allow"  # the history came with the query


@pytest.mark.parametrize("kind", set(Wider) - {Wider.household})
def test_nothing_else_must_be_stated(kind: Wider) -> None:
    own = decider(wide(kind))
    assert own.verdict(own.prepare(asked(party="spouse")), A, AT).allowed


def test_a_household_not_stated_is_told_with_its_cure_beside_what_else_blocks() -> None:
    law = book(rule("caps", wide(Wider.household)), rule("hours", window(((0, 1),))))
    own = Decider(Engine(law), Histories())
    for language, word in (("en", "state the household"), ("es", "indique el hogar"), ("pt", "informe o domicílio")):
        decision = own.decide(asked(party="spouse"), A, language=language)
        assert [reason.rule for reason in decision.reasons] == ["household_unknown", "AA.law.caps", "AA.law.hours"]
        assert word in decision.reasons[0].message
        assert decision.reasons[1].retry == "needs_fact"
        assert (decision.retry, decision.retry_at) == ("needs_fact", None)
    assert own.allowances(own.prepare(asked(party="spouse")), A, AT) == ()


@pytest.mark.parametrize("from_days", [1, -1])
def test_only_a_rule_in_force_asks_for_the_household_and_the_contact_opens_when_it_ends(from_days: int) -> None:
    today = day_number(TUESDAY.date())
    fields = {"from_day": today + 1} if from_days > 0 else {"from_day": FIRST_DAY, "until_day": today + 1}
    own = decider(wide(Wider.household), **({"until_day": LAST_DAY} | fields))
    decision = own.decide(asked(party="spouse"), A)
    if from_days > 0:
        assert decision.verdict == "allow"
    else:
        assert decision.retry_at == TUESDAY.replace(hour=5) + timedelta(days=1)


def test_a_fact_that_lifts_the_rule_lifts_the_question_of_the_household() -> None:
    own = decider(wide(Wider.household), unless=1 << bit_of_fact("prior_consent"))
    assert not own.verdict(own.prepare(asked(party="spouse")), A, AT).allowed
    agreed = asked(party="spouse", facts=(Fact(name="prior_consent"),))
    assert own.verdict(own.prepare(agreed), A, AT).allowed


def test_an_attempt_is_left_out_of_every_history_it_is_in() -> None:
    own = decider(wide(Wider.household), wide(Wider.debt))
    prepared = own.prepare(asked(), Ids(debt=1, household=2))
    held = own.reserve(prepared, A, AT)
    assert own.verdict(prepared, A, AT, without=held.sequence)[:3] == (0, 0, 3)
    assert own.verdict(prepared, A, AT, without=Without(held.sequence, held.wider[:1]))[:3] == (0, 0, 2)
    whole = Without(held.sequence, held.wider)
    assert own.verdict(prepared, A, AT, without=whole).allowed
    assert own.opening(prepared, A, AT, without=whole) == (AT, 0)
    assert own.decide(asked(), A, Ids(debt=1, household=2), without=whole).verdict == "allow"
    with pytest.raises(UnknownAttemptError):
        own.verdict(prepared, A, AT, without=Without(0, (*held.wider, (wider_subject(Wider.account, 1), 0))))
    assert own.verdict(prepared, A, AT)[:3] == (0, 0, 3)  # what was left out until then counts again


def test_what_does_not_fit_one_history_is_appended_to_none() -> None:
    own = decider(wide(Wider.household, at_most=99), wide(Wider.account, at_most=99, same=1 << Subject.creditor))
    account = wider_subject(Wider.account, 9)
    for creditor in range(1, 32):
        own.histories.append(account, AT, EventKind.placed << 3, (), 0, creditor)
    full = own.prepare(asked(), Ids(creditor=32, household=8, account=9))
    assert own.reserve(full, A, AT) == (0, VerdictCode.history_overflow, 0, -1, ())
    decision = own.decide(asked(), A, Ids(creditor=32, household=8, account=9))
    assert [reason.rule for reason in decision.reasons] == ["history_overflow"]
    assert len(own.histories) == 31
    assert own.reserve(own.prepare(asked(), Ids(creditor=31, household=8, account=9)), A, AT).sequence == 0


def test_an_attempt_without_room_at_last_is_taken_back_everywhere() -> None:
    own = decider(wide(Wider.household, at_most=99))
    household = wider_subject(Wider.household, 8)
    for _ in range(1 << 17):
        own.histories.append(household, AT - 10**6, EventKind.placed << 3)
    assert own.reserve(own.prepare(asked(), Ids(household=8)), A, AT) == (0, VerdictCode.history_overflow, 0, -1, ())
    assert len(own.histories) == 1 << 17
    assert own.histories.rows(A)[0].tolist() == []


def batch(n: int, *, party: int = 0) -> Batch:
    selectors = pack_selectors(0, 0, 0, 1, party, 1, 1, 0)
    return Batch(
        at=np.full(n, AT, np.int64), place=np.zeros(n, np.int32), selectors=np.full(n, selectors, np.uint32),
        places=[PlaceSet(("AA",), ("America/Bogota",))],
    )  # fmt: skip


def test_a_column_of_households_is_counted_row_by_row() -> None:
    own = decider(wide(Wider.household))
    subjects = np.frombuffer(A + B + C + A, np.uint8).reshape(4, 16)
    owners = Owners(subjects, household=np.array([7, 7, 8, 8], np.uint64))
    assert own.screen(batch(4), owners).allowed.tolist() == [1, 1, 1, 1]
    many = own.reserve_many(batch(4), owners)
    assert many.screened.allowed.tolist() == [1, 0, 1, 0]
    none = NO_ATTEMPT
    assert many.wider.tolist() == [[0, *[none] * 4], [none] * 5, [0, *[none] * 4], [none] * 5]
    assert many.sequence.tolist() == [0, none, 0, none]
    other = Owners(subjects[:2], household=np.array([0, 9], np.uint64))
    found = own.screen(batch(2, party=Party.spouse), other)
    assert found.code.tolist() == [VerdictCode.household_unknown, 0]


def test_without_wide_rules_there_are_no_numbers_of_wider_histories() -> None:
    own = decider(cap())
    owners = Owners(np.frombuffer(A, np.uint8).reshape(1, 16), household=np.array([7], np.uint64))
    assert own.reserve_many(batch(1), owners).wider is None
    assert own.histories.persons == 1
