"""Finding the place of phone numbers, under pytest-benchmark."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from bench.bench_location import numbers
from cadencia.engine.location import Locator
from cadencia.rules.cache import open_rulebook

NUMBERS = 20_000


@pytest.mark.benchmark(group="location")
def test_columns_of_numbers(benchmark: Any) -> None:
    rulebook = open_rulebook()
    locator = Locator(rulebook.places, rulebook.jurisdictions)
    column = pa.array(numbers(NUMBERS, seed=1), pa.large_string())
    found = benchmark(lambda: locator.locate_columns(phones=column))
    assert found is not None
