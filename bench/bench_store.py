"""A million persons' histories in one store, asked about in the order they lie and in random order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.measure import Figure, Target, paired, ratio, scaled
from bench.workload import SEED, build
from cadencia.engine.batch import Batch
from cadencia.engine.decide import Engine

PERSONS = 1_000_000


def shuffled(batch: Batch, order: np.ndarray) -> Batch:
    """The same queries in another order; the events stay where they are in the store."""
    moved = ("at", "place", "selectors", "facts_true", "debt", "event_from", "event_to")
    return replace(batch, **{name: getattr(batch, name)[order] for name in moved})


def run(persons: int = PERSONS) -> list[Figure]:
    """Random order against sorted order."""
    yardstick = build(persons)
    engine, batch = Engine(yardstick.rulebook), yardstick.batch()
    jumbled = shuffled(batch, np.random.default_rng(SEED).permutation(persons))
    seconds = paired({
        "sorted": lambda: engine.screen(batch, retry=False), "random": lambda: engine.screen(jumbled, retry=False),
    }, rounds=7)  # fmt: skip
    size = (yardstick.event_at.nbytes + yardstick.event_attr.nbytes) / 2**20
    return [Figure(
        group="store", name="random order",
        input=f"{persons:,} persons, {len(yardstick.event_at):,} events ({size:,.0f} MiB)",
        unit="ns a decision", repeats=7, sides=scaled(seconds, 1e9 / persons),
        value=ratio(seconds, "random", "sorted"),
        value_unit="random / sorted, time", target=Target(at_most=3), note="yardstick rules, one thread, retry_at off",
    )]  # fmt: skip
