"""What a member had elsewhere counts in the household, on every store, whichever gate wrote it."""

from __future__ import annotations

from contextlib import AsyncExitStack

from cadencia.dialer.gate import Gate
from cadencia.engine.words import Wider
from tests.conformance.stores import Store
from tests.unit.dialer.doors import Times, counted, opened, wanted, why
from tests.unit.engine.books import ALL_DAY, cap, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
TWICE = rule("twice", cap(2, n=7, wider=int(Wider.household)), kind="frequency_cap")


async def two_gates(store: Store, stack: AsyncExitStack) -> tuple[Gate, Gate]:
    """On a shared ledger two, as of two processes; else the one twice."""
    ledgers, times = [await store.open()], Times()
    if ledgers[0].shared:
        ledgers.append(await store.open())
    gates = [(await opened(OPEN, TWICE, ledger=ledger, times=times))[0] for ledger in ledgers]
    for gate, ledger in zip(gates, ledgers, strict=True):
        stack.push_async_callback(ledger.close)
        stack.push_async_callback(gate.close)
    return gates[0], gates[-1]


async def test_contacts_from_before_the_household_was_stated(store: Store) -> None:
    async with AsyncExitStack() as stack:
        ours, theirs = await two_gates(store, stack)
        assert (await theirs.reserve(wanted("ana"), key="1")).permit
        assert (await theirs.reserve(wanted("ana", household="h"), key="2")).permit
        assert why((await ours.reserve(wanted("luis", household="h"), key="3")).decision) == ["twice"]


async def test_contacts_of_who_has_moved_away(store: Store) -> None:
    async with AsyncExitStack() as stack:
        ours, theirs = await two_gates(store, stack)
        assert (await ours.reserve(wanted("ana", household="h"), key="1")).permit
        assert (await theirs.reserve(wanted("ana", household="another"), key="2")).permit
        assert why((await ours.reserve(wanted("luis", household="h"), key="3")).decision) == ["twice"]
        assert await counted(ours, wanted("luis", household="another")) == {"twice": 2}
