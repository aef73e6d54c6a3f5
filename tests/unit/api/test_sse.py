"""Readers of live events: none holds anything, none misses anything, who does not read is cut off."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from cadencia.api.call import NOBODY
from cadencia.api.events import new_event
from cadencia.api.routes.stream import _messages
from cadencia.api.sse import Hub, told
from cadencia.store.records_memory import MemoryRecords

AT = 1_800_000_000_000_000


async def write(records: MemoryRecords, many: int, tenant: str = "acme") -> None:
    await records.write(tenant, [], [new_event("webhook.test", AT) for _ in range(many)], at=AT)


async def take(hub: Hub, after: int, upto: int) -> list[int]:
    """The numbers that one reader is told of."""
    watch, found = hub.join("acme"), list[int]()
    try:
        async for _, text in told(watch, after, frozenset()):
            found += [int(line[4:]) for line in text.decode().splitlines() if line.startswith("id: ")]
            if found and found[-1] >= upto:
                return found
    finally:
        hub.leave(watch)
    return found


async def test_from_wherever_a_reader_begins_it_misses_nothing() -> None:
    records = MemoryRecords()
    await write(records, 500)
    hub = Hub(records, most=10)
    readers = [asyncio.create_task(take(hub, after, 3_500)) for after in (0, 100, 499, 500)]
    for _ in range(6):
        await asyncio.sleep(0)
        await write(records, 500)
    told_to = await asyncio.gather(*readers)
    assert told_to == [list(range(after + 1, 3_501)) for after in (0, 100, 499, 500)]
    assert hub.readers == 0


async def test_what_was_swept_is_passed_over() -> None:
    records = MemoryRecords()
    await write(records, 10)
    await records.sweep(AT + 1, events_before=AT + 1)
    await write(records, 2)
    assert await take(Hub(records, most=1), 3, 12) == [11, 12]


async def test_a_closed_hub_ends_its_readers_and_takes_none() -> None:
    hub = Hub(MemoryRecords(), most=10)
    reader = asyncio.create_task(take(hub, 0, 1))
    await asyncio.sleep(0)
    hub.close()
    assert await reader == [] and hub.full


async def test_who_does_not_read_is_cut_off() -> None:
    cut = asyncio.Event()
    hub = Hub(MemoryRecords(), most=10)
    parts = SimpleNamespace(
        hub=hub, records=MemoryRecords(), now=lambda: AT, gate=SimpleNamespace(refuses=""),
        rulebook=SimpleNamespace(hash="sha256:0"), config=SimpleNamespace(limits=SimpleNamespace(unread_s=0.01)),
    )  # fmt: skip
    request = SimpleNamespace(transport=SimpleNamespace(abort=cut.set))
    messages = _messages(cast(Any, SimpleNamespace(parts=parts, request=request, principal=NOBODY)), frozenset(), None)
    assert (await anext(messages)).startswith(b"event: snapshot\nid: 0\n")
    await asyncio.wait_for(cut.wait(), 30)
    await messages.aclose()
    assert hub.readers == 0
