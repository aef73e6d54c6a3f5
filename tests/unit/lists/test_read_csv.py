"""CSV as people save it: three delimiters, quotes, wrong widths; the header is read strictly."""

from __future__ import annotations

import re

import pytest

from cadencia.lists.schema import ListError


def test_columns_come_as_text_without_blanks_and_empty_is_null(chunks_of):
    [chunk] = chunks_of(b'REF, phone ,locality\nL1, +573001234567 ,"Bogot\xc3\xa1, D.C."\nL2,,""\n')
    assert chunk.lines.tolist() == [2, 3]
    assert {name: column.to_pylist() for name, column in chunk.columns.items()} == {
        "ref": ["L1", "L2"], "phone": ["+573001234567", None], "locality": ["Bogotá, D.C.", None],
    }  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(chunks_of, delimiter: str):
    [chunk] = chunks_of(f"ref{delimiter}country\nL1{delimiter}CO\n".encode())
    assert chunk.columns["country"].to_pylist() == ["CO"]


def test_lines_of_another_width_are_told_and_the_others_keep_their_numbers(chunks_of):
    [chunk] = chunks_of(b'ref,country\nL1,CO,x\n\nL2\nL3,"a,b"\nL4,"CO\n')
    assert chunk.lines.tolist() == [5]
    assert [(bad.line, bad.found) for bad in chunk.bad] == [
        (2, "3 values for 2 columns"),
        (4, "1 values for 2 columns"),
        (6, "a quote that is not closed on its line, or stands inside a value"),
    ]


def test_quotes_that_open_late_do_not_eat_the_next_line(chunks_of):
    """Found by fuzzing: a stray quote inside a value, then one that opens and never closes."""
    [chunk] = chunks_of(b'ref,country,locality\n0",CO,"\nL2,CO,x\n')
    assert (chunk.columns["ref"].to_pylist(), [bad.line for bad in chunk.bad]) == (["L2"], [2])


def test_a_doubled_quote_is_one_quote(chunks_of):
    [chunk] = chunks_of(b'ref,country\n"L""1",CO\n')
    assert chunk.columns["ref"].to_pylist() == ['L"1']


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"person,phone", "x: column 'ref' is missing"),
        (b"ref,phone,phone", "x: column 'phone' is there twice; keep one"),
        (b"ref,phnoe,phone", "column 'phnoe' is not known; did you mean 'phone'?"),
        (b"ref,phone,shoe size", "leave it out with --ignore shoe size"),
        (b"ref,person", "x: nothing says where the people are; add one of the columns phone"),
        (b'ref,"phone', "x:1: a quote in the header is not closed"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(chunks_of, header: bytes, message: str):
    with pytest.raises(ListError, match=re.escape(message)):
        chunks_of(header + b"\nL1,P1,x\n")


def test_columns_of_ones_own_are_left_alone_when_named(chunks_of):
    [chunk] = chunks_of(b"ref,country,shoe\nL1,CO,41\n", ignore=("shoe",))
    assert set(chunk.columns) == {"ref", "country"}
    [chunk] = chunks_of(b"ref,country,shoe,shoe\nL1,CO,41,42\n", ignore=("shoe",))
    assert chunk.columns["ref"].to_pylist() == ["L1"]
