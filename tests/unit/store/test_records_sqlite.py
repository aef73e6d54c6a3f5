"""What is the SQLite file's own: whose it is, what it is, and how its writes share syncs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import apsw
import pytest

from cadencia.store.records import Drop, Put, RecordsError, Write
from cadencia.store.records_queue import MAX_GROUP_BYTES, Queue, Result
from cadencia.store.records_sqlite import SqliteRecords
from cadencia.store.sqlite import SqliteLedger


def write(size: int) -> Write:
    return Write("acme", (Put("k", "i", bytes(size)), Drop("k", "j")), (), 1)


def test_a_file_is_open_once_and_only_as_what_it_is(tmp_path: Path) -> None:
    async def run() -> None:
        records = await SqliteRecords.open(tmp_path / "records.db")
        with pytest.raises(RecordsError, match=r"is open already in this process .*; share the one file of records"):
            await SqliteRecords.open(tmp_path / "records.db")
        await records.close()
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", secret=bytes(32))
        await ledger.close()
        for name, says in (("ledger.db", "is no file of records: another program"), ("text", "cannot be opened as a")):
            (tmp_path / "text").write_text("not a database, and long enough to be looked at " * 99)
            with pytest.raises(RecordsError, match=says):
                await SqliteRecords.open(tmp_path / name)
        await (await SqliteRecords.open(tmp_path / "records.db")).close()  # what was refused holds nothing

    asyncio.run(run())


def test_a_file_of_a_later_version_is_refused(tmp_path: Path) -> None:
    async def make() -> None:
        await (await SqliteRecords.open(tmp_path / "records.db")).close()

    asyncio.run(make())
    with apsw.Connection(str(tmp_path / "records.db")) as connection:
        connection.pragma("user_version", 99)
    connection.close()
    with pytest.raises(RecordsError, match="written by a later version"):
        asyncio.run(make())


def test_who_waits_while_a_group_is_kept_goes_with_the_next_as_far_as_it_takes_them() -> None:
    groups: list[int] = []

    async def keep(group: Sequence[Write]) -> Sequence[Result]:
        groups.append(len(group))
        await asyncio.sleep(0)
        return [[1] for _ in group]

    async def run() -> None:
        queue = Queue(keep)
        await asyncio.gather(*(queue.ask(write(1)) for _ in range(1_100)))
        third = MAX_GROUP_BYTES // 3
        await asyncio.gather(*(queue.ask(write(third)) for _ in range(7)))
        await queue.close()

    asyncio.run(run())
    assert groups == [512, 512, 76, 3, 3, 1]


def test_a_writer_that_fails_in_a_way_nobody_foresaw_leaves_nobody_waiting() -> None:
    async def keep(group: Sequence[Write]) -> Sequence[Result]:
        raise KeyError("a mistake of ours")

    async def run() -> list[object]:
        queue = Queue(keep)
        asyncio.get_running_loop().set_exception_handler(lambda _, told: said.append(told["exception"]))
        return await asyncio.gather(*(queue.ask(write(1)) for _ in range(600)), return_exceptions=True)

    said: list[object] = []
    answers = asyncio.run(run())
    assert {str(one) for one in answers} == {"the writer has ended; open the records again"}
    assert all(isinstance(one, RecordsError) for one in answers)
