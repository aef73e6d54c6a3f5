"""What is PostgreSQL's own: processes that share a person's key, migrations, rows that nobody changes, append_if."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path

import asyncpg
import pytest

from cadencia.store import postgres_schema
from cadencia.store.ledger import Appended, LedgerError
from cadencia.store.postgres import PostgresLedger
from cadencia.store.postgres_server import Server, running
from cadencia.store.seal import Sealer
from tests.conformance.drafts import JOAO, MARIA, all_of, append, draft, newer
from tests.conformance.stores import SECRET, PostgresStore

Body = Callable[[PostgresStore], Awaitable[None]]


def on_a_ledger(body: Body, folder: Path) -> None:
    """Runs a coroutine with a place of its own, taken away afterwards."""

    async def run() -> None:
        store = PostgresStore(folder)
        try:
            await body(store)
        finally:
            await store.end()

    asyncio.run(run())


async def plain(store: PostgresStore) -> asyncpg.Connection:
    """Somebody with a tool of PostgreSQL."""
    return await asyncpg.connect(store.server.url, server_settings={"search_path": store.schema})


def test_two_processes_make_a_person_one_key(tmp_path: Path) -> None:
    async def body(store: PostgresStore) -> None:
        one, two = await store.open(), await store.open()
        done = await asyncio.gather(*(ledger.append([draft(MARIA)]) for ledger in (one, two) for _ in range(5)))
        assert all(isinstance(answer, Appended) for answer in done)
        assert [len(entry.salt) for entry in await all_of(one)] == [16] * 10
        connection = await plain(store)
        assert await connection.fetchval("select count(*) from payload_key where subject = $1", MARIA) == 1
        await connection.close()
        await one.close()
        await two.close()

    on_a_ledger(body, tmp_path)


@pytest.mark.parametrize("known_of_the_version", [True, False])
def test_a_key_destroyed_by_one_process_is_not_brought_back_by_another(
    tmp_path: Path, known_of_the_version: bool
) -> None:
    async def body(store: PostgresStore) -> None:
        one, two = await store.open(), await store.open()
        await append(two, draft(MARIA))
        connection = await plain(store)
        old = await connection.fetchval("select wrapped from payload_key where subject = $1", MARIA)
        assert await one.erase("acme", MARIA, 5) == 1
        expected = {MARIA: 2} if known_of_the_version else None
        assert isinstance(await two.append([draft(MARIA, payload=b'{"back":1}')], expected), Appended)
        new = await connection.fetchval("select wrapped from payload_key where subject = $1", MARIA)
        assert new not in (None, old)
        assert [entry.payload for entry in await all_of(one, subject=MARIA)] == [b"", b"{}", b'{"back":1}']
        await connection.close()
        await one.close()
        await two.close()

    on_a_ledger(body, tmp_path)


def test_one_who_moved_does_not_fail_the_others_of_the_batch(tmp_path: Path) -> None:
    async def body(store: PostgresStore) -> None:
        ledger = await store.open()
        await append(ledger, draft(MARIA))
        moved, held, ahead = await asyncio.gather(
            ledger.append([draft(MARIA)], {MARIA: 0}), ledger.append([draft(JOAO)], {JOAO: 0, MARIA: 1}),
            ledger.append([draft(JOAO)], {JOAO: 99}), return_exceptions=True,
        )  # fmt: skip
        assert [entry.n for entry in newer(moved)] == [1]  # type: ignore[arg-type]
        assert isinstance(held, Appended)
        assert isinstance(ahead, LedgerError) or newer(ahead)
        await ledger.close()

    on_a_ledger(body, tmp_path)


def test_two_processes_seal_a_segment_once(tmp_path: Path) -> None:
    async def body(store: PostgresStore) -> None:
        ledgers = [await store.open(Sealer(every=10)) for _ in range(2)]
        for number in range(30):
            await asyncio.gather(*(append(ledger, draft(attempt=str(number))) for ledger in ledgers))
        for ledger in ledgers:
            await ledger.close()
        ledger = await store.open()
        seals = [entry.n async for entry in ledger.entries(kinds=("sealed",))]
        assert all(later - earlier >= 10 for earlier, later in pairwise(seals[:-1]))
        assert (await ledger.verify()).bad is None and len(seals) >= 4
        await ledger.close()

    on_a_ledger(body, tmp_path)


def test_entries_are_changed_and_deleted_by_nobody(tmp_path: Path) -> None:
    async def body(store: PostgresStore) -> None:
        ledger = await store.open()
        await append(ledger, draft(MARIA))
        connection = await plain(store)
        for change in ("update entry set kind = 'placed'", "delete from entry", "update entry set payload = '\\x00'",
                       "update entry set payload = null, at = 7"):  # fmt: skip
            with pytest.raises(asyncpg.RestrictViolationError, match="entry 1 of the ledger is never changed"):
                await connection.execute(change)
        await connection.close()
        await ledger.close()

    on_a_ledger(body, tmp_path)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        ("update entry set kind = 'placed' where n = 2", "entry 2: its plain part"),
        ("delete from entry where n = 2", "entry 2: missing"),
        ("update entry set payload = null where n = 2", "entry 2: its payload is gone"),
        ("update entry set payload = payload || '\\x00' where n = 2", "entry 2: its payload does not open"),
        ("update entry set event_at = 1::bigint << 32 where n = 2", "entry 2: a number in it was altered"),
        ("update entry set at = -1 where n = 2", "entry 2: a number in it was altered"),
        ("update entry set debts = '{null}' where n = 2", "entry 2: a number in it was altered"),
        ("update entry set n = -2 where n = 2", "entry -2: its number is none"),
    ],
)
def test_the_walk_names_what_was_altered_all_the_same(tmp_path: Path, harm: str, says: str) -> None:
    async def body(store: PostgresStore) -> None:
        ledger = await store.open()
        await append(ledger, draft(MARIA), draft(MARIA), draft(MARIA))
        connection = await plain(store)
        await connection.execute(f"alter table entry disable trigger never_changed; {harm}")
        await connection.close()
        assert str(await ledger.verify()).startswith(says)
        if "open" in says:
            with pytest.raises(LedgerError, match="entry 2"):
                await all_of(ledger)
        await ledger.close()

    on_a_ledger(body, tmp_path)


def test_another_secret_a_later_version_and_a_bad_name_are_refused(tmp_path: Path) -> None:
    async def body(store: PostgresStore) -> None:
        await (await store.open()).close()
        with pytest.raises(LedgerError, match="secret is not the one"):
            await PostgresLedger.open(store.server.url, secret=b"another secret of 32 bytes or so", schema=store.schema)
        connection = await plain(store)
        await connection.execute("insert into migration (number, name) values (99, 'later')")
        await connection.close()
        with pytest.raises(LedgerError, match="version 99"):
            await store.open()
        with pytest.raises(ValueError, match="lower-case"):
            await PostgresLedger.open(store.server.url, secret=SECRET, schema='a"; drop table entry; --')

    on_a_ledger(body, tmp_path)


def test_processes_that_start_together_make_the_tables_once(tmp_path: Path) -> None:
    async def body(store: PostgresStore) -> None:
        ledgers = await asyncio.gather(*(store.open() for _ in range(4)))
        connection = await plain(store)
        numbers = [row["number"] for row in await connection.fetch("select number from migration order by 1")]
        assert numbers == list(range(1, len(postgres_schema.migrations()) + 1))
        await connection.close()
        for ledger in ledgers:
            await ledger.close()

    on_a_ledger(body, tmp_path)


def test_nobody_answers(tmp_path: Path) -> None:
    async def run() -> None:
        with pytest.raises(LedgerError, match="lost while connecting") as raised:
            await PostgresLedger.open(f"postgresql://x:hidden@/postgres?host={tmp_path}", secret=SECRET)
        assert "hidden" not in str(raised.value)

    asyncio.run(run())


def test_append_if_is_there_for_any_client(tmp_path: Path) -> None:
    async def body(store: PostgresStore) -> None:
        ledger = await store.open()
        connection = await plain(store)
        call = """select what, place, n, (newer).n as newer
            from append_if(array[$1::bytea], array[$2::bigint], array[row(
            1, 'acme', 'placed', $1::bytea, '', 0, 0, array[]::bigint[], 0, 0, '', '', sha256(''), '\\x01', true, '',
            0, 0, 0
        )::draft])"""
        said = [[tuple(row) for row in await connection.fetch(call, MARIA, version)] for version in (0, 0, None, 9)]
        assert said == [
            [("appended", 1, 1, None)], [("moved", 1, None, None), ("newer", None, None, 1)],
            [("appended", 1, 2, None)], [("ahead", 1, None, None)],
        ]  # fmt: skip
        await connection.close()
        await ledger.close()

    on_a_ledger(body, tmp_path)


def test_the_server_of_the_tests_is_no_roots_and_listens_to_no_network() -> None:
    one: Server = running()
    assert one.run("psql", "-At", "-c", "show listen_addresses", "postgres").strip() == ""
    assert (one.data / "PG_VERSION").stat().st_uid != 0
