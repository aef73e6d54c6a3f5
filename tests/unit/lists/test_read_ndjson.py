"""NDJSON says the same as CSV; each line stands alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cadencia.lists.queries import Defaults, make_queries, read_lines
from cadencia.lists.schema import ListError


def test_values_become_the_text_that_csv_would_have(chunks_of):
    data = (
        b'{"ref":"L1","phones":["+571","+572"],"days_past_due":12,"amount_due":1.5,"country":null}\n\n  \n{"ref":7}\n'
    )
    [chunk] = chunks_of(data, "ndjson")
    assert chunk.lines.tolist() == [1, 4]
    assert chunk.columns["phones"].to_pylist() == ["+571;+572", None]
    assert chunk.columns["days_past_due"].to_pylist() == ["12", None]
    assert chunk.columns["amount_due"].to_pylist() == ["1.5", None]
    assert chunk.columns["ref"].to_pylist() == ["L1", "7"]


@pytest.mark.parametrize(
    ("line", "field", "found"),
    [
        (b'{"ref": "L1"', "line", "no JSON object: "),
        (b'["L1"]', "line", "no JSON object: "),
        (b'{"ref": "L1", "phnoe": "x"}', "phnoe", "a key"),
        (b'{"ref": {"a": 1}}', "ref", "an object or a nested list"),
        (b'{"ref": "L1", "phones": [["x"]]}', "phones", "an object or a nested list"),
        (b"[" * 100_000, "line", "no JSON object: "),
    ],
)
def test_a_bad_line_costs_itself_alone(chunks_of, line: bytes, field: str, found: str):
    [chunk] = chunks_of(b'{"ref":"L0"}\n' + line + b'\n{"ref":"L2"}\n', "ndjson")
    assert chunk.lines.tolist() == [1, 3]
    [bad] = chunk.bad
    assert (bad.line, bad.field) == (2, field)
    assert bad.found.startswith(found)


def test_an_unknown_key_gets_its_cure_and_may_be_ignored(chunks_of):
    [chunk] = chunks_of(b'{"ref":"L1","phnoe":"x"}\n', "ndjson")
    assert "did you mean 'phone'" in chunk.bad[0].cure
    [chunk] = chunks_of(b'{"ref":"L1","phnoe":{"a":1}}\n', "ndjson", ignore=("phnoe",))
    assert chunk.bad == []


def test_an_empty_file_is_refused(chunks_of):
    with pytest.raises(ListError, match="x is empty"):
        chunks_of(b"", "ndjson")


def test_a_null_inside_a_list_makes_the_line_bad(chunks_of):
    [chunk] = chunks_of(b'{"ref":"A","phones":["+573001234567"],"facts":["cease_request",null]}\n', "ndjson")
    lines = read_lines(chunk, Defaults(), datetime(2026, 5, 18, tzinfo=UTC))
    make_queries(lines)
    assert [(bad.ref, bad.field) for bad in lines.marks.bad] == [("A", "facts")]
