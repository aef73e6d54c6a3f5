"""A process that writes records: `python -m tests.faults.records_writer STORE PLACE CALLERS` writes until it is killed,
with a line for each write that was acknowledged; with `race` at the end it races with others for the same documents.
PLACE: a file, or URL and schema with a comma between.

The pipe outlives the process, so the parent reads every line that was written."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from cadencia.store.records import ClashError, NewEvent, Put, Records
from cadencia.store.records_postgres import PostgresRecords
from cadencia.store.records_sqlite import SqliteRecords

RACES, CALLERS = 20, 50  # documents, and callers of each process for each of them


async def opened(store: str, place: str) -> Records:
    """The records on that place."""
    if store == "sqlite":
        return await SqliteRecords.open(Path(place))
    url, schema = place.rsplit(",", 1)
    return await PostgresRecords.open(url, schema=schema)


async def write(records: Records, callers: int) -> None:
    """Runs until it is killed."""
    os.write(1, b"opened\n")

    async def caller(name: int) -> None:
        for number in range(1_000_000):
            id = f"{os.getpid()}.{name}.{number}"
            pair = [Put("pair", f"{id}.{half}", id.encode(), names=(f"{id} {half}",)) for half in "ab"]
            await records.write(
                "acme", [*pair, Put("last", str(name), id.encode())], [NewEvent("e", id.encode())], at=1
            )
            os.write(1, f"{id}\n".encode())  # shorter than PIPE_BUF: whole or not at all

    await asyncio.gather(*(caller(number) for number in range(callers)))


async def race(records: Records) -> None:
    """Once a line has come in: many callers at once claim each document, and put each at the version at which all who
    race find it. Writes a line for each document: how many claims and puts won."""
    os.write(1, b"opened\n")
    sys.stdin.readline()
    for number in range(RACES):
        claims = (records.claim("acme", "claim", str(number), b"", until=None, at=1) for _ in range(CALLERS))
        put = Put("draft", str(number), b"", expected=0)
        puts = (records.write("acme", [put], [NewEvent("e", b"")], at=1) for _ in range(CALLERS))
        claimed, written = await asyncio.gather(asyncio.gather(*claims), asyncio.gather(*puts, return_exceptions=True))
        assert all(isinstance(one, list | ClashError) for one in written)
        won = sum(one.won for one in claimed), sum(isinstance(one, list) for one in written)
        os.write(1, f"{won[0]} {won[1]}\n".encode())
    await records.close()


async def main(store: str, place: str, callers: int, racing: bool) -> None:
    records = await opened(store, place)
    await (race(records) if racing else write(records, callers))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:] == ["race"]))
