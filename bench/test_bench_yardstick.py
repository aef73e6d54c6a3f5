"""The polars twin agrees, on one thread; the other peers are tested without it in tests/unit/bench."""

from __future__ import annotations

import numpy as np

from bench.workload import build
from bench.yardstick_c import CLoop
from bench.yardstick_polars import PolarsTwin


def test_polars_answers_as_the_c_loop() -> None:
    yardstick = build(3_000)
    allowed, reasons = PolarsTwin(yardstick)()
    expected_allowed, expected = CLoop(yardstick)()
    assert np.array_equal(reasons, expected)
    assert np.array_equal(allowed, expected_allowed)
