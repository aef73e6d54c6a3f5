"""The gate, sentence by sentence of the design: decide and reserve, place, settle, release, correct."""

from __future__ import annotations

import asyncio
import inspect

import msgspec
import pytest

from cadencia.dialer.gate import Gate
from cadencia.dialer.refusals import (
    AlreadyCorrectedError,
    AlreadySettledError,
    GateError,
    ImpossibleTimeError,
    KeyReusedError,
    NotPlacedError,
    NotSettledError,
    PermitSpentError,
    UnknownAttemptError,
    UnknownPersonError,
)
from cadencia.dialer.request import Request, Surroundings
from cadencia.engine.decide import Engine
from cadencia.engine.tables import FactCheck
from cadencia.engine.words import EventKind, Initiator, WindowUnit, bit_of_fact
from cadencia.store.memory import MemoryLedger
from cadencia.store.projection import Asked, Step, read
from tests.unit.dialer.doors import TOLD, Times, counted, opened, run, wanted, why
from tests.unit.engine.books import ALL_DAY, TUESDAY, book, cap, rule, window

ONCE = rule("once", cap(), kind="frequency_cap")
OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
TALKS = 1 << EventKind.conversation | 1 << EventKind.right_party_contact
TALK_ONCE = rule("talk-once", cap(kinds=TALKS, n=7), kind="frequency_cap")


def test_an_allowed_contact_is_reserved_placed_and_settled() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, ONCE)
        reserved = await gate.reserve(wanted(caller_id="+5716000000"), key="k1")
        assert (reserved.verdict, reserved.replayed) == ("allow", False)
        permit = reserved.permit
        assert permit is not None
        bound = (permit.number, permit.caller_id, permit.trunk)
        assert bound == ("+573001234567", "+5716000000", "trunk-1")
        assert gate.in_flight == 1
        assert (await gate.place(permit)).placed
        times.go(60)
        await gate.settle(permit, "no_answer", times.now)
        assert gate.in_flight == 0
        assert await counted(gate) == {"once": 1}
        second = await gate.reserve(wanted(), key="k2")
        assert (second.verdict, second.permit, why(second.decision)) == ("deny", None, ["once"])

    run(test)


def test_ten_thousand_in_parallel_for_a_cap_of_one_allow_exactly_one() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, ONCE)
        answers = await asyncio.gather(*(gate.reserve(wanted(), key=f"k{i}") for i in range(10_000)))
        assert [answer.verdict for answer in answers].count("allow") == 1
        assert sum(answer.permit is not None for answer in answers) == 1

    run(test)


@pytest.mark.parametrize("shared", [False, True])
def test_a_pending_reservation_counts_as_the_conversation_it_may_become(shared: bool) -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, TALK_ONCE, ledger=MemoryLedger(shared=shared))
        answers = await asyncio.gather(*(gate.reserve(wanted(), key=f"k{i}") for i in range(300)))
        [allowed] = [answer for answer in answers if answer.permit]
        assert allowed.permit is not None
        await gate.place(allowed.permit)
        times.go(30)
        assert why((await gate.reserve(wanted(), key="later")).decision) == ["talk-once"]
        await gate.settle(allowed.permit, "no_answer", times.now)
        assert (await gate.reserve(wanted(), key="then")).verdict == "allow"

    run(test)


def test_two_channels_under_a_channel_lock_let_one_through() -> None:
    lock = rule("lock", cap(other_channels=True, n=7), kind="channel_lock")

    async def test() -> None:
        gate, _ = await opened(OPEN, lock)
        requests = [wanted(channel=("call", "sms")[i % 2]) for i in range(1000)]
        answers = await asyncio.gather(*(gate.reserve(one, key=f"k{i}") for i, one in enumerate(requests)))
        allowed = {one.query.channel for one, answer in zip(requests, answers, strict=True) if answer.permit}
        assert allowed == {"call"}

    run(test)


