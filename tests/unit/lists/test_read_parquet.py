"""Parquet says the same as CSV, whatever simple types its columns have."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cadencia.lists.queries import Defaults, make_queries, read_lines
from cadencia.lists.schema import ListError


def parquet(**columns: pa.Array) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_every_simple_type_becomes_the_text_that_csv_would_have(chunks_of):
    data = parquet(
        ref=pa.array([1, 2]),
        phones=pa.array([["+571", "+572"], None]),
        country=pa.array(["CO", ""]).dictionary_encode(),
        due_date=pa.array([date(2026, 3, 1), None]),
        amount_due=pa.array([10.5, None]),
        person=pa.array(["P1", None], pa.large_string()),
    )
    [chunk] = chunks_of(data, "parquet")
    assert chunk.lines.tolist() == [1, 2]
    assert {name: column.to_pylist() for name, column in chunk.columns.items()} == {
        "ref": ["1", "2"], "phones": ["+571;+572", None], "country": ["CO", None], "due_date": ["2026-03-01", None],
        "amount_due": ["10.5", None], "person": ["P1", None],
    }  # fmt: skip


def test_a_time_with_zone_keeps_it_and_a_naive_one_stays_naive(chunks_of):
    when = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    common = {"person": pa.array(["P"]), "channel": pa.array(["call"]), "kind": pa.array(["busy"])}
    [chunk] = chunks_of(parquet(at=pa.array([when], pa.timestamp("us", "UTC")), **common), "parquet", history=True)
    assert chunk.columns["at"].to_pylist() == ["2026-05-01 12:30:00Z"]
    [chunk] = chunks_of(
        parquet(at=pa.array([when.replace(tzinfo=None)], pa.timestamp("us")), **common), "parquet", history=True
    )
    assert chunk.columns["at"].to_pylist() == ["2026-05-01 12:30:00"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PAR1 and nothing else", "x is not a readable Parquet file"),
        (b"", "x is not a readable Parquet file"),
        (parquet(ref=pa.array(["a"])), "nothing says where the people are"),
        (parquet(ref=pa.array([{"a": 1}]), country=pa.array(["CO"])), "column 'ref' is of type struct"),
        (parquet(ref=pa.array([], pa.string()), country=pa.array([], pa.string())), "x has no rows"),
    ],
)
def test_a_file_of_no_use_is_refused(chunks_of, data: bytes, message: str):
    with pytest.raises(ListError, match=message):
        chunks_of(data, "parquet")


def test_a_null_inside_a_list_hides_nothing(chunks_of, engine):
    data = parquet(
        ref=pa.array(["A", "B", "C"]),
        phones=pa.array([["+573001234567"], ["+573001234567", None], ["+573001234567"]]),
        debts=pa.array([["D"], None, [None, "D"]]),
        facts=pa.array([["opt_out", None], None, ["opt_out"]]),
        wanted_hours=pa.array([["18:00-20:00"], None, [None]]),
    )
    [chunk] = chunks_of(data, "parquet")
    lines = read_lines(chunk, Defaults(), datetime(2026, 5, 18, tzinfo=UTC))
    make_queries(lines)
    assert lines.marks.wrong.tolist() == [True, True, True]
    assert {(bad.ref, bad.field) for bad in lines.marks.bad} == {
        ("A", "facts"), ("B", "phones"), ("C", "debts"), ("C", "wanted_hours"),
    }  # fmt: skip
