"""Entries become events once: beside another process, after a crash between two writes, and never from the past."""

from __future__ import annotations

import asyncio

from cadencia.api.events import Feed, cloud
from cadencia.api.ids import Ids
from cadencia.store.entry import Draft
from cadencia.store.memory import MemoryLedger
from cadencia.store.projection import Known, written
from cadencia.store.records import Put
from cadencia.store.records_memory import MemoryRecords

AT = 1_800_000_000_000_000
SUBJECT = bytes(range(16))


def objection(n: int, tenant: str = "acme") -> Draft:
    known = Known(person=f"p_{n}", fact="opt_out", channel="sms")
    return Draft(at=AT + n, tenant=tenant, kind="fact", subject=SUBJECT, payload=written(known))


def feed(ledger: MemoryLedger, records: MemoryRecords) -> Feed:
    return Feed(ledger, records, Ids(bytes(32)), lambda: AT)


async def told(records: MemoryRecords, tenant: str = "acme") -> list[str]:
    return [str(cloud(event).data["person"]) for event in await records.events(tenant, limit=1_000)]


async def test_two_processes_tell_each_entry_once() -> None:
    ledger, records = MemoryLedger(), MemoryRecords()
    feeds = [feed(ledger, records) for _ in range(2)]
    await asyncio.gather(*(one.step() for one in feeds))
    for n in range(0, 1_200, 300):
        await ledger.append([objection(m) for m in range(n, n + 300)])
        await asyncio.gather(*(one.step() for one in feeds))
    pages = [await records.events("acme", after=after, limit=1_000) for after in (0, 1_000)]
    assert [cloud(one).data["person"] for page in pages for one in page] == [f"p_{n}" for n in range(1_200)]


async def test_what_was_there_before_the_first_start_is_not_told() -> None:
    ledger, records = MemoryLedger(), MemoryRecords()
    await ledger.append([objection(1)])
    await feed(ledger, records).step()
    await ledger.append([objection(2), objection(3, "other")])
    await feed(ledger, records).step()
    assert (await told(records), await told(records, "other")) == (["p_2"], ["p_3"])


async def test_a_crash_before_the_cursor_was_kept_tells_nothing_twice() -> None:
    ledger, records = MemoryLedger(), MemoryRecords()
    await feed(ledger, records).step()
    cursor = await records.get("", "feed", "ledger")
    assert cursor is not None
    await ledger.append([objection(1)])
    await feed(ledger, records).step()
    moved = await records.get("", "feed", "ledger")
    assert moved is not None and moved.version > cursor.version
    await records.write("", [Put("feed", "ledger", cursor.body)], at=AT)
    await ledger.append([objection(2)])
    await feed(ledger, records).step()
    assert await told(records) == ["p_1", "p_2"]


async def test_an_erased_entry_says_nothing() -> None:
    ledger, records = MemoryLedger(), MemoryRecords()
    await feed(ledger, records).step()
    one = feed(ledger, records)
    await ledger.append([objection(1)])
    await ledger.erase("acme", SUBJECT, AT)
    await one.step()
    assert await told(records) == []
