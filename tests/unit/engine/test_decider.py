"""Decisions over the arena: what is reserved counts at once and as everything, overflow denies, one may be left out."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from cadencia.engine.asked import QueryError
from cadencia.engine.batch import Batch, PlaceSet, pack_selectors
from cadencia.engine.decide import Engine
from cadencia.engine.decider import NO_ATTEMPT, Decider, Ids, Owners
from cadencia.engine.histories import Histories, UnknownAttemptError
from cadencia.engine.history import KIND, attributes, seconds
from cadencia.engine.query import Event
from cadencia.engine.reference import Reference
from cadencia.engine.tables import CountCheck, Rulebook
from cadencia.engine.words import KINDS_COUNTED_AS, EventKind, Subject, VerdictCode, WindowUnit
from tests.unit.engine.books import TUESDAY, asked, book, cap, rule

A, B = b"a" * 16, b"b" * 16
AT = seconds(TUESDAY)


def decider(*checks: CountCheck) -> Decider:
    return Decider(Engine(law(*checks)), Histories())


def law(*checks: CountCheck) -> Rulebook:
    return book(*(rule(f"r{k}", check, kind="frequency_cap") for k, check in enumerate(checks)))


def counted(word: str) -> int:
    return sum(1 << EventKind[kind] for kind in KINDS_COUNTED_AS[word])


#: What a rule of each kind compiles to, and whether it asks for an attempt before the pending one as well.
RULES = {
    **{f"cap on {word}": cap(kinds=counted(word)) for word in KINDS_COUNTED_AS if word != "inbound"},
    "separation in hours": cap(unit=WindowUnit.seconds, n=7200, kinds=counted("placed")),
    "separation in business days": cap(unit=WindowUnit.civil_days, n=3, kinds=counted("placed")),
    "cooling-off after a talk": cap(unit=WindowUnit.civil_days, n=7, kinds=counted("right_party_contact")),
    "cooling-off after a refusal": cap(unit=WindowUnit.lifetime, n=0, kinds=counted("refusal"), same=1 << Subject.debt),
    "lock of the other channels": cap(unit=1, n=7, kinds=counted("conversation"), other_channels=True),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_what_is_pending_counts_as_everything_it_may_become(name: str) -> None:
    own = decider(RULES[name])
    channel = "sms" if "lock" in name else "call"
    now = asked()
    before = TUESDAY - timedelta(minutes=5)
    pending = Event(at=before, channel=channel, kind="pending")
    assert Engine(own.engine.rulebook).decide(now).verdict == "allow"
    said = asked(history=(pending,))
    assert Engine(own.engine.rulebook).decide(said).verdict == "deny"
    assert not Reference(own.engine.rulebook).verdict(said, retry=False).allowed
    number = own.reserve(own.prepare(asked(before, channel=channel)), A, AT - 300).sequence
    assert number == 0
    prepared = own.prepare(now)
    assert own.verdict(prepared, A, AT)[:3] == (0, 0, 1)
    assert own.verdict(prepared, A, AT, without=number)[:3] == (1, 0, 0)
    assert own.verdict(prepared, B, AT).allowed
    own.histories.void(A, number)
    assert own.verdict(prepared, A, AT).allowed


def test_what_is_pending_may_be_the_first_talk_that_a_count_begins_with() -> None:
    own = decider(cap(kinds=counted("placed"), unit=WindowUnit.lifetime, n=0, after_first=1 << EventKind.conversation))
    for minutes in (20, 10):
        own.histories.append(A, AT - 60 * minutes, attributes(channel=0, kind=EventKind.pending))
    events = tuple(Event(at=TUESDAY - timedelta(minutes=m), kind="pending") for m in (20, 10))
    said = asked(history=events)
    assert not Reference(own.engine.rulebook).verdict(said, retry=False).allowed
    assert own.engine.decide(said).verdict == "deny"
    assert not own.verdict(own.prepare(asked()), A, AT).allowed
    own.histories.become(A, 0, EventKind.busy)
    assert own.verdict(own.prepare(asked()), A, AT).allowed


def test_settling_narrows_what_a_reservation_counts_as() -> None:
    own = decider(cap(kinds=counted("conversation")))
    prepared = own.prepare(asked())
    number = own.reserve(prepared, A, AT).sequence
    assert not own.reserve(prepared, A, AT).allowed
    own.histories.become(A, number, EventKind.no_answer)
    assert own.reserve(prepared, A, AT).sequence == 1
    own.histories.remove(A, 1)
    own.histories.become(A, number, EventKind.promise)
    assert own.reserve(prepared, A, AT) == (0, 0, 1, -1, ())
    assert len(own.histories) == 1


def test_an_attempt_about_two_debts_is_one_of_the_person_and_one_of_each_debt() -> None:
    own = decider(cap(2), cap(2, same=1 << Subject.debt), cap(2, same=1 << Subject.creditor))
    own.histories.append(A, AT - 60, 0, (5, 6), 0, 9)
    rows = [own.allowances(own.prepare(asked(), Ids(debt, 0, 9)), A, AT) for debt in (5, 6, 7)]
    assert [[row.used for row in of] for of in rows] == [[1, 1, 1], [1, 1, 1], [1, 0, 1]]


def test_tallies_are_the_allowances_without_the_next_instant() -> None:
    own = decider(cap(2), cap(1, same=1 << Subject.debt), cap(3, kinds=counted("conversation")))
    own.histories.append(A, AT - 60, EventKind.busy << KIND, (5,))
    prepared = own.prepare(asked(), Ids(5))
    told = own.allowances(prepared, A, AT)
    assert own.tallies(prepared, A, AT) == [(one.rule, one.used, one.at_most, one.base) for one in told]
    assert [one.used for one in told] == [1, 1, 0]
    assert own.tallies(own.prepare(asked(zones=())), A, AT) == []


def test_an_answer_is_the_decision_and_the_contact_prepared() -> None:
    own = decider(cap(1))
    query = asked(party="spouse")
    decision, prepared = own.answer(query, A, Ids(5), consented=True)
    assert decision == own.decide(query, A, Ids(5))
    assert prepared.attributes == own.prepare(query, Ids(5), consented=True).attributes
    assert own.verdict(prepared, A, AT).allowed


def test_a_reservation_says_what_the_contact_is() -> None:
    own = decider(cap(3))
    query = asked(channel="sms", party="spouse", place="work", actor="debt_buyer", purpose="servicing")
    prepared = own.prepare(query, Ids(5, 6, 7), consented=True)
    own.reserve(prepared, A, AT)
    at, attr = own.histories.rows(A)
    expected = attributes(channel=2, kind=0, party=3, place=3, actor=2, purpose=1, consented=True, debt=1, address=1,
                          creditor=1)  # fmt: skip
    assert (at.tolist(), attr.tolist()) == ([AT], [expected])
    assert prepared.attributes == attributes(channel=2, kind=0, party=3, place=3, actor=2, purpose=1, consented=True)
    assert own.histories.names(A) == ((5,), (6,), (7,))


def test_more_ids_than_fit_deny() -> None:
    own = decider(cap(9))
    for creditor in range(1, 32):
        own.histories.append(A, AT - 10**7, EventKind.busy << KIND, (), 0, creditor)
    assert own.reserve(own.prepare(asked(), Ids(creditor=31)), A, AT).sequence == 31
    new = own.prepare(asked(), Ids(creditor=32))
    assert own.reserve(new, A, AT) == (0, VerdictCode.history_overflow, 0, -1, ())
    assert own.verdict(own.prepare(asked()), A, AT).allowed
    with pytest.raises(ValueError, match="31 creditors"):
        own.histories.append(A, AT, 0, (), 0, 32)
    told = own.decide(asked(), A)
    assert (told.verdict, [reason.rule for reason in told.reasons]) == ("deny", ["history_overflow"])
    assert own.verdict(own.prepare(asked()), A, AT).code == VerdictCode.history_overflow
    assert own.allowances(own.prepare(asked()), A, AT) == ()


def test_what_cannot_be_evaluated_reserves_nothing() -> None:
    own = decider(cap(9))
    nowhere = own.prepare(asked(jurisdictions=(), zones=("America/Bogota",)))
    assert own.reserve(nowhere, A, AT) == (0, VerdictCode.jurisdiction_unknown, 0, -1, ())
    unknown = own.prepare(asked(zones=("Mars/Olympus",)))
    assert own.reserve(unknown, A, AT).code == VerdictCode.zone_unknown
    for at in (-5, 1 << 33):
        assert own.reserve(own.prepare(asked()), A, at).code == VerdictCode.zone_data_ended
        assert own.allowances(own.prepare(asked()), A, at) == ()
    assert len(own.histories) == own.histories.persons == 0


def test_a_past_comes_from_the_ledger_alone_and_an_attempt_left_out_is_there() -> None:
    own = decider(cap(9))
    with pytest.raises(QueryError, match="ledger holds"):
        own.prepare(asked(history=(Event(at=TUESDAY),)))
    with pytest.raises(QueryError, match="ledger holds"):
        own.decide(asked(history=(Event(at=TUESDAY),)), A)
    with pytest.raises(UnknownAttemptError):
        own.verdict(own.prepare(asked()), A, AT, without=0)
    with pytest.raises(ValueError, match="16 bytes"):
        own.reserve(own.prepare(asked()), b"short", AT)


def columns(n: int) -> tuple[Batch, Owners]:
    selectors = int(pack_selectors(0, 0, 0, 3, 0, 0, 0, 0))
    places = [PlaceSet(("AA",), ("America/Bogota",))]
    batch = Batch(np.full(n, AT, np.int64), np.zeros(n, np.int32), np.full(n, selectors, np.uint32), places)
    return batch, Owners(np.zeros((n, 16), np.uint8))


def test_ten_thousand_reservations_against_a_cap_of_one() -> None:
    own = decider(cap(1))
    batch, owners = columns(10_000)
    many = own.reserve_many(batch, owners)
    assert int(many.screened.allowed.sum()) == 1
    assert many.sequence.tolist() == [0] + [NO_ATTEMPT] * 9_999
    assert len(own.histories) == 1


def test_many_new_persons_while_the_index_grows() -> None:
    own = decider(cap(1))
    batch, owners = columns(20_000)
    owners.subjects[:, :8] = np.arange(20_000).astype(np.uint64)[:, None].view(np.uint8) // 1
    assert int(own.reserve_many(batch, owners).screened.allowed.sum()) == own.histories.persons == 20_000


def test_columns_that_do_not_fit_reserve_nothing() -> None:
    own = decider(cap(1))
    batch, owners = columns(3)
    with pytest.raises(ValueError, match="column subjects"):
        own.reserve_many(batch, Owners(owners.subjects[:2]))
    with pytest.raises(ValueError, match="column debt"):
        own.reserve_many(batch, Owners(owners.subjects, debt=np.zeros(3, np.int64)))
    batch.debt = np.zeros(3, np.uint8)
    with pytest.raises(ValueError, match="leave those columns out"):
        own.reserve_many(batch, owners)
    empty, nobody = columns(0)
    assert len(own.reserve_many(empty, nobody).sequence) == len(own.histories) == 0
