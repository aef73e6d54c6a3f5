"""NDJSON: one JSON object a line, with the names of the columns; lists where CSV has several values in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec
import numpy as np
import pyarrow as pa

from cadencia.lists.lines import Block, LineReader
from cadencia.lists.read import NO_VALUE, Chunk, Progress, trimmed
from cadencia.lists.schema import BadLine, ListError, Schema, shown

_DECODER = msgspec.json.Decoder(dict[str, Any])
_CURE = "write one JSON object a line"


def chunks(stream: BinaryIO, path: str, schema: Schema, progress: Progress | None = None) -> Iterator[Chunk]:
    """The file's objects. Keys are checked line by line; ListError only for a file that is empty or of another kind."""
    reader = LineReader(stream, path)
    empty = True
    for block in reader.blocks(from_start=True):
        empty = empty and not (len(block.lines) or block.dirt)
        if progress:
            progress(reader.bytes_read)
        yield _chunk(block, schema)
    if empty:
        raise ListError(f"{path} is empty; write one JSON object a line (docs/lists.md)")


def _chunk(block: Block, schema: Schema) -> Chunk:
    bad = [BadLine(dirt.line, "", "line", dirt.found, dirt.cure, schema.source) for dirt in block.dirt]
    names = {name for name in schema.names if not schema.ignores(name)}
    rows, lines = [], []
    for line, text in zip(block.lines.tolist(), block.data.split(b"\n"), strict=False):
        row = _row(text, line, schema.source, bad)
        if row is None or _misfit(row, line, names, schema, bad):
            continue
        rows.append(row)
        lines.append(line)
    required = {column.name for column in schema.columns if column.required}
    present = required.union(*rows) & names
    columns = {name: _column([row.get(name) for row in rows]) for name in schema.names if name in present}
    return Chunk(np.array(lines, np.int64), columns, bad)


def _row(text: bytes, line: int, source: str, bad: list[BadLine]) -> dict[str, Any] | None:
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        bad.append(BadLine(line, "", "line", f"no JSON object: {error}", _CURE, source))
        return None


def _misfit(row: dict[str, Any], line: int, names: set[str], schema: Schema, bad: list[BadLine]) -> bool:
    """Whether the object has a key that is not ours, or a value that is no text, number, truth or list of such."""
    for key, value in row.items():
        if key in names and (type(value) is str or not _nested(value)):
            continue
        if schema.ignores(key):
            continue
        cure = "write text, a number, true, false, or a list of such" if key in names else schema.unknown(key)
        found = "an object or a nested list" if key in names else "a key"
        bad.append(BadLine(line, str(row.get("ref", ""))[:60], shown(key), found, cure, schema.source))
        return True
    return False


def _nested(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(item, list | dict) for item in value)
    return isinstance(value, dict)


def _column(values: list[Any]) -> pa.Array:
    """Values as the text that CSV would have."""
    if not all(value is None or type(value) is str for value in values):
        values = [_text(value) for value in values]
    return trimmed(pa.array(values, pa.string()))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(NO_VALUE if item is None else _text(item) or "" for item in value)
    return repr(value)
