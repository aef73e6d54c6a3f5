"""After a restart, a crash or a failed commit the counters are those of the ledger, and nothing is free."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cadencia.dialer.gate import Gate
from cadencia.dialer.refusals import AlreadyCorrectedError, AlreadySettledError, NotPlacedError, PermitSpentError
from cadencia.engine.words import EventKind
from cadencia.store.entry import Draft
from cadencia.store.ledger import Appended, LedgerError, Moved
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import TOLD, Times, counted, opened, run, surroundings, wanted, why
from tests.unit.engine.books import ALL_DAY, cap, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
ONCE = rule("once", cap(), kind="frequency_cap")
TALK_ONCE = rule("talk-once", cap(kinds=1 << EventKind.conversation, n=7), kind="frequency_cap")


class Crashing(MemoryLedger):
    """Loses what is appended behind and with the next group, as a crash does; fails when told to."""

    failing = False

    def append_behind(self, drafts: Sequence[Draft]) -> None:
        if self.failing:
            raise LedgerError("the disk is full: make room, then open the gate anew")
        super().append_behind(drafts)

    async def append(self, drafts: Sequence[Draft], expected: Mapping[bytes, int] | None = None) -> Appended | Moved:
        if self.failing:
            raise LedgerError("the disk is full: make room, then open the gate anew")
        return await super().append(drafts, expected)


def test_what_was_pending_before_a_crash_still_is() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(), Times()
        gate, _ = await opened(OPEN, TALK_ONCE, ledger=ledger, times=times)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        times.go(3600)
        again, _ = await opened(OPEN, TALK_ONCE, ledger=ledger, times=times)
        assert await counted(again) == {"talk-once": 1}
        assert again.in_flight == 1
        assert why((await again.place(permit)).decision) == ["permit_expired"]

    run(test)


def test_a_crash_makes_no_free_attempt() -> None:
    """A placing goes to disk with the next group: of a reservation of before a crash nobody can say that it is free."""

    async def test() -> None:
        ledger, times = MemoryLedger(), Times()
        gate, _ = await opened(OPEN, TALK_ONCE, ledger=ledger, times=times)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        assert (await gate.place(permit)).placed  # it leaves … and the crash comes before the next group
        again, _ = await opened(OPEN, TALK_ONCE, ledger=ledger, times=times)
        for given in (permit, permit.attempt):
            with pytest.raises(PermitSpentError, match="may have left"):
                await again.release(given)
        assert why((await again.reserve(wanted(), key="then")).decision) == ["talk-once"]
        await again.settle(permit, "no_answer", times.now)
        assert (await again.reserve(wanted(), key="last")).verdict == "allow"

    run(test)


def test_a_permit_of_before_a_restart_is_not_placed() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(), Times()
        gate, _ = await opened(OPEN, ledger=ledger, times=times)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        await gate.place(permit)  # … and the crash comes before the next group
        again, _ = await opened(OPEN, ledger=ledger, times=times)
        assert not (await again.place(permit)).placed
        times.go(30)
        await again.settle(permit.attempt, "conversation", times.now)
        with pytest.raises(PermitSpentError):
            await again.place(permit)

    run(test)


def test_a_restart_ends_in_the_same_counters() -> None:
    rules = (OPEN, rule("cap", cap(100, n=7)), rule("talks", cap(100, n=7, kinds=1 << EventKind.conversation)))

    async def test() -> None:
        ledger, times = MemoryLedger(), Times()
        gate, _ = await opened(*rules, ledger=ledger, times=times)
        for k in range(24):
            permit = (await gate.reserve(wanted(debts=("d2",) if k % 2 else ()), key=str(k))).permit
            assert permit is not None
            times.go(5)
            if k % 4 == 0:
                await gate.release(permit)
            elif k % 4 < 3:
                await gate.place(permit)
                times.go(60)
                if k % 3:
                    await gate.settle(permit, "conversation" if k % 2 else "busy", times.now)
                if k % 6 == 5:
                    await gate.correct(permit.attempt, "machine", times.now)
        await gate.inbound("t", "p1", times.now)
        await gate.close()
        again, _ = await opened(*rules, ledger=ledger, times=times)
        assert events(again) == events(gate)
        assert await counted(again) == await counted(gate)
        assert again.in_flight == gate.in_flight

    run(test)


def events(gate: Gate, person: str = "p1") -> list[tuple[int, int]]:
    """What is counted of a person, without the numbers of attempts."""
    subject = gate._names("t").subject(person)
    at, attr = gate._histories.rows(subject)
    return sorted((int(when), int(what) & ~(0x1FFFF << 42)) for when, what in zip(at, attr, strict=True))


def test_several_debts_are_one_attempt_and_several_events() -> None:
    by_debt = rule("by-debt", cap(5, same=1), kind="frequency_cap")
    by_person = rule("by-person", cap(5), kind="frequency_cap")

    async def test() -> None:
        gate, times = await opened(OPEN, by_debt, by_person)
        permit = (await gate.reserve(wanted(debts=("d2", "d3")), key="k")).permit
        assert permit is not None
        await gate.place(permit)
        for debt, used in (("d1", 1), ("d2", 1), ("d4", 0)):
            assert await counted(gate, wanted(debt=debt)) == {"by-debt": used, "by-person": 1}
        await gate.settle(permit, "busy", times.now)
        assert len(events(gate)) == 3

    run(test)


def test_a_failed_commit_denies_until_the_gate_is_opened_anew() -> None:
    async def test() -> None:
        ledger, times = Crashing(), Times()
        gate, _ = await opened(OPEN, ONCE, ledger=ledger, times=times)
        held = (await gate.reserve(wanted("p2"), key="held")).permit
        assert held is not None
        ledger.failing = True
        answers = await asyncio.gather(*(gate.reserve(wanted(f"q{k}"), key=str(k)) for k in range(5)))
        assert [why(answer.decision) for answer in answers] == [["read_only"]] * 5
        ledger.failing = False
        assert why((await gate.reserve(wanted("p3"), key="c")).decision) == ["read_only"]
        assert why((await gate.place(held)).decision) == ["read_only"]
        assert why(await gate.check(wanted())) == ["read_only"]
        with pytest.raises(LedgerError, match="disk"):
            await gate.record_fact("t", "p2", "opt_out", source=TOLD)
        again, _ = await opened(OPEN, ONCE, ledger=ledger, times=times)
        assert (await again.reserve(wanted("q0"), key="0")).verdict == "allow"
        assert await counted(again, wanted("p2")) == {"once": 1}

    run(test)


def test_a_placing_that_cannot_be_written_denies_what_comes_after() -> None:
    async def test() -> None:
        ledger = Crashing()
        gate, _ = await opened(OPEN, ONCE, ledger=ledger)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        ledger.failing = True
        assert (await gate.place(permit)).placed  # its reservation is durable: it counts, whatever is lost
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert why((await gate.reserve(wanted("p2"), key="b")).decision) == ["read_only"]

    run(test)


def test_a_check_that_cannot_be_recorded_denies() -> None:
    async def test() -> None:
        ledger = Crashing()
        gate, _ = await opened(OPEN, ledger=ledger)
        ledger.failing = True
        assert why(await gate.check(wanted())) == ["read_only"]
        ledger.failing = False
        assert why(await gate.check(wanted())) == ["read_only"]

    run(test)


def test_gates_that_share_a_ledger_share_the_truth() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(shared=True), Times()
        rules = (OPEN, TALK_ONCE)
        one, _ = await opened(*rules, ledger=ledger, times=times)
        two, _ = await opened(*rules, ledger=ledger, times=times)
        tries = [gate.reserve(wanted(), key=f"{k}") for k, gate in enumerate((one, two) * 50)]
        answers = await asyncio.gather(*tries)
        [allowed] = [(k, answer.permit) for k, answer in enumerate(answers) if answer.permit]
        assert allowed[1] is not None
        first, other = (one, two) if allowed[0] % 2 == 0 else (two, one)
        permit = allowed[1]
        assert not (await other.place(permit)).placed
        assert (await first.place(permit)).placed
        await other.settle(permit.attempt, "busy", times.now)
        with pytest.raises(AlreadySettledError):
            await first.settle(permit, "machine", times.now)
        assert (await first.reserve(wanted(), key="then")).verdict == "allow"
        await two.correct(permit.attempt, "conversation", times.now)
        assert why((await one.reserve(wanted(), key="last")).decision) == ["talk-once"]
        assert await counted(one) == await counted(two) == {"talk-once": 2}  # the talk, and what is pending
        assert events(one) == events(two)

    run(test)


def test_an_opt_out_recorded_elsewhere_refuses_placing_here() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(shared=True), Times()
        one, _ = await opened(OPEN, ledger=ledger, times=times)
        two, _ = await opened(OPEN, ledger=ledger, times=times)
        permit = (await one.reserve(wanted(), key="k")).permit
        assert permit is not None
        await two.record_fact("t", "p1", "opt_out", source=TOLD)
        refused = await one.place(permit)
        assert (refused.placed, why(refused.decision)) == (False, ["opt_out"])

    run(test)


def test_others_who_keep_writing_make_it_busy() -> None:
    class Contended(MemoryLedger):
        async def append(self, drafts: Sequence[Draft], expected: Any = None) -> Appended | Moved:
            if expected:
                self._enter([Draft(at=1, tenant="t", kind="decided", subject=one) for one in expected])
            return await super().append(drafts, expected)

    async def test() -> None:
        ledger = Contended(shared=True)
        gate, _ = await opened(OPEN, ledger=ledger)
        assert why((await gate.reserve(wanted(), key="k")).decision) == ["busy"]
        assert await counted(gate) == {}

    run(test)


def test_an_unplaced_attempt_of_this_gate_has_no_outcome() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        times.go(3600)
        await gate.place(permit)
        with pytest.raises(NotPlacedError):
            await gate.settle(permit, "busy", times.now)
        await gate.release(permit)
        with pytest.raises(NotPlacedError):
            await gate.settle(permit, "busy", times.now)

    run(test)


def test_a_start_from_a_checkpoint_ends_in_the_same_state(tmp_path: Path) -> None:
    async def test() -> None:
        ledger, times, path = MemoryLedger(), Times(), tmp_path / "histories"
        gate, _ = await opened(OPEN, TALK_ONCE, ledger=ledger, times=times)
        ended = (await gate.reserve(wanted(), key="a")).permit
        assert ended is not None
        await gate.place(ended)
        await gate.settle(ended, "conversation", times.now)
        held = (await gate.reserve(wanted("p2"), key="b")).permit
        assert held is not None
        await gate.place(held)
        await gate.record_fact("t", "p3", "opt_out", source=TOLD)
        await gate.checkpoint(path)
        await gate.correct(ended.attempt, "busy", times.now)  # the tail
        times.go(60)
        await gate.settle(held, "conversation", times.now)
        await gate.inbound("t", "p1", times.now)
        again = await Gate.open(gate._judge.engine, ledger, surroundings(times), checkpoint=path)
        assert again.rebuilt == ""
        assert events(again) == events(gate)
        for person, used in (("p1", 0), ("p2", 1)):
            assert await counted(again, wanted(person)) == {"talk-once": used}
        assert why(await again.check(wanted("p3"))) == ["opt_out"]
        assert again.in_flight == 0
        assert (await again.reserve(wanted(), key="a")).replayed
        with pytest.raises(AlreadyCorrectedError):
            await again.correct(ended.attempt, "machine", times.now)

    run(test)


@pytest.mark.parametrize("harm", ["missing", "damaged", "beside", "other ledger"])
def test_a_checkpoint_that_cannot_be_used_is_said_and_rebuilt(tmp_path: Path, harm: str) -> None:
    async def test() -> None:
        ledger, times, path = MemoryLedger(), Times(), tmp_path / "histories"
        gate, _ = await opened(OPEN, ONCE, ledger=ledger, times=times)
        await gate.reserve(wanted(), key="a")
        await gate.checkpoint(path)
        if harm == "missing":
            path.unlink()
        elif harm == "damaged":
            whole = path.read_bytes()
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        elif harm == "beside":
            path.with_name("histories.attempts").write_bytes(b"x")
        else:
            ledger = MemoryLedger()
            await (await opened(OPEN, ONCE, ledger=ledger, times=times))[0].reserve(wanted(), key="other")
        again = await Gate.open(gate._judge.engine, ledger, surroundings(times), checkpoint=path)
        assert str(path) in again.rebuilt
        assert await counted(again) == {"once": 1}

    run(test)
