"""Every peer of the yardstick answers it as plain Python and zoneinfo do; polars is checked in bench/."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bench.workload import RULES, Yardstick, build, reasons_of
from bench.yardstick_c import CLoop
from bench.yardstick_numpy import NumpyTwin
from bench.yardstick_python import careful, obvious, row
from cadencia.engine.decide import Engine

ROWS = 3_000


@pytest.fixture(scope="module")
def yardstick() -> Yardstick:
    return build(ROWS)


@pytest.fixture(scope="module")
def truth(yardstick: Yardstick) -> np.ndarray:
    return np.array([obvious(row(yardstick, i)) for i in range(ROWS)], np.uint8)


def test_the_same_seed_gives_the_same_workload(yardstick: Yardstick) -> None:
    again, other = build(ROWS), build(ROWS, seed=1)
    assert np.array_equal(again.event_attr, yardstick.event_attr) and again.laws == yardstick.laws
    assert not np.array_equal(other.at, yardstick.at)


def test_every_rule_blocks_some_rows_and_not_others(truth: np.ndarray) -> None:
    for bit, name in enumerate(RULES):
        share = (truth >> bit & 1).mean()
        assert 0.005 < share < 0.9, f"{name} blocks {share:.1%} of the rows"
    assert 0.1 < (truth == 0).mean() < 0.9


def test_histories_are_ascending_and_of_the_past(yardstick: Yardstick) -> None:
    sizes = yardstick.event_to - yardstick.event_from
    owner = np.repeat(np.arange(ROWS), sizes)
    at = yardstick.event_at.astype(np.int64)
    assert sizes.min() == 0 and sizes.max() == 20
    assert (np.diff(at)[owner[1:] == owner[:-1]] >= 0).all()
    assert (at <= yardstick.at[owner]).all()


def test_the_engine_agrees_with_plain_python(yardstick: Yardstick, truth: np.ndarray) -> None:
    for retry in (False, True):
        screened = Engine(yardstick.rulebook).screen(yardstick.batch(), retry=retry)
        assert not screened.code.any()
        assert np.array_equal(reasons_of(screened, yardstick.rulebook), truth)
        assert np.array_equal(screened.allowed, truth == 0)


def test_careful_python_agrees_with_the_obvious(yardstick: Yardstick, truth: np.ndarray) -> None:
    assert [careful(row(yardstick, i)) for i in range(ROWS)] == truth.tolist()


@pytest.mark.parametrize("peer", [CLoop, NumpyTwin])
def test_a_peer_agrees_with_plain_python(
    peer: Callable[[Yardstick], Callable[[], tuple[np.ndarray, np.ndarray]]], yardstick: Yardstick, truth: np.ndarray
) -> None:
    allowed, reasons = peer(yardstick)()
    assert np.array_equal(reasons, truth)
    assert np.array_equal(allowed, truth == 0)
