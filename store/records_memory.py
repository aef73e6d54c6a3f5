"""Records in dictionaries: for tests, and as what the other stores are compared with. Nothing of it is on disk."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from cadencia.store.records import (
    Change,
    Claimed,
    Document,
    Drop,
    Event,
    MovedError,
    NameTakenError,
    NewEvent,
    Put,
    RecordsError,
    Write,
    Written,
    check_page,
    check_texts,
    checked_write,
)
from cadencia.store.records_bell import Bell, rung
from cadencia.store.records_queue import CLOSED


class _Tenant(msgspec.Struct):
    n: int = 0  # of the newest write of a document
    newest: int = 0  # event
    documents: dict[tuple[str, str], Document] = {}
    names: dict[tuple[str, str], str] = {}
    events: list[Event] = []

    def copy(self) -> _Tenant:
        return _Tenant(self.n, self.newest, dict(self.documents), dict(self.names), self.events)


class MemoryRecords:
    """The protocol of store/records.py."""

    def __init__(self) -> None:
        self._tenants: defaultdict[str, _Tenant] = defaultdict(_Tenant)
        self._bell = Bell()
        self._closed = False

    async def get(self, tenant: str, kind: str, id: str, *, at: int | None = None) -> Document | None:
        self._usable()
        check_texts(tenant=tenant, kind=kind, id=id)
        found = self._tenants[tenant].documents.get((kind, id))
        return None if found is None or found.ended(at) else found

    async def by_name(self, tenant: str, kind: str, name: str, *, at: int | None = None) -> Document | None:
        self._usable()
        check_texts(tenant=tenant, kind=kind, name=name)
        id = self._tenants[tenant].names.get((kind, name))
        return None if id is None else await self.get(tenant, kind, id, at=at)

    async def page(
        self, tenant: str, kind: str, *, after: int = 0, limit: int = 100, at: int | None = None
    ) -> list[Document]:
        self._usable()
        check_texts(tenant=tenant, kind=kind)
        check_page(after, limit)
        kept = self._tenants[tenant].documents.values()
        found = [one for one in kept if one.kind == kind and one.n > after and not one.ended(at)]
        return sorted(found, key=lambda one: one.n)[:limit]

    async def write(
        self, tenant: str, changes: Sequence[Change], events: Sequence[NewEvent] = (), *, at: int
    ) -> list[int]:
        written = await self._ask(checked_write(tenant, changes, events, at))
        assert isinstance(written, list)
        return written

    async def claim(self, tenant: str, kind: str, id: str, body: bytes, *, until: int | None, at: int) -> Claimed:
        claimed = await self._ask(checked_write(tenant, [Put(kind, id, body, until=until)], (), at, claim=True))
        assert isinstance(claimed, Claimed)
        return claimed

    async def events(self, tenant: str, *, after: int = 0, limit: int = 100) -> list[Event]:
        self._usable()
        check_texts(tenant=tenant)
        check_page(after, limit)
        return [event for event in self._tenants[tenant].events if event.n > after][:limit]

    async def newest(self, tenant: str) -> int:
        self._usable()
        check_texts(tenant=tenant)
        return self._tenants[tenant].newest

    async def wait(self, tenant: str, *, after: int, timeout_s: float) -> bool:
        if await self.newest(tenant) > after:
            return True
        return await rung(self._bell.waiter(tenant, after), timeout_s)

    async def sweep(self, now: int, *, events_before: int | None = None) -> int:
        self._usable()
        swept = 0
        for kept in self._tenants.values():
            ended = [one for one in kept.documents.values() if one.ended(now)]
            for one in ended:
                _drop(kept, one)
            old = [event for event in kept.events if events_before is not None and event.at < events_before]
            kept.events = [event for event in kept.events if event not in old]
            swept += len(ended) + len(old)
        return swept

    async def close(self) -> None:
        self._closed = True
        self._bell.fail(RecordsError(CLOSED))

    async def _ask(self, write: Write) -> Written:
        self._usable()
        kept = self._tenants[write.tenant].copy()  # a write that clashes leaves nothing
        written = _claim(kept, write) if write.claim else [_do(kept, one, write.at) for one in write.changes]
        fresh = enumerate(write.events, start=kept.newest + 1)
        kept.events = [*kept.events, *(Event(n, write.tenant, new.type, write.at, new.body) for n, new in fresh)]
        kept.newest += len(write.events)
        self._tenants[write.tenant] = kept
        self._bell.ring(write.tenant, kept.newest)
        await asyncio.sleep(0)  # as a store on disk does: others may run before it is known
        return written

    def _usable(self) -> None:
        if self._closed:
            raise RecordsError(CLOSED)


def _claim(kept: _Tenant, write: Write) -> Claimed:
    (put,) = write.changes
    found = _present(kept, put.kind, put.id, write.at)
    if found is None:
        _do(kept, put, write.at)
    return Claimed(kept.documents[put.kind, put.id], won=found is None)


def _do(kept: _Tenant, change: Change, at: int) -> int:
    """Its version; 0 of a drop."""
    found = _present(kept, change.kind, change.id, at)
    version = found.version if found else 0
    if change.expected not in (None, version):
        raise MovedError(change.kind, change.id, version)
    if found:
        _drop(kept, found)
    if isinstance(change, Drop):
        return 0
    for name in change.names:
        holder = kept.names.get((change.kind, name))
        if holder is not None and _present(kept, change.kind, holder, at):
            raise NameTakenError(change.kind, change.id, version, name)
        kept.names[change.kind, name] = change.id
    kept.n += 1
    kept.documents[change.kind, change.id] = Document(
        kind=change.kind, id=change.id, n=found.n if found else kept.n, version=kept.n, body=change.body, at=at,
        until=change.until, names=change.names,
    )  # fmt: skip
    return kept.n


def _present(kept: _Tenant, kind: str, id: str, at: int) -> Document | None:
    """The document; one that has ended is taken away."""
    found = kept.documents.get((kind, id))
    if found is None or not found.ended(at):
        return found
    _drop(kept, found)
    return None


def _drop(kept: _Tenant, document: Document) -> None:
    del kept.documents[document.kind, document.id]
    for name in document.names:
        del kept.names[document.kind, name]
