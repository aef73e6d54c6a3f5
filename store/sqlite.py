"""The ledger in one SQLite file: durable, one sync for all who wait, readable with any SQLite tool.

Beside the file lie its log (`-wal`, `-shm`, SQLite's) and `.owner`, which says whose it is. To copy a ledger that is in
use, copy with SQLite (`VACUUM INTO`), never the file alone. A copy holds the persons' keys, wrapped: who must be sure
that an erased person is gone from old copies keeps copies without the table `person`, and that table apart and for a
short time."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import apsw

from cadencia.engine.words import Wider
from cadencia.store.entry import Draft, Entry, check_drafts, check_expected
from cadencia.store.identity import Drawn, Entropy, Vault
from cadencia.store.ledger import Appended, LedgerError, Moved
from cadencia.store.owner import Owner
from cadencia.store.seal import Sealer
from cadencia.store.sqlite_file import open_for_reading, open_for_writing
from cadencia.store.sqlite_rows import PAGE, Rows
from cadencia.store.sqlite_writer import Request, Result, Tell, Writer, refusal
from cadencia.store.walk import Found

TAIL = 4_096  # entries checked when the file is opened
MAX_BEHIND = 65_536  # drafts queued that nobody waits for; more are lost, and counted

T = TypeVar("T")


class SqliteLedger:
    """The protocol of store/ledger.py over one file, owned by this process. `open` makes one. found: what the check of
    the newest entries said."""

    shared = False

    def __init__(self, path: Path, files: _Files) -> None:
        self.path, self.found = path, files.found
        self._loop = asyncio.get_running_loop()
        self._rows, self._reading, self._owner = files.rows, files.reading, files.owner
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="ledger reader")
        self._writer = files.writer and files.writer(self._tell)
        self._asked: list[Request] = []  # in this turn of the loop
        self._behind = self._lost = 0
        self._head = (files.found.last, files.found.chain)
        self._closed = False
        if self._writer:
            self._writer.start()

    @classmethod
    async def open(
        cls, path: Path, *, secret: bytes, read_only: bool = False, sealer: Sealer | None = None,
        entropy: Entropy = os.urandom, vfs: str | None = None, consortium: str = "",
    ) -> SqliteLedger:  # fmt: skip
        """Opens a file or makes one. secret: at least 32 bytes, always the same (store/identity.py). read_only: for
        looking on while another process writes. sealer: None seals every 10,000 entries and at the end, unsigned.
        consortium: within which persons are counted, as the file was begun; empty: each tenant alone. LedgerError if
        the file is another process's, of another secret or consortium, altered at its end, or cannot be used."""
        entropy = Drawn(entropy)  # from here on the writer's alone
        vault = Vault(secret, entropy)
        if read_only:
            return cls(path, await asyncio.to_thread(_files_to_read, path, vault, vfs, consortium))
        sealer = sealer or Sealer()
        return cls(path, await asyncio.to_thread(_files_to_write, path, vault, entropy, sealer, vfs, consortium))

    async def append(self, drafts: Sequence[Draft], expected: Mapping[bytes, int] | None = None) -> Appended | Moved:
        check_drafts(drafts)
        if expected:
            check_expected(expected)
        return await self._ask(Request(drafts=drafts, expected=expected))

    async def count_for(self, kinds: Collection[Wider]) -> None:
        """Nobody asks often: this process alone appends, and knows."""

    def append_behind(self, drafts: Sequence[Draft]) -> None:
        self._writing()
        check_drafts(drafts)
        if self._behind + len(drafts) > MAX_BEHIND:
            self._lost += len(drafts)
            return
        self._behind += len(drafts)
        self._queue(Request(drafts=tuple(drafts)))

    async def settled_behind(self) -> int:
        if self._behind and self._writer and not self._closed:
            with contextlib.suppress(LedgerError):  # what was lost with it is in the count
                await self._answer(Request())  # also of a broken one: it refuses in order
        return self._lost

    async def entries(
        self, *, after: int = 0, subject: bytes | None = None, kinds: Sequence[str] = (), limit: int | None = None,
        payloads: Collection[str] | None = None,
    ) -> AsyncIterator[Entry]:  # fmt: skip
        left = limit
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            page = await self._read(self._rows.page, after, subject, tuple(kinds), size, payloads)
            for entry in page:
                yield entry
            if len(page) < size:
                return
            after, left = page[-1].n, None if left is None else left - size

    async def answered(self, tenant: str, key: str) -> Entry | None:
        return await self._read(self._rows.answered, tenant, key)

    async def erase(self, tenant: str, subject: bytes, at: int) -> int:
        if len(subject) != 16:
            raise ValueError(f"subject has {len(subject)} bytes; a person's keyed hash has 16")
        return await self._ask(Request(erase=(tenant, subject, at)))

    async def head(self) -> tuple[int, bytes]:
        if self._writer:
            self._usable()
            return self._head
        return await self._read(self._rows.head)

    async def verify(self, first: int = 1, last: int | None = None) -> Found:
        """Walks the chain over entries `first` to `last`, both included; to the end if None. The first bad one is
        named."""
        return await self._read(self._rows.walk, first, last)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._reader.shutdown)
        self._reading.close()
        try:
            if self._writer:
                await self._end(self._writer)
        finally:
            if self._owner:
                self._owner.release()

    async def _end(self, writer: Writer) -> None:
        told_before = bool(writer.broken)
        closing = Request(future=self._loop.create_future(), closing=True)
        self._queue(closing)
        try:
            await closing.future
        except LedgerError:
            if not told_before:
                raise
        finally:
            await asyncio.to_thread(writer.join)

    async def _read(self, question: Callable[..., T], *arguments: object) -> T:
        self._usable()
        try:
            return await self._loop.run_in_executor(self._reader, question, *arguments)
        except apsw.Error as error:
            raise LedgerError(f"{self.path} cannot be read: {error}") from None

    async def _ask(self, request: Request) -> Any:
        self._writing()
        return await self._answer(request)

    async def _answer(self, request: Request) -> Any:
        request.future = self._loop.create_future()
        self._queue(request)
        return await request.future

    def _queue(self, request: Request) -> None:
        """The writer is handed all that one turn of the loop asks, so that they share a sync."""
        if not self._asked:
            self._loop.call_soon(self._hand_over)
        self._asked.append(request)

    def _hand_over(self) -> None:
        assert self._writer is not None
        asked, self._asked = self._asked, []
        self._writer.ask(asked)

    def _tell(self, results: list[tuple[Request, Result]], head: tuple[int, bytes] | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone, and with it all who waited
            self._loop.call_soon_threadsafe(self._told, results, head)

    def _told(self, results: list[tuple[Request, Result]], head: tuple[int, bytes] | None) -> None:
        self._head = head or self._head
        for request, result in results:
            if request.future is None:
                self._behind -= len(request.drafts)
                self._lost += len(request.drafts) if head is None else 0
            elif request.future.done():  # whoever waited was cancelled
                continue
            elif isinstance(result, LedgerError):
                request.future.set_exception(result)
            else:
                request.future.set_result(result)

    def _writing(self) -> None:
        self._usable()
        if self._writer is None:
            raise LedgerError(f"{self.path} was opened for reading; ask the process that owns it")
        if self._writer.broken:
            raise LedgerError(refusal(self._writer.broken))

    def _usable(self) -> None:
        if self._closed:
            raise LedgerError(f"{self.path} is closed; open it again")


class _Files(NamedTuple):
    rows: Rows
    reading: apsw.Connection
    found: Found
    owner: Owner | None = None
    writer: Callable[[Tell], Writer] | None = None


def _files_to_read(path: Path, vault: Vault, vfs: str | None, consortium: str) -> _Files:
    reading = open_for_reading(path, vault, vfs, consortium)
    rows = Rows(reading, vault)
    return _Files(rows, reading, rows.walk(rows.head()[0] - TAIL + 1, None))


def _files_to_write(
    path: Path, vault: Vault, entropy: Entropy, sealer: Sealer, vfs: str | None, consortium: str
) -> _Files:
    with contextlib.ExitStack() as undo:
        owner = Owner(path)
        undo.callback(owner.release)
        writing = open_for_writing(path, vault, vfs, consortium)
        undo.callback(writing.close)
        files = _files_to_read(path, vault, vfs, consortium)
        undo.callback(files.reading.close)
        finding = open_for_reading(path, vault, vfs, consortium)
        undo.callback(finding.close)
        if files.found.bad is not None:
            raise LedgerError(f"{path}: {files.found}; open it for reading to look, restore a good copy to go on")
        undo.pop_all()
    writer = partial(Writer, writing, finding, Rows(writing, vault), vault, entropy, sealer)
    return files._replace(owner=owner, writer=writer)
