"""Text columns turned into numbers, each distinct value read once; what cannot be read marks its line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from enum import IntEnum
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cadencia.engine.batch import NO_DATE
from cadencia.lists.read import Chunk
from cadencia.lists.schema import NOTHING, BadLine, shown

T = TypeVar("T")
MAX_ID_CHARACTERS = 100
MAX_MISTAKES_A_LINE = 3
_EPOCH = date(2000, 1, 1)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_WHOLE = (r"^[0-9]{1,6}$", "a whole number, 0 or more")
_AMOUNT = (r"^[0-9]{1,15}(\.[0-9]{1,6})?$", "a number, 0 or more, with a point and no thousands mark: 1250.50")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class Marks:
    """The lines of a chunk that turned out wrong, and why. At most three mistakes of a line are told."""

    def __init__(self, chunk: Chunk, source: str) -> None:
        self.wrong = np.zeros(len(chunk), bool)
        self.bad: list[BadLine] = []
        self._told = np.zeros(len(chunk), np.int8)
        self._chunk, self._source = chunk, source

    def mark(self, rows: Sequence[int], field: str, found: Sequence[str], cure: Sequence[str]) -> None:
        """Rows are wrong: what was found in `field` and the cure, one for each row."""
        refs = self._chunk.columns.get("ref")
        for row, what, how in zip(rows, found, cure, strict=True):
            self.wrong[row] = True
            self._told[row] += 1
            if self._told[row] <= MAX_MISTAKES_A_LINE:
                ref = shown(refs[row].as_py() or "", MAX_ID_CHARACTERS) if refs is not None else ""
                self.bad.append(BadLine(int(self._chunk.lines[row]), ref, field, what, how, self._source))

    def mark_where(self, mask: np.ndarray, field: str, cure: str, found: str | None = None) -> None:
        """All rows of a mask are wrong in the same way; `found` is the column's own text unless given."""
        self.mark_rows(np.flatnonzero(mask), field, cure, found)

    def mark_rows(self, which: np.ndarray, field: str, cure: str, found: str | None = None) -> None:
        """The same for rows by number; a row given twice is marked once."""
        if len(which):
            rows = np.unique(which).tolist()
            self.mark(rows, field, [found or self._text(field, row) for row in rows], [cure] * len(rows))

    def _text(self, field: str, row: int) -> str:
        column = self._chunk.columns.get(field)
        text = column[row].as_py() if column is not None else None
        return NOTHING if text is None else shown(text)


def each_value(chunk: Chunk, marks: Marks, name: str, read: Callable[[str], T]) -> tuple[np.ndarray, list[T]]:
    """(code of each row, the distinct values). Code -1: left out, or wrong, which `read` says by ValueError(cure)."""
    column = chunk.columns.get(name)
    if column is None or column.null_count == len(column):
        return np.full(len(chunk), -1, np.int32), []
    encoded = column.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    renumber = np.empty(len(encoded.dictionary) + 1, np.int32)
    renumber[-1] = -1
    values, cures = [], {}
    for code, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            values.append(read(text))
            renumber[code] = len(values) - 1
        except ValueError as error:
            renumber[code], cures[code] = -1, str(error)
    if cures:
        rows = np.flatnonzero(np.isin(codes, list(cures)))
        texts = encoded.dictionary
        found = [shown(texts[code].as_py()) for code in codes[rows].tolist()]
        marks.mark(rows.tolist(), name, found, [cures[code] for code in codes[rows].tolist()])
    return renumber[codes], values


def as_numbers(codes: np.ndarray, values: Sequence[int | float], left_out: int | float, kind: type) -> np.ndarray:
    """Codes of `each_value` as the numbers they stand for."""
    return np.array([*values, left_out], kind)[codes]


def words(chunk: Chunk, marks: Marks, name: str, vocabulary: type[IntEnum], left_out: int) -> np.ndarray:
    """A column of words of a vocabulary as their numbers (uint32)."""

    def read(text: str) -> int:
        try:
            return int(vocabulary[text.lower()])
        except KeyError:
            raise ValueError("one of: " + ", ".join(word.name for word in vocabulary)) from None

    return as_numbers(*each_value(chunk, marks, name, read), left_out, np.uint32)


def ids(chunk: Chunk, marks: Marks, name: str) -> pa.Array:
    """A column of names as it is (null: left out); over-long ones and control characters are wrong."""
    column = chunk.columns.get(name)
    if column is None:
        return pa.nulls(len(chunk), pa.string())
    check_ids(marks, name, column, np.arange(len(chunk)))
    return column


def check_ids(marks: Marks, name: str, values: pa.Array, rows: np.ndarray) -> None:
    """Marks the rows (of the lines, one a value) of names that are over-long or have control characters."""
    too_long = _mask(pc.greater(pc.utf8_length(values), MAX_ID_CHARACTERS))
    marks.mark_rows(rows[too_long], name, f"at most {MAX_ID_CHARACTERS} characters")
    if _has_control(values):
        odd = _mask(pc.match_substring_regex(values, r"[\x00-\x1f\x7f]"))
        marks.mark_rows(rows[odd], name, "remove the control characters")


def _mask(column: pa.Array) -> np.ndarray:
    return column.fill_null(False).to_numpy(zero_copy_only=False)


def _has_control(column: pa.Array) -> bool:
    data = column.buffers()[2]
    if data is None:
        return False
    octets = np.frombuffer(data, np.uint8)
    return bool(((octets < 32) | (octets == 127)).any())


def dates(chunk: Chunk, marks: Marks, name: str) -> np.ndarray:
    """A column of dates as int32 days since 2000-01-01, NO_DATE where left out."""
    return as_numbers(*each_value(chunk, marks, name, read_date), NO_DATE, np.int32)


def read_date(text: str) -> int:
    """Days since 2000-01-01. ValueError says how to write a date."""
    try:
        if not _DATE.match(text):  # the library also reads 2026-W05-1
            raise ValueError
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError("write a date that exists as YYYY-MM-DD") from None
    if not _FIRST_YEAR <= found.year < _LAST_YEAR:
        raise ValueError(f"a year from {_FIRST_YEAR} to {_LAST_YEAR - 1}")
    return (found - _EPOCH).days


def amounts(chunk: Chunk, marks: Marks, name: str, *, whole: bool) -> np.ndarray:
    """A column of numbers, 0 or more, as float64; nan where left out."""
    pattern, cure = _WHOLE if whole else _AMOUNT
    column = chunk.columns.get(name)
    if column is None:
        return np.full(len(chunk), math.nan)
    fits = pc.match_substring_regex(column, pattern)
    marks.mark_where(_mask(pc.invert(fits)), name, cure)
    numbers = pc.if_else(fits.fill_null(False), column, pa.scalar(None, pa.string())).cast(pa.float64())
    return numbers.fill_null(math.nan).to_numpy(zero_copy_only=False).copy()
