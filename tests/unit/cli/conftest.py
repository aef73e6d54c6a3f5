"""The desk of tests/unit/cli/ledgers.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.ledgers import Desk, desk_of


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return desk_of(tmp_path, monkeypatch, capsys)
