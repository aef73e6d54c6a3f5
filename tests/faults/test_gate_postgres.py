"""The gate on a PostgreSQL that is killed, or whose connections are cut, while it reserves: a clear error, nothing that
was told is lost, nothing is allowed by mistake, and a gate opened anew says what became of each key."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from cadencia.store.ledger import LedgerError
from cadencia.store.postgres_server import NoPostgresError, Server, server
from tests.faults.floor import Floor, course, gate_on, refuses_everything
from tests.faults.wire import wire

CALLERS = 20


@pytest.fixture(scope="module")
def synced() -> Iterator[Server]:
    """A server that syncs, as in earnest."""
    with server(fsync=True) as one:
        yield one


def killed(one: Server) -> None:
    """SIGKILL to the server and to every process of it, so that none can say a word."""
    first = one.pid
    os.kill(first, signal.SIGSTOP)  # it makes no more of them
    children = [int(pid) for pid in Path(f"/proc/{first}/task/{first}/children").read_text().split()]
    for pid in (first, *children):
        os.kill(pid, signal.SIGKILL)
    for pid in (first, *children):
        one._gone(pid)
    # where nobody buries the dead, their number still looks taken
    for lock in (one.data / "postmaster.pid", one.folder / ".s.PGSQL.5432.lock"):
        lock.unlink()


def backend_killed(one: Server) -> None:
    """SIGKILL to one of the server's processes that serve us: the server sends all others away and recovers. Returns
    when it has."""
    of_its_own = "select pid from pg_stat_activity where backend_type = 'checkpointer'"
    ours = "select pid from pg_stat_activity where application_name = 'cadencia' order by state, pid limit 1"
    before = one.run("psql", "-tAc", of_its_own, "postgres")
    os.kill(int(one.run("psql", "-tAc", ours, "postgres")), signal.SIGKILL)
    for _ in range(5_000):
        with suppress(NoPostgresError):
            if one.run("psql", "-tAc", of_its_own, "postgres") not in ("", before):
                return
    raise AssertionError("the server did not recover")


WAYS = {"the server": killed, "one of its processes": backend_killed}


@pytest.mark.parametrize("what", WAYS)
def test_a_server_that_is_killed_under_load(synced: Server, kills: int, what: str) -> None:
    chance = random.Random(7)

    async def test() -> None:
        floor = Floor(course("postgres", synced.url, schema="killed" if what == "the server" else "killed_one"))
        for _ in range(max(kills // 20, 2)):
            async with gate_on(floor.course) as (gate, _):
                enough = len(floor.told) + chance.randrange(1, 200)
                work = asyncio.ensure_future(floor.work(gate, CALLERS))
                while len(floor.told) < enough:
                    await asyncio.sleep(0)
                await asyncio.to_thread(WAYS[what], synced)
                await work
                assert floor.doubtful
                await refuses_everything(gate, floor)
                if what == "the server":
                    await asyncio.to_thread(synced.start)
            await floor.bears_out()

    asyncio.run(test())


@pytest.mark.parametrize("direction", ["there", "back"])
def test_a_connection_that_is_cut_at_every_step_of_a_reserve(synced: Server, direction: str) -> None:
    """Where the answer is cut off, nobody knows whether the entry was kept."""

    async def test(folder: Path) -> None:
        own = course("postgres", synced.url, schema=f"cut_{direction}")
        kept_unknown = lost = 0
        async with wire(folder, synced.folder) as way:
            through = msgspec.structs.replace(own, at=f"postgresql://ledger@/postgres?host={folder}")
            for step in range(1, 12):
                floor = Floor(through)
                floor.course = msgspec.structs.replace(through, schema=f"{own.schema}_{step}")
                async with gate_on(floor.course) as (gate, ledger):
                    assert (await floor.ask(gate, "before")).permit
                    way.cut_at(step, direction)
                    answer = await floor.ask(gate, "k")
                    way.mend()
                    kept = [entry.key async for entry in ledger.entries(kinds=("reserved",))].count("k")
                    kept_unknown += kept and not answer.permit
                    lost += not kept
                    assert kept <= 1 and (kept or not answer.permit)
                    if not answer.permit:
                        await refuses_everything(gate, floor)
                await floor.bears_out()
        assert way.cuts and lost
        assert kept_unknown or direction == "there"

    with tempfile.TemporaryDirectory() as name:
        asyncio.run(test(Path(name)))


def test_many_callers_whose_connections_are_cut_at_random(synced: Server, kills: int) -> None:
    chance = random.Random(8)

    async def test(folder: Path) -> None:
        async with wire(folder, synced.folder) as way:
            floor = Floor(course("postgres", f"postgresql://ledger@/postgres?host={folder}", schema="cut_often"))
            for _ in range(max(kills // 4, 3)):
                async with gate_on(floor.course) as (gate, _):
                    way.cut_at(chance.randrange(1, 60), chance.choice(("there", "back")))
                    await floor.work(gate, CALLERS)
                    with pytest.raises(LedgerError):
                        await gate.release(next(iter(floor.told.values()), "00" * 16 + "-00"))
                way.mend()
            await floor.bears_out()

    with tempfile.TemporaryDirectory() as name:
        asyncio.run(test(Path(name)))
