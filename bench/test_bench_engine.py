"""The engine's main paths under pytest-benchmark: columns, and one query. Targets are `make bench`'s."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from bench.bench_real import batch_of
from bench.bench_single import query
from bench.workload import build
from cadencia.engine.decide import Engine
from cadencia.rules.cache import open_rulebook

ROWS = 20_000


@pytest.mark.benchmark(group="batch")
@pytest.mark.parametrize("retry", [False, True], ids=["verdicts", "with-retry-at"])
def test_yardstick_batch(benchmark: Any, retry: bool) -> None:
    yardstick = build(ROWS)
    engine, batch = Engine(yardstick.rulebook), yardstick.batch()
    screened = benchmark(engine.screen, batch, retry=retry)
    assert 0 < screened.allowed.sum() < ROWS


@pytest.mark.benchmark(group="batch")
def test_shipped_law_batch(benchmark: Any) -> None:
    rulebook = open_rulebook()
    engine, batch = Engine(rulebook), batch_of(build(ROWS), rulebook)
    screened = benchmark(engine.screen, batch, retry=False)
    assert 0 < screened.allowed.sum() < ROWS


@pytest.mark.benchmark(group="one decision")
def test_decide(benchmark: Any) -> None:
    yardstick = build(200)
    engine = Engine(yardstick.rulebook)
    queries = itertools.cycle([query(yardstick, i) for i in range(len(yardstick))])
    decision = benchmark(lambda: engine.decide(next(queries)))
    assert decision.verdict in ("allow", "deny")
