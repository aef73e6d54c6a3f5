"""Numbers of a line: several, typed, punctuated, national; what is none says how to write one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from cadencia.engine.words import Place
from cadencia.lists.columns import Marks
from cadencia.lists.phones import MAX_A_LINE, numbers, read_number, several
from cadencia.lists.read import Chunk


def phones_of(
    *cells: str | None, country: str | None = None, name: str = "phones"
) -> tuple[list[list[str]], Marks, list[int]]:
    """Numbers of each line, the marks, and the types of all numbers."""
    chunk = Chunk(np.arange(1, len(cells) + 1), {name: pa.array(cells, pa.string())})
    marks = Marks(chunk, "list")
    found = numbers(marks, several(chunk, marks, "phone", "phones"), [country] * len(cells))
    values = found.values.to_pylist()
    return [values[a:b] for a, b in zip(found.starts[:-1], found.starts[1:], strict=True)], marks, found.types.tolist()


def test_a_line_has_none_one_or_several():
    found, marks, types = phones_of("+573001234567", None, "mobile:+573001234567; work:+57 (601) 234-5678;")
    assert found == [["+573001234567"], [], ["+573001234567", "+576012345678"]]
    assert types == [-1, Place.mobile, Place.work]
    assert not marks.wrong.any()


def test_a_national_number_is_completed_by_the_country():
    found, marks, _ = phones_of("300 123 4567", country="CO", name="phone")
    assert found == [["+573001234567"]]
    assert not marks.wrong.any()


@pytest.mark.parametrize(
    ("cell", "found", "cure"),
    [
        ("3001234567", "3001234567", "or give its country"),
        ("call me", "call me", "write the number as +"),
        ("+57300123456789012", "+57300123456789012", "write the number as +"),
        ("fax:+573001234567", "fax:+573001234567", "the type before the colon is one of: unknown, mobile"),
        ("+573001234567;;+573001234568", "an empty value between semicolons", "remove it"),
        (";".join(["+573001234567"] * (MAX_A_LINE + 1)), "too many values", "at most 32 on a line"),
        ("\u0663\u0660\u0660", "\u0663\u0660\u0660", "write the number as +"),
    ],
)
def test_what_is_no_number_marks_its_line(cell: str, found: str, cure: str):
    _, marks, _ = phones_of("+573001234567", cell)
    assert marks.wrong.tolist() == [False, True]
    assert (marks.bad[0].line, marks.bad[0].field, marks.bad[0].found) == (2, "phones", found)
    assert cure in marks.bad[0].cure


def test_a_number_of_no_length_of_its_country_is_refused():
    with pytest.raises(ValueError, match="too short or too long for a number of CO"):
        read_number("12345", "CO")


def test_a_line_that_fills_both_columns_is_wrong():
    columns = {"phone": pa.array(["+571234567", "+571234567"]), "phones": pa.array([None, "+571234567"])}
    chunk = Chunk(np.array([1, 2]), columns)
    marks = Marks(chunk, "list")
    several(chunk, marks, "phone", "phones")
    assert marks.wrong.tolist() == [False, True]


def test_a_wrong_number_is_told_under_the_column_that_the_line_fills():
    columns = {"phone": pa.array(["12", None]), "phones": pa.array([None, "12"])}
    chunk = Chunk(np.array([1, 2]), columns)
    marks = Marks(chunk, "list")
    numbers(marks, several(chunk, marks, "phone", "phones"), [None, None])
    assert [(bad.line, bad.field) for bad in marks.bad] == [(1, "phone"), (2, "phones")]
