"""kill -9 at any instant: nothing acknowledged is lost, an append is whole or not there, the chain is whole."""

from __future__ import annotations

import asyncio
import random
import select
import subprocess
import sys
import time
from pathlib import Path

from cadencia.store.entry import Entry
from cadencia.store.sqlite import SqliteLedger
from tests.faults.writer import SECRET


def run_and_kill(path: Path, root: Path, after_s: float) -> dict[str, int]:
    """Attempt -> number of all that a writer acknowledged before it was killed, so many seconds after it had opened."""
    command = [sys.executable, "-m", "tests.faults.writer", str(path), "16"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        said = writer.stdout.readline()
        assert said == b"opened\n"
        until, lines = time.monotonic() + after_s, b""
        while (left := until - time.monotonic()) > 0:
            if select.select([writer.stdout], [], [], left)[0]:
                lines += writer.stdout.read1()  # type: ignore[attr-defined]
        writer.kill()
        lines += writer.stdout.read()
    acknowledged = {}
    for line in lines.decode().splitlines():
        number, attempt = line.split()
        acknowledged[attempt] = int(number)
    return acknowledged


async def read(path: Path, after: int) -> tuple[list[Entry], int | None]:
    """What came after a number, and the first bad entry."""
    ledger = await SqliteLedger.open(path, secret=SECRET)
    entries = [entry async for entry in ledger.entries(after=after)]
    bad = (await ledger.verify(max(after, 1))).bad
    await ledger.close()
    return entries, bad


def test_nothing_acknowledged_is_lost(tmp_path: Path, root: Path, kills: int) -> None:
    chance, path = random.Random(9), tmp_path / "ledger.db"
    seen = total = 0
    for turn in range(kills):
        acknowledged = run_and_kill(path, root, chance.random() * 0.4)
        entries, bad = asyncio.run(read(path, seen))
        assert bad is None, f"kill {turn}"
        assert [entry.n for entry in entries] == list(range(seen + 1, seen + len(entries) + 1))
        kept: dict[str, list[tuple[int, str]]] = {}
        for entry in entries:
            if entry.attempt:
                kept.setdefault(entry.attempt, []).append((entry.n, entry.kind))
        lost = {attempt for attempt, number in acknowledged.items() if kept.get(attempt, [(0, "")])[0][0] != number}
        assert not lost, f"kill {turn}: {len(lost)} of {len(acknowledged)} lost"
        assert all([kind for _, kind in pair] == ["reserved", "placed"] for pair in kept.values()), f"kill {turn}"
        seen, total = entries[-1].n if entries else seen, total + len(acknowledged)
    assert total > kills  # it did write
    assert asyncio.run(read(path, 0))[1] is None
