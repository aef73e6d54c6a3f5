"""Answers and bad lines to files: CSV, NDJSON or Parquet. A file appears under its name only when it is whole."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from typing import BinaryIO, Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from cadencia.lists.answers import LISTED, with_lists
from cadencia.lists.cures import in_language
from cadencia.lists.schema import BadLine
from cadencia.lists.target import Target, told

_ESCAPED = r'["\\\x00-\x1f]'
#: columns of the answers with text of the list's own, which a spreadsheet might run; numbers with a sign stay numbers
GUARDED = ("ref", "person", "debt", "address")
_FORMULA = r"^(?:[=@\t\r]|[+\-](?:[^0-9]|$))"
_FORMULA_START = re.compile(f"({_FORMULA})")


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
    """Writes tables of one schema to `path`, `-` for standard output. `finish`, then `place`; or `discard`, which
    leaves nothing behind."""

    def __init__(self, path: str, format_: str, schema: pa.Schema) -> None:
        self._path, self._schema, self._csv = path, schema, format_ == "csv"
        self._target = Target(path)
        try:
            with told(path):
                self._sink = _sink(self._target.stream, format_, schema)
        except BaseException:
            self._target.discard()
            raise
        self.rows = 0

    def write(self, columns: dict[str, pa.Array]) -> None:
        """Appends the columns of the schema, by name."""
        if self._csv:
            columns = {name: _harmless(column) if name in GUARDED else column for name, column in columns.items()}
        table = pa.table([columns[name] for name in self._schema.names], self._schema)
        with told(self._path):
            self._sink.write(table)
        self.rows += table.num_rows

    def finish(self) -> None:
        """Writes what is left; ListError if there is no room for it."""
        with told(self._path):
            self._sink.close()
        self._target.finish()

    def place(self) -> None:
        """The finished file gets its name."""
        self._target.place()

    def discard(self) -> None:
        """What was written is taken away."""
        with suppress(OSError, ValueError):
            self._sink.close()
        self._target.discard()


def _harmless(column: pa.Array) -> pa.Array:
    """Texts that a spreadsheet would take for a formula, with an apostrophe before them."""
    if not pc.any(pc.match_substring_regex(column, _FORMULA)).as_py():
        return column
    return pc.replace_substring_regex(column, f"({_FORMULA})", r"'\1")


class BadLineWriter:
    """Writes bad lines to a CSV file as they are found, counts them by field and keeps the first of each.
    Without a path it only counts. `language`: of what was found and the cure, in the file; those kept are as said.
    Only the owner may read the file: it quotes what was found. It ends as TableWriter does."""

    def __init__(self, path: str | None, language: str = "en") -> None:
        self._language = language
        self.by_field: dict[tuple[str, str], int] = {}
        self.first: list[BadLine] = []
        self._target = None if path is None else Target(path, private=True)
        if self._target is not None:
            self._stream = io.TextIOWrapper(self._target.stream, encoding="utf-8", newline="")
            self._writer = csv.writer(self._stream, lineterminator="\n")
            self._writer.writerow(BadLine._fields)

    def write(self, bad: list[BadLine]) -> None:
        """Takes more of them."""
        for one in bad:
            key = (one.source, one.field)
            if key not in self.by_field:
                self.first.append(one)
            self.by_field[key] = self.by_field.get(key, 0) + 1
            if self._target is not None:
                with told(self._target.path):
                    self._writer.writerow(self._told(one))

    def _told(self, bad: BadLine) -> BadLine:
        found, cure = in_language(bad.found, self._language), in_language(bad.cure, self._language)
        ref, field, found = (_FORMULA_START.sub(r"'\1", text) for text in (bad.ref, bad.field, found))
        return bad._replace(ref=ref, field=field, found=found, cure=cure)

    def finish(self) -> None:
        """Writes what is left; ListError if there is no room for it."""
        if self._target is not None:
            with told(self._target.path):
                self._stream.flush()
            self._target.finish()

    def place(self) -> None:
        """The finished file gets its name."""
        if self._target is not None:
            self._target.place()

    def discard(self) -> None:
        """What was written is taken away."""
        if self._target is not None:
            with suppress(OSError, ValueError):
                self._stream.close()
            self._target.discard()
