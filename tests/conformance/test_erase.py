"""Erasing: payload, salt and key go, also from the disk; the plain parts, the counts and the chain stay."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from cadencia.store.entry import Entry
from tests.conformance.drafts import ANA, JOAO, MARIA, all_of, append, draft
from tests.conformance.stores import Store

NAME = "Maria Aparecida dos Santos"
PAYLOAD = msgspec.json.encode({"name": NAME, "phone": "+5511987654321"})


def without_payload(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, payload=b"", salt=b"")


async def test_a_person_is_erased_and_the_chain_stays(store: Store) -> None:
    ledger = await store.open()
    kept = await append(
        ledger, draft(MARIA, payload=PAYLOAD, key="k"), draft(JOAO, payload=PAYLOAD), draft(MARIA, payload=PAYLOAD),
        draft(MARIA, tenant="other", payload=PAYLOAD), draft(b"", payload=PAYLOAD),
    )  # fmt: skip
    assert await ledger.erase("acme", MARIA, 1_900_000_000_000_000) == 2
    *after, erased = await all_of(ledger)
    assert after == [without_payload(kept[0]), kept[1], without_payload(kept[2]), kept[3], kept[4]]
    assert (erased.kind, erased.tenant, erased.subject, erased.at) == ("erased", "acme", MARIA, 1_900_000_000_000_000)
    assert (erased.payload, len(erased.salt), erased.event_at) == (b"{}", 16, 0)
    assert await ledger.answered("acme", "k") == after[0]
    found = await ledger.verify()
    assert (found.bad, found.last) == (None, 6)
    await ledger.close()


async def test_a_person_who_comes_back_has_a_new_key_and_can_be_erased_again(store: Store) -> None:
    ledger = await store.open()
    await append(ledger, draft(MARIA, payload=PAYLOAD))
    assert await ledger.erase("acme", MARIA, 1) == 1
    (back,) = await append(ledger, draft(MARIA, payload=PAYLOAD))
    assert [entry.payload for entry in await all_of(ledger, subject=MARIA)] == [b"", b"{}", PAYLOAD]
    assert await ledger.erase("acme", MARIA, 2) == 1
    assert await ledger.erase("acme", MARIA, 3) == 0
    assert [entry.payload for entry in await all_of(ledger, subject=MARIA)] == [b"", b"{}", b"", b"{}", b"{}"]
    assert (await all_of(ledger))[2] == without_payload(back)
    assert (await ledger.verify()).bad is None
    await ledger.close()


async def test_who_is_unknown_is_erased_of_nothing_and_that_is_recorded(store: Store) -> None:
    ledger = await store.open()
    assert await ledger.erase("acme", ANA, 5) == 0
    assert [entry.kind for entry in await all_of(ledger, subject=ANA)] == ["erased"]
    with pytest.raises(ValueError, match="subject has 0 bytes"):
        await ledger.erase("acme", b"", 5)
    await ledger.close()


async def test_erasing_counts_as_a_move_of_the_subject(store: Store) -> None:
    ledger = await store.open()
    await append(ledger, draft(MARIA))
    await ledger.erase("acme", MARIA, 5)
    moved = await ledger.append([draft(MARIA)], {MARIA: 1})
    assert [entry.kind for entry in moved.newer] == ["erased"]  # type: ignore[union-attr]
    await ledger.close()


async def test_an_erasure_takes_all_that_was_asked_before_it(store: Store) -> None:
    ledger = await store.open()
    ledger.append_behind([draft(MARIA, kind="decided", payload=PAYLOAD)])
    asked = [asyncio.ensure_future(ledger.append([draft(MARIA, payload=PAYLOAD)])) for _ in range(10)]
    await asyncio.sleep(0)
    assert await ledger.erase("acme", MARIA, 5) == 11
    await asyncio.gather(*asked)
    assert {entry.payload for entry in await all_of(ledger, subject=MARIA)} == {b"", b"{}"}
    await ledger.close()


async def test_nothing_personal_is_on_disk_in_plain(disk: Store) -> None:
    ledger = await disk.open()
    await append(ledger, *(draft(MARIA, payload=PAYLOAD) for _ in range(50)))
    assert NAME.encode() not in disk.raw() and b"987654321" not in disk.raw()
    await ledger.close()
    assert NAME.encode() not in disk.raw() and b"987654321" not in disk.raw()


async def test_what_was_erased_stays_erased_after_opening_again(disk: Store) -> None:
    ledger = await disk.open()
    (kept,) = await append(ledger, draft(MARIA, payload=PAYLOAD))
    await ledger.erase("acme", MARIA, 5)
    await ledger.close()
    assert NAME.encode() not in disk.raw() and kept.salt not in disk.raw()
    ledger = await disk.open()
    assert (await all_of(ledger))[0] == without_payload(kept)
    assert (await ledger.verify()).bad is None
    await ledger.close()
