"""Subjects wider than a person: their entries, their versions, and that nobody appends in between."""

from __future__ import annotations

import asyncio
import random

import pytest

from cadencia.engine.histories import wider_subject
from cadencia.engine.words import Wider
from cadencia.store.ledger import Appended, LedgerError
from cadencia.store.wider import wider_subjects
from tests.conformance.drafts import ANA, JOAO, MARIA, all_of, append, draft, newer
from tests.conformance.stores import Store

TOP = 2**64 - 1
NAMED = {
    Wider.household: {"household": TOP}, Wider.workplace: {"workplace": 5}, Wider.address: {"address": 2**63},
    Wider.debt: {"debts": (4, TOP)}, Wider.account: {"account": 6},
}  # fmt: skip
WIDE = {
    kind: wider_subject(kind, ids[-1] if isinstance(ids := next(iter(named.values())), tuple) else ids)
    for kind, named in NAMED.items()
}
EVERY_KIND = pytest.mark.parametrize("kind", Wider, ids=lambda kind: kind.name)


@EVERY_KIND
async def test_entries_of_a_wider_subject_are_those_that_count_in_its_history(store: Store, kind: Wider) -> None:
    ledger, wide, named = await store.open(), WIDE[kind], NAMED[kind]
    await ledger.count_for(Wider)
    kept = await append(
        ledger, draft(MARIA, **named), draft(JOAO), draft(JOAO, **named, kind="placed"),
        draft(ANA, **named, kind="decided", event_at=0, event_attr=0), draft(ANA, **named, kind="inbound"),
    )  # fmt: skip
    mine = [kept[0], kept[2], kept[4]]
    assert [wide in wider_subjects(entry) for entry in kept] == [True, False, True, False, True]
    assert await all_of(ledger, subject=wide) == mine
    assert await all_of(ledger, subject=wide, after=1, kinds=("placed", "inbound")) == mine[1:]
    assert await all_of(ledger, subject=wide, limit=2) == mine[:2]
    assert await all_of(ledger, subject=wider_subject(kind, 99)) == []
    await ledger.close()


async def test_a_debt_is_found_among_debts_where_it_stands_alone(store: Store) -> None:
    ledger = await store.open()
    beside = 0x0102030405060708
    await append(ledger, draft(debts=(0xAA01020304050607, 0x08AAAAAAAAAAAAAA)), draft(debts=(1, beside, 2)))
    assert [entry.n for entry in await all_of(ledger, subject=wider_subject(Wider.debt, beside))] == [2]
    await ledger.close()


@EVERY_KIND
async def test_a_wider_subject_that_moved_stops_who_did_not_know(store: Store, kind: Wider) -> None:
    ledger, wide, named = await store.open(), WIDE[kind], NAMED[kind]
    one, two, three = await append(ledger, draft(MARIA, **named), draft(JOAO), draft(JOAO, **named))
    assert newer(await ledger.append([draft(ANA, **named)], {ANA: 0, wide: 0})) == (one, three)
    assert newer(await ledger.append([draft(ANA, **named)], {ANA: 0, wide: 1})) == (three,)
    assert newer(await ledger.append([draft(JOAO, **named)], {JOAO: 0, wide: 1})) == (two, three)
    done = await ledger.append([draft(ANA, **named)], {ANA: 0, wide: 3})
    assert isinstance(done, Appended) and done.entries[0].n == 4
    with pytest.raises(LedgerError, match="ahead of the ledger"):
        await ledger.append([draft(MARIA, **named)], {MARIA: 1, wide: 5})
    assert len(await all_of(ledger)) == 4
    await ledger.close()


@EVERY_KIND
async def test_of_a_household_that_writes_at_once_one_appends(store: Store, kind: Wider) -> None:
    ledger, wide, named = await store.open(), WIDE[kind], NAMED[kind]
    persons = [bytes([number]) * 16 for number in range(1, 201)]
    done = await asyncio.gather(*(ledger.append([draft(one, **named)], {one: 0, wide: 0}) for one in persons))
    won = [one for one in done if isinstance(one, Appended)]
    assert len(won) == 1
    assert {newer(one) for one in done if one is not won[0]} == {won[0].entries}
    await ledger.close()


async def test_whoever_expects_nothing_of_a_wider_subject_moves_it_all_the_same(store: Store) -> None:
    ledger, rng = await store.open(), random.Random(7)
    wide, version, refused = WIDE[Wider.household], 0, 0

    async def careless(number: int) -> None:
        await ledger.append([draft(rng.randbytes(16), attempt=str(number), **NAMED[Wider.household])])

    async def careful() -> None:
        nonlocal version, refused
        for _ in range(60):
            done = await ledger.append([draft(rng.randbytes(16), **NAMED[Wider.household])], {wide: version})
            entries = done.entries if isinstance(done, Appended) else done.newer
            refused += not isinstance(done, Appended)
            assert all(entry.n > version for entry in entries)
            version = max(entry.n for entry in entries)

    await asyncio.gather(careful(), *(careless(number) for number in range(50)))
    assert refused > 0
    every = await all_of(ledger, subject=wide)
    assert len(every) == 110 - refused and every == await all_of(ledger)
    await ledger.close()
