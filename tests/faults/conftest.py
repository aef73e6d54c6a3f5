"""How much of the faults is run."""

from __future__ import annotations

import os

import pytest

from tests.faults.full_disk import may_mount

EVERYTHING = os.environ.get("FAULTS") == "all"
KILLS = 200 if EVERYTHING else 6


def pytest_report_header() -> list[str]:
    return [
        f"faults: {'all' if EVERYTHING else 'a slice; `make faults` runs all'}",
        f"full disk: {'a file system of its own' if may_mount() else 'a limit on files; only root may mount one'}",
    ]


@pytest.fixture
def everything() -> bool:
    """Whether this is `make faults`."""
    return EVERYTHING


@pytest.fixture
def kills() -> int:
    """How many processes are killed."""
    return KILLS