def test_the_same_key_gives_the_same_answer_and_another_request_is_refused() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(), Times()
        gate, _ = await opened(OPEN, ONCE, ledger=ledger, times=times)
        first, second = await asyncio.gather(gate.reserve(wanted(), key="k"), gate.reserve(wanted(), key="k"))
        assert (first.permit, second.replayed) == (second.permit, True)
        denied = await gate.reserve(wanted(), key="other")
        again, _ = await opened(OPEN, ONCE, ledger=ledger, times=times)
        assert (await again.reserve(wanted(), key="k")).permit == first.permit
        replayed = await again.reserve(wanted(), key="other")
        assert (replayed.decision, replayed.replayed) == (denied.decision, True)
        with pytest.raises(KeyReusedError, match="another request"):
            await again.reserve(wanted("p2"), key="k")
        assert (await again.reserve(wanted("p2", tenant="u"), key="k")).permit != first.permit

    run(test)


def test_a_permit_is_placed_once() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        assert (await gate.place(permit)).placed
        with pytest.raises(PermitSpentError):
            await gate.place(permit)
        with pytest.raises(PermitSpentError):
            await gate.release(permit)

    run(test)


def test_an_expired_permit_is_refused_and_stays_counted_until_it_is_released() -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, times = await opened(OPEN, ONCE, ledger=ledger)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        times.go(20)
        for _ in range(2):
            refused = await gate.place(permit)
            assert (refused.placed, why(refused.decision)) == (False, ["permit_expired"])
        times.go(3600)
        assert await counted(gate) == {"once": 1}
        await gate.close()
        assert [e.kind async for e in ledger.entries(kinds=("expired",))] == ["expired"]
        await gate.release(permit)
        assert await counted(gate) == {"once": 0}
        with pytest.raises(PermitSpentError):
            await gate.release(permit)

    run(test)


def test_the_time_limit_ends_with_placing() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, rule("ever", cap(unit=WindowUnit.lifetime, n=0)))
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        await gate.place(permit)
        times.go(400 * 86_400)
        assert await counted(gate) == {"ever": 1}
        await gate.settle(permit, "no_answer", times.now)

    run(test)


def test_an_opt_out_between_reserve_and_place_refuses_and_releases() -> None:
    heeded = rule("opt-out", FactCheck(forbids=1 << bit_of_fact("opt_out")))

    async def test() -> None:
        ledger = MemoryLedger()
        gate, _ = await opened(OPEN, ONCE, heeded, ledger=ledger)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        await gate.record_fact("t", "p1", "opt_out", source=TOLD)
        refused = await gate.place(permit)
        assert (refused.placed, why(refused.decision)) == (False, ["opt-out", "opt_out"])
        assert await counted(gate) == {"once": 0}
        await gate.close()
        [released] = [e async for e in ledger.entries(kinds=("released",))]
        told = read(released, Step).decision
        assert told is not None and why(told) == ["opt-out", "opt_out"]
        with pytest.raises(PermitSpentError):
            await gate.place(permit)

    run(test)


def test_a_rule_published_between_reserve_and_place_refuses() -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, _ = await opened(OPEN, ledger=ledger)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        closed = book(rule("closed", window(()), kind="contact_window"))
        await gate.use(Engine(msgspec.structs.replace(closed, hash="sha256:new")), by="officer")
        refused = await gate.place(permit)
        assert (refused.placed, why(refused.decision)) == (False, ["closed"])
        assert [e.kind async for e in ledger.entries(kinds=("published",))] == ["published"] * 2

    run(test)


def test_every_initiator_passes_the_same_function() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, ONCE)
        for n, initiator in enumerate(Initiator):
            person = f"p{n}"
            assert (await gate.reserve(wanted(person, initiator=initiator.name), key=f"a{n}")).verdict == "allow"
            assert why((await gate.reserve(wanted(person, initiator=initiator.name), key=f"b{n}")).decision) == ["once"]

    run(test)


def test_there_is_no_way_round() -> None:
    assert list(inspect.signature(Gate.reserve).parameters) == ["self", "request", "key"]
    assert list(inspect.signature(Gate.place).parameters) == ["self", "permit"]
    assert Request.__struct_fields__ == ("tenant", "person", "query", "debts", "number", "trunk", "by")
    assert Surroundings.__struct_fields__ == (
        "names", "secret", "wall", "steady", "entropy", "permit_seconds", "tries",
    )  # fmt: skip
    ways = {name for name in dir(Gate) if not name.startswith("_") and callable(getattr(Gate, name))}
    assert ways == {
        "allowances", "cannot_pay_until", "check", "checkpoint", "close", "correct", "erase", "hold", "inbound", "open",
        "place", "promise", "record_date", "record_fact", "record_hours", "release", "reserve", "settle",
        "settled_behind", "take_in", "timeline", "use",
    }  # fmt: skip


