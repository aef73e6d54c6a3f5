"""Agencies of one consortium count a person together; a ledger stays within the consortium that it was begun for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cadencia.dialer.names import names_of
from cadencia.store.ledger import LedgerError
from cadencia.store.postgres import PostgresLedger
from cadencia.store.sqlite import SqliteLedger
from tests.conformance.drafts import MARIA, append, draft
from tests.conformance.stores import SECRET, PostgresStore, SqliteStore, Store
from tests.unit.dialer.doors import Times, counted, opened, wanted, why
from tests.unit.engine.books import ALL_DAY, cap, rule, window

RULES = (rule("hours", window(ALL_DAY), kind="contact_window"), rule("once", cap(n=7), kind="frequency_cap"))
BUREAU = "The bureau"
PARALLEL = 200


@pytest.mark.parametrize(("consortium", "allowed"), [(BUREAU, 1), ("", 2)], ids=["together", "apart"])
async def test_two_agencies_in_parallel(disk: Store, consortium: str, allowed: int) -> None:
    ledgers = [await disk.open(consortium=consortium)]
    if ledgers[0].shared:  # each agency with a process of its own
        ledgers.append(await disk.open(consortium=consortium))
    names, times = names_of(SECRET, consortium), Times()
    gates = [(await opened(*RULES, ledger=ledger, times=times, names=names))[0] for ledger in ledgers]
    answers = await asyncio.gather(*(
        gates[i % len(gates)].reserve(wanted(tenant=("azul", "rojo")[i % 2]), key=f"k{i}") for i in range(PARALLEL)
    ))  # fmt: skip
    assert sum(answer.permit is not None for answer in answers) == allowed
    assert {why(answer.decision)[0] for answer in answers if answer.permit is None} == {"once"}
    for tenant in ("azul", "rojo"):
        assert await counted(gates[-1], wanted(tenant=tenant)) == {"once": 1}
    for gate, ledger in zip(gates, ledgers, strict=True):
        await gate.close()
        await ledger.close()


@pytest.mark.parametrize(("begun", "others"), [(BUREAU, ("", "another")), ("", (BUREAU,))])
async def test_opened_for_another_consortium_it_is_refused(disk: Store, begun: str, others: tuple[str, ...]) -> None:
    ledger = await disk.open(consortium=begun)
    await append(ledger, draft(MARIA))
    await ledger.close()
    told = f"counts within the consortium '{BUREAU}'; name that one" if begun else "counts each tenant alone; leave"
    for other in others:
        with pytest.raises(LedgerError, match=told):
            await disk.open(consortium=other)
        with pytest.raises(LedgerError, match=told):
            await looking(disk, other)
    await (await looking(disk, begun)).close()
    await (await disk.open(consortium=begun)).close()


async def looking(disk: Store, consortium: str) -> SqliteLedger | PostgresLedger:
    """The ledger as who may only read opens it."""
    if isinstance(disk, PostgresStore):
        return await PostgresLedger.open(
            disk.server.url, secret=SECRET, schema=disk.schema, read_only=True, consortium=consortium
        )
    assert isinstance(disk, SqliteStore)
    return await SqliteLedger.open(Path(disk.path), secret=SECRET, read_only=True, consortium=consortium)
