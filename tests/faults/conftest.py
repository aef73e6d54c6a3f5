"""How much of the faults is run."""

from __future__ import annotations

import os

import pytest

EVERYTHING = os.environ.get("FAULTS") == "all"
KILLS = 200 if EVERYTHING else 6


def pytest_report_header() -> str:
    return f"faults: {'all' if EVERYTHING else 'a slice; `make faults` runs all'}"


@pytest.fixture
def everything() -> bool:
    """Whether this is `make faults`."""
    return EVERYTHING


@pytest.fixture
def kills() -> int:
    """How many processes are killed."""
    return KILLS
