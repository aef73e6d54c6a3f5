"""The yardstick workload: our kernel beside a hand-written C loop, numpy and polars, all on one thread."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.measure import Figure, Target, paired, ratio, scaled
from bench.workload import Yardstick, build, reasons_of
from bench.yardstick_c import CLoop
from bench.yardstick_numpy import NumpyTwin
from bench.yardstick_polars import PolarsTwin
from bench.yardstick_python import obvious, row
from cadencia.engine.decide import Engine

Peer = Callable[[], tuple[np.ndarray, np.ndarray]]  # -> allowed, reasons
GROUP = "yardstick"
TRUTH_EVERY = 20  # rows that plain Python answers as well


def check(yardstick: Yardstick, engine: Engine, peers: dict[str, Peer]) -> None:
    """RuntimeError unless every peer answers as the engine does, row by row, and plain Python agrees on every 20th."""
    screened = engine.screen(yardstick.batch(), retry=False)
    reasons = reasons_of(screened, yardstick.rulebook)
    if screened.code.any():
        raise RuntimeError("the engine could not evaluate some rows of the yardstick")
    for name, peer in peers.items():
        allowed, theirs = peer()
        wrong = np.flatnonzero((theirs != reasons) | (allowed != screened.allowed))
        if len(wrong):
            raise RuntimeError(f"{name} and the engine disagree on {len(wrong)} rows; first {wrong[0]}")
    for i in range(0, len(yardstick), TRUTH_EVERY):
        if obvious(row(yardstick, i)) != reasons[i]:
            raise RuntimeError(f"plain Python and the engine disagree on row {i}")


def run() -> list[Figure]:
    """Ratios to each peer, and what `retry_at` costs."""
    yardstick = build()
    engine, batch = Engine(yardstick.rulebook), yardstick.batch()
    peers: dict[str, Peer] = {"c": CLoop(yardstick), "numpy": NumpyTwin(yardstick), "polars": PolarsTwin(yardstick)}
    check(yardstick, engine, peers)
    seconds = paired({
        "ours": lambda: engine.screen(batch, retry=False), "with_retry": lambda: engine.screen(batch), **peers,
    }, rounds=15)  # fmt: skip
    input_ = f"{len(yardstick):,} queries, 20 jurisdictions of 6 rules, 0 to 20 events each, all reasons, one thread"
    times = scaled(seconds, 1e9 / len(yardstick))

    def figure(name: str, over: str, under: str, target: Target | None, unit: str, note: str = "") -> Figure:
        return Figure(
            group=GROUP, name=name, input=input_, unit="ns a decision", repeats=len(seconds["ours"]),
            sides={side: times[side] for side in (over, under)}, value=ratio(seconds, over, under), value_unit=unit,
            target=target, note=note,
        )  # fmt: skip

    ceiling = "what a kernel as fast as the C loop would reach"
    numpy_note = "the numpy twin drops events older than any window first and then counts by bincount"
    return [
        figure("against a hand-written C loop", "ours", "c", Target(at_most=1.5), "ours / C, time"),
        figure("against numpy", "numpy", "ours", Target(at_least=16), "numpy / ours, time", numpy_note),
        figure("against polars", "polars", "ours", Target(at_least=28), "polars / ours, time", "POLARS_MAX_THREADS=1"),
        figure("the C loop against numpy", "numpy", "c", None, "numpy / c, time", ceiling),
        figure("the C loop against polars", "polars", "c", None, "polars / c, time", ceiling),
        figure("with retry_at", "ours", "with_retry", Target(at_least=0.2), "rate with retry_at / rate without"),
    ]
