"""A process whose callers race for the same persons: URL SCHEMA CALLERS APPENDS.

Each caller appends for a person only at the version that it knows of. For each append that was acknowledged it writes a
line on its output, a file: number, attempt. It ends after APPENDS of them, or when it is killed."""

from __future__ import annotations

import asyncio
import os
import sys

from cadencia.store.entry import Draft
from cadencia.store.ledger import Appended, LedgerError, Moved
from cadencia.store.postgres import PostgresLedger

SECRET = b"a secret of the tests, 32 bytes."
PERSONS = tuple(bytes([number]) * 16 for number in range(1, 6))
AGAIN_SECONDS = 0.05


async def main(url: str, schema: str, callers: int, appends: int) -> None:
    """Runs until so many were acknowledged."""
    ledger = await PostgresLedger.open(url, secret=SECRET, schema=schema)
    left = appends

    async def caller(name: int) -> None:
        nonlocal left
        subject, version, number = PERSONS[name % len(PERSONS)], 0, 0
        while left > 0:
            number += 1
            attempt = f"{os.getpid()}.{name}.{number}"
            payload = b"%020d" % version
            draft = Draft(at=1, tenant="acme", kind="reserved", subject=subject, attempt=attempt, payload=payload)
            try:
                answer = await ledger.append([draft], {subject: version})
            except LedgerError:  # the server is down: what was under way may be there or not
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if isinstance(answer, Moved):
                version = answer.newer[-1].n
                continue
            assert isinstance(answer, Appended)
            version = answer.entries[0].n
            os.write(1, f"{version} {attempt}\n".encode())
            left -= 1

    await asyncio.gather(*(caller(number) for number in range(callers)))
    await ledger.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
