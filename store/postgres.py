"""The ledger on PostgreSQL: any number of processes, one truth. docs/decisions/0007 says why it is laid out so.

All who wait in this process share a transaction: one round trip, one commit, one sync. A connection that is lost fails
those who waited on it, because nobody knows whether their entries were kept, and the next append connects again: were
they kept, then their subjects have moved, and whoever asks again is told of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import asyncpg

from cadencia.engine.words import Wider
from cadencia.store.entry import GENESIS, Draft, Entry, check_drafts, check_expected
from cadencia.store.identity import Entropy, Vault
from cadencia.store.ledger import Appended, LedgerError, Moved
from cadencia.store.postgres_rows import AlteredEntryError, Keyring, Owner, Row, about
from cadencia.store.postgres_schema import connect, examine, index, migrate, said_plainly
from cadencia.store.postgres_writer import Writer, append_own
from cadencia.store.seal import Sealer
from cadencia.store.walk import Found, Walk

MAX_BEHIND = 65_536  # drafts queued that nobody waits for; more are lost, and counted
BEHIND_SECONDS = 0.2
BEHIND_GROUP = 64  # so that those who wait need not wait for many who do not
PAGE = 1_000
READERS = 4  # connections besides the writer's
ANSWER_SECONDS = 30.0

_KEY_OF = "k.tenant = e.tenant and k.subject = case e.kind when 'erased' then ''::bytea else e.subject end"
_READ = f"select e.*, k.wrapped from entry e left join payload_key k on {_KEY_OF}"
_PLAIN = ("n", "at", "tenant", "kind", "subject", "attempt", "event_at", "event_attr", "debts", "address", "creditor",
          "household", "workplace", "account", "key", "digest", "chain")  # fmt: skip
#: The same with the payloads of the kinds in $4 alone: of all others neither payload nor key is looked for.
_READ_SOME = (
    f"select {', '.join(f'e.{name}' for name in _PLAIN)}, case when e.kind = any ($4) then e.payload end as payload,"
    f" k.wrapped from entry e left join payload_key k on e.kind = any ($4) and {_KEY_OF}"
)


class PostgresLedger:
    """The protocol of store/ledger.py. `open` makes one."""

    shared = True

    def __init__(self, pool: asyncpg.Pool[Any], keyring: Keyring, sealer: Sealer | None) -> None:
        self._pool, self._keyring = pool, keyring
        self._writer = None if sealer is None else Writer(pool, keyring, sealer)
        self._behind: list[Draft] = []
        self._waiting_behind = 0  # drafts not handed over, or not yet known to be kept
        self._lost = 0
        self._flush: asyncio.TimerHandle | None = None
        self._closed = False

    @classmethod
    async def open(
        cls, url: str, *, secret: bytes, schema: str = "cadencia", sealer: Sealer | None = None,
        entropy: Entropy = os.urandom, answer_seconds: float = ANSWER_SECONDS, read_only: bool = False,
        consortium: str = "",
    ) -> PostgresLedger:  # fmt: skip
        """Connects, and makes the tables or brings them up to date; read_only: neither, nor anything else. url: as
        libpq takes it. secret: at least 32 bytes, the same in all processes, always (store/identity.py). sealer: None
        seals every 10,000 entries and at the end, unsigned. answer_seconds: the longest wait for an answer. consortium:
        within which persons are counted, as the ledger was begun; empty: each tenant alone. LedgerError if the server
        cannot be reached, or the ledger is of another secret or consortium, or of a later version."""
        vault = Vault(secret, entropy)
        pool = await connect(url, schema, most=1 + READERS, seconds=answer_seconds)
        try:
            await (examine if read_only else migrate)(pool, schema, vault.mark, consortium)
        except BaseException:
            pool.terminate()
            raise
        return cls(pool, Keyring(vault, entropy), None if read_only else sealer or Sealer())

    async def append(self, drafts: Sequence[Draft], expected: Mapping[bytes, int] | None = None) -> Appended | Moved:
        self._usable()
        check_drafts(drafts)
        if expected:
            check_expected(expected)
        self._hand_over_behind()  # before it, as it was asked
        return await self._writing().ask(drafts, expected or {})

    async def count_for(self, kinds: Collection[Wider]) -> None:
        """Makes the index of a kind that has none yet: others who append wait until it is made."""
        await index(self._pool, kinds)

    def append_behind(self, drafts: Sequence[Draft]) -> None:
        self._writing()
        check_drafts(drafts)
        if self._waiting_behind + len(drafts) > MAX_BEHIND:
            self._lost += len(drafts)
            return
        self._behind += drafts
        self._waiting_behind += len(drafts)
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(BEHIND_SECONDS, self._hand_over_behind)

    async def settled_behind(self) -> int:
        self._usable()
        if self._waiting_behind:
            self._hand_over_behind()
            with contextlib.suppress(LedgerError):  # what was lost with it is in the count
                await self._writing().ask((), {})  # the queue is written in order
        return self._lost

    async def entries(
        self, *, after: int = 0, subject: bytes | None = None, kinds: Sequence[str] = (), limit: int | None = None,
        payloads: Collection[str] | None = None,
    ) -> AsyncIterator[Entry]:  # fmt: skip
        theirs, subject_or_id = about(subject)
        wanted = f"where e.n > $1 and {theirs}"
        wanted += " and e.kind = any ($3)" if kinds else " and $3::text[] is not null"
        read, more = (_READ, ()) if payloads is None else (_READ_SOME, (list(payloads),))
        left = limit
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            page = await self._fetch(f"{read} {wanted} order by e.n limit {size}", after, subject_or_id, list(kinds),
                                     *more)  # fmt: skip
            for row in page:
                yield self._keyring.entry(row, row["wrapped"])
            if len(page) < size:
                return
            after, left = page[-1]["n"], None if left is None else left - size

    async def answered(self, tenant: str, key: str) -> Entry | None:
        if not key:
            return None
        wanted = "where e.tenant = $1 and e.key = $2 and e.key <> '' order by e.n limit 1"
        found = await self._fetch(f"{_READ} {wanted}", tenant, key)
        return self._keyring.entry(found[0], found[0]["wrapped"]) if found else None

    async def erase(self, tenant: str, subject: bytes, at: int) -> int:
        self._usable()
        if len(subject) != 16:
            raise ValueError(f"subject has {len(subject)} bytes; a person's keyed hash has 16")
        self._hand_over_behind()
        await self._writing().ask((), {})  # all that was asked before
        with said_plainly("erasing a person"):
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute("insert into subject values ($1, 0) on conflict do nothing", subject)
                await connection.execute("select from subject where id = $1 for update", subject)
                done = await connection.execute(
                    "update entry set payload = null"
                    " where subject = $1 and tenant = $2 and kind <> 'erased' and payload is not null", subject, tenant,
                )  # fmt: skip
                await connection.execute("delete from payload_key where subject = $1 and tenant = $2", subject, tenant)
                await append_own(connection, self._keyring, Draft(at=at, tenant=tenant, kind="erased", subject=subject))
        self._keyring.forget((tenant, subject))
        return int(done.split()[-1])

    async def head(self) -> tuple[int, bytes]:
        (row,) = await self._fetch("select n, chain from head")
        return row["n"], row["chain"]

    async def verify(self, first: int = 1, last: int | None = None) -> Found:
        """Walks the chain over entries `first` to `last`, both included; to the end if None. The first bad one is
        named."""
        first = max(first, 1)
        before = await self._fetch("select chain from entry where n = $1", first - 1)
        if first > 1 and not before:
            return Found(first=first, last=first - 1, chain=GENESIS, bad=first - 1, why="missing")
        walk = Walk(first, before[0]["chain"] if before else GENESIS)
        below = await self._fetch("select n from entry where n < 1 order by n limit 1") if first == 1 else ()
        if below:
            return walk.wrong(below[0]["n"], "its number is none; entries are numbered from 1")
        gone = await self._erasures()
        count = None if last is None else max(last - first + 1, 0)
        try:
            async for entry in self.entries(after=first - 1, limit=count):
                excused = entry.kind != "erased" and gone.get((entry.tenant, entry.subject), 0) > entry.n
                fault = walk.step(entry, excused=excused)
                if fault:
                    return fault
        except AlteredEntryError as error:
            return walk.wrong(error.n, error.why)
        return walk.found()

    async def _erasures(self) -> dict[Owner, int]:
        """(tenant, subject) -> the number of the newest entry that says so."""
        rows = await self._fetch("select tenant, subject, max(n) as n from entry where kind = 'erased' group by 1, 2")
        return {(row["tenant"], row["subject"]): row["n"] for row in rows}

    async def close(self) -> None:
        if self._closed:
            return
        self._hand_over_behind()
        self._closed = True
        try:
            if self._writer:
                await self._writer.close()
        finally:
            self._pool.terminate()  # nothing is under way any more

    def _hand_over_behind(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        drafts, self._behind = self._behind, []
        for start in range(0, len(drafts), BEHIND_GROUP):
            part = drafts[start : start + BEHIND_GROUP]
            self._writing().queue(part, {}).add_done_callback(partial(self._behind_ended, len(part)))

    def _behind_ended(self, count: int, done: asyncio.Future[Appended | Moved]) -> None:
        self._waiting_behind -= count
        self._lost += count if done.exception() else 0

    def _writing(self) -> Writer:
        self._usable()
        if self._writer is None:
            raise LedgerError("this ledger was opened for reading; open it for writing")
        return self._writer

    async def _fetch(self, query: str, *arguments: object) -> Sequence[Row]:
        self._usable()
        with said_plainly("reading"):
            return await self._pool.fetch(query, *arguments)

    def _usable(self) -> None:
        if self._closed:
            raise LedgerError("the ledger is closed; open it again")
