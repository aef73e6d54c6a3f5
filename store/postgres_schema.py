"""Connecting to PostgreSQL and bringing tables to the version that this code writes."""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any

import asyncpg

from cadencia.engine.words import Wider
from cadencia.store.entry import GENESIS
from cadencia.store.ledger import LedgerError, check_consortium

LEDGER = "postgres"  # the folder of its steps
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_NUMBERED = re.compile(r"(\d{4})_\w+\.sql")
#: of what nearly every entry names; those of the others are in the schema
_INDEX = {
    Wider.address: "create index if not exists entry_by_address on entry (address, n) where address <> 0",
    Wider.debt: "create index if not exists entry_by_debt on entry using gin (debts)",
}
_INDEX_SECONDS = 86_400.0
#: what asyncpg raises when a connection is gone or a server does not answer, also in the middle of another question
LOST = (
    OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError,
)  # fmt: skip
#: rolled back for certain, and worth another try
AGAIN = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


@contextmanager
def said_plainly(doing: str) -> Iterator[None]:
    """What PostgreSQL or the way to it does wrong becomes a LedgerError, which tells nothing of rows or address."""
    try:
        yield
    except LOST as error:
        raise LedgerError(
            f"PostgreSQL was lost while {doing} ({type(error).__name__}); see that it runs and can be reached"
        ) from error
    except asyncpg.PostgresError as error:
        raise LedgerError(
            f"PostgreSQL refused while {doing}: {type(error).__name__}, SQLSTATE {error.sqlstate}; its log says more"
        ) from error


async def connect(url: str, schema: str, *, most: int, seconds: float) -> asyncpg.Pool[Any]:
    """Connections whose commits wait for the disk. schema: where the tables are. seconds: the longest wait."""
    if not _NAME.fullmatch(schema):
        raise ValueError(f"schema {schema!r}: a lower-case name of letters, digits and _")
    with said_plainly("connecting"):
        return await asyncpg.create_pool(
            url, min_size=1, max_size=most, timeout=seconds, command_timeout=seconds, reset=_keep,
            server_settings={
                "search_path": schema, "synchronous_commit": "on", "application_name": "cadencia", "jit": "off",
                "default_transaction_isolation": "read committed", "timezone": "UTC",
                # whoever is lost between lock and commit holds up all the others for no longer
                "statement_timeout": str(int(seconds * 1000)),
                "idle_in_transaction_session_timeout": str(int(seconds * 1000)),
            },
        )  # fmt: skip


async def migrate(pool: asyncpg.Pool[Any], schema: str, mark: bytes, consortium: str) -> None:
    """Makes the ledger's tables or brings them up to date; one process does it, others wait. mark tells whether the
    secret is the ledger's own. LedgerError for another secret or consortium, or tables of a later version."""
    with said_plainly("preparing the tables"):
        async with pool.acquire() as connection, connection.transaction():
            await bring_up(connection, schema, LEDGER)
            await connection.execute(
                "insert into head (n, chain, mark, consortium) values (0, $1, $2, $3) on conflict do nothing",
                GENESIS, mark, consortium,
            )  # fmt: skip
            await _check_own(connection, mark, consortium)


async def examine(pool: asyncpg.Pool[Any], schema: str, mark: bytes, consortium: str) -> None:
    """The same checks without writing. LedgerError also where no ledger is, or its tables are of an older version."""
    with said_plainly("looking at the tables"):
        try:
            done = await pool.fetchval("select coalesce(max(number), 0) from migration")
        except asyncpg.UndefinedTableError:
            raise LedgerError(f"no ledger in schema {schema}; name the database and schema that have one") from None
    if done != len(migrations()):
        raise LedgerError(f"the tables are of version {done}, not {len(migrations())}; have the program that writes to "
                          "the ledger brought up to date, and run the same")  # fmt: skip
    with said_plainly("looking at the tables"):
        await _check_own(pool, mark, consortium)


async def _check_own(connection: Any, mark: bytes, consortium: str) -> None:
    """LedgerError if the ledger is of another secret or consortium."""
    kept, of = await connection.fetchrow("select mark, consortium from head")
    if not hmac.compare_digest(kept, mark):
        raise LedgerError("the secret is not the one that this ledger was made with; give that one")
    check_consortium("this ledger", of, consortium)


async def bring_up(connection: Any, schema: str, folder: str) -> None:
    """Inside a transaction: the tables of this schema as the steps in store/schema/<folder> make them."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"cadencia {schema}")
    await connection.execute(f'create schema if not exists "{schema}"')
    await connection.execute(
        "create table if not exists migration"
        " (number int primary key, name text not null, at timestamptz not null default now())"
    )
    done, steps = await connection.fetchval("select coalesce(max(number), 0) from migration"), migrations(folder)
    if done > len(steps):
        raise LedgerError(f"the tables are of version {done}, this program knows {len(steps)}; run a newer one")
    for number, (name, text) in enumerate(steps[done:], start=done + 1):
        await connection.execute(text)
        await connection.execute("insert into migration (number, name) values ($1, $2)", number, name)


async def index(pool: asyncpg.Pool[Any], kinds: Collection[Wider]) -> None:
    """Makes entries of these kinds of subjects quick to find, as long as that takes."""
    statements = [_INDEX[kind] for kind in sorted(kinds) if kind in _INDEX]
    if not statements:
        return
    with said_plainly("making an index"):
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("set local statement_timeout = 0")
            await connection.execute("select pg_advisory_xact_lock('entry'::regclass::oid::bigint)")
            for statement in statements:
                await connection.execute(statement, timeout=_INDEX_SECONDS)


def migrations(folder: str = LEDGER) -> list[tuple[str, str]]:
    """(name, SQL) of every step, in order; numbered from 1 without gaps."""
    place = resources.files("cadencia.store") / "schema" / folder
    files = [file for file in place.iterdir() if _NUMBERED.match(file.name)]
    steps = sorted((file.name, file.read_text(encoding="utf-8")) for file in files)
    if [int(name[:4]) for name, _ in steps] != list(range(1, len(steps) + 1)):
        raise LedgerError(f"migrations are not numbered from 0001 without gaps: {[name for name, _ in steps]}")
    return steps


async def _keep(connection: Any) -> None:
    """Between uses a connection keeps its state: we set none."""
