"""Dirt is told with its line, the rest goes through, and memory stays bounded."""

from __future__ import annotations

import io
import re
import tracemalloc

import pytest

from cadencia.lists import lines
from cadencia.lists.lines import LineReader
from cadencia.lists.schema import ListError


def read(data: bytes, delimiter: str = ",") -> tuple[list[tuple[int, bytes]], list[tuple[int, str]]]:
    """(number, text) of good lines, (number, found) of dirt; no header."""
    good, dirt = [], []
    for block in LineReader(io.BytesIO(data), "x").blocks(delimiter=delimiter, from_start=True):
        good += list(zip(block.lines.tolist(), block.data.splitlines(), strict=True))
        dirt += [(one.line, one.found) for one in block.dirt]
    return good, dirt


def test_good_lines_keep_their_numbers_past_blank_and_dirty_ones():
    good, dirt = read(b"one\n\ntwo\r\n\r\nb\0d\nthree")
    assert good == [(1, b"one"), (3, b"two"), (6, b"three")]
    assert dirt == [(5, "a NUL byte at byte 2")]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"ab\xe9c", "byte 3 (0xe9) is not UTF-8"),
        (b"a\0b", "a NUL byte at byte 2"),
        (b"a\rb", "a bare carriage return at byte 2"),
        (b'a,"b', "a quote that is not closed on its line, or stands inside a value"),
        (b'5",call,"', "a quote that is not closed on its line, or stands inside a value"),  # an even number of them
        (b'5" pipe,6" pipe', "a quote that is not closed on its line, or stands inside a value"),
        (b"x" * (lines.MAX_LINE_BYTES + 1), "a line longer than 1 MiB"),
    ],
)
def test_each_kind_of_dirt_costs_its_line_alone(line: bytes, found: str):
    good, dirt = read(b"before\n" + line + b"\nafter\n")
    assert good == [(1, b"before"), (3, b"after")]
    assert dirt == [(2, found)]


@pytest.mark.parametrize("line", [b'"a,b",c', b'"a ""b""",', b'a,"",""', b'""'])
def test_values_quoted_as_they_should_be_are_no_dirt(line: bytes):
    assert read(line + b"\r\nnext\n") == ([(1, line), (2, b"next")], [])


def test_quotes_are_left_alone_where_they_mean_nothing():
    assert read(b'say "\n', "") == ([(1, b'say "')], [])


def test_a_line_that_ends_in_a_later_block_is_whole(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lines, "BLOCK_BYTES", 7)
    good, dirt = read(b"first line\nsecond line\nthird")
    assert good == [(1, b"first line"), (2, b"second line"), (3, b"third")]
    assert dirt == []


class Endless(io.RawIOBase):
    """So many bytes of one line, then two more lines."""

    def __init__(self, size: int) -> None:
        self._left, self._tail = size, b"\nnext\nlast"

    def read(self, size: int = -1) -> bytes:
        if self._left:
            part = min(size, self._left)
            self._left -= part
            return b"x" * part
        tail, self._tail = self._tail, b""
        return tail


def test_a_huge_line_is_dirt_in_flat_memory():
    tracemalloc.start()
    blocks = list(LineReader(Endless(1 << 30), "x").blocks(from_start=True))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [dirt.line for block in blocks for dirt in block.dirt] == [1]
    assert [line for block in blocks for line in block.lines.tolist()] == [2, 3]
    assert peak < 64 << 20


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x is empty; the first line must name the columns"),
        (b"\n \r\n", "x is empty"),
        (b"\x1f\x8b\x08rest", "x is gzip-compressed; unpack it first"),
        (b"PK\x03\x04rest", "is a zip archive or a spreadsheet; save it as CSV (UTF-8)"),
        (b"\xff\xfer\0e\0f\0", "is UTF-16; save it as UTF-8"),
        (b"PAR1....", "is a Parquet file; name it .parquet"),
        (b"re\xfff\nL1", "x:1: byte 3 is not UTF-8"),
        (b"re\0f\nL1", "x:1: the first line has a NUL byte"),
        (b"ref\rL1\rL2", "x:1: lines end with a bare carriage return"),
        (b"r" * (lines.MAX_LINE_BYTES + 1), "the first line is longer than 1 MiB"),
    ],
)
def test_a_header_that_is_none_says_why(data: bytes, message: str):
    with pytest.raises(ListError, match=re.escape(message)):
        LineReader(io.BytesIO(data), "x").header()


def test_a_header_may_follow_a_byte_order_mark_and_blank_lines():
    reader = LineReader(io.BytesIO(b"\xef\xbb\xbf\n\nref,person\r\nL1,P1\n"), "x")
    assert reader.header() == "ref,person"
    assert [(block.lines.tolist(), block.data) for block in reader.blocks()] == [([4], b"L1,P1\n")]
