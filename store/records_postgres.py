"""The records on PostgreSQL: any number of processes, in the ledger's database or another, in tables of their own.

All who wait in this process share a transaction: one round trip, one commit, one sync. Who waits for events hears of
this process's own at once and of others' within half a second: all who wait share one question."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg

from cadencia.store.postgres_schema import AGAIN, bring_up, connect, said_plainly
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
    check_page,
    check_texts,
    checked_write,
    said_as_records,
)
from cadencia.store.records_bell import Bell, rung
from cadencia.store.records_queue import CLOSED, Queue, Result

ANSWER_SECONDS = 30.0
READERS = 4  # connections besides the writer's
LOOK_SECONDS = 0.5  # between two looks at what other processes wrote
MAX_TRIES = 8
SWEEP = 1_000  # rows of one transaction
STEPS = "records_postgres"

_COLUMNS = "d.kind, d.id, d.n, d.version, d.body, d.at, d.until, d.names"  # the fields of Document
_ONE = f"select {_COLUMNS} from document d where tenant = $1 and kind = $2 and id = $3"
_NAMED = (
    f"select {_COLUMNS} from name join document d using (tenant, kind, id)"
    " where name.tenant = $1 and name.kind = $2 and name.name = $3"
)
_PAGE = (
    f"select {_COLUMNS} from document d where tenant = $1 and kind = $2 and n > 0 and n > $3"
    " and (until is null or until > $4) order by n limit $5"
)
_WRITE = "select * from write_group($1, $2, $3, $4, $5, $6)"
_LOOK = "select tenant, newest from tenant where tenant = any ($1)"


class PostgresRecords:
    """The protocol of store/records.py. `open` makes one."""

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool
        self._queue, self._bell = Queue(self._keep), Bell()
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    @classmethod
    async def open(
        cls, url: str, *, schema: str = "cadencia_records", answer_seconds: float = ANSWER_SECONDS
    ) -> PostgresRecords:
        """Connects, and makes the tables or brings them up to date. url: as libpq takes it. schema: not the ledger's.
        RecordsError if the server cannot be reached or is of a later version."""
        with said_as_records():
            pool = await connect(url, schema, most=1 + READERS, seconds=answer_seconds)
            try:
                with said_plainly("preparing the tables"):
                    async with pool.acquire() as connection, connection.transaction():
                        await bring_up(connection, schema, STEPS)
            except BaseException:
                pool.terminate()
                raise
        return cls(pool)

    async def get(self, tenant: str, kind: str, id: str, *, at: int | None = None) -> Document | None:
        check_texts(tenant=tenant, kind=kind, id=id)
        return _first(await self._fetch(_ONE, tenant, kind, id), at)

    async def by_name(self, tenant: str, kind: str, name: str, *, at: int | None = None) -> Document | None:
        check_texts(tenant=tenant, kind=kind, name=name)
        return _first(await self._fetch(_NAMED, tenant, kind, name), at)

    async def page(
        self, tenant: str, kind: str, *, after: int = 0, limit: int = 100, at: int | None = None
    ) -> list[Document]:
        check_texts(tenant=tenant, kind=kind)
        check_page(after, limit)
        rows = await self._fetch(_PAGE, tenant, kind, after, -1 if at is None else at, limit)
        return [_document(row) for row in rows]

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
        wanted = "select n, tenant, type, at, body from event where tenant = $1 and n > $2 order by n limit $3"
        return [Event(*row) for row in await self._fetch(wanted, tenant, after, limit)]

    async def newest(self, tenant: str) -> int:
        check_texts(tenant=tenant)
        rows = await self._fetch("select newest from tenant where tenant = $1", tenant)
        return rows[0]["newest"] if rows else 0

    async def wait(self, tenant: str, *, after: int, timeout_s: float) -> bool:
        waiter = self._bell.waiter(tenant, after)  # before it is asked: what comes meanwhile rings
        try:
            if await self.newest(tenant) > after:
                return True
            if self._looking is None:
                self._looking = asyncio.create_task(self._look(), name="records look")
            return await rung(waiter, timeout_s)
        finally:
            waiter.cancel()

    async def sweep(self, now: int, *, events_before: int | None = None) -> int:
        swept = 0
        while some := (await self._fetch("select sweep($1, $2, $3)", now, events_before or 0, SWEEP))[0][0]:
            swept += some
        return swept

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._queue.close()
        self._bell.fail(RecordsError(CLOSED))
        if self._looking:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        with _said_plainly("closing"):
            await self._pool.close()  # after those who read

    async def _keep(self, group: Sequence[Write]) -> Sequence[Result]:
        with _said_plainly("writing"):
            rows = await self._tried(*_arguments(group))
        for write, row in zip(group, rows, strict=True):
            self._bell.ring(write.tenant, row["newest"])
        return [_result(write, row) for write, row in zip(group, rows, strict=True)]

    async def _tried(self, *arguments: object) -> Sequence[Any]:
        """A transaction that the server rolled back for another's sake is tried again."""
        for _ in range(MAX_TRIES - 1):
            with contextlib.suppress(*AGAIN):
                return await self._pool.fetch(_WRITE, *arguments)
        return await self._pool.fetch(_WRITE, *arguments)

    async def _look(self) -> None:
        """Rings for what other processes wrote, while somebody waits."""
        try:
            while tenants := self._bell.tenants:
                for row in await self._fetch(_LOOK, tenants):
                    self._bell.ring(row["tenant"], row["newest"])
                await asyncio.sleep(LOOK_SECONDS)
        except RecordsError as error:
            self._bell.fail(error)
        finally:
            self._looking = None

    async def _fetch(self, question: str, *arguments: object) -> Sequence[Any]:
        if self._closed:
            raise RecordsError(CLOSED)
        try:
            with _said_plainly("reading"):
                return await self._pool.fetch(question, *arguments)
        except RecordsError as error:
            raise (RecordsError(CLOSED) if self._closed else error) from error.__cause__


