"""The format of a file is stated, or its name tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadencia.lists.read import format_of
from cadencia.lists.schema import ListError, list_schema


@pytest.mark.parametrize(
    ("path", "option", "message"),
    [
        ("a.xlsx", "--format", "the ending '.xlsx' names no format; say --format csv"),
        ("a.xlsx", "--output-format", "say --output-format csv, ndjson or parquet"),
        ("a.xlsx", "", r"let it end with \.csv, \.ndjson or \.parquet"),
        ("a", "--format", "a name without ending names no format"),
        ("a.csv.gz", "--format", "is compressed; unpack it first"),
    ],
)
def test_a_name_that_tells_nothing_has_a_cure(path: str, option: str, message: str):
    with pytest.raises(ListError, match=message):
        format_of(path, None, option)


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(ListError, match="is a folder; name a file in it"):
        format_of(str(tmp_path), None)


def test_a_name_is_a_slip_of_ours_only_if_it_is_near():
    assert "did you mean 'phone'?" in list_schema().unknown("phnoe")
    assert "did you mean" not in list_schema().unknown("color")
