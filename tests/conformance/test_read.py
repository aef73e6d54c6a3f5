"""Reading: what `entries` selects, the walk of the chain, seals, and opening again."""

from __future__ import annotations

import msgspec
import pytest

from cadencia.store.entry import GENESIS
from cadencia.store.seal import Seal, Sealer, Segment, seal_fault
from tests.conformance.drafts import ANA, JOAO, MARIA, all_of, append, draft
from tests.conformance.stores import Store


async def test_entries_are_selected_by_number_subject_kind_and_limit(store: Store) -> None:
    ledger = await store.open()
    people, kinds = (MARIA, JOAO, b""), ("reserved", "placed", "settled", "fact")
    kept = await append(ledger, *(draft(people[n % 3], kind=kinds[n % 4], attempt=str(n)) for n in range(60)))
    for after in (0, 17, 59, 60, 99):
        for subject in (None, MARIA, ANA, b""):
            for chosen in ((), ("placed",), ("settled", "fact")):
                for limit in (None, 0, 1, 7):
                    want = [
                        entry for entry in kept
                        if entry.n > after and subject in (None, entry.subject) and (not chosen or entry.kind in chosen)
                    ][:limit]  # fmt: skip
                    assert await all_of(ledger, after=after, subject=subject, kinds=chosen, limit=limit) == want
    await ledger.close()


async def test_payloads_are_read_of_the_kinds_that_are_asked_for(store: Store) -> None:
    ledger = await store.open()
    people, kinds = (MARIA, JOAO, b""), ("reserved", "placed", "settled", "fact")
    told = [draft(people[n % 3], kind=kinds[n % 4], payload=b'{"n":%d}' % n) for n in range(24)]
    await append(ledger, *told)
    await ledger.erase("acme", JOAO, 1)
    every = await all_of(ledger)
    for payloads in (None, (), ("fact",), frozenset(("fact", "settled", "erased")), ["no kind"]):
        want = [
            entry if payloads is None or entry.kind in payloads
            else msgspec.structs.replace(entry, payload=b"", salt=b"") for entry in every
        ]  # fmt: skip
        assert await all_of(ledger, payloads=payloads) == want
        mine = [entry for entry in want if entry.subject == MARIA and entry.kind == "fact" and entry.n > 4]
        assert await all_of(ledger, payloads=payloads, subject=MARIA, kinds=("fact",), after=4) == mine
        assert await all_of(ledger, payloads=payloads, limit=3) == want[:3]
    await ledger.close()


async def test_more_entries_than_are_read_at_a_time(store: Store) -> None:
    ledger = await store.open()
    await append(ledger, *(draft(attempt=str(number)) for number in range(2_500)))
    assert [entry.n for entry in await all_of(ledger, after=10)] == list(range(11, 2_501))
    assert [entry.n async for entry in ledger.entries(limit=2_001)] == list(range(1, 2_002))
    await ledger.close()


async def test_the_walk_says_what_it_walked(store: Store) -> None:
    ledger = await store.open()
    kept = await append(ledger, *(draft() for _ in range(10)))
    whole, part, none = await ledger.verify(), await ledger.verify(3, 5), await ledger.verify(11)
    assert (whole.first, whole.last, whole.chain, whole.bad) == (1, 10, kept[-1].chain, None)
    assert (part.first, part.last, part.chain) == (3, 5, kept[4].chain)
    assert (none.first, none.last, none.bad) == (0, 0, None)
    assert (await ledger.verify(12)).bad == 11
    await ledger.close()


async def test_seals_stand_at_the_end_of_segments_and_of_the_ledger(store: Store) -> None:
    ledger = await store.open(Sealer(every=5, key=b"k" * 32))
    for number in range(12):
        await append(ledger, draft(attempt=str(number), at=1_000 + number))
    every = [entry async for entry in ledger.entries()]
    seals = [entry for entry in every if entry.kind == "sealed"]
    assert [entry.n for entry in seals] == [6, 12]
    for since, entry in zip((1, 6), seals, strict=True):
        before = every[entry.n - 2]
        seal = msgspec.json.decode(entry.payload, type=Seal)
        assert (seal.n, seal.chain, entry.at) == (before.n, before.chain.hex(), before.at)
        assert len(seal.signature) == 128
        segment = Segment(since)
        for sealed in every[since - 1 : entry.n - 1]:
            segment.add(sealed.chain)
        assert (seal.since, seal.root) == (since, segment.root.hex())
        assert seal_fault(entry, before.chain, segment) is None
        assert seal_fault(entry, GENESIS) == "the seal is of another chain"
    assert (await ledger.verify()).bad is None
    await ledger.close()


async def test_a_ledger_opened_again_goes_on(disk: Store) -> None:
    kept = []
    for turn in range(3):
        ledger = await disk.open()
        assert await all_of(ledger) == kept
        kept += await append(ledger, *(draft(attempt=f"{turn}.{number}", key=f"{turn}") for number in range(4)))
        await ledger.close()
    ledger = await disk.open()
    assert await all_of(ledger) == kept
    assert await ledger.answered("acme", "1") == kept[4]
    found, head = await ledger.verify(), await ledger.head()
    assert (found.bad, found.last, found.chain) == (None, *head)
    assert isinstance(await ledger.append([draft()], {MARIA: kept[-1].n}), type(await ledger.append([])))
    await ledger.close()


async def test_close_writes_what_waits(disk: Store) -> None:
    ledger = await disk.open()
    for number in range(300):
        ledger.append_behind([draft(kind="decided", attempt=str(number))])
    await ledger.close()
    ledger = await disk.open()
    assert [entry.attempt for entry in await all_of(ledger)] == [str(number) for number in range(300)]
    await ledger.close()


async def test_an_opening_without_writing_adds_no_seal(disk: Store) -> None:
    ledger = await disk.open(Sealer(every=100))
    await append(ledger, draft())
    await ledger.close()
    heads = []
    for _ in range(2):
        ledger = await disk.open(Sealer(every=100))
        heads.append(await ledger.head())
        await ledger.close()
    assert heads[0] == heads[1]


@pytest.mark.parametrize("every", [0, -1])
def test_a_segment_has_entries(every: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Sealer(every=every)
