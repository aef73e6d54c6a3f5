"""Answers in three formats say the same; a file appears whole or not at all."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cadencia.lists.schema import BadLine, ListError
from cadencia.lists.write import BadLineWriter, TableWriter

SCHEMA = pa.schema([("line", pa.int64()), ("ref", pa.string()), ("debt", pa.string())])
ROWS = [
    {"line": 1, "ref": "plain", "debt": None},
    {"line": 2, "ref": 'a "quoted", one\\', "debt": "tab\there\x01 ñ 🙂"},
    {"line": 3, "ref": "last", "debt": "D"},
]  # fmt: skip


def columns(rows: list[dict[str, object]]) -> dict[str, pa.Array]:
    return {field.name: pa.array([row[field.name] for row in rows], field.type) for field in SCHEMA}


def written(path: Path, format_: str) -> None:
    writer = TableWriter(str(path), format_, SCHEMA)
    writer.write(columns(ROWS[:2]))
    writer.write(columns(ROWS[2:]))
    writer.finish()
    writer.place()
    assert writer.rows == 3


def test_ndjson_is_what_json_reads(tmp_path: Path):
    written(tmp_path / "out", "ndjson")
    assert [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()] == ROWS


def test_csv_is_what_csv_reads(tmp_path: Path):
    written(tmp_path / "out", "csv")
    with (tmp_path / "out").open(newline="") as stream:
        found = [
            {"line": int(row["line"]), "ref": row["ref"], "debt": row["debt"] or None} for row in csv.DictReader(stream)
        ]
    assert found == ROWS


def test_parquet_is_what_parquet_reads(tmp_path: Path):
    written(tmp_path / "out", "parquet")
    assert pq.read_table(tmp_path / "out").to_pylist() == ROWS


@pytest.mark.parametrize("format_", ["csv", "ndjson", "parquet"])
def test_nothing_is_left_of_what_is_not_kept(tmp_path: Path, format_: str):
    (tmp_path / "out").write_text("of yesterday")
    writer = TableWriter(str(tmp_path / "out"), format_, SCHEMA)
    writer.write(columns(ROWS))
    writer.discard()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "of yesterday"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    with pytest.raises(ListError, match=r"no-such-folder/out cannot be written: No such file or directory"):
        TableWriter(str(tmp_path / "no-such-folder" / "out"), "csv", SCHEMA)


def test_bad_lines_are_written_counted_and_the_first_of_each_field_kept(tmp_path: Path):
    bad = [
        BadLine(2, "L1", "phone", "x, y", "write it"),
        BadLine(3, "L2", "phone", "z", "write it"),
        BadLine(1, "", "at", "", "", "history"),
    ]
    writer = BadLineWriter(str(tmp_path / "bad"))
    writer.write(bad)
    writer.finish()
    writer.place()
    with (tmp_path / "bad").open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["line", "ref", "field", "found", "cure", "source"]
    assert rows[1] == ["2", "L1", "phone", "x, y", "write it", "list"]
    assert len(rows) == 4
    assert writer.by_field == {("list", "phone"): 2, ("history", "at"): 1}
    assert writer.first == [bad[0], bad[2]]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+2", "'=1+2"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"), ("+x", "'+x"), ("-", "'-"),
        ("+573001234567", "+573001234567"), ("-3", "-3"), ("a=b", "a=b"), ("'quoted", "'quoted"),
    ],
)  # fmt: skip
def test_csv_has_no_text_that_a_spreadsheet_would_run(tmp_path: Path, text: str, written: str):
    for format_ in ("csv", "ndjson"):
        writer = TableWriter(str(tmp_path / format_), format_, SCHEMA)
        writer.write(columns([{"line": 1, "ref": text, "debt": None}]))
        writer.finish()
        writer.place()
    with (tmp_path / "csv").open(newline="") as stream:
        assert [row["ref"] for row in csv.DictReader(stream)] == [written]
    assert json.loads((tmp_path / "ndjson").read_text())["ref"] == text


def test_the_file_of_bad_lines_is_its_owners_and_no_formula(tmp_path: Path):
    writer = BadLineWriter(str(tmp_path / "bad"))
    writer.write([BadLine(2, "=L1", "facts", "@x", "write it")])
    writer.finish()
    writer.place()
    assert (tmp_path / "bad").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "bad").read_text().splitlines()[1] == "2,'=L1,facts,'@x,write it,list"
