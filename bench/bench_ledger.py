"""Reserving durably on SQLite: asyncio callers that each wait for the disk, against plain apsw with the same rows.

The yardstick is what no ledger can beat with these tables: the very rows that the ledger wrote, inserted with the same
sync, as many at a time as the ledger had in one group on average. It numbers nothing, hashes nothing, encrypts nothing
and wakes nobody. Both sides run in turn on the same disk, and wall seconds are timed, because waiting for the disk is
the matter."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import tempfile
import time
from pathlib import Path

import apsw
import msgspec

from bench.measure import Figure, Spread, Target
from bench.workload import SEED
from cadencia.engine.history import attributes
from cadencia.engine.words import Channel, EventKind
from cadencia.store.entry import Draft
from cadencia.store.identity import Pseudonyms, Scope, Vault
from cadencia.store.sqlite import SqliteLedger
from cadencia.store.sqlite_file import open_for_writing

SECRET = bytes(32)
CALLERS = (64, 512)
DRAFTS = 40_000
PERSONS = 20_000
ROUNDS = 5
TABLES = ("person", "entry", "payload")


def reservations(count: int) -> list[Draft]:
    """Reservations of one call each, of random persons, with a payload of a decision's size."""
    chance, names = random.Random(SEED), Pseudonyms(SECRET, Scope.tenant, "acme", bytes(16))
    attr = attributes(channel=Channel.call, kind=EventKind.pending)
    payload = msgspec.json.encode({"verdict": "allow", "rulebook": "5f" * 32, "by": [], "inputs": {"place": "CO"} | {
        f"field-{number}": number for number in range(12)}})  # fmt: skip
    drafts = []
    for number in range(count):
        person = chance.randrange(PERSONS)
        drafts.append(Draft(
            at=1_800_000_000_000_000 + number, tenant="acme", kind="reserved", subject=names.subject(f"p{person}"),
            attempt=f"{number:026d}", event_at=800_000_000 + number, event_attr=attr, debts=(names.debt(f"d{person}"),),
            address=names.address(f"+57300{person:07d}"), creditor=names.creditor("bank"), key=f"k{number:020d}",
            payload=payload,
        ))  # fmt: skip
    return drafts


async def through_the_ledger(path: Path, drafts: list[Draft], callers: int) -> tuple[float, list[float], float]:
    """(seconds, seconds that each append waited, drafts a sync)."""
    ledger = await SqliteLedger.open(path, secret=SECRET)
    waits: list[float] = []
    commits = 0

    def count(*_: object) -> None:
        nonlocal commits
        commits += 1

    told = ledger._told
    ledger._told = lambda results, head: (count(), told(results, head))[1]  # type: ignore[method-assign]
    waiting = iter(drafts)

    async def caller() -> None:
        for draft in waiting:
            start = time.perf_counter()
            await ledger.append((draft,))
            waits.append(time.perf_counter() - start)

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    seconds = time.perf_counter() - start
    await ledger.close()
    return seconds, waits, len(drafts) / commits


def rows_of(path: Path) -> dict[str, list[tuple[apsw.SQLiteValue, ...]]]:
    """Every row that the ledger wrote, table by table."""
    with apsw.Connection(str(path)) as connection:
        return {table: list(connection.execute(f"SELECT * FROM {table} ORDER BY 1")) for table in TABLES}


def plain(path: Path, rows: dict[str, list[tuple[apsw.SQLiteValue, ...]]], group: int) -> float:
    """Seconds that plain apsw takes for the same rows; persons come in with the entries, evenly."""
    connection = open_for_writing(path, Vault(SECRET, os.urandom), None)
    connection.pragma("wal_autocheckpoint", 4_096)
    connection.execute("DELETE FROM person")
    groups = -(-len(rows["entry"]) // group)
    parts = [
        {table: some[number * len(some) // groups : (number + 1) * len(some) // groups] for table, some in rows.items()}
        for number in range(groups)
    ]
    inserts = {
        table: f"INSERT INTO {table} VALUES ({', '.join('?' * len(some[0]))})" for table, some in rows.items() if some
    }
    start = time.perf_counter()
    for part in parts:
        connection.execute("BEGIN IMMEDIATE")
        for table, some in part.items():
            connection.executemany(inserts[table], some)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


def run(drafts_count: int = DRAFTS) -> list[Figure]:
    """One figure for each number of callers."""
    return [_figure(callers, reservations(drafts_count)) for callers in CALLERS]


def _figure(callers: int, drafts: list[Draft]) -> Figure:
    rates, raws, tails, groups = [], [], [], []
    for number in range(ROUNDS + 1):  # the first is not counted
        with tempfile.TemporaryDirectory(dir=os.environ.get("CADENCIA_BENCH_DISK")) as folder:
            gc.collect()
            seconds, waits, group = asyncio.run(through_the_ledger(Path(folder, "ledger.db"), drafts, callers))
            raw = plain(Path(folder, "plain.db"), rows_of(Path(folder, "ledger.db")), max(round(group), 1))
        if number:
            rates.append(len(drafts) / seconds)
            raws.append(len(drafts) / raw)
            tails.append(sorted(waits)[len(waits) * 99 // 100] * 1e3)
            groups.append(group)
    return Figure(
        group="ledger", name=f"durable appends, {callers} callers",
        input=f"{len(drafts):,} reservations of {PERSONS:,} persons, payloads of {len(drafts[0].payload)} bytes",
        unit="a second", repeats=ROUNDS, sides={"ledger": Spread.of(rates), "plain apsw": Spread.of(raws)},
        value=Spread.of([rate / raw for rate, raw in zip(rates, raws, strict=True)]),
        value_unit="ledger / plain apsw, rate", target=Target(at_least=0.6),
        note=f"p99 {Spread.of(tails)} ms; {Spread.of(groups)} appends a sync",
    )  # fmt: skip
