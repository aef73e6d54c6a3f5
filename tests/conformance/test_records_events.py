"""Events: numbered without gaps with what they tell of, read on from anywhere, waited for."""

from __future__ import annotations

import asyncio

import pytest

from cadencia.store.records import Event, MovedError, NewEvent, Put, RecordsError
from tests.conformance.record_stores import RecordStore

AT = 1_800_000_000_000_000
LONG_S = 60.0


async def test_events_are_numbered_by_tenant_and_read_on_from_anywhere(place: RecordStore) -> None:
    records = await place.open()
    await records.write("acme", [], [NewEvent("made", b"a"), NewEvent("made", b"b")], at=AT)
    await records.write("", [], [NewEvent("house", b"")], at=AT)
    await records.write("acme", [Put("k", "i", b"")], [NewEvent("changed", bytes(3))], at=AT + 1)
    told = [
        Event(1, "acme", "made", AT, b"a"),
        Event(2, "acme", "made", AT, b"b"),
        Event(3, "acme", "changed", AT + 1, bytes(3)),
    ]
    assert await records.events("acme") == told
    assert await records.events("acme", after=1, limit=1) == told[1:2]
    assert await records.events("acme", after=3) == []
    assert [await records.newest(tenant) for tenant in ("acme", "", "nobody")] == [3, 1, 0]
    await records.close()


async def test_numbers_go_on_after_a_sweep(place: RecordStore) -> None:
    records = await place.open()
    for number in range(4):
        await records.write("acme", [], [NewEvent("e", b"")], at=AT + number)
    assert await records.sweep(AT + 9) == 0
    assert await records.sweep(AT + 9, events_before=AT + 2) == 2
    assert [event.n for event in await records.events("acme")] == [3, 4]
    assert await records.sweep(AT + 9, events_before=AT + 9) == 2
    assert await records.newest("acme") == 4
    await records.write("acme", [], [NewEvent("e", b"")], at=AT)
    assert [event.n for event in await records.events("acme")] == [5]
    await records.close()


async def test_whoever_waits_is_woken_by_a_newer_event_of_the_tenant(place: RecordStore) -> None:
    records = await place.open()
    await records.write("acme", [], [NewEvent("e", b"")], at=AT)
    assert await records.wait("acme", after=0, timeout_s=LONG_S)
    assert not await records.wait("acme", after=1, timeout_s=0.0)
    waiting = [asyncio.ensure_future(records.wait("acme", after=1, timeout_s=LONG_S)) for _ in range(20)]
    later = asyncio.ensure_future(records.wait("acme", after=2, timeout_s=LONG_S))
    other = asyncio.ensure_future(records.wait("other", after=0, timeout_s=LONG_S))
    await asyncio.sleep(0)
    with pytest.raises(MovedError):
        await records.write("acme", [Put("k", "i", b"", expected=1)], [NewEvent("never", b"")], at=AT)
    await records.write("acme", [], [NewEvent("e", b"")], at=AT)
    assert await asyncio.gather(*waiting) == [True] * 20
    assert not later.done() and not other.done()
    await records.write("acme", [], [NewEvent("e", b"")], at=AT)
    assert await later
    await records.write("other", [], [NewEvent("e", b"")], at=AT)
    assert await other
    await records.close()


async def test_whoever_waits_when_the_records_are_closed_is_told(place: RecordStore) -> None:
    records = await place.open()
    await records.write("acme", [], [], at=AT)
    waiting = asyncio.ensure_future(records.wait("acme", after=0, timeout_s=LONG_S))
    await records.newest("acme")  # asked after it, so that it waits by now
    await records.close()
    with pytest.raises(RecordsError, match="are closed"):
        await waiting


async def test_a_reader_who_follows_sees_every_event_once_and_in_order(place: RecordStore) -> None:
    records = await place.open()
    seen: list[int] = []

    async def follow() -> None:
        while len(seen) < 500:
            assert await records.wait("acme", after=len(seen), timeout_s=LONG_S)
            seen.extend(event.n for event in await records.events("acme", after=len(seen)))

    writes = [records.write("acme", [], [NewEvent("e", b"")] * (number % 3), at=AT) for number in range(501)]
    await asyncio.gather(follow(), *writes)
    assert seen == list(range(1, 501))
    await records.close()
