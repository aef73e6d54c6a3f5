"""Attempts of the past that are taken in while the gate is in use: each counts once, at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from cadencia.dialer.gate import Gate
from cadencia.dialer.past import MOST, PastAttempt, TakenIn
from cadencia.dialer.refusals import GateError, ImpossibleTimeError
from cadencia.engine.history import attributes
from cadencia.engine.words import Channel, EventKind
from cadencia.store.memory import MemoryLedger
from cadencia.store.projection import Past
from tests.unit.dialer.doors import Times, counted, opened, run, wanted
from tests.unit.engine.books import ALL_DAY, cap, rule, window

RULES = (rule("hours", window(ALL_DAY), kind="contact_window"), rule("week", cap(3, n=7), kind="frequency_cap"))
CALL = attributes(channel=Channel.call, kind=EventKind.no_answer)


def one(times: Times, key: str, person: str = "p1", **fields: object) -> PastAttempt:
    past = Past(person=person, channel="call", outcome="no_answer", at=times.ago(3_600))
    return PastAttempt(key=key, event_attr=CALL, past=past if not fields else Past(**{
        "person": person, "channel": "call", "outcome": "no_answer", "at": times.ago(3_600), **fields}))  # type: ignore[arg-type]  # fmt: skip


async def kept(ledger: MemoryLedger) -> list[str]:
    return [entry.key async for entry in ledger.entries(kinds=("imported",))]


@pytest.mark.parametrize("shared", [False, True])
def test_each_counts_once_and_at_once(shared: bool) -> None:
    async def test() -> None:
        ledger = MemoryLedger(shared=shared)
        gate, times = await opened(*RULES, ledger=ledger)
        reserved = await gate.reserve(wanted(), key="k")
        first = [one(times, "a"), one(times, "b"), one(times, "a"), one(times, "c", "p2")]
        assert await gate.take_in("t", first) == TakenIn(3, 1)
        assert (await counted(gate))["week"] == 3
        assert reserved.permit is not None
        assert not (await gate.reserve(wanted(), key="k2")).decision.allowed
        assert await gate.take_in("t", [*first, one(times, "d", "p2")]) == TakenIn(1, 4)
        assert await kept(ledger) == ["a", "b", "c", "d"]
        anew, _ = await opened(*RULES, ledger=ledger, times=times)
        assert await counted(anew) == await counted(gate)

    run(test)


@pytest.mark.parametrize("shared", [False, True])
def test_two_at_once_and_one_given_up_count_once(shared: bool) -> None:
    async def test() -> None:
        ledger = MemoryLedger(shared=shared)
        gate, times = await opened(*RULES, ledger=ledger)
        lines = [one(times, f"k{number}", f"p{number % 7}") for number in range(20)]
        given_up = asyncio.ensure_future(gate.take_in("t", lines))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        given_up.cancel()
        done = await asyncio.gather(*(gate.take_in("t", lines) for _ in range(4)))
        assert sum(one.imported for one in done) <= 20
        assert sorted(await kept(ledger)) == sorted(f"k{number}" for number in range(20))

    run(test)


def test_two_gates_on_one_ledger_take_each_in_once() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(shared=True), Times()
        gates = [(await opened(*RULES, ledger=ledger, times=times))[0] for _ in range(2)]
        lines = [one(times, f"k{number}", f"p{number % 3}") for number in range(12)]
        done = await asyncio.gather(*(gate.take_in("t", lines) for gate in gates))
        assert sum(one.imported for one in done) == 12
        assert sum(one.again for one in done) == 12
        assert len(await kept(ledger)) == 12

    run(test)


def test_who_was_erased_is_refused() -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, times = await opened(*RULES, ledger=ledger)
        await gate.take_in("t", [one(times, "a")])
        await gate.erase("t", "p1")
        done = await gate.take_in("t", [one(times, "b", "p2"), one(times, "c"), one(times, "a")])
        assert done == TakenIn(1, 1, (1,))
        other_tenant = await gate.take_in("u", [one(times, "a")])
        assert other_tenant == TakenIn(1, 0)
        assert await kept(ledger) == ["a", "b", "a"]

    run(test)


def test_one_that_cannot_be_stops_all() -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, times = await opened(*RULES, ledger=ledger)
        good = one(times, "a")
        for wrong, told in (
            (one(times, "b", at=times.now + timedelta(seconds=1)), "attempt 1: at"),
            (one(times, ""), "attempt 1: key"),
            (one(times, "b", outcome="busy"), "attempt 1: event_attr"),
            (one(times, "b", channel="smoke"), "attempt 1: event_attr"),
        ):
            with pytest.raises(GateError, match=told):
                await gate.take_in("t", [good, wrong])
        with pytest.raises(ImpossibleTimeError):
            await gate.take_in("t", [one(times, "b", at=times.now + timedelta(seconds=1))])
        with pytest.raises(GateError, match="at most"):
            await gate.take_in("t", [good] * (MOST + 1))
        with pytest.raises(GateError, match="tenant"):
            await gate.take_in("", [good])
        assert await kept(ledger) == []
        assert isinstance(gate, Gate)

    run(test)
