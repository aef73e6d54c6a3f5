"""The stores of records under test. To add one: a class with this face, and its name in RECORD_STORES."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Protocol

from cadencia.store.postgres_server import running
from cadencia.store.records import Records
from cadencia.store.records_memory import MemoryRecords
from cadencia.store.records_postgres import PostgresRecords
from cadencia.store.records_sqlite import SqliteRecords


class RecordStore(Protocol):
    """One empty place where records are kept, for one test."""

    durable: bool  # whether records that were closed can be opened again

    def __init__(self, folder: Path) -> None: ...

    async def open(self) -> Records:
        """Records on this place: the first time empty ones, then the same again."""

    async def end(self) -> None:
        """Takes the place away."""


class MemoryPlace:
    durable = False

    def __init__(self, folder: Path) -> None:
        pass

    async def open(self) -> Records:
        return MemoryRecords()

    async def end(self) -> None:
        pass


class SqlitePlace:
    durable = True

    def __init__(self, folder: Path) -> None:
        self.path = folder / "records.db"

    async def open(self) -> Records:
        return await SqliteRecords.open(self.path)

    async def end(self) -> None:
        pass


class PostgresPlace:
    """A schema of its own on a server that runs until the tests end."""

    durable = True
    _made = itertools.count()

    def __init__(self, folder: Path) -> None:
        self.server = running()
        self.schema = f"records_{next(self._made)}"

    async def open(self) -> Records:
        return await PostgresRecords.open(self.server.url, schema=self.schema)

    async def end(self) -> None:
        drop = f"set client_min_messages = error; drop schema if exists {self.schema} cascade"
        self.server.run("psql", "-q", "-c", drop, "postgres")


RECORD_STORES: dict[str, type[RecordStore]] = {
    "memory": MemoryPlace, "sqlite": SqlitePlace, "postgres": PostgresPlace,
}  # fmt: skip
DURABLE_RECORDS = [name for name, place in RECORD_STORES.items() if place.durable]
