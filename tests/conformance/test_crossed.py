"""Two gates whose contacts are of the same debts in another order never wait for each other."""

from __future__ import annotations

import asyncio

from cadencia.engine.words import Wider
from tests.conformance.stores import Store
from tests.unit.dialer.doors import opened, wanted
from tests.unit.engine.books import ALL_DAY, cap, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
OF_DEBT = rule("of-debt", cap(12, n=7, wider=int(Wider.debt)), kind="frequency_cap")
EACH = 8  # asked of each gate at once


async def test_crossed_debts(store: Store) -> None:
    ledger = await store.open()
    one, times = await opened(OPEN, OF_DEBT, ledger=ledger, tries=64)
    other, two = ledger, one
    if ledger.shared:
        other = await store.open()
        two, _ = await opened(OPEN, OF_DEBT, ledger=other, times=times, tries=64)
    answers = await asyncio.gather(
        *(one.reserve(wanted(f"a{n}", debt="d1", debts=("d2",)), key=f"a{n}") for n in range(EACH)),
        *(two.reserve(wanted(f"b{n}", debt="d2", debts=("d1",)), key=f"b{n}") for n in range(EACH)),
    )
    assert sum(answer.decision.allowed for answer in answers) == 12
    for kept in {ledger, other}:
        await kept.close()
