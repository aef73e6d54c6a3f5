"""Does law that does not bind cost time? The same queries with all law, and with that of their own places alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.bench_real import COMPLETE, batch_of
from bench.measure import Figure, Target, paired, ratio, scaled
from bench.workload import build
from cadencia.engine.decide import Engine
from cadencia.engine.tables import Rulebook
from cadencia.rules.cache import jurisdictions_folder, open_rulebook
from cadencia.rules.compile import compile_rulebook, parents_of
from cadencia.rules.load import Loaded, load_tree


def run() -> list[Figure]:
    """Time a decision under all law against the same under the law of the queries' own places, alternating."""
    yardstick, whole = build(), load_tree(jurisdictions_folder())
    small, full = compile_rulebook(_own(whole), locates=False), open_rulebook()
    batches = {"full": batch_of(yardstick, full), "small": batch_of(yardstick, small)}
    engines = {"full": Engine(full), "small": Engine(small)}
    same = [engines[side].screen(batch, retry=False).allowed for side, batch in batches.items()]
    if not np.array_equal(*same):
        raise RuntimeError("the two rulebooks do not give the same verdicts; the comparison says nothing")
    sides = {
        f"{side}{suffix}": lambda side=side, retry=retry: engines[side].screen(batches[side], retry=retry)  # type: ignore[misc]
        for suffix, retry in (("", False), (" with retry_at", True))
        for side in engines
    }
    seconds = paired(sides)
    times = scaled(seconds, 1e9 / len(yardstick))
    note = f"{_size(full)} against {_size(small)}"
    return [
        Figure(
            group="breadth", name=f"full rulebook against the small one{suffix}", unit="ns a decision",
            input=f"{len(yardstick):,} queries over {len(batches['full'].places)} places, mixed selectors",
            repeats=len(seconds[f"full{suffix}"]), sides={f"{side}{suffix}": times[side + suffix] for side in engines},
            value=ratio(seconds, f"full{suffix}", f"small{suffix}"), value_unit="full / small, time",
            target=Target(at_most=1.25), note=note,
        )
        for suffix in ("", " with retry_at")
    ]  # fmt: skip


def _own(whole: Loaded) -> Loaded:
    """The files of the places that are asked about, and of their parents."""
    wanted, waiting = set(), list(COMPLETE)
    while waiting:
        code = waiting.pop()
        if code not in wanted:
            wanted.add(code)
            waiting += [parent for file in whole.files if file.jurisdiction == code for parent in parents_of(file)]
    return replace(whole, files=tuple(file for file in whole.files if file.jurisdiction in wanted))


def _size(rulebook: Rulebook) -> str:
    return f"{len(rulebook.rules)} compiled rules of {len(rulebook.jurisdictions)} places"
