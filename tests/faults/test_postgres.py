"""PostgreSQL with many processes: one append per version, and nothing acknowledged is lost, whoever is killed."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cadencia.store.ledger import LedgerError
from cadencia.store.postgres import PostgresLedger
from cadencia.store.postgres_server import Server, server
from tests.conformance.drafts import MARIA, append, draft
from tests.faults.postgres_writer import SECRET

SCHEMA = "faults"
END_SECONDS = 120


@pytest.fixture(scope="module")
def synced() -> Iterator[Server]:
    """A server that syncs, as in earnest."""
    with server(fsync=True) as one:
        yield one


@pytest.fixture
def place(synced: Server) -> Iterator[Server]:
    """The same, without a ledger."""
    yield synced
    synced.run("psql", "-q", "-c", f"set client_min_messages = error; drop schema {SCHEMA} cascade", "postgres")


class Writers:
    """Processes that race; what each acknowledged is in a file of its own."""

    def __init__(self, url: str, root: Path, folder: Path) -> None:
        self._url, self._root, self._folder = url, root, folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._count = 0

    def start(self, *, appends: int, callers: int = 10) -> subprocess.Popen[bytes]:
        """One more."""
        self._count += 1
        command = [sys.executable, "-m", "tests.faults.postgres_writer", self._url, SCHEMA, str(callers), str(appends)]
        with (self._folder / f"{self._count}.acknowledged").open("wb") as file:
            process = subprocess.Popen(command, cwd=self._root, stdout=file)
        self._running.append(process)
        return process

    def acknowledged(self) -> dict[str, int]:
        """Attempt -> number, of all."""
        lines = [line for file in self._folder.glob("*.acknowledged") for line in file.read_text().splitlines()]
        return {attempt: int(number) for number, attempt in (line.split() for line in lines)}

    def until(self, count: int) -> None:
        """Waits until so many were acknowledged."""
        until = time.monotonic() + END_SECONDS
        while len(self.acknowledged()) < count:
            assert time.monotonic() < until, f"{len(self.acknowledged())} acknowledged, {count} awaited"
            time.sleep(0.01)

    def end(self) -> None:
        """Waits for those who have an end; all went well."""
        assert {process.wait(END_SECONDS) for process in self._running} == {0}

    def kill(self) -> None:
        """Leaves none behind."""
        for process in self._running:
            if process.poll() is None:
                process.kill()
                process.wait()


@contextmanager
def writers(one: Server, root: Path, folder: Path) -> Iterator[Writers]:
    some = Writers(one.url, root, folder)
    try:
        yield some
    finally:
        some.kill()


def check(one: Server, acknowledged: dict[str, int]) -> int:
    """Numbers without gaps, a whole chain, one append per version, all that was acknowledged; how many entries."""

    async def read() -> int:
        ledger = await PostgresLedger.open(one.url, secret=SECRET, schema=SCHEMA)
        entries = [entry async for entry in ledger.entries()]
        found = await ledger.verify()
        await ledger.close()
        assert found.bad is None, found
        assert [entry.n for entry in entries] == list(range(1, len(entries) + 1))
        newest: dict[bytes, int] = {}
        for entry in entries:
            if entry.kind == "reserved":
                assert int(entry.payload) == newest.get(entry.subject, 0), "two appends at one version"
                newest[entry.subject] = entry.n
        kept = {entry.attempt: entry.n for entry in entries}
        lost = {attempt for attempt, number in acknowledged.items() if kept.get(attempt) != number}
        assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged are lost"
        return len(entries)

    return asyncio.run(read())


def test_of_three_processes_one_appends_at_each_version(place: Server, root: Path, tmp_path: Path) -> None:
    with writers(place, root, tmp_path) as some:
        for _ in range(3):
            some.start(appends=150, callers=20)
        some.end()
        assert len(some.acknowledged()) >= 450
        assert check(place, some.acknowledged()) >= 450


def test_clients_killed_at_random_instants_lose_nothing(place: Server, root: Path, tmp_path: Path, kills: int) -> None:
    chance = random.Random(4)
    with writers(place, root, tmp_path) as some:
        some.start(appends=1_000_000)
        for _ in range(kills):
            victim = some.start(appends=1_000_000)
            before = len(some.acknowledged())
            some.until(before + chance.randrange(1, 60))
            victim.kill()
            victim.wait()
        some.kill()
        assert check(place, some.acknowledged()) > kills


def test_a_server_killed_at_random_instants_loses_nothing(
    place: Server, root: Path, tmp_path: Path, kills: int
) -> None:
    chance = random.Random(5)
    with writers(place, root, tmp_path) as some:
        for _ in range(3):
            some.start(appends=1_000_000)
        for _ in range(max(kills // 4, 2)):
            some.until(len(some.acknowledged()) + chance.randrange(20, 200))
            place.crash()
            place.start()
        some.until(len(some.acknowledged()) + 20)  # they go on
        some.kill()
        check(place, some.acknowledged())


def test_a_lost_server_is_a_clear_error_and_the_ledger_goes_on_when_it_is_back(place: Server) -> None:
    async def run() -> None:
        ledger = await PostgresLedger.open(place.url, secret=SECRET, schema=SCHEMA)
        await append(ledger, draft(MARIA))
        place.crash()
        try:
            with pytest.raises(LedgerError, match="PostgreSQL was lost while appending") as raised:
                await ledger.append([draft(MARIA)], {MARIA: 1})
            assert place.url not in str(raised.value) and str(place.folder) not in str(raised.value)
            ledger.append_behind([draft(MARIA), draft(MARIA)])
            assert await ledger.settled_behind() == 2
            with pytest.raises(LedgerError, match="while reading"):
                await ledger.head()
        finally:
            place.start()
        assert [entry.n for entry in await append(ledger, draft(MARIA))] == [2]
        assert await ledger.settled_behind() == 2
        await ledger.close()

    asyncio.run(run())
