"""A disk that is full, fails, loses its sync or is read-only: a clear error for all who wait, and nothing lost."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cadencia.store.entry import Entry
from cadencia.store.ledger import Appended, LedgerError
from cadencia.store.sqlite import SqliteLedger
from cadencia.store.sqlite_writer import Writer
from tests.conformance.drafts import MARIA, all_of, append, draft
from tests.faults.disk import ERRORS, NAME, failing_disk

SECRET = b"a secret of the tests, 32 bytes."
NOBODY = 65_534
FAULTS = [(fault, at, half) for fault in ERRORS for at in (1, 2, 3, 5, 9, 20) for half in (False, True)]


@pytest.mark.parametrize(("fault", "at", "half"), FAULTS)
def test_a_failing_disk_stops_everybody_and_loses_nothing(tmp_path: Path, fault: str, at: int, half: bool) -> None:
    path = tmp_path / "ledger.db"

    async def write() -> tuple[list[Entry], int]:
        ledger = await SqliteLedger.open(path, secret=SECRET, vfs=NAME)
        kept = list(await append(ledger, *(draft(attempt=f"before {number}") for number in range(5))))
        disk.arm(fault, at, half=half)
        refused = 0
        for turn in range(40):
            ledger.append_behind([draft(kind="decided", attempt=f"behind {turn}")])
            drafts = [[draft(attempt=f"{turn}.{number}", payload=b"x" * 700)] for number in range(5)]
            done = await asyncio.gather(*(ledger.append(one) for one in drafts), return_exceptions=True)
            errors = [one for one in done if not isinstance(one, Appended)]
            kept += [entry for one in done if isinstance(one, Appended) for entry in one.entries]
            if errors:
                assert len(errors) == len(done)  # one group: all of it or nothing
                assert all(isinstance(one, LedgerError) and "writes no more" in str(one) for one in errors)
                refused += len(errors)
                break
        assert refused and disk.failed
        disk.mend()  # too late: what is on disk must be read again first
        for call in (ledger.append([draft()]), ledger.erase("acme", MARIA, 1)):
            with pytest.raises(LedgerError, match="writes no more"):
                await call
        with pytest.raises(LedgerError, match="writes no more"):
            ledger.append_behind([draft()])
        lost = await ledger.settled_behind()
        readable = await all_of(ledger)  # it can still be read
        assert [entry for entry in readable if not entry.attempt.startswith("behind")] == kept
        await ledger.close()
        return kept, lost

    with failing_disk() as disk:
        kept, lost = asyncio.run(write())
    assert lost == 1
    reopened_keeps(path, kept)


def reopened_keeps(path: Path, kept: list[Entry]) -> None:
    """What was acknowledged is there; the chain is whole and goes on."""

    async def read() -> None:
        ledger = await SqliteLedger.open(path, secret=SECRET)
        assert ledger.found.bad is None
        by_number = {entry.n: entry for entry in await all_of(ledger)}
        assert [by_number.get(entry.n) for entry in kept] == kept
        await append(ledger, draft())
        assert (await ledger.verify()).bad is None
        await ledger.close()

    asyncio.run(read())


@pytest.mark.parametrize("fault", ["full", "sync"])
def test_a_checkpoint_that_fails_stops_writing_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr("cadencia.store.sqlite_writer.CHECKPOINT_PAGES", 40)
    path, copies = tmp_path / "ledger.db", Writer._checkpoint

    def fail_to_copy(writer: Writer) -> None:
        disk.arm(fault)  # only now: the commit's own writes and sync pass
        copies(writer)

    monkeypatch.setattr(Writer, "_checkpoint", fail_to_copy)

    async def write() -> list[Entry]:
        ledger = await SqliteLedger.open(path, secret=SECRET, vfs=NAME)
        kept: list[Entry] = []
        behind = 0
        with pytest.raises(LedgerError, match="writes no more"):
            for number in range(1_000):
                ledger.append_behind([draft(kind="decided")])
                behind += 1
                kept += await append(ledger, draft(attempt=str(number)))
        assert len(kept) > 5 and disk.failed
        lost = await ledger.settled_behind()
        assert len([one for one in await all_of(ledger) if one.kind == "decided"]) == behind - lost
        disk.mend()
        await ledger.close()
        return kept

    with failing_disk() as disk:
        kept = asyncio.run(write())
    reopened_keeps(path, kept)


def test_a_disk_that_fails_while_the_ledger_closes_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"

    async def write() -> list[Entry]:
        ledger = await SqliteLedger.open(path, secret=SECRET, vfs=NAME)
        kept = list(await append(ledger, draft()))
        ledger.append_behind([draft(kind="decided")])
        disk.arm("full")
        with pytest.raises(LedgerError, match="writes no more"):
            await ledger.close()
        disk.mend()
        return kept

    with failing_disk() as disk:
        kept = asyncio.run(write())
    reopened_keeps(path, kept)


def test_a_disk_that_cannot_be_written_when_opening_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"

    async def make(**how: object) -> None:
        await (await SqliteLedger.open(path, secret=SECRET, **how)).close()  # type: ignore[arg-type]

    with failing_disk() as disk:
        for fault in ERRORS:
            disk.arm(fault)
            with pytest.raises(LedgerError, match="cannot be opened as a ledger"):
                asyncio.run(make(vfs=NAME))
        disk.mend()
        asyncio.run(make(vfs=NAME))
    asyncio.run(make())


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anywhere, so root is nobody here; everyone else stays who they are."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("left_open", [False, True], ids=["closed well", "with its log"])
def test_where_nothing_may_be_written_the_ledger_can_be_read(left_open: bool) -> None:
    async def look(path: Path) -> list[Entry]:
        ledger = await SqliteLedger.open(path, secret=SECRET, read_only=True)
        try:
            return await all_of(ledger)
        finally:
            await ledger.close()

    async def write(path: Path) -> list[Entry]:
        ledger = await SqliteLedger.open(path, secret=SECRET)
        entries = await append(ledger, draft(), draft())
        if left_open:
            for name in ("", "-wal"):  # as a killed process leaves them
                shutil.copy(f"{path}{name}", f"{path}.killed{name}")
        await ledger.close()
        return list(entries)

    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "ledger.db")
        kept = asyncio.run(write(path))
        if left_open:
            path = Path(name, "ledger.db.killed")
        for file in path.parent.iterdir():
            file.chmod(0o444)
        path.parent.chmod(0o555)
        try:
            with as_nobody():
                with pytest.raises(LedgerError, match="cannot be written"):
                    asyncio.run(write(path))
                if left_open:  # the log holds entries that cannot be told without an index of it
                    with pytest.raises(LedgerError, match="cannot be read as a ledger"):
                        asyncio.run(look(path))
                else:
                    assert asyncio.run(look(path)) == kept
        finally:
            path.parent.chmod(0o755)
        assert asyncio.run(look(path)) == kept


def test_a_file_that_may_not_grow_is_a_disk_that_fails(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "ledger.db"
    code = f"""import asyncio, pathlib, resource, sys
from cadencia.store.sqlite import SqliteLedger
from cadencia.store.sqlite_writer import Writer
from cadencia.store.ledger import LedgerError
from cadencia.store.entry import Draft
async def main():
    ledger = await SqliteLedger.open(pathlib.Path({str(path)!r}), secret={SECRET!r})
    try:
        for number in range(100_000):
            await ledger.append([Draft(at=number, tenant="acme", kind="fact", payload=b"x" * 500)])
            print(number, flush=True)
    except LedgerError as error:
        print(error, file=sys.stderr)
    await ledger.close()
asyncio.run(main())"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=root, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
    )  # fmt: skip
    assert "writes no more" in done.stderr
    acknowledged = len(done.stdout.splitlines())
    assert acknowledged > 10

    async def read() -> None:
        ledger = await SqliteLedger.open(path, secret=SECRET)
        assert [entry.at for entry in await all_of(ledger)][:acknowledged] == list(range(acknowledged))
        assert (await ledger.verify()).bad is None
        await ledger.close()

    asyncio.run(read())
