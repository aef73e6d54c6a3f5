"""The stores under test. To add one: a class with this face, and its name in STORES."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Protocol

from cadencia.store.ledger import Ledger
from cadencia.store.memory import MemoryLedger
from cadencia.store.postgres import PostgresLedger
from cadencia.store.postgres_server import running
from cadencia.store.seal import Sealer
from cadencia.store.sqlite import SqliteLedger
from cadencia.store.walk import Found

SECRET = b"a secret of the tests, 32 bytes."


class Checked(Ledger, Protocol):
    """Every ledger can walk its own chain."""

    async def verify(self, first: int = 1, last: int | None = None) -> Found: ...


class Store(Protocol):
    """One empty place where ledgers are kept, for one test."""

    durable: bool  # whether a ledger that was closed can be opened again

    def __init__(self, folder: Path) -> None: ...

    async def open(self, sealer: Sealer | None = None, consortium: str = "") -> Checked:
        """A ledger on this place: the first time an empty one, then the same again."""

    def raw(self) -> bytes:
        """Every byte on disk, as somebody finds them who steals it; empty if nothing is on disk."""

    async def end(self) -> None:
        """Takes the place away."""


class MemoryStore:
    durable = False

    def __init__(self, folder: Path) -> None:
        pass

    async def open(self, sealer: Sealer | None = None, consortium: str = "") -> Checked:
        return MemoryLedger(sealer=sealer)

    def raw(self) -> bytes:
        return b""

    async def end(self) -> None:
        pass


class SqliteStore:
    durable = True

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ledger.db"

    async def open(self, sealer: Sealer | None = None, consortium: str = "") -> Checked:
        return await SqliteLedger.open(self.path, secret=SECRET, sealer=sealer, consortium=consortium)

    def raw(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.path.parent.iterdir()) if path.is_file())

    async def end(self) -> None:
        pass


class PostgresStore:
    """A schema of its own on a server that runs until the tests end."""

    durable = True
    _made = itertools.count()

    def __init__(self, folder: Path) -> None:
        self.server = running()
        self.schema = f"test_{next(self._made)}"

    async def open(self, sealer: Sealer | None = None, consortium: str = "") -> Checked:
        return await PostgresLedger.open(
            self.server.url, secret=SECRET, schema=self.schema, sealer=sealer, consortium=consortium
        )

    def raw(self) -> bytes:
        self.server.run("psql", "-c", "checkpoint", "postgres")
        return b"".join(path.read_bytes() for path in sorted(self.server.data.rglob("*")) if path.is_file())

    async def end(self) -> None:
        drop = f"set client_min_messages = error; drop schema if exists {self.schema} cascade"
        self.server.run("psql", "-q", "-c", drop, "postgres")


STORES: dict[str, type[Store]] = {"memory": MemoryStore, "sqlite": SqliteStore, "postgres": PostgresStore}
DURABLE = [name for name, store in STORES.items() if store.durable]
