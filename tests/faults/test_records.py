"""Records under faults: killed writers, failing disks, a file that is another's, processes that race."""

from __future__ import annotations

import asyncio
import contextlib
import random
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cadencia.store.postgres_server import Server, server
from cadencia.store.records import Event, NewEvent, Put, Records, RecordsError
from cadencia.store.records_postgres import PostgresRecords
from cadencia.store.records_sqlite import SqliteRecords
from tests.faults.disk import ERRORS, NAME, failing_disk
from tests.faults.records_writer import RACES

SCHEMA = "faults_records"
FAULTS = [(fault, at, half) for fault in ERRORS for at in (1, 2, 3, 5, 9, 20) for half in (False, True)]


@contextlib.contextmanager
def process(root: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.faults.records_writer", *arguments]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        try:
            yield one
        finally:
            one.kill()


def acknowledged_until_killed(root: Path, after_s: float, *arguments: str) -> set[str]:
    """What a writer acknowledged before it was killed, so many seconds after it had opened."""
    with process(root, *arguments) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"opened\n"
        until, lines = time.monotonic() + after_s, b""
        while (left := until - time.monotonic()) > 0:
            if select.select([writer.stdout], [], [], left)[0]:
                lines += writer.stdout.read1()  # type: ignore[attr-defined]
        writer.kill()
        return set((lines + writer.stdout.read()).decode().split())


async def all_events(records: Records) -> list[Event]:
    found: list[Event] = []
    while page := await records.events("acme", after=found[-1].n if found else 0, limit=1_000):
        found += page
    return found


async def check_whole(records: Records, acknowledged: set[str]) -> None:
    """All that was acknowledged is there, each write whole: its documents, their names and its event."""
    events = await all_events(records)
    assert [event.n for event in events] == list(range(1, len(events) + 1))
    assert await records.newest("acme") == len(events)
    ids = [event.body.decode() for event in events]
    assert len(ids) == len(set(ids))
    assert acknowledged <= set(ids), f"{len(acknowledged - set(ids))} of {len(acknowledged)} lost"
    found, after = [], 0
    while page := await records.page("acme", "pair", after=after, limit=1_000):
        found += [one.id for one in page]
        after = page[-1].n
    assert sorted(found) == sorted(f"{id}.{half}" for id in ids for half in "ab")
    for id in ids[:: max(len(ids) // 50, 1)]:
        holder = await records.by_name("acme", "pair", f"{id} b")
        assert holder is not None and holder.id == f"{id}.b"
    await records.close()


def test_a_killed_owner_of_a_file_loses_nothing_that_was_acknowledged(tmp_path: Path, root: Path, kills: int) -> None:
    chance, path = random.Random(9), tmp_path / "records.db"
    acknowledged: set[str] = set()

    async def check() -> None:
        await check_whole(await SqliteRecords.open(path), acknowledged)

    for _ in range(kills):
        acknowledged |= acknowledged_until_killed(root, chance.random() * 0.4, "sqlite", str(path), "16")
        asyncio.run(check())
    assert len(acknowledged) > kills  # it did write


@pytest.mark.parametrize(("fault", "at", "half"), FAULTS)
def test_a_failing_disk_stops_everybody_and_loses_nothing(tmp_path: Path, fault: str, at: int, half: bool) -> None:
    path = tmp_path / "records.db"

    async def write() -> set[str]:
        records = await SqliteRecords.open(path, vfs=NAME)
        acknowledged: set[str] = set()

        async def one(id: str) -> None:
            pair = [Put("pair", f"{id}.{half}", bytes(700), names=(f"{id} {half}",)) for half in "ab"]
            await records.write("acme", pair, [NewEvent("e", id.encode())], at=1)
            acknowledged.add(id)

        await asyncio.gather(*(one(f"before{number}") for number in range(5)))
        disk.arm(fault, at, half=half)
        for turn in range(40):
            done = await asyncio.gather(*(one(f"{turn}.{number}") for number in range(5)), return_exceptions=True)
            if any(done):  # one group: all of it or nothing
                assert all(isinstance(error, RecordsError) and "written no more" in str(error) for error in done)
                break
        assert disk.failed
        disk.mend()  # too late: what is on disk must be read again first
        with pytest.raises(RecordsError, match="mend the disk and open it again"):
            await one("late")
        with pytest.raises(RecordsError, match="mend the disk and open it again"):
            await records.sweep(1)
        assert {event.body.decode() for event in await all_events(records)} == acknowledged  # it can still be read
        await records.close()
        return acknowledged

    async def check(acknowledged: set[str]) -> None:
        await check_whole(await SqliteRecords.open(path), acknowledged)

    with failing_disk() as disk:
        acknowledged = asyncio.run(write())
    asyncio.run(check(acknowledged))


def test_a_disk_that_cannot_be_written_when_opening_is_named(tmp_path: Path) -> None:
    path = tmp_path / "records.db"

    async def make(**how: str) -> None:
        await (await SqliteRecords.open(path, **how)).close()

    with failing_disk() as disk:
        for fault in ERRORS:
            disk.arm(fault)
            with pytest.raises(RecordsError, match=r"cannot be opened as a file of records"):
                asyncio.run(make(vfs=NAME))
        disk.mend()
        asyncio.run(make(vfs=NAME))
    asyncio.run(make())


def test_a_file_that_another_process_owns_is_refused_until_it_ends(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "records.db"

    async def make() -> None:
        await (await SqliteRecords.open(path)).close()

    with process(root, "sqlite", str(path), "1") as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"opened\n"
        cure = f"belongs to process {owner.pid}; keep the records on PostgreSQL to share them, or end it"
        with pytest.raises(RecordsError, match=cure):
            asyncio.run(make())
    asyncio.run(make())


@pytest.fixture(scope="module")
def synced() -> Iterator[Server]:
    """A server that syncs, as in earnest."""
    with server(fsync=True) as one:
        yield one


@pytest.fixture
def place(synced: Server) -> Iterator[Server]:
    """The same, without records."""
    yield synced
    synced.run("psql", "-q", "-c", f"set client_min_messages = error; drop schema {SCHEMA} cascade", "postgres")


def test_of_a_hundred_racing_callers_in_two_processes_one_wins(place: Server, root: Path) -> None:
    arguments = ("postgres", f"{place.url},{SCHEMA}", "1", "race")
    with process(root, *arguments) as one, process(root, *arguments) as other:
        for racer in (one, other):
            assert racer.stdout is not None and racer.stdin is not None
            assert racer.stdout.readline() == b"opened\n"
        for racer in (one, other):
            assert racer.stdin is not None
            racer.stdin.write(b"go\n")
            racer.stdin.flush()
        said = [racer.communicate(timeout=120)[0].decode().splitlines() for racer in (one, other)]
    won = [[tuple(map(int, line.split())) for line in lines] for lines in said]
    assert [(a + c, b + d) for (a, b), (c, d) in zip(*won, strict=True)] == [(1, 1)] * RACES

    async def read() -> None:
        records = await PostgresRecords.open(place.url, schema=SCHEMA)
        assert len(await records.page("acme", "claim")) == len(await records.page("acme", "draft")) == RACES
        assert await records.newest("acme") == RACES
        await records.close()

    asyncio.run(read())


def test_clients_of_postgresql_that_are_killed_lose_nothing(place: Server, root: Path, kills: int) -> None:
    chance, acknowledged = random.Random(4), set[str]()
    arguments = ("postgres", f"{place.url},{SCHEMA}", "8")

    async def check() -> None:
        await check_whole(await PostgresRecords.open(place.url, schema=SCHEMA), acknowledged)

    for _ in range(kills):
        acknowledged |= acknowledged_until_killed(root, chance.random() * 0.4, *arguments)
        asyncio.run(check())
    assert len(acknowledged) > kills


def test_who_waits_hears_of_what_another_process_told(place: Server) -> None:
    async def run() -> None:
        mine = await PostgresRecords.open(place.url, schema=SCHEMA)
        other = await PostgresRecords.open(place.url, schema=SCHEMA)
        waiting = asyncio.ensure_future(mine.wait("acme", after=0, timeout_s=60))
        assert not await mine.wait("acme", after=0, timeout_s=0)
        await other.write("acme", [], [NewEvent("e", b"")], at=1)
        assert await waiting
        await mine.close()
        await other.close()

    asyncio.run(run())


def test_a_lost_server_is_a_clear_error_and_all_goes_on_when_it_is_back(place: Server) -> None:
    async def run() -> None:
        records = await PostgresRecords.open(place.url, schema=SCHEMA)
        await records.write("acme", [Put("k", "i", b"")], at=1)
        waiting = asyncio.ensure_future(records.wait("acme", after=0, timeout_s=60))
        assert not await records.wait("acme", after=0, timeout_s=0)
        place.crash()
        try:
            with pytest.raises(RecordsError, match="PostgreSQL was lost while writing") as raised:
                await records.write("acme", [Put("k", "i", b"")], at=1)
            assert place.url not in str(raised.value) and str(place.folder) not in str(raised.value)
            with pytest.raises(RecordsError, match="while reading"):
                await records.newest("acme")
            with pytest.raises(RecordsError, match="while reading"):
                await waiting
        finally:
            place.start()
        assert await records.write("acme", [Put("k", "i", b"", expected=1)], at=1) == [2]
        await records.close()

    asyncio.run(run())
