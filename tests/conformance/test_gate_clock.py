"""The clock on the wall is set while callers reserve: nobody gets through on a date that nobody can be sure of, and
what was counted stays counted."""

from __future__ import annotations

import asyncio

import pytest

from tests.conformance.stores import Store
from tests.unit.dialer.doors import Times, opened, wanted, why
from tests.unit.engine.books import ALL_DAY, cap, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
ONCE = rule("once", cap(), kind="frequency_cap")  # a day
DAY = 86_400


@pytest.mark.parametrize("by", [DAY, -DAY, 3_600, -3_600], ids=["day on", "day back", "hour on", "hour back"])
async def test_a_clock_that_is_set_while_callers_reserve(store: Store, by: int) -> None:
    ledger, times = await store.open(), Times()
    gate, _ = await opened(OPEN, ONCE, ledger=ledger, times=times)
    allowed = []

    async def reserve(turn: int, caller: int) -> None:
        answer = await gate.reserve(wanted(f"p{caller}"), key=f"{turn}/{caller}")
        reasons = set(why(answer.decision))
        assert answer.permit is None or not reasons
        assert reasons <= {"once", "clock_stepped"}
        if answer.permit:
            allowed.append(caller)

    for turn in range(6):  # in the odd turns the clock is wrong
        callers = [asyncio.ensure_future(reserve(turn, caller)) for caller in range(turn * 5 + 10)]
        await asyncio.sleep(0)
        times.step(by if turn % 2 == 0 else -by)
        if turn % 2 == 0:
            assert why((await gate.reserve(wanted("anyone"), key=f"{turn}/set")).decision) == ["clock_stepped"]
        await asyncio.gather(*callers)
        times.go(60)
    assert len(allowed) == len(set(allowed))  # a step never made a day of two
    instants = [entry.at async for entry in ledger.entries()]
    assert instants == sorted(instants)
    await gate.close()
    await ledger.close()
