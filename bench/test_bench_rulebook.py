"""Opening and rechecking the law, under pytest-benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.bench_rulebook import recheck
from cadencia.rules.cache import jurisdictions_folder, open_rulebook


@pytest.mark.benchmark(group="rulebook")
def test_open_from_the_cache(benchmark: Any, tmp_path: Path) -> None:
    open_rulebook(cache=tmp_path)
    rulebook = benchmark(lambda: open_rulebook(cache=tmp_path))
    assert rulebook.rules


@pytest.mark.benchmark(group="rulebook")
def test_recheck_one_file(benchmark: Any) -> None:
    tests_run = benchmark(recheck, jurisdictions_folder(), "co/ley-2300.yaml")
    assert tests_run > 0
