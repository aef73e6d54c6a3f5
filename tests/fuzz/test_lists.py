"""Hostile lists and histories: the readers report, they never raise anything else, and every sum reconciles."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadencia.engine.decide import Engine
from cadencia.lists import Defaults, ListError, Settings, screen_file
from cadencia.lists.schema import HISTORY_COLUMNS, LIST_COLUMNS
from cadencia.rules.cache import open_rulebook

AT = datetime.fromisoformat("2026-05-18T09:00-05:00")
SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
EXAMPLES = {column.name: column.example for column in (*HISTORY_COLUMNS, *LIST_COLUMNS)}

odd_text = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            '"',
            '""',
            ";",
            ";;;",
            ":",
            "+",
            "-1",
            "1e999",
            "\u0661",
            "NaN",
            "\x7f",
            "!",
            "<",
            "@",
            "a" * 101,
            "0" * 400,
        ]
    ),
    st.sampled_from(sorted(EXAMPLES.values())),
)


def cells(names: list[str]) -> st.SearchStrategy[list[str]]:
    return st.tuples(*(st.one_of(st.just(EXAMPLES[name]), odd_text) for name in names)).map(list)


@st.composite
def tables(draw: st.DrawFn, columns: tuple, needed: tuple[str, ...]) -> bytes:
    """CSV of our columns with odd cells, then a few bytes of it changed."""
    others = [column.name for column in columns if column.name not in needed]
    names = [*needed, *draw(st.lists(st.sampled_from(others), unique=True, max_size=8))]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=draw(st.sampled_from(["\n", "\r\n"])))
    writer.writerow(names)
    for row in draw(st.lists(cells(names), max_size=8)):
        writer.writerow(row)
    data = bytearray(out.getvalue().encode("utf-8", "surrogatepass"))
    for _ in range(draw(st.integers(0, 3))):
        if data:
            data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


lists = tables(LIST_COLUMNS, ("ref", "country"))
histories = tables(HISTORY_COLUMNS, ("person", "at", "channel", "kind"))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(open_rulebook())


def screened(engine: Engine, folder: Path, name: str, data: bytes, history: bytes | None = None) -> None:
    """Screens the bytes; a file of no use is a ListError with a message, any other must reconcile."""
    (folder / name).write_bytes(data)
    past = None
    if history is not None:
        (folder / "history.csv").write_bytes(history)
        past = str(folder / "history.csv")
    try:
        report = screen_file(
            engine,
            str(folder / name),
            str(folder / "out.parquet"),
            Settings(at=AT, defaults=Defaults(country="CO")),
            history=past,
        )
    except ListError as error:
        assert len(str(error)) > 10
        return
    rows = pq.read_table(folder / "out.parquet")
    assert report.lines == report.tally.lines_allowed + report.tally.lines_denied + report.bad_lines
    assert report.queries == rows.num_rows == int(report.tally.curve.total.sum())
    told = list(csv.DictReader((folder / "out.parquet.bad.csv").open(newline="", encoding="utf-8")))
    assert len({row["line"] for row in told if row["source"] == "list"}) == report.bad_lines
    assert all(row["field"] and row["cure"] for row in told)


@SLOW
@given(data=st.binary(max_size=300), name=st.sampled_from(["x.csv", "x.ndjson", "x.parquet"]))
def test_any_bytes(engine, tmp_path, data: bytes, name: str):
    screened(engine, tmp_path, name, data)


@SLOW
@given(data=lists)
def test_lists_with_odd_cells(engine, tmp_path, data: bytes):
    screened(engine, tmp_path, "x.csv", data)


@SLOW
@given(data=histories)
def test_histories_with_odd_cells(engine, tmp_path, data: bytes):
    screened(engine, tmp_path, "x.csv", b"ref,person,country,debt\nL1,P-0042,CO,D-77\nL2,,CO,\n", data)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), odd_text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=4,
)


@SLOW
@given(
    rows=st.lists(
        st.dictionaries(st.sampled_from([column.name for column in LIST_COLUMNS]), json_values, max_size=6), max_size=6
    )
)
def test_json_with_odd_values(engine, tmp_path, rows: list[dict[str, object]]):
    lines = [json.dumps({"ref": f"L{number}", **row}) for number, row in enumerate(rows)]
    screened(engine, tmp_path, "x.ndjson", "\n".join(lines).encode("utf-8", "surrogatepass"))


@SLOW
@given(
    column=st.lists(st.one_of(st.none(), st.text(max_size=8)), min_size=1, max_size=5),
    cut=st.integers(0, 400),
    flip=st.integers(0, 255),
)
def test_parquet_that_is_damaged(engine, tmp_path, column: list[str | None], cut: int, flip: int):
    sink = io.BytesIO()
    pq.write_table(
        pa.table({"ref": pa.array([str(i) for i in range(len(column))]), "country": pa.array(column, pa.string())}),
        sink,
    )
    data = bytearray(sink.getvalue())
    if flip:
        data = data[: len(data) - 1 - cut % len(data)]
    screened(engine, tmp_path, "x.parquet", bytes(data))
