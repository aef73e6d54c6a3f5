"""Reservations on PostgreSQL, durable: 64 callers of our ledger against 64 clients of pgbench, the same function.

The server syncs to disk. Both sides append one entry of a person not seen before, with 800 bytes of payload; ours also
makes the person's key, encrypts, hashes, and hands the entry back. pgbench's clients each commit by themselves, ours
share commits, so a second side says what pgbench does with 64 reservations in one call: the harder comparison.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.measure import Figure, Spread, Target
from cadencia.store.entry import Draft
from cadencia.store.ledger import Appended
from cadencia.store.postgres import PostgresLedger
from cadencia.store.postgres_server import Server, server
from cadencia.store.seal import Sealer

CLIENTS = 64
EACH = 120  # reservations of one caller in a round; pgbench, which commits one by one, makes a tenth
ROUNDS = 5
SECRET = b"benchmark " * 4
PAYLOAD = b'{"person":"' + b"x" * 787 + b'"}'
SEED = 20260518

_DRAFT = f"""row(1779062400000000, 'tenant', 'reserved', {{subject}}, 'attempt', 832000000, 64,
    array[7]::bigint[], 8, 9, '', decode(repeat('ab', {len(PAYLOAD) + 44}), 'hex'), sha256({{subject}}),
    decode(repeat('cd', 60), 'hex'), true,
    decode(repeat('ef', 100), 'hex'), 0, 0, 0)::draft"""
ONE_EACH = f"""select count(*) from (select decode(md5(random()::text), 'hex') as s offset 0) x,
    append_if(array[s], array[0]::bigint[], array[{_DRAFT.format(subject="s")}]);
"""
MANY_AT_ONCE = f"""select count(*) from (
    select array_agg(s order by s) as t, array_agg({_DRAFT.format(subject="s")} order by s) as d,
        array_agg(i order by i)::int[] as m
    from (select i, decode(md5(random()::text || i), 'hex') as s from generate_series(1, {CLIENTS}) i) y) z,
    append_batch(t, m, m, array_fill(0::bigint, array[{CLIENTS}]), m, m, d, {", ".join(["'{{}}'"] * 4)});
"""


def run(rounds: int = ROUNDS, each: int = EACH) -> list[Figure]:
    """Rates, their ratio by round, and how long the slowest hundredth waited."""
    with server(fsync=True) as one:
        return asyncio.run(_measured(one, rounds, each))


async def _measured(one: Server, rounds: int, each: int) -> list[Figure]:
    ledger = await PostgresLedger.open(one.url, secret=SECRET, sealer=Sealer(every=1 << 40))
    subjects = random.Random(SEED)
    sides: dict[str, Callable[[], Awaitable[tuple[float, list[float]]]]] = {
        "ours": lambda: _ours(ledger, subjects, each),
        "pgbench": lambda: asyncio.to_thread(_pgbench, one, ONE_EACH, CLIENTS, each // 10, 1),
        "pgbench, 64 a call": lambda: asyncio.to_thread(_pgbench, one, MANY_AT_ONCE, 1, each, CLIENTS),
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    slow: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):  # the first is not counted
        for name in sides if number % 2 else reversed(sides):
            rate, waits = await sides[name]()
            if number:
                rates[name].append(rate)
                slow[name].append(statistics.quantiles(waits, n=100)[98] * 1e3)
    await ledger.close()
    ratios = {name: Spread.of([a / b for a, b in zip(rates["ours"], rates[name], strict=True)]) for name in sides}
    told = {
        "group": "postgres", "input": f"{CLIENTS} callers, {each} reservations each, fsync on", "repeats": rounds,
    }  # fmt: skip
    of = {name: Spread.of(values) for name, values in rates.items()}
    return [
        Figure(**told, name="append_if, one a caller", unit="ops/s", sides={n: of[n] for n in ("ours", "pgbench")},
               value=ratios["pgbench"], value_unit="ours / pgbench, rate", target=Target(at_least=0.6),
               note="pgbench prepared, one thread; its clients commit one by one"),
        Figure(**told, name="append_batch, 64 in a commit", unit="ops/s",
               sides={n: of[n] for n in ("ours", "pgbench, 64 a call")}, value=ratios["pgbench, 64 a call"],
               value_unit="ours / pgbench, rate", target=Target(at_least=0.6),
               note="one client, rows made in the server: no keys, hashes or answers"),
        Figure(**told, name="the slowest hundredth", unit="ms",
               sides={n: Spread.of(slow[n]) for n in ("ours", "pgbench")},
               value=Spread.of(slow["ours"]), value_unit="ms, p99 of ours", note="from the call to the answer"),
    ]  # fmt: skip


async def _ours(ledger: PostgresLedger, subjects: random.Random, each: int) -> tuple[float, list[float]]:
    waits: list[float] = []

    async def caller() -> None:
        for _ in range(each):
            subject = subjects.randbytes(16)
            draft = Draft(
                at=1779062400000000, tenant="tenant", kind="reserved", subject=subject, attempt="attempt",
                event_at=832000000, event_attr=64, debts=(7,), address=8, creditor=9, payload=PAYLOAD,
            )  # fmt: skip
            start = time.perf_counter()
            answer = await ledger.append([draft], {subject: 0})
            waits.append(time.perf_counter() - start)
            assert isinstance(answer, Appended)

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CLIENTS)))
    return CLIENTS * each / (time.perf_counter() - start), waits


def _pgbench(one: Server, script: str, clients: int, each: int, a_call: int) -> tuple[float, list[float]]:
    """(reservations per second, seconds of each call)."""
    with tempfile.TemporaryDirectory(dir=one.folder) as folder:
        os.chmod(folder, 0o777)  # pgbench runs as the server's user and writes its times there
        place = Path(folder)
        (place / "script.sql").write_text(script, encoding="utf-8")
        said = one.run("pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-t", str(each), "-l",
                       "--log-prefix", place / "times", "-f", place / "script.sql",
                       "dbname=postgres options=-csearch_path=cadencia\\ -cjit=off")  # fmt: skip
        logs = [line for log in place.glob("times*") for line in log.read_text("utf-8").splitlines()]
        waits = [int(line.split()[2]) / 1e6 for line in logs]
    (rate,) = (float(line.split()[2]) for line in said.splitlines() if line.startswith("tps = "))
    return rate * a_call, waits
