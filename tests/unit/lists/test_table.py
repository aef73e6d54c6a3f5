"""An Arrow table in, an Arrow table out, the same answers as from a file."""

from __future__ import annotations

import pyarrow as pa
import pytest

from cadencia.lists import ListError, screen_table


def test_a_table_is_answered_like_a_file(engine, at):
    table = pa.table({"ref": ["a", "b", "b"], "phones": [["+573001234567", "+34600123456"], ["+34600123456"], None]})
    past = pa.table(
        {"person": ["a"], "at": pa.array([at], pa.timestamp("us", "UTC")), "channel": ["call"], "kind": ["busy"]}
    )
    found, report = screen_table(engine, table, at=at, history=past)
    assert found.column("verdict").to_pylist() == ["deny", "deny", "allow"]
    assert found.column("line").to_pylist() == [1, 1, 2]
    assert [(bad.line, bad.field) for bad in report.first_bad] == [(3, "ref")]
    assert (report.lines, report.bad_lines) == (3, 1)


def test_a_table_without_rows_has_no_answers(engine, at):
    found, report = screen_table(
        engine, pa.table({"ref": pa.array([], pa.string()), "country": pa.array([], pa.string())}), at=at
    )
    assert (found.num_rows, report.lines) == (0, 0)


def test_columns_that_do_not_fit_are_refused(engine, at):
    with pytest.raises(ListError, match="column 'ref' is missing"):
        screen_table(engine, pa.table({"country": ["CO"]}), at=at)
