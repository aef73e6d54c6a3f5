"""What the gate costs above a decision: Python, the record of the decision, the loop. The ledger is in memory."""

from __future__ import annotations

import asyncio
import gc
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from bench.measure import Figure, Spread, Target, scaled
from bench.workload import ZONES, build
from cadencia.dialer.gate import Gate
from cadencia.dialer.request import Request, Surroundings
from cadencia.engine.decide import Engine
from cadencia.engine.query import Query
from cadencia.store.identity import Pseudonyms, Scope
from cadencia.store.memory import MemoryLedger
from cadencia.store.projection import as_instant

ROWS = 2_000
ROUNDS = 9
AT = datetime(2026, 5, 19, 16, tzinfo=UTC)  # a Tuesday, in working hours of most of the zones
SECRET = bytes(32)


@dataclass(frozen=True)
class Door:
    """A gate of its own, and what it is asked: every request is of another person."""

    gate: Gate
    requests: list[Request]


async def door(engine: Engine, queries: list[Query]) -> Door:
    """Opens a gate over an empty ledger in memory."""
    count, names = itertools.count(), Pseudonyms(SECRET, Scope.tenant, "t", bytes(16))
    now = as_instant(AT)
    surroundings = Surroundings(names=lambda _: names, secret=SECRET, wall=lambda: now, steady=lambda: now,
                                entropy=lambda n: next(count).to_bytes(n, "big"))  # fmt: skip
    gate = await Gate.open(engine, MemoryLedger(), surroundings)
    return Door(gate, [Request(tenant="t", person=f"p{i}", query=query) for i, query in enumerate(queries)])


async def timed(calls: list[Callable[[], Awaitable[object]]]) -> float:
    """Processor seconds of the calls, one after the other."""
    gc.collect()
    start = time.process_time()
    for call in calls:
        await call()
    return time.process_time() - start


async def round_of(engine: Engine, queries: list[Query]) -> dict[str, float]:
    """Each side once, on a gate of its own: decided only, checked, reserved."""
    asked = [msgspec.structs.replace(query, at=AT) for query in queries]
    start = time.process_time()
    for query in asked:
        engine.decide(query)
    seconds = {"decide": time.process_time() - start}
    checked, reserving = await door(engine, queries), await door(engine, queries)
    seconds["check"] = await timed([lambda one=one: checked.gate.check(one) for one in checked.requests])
    seconds["reserve"] = await timed(
        [lambda i=i, one=one: reserving.gate.reserve(one, key=f"k{i}") for i, one in enumerate(reserving.requests)]
    )
    if not 0 < reserving.gate.in_flight < len(queries):
        raise RuntimeError("the requests should be allowed in part")
    return seconds


async def measure(rows: int) -> dict[str, list[float]]:
    """Seconds of each side in each round, after one round not counted."""
    yardstick = build(rows)
    engine = Engine(yardstick.rulebook)
    queries = [
        Query(jurisdictions=yardstick.places[yardstick.place[i]].jurisdictions, zones=(ZONES[yardstick.zone[i]],),
              debt_type="consumer", debt=str(yardstick.debt[i]), creditor="bank", phone=f"+57300{i:07d}")
        for i in range(rows)
    ]  # fmt: skip
    rounds = [await round_of(engine, queries) for _ in range(ROUNDS + 1)]
    return {name: [one[name] for one in rounds[1:]] for name in rounds[0]}


def run(rows: int = ROWS) -> list[Figure]:
    """Microseconds of a whole `reserve` above a decision told in full."""
    seconds = asyncio.run(measure(rows))
    above = [(a - b) / rows * 1e6 for a, b in zip(seconds["reserve"], seconds["decide"], strict=True)]
    checking = [(a - b) / rows * 1e6 for a, b in zip(seconds["check"], seconds["decide"], strict=True)]
    of = f"{rows:,} requests of the yardstick's places, each of another person, one after the other"
    reserve = Figure(
        group="gate", name="reserve through the gate", unit="µs a request", repeats=ROUNDS, input=of,
        sides=scaled(seconds, 1e6 / rows), value=Spread.of(above), value_unit="µs above Engine.decide",
        target=Target(at_most=40),
        note="pseudonyms, facts, decision, counters before and after, canonical JSON, permit, chain of the ledger in "
             "memory; the reservation in the histories alone is in group histories",
    )  # fmt: skip
    check = Figure(
        group="gate", name="check through the gate", unit="µs a request", repeats=ROUNDS, input=of,
        sides=scaled({name: seconds[name] for name in ("decide", "check")}, 1e6 / rows), value=Spread.of(checking),
        value_unit="µs above Engine.decide", note="recorded behind the answer; the ledger is in memory",
    )  # fmt: skip
    return [reserve, check]
