"""Two gates on one ledger, as two processes on PostgreSQL: whoever comes first with a key, an outcome or a correction
is the one who is heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from cadencia.dialer.gate import Gate
from cadencia.dialer.refusals import AlreadyCorrectedError, NotPlacedError, PermitSpentError
from cadencia.store.entry import Draft, Entry
from cadencia.store.ledger import Appended, Moved
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import Times, counted, opened, run, wanted
from tests.unit.dialer.test_restart import events
from tests.unit.engine.books import ALL_DAY, cap, rule, window

RULES = (rule("hours", window(ALL_DAY), kind="contact_window"), rule("twice", cap(2, n=7), kind="frequency_cap"))


class Way(MemoryLedger):
    """One gate's way to the ledger of both: what is asked waits where the test says so. early: before an append reaches
    the ledger; late: after it was answered; read: after a read was, but for so many reads as `free` says."""

    def __init__(self, ledger: MemoryLedger) -> None:
        super().__init__(shared=True)
        self._ledger = ledger
        self._entries, self._of_subject, self._of_key = ledger._entries, ledger._of_subject, ledger._of_key
        self.early, self.late, self.read = asyncio.Event(), asyncio.Event(), asyncio.Event()
        for open_ in (self.early, self.late, self.read):
            open_.set()
        self.free = 0

    async def append(self, drafts: Sequence[Draft], expected: Mapping[bytes, int] | None = None) -> Appended | Moved:
        await self.early.wait()
        done = await super().append(drafts, expected)
        await self.late.wait()
        return done

    async def entries(self, **asked: Any) -> AsyncIterator[Entry]:  # type: ignore[override]
        found = [entry async for entry in super().entries(**asked)]
        self.free -= 1
        if self.free < 0:
            await self.read.wait()
        for entry in found:
            yield entry


async def two() -> tuple[Gate, Way, Gate, Way, Times]:
    """Two gates, each on its way to one ledger."""
    ledger, times = MemoryLedger(shared=True), Times()
    ways = Way(ledger), Way(ledger)
    one, other = [(await opened(*RULES, ledger=way, times=times))[0] for way in ways]
    return one, ways[0], other, ways[1], times


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def ended(gate: Gate, times: Times, person: str = "p1") -> str:
    """An attempt that ended, and that no gate remembers."""
    permit = (await gate.reserve(wanted(person), key=f"ended {person}")).permit
    assert permit is not None
    await gate.place(permit)
    await gate.settle(permit, "busy", times.now)
    return permit.attempt


def test_one_key_asked_of_two_gates_at_once_reserves_once() -> None:
    async def test() -> None:
        one, way, other, _, _ = await two()
        way.early.clear()  # one has seen that the key is new, and is on its way
        first = asyncio.ensure_future(one.reserve(wanted(), key="k"))
        await turns()
        second = await other.reserve(wanted(), key="k")
        way.early.set()
        assert second.permit is not None and (await first).permit == second.permit
        assert (await first).replayed
        assert await counted(one) == await counted(other) == {"twice": 1}
        assert (await other.place(second.permit)).placed

    run(test)


def test_what_another_answered_under_the_key_is_seen_also_by_way_of_another_request() -> None:
    """One knows of the other's reservation before it decides, and would deny under the same key."""

    async def test() -> None:
        one, way, other, _, _ = await two()
        assert (await other.reserve(wanted(), key="before")).permit
        way.early.clear()
        first = asyncio.ensure_future(one.reserve(wanted(), key="k"))
        await turns()
        second = await other.reserve(wanted(), key="k")  # the second of two
        assert second.permit is not None
        await one._commits.catch_up(one._names("t").subject("p1"))
        way.early.set()
        assert (await first).permit == second.permit

    run(test)


def test_another_may_end_an_attempt_before_its_own_gate_hears_of_it() -> None:
    async def test() -> None:
        one, way, other, _, _ = await two()
        way.late.clear()
        first = asyncio.ensure_future(one.reserve(wanted(), key="k"))
        await turns()  # it is on record, and one does not know yet
        permit = (await other.reserve(wanted(), key="k")).permit
        assert permit is not None
        await other.release(permit)
        await one._commits.catch_up(one._names("t").subject("p1"))
        way.late.set()
        assert (await first).permit == permit
        assert await counted(one) == {"twice": 0}

    run(test)


@pytest.mark.parametrize("gone", [False, True], ids=["another", "after a restart"])
def test_what_never_left_is_released_by_another_and_not_settled(gone: bool) -> None:
    """On a ledger of several gates nothing leaves before its placing is recorded, so that all of them know."""

    async def test() -> None:
        one, _, other, way, times = await two()
        if gone:
            other, _ = await opened(*RULES, ledger=way, times=times)
        held, placed = [(await one.reserve(wanted(), key=key)).permit for key in "ab"]
        assert held is not None and placed is not None
        with pytest.raises(NotPlacedError):
            await other.settle(held.attempt, "no_answer", times.now)
        assert (await one.place(placed)).placed
        with pytest.raises(PermitSpentError):
            await other.release(placed.attempt)
        await other.release(held.attempt)
        with pytest.raises(PermitSpentError):
            await one.place(held)
        assert await counted(one) == await counted(other) == {"twice": 1}

    run(test)


def test_a_correction_is_not_corrected_by_another_who_read_before_it() -> None:
    async def test() -> None:
        one, way, other, _, times = await two()
        attempt = await ended(one, times)
        way.read.clear()
        way.free = 1  # what is new of the person; then the attempt is read, which nobody remembers
        late = asyncio.ensure_future(one.correct(attempt, "machine", times.now))
        await turns()
        await other.correct(attempt, "conversation", times.now)
        way.read.set()
        with pytest.raises(AlreadyCorrectedError):
            await late
        assert [entry.kind async for entry in way.entries()].count("corrected") == 1
        await counted(one)
        assert events(one) == events(other)

    run(test)


def test_of_many_corrections_at_once_one_counts() -> None:
    async def test() -> None:
        one, way, other, _, times = await two()
        attempt = await ended(one, times)
        asked = [gate.correct(attempt, outcome, times.now) for gate in (one, other) for outcome in
                 ("machine", "conversation", "no_answer", "wrong_party")]  # fmt: skip
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(answer is None for answer in told) == 1
        assert all(answer is None or isinstance(answer, AlreadyCorrectedError) for answer in told)
        assert [entry.kind async for entry in way.entries()].count("corrected") == 1
        await counted(one), await counted(other)
        assert events(one) == events(other)

    run(test)


def test_news_that_two_callers_take_in_at_once_count_once() -> None:
    """A correction of an attempt long ended must be read up first: meanwhile another caller takes in the same news."""

    async def test() -> None:
        one, way, other, _, times = await two()
        attempt = await ended(one, times)
        await other.correct(attempt, "conversation", times.now)
        assert (await other.reserve(wanted(), key="k")).permit
        subject = one._names("t").subject("p1")
        news = [entry async for entry in way.entries(after=one._commits._versions[subject], subject=subject)]
        way.read.clear()
        callers = [asyncio.ensure_future(one._commits._follow(news)) for _ in range(3)]
        await turns()
        way.read.set()
        await asyncio.gather(*callers)
        assert one._commits._versions[subject] == news[-1].n
        assert events(one) == events(other)
        assert await counted(one) == {"twice": 2}

    run(test)
