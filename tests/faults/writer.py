"""A process that appends as fast as it can, to be killed: `python -m tests.faults.writer LEDGER CALLERS`.

For each append that was acknowledged it writes a line, after the acknowledgement and before anything else: number,
attempt. The pipe outlives the process, so the parent reads every line that was written."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from cadencia.store.entry import Draft
from cadencia.store.ledger import Appended
from cadencia.store.sqlite import SqliteLedger

SECRET = b"a secret of the tests, 32 bytes."


async def main(path: Path, callers: int) -> None:
    """Runs until it is killed."""
    ledger = await SqliteLedger.open(path, secret=SECRET)
    os.write(1, b"opened\n")

    async def caller(name: str) -> None:
        for number in range(1_000_000):
            attempt, subject = f"{os.getpid()}.{name}.{number}", f"{name}.{number % 50}".encode().ljust(16, b"\0")
            kinds = ("reserved", "placed")
            pair = [Draft(at=1, tenant="acme", kind=kind, subject=subject, attempt=attempt) for kind in kinds]
            ledger.append_behind([Draft(at=1, tenant="acme", kind="decided", subject=subject)])
            if number % 40 == 39:
                await ledger.erase("acme", subject, 1)
            done = await ledger.append(pair)
            assert isinstance(done, Appended)
            os.write(1, f"{done.entries[0].n} {attempt}\n".encode())  # shorter than PIPE_BUF: whole or not at all

    await asyncio.gather(*(caller(f"c{number}") for number in range(callers)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
