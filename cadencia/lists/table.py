"""An Arrow table through the engine, for whoever has columns in memory and no files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pyarrow as pa

from cadencia.engine.decide import Engine
from cadencia.lists.answers import OUTPUT, with_lists
from cadencia.lists.lines import MAX_LINES
from cadencia.lists.queries import Defaults
from cadencia.lists.read import Chunk
from cadencia.lists.read_parquet import text_columns
from cadencia.lists.schema import BadLine, ListError, Schema, history_schema, list_schema
from cadencia.lists.screen import Screening, ScreenReport, Settings

#: how a caller of Python leaves out a column
_IGNORE = 'ignore=("{}",)'


class _Rows:
    """Keeps what the screening writes."""

    def __init__(self) -> None:
        self.tables: list[pa.Table] = []

    def write(self, columns: dict[str, pa.Array]) -> None:
        self.tables.append(pa.table([columns[name] for name in OUTPUT.names], OUTPUT))


class _Mistakes:
    """Keeps the bad lines."""

    def __init__(self) -> None:
        self.by_field: dict[tuple[str, str], int] = {}
        self.first: list[BadLine] = []

    def write(self, bad: list[BadLine]) -> None:
        for one in bad:
            self.by_field[one.source, one.field] = self.by_field.get((one.source, one.field), 0) + 1
        self.first += bad


def screen_table(
    engine: Engine,
    table: pa.Table,
    *,
    at: datetime,
    history: pa.Table | None = None,
    defaults: Defaults | None = None,
    ignore: tuple[str, ...] = (),
    threads: int = 1,
) -> tuple[pa.Table, ScreenReport]:
    """The answers to a table with the columns of docs/lists.md, and the report, whose `first_bad` has every bad row.
    schema.ListError for columns that do not fit, and for an `at` that is no datetime with its zone."""
    if not isinstance(at, datetime) or at.tzinfo is None:
        cure = "give a datetime with its zone: datetime(2026, 5, 18, 14, tzinfo=UTC)"
        raise ListError(f"at={at!r} is no instant; {cure}")
    settings = Settings(at=at, defaults=defaults or Defaults(), ignore=ignore, threads=threads)
    rows, mistakes = _Rows(), _Mistakes()
    screening = Screening(engine, settings, rows, mistakes)
    if history is not None:
        screening.load_history(_chunks(history, "history", history_schema(ignore, _IGNORE)))
    for chunk in _chunks(table, "table", list_schema(ignore, _IGNORE)):
        screening.add(chunk)
    answers = pa.concat_tables(rows.tables) if rows.tables else OUTPUT.empty_table()
    return with_lists(answers), screening.finish()


def _chunks(table: pa.Table, name: str, schema: Schema) -> Iterator[Chunk]:
    ours = text_columns(table.schema, name, schema)
    first = 1
    for batch in table.to_batches(MAX_LINES):
        columns = {column: read(batch.column(column)) for column, read in ours.items()}
        yield Chunk(np.arange(first, first + batch.num_rows, dtype=np.int64), columns)
        first += batch.num_rows
