"""Parquet: the columns by name, of any simple type; the number of a line is the number of its row, from 1 on."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cadencia.lists.lines import MAX_LINES
from cadencia.lists.read import NO_VALUE, Chunk, Progress, trimmed
from cadencia.lists.schema import ListError, Schema

_SPOOL_BYTES = 64 << 20


def chunks(stream: BinaryIO, path: str, schema: Schema, progress: Progress | None = None) -> Iterator[Chunk]:
    """The file's rows. ListError for a file that is broken, or whose columns do not fit the schema."""
    try:
        yield from _rows(pq.ParquetFile(_seekable(stream)), path, schema, progress)
    except (pa.ArrowException, OSError) as error:
        raise ListError(f"{path} is not a readable Parquet file: {str(error).splitlines()[0][:200]}") from None


def _rows(file: pq.ParquetFile, path: str, schema: Schema, progress: Progress | None) -> Iterator[Chunk]:
    ours = text_columns(file.schema_arrow, path, schema)
    if not file.metadata.num_rows:
        raise ListError(f"{path} has no rows")
    first = 1
    for batch in file.iter_batches(MAX_LINES, columns=list(ours), use_threads=False):
        batch.validate(full=True)
        columns = {name: read(batch.column(name)) for name, read in ours.items()}
        lines = np.arange(first, first + batch.num_rows, dtype=np.int64)
        first += batch.num_rows
        if progress:
            progress(first - 1)
        yield Chunk(lines, columns)


def text_columns(found: pa.Schema, path: str, schema: Schema) -> dict[str, Callable[[pa.Array], pa.Array]]:
    """The columns that are ours, each with what turns it into text. ListError for columns that do not fit."""
    schema.check(path, found.names)
    ours = [name for name in found.names if name in schema.names and not schema.ignores(name)]
    for name in ours:
        if not _simple(found.field(name).type):
            raise ListError(f"{path}: column {name!r} is of type {found.field(name).type}; write it as text")
    return dict.fromkeys(ours, lambda column: trimmed(_as_text(column)))


def _seekable(stream: BinaryIO) -> BinaryIO:
    """The stream itself, or a copy of it on disk: Parquet begins at its end."""
    if stream.seekable():
        return stream
    copy = tempfile.SpooledTemporaryFile(_SPOOL_BYTES)  # noqa: SIM115 - as long as the reader
    while more := stream.read(1 << 20):
        copy.write(more)
    copy.seek(0, io.SEEK_SET)
    return copy  # type: ignore[return-value]


def _simple(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _is_text(kind.value_type)
    return (
        _is_text(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
        or pa.types.is_date(kind) or pa.types.is_timestamp(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind)
    )  # fmt: skip


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _as_text(column: pa.Array) -> pa.Array:
    """A column as the text that CSV would have; times keep their zone as Z, a naive one stays naive."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _joined(column)
    if pa.types.is_date64(kind):
        return column.cast(pa.date32()).cast(pa.string())
    if pa.types.is_timestamp(kind):
        text = column.cast(pa.timestamp("s"), safe=False).cast(pa.string())
        return pc.binary_join_element_wise(text, "Z", "") if kind.tz else text
    return column.cast(pa.string())


def _joined(column: pa.Array) -> pa.Array:
    """Lists as one text each. A null inside a list stays to be seen: joined by Arrow it would take the list with it."""
    if not column.flatten().null_count:
        return pc.binary_join(column, ";").cast(pa.string())
    cells = [
        None if cell is None else [NO_VALUE if item is None else item for item in cell] for cell in column.to_pylist()
    ]
    return pa.array([None if cell is None else ";".join(cell) for cell in cells], pa.string())
