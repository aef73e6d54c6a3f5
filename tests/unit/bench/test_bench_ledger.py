"""The benchmark of the ledger measures what it says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench import bench_ledger


def test_each_number_of_callers_has_a_figure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench_ledger, "ROUNDS", 1)
    monkeypatch.setenv("CADENCIA_BENCH_DISK", str(tmp_path))
    figures = bench_ledger.run(600)
    assert [figure.name for figure in figures] == ["durable appends, 64 callers", "durable appends, 512 callers"]
    for figure in figures:
        assert set(figure.sides) == {"ledger", "plain apsw"}
        assert figure.value.median > 0 and "p99" in figure.note
        assert figure.target is not None and figure.target.at_least == 0.6
    assert list(tmp_path.iterdir()) == []


def test_the_yardstick_inserts_the_very_rows_of_the_ledger(tmp_path: Path) -> None:
    ledger, plain = tmp_path / "ledger.db", tmp_path / "plain.db"
    asyncio.run(bench_ledger.through_the_ledger(ledger, bench_ledger.reservations(300), 16))
    rows = bench_ledger.rows_of(ledger)
    bench_ledger.plain(plain, rows, 17)
    assert bench_ledger.rows_of(plain) == rows
    assert len(rows["entry"]) == len(rows["payload"]) == 301  # and the seal
