"""Answers and bad lines to files: CSV, NDJSON or Parquet. A file appears under its name only when it is whole."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from cadencia.lists.answers import LISTED, with_lists
from cadencia.lists.cures import in_language
from cadencia.lists.schema import BadLine, ListError

_ESCAPED = r'["\\\x00-\x1f]'


class AnswerSink(Protocol):
    """Takes the columns of answers.OUTPUT, batch by batch."""

    def write(self, columns: dict[str, pa.Array]) -> None: ...


class BadLineSink(Protocol):
    """Takes bad lines and counts them by field."""

    by_field: dict[tuple[str, str], int]
    first: list[BadLine]

    def write(self, bad: list[BadLine]) -> None: ...


class _Sink(Protocol):
    def write(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


class _Ndjson:
    """One JSON object a row, put together by columns; what is left out is null, of several values an empty list."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, table: pa.Table) -> None:
        pieces: list[object] = []
        for position, name in enumerate(table.column_names):
            values = _json(table.column(name), listed=name in LISTED)
            pieces += ["{" * (not position) + "," * bool(position) + f'"{name}":', values]
        rows = pc.binary_join_element_wise(*pieces, "}\n", "")
        for part in rows.chunks:
            self._stream.write(_text_of(part))

    def close(self) -> None:
        self._stream.flush()


class _Parquet:
    """The rows with lists where there are several values."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(stream, with_lists(schema.empty_table()).schema, compression="zstd")

    def write(self, table: pa.Table) -> None:
        self._writer.write(with_lists(table))

    def close(self) -> None:
        self._writer.close()


def _text_of(rows: pa.Array) -> memoryview:
    """All texts of an array in a row: they lie in its buffer so."""
    _, offsets, data = rows.buffers()
    bounds = memoryview(offsets).cast("i")
    if data is None:
        return memoryview(b"")
    return memoryview(data)[bounds[rows.offset] : bounds[rows.offset + len(rows)]]


def _json(column: pa.ChunkedArray, *, listed: bool) -> pa.ChunkedArray:
    if pa.types.is_integer(column.type):
        return column.cast(pa.string()).fill_null("null")
    if pc.any(pc.match_substring_regex(column, _ESCAPED)).as_py():
        values = [(text.split(";") if text else []) if listed else text for text in column.to_pylist()]
        texts = [msgspec.json.encode(value).decode() for value in values]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if listed:
        items = pc.replace_substring(column, ";", '","')
        return pc.binary_join_element_wise('["', items, '"]', "").fill_null("[]")
    return pc.binary_join_element_wise('"', column, '"', "").fill_null("null")


def _sink(stream: BinaryIO, format_: str, schema: pa.Schema) -> _Sink:
    if format_ == "parquet":
        return _Parquet(stream, schema)
    if format_ == "ndjson":
        return _Ndjson(stream)
    options = pa.csv.WriteOptions(quoting_style="needed")
    return pa.csv.CSVWriter(stream, schema, write_options=options)


class TableWriter:
    """Writes tables of one schema to `path`, `-` for standard output. `close(keep=False)` leaves nothing behind."""

    def __init__(self, path: str, format_: str, schema: pa.Schema) -> None:
        self._path, self._schema = path, schema
        self._part = Path(path + ".part")
        self._stream = _create(path, self._part)
        self._sink = _sink(self._stream, format_, schema)
        self.rows = 0

    def write(self, columns: dict[str, pa.Array]) -> None:
        """Appends the columns of the schema, by name."""
        table = pa.table([columns[name] for name in self._schema.names], self._schema)
        try:
            self._sink.write(table)
        except OSError as error:
            raise ListError(f"{self._path} cannot be written: {error.strerror or error}") from None
        self.rows += table.num_rows

    def close(self, *, keep: bool) -> None:
        """Ends the file; under its own name if it is to be kept, else it is removed."""
        self._sink.close()
        if self._path == "-":
            self._stream.flush()
            return
        self._stream.close()
        if keep:
            os.replace(self._part, self._path)
        else:
            self._part.unlink()


def _create(path: str, part: Path) -> BinaryIO:
    if path == "-":
        return sys.stdout.buffer
    try:
        return open(part, "wb")
    except (OSError, ValueError) as error:
        raise ListError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}") from None


class BadLineWriter:
    """Writes bad lines to a CSV file as they are found, counts them by field and keeps the first of each.
    Without a path it only counts. `language`: of what was found and the cure, in the file; those kept are as said."""

    def __init__(self, path: str | None, language: str = "en") -> None:
        self._language = language
        self.by_field: dict[tuple[str, str], int] = {}
        self.first: list[BadLine] = []
        self._part = Path(path + ".part") if path else None
        self._path = path
        self._stream = None
        if self._part is not None and path is not None:
            _create(path, self._part).close()
            self._stream = self._part.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._stream, lineterminator="\n")
            self._writer.writerow(BadLine._fields)

    def write(self, bad: list[BadLine]) -> None:
        """Takes more of them."""
        for one in bad:
            key = (one.source, one.field)
            if key not in self.by_field:
                self.first.append(one)
            self.by_field[key] = self.by_field.get(key, 0) + 1
            if self._stream is not None:
                found, cure = in_language(one.found, self._language), in_language(one.cure, self._language)
                self._writer.writerow(one._replace(found=found, cure=cure))

    def close(self, *, keep: bool) -> None:
        """Ends the file as TableWriter does."""
        if self._stream is None or self._part is None or self._path is None:
            return
        self._stream.close()
        if keep:
            os.replace(self._part, self._path)
        else:
            self._part.unlink()
