"""The benchmark of the records measures what it says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import apsw
import pytest

from bench import bench_records


def test_it_has_a_figure_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench_records, "ROUNDS", 1)
    monkeypatch.setenv("CADENCIA_BENCH_DISK", str(tmp_path))
    (figure,) = bench_records.run(300)
    assert set(figure.sides) == {"records", "plain apsw"} and figure.value.median > 0 and "p99" in figure.note
    assert list(tmp_path.iterdir()) == []


def test_the_yardstick_inserts_the_very_rows_of_the_records(tmp_path: Path) -> None:
    asyncio.run(bench_records.through_the_records(tmp_path / "records.db", 200))
    bench_records.plain(tmp_path / "plain.db", 200, 17)
    rows = []
    for name in ("records.db", "plain.db"):
        with apsw.Connection(str(tmp_path / name)) as connection:
            rows.append(list(connection.execute("SELECT * FROM document ORDER BY id")))
    assert rows[0] == rows[1] and len(rows[0]) == 200
