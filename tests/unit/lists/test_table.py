"""An Arrow table in, an Arrow table out, the same answers as from a file."""

from __future__ import annotations

from datetime import datetime

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


@pytest.mark.parametrize("at", ["2026-05-18", datetime(2026, 5, 18, 9), None])
def test_an_instant_that_is_none_is_refused_with_the_cure(engine, at):
    with pytest.raises(ListError, match="is no instant; give a datetime with its zone"):
        screen_table(engine, pa.table({"ref": ["a"], "country": ["CO"]}), at=at)


def test_a_column_of_ones_own_is_left_out_as_python_does_it(engine, at):
    table = pa.table({"ref": ["a"], "country": ["CO"], "color": ["red"]})
    with pytest.raises(ListError, match=r'column \'color\' is not known; .* leave it out with ignore=\("color",\)$'):
        screen_table(engine, table, at=at)
    assert screen_table(engine, table, at=at, ignore=("color",))[0].num_rows == 1


def test_the_report_shows_its_counts_and_not_its_arrays(engine, at):
    _, report = screen_table(engine, pa.table({"ref": ["a"], "country": ["CO"]}), at=at)
    counts = "lines 1 (0 bad), contacts 1, allowed 1, denied 0"
    assert repr(report) == f"<ScreenReport at 2026-05-18T09:00:00-05:00: {counts}>"


def test_columns_of_several_values_are_lists(engine, at):
    found, _ = screen_table(engine, pa.table({"ref": ["a", "b"], "country": ["ES", "XX"]}), at=at)
    assert found.column("jurisdictions").to_pylist() == [["ES", "EU"], []]
    assert found.column("reasons").to_pylist() == [[], ["zone_unknown"]]


def test_columns_that_do_not_fit_are_refused(engine, at):
    with pytest.raises(ListError, match="column 'ref' is missing"):
        screen_table(engine, pa.table({"country": ["CO"]}), at=at)
