"""The gate on a disk that is full, may not be written, or is another's: a clear error, nothing lost, nothing allowed by
mistake, and the gate opened anew goes on."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest

from cadencia.cli.ledger_race_worker import Task
from cadencia.store.ledger import LedgerError
from cadencia.store.sqlite import SqliteLedger
from tests.faults.floor import Floor, course, gate_on, refuses_everything
from tests.faults.full_disk import Disk, limited, may_mount, mounted, remount

WAYS = {"a limit on files": limited} | ({"a file system": mounted} if may_mount() else {})


async def still_full(floor: Floor) -> None:
    """Opened anew the ledger may find a little room in its log; then it is as before."""
    for _ in range(5):
        doubtful = len(floor.doubtful)
        try:
            async with gate_on(floor.course) as (gate, _):
                await floor.work(gate)
        except LedgerError:
            return
        assert len(floor.doubtful) > doubtful


@pytest.mark.parametrize("way", WAYS)
def test_a_full_disk(tmp_path: Path, way: str) -> None:
    async def test(disk: Disk) -> None:
        folder, make_room = disk
        floor = Floor(course("sqlite", str(folder / "ledger.db")))
        async with gate_on(floor.course) as (gate, ledger):
            await floor.work(gate)
            assert len(floor.told) > 100 and floor.doubtful
            with pytest.raises(LedgerError, match=r"writes no more \((FullError|IOError).*open it again"):
                await ledger.append([])
            await refuses_everything(gate, floor)
        await still_full(floor)
        make_room()
        assert await floor.bears_out() == len(floor.told)
        async with gate_on(floor.course) as (gate, _):
            await floor.work(gate, most=len(floor.told) + 50)
        await floor.bears_out()

    folder = tmp_path / "disk"
    folder.mkdir()
    within: AbstractContextManager[Disk] = WAYS[way](folder)
    with within as disk:
        asyncio.run(test(disk))


def closed_to_writing(folder: Path, how: str) -> None:
    """how: ro or rw. A file system where one may be mounted; else the folder's permissions."""
    if may_mount():
        remount(folder, how)
    else:
        folder.chmod(0o555 if how == "ro" else 0o755)


def test_a_disk_that_may_not_be_written(tmp_path: Path) -> None:
    async def test(folder: Path) -> None:
        floor = Floor(course("sqlite", str(folder / "ledger.db")))
        async with gate_on(floor.course) as (gate, _):
            await floor.work(gate, most=50)
        closed_to_writing(folder, "ro")
        try:
            with pytest.raises(LedgerError, match=r"ledger\.db.* (written|read)"):
                async with gate_on(floor.course):
                    raise AssertionError("a gate was opened that cannot record")
            looking = await SqliteLedger.open(folder / "ledger.db", secret=floor.course.secret, read_only=True)
            assert len([one async for one in looking.entries(kinds=("reserved",))]) == len(floor.told)
            await looking.close()
        finally:
            closed_to_writing(folder, "rw")
        await floor.bears_out()

    if may_mount():
        with mounted(tmp_path):
            asyncio.run(test(tmp_path))
    else:
        asyncio.run(test(tmp_path))


def test_another_process_owns_the_file(tmp_path: Path, root: Path) -> None:
    """Whoever comes second is told whose it is, may look, and disturbs nobody; when the owner is killed, it may go
    on."""
    one = msgspec.structs.replace(course("sqlite", str(tmp_path / "ledger.db")), cap=1, parallel=500)
    task = Task(course=one, keys=1, rounds=(0, 1 << 30), part=0, parts=1)
    command = [sys.executable, "-m", "cadencia.cli.ledger_race_worker"]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdin is not None and owner.stdout is not None
        owner.stdin.write(msgspec.json.encode(task) + b"\n")
        owner.stdin.flush()
        assert owner.stdout.readline() == b"opened\n"
        lines = [owner.stdout.readline() for _ in range(300)]  # it reserves

        async def second() -> None:
            for _ in range(5):
                with pytest.raises(LedgerError, match=re.escape(f"belongs to process {owner.pid}")):
                    async with gate_on(one):
                        raise AssertionError("two own one file")
            looking = await SqliteLedger.open(tmp_path / "ledger.db", secret=one.secret, read_only=True)
            assert (await looking.verify()).bad is None
            with pytest.raises(LedgerError, match="ask the process that owns it"):
                await looking.append([])
            await looking.close()

        asyncio.run(second())
        lines += [owner.stdout.readline() for _ in range(300)]  # nobody was disturbed
        os.kill(owner.pid, signal.SIGKILL)
        lines += owner.stdout.readlines()
    told = [line.split() for line in lines if line.endswith(b"\n")]

    async def after() -> None:
        async with gate_on(one) as (_, ledger):
            kinds = {entry.key: entry.kind async for entry in ledger.entries(kinds=("reserved", "decided"))}
        for round_, key, number, allowed in told:
            kind = kinds[f"person {int(key)} of round {int(round_)}/{int(number)}"]
            assert kind == ("reserved" if allowed == b"1" else "decided")

    asyncio.run(after())
    assert len(told) >= 600
