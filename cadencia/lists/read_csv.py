"""CSV: the first line names the columns; comma, semicolon or tab; quotes as in RFC 4180, no line breaks in values."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv

from cadencia.lists.lines import Block, LineReader
from cadencia.lists.read import Chunk, Progress, trimmed
from cadencia.lists.schema import BadLine, ListError, Schema

DELIMITERS = (",", ";", "\t")


def chunks(stream: BinaryIO, path: str, schema: Schema, progress: Progress | None = None) -> Iterator[Chunk]:
    """The file's lines under its header, which must fit the schema (ListError)."""
    reader = LineReader(stream, path)
    delimiter, names = _header(reader.header(), path)
    schema.check(path, names)
    for block in reader.blocks(delimiter=delimiter):
        if progress:
            progress(reader.bytes_read)
        yield _chunk(block, delimiter, names, schema)


def _header(text: str, path: str) -> tuple[str, list[str]]:
    """The delimiter that makes most columns, and the columns' names."""
    if text.count('"') % 2:
        raise ListError(f"{path}:1: a quote in the header is not closed")
    delimiter = max(DELIMITERS, key=text.count)
    try:
        names = next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ListError(f"{path}:1: the header is not CSV ({error})") from None
    return delimiter, [name.strip().lower() for name in names]


def _chunk(block: Block, delimiter: str, names: list[str], schema: Schema) -> Chunk:
    bad = [BadLine(dirt.line, "", "line", dirt.found, dirt.cure, schema.source) for dirt in block.dirt]
    if not len(block.lines):
        return Chunk(block.lines, {}, bad)
    misfits: list[tuple[int, int]] = []

    def set_aside(row: pa.csv.InvalidRow) -> str:
        misfits.append((row.number - 1, row.actual_columns))
        return "skip"

    table = _parse(block.data, delimiter, len(names), set_aside)
    lines = np.delete(block.lines, [row for row, _ in misfits])
    if len(lines) != table.num_rows:
        raise AssertionError(f"{len(lines)} lines became {table.num_rows} rows; please report this file")
    for row, count in misfits:
        found = f"{count} values for {len(names)} columns"
        cure = f"quote a value that contains {delimiter!r}; a value may not contain a line break"
        bad.append(BadLine(int(block.lines[row]), "", "line", found, cure, schema.source))
    ours = [(i, name) for i, name in enumerate(names) if name in schema.names and not schema.ignores(name)]
    columns = {name: trimmed(table.column(i).combine_chunks()) for i, name in ours}
    return Chunk(lines, columns, sorted(bad))


def _parse(data: bytes, delimiter: str, width: int, set_aside: object) -> pa.Table:
    """Text columns named 0, 1, …; rows of another width go to `set_aside`."""
    names = [str(i) for i in range(width)]
    return pa.csv.read_csv(
        pa.BufferReader(data),
        read_options=pa.csv.ReadOptions(use_threads=False, column_names=names, block_size=len(data) + 1),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter, invalid_row_handler=set_aside, ignore_empty_lines=False),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""],
            quoted_strings_can_be_null=True, check_utf8=False,
        ),
    )  # fmt: skip
