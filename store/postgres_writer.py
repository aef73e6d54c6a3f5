"""The one task of a process that appends to PostgreSQL: all who wait go into one transaction, and the next group
gathers while it is under way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import asyncpg

from cadencia.store.entry import Draft
from cadencia.store.ledger import Appended, LedgerError, Moved
from cadencia.store.postgres_batch import APPEND, Batch, Member
from cadencia.store.postgres_rows import Keyring, Owner, Row
from cadencia.store.postgres_schema import AGAIN, said_plainly
from cadencia.store.seal import Sealer

MAX_BATCH = 512  # drafts of one transaction
MAX_BATCH_BYTES = 4 << 20  # of their payloads
MAX_TRIES = 8

_KEYS = """select o.tenant, o.subject, k.wrapped from unnest($1::text[], $2::bytea[]) o (tenant, subject)
    left join lateral (
        select wrapped from payload_key k where k.subject = o.subject and k.tenant = o.tenant limit 1) k on true"""
_CHAINS = "select chain from entry where n between $1 and $2 order by n"
_LOCK_HEAD = "select pg_advisory_xact_lock('head'::regclass::oid::bigint)"


class Writer:
    """The queue and the task that empties it."""

    def __init__(self, pool: asyncpg.Pool[Any], keyring: Keyring, sealer: Sealer) -> None:
        self._loop = asyncio.get_running_loop()
        self._pool, self._keyring, self._sealer = pool, keyring, sealer
        self._queue: deque[Member] = deque()
        self._under_way: list[Member] = []
        self._wake = asyncio.Event()
        self._closing = False
        self._sealed = 0  # the newest seal that this process knows of
        self._task = self._loop.create_task(self._run(), name="ledger writer")
        self._task.add_done_callback(self._ended)

    def queue(self, drafts: Sequence[Draft], expected: Mapping[bytes, int]) -> asyncio.Future[Appended | Moved]:
        """The answer that will come, a LedgerError if it cannot be made sure."""
        answer: asyncio.Future[Appended | Moved] = self._loop.create_future()
        member = Member(drafts, expected, answer)
        if self._task.done():
            member.fail(LedgerError("the ledger's writer has ended; open the ledger again"))
        self._queue.append(member)
        self._wake.set()
        return answer

    async def ask(self, drafts: Sequence[Draft], expected: Mapping[bytes, int]) -> Appended | Moved:
        """The same, waited for."""
        return await self.queue(drafts, expected)

    async def close(self) -> None:
        """Writes what waits, seals what is not sealed, and ends."""
        self._closing = True
        self._wake.set()
        await asyncio.wait([self._task])
        with said_plainly("sealing"):
            await self._seal(1)

    async def _run(self) -> None:
        while self._queue or not self._closing:
            self._under_way = self._take()
            if self._under_way:
                await self._write(self._under_way)
            else:
                self._wake.clear()
                await self._wake.wait()

    def _take(self) -> list[Member]:
        """Who waits longest, as many as one transaction takes; those who have gone are left out."""
        taken: list[Member] = []
        count = size = 0
        while self._queue:
            member = self._queue[0]
            count += len(member.drafts)
            size += sum(len(draft.payload) for draft in member.drafts)
            if taken and (count > MAX_BATCH or size > MAX_BATCH_BYTES):
                break
            self._queue.popleft()
            if not member.answer.done():
                taken.append(member)
        return taken

    async def _write(self, members: list[Member]) -> None:
        try:
            with said_plainly("appending"):
                last = await self._commit(members)
        except LedgerError as error:
            for member in members:
                member.fail(error)
            return
        if last - self._sealed >= self._sealer.every:
            with suppress(LedgerError), said_plainly("sealing"):  # the next commit tries again
                await self._seal(self._sealer.every)

    async def _commit(self, members: list[Member]) -> int:
        """One transaction for all of them; the highest number that it gave, 0 if none."""
        async with self._pool.acquire() as connection:
            await learn_keys(connection, self._keyring, _old_drafts(members))
            batch = Batch(members, self._keyring)
            try:
                rows = await _tried(connection, batch)
            except BaseException:
                batch.abandon()
                raise
        for member in reversed(batch.settle(rows)):
            if member.tries < MAX_TRIES:
                self._queue.appendleft(member)
            else:
                member.fail(LedgerError(f"a person's key changed {MAX_TRIES} times; see who is erasing"))
        return max((row["n"] for row in rows if row["what"] == "appended"), default=0)

    async def _seal(self, at_least: int) -> None:
        """Seals the chain if so many entries are not sealed yet, by whichever process they came."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_LOCK_HEAD)
            head = await connection.fetchrow("select h.*, e.at from head h left join entry e on e.n = h.n")
            self._sealed = head["sealed"]
            if head["n"] - head["sealed"] < at_least:
                return
            since = max(head["sealed"], 1)
            rows = await connection.fetch(_CHAINS, since, head["n"])
            draft = self._sealer.draft(since, [row["chain"] for row in rows], head["at"])
            await append_own(connection, self._keyring, draft)
            await connection.execute("update head set sealed = n")
            self._sealed = head["n"] + 1

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A writer that ends before its queue does leaves nobody waiting."""
        error = LedgerError("the ledger's writer has ended; open the ledger again")
        error.__cause__ = None if task.cancelled() else task.exception()
        for member in (*self._under_way, *self._queue):
            member.fail(error)
        self._queue.clear()


async def append_own(connection: Any, keyring: Keyring, draft: Draft) -> None:
    """Appends an entry of the ledger's own inside a transaction that is under way."""
    for _ in range(MAX_TRIES):
        await learn_keys(connection, keyring, [draft])
        answer = asyncio.get_running_loop().create_future()
        batch = Batch([Member([draft], {}, answer)], keyring)
        if not batch.settle(await connection.fetch(APPEND, *batch.arguments())):
            return
    raise LedgerError(f"the tenant's key changed {MAX_TRIES} times while appending")


async def learn_keys(connection: Any, keyring: Keyring, drafts: Iterable[Draft]) -> None:
    """Asks for the keys under which these drafts will be encrypted, where they are not known."""
    unknown: list[Owner] = keyring.unknown(drafts)
    if unknown:
        tenants, subjects = zip(*unknown, strict=True)
        for row in await connection.fetch(_KEYS, tenants, subjects):
            keyring.learn((row["tenant"], row["subject"]), row["wrapped"])


def _old_drafts(members: Iterable[Member]) -> Iterable[Draft]:
    """Those of persons who may have a key: whoever has no entry has none, and need not be asked about."""
    return (draft for member in members for draft in member.drafts if member.expected.get(draft.subject) != 0)


async def _tried(connection: Any, batch: Batch) -> Sequence[Row]:
    """What the database answered. A transaction that it rolled back for another's sake is tried again."""
    arguments = batch.arguments()
    for _ in range(MAX_TRIES - 1):
        try:
            return await connection.fetch(APPEND, *arguments)
        except AGAIN:
            continue
    return await connection.fetch(APPEND, *arguments)
