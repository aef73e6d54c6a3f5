"""Histories in memory: bytes a person, starting from a checkpoint, and what a reservation costs beside a decision."""

from __future__ import annotations

import ctypes
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from bench.measure import Figure, Spread, Target, paired, ratio, scaled
from bench.workload import SEED, Yardstick, build
from cadencia.engine.batch import Batch
from cadencia.engine.decide import Engine
from cadencia.engine.decider import NO_ATTEMPT, Decider, Ids, Owners
from cadencia.engine.histories import Histories
from cadencia.engine.query import Fact, Query
from cadencia.engine.tables import UNIX_OF_EPOCH
from cadencia.engine.words import FACTS
from cadencia.store import checkpoint

PERSONS = 1_000_000
EVENTS = 20
ROWS = 200_000
SINGLES = 5_000
ROUNDS = 9
_SLOTS = np.uint64((1 << 21) - 1)


def resident() -> int:
    """Bytes of this process that lie in memory, once what is free was given back to the system."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def subjects(n: int) -> np.ndarray:
    """n keyed hashes of 16 bytes."""
    return np.random.default_rng(SEED).integers(0, 256, (n, 16), dtype=np.uint8)


def filled(whose: np.ndarray, events: int) -> Histories:
    """So many events each, day by day, the persons in another order every day: two debts, two addresses, a creditor."""
    g, n, out = np.random.default_rng(SEED), len(whose), Histories()
    creditor, attr = np.ones(n, np.uint64), np.full(n, 1 << 3, np.uint64)
    for day in range(events):
        order = g.permutation(n)
        ids = (order % 7 + 1 + day % 2).astype(np.uint64)
        at = np.full(n, 800_000_000 + day * 86_400, np.uint32)
        out.extend(np.ascontiguousarray(whose[order]), at, attr, ids, ids, creditor)
    return out


def memory_and_start(persons: int, folder: Path) -> list[Figure]:
    """Bytes a person, as the histories grew and as a checkpoint gives them back; events a second of that."""
    whose = subjects(persons)
    filled(whose[:1000], 1)
    before = resident()
    arena = filled(whose, EVENTS)
    grown = (resident() - before) / persons
    path = folder / "histories"
    checkpoint.dump(arena, path, 1, bytes(32))
    events = len(arena)
    del arena
    before, rates, sizes = resident(), [], []
    for _ in range(5):
        start = time.perf_counter()
        found = checkpoint.load(path)
        rates.append(events / (time.perf_counter() - start) / 1e6)
        sizes.append((resident() - before) / persons)
        del found
    what = f"{persons:,} persons with {EVENTS} events each"
    return [
        Figure(group="histories", name="memory", input=what, unit="bytes a person", repeats=1,
               sides={"loaded": Spread.of(sizes), "grown": Spread.of([grown])}, value=Spread.of([grown]),
               value_unit="bytes a person resident", target=Target(at_most=400),
               note="5 ids each; grown event by event in random order of persons, and loaded from a checkpoint"),
        Figure(group="histories", name="start", input=what, unit="million events/s", repeats=5,
               sides={"load": Spread.of(rates)}, value=Spread.of(rates), value_unit="million events/s, wall time",
               target=Target(at_least=2), note="file in the page's cache, SHA-256 checked"),
    ]  # fmt: skip


def arena_of(yardstick: Yardstick, whose: np.ndarray) -> Histories:
    """The yardstick's events in the arena, person after person."""
    out, owner = Histories(), np.repeat(np.arange(len(yardstick)), yardstick.event_to - yardstick.event_from)
    debt = yardstick.event_attr >> np.uint64(21) & np.uint64(255)
    none = np.zeros(len(owner), np.uint64)
    out.extend(whose[owner], yardstick.event_at, yardstick.event_attr & _SLOTS, debt, none, none)
    return out


def take_back(arena: Histories, whose: np.ndarray, sequence: np.ndarray) -> None:
    """Removes what a pass reserved."""
    for i in np.flatnonzero(sequence != NO_ATTEMPT).tolist():
        arena.remove(whose[i].tobytes(), int(sequence[i]))


def timed(call: Callable[[], np.ndarray], undo: Callable[[np.ndarray], None]) -> float:
    """Processor seconds of the call; what it did is undone after the clock has stopped."""
    start = time.process_time()
    sequence = call()
    took = time.process_time() - start
    undo(sequence)
    return took


