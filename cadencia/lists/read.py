"""A list or history in any of the three formats, as chunks of text columns with line numbers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cadencia.lists.schema import BadLine, ListError, Schema

FORMATS = {"csv": (".csv", ".tsv", ".txt"), "ndjson": (".ndjson", ".jsonl", ".json"), "parquet": (".parquet", ".pq")}


@dataclass
class Chunk:
    """At most 65,536 lines: numbers and text columns of those that could be read, mistakes of the others.
    A column is a string array where null says "left out"; a column that the file has not is not there."""

    lines: np.ndarray  # int64
    columns: dict[str, pa.Array]
    bad: list[BadLine] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)


#: stands for a null among the values of one cell; no column takes it, so that its line is bad and no value is lost
NO_VALUE = "\0"

#: Told of progress: bytes (or, for Parquet, rows) read so far.
Progress = Callable[[int], None]


def format_of(path: str, stated: str | None, option: str = "--format") -> str:
    """csv, ndjson or parquet: the one stated, else by the name's ending, CSV for `-`. ListError if neither tells;
    `option` is what states it, empty if nothing can."""
    if stated is not None:
        return stated
    if path == "-":
        return "csv"
    if Path(path).is_dir():
        raise ListError(f"{path} is a folder; name a file in it")
    ending = Path(path).suffix.lower()
    for name, endings in FORMATS.items():
        if ending in endings:
            return name
    if ending == ".gz":
        raise ListError(f"{path} is compressed; unpack it first")
    cure = f"say {option} csv, ndjson or parquet" if option else "let it end with .csv, .ndjson or .parquet"
    what = f"the ending {ending!r}" if ending else "a name without ending"
    raise ListError(f"{path}: {what} names no format; {cure}")


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """The file, or standard input for `-`. ListError if it cannot be opened."""
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(path).open("rb")  # noqa: SIM115 - closed by the `with` below, which a failing open must not reach
    except (OSError, ValueError) as error:
        raise ListError(f"{path} cannot be opened: {getattr(error, 'strerror', None) or error}") from None
    with stream:
        yield stream


def read_rows(path: str, format_: str, schema: Schema, progress: Progress | None = None) -> Iterator[Chunk]:
    """The chunks of a file, in order. ListError if the file as a whole is of no use."""
    from cadencia.lists import read_csv, read_ndjson, read_parquet

    reader = {"csv": read_csv.chunks, "ndjson": read_ndjson.chunks, "parquet": read_parquet.chunks}[format_]
    seen = 0
    with opened(path) as stream:
        for chunk in reader(stream, path, schema, progress):
            seen += len(chunk) + len(chunk.bad)
            yield chunk
    if not seen:
        raise ListError(f"{path} has no lines below its header")


def trimmed(column: pa.Array) -> pa.Array:
    """Text without blanks around it; nothing left is null."""
    column = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