def test_what_is_dialled_is_what_was_decided() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN)
        asked = msgspec.structs.replace(wanted(address="ana@example.org"), number="+573009999999")
        with pytest.raises(GateError, match="number: what is dialled must be what is decided"):
            await gate.reserve(asked, key="k")
        for number in ("+573001234567", "ana@example.org"):
            permit = (await gate.reserve(msgspec.structs.replace(asked, number=number), key=number)).permit
            assert permit is not None and permit.number == number

    run(test)


def test_check_reserves_nothing_and_is_recorded_behind() -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, _ = await opened(OPEN, ONCE, ledger=ledger)
        assert (await gate.check(wanted())).allowed
        assert await counted(gate) == {"once": 0}
        await gate.close()
        [entry] = [e async for e in ledger.entries(kinds=("decided",))]
        told = read(entry, Asked)
        assert (told.decision.verdict, told.person, told.attempt) == ("allow", "p1", "")

    run(test)


def test_wrong_outcomes_have_no_effect() -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, times = await opened(OPEN, ONCE, ledger=ledger)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        with pytest.raises(UnknownAttemptError):
            await gate.settle("nothing", "no_answer", times.now)
        with pytest.raises(UnknownAttemptError):
            await gate.settle(permit.attempt[:-16] + "f" * 16, "no_answer", times.now)
        with pytest.raises(NotPlacedError):
            await gate.settle(permit, "no_answer", times.now)
        await gate.place(permit)
        with pytest.raises(NotSettledError):
            await gate.correct(permit, "no_answer", times.now)
        for wrong in (times.ago(3600), times.ago(-60)):
            with pytest.raises(ImpossibleTimeError):
                await gate.settle(permit, "no_answer", wrong)
        with pytest.raises(GateError, match="zone"):
            await gate.settle(permit, "no_answer", times.now.replace(tzinfo=None))
        for wrong_word in ("pending", "void", "inbound", "spoke"):
            with pytest.raises(GateError, match="outcome"):
                await gate.settle(permit, wrong_word, times.now)
        await gate.close()
        before = await ledger.head()
        await gate.settle(permit, "no_answer", times.now)
        with pytest.raises(AlreadySettledError, match="no_answer"):
            await gate.settle(permit.attempt, "busy", times.now)
        await gate.correct(permit.attempt, "conversation", times.now)
        with pytest.raises(AlreadyCorrectedError):
            await gate.correct(permit, "busy", times.now)
        assert (await ledger.head())[0] == before[0] + 2

    run(test)


def test_two_outcomes_at_once_leave_one() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, ONCE)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        await gate.place(permit)
        ends = [gate.settle(permit, outcome, times.now) for outcome in ("busy", "machine")]
        answers = await asyncio.gather(*ends, return_exceptions=True)
        assert [type(answer) for answer in answers] == [type(None), AlreadySettledError]

    run(test)


def test_a_correction_counts_anew() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(), Times()
        gate, _ = await opened(OPEN, TALK_ONCE, ledger=ledger, times=times)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        await gate.place(permit)
        await gate.settle(permit, "conversation", times.now)
        assert await counted(gate) == {"talk-once": 1}
        await gate.correct(permit.attempt, "machine", times.now)
        assert await counted(gate) == {"talk-once": 0}
        again, _ = await opened(OPEN, TALK_ONCE, ledger=ledger, times=times)
        assert await counted(again) == {"talk-once": 0}
        with pytest.raises(AlreadyCorrectedError):
            await again.correct(permit.attempt, "conversation", times.now)

    run(test)


def test_nobody_knows_an_unknown_person() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN)
        for ask in (gate.timeline("t", "nobody"), gate.erase("t", "nobody"), gate.allowances(wanted("nobody"))):
            with pytest.raises(UnknownPersonError):
                await ask

    run(test)


def test_the_clock_is_the_gates_own() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN)
        with pytest.raises(GateError, match="clock"):
            await gate.reserve(wanted(at=TUESDAY), key="k")
        with pytest.raises(GateError, match="key"):
            await gate.reserve(wanted(), key="")

    run(test)