def batches(rows: int) -> Figure:
    """Many reservations in one pass, beside the same rows decided from columns and decided over the arena."""
    yardstick, whose = build(rows), subjects(rows)
    engine, batch = Engine(yardstick.rulebook), yardstick.batch()
    arena = arena_of(yardstick, whose)
    decider, bare = Decider(engine, arena), without_history(batch)
    owners = Owners(whose, debt=yardstick.debt.astype(np.uint64))
    allowed = engine.screen(batch, retry=False).allowed
    if not (decider.screen(bare, owners).allowed == allowed).all():
        raise RuntimeError("the arena and the columns differ")
    sides: dict[str, list[float]] = {"columns": [], "arena": [], "reserve": []}
    for number in range(ROUNDS + 1):
        once = paired({
            "columns": lambda: engine.screen(batch, retry=False), "arena": lambda: decider.screen(bare, owners),
        }, rounds=1)  # fmt: skip
        once["reserve"] = [timed(lambda: decider.reserve_many(bare, owners).sequence,
                                 lambda sequence: take_back(arena, whose, sequence))]  # fmt: skip
        for name, values in once.items():
            sides[name] += values if number else []
    return Figure(
        group="histories", name="batch reserve", unit="ns a row", repeats=ROUNDS, sides=scaled(sides, 1e9 / rows),
        input=f"{rows:,} rows of the yardstick, each of a person of its own; {int(allowed.sum()):,} are allowed",
        value=ratio(sides, "reserve", "columns"), value_unit="reserve / decide from columns, time",
        target=Target(at_most=2), note="reserve finds the person by hash; `arena` is the same without appending",
    )  # fmt: skip


def without_history(batch: Batch) -> Batch:
    """The batch for a decider: the arena has the events and deals the slots."""
    return replace(batch, event_from=None, event_to=None, event_at=None, event_attr=None, debt=None)


def singles(rows: int) -> Figure:
    """One reservation beside one verdict over the same arena."""
    yardstick, whose = build(rows), subjects(rows)
    arena = arena_of(yardstick, whose)
    decider = Decider(Engine(yardstick.rulebook), arena)
    epoch, names = datetime.fromisoformat("1970-01-01T00:00:00+00:00"), list(FACTS)
    asked = []
    for i in range(rows):
        place, facts = yardstick.places[yardstick.place[i]], int(yardstick.facts[i])
        query = Query(
            at=epoch + timedelta(seconds=UNIX_OF_EPOCH + int(yardstick.at[i])), debt_type="consumer",
            jurisdictions=place.jurisdictions, zones=place.zones,
            facts=tuple(Fact(name=name) for bit, name in enumerate(names) if facts >> bit & 1),
        )  # fmt: skip
        prepared = decider.prepare(query, Ids(debt=int(yardstick.debt[i])))
        asked.append((prepared, whose[i].tobytes(), int(yardstick.at[i])))
    open_ones = [one for one in asked if decider.verdict(*one).allowed]

    def verdicts() -> None:
        for one in open_ones:
            decider.verdict(*one)

    def reserve() -> np.ndarray:
        return np.array([decider.reserve(*one).sequence for one in open_ones], np.uint32)

    of = np.array([np.frombuffer(one[1], np.uint8) for one in open_ones])
    sides: dict[str, list[float]] = {"decide": [], "reserve": []}
    for number in range(ROUNDS + 1):
        once = paired({"decide": verdicts}, rounds=1)
        once["reserve"] = [timed(reserve, lambda sequence: take_back(arena, of, sequence))]
        for name, values in once.items():
            sides[name] += values if number else []
    more = [(b - a) * 1e6 / len(open_ones) for a, b in zip(sides["decide"], sides["reserve"], strict=True)]
    return Figure(
        group="histories", name="single reserve", unit="µs each", repeats=ROUNDS,
        sides=scaled(sides, 1e6 / len(open_ones)),
        input=f"{len(open_ones):,} allowed rows of the yardstick, one by one",
        value=Spread.of(more), value_unit="µs above a single decide", target=Target(at_most=3),
        note="Decider.reserve beside Decider.verdict, prepared contacts, in memory",
    )  # fmt: skip


def run(persons: int = PERSONS) -> list[Figure]:
    """All of them."""
    with tempfile.TemporaryDirectory() as folder:
        first = memory_and_start(persons, Path(folder))
    return [*first, batches(ROWS), singles(SINGLES)]
