"""Puts of documents on SQLite: asyncio callers that each wait for the disk, against plain apsw with the same rows.

The yardstick inserts the very rows, as many at a time as the records had in one group on average, with the same sync;
it checks no version and wakes nobody. Both run in turn on the same disk; wall seconds, because waiting for the disk is
the matter."""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.measure import Figure, Spread
from cadencia.store.records import Put, Write
from cadencia.store.records_sqlite import SqliteRecords
from cadencia.store.records_sqlite_file import CHECKPOINT_PAGES, RECORDS
from cadencia.store.sqlite_file import open_durable

CALLERS = 64
PUTS = 20_000
ROUNDS = 5
BODY = b'{"name":"' + b"x" * 489 + b'"}'


async def through_the_records(path: Path, puts: int) -> tuple[float, list[float], float]:
    """(seconds, seconds that each put waited, puts a sync)."""
    records = await SqliteRecords.open(path)
    waits, groups = [], []
    kept = records._queue._keep

    def keep(group: Sequence[Write]) -> object:
        groups.append(len(group))
        return kept(group)

    records._queue._keep = keep  # type: ignore[assignment]
    numbers = iter(range(puts))

    async def caller() -> None:
        for number in numbers:
            start = time.perf_counter()
            await records.write("acme", [Put("lead", f"l{number:08d}", BODY, expected=0)], at=number)
            waits.append(time.perf_counter() - start)

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    seconds = time.perf_counter() - start
    await records.close()
    return seconds, waits, puts / len(groups)


def plain(path: Path, puts: int, group: int) -> float:
    """Seconds that plain apsw takes for the same rows."""
    connection = open_durable(path, RECORDS, None)
    connection.pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
    insert = "INSERT INTO document (tenant, kind, id, n, version, at, names, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    rows = [("acme", "lead", f"l{number:08d}", number + 1, number + 1, number, "[]", BODY) for number in range(puts)]
    start = time.perf_counter()
    for first in range(0, puts, group):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, rows[first : first + group])
        connection.execute("COMMIT")
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


def run(puts: int = PUTS) -> list[Figure]:
    """One figure."""
    rates, raws, tails, groups = [], [], [], []
    for number in range(ROUNDS + 1):  # the first is not counted
        with tempfile.TemporaryDirectory(dir=os.environ.get("CADENCIA_BENCH_DISK")) as folder:
            gc.collect()
            seconds, waits, group = asyncio.run(through_the_records(Path(folder, "records.db"), puts))
            raw = plain(Path(folder, "plain.db"), puts, max(round(group), 1))
        if number:
            rates.append(puts / seconds)
            raws.append(puts / raw)
            tails.append(sorted(waits)[len(waits) * 99 // 100] * 1e3)
            groups.append(group)
    return [Figure(
        group="records", name=f"durable puts, {CALLERS} callers", input=f"{puts:,} documents of {len(BODY)} bytes",
        unit="a second", repeats=ROUNDS, sides={"records": Spread.of(rates), "plain apsw": Spread.of(raws)},
        value=Spread.of([rate / raw for rate, raw in zip(rates, raws, strict=True)]),
        value_unit="records / plain apsw, rate", note=f"p99 {Spread.of(tails)} ms; {Spread.of(groups)} puts a sync",
    )]  # fmt: skip
