"""What is made beside a ledger is its owner's alone, whatever the umask; a file of records too."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cadencia.store.private import begin, write_whole
from cadencia.store.records_sqlite import SqliteRecords
from cadencia.store.sqlite import SqliteLedger
from tests.unit.dialer.doors import SECRET, opened, wanted
from tests.unit.engine.books import ALL_DAY, rule, window


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    """A umask that forbids nobody anything."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_a_ledger_with_its_log_and_checkpoint(tmp_path: Path) -> None:
    async def test() -> dict[str, int]:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", secret=SECRET)
        gate, _ = await opened(rule("hours", window(ALL_DAY), kind="contact_window"), ledger=ledger)
        await gate.reserve(wanted(), key="k")
        await gate.checkpoint(tmp_path / "checkpoint")
        found = modes(tmp_path)
        await ledger.close()
        return found

    names = ["ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db.owner", "checkpoint", "checkpoint.attempts"]
    assert asyncio.run(test()) == dict.fromkeys(names, 0o600)


def test_a_file_of_records(tmp_path: Path) -> None:
    async def test() -> dict[str, int]:
        records = await SqliteRecords.open(tmp_path / "records.db")
        found = modes(tmp_path)
        await records.close()
        return found

    assert set(asyncio.run(test()).values()) == {0o600}


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"here")
    path.chmod(0o640)
    begin(path)
    assert (path.read_bytes(), modes(tmp_path)) == (b"here", {"file": 0o640})


def test_a_write_that_was_cut_short_hands_on_neither_text_nor_mode(tmp_path: Path) -> None:
    (tmp_path / "file.new").write_bytes(b"half of something longer")
    write_whole(tmp_path / "file", [b"wh", b"ole"])
    assert ((tmp_path / "file").read_bytes(), modes(tmp_path)) == (b"whole", {"file": 0o600})