@contextmanager
def _said_plainly(doing: str) -> Iterator[None]:
    with said_as_records(), said_plainly(doing):
        yield


def _arguments(group: Sequence[Write]) -> tuple[object, ...]:
    """Of write_group; store/schema/records_postgres says what they mean."""
    changes = [_change(member, change) for member, write in enumerate(group, 1) for change in write.changes]
    events = [(member, new.type, new.body) for member, write in enumerate(group, 1) for new in write.events]
    spots = {tenant: spot for spot, tenant in enumerate(dict.fromkeys(write.tenant for write in group), 1)}
    return (
        list(spots), [spots[write.tenant] for write in group], [write.at for write in group],
        [write.claim for write in group], changes, events,
    )  # fmt: skip


def _change(member: int, change: Change) -> tuple[object, ...]:
    if isinstance(change, Drop):
        return member, change.kind, change.id, None, change.expected, [], None
    return member, change.kind, change.id, change.body, change.expected, list(change.names), change.until


def _result(write: Write, row: Any) -> Result:
    if row["clash"] is not None:
        change, version = write.changes[row["clash"] - 1], row["clash_version"]
        if row["clash_name"] is not None:
            return NameTakenError(change.kind, change.id, version, row["clash_name"])
        return MovedError(change.kind, change.id, version)
    if write.claim:
        return Claimed(_document(row["claimed"]), row["versions"] != [0])
    return list(row["versions"])


def _first(rows: Sequence[Any], at: int | None) -> Document | None:
    found = _document(rows[0]) if rows else None
    return None if found is None or found.ended(at) else found


def _document(row: Any) -> Document:
    return Document(
        kind=row["kind"], id=row["id"], n=row["n"], version=row["version"], body=row["body"], at=row["at"],
        until=row["until"], names=tuple(row["names"]),
    )  # fmt: skip
