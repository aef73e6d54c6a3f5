"""The records in one SQLite file: durable, one sync for all who wait. Beside it lie its log (`-wal`, `-shm`) and
`.owner`, which says whose it is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw

from cadencia.store.owner import Owner
from cadencia.store.records import (
    Change,
    Claimed,
    Document,
    Event,
    NewEvent,
    Put,
    RecordsError,
    Write,
    check_page,
    check_texts,
    checked_write,
    said_as_records,
)
from cadencia.store.records_bell import Bell, rung
from cadencia.store.records_queue import CLOSED, Queue, Result
from cadencia.store.records_sqlite_file import File, Reader

T = TypeVar("T")


class SqliteRecords:
    """The protocol of store/records.py over one file, owned by this process. `open` makes one."""

    def __init__(self, path: Path, owner: Owner, file: File, reader: Reader) -> None:
        self.path = path
        self._owner, self._file, self._rows = owner, file, reader
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="records writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="records reader")
        self._loop = asyncio.get_running_loop()
        self._queue, self._bell = Queue(self._keep), Bell()
        self._closed = False

    @classmethod
    async def open(cls, path: Path, *, vfs: str | None = None) -> SqliteRecords:
        """Opens a file or makes one. RecordsError if it is another process's, no file of records, or cannot be
        used."""
        return cls(path, *await asyncio.to_thread(_opened, path, vfs))

    async def get(self, tenant: str, kind: str, id: str, *, at: int | None = None) -> Document | None:
        check_texts(tenant=tenant, kind=kind, id=id)
        found = await self._read(self._rows.get, tenant, kind, id)
        return None if found is None or found.ended(at) else found

    async def by_name(self, tenant: str, kind: str, name: str, *, at: int | None = None) -> Document | None:
        check_texts(tenant=tenant, kind=kind, name=name)
        found = await self._read(self._rows.by_name, tenant, kind, name)
        return None if found is None or found.ended(at) else found

    async def page(
        self, tenant: str, kind: str, *, after: int = 0, limit: int = 100, at: int | None = None
    ) -> list[Document]:
        check_texts(tenant=tenant, kind=kind)
        check_page(after, limit)
        return await self._read(self._rows.page, tenant, kind, after, limit, at)

    async def write(
        self, tenant: str, changes: Sequence[Change], events: Sequence[NewEvent] = (), *, at: int
    ) -> list[int]:
        written = await self._queue.ask(checked_write(tenant, changes, events, at))
        assert isinstance(written, list)
        return written

    async def claim(self, tenant: str, kind: str, id: str, body: bytes, *, until: int | None, at: int) -> Claimed:
        put = Put(kind, id, body, until=until)
        claimed = await self._queue.ask(checked_write(tenant, [put], (), at, claim=True))
        assert isinstance(claimed, Claimed)
        return claimed

    async def events(self, tenant: str, *, after: int = 0, limit: int = 100) -> list[Event]:
        check_texts(tenant=tenant)
        check_page(after, limit)
        return await self._read(self._rows.events, tenant, after, limit)

    async def newest(self, tenant: str) -> int:
        check_texts(tenant=tenant)
        return await self._read(self._rows.newest, tenant)

    async def wait(self, tenant: str, *, after: int, timeout_s: float) -> bool:
        waiter = self._bell.waiter(tenant, after)  # before it is asked: what comes meanwhile rings
        try:
            if await self.newest(tenant) > after:
                return True
            return await rung(waiter, timeout_s)
        finally:
            waiter.cancel()

    async def sweep(self, now: int, *, events_before: int | None = None) -> int:
        swept = 0
        while some := await self._write(self._file.sweep, now, events_before or 0):
            swept += some
        return swept

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._queue.close()
        self._bell.fail(RecordsError(CLOSED))
        await asyncio.to_thread(self._reader.shutdown)
        self._rows.connection.close()
        try:
            await self._loop.run_in_executor(self._writer, self._file.close)
        finally:
            self._writer.shutdown()
            self._owner.release()

    async def _keep(self, group: Sequence[Write]) -> Sequence[Result]:
        kept = await self._loop.run_in_executor(self._writer, self._file.keep, group)
        for write, (_, newest) in zip(group, kept, strict=True):
            self._bell.ring(write.tenant, newest)
        return [result for result, _ in kept]

    async def _write(self, work: Callable[..., T], *values: object) -> T:
        self._usable()
        return await self._loop.run_in_executor(self._writer, work, *values)

    async def _read(self, question: Callable[..., T], *values: object) -> T:
        self._usable()
        try:
            return await self._loop.run_in_executor(self._reader, question, *values)
        except apsw.Error as error:
            raise RecordsError(f"{self.path} cannot be read: {error}; see that its disk is well") from None

    def _usable(self) -> None:
        if self._closed:
            raise RecordsError(CLOSED)


def _opened(path: Path, vfs: str | None) -> tuple[Owner, File, Reader]:
    with contextlib.ExitStack() as undo:
        with said_as_records():
            owner = Owner(path, what="file of records", ways="keep the records on PostgreSQL to share them")
        undo.callback(owner.release)
        file = File(path, vfs)
        undo.callback(file.close)
        reader = Reader(path, vfs)
        undo.pop_all()
    return owner, file, reader
