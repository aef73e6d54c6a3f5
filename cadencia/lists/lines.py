"""A byte stream as numbered lines: dirt is set aside with its line number, the rest goes on in large blocks.

A record is one line, so one broken line costs one line. Memory is bounded by `BLOCK_BYTES`, whatever the input.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cadencia.lists.schema import ListError

BLOCK_BYTES = 8 << 20
MAX_LINE_BYTES = 1 << 20
MAX_LINES = 65_536
_QUOTES = (
    "a quote that is not closed on its line, or stands inside a value",
    'quote the whole value and double a quote inside it: "5"" pipe"',
)
_MAGIC = (
    (b"\x1f\x8b", "is gzip-compressed; unpack it first"),
    (b"PK\x03\x04", "is a zip archive or a spreadsheet; save it as CSV (UTF-8)"),
    (b"PAR1", "is a Parquet file; name it .parquet, or say --format parquet"),
    (b"\xff\xfe", "is UTF-16; save it as UTF-8"),
    (b"\xfe\xff", "is UTF-16; save it as UTF-8"),
)


@dataclass
class Dirt:
    """A line that cannot be read at all: its number, what was found, the cure."""

    line: int
    found: str
    cure: str


@dataclass
class Block:
    """Good lines, each ended by a newline, with their numbers in the file, and the dirt that lay among them."""

    data: bytes
    lines: np.ndarray  # int64
    dirt: list[Dirt] = field(default_factory=list)


class LineReader:
    """Reads `stream` once, from its start to its end."""

    def __init__(self, stream: BinaryIO, path: str) -> None:
        self._stream, self._path = stream, path
        self._delimiter = ""
        self._carry = b""
        self._next_line = 1
        self.bytes_read = 0

    def header(self) -> str:
        """The first line that is not blank, without byte order mark. ListError if there is none, or it is no text."""
        self._carry = self._read()
        for magic, cure in _MAGIC:
            if self._carry.startswith(magic):
                raise ListError(f"{self._path} {cure}")
        if self._carry.startswith(b"\xef\xbb\xbf"):
            self._carry = self._carry[3:]
        body = self._after_blank()
        if b"\n" not in body and len(body) <= MAX_LINE_BYTES:
            body += self._read()
        line, _, self._carry = body.partition(b"\n")
        self._next_line += 1
        return self._header_text(line.rstrip(b"\r"), self._next_line - 1)

    def _after_blank(self) -> bytes:
        """What follows the blank lines at the top; ListError if nothing does."""
        while self._carry:
            body = self._carry.lstrip(b"\r\n\t ")
            self._next_line += self._carry.count(b"\n") - body.count(b"\n")
            if body:
                return body
            self._carry = self._read()
        raise ListError(f"{self._path} is empty; the first line must name the columns (docs/lists.md)")

    def _header_text(self, line: bytes, number: int) -> str:
        where = f"{self._path}:{number}"
        if len(line) > MAX_LINE_BYTES:
            raise ListError(f"{where}: the first line is longer than 1 MiB; it must name the columns (docs/lists.md)")
        if b"\r" in line:
            raise ListError(f"{where}: lines end with a bare carriage return; save the file with LF or CRLF")
        if b"\0" in line:
            raise ListError(f"{where}: the first line has a NUL byte; this is not a text file in UTF-8")
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ListError(f"{where}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None

    def blocks(self, *, delimiter: str = "", from_start: bool = False) -> Iterator[Block]:
        """The rest of the stream; with `from_start` all of it, without its byte order mark. With a delimiter, the lines
        are CSV: one whose quotes do not close, or stand inside a value, is dirt."""
        self._delimiter = delimiter
        if from_start:
            self._carry = self._read()
            for magic, cure in _MAGIC:
                if self._carry.startswith(magic):
                    raise ListError(f"{self._path} {cure}")
            self._carry = self._carry.removeprefix(b"\xef\xbb\xbf")
        pending, self._carry = self._carry, b""
        while True:
            body, pending, ended = self._whole_lines(pending)
            yield from self._scan(body)
            if len(pending) > MAX_LINE_BYTES:
                pending = yield from self._too_long()
            elif ended:
                return

    def _whole_lines(self, pending: bytes) -> tuple[bytes, bytes, bool]:
        """Bytes that end with a newline, what is left over, and whether the stream is at its end."""
        if b"\n" not in pending:
            more = self._read()
            if not more:
                return (pending + b"\n" if pending else b""), b"", True
            pending += more
        cut = pending.rfind(b"\n") + 1
        return pending[:cut], pending[cut:], False

    def _too_long(self) -> Generator[Block, None, bytes]:
        """Throws away the rest of a line over the limit; what follows it is handed back."""
        yield Block(b"", np.empty(0, np.int64), [_too_long(self._next_line)])
        self._next_line += 1
        while more := self._read():
            _, newline, rest = more.partition(b"\n")
            if newline:
                return rest
        return b""

    def _read(self) -> bytes:
        try:
            more = self._stream.read(BLOCK_BYTES)
        except OSError as error:
            raise ListError(f"{self._path} cannot be read after byte {self.bytes_read}: {error.strerror}") from None
        self.bytes_read += len(more)
        return more

    def _scan(self, body: bytes) -> Iterator[Block]:
        if not body:
            return
        ends = np.flatnonzero(np.frombuffer(body, np.uint8) == 10)
        starts = np.concatenate([[0], ends[:-1] + 1])
        for first in range(0, len(ends), MAX_LINES):
            part = slice(first, first + MAX_LINES)
            base = int(starts[part][0])
            piece = body[base : int(ends[part][-1]) + 1]
            yield _sift(piece, starts[part] - base, ends[part] - base, self._next_line, self._delimiter)
            self._next_line += len(ends[part])


def _too_long(line: int) -> Dirt:
    return Dirt(line, "a line longer than 1 MiB", "split it, or look for a missing line end")


def _sift(data: bytes, starts: np.ndarray, ends: np.ndarray, first_line: int, delimiter: str) -> Block:
    """Good lines on one side, dirt on the other; blank lines on neither."""
    lengths = ends - starts
    blank = lengths == 0
    one = lengths == 1
    if one.any():
        blank[one] = np.frombuffer(data, np.uint8)[starts[one]] == 13
    dirt = _dirt(data, starts, ends, delimiter)
    if not dirt and not blank.any():
        return Block(data, first_line + np.arange(len(ends)))
    keep = ~blank
    keep[list(dirt)] = False
    edges = np.flatnonzero(np.diff(keep, prepend=False, append=False)).reshape(-1, 2)  # runs of good lines
    clean = b"".join([data[starts[a] : ends[b - 1] + 1] for a, b in edges.tolist()])
    found = [Dirt(first_line + row, *dirt[row]) for row in sorted(dirt)]
    return Block(clean, first_line + np.flatnonzero(keep), found)


def _dirt(data: bytes, starts: np.ndarray, ends: np.ndarray, delimiter: str) -> dict[int, tuple[str, str]]:
    """Row -> what was found and the cure; the first mistake of a line is the one told."""
    dirt: dict[int, tuple[str, str]] = {}
    for row in np.flatnonzero(ends - starts > MAX_LINE_BYTES).tolist():
        dirt.setdefault(row, (_too_long(0).found, _too_long(0).cure))
    octets = np.frombuffer(data, np.uint8)
    if b"\0" in data:
        at = np.flatnonzero(octets == 0)
        for row, position in zip(*_rows_of(at, starts, ends), strict=True):
            dirt.setdefault(row, (f"a NUL byte at byte {position}", "remove it; the file must be text in UTF-8"))
    if data.count(b"\r") != data.count(b"\r\n"):
        at = np.flatnonzero((octets[:-1] == 13) & (octets[1:] != 10))
        for row, position in zip(*_rows_of(at, starts, ends), strict=True):
            dirt.setdefault(row, (f"a bare carriage return at byte {position}", "end lines with LF or CRLF only"))
    _dirt_of_encoding(data, starts, ends, dirt)
    if delimiter and b'"' in data:
        quoted = np.unique(np.searchsorted(ends, np.flatnonzero(octets == 34)))
        for row in quoted[~_well_quoted(data, ends, quoted, delimiter)].tolist():
            dirt.setdefault(row, _QUOTES)
    return dirt


def _well_quoted(data: bytes, ends: np.ndarray, rows: np.ndarray, delimiter: str) -> np.ndarray:
    """Whether each value of these rows is quoted whole, quotes inside doubled, or has no quote at all."""
    value = rf'(?:[^"{delimiter}\r\n]*|"(?:[^"\n]|"")*")'
    offsets = np.concatenate([[0], ends + 1]).astype(np.int32)
    lines = pa.Array.from_buffers(pa.string(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    fits = pc.match_substring_regex(lines.take(pa.array(rows)), rf"^{value}(?:{delimiter}{value})*\r?\n$")
    return np.asarray(fits.to_numpy(zero_copy_only=False))


def _rows_of(at: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> tuple[list[int], list[int]]:
    """Rows of byte positions, and the positions counted from 1 within their rows."""
    rows = np.searchsorted(ends, at)
    return rows.tolist(), (at - starts[rows] + 1).tolist()


def _dirt_of_encoding(data: bytes, starts: np.ndarray, ends: np.ndarray, dirt: dict[int, tuple[str, str]]) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        high = np.flatnonzero(np.frombuffer(data, np.uint8) >= 0x80)
        for row in np.unique(np.searchsorted(ends, high)).tolist():
            try:
                data[starts[row] : ends[row]].decode("utf-8")
            except UnicodeDecodeError as error:
                found = f"byte {error.start + 1} (0x{error.object[error.start]:02x}) is not UTF-8"
                dirt.setdefault(row, (found, "save the file as UTF-8"))
