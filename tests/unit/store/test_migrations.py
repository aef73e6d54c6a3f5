"""Ledgers of before entries had households, places of work and accounts: they open, their chain holds, they go on."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import asyncpg
import pytest

from cadencia.engine.histories import wider_subject
from cadencia.engine.words import Wider
from cadencia.store import postgres_schema, sqlite_file
from cadencia.store.ledger import Ledger, LedgerError
from cadencia.store.sqlite import SqliteLedger
from tests.conformance.drafts import JOAO, MARIA, all_of, append, draft
from tests.conformance.stores import SECRET, Checked, PostgresStore

HOME = wider_subject(Wider.household, 7)


async def filled(ledger: Ledger) -> None:
    await append(ledger, draft(MARIA, debts=(1, 2), address=3, payload=b'{"a":1}'), draft(JOAO, creditor=4))
    await ledger.close()


async def goes_on(ledger: Checked) -> None:
    """The old entries are as they were, new ones may name a household, and all hang on one chain."""
    old = await all_of(ledger)
    assert [(entry.debts, entry.address, entry.household, entry.payload) for entry in old] == [
        ((1, 2), 3, 0, b'{"a":1}'), ((), 0, 0, b"{}"),
    ]  # fmt: skip
    await ledger.append([draft(JOAO, household=7)], {JOAO: old[1].n, HOME: 0})
    assert [entry.household for entry in await all_of(ledger, subject=HOME)] == [7]
    assert (await ledger.verify()).bad is None
    await ledger.close()


def to_schema_1(path: Path) -> None:
    """The file as a program of before wrote it."""
    (first, *_) = sqlite_file._migrations()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP VIEW attempt")
        connection.execute("DROP VIEW ledger")
        for name in ("household", "workplace", "account"):
            connection.execute(f"DROP INDEX entry_of_{name}")
            connection.execute(f"ALTER TABLE entry DROP COLUMN {name}")
        connection.executescript(first[first.index("CREATE VIEW ledger") :])
        connection.execute("DELETE FROM about WHERE name = 'consortium'")
        connection.execute("PRAGMA user_version = 1")
    connection.close()


def test_a_sqlite_file_of_schema_1_is_read_as_it_is_and_migrated_when_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"

    async def run() -> None:
        await filled(await SqliteLedger.open(path, secret=SECRET))
        to_schema_1(path)
        looking = await SqliteLedger.open(path, secret=SECRET, read_only=True)
        assert len(await all_of(looking)) == 2 and (await looking.verify()).bad is None
        assert await all_of(looking, subject=HOME) == []
        await goes_on(await SqliteLedger.open(path, secret=SECRET))
        with pytest.raises(LedgerError, match="counts each tenant alone"):
            await SqliteLedger.open(path, secret=SECRET, consortium="bureau")
        await looking.close()

    asyncio.run(run())
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT household, has_payload FROM ledger WHERE kind <> 'sealed'").fetchall()
    connection.close()
    assert rows == [("0" * 16, 1), ("0" * 16, 1), (f"{7:016x}", 1)]


async def to_schema_2(store: PostgresStore) -> None:
    """The tables as a program of before made them."""
    connection = await asyncpg.connect(store.server.url, server_settings={"search_path": store.schema})
    for name in ("household", "workplace", "account"):
        await connection.execute(f"alter table entry drop column {name}")
    await connection.execute("drop type draft cascade")  # and the functions that take it
    await connection.execute("drop function wider_entries; drop function is_wider")
    await connection.execute(dict(postgres_schema.migrations())["0002_append.sql"])
    await connection.execute("alter table head drop column consortium")
    await connection.execute("delete from migration where number > 2")
    await connection.close()


def test_tables_of_version_2_are_migrated_on_postgresql(tmp_path: Path) -> None:
    async def run() -> None:
        store = PostgresStore(tmp_path)
        try:
            await filled(await store.open())
            await to_schema_2(store)
            await goes_on(await store.open())
            with pytest.raises(LedgerError, match="counts each tenant alone"):
                await store.open(consortium="bureau")
        finally:
            await store.end()

    asyncio.run(run())
