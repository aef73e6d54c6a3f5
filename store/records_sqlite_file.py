"""The records' SQLite file: rows to documents, and a group of writes as one transaction. Belongs to one thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import apsw
import msgspec

from cadencia.store.records import (
    Change,
    Claimed,
    ClashError,
    Document,
    Event,
    MovedError,
    NameTakenError,
    Put,
    RecordsError,
    Write,
    said_as_records,
)
from cadencia.store.records_queue import Result
from cadencia.store.sqlite_file import Make, open_durable, open_only_to_read

RECORDS = Make("file of records", 0x43414452, "records_sqlite")  # "CADR"
CHECKPOINT_PAGES = 4_096  # of the log, before a commit writes it into the file: 16 MiB
SWEEP = 1_000  # rows of one transaction

_COLUMNS = "d.kind, d.id, d.n, d.version, d.body, d.at, d.until, d.names"  # the fields of Document
_ONE = f"SELECT {_COLUMNS} FROM document d WHERE tenant = ? AND kind = ? AND id = ?"
_NAMED = (
    f"SELECT {_COLUMNS} FROM name JOIN document d USING (tenant, kind, id)"
    " WHERE name.tenant = ? AND name.kind = ? AND name.name = ?"
)
_PAGE = (
    f"SELECT {_COLUMNS} FROM document d WHERE tenant = ? AND kind = ? AND n > ? AND (until IS NULL OR until > ?)"
    " ORDER BY n LIMIT ?"
)
_PUT = (
    "INSERT INTO document (tenant, kind, id, n, version, at, until, names, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (tenant, kind, id) DO UPDATE SET version = excluded.version, at = excluded.at,"
    " until = excluded.until, names = excluded.names, body = excluded.body"
)
_DROP = "DELETE FROM document WHERE tenant = ? AND kind = ? AND id = ?"
_DROP_NAMES = "DELETE FROM name WHERE tenant = ? AND kind = ? AND name = ?"
_NAME = "INSERT INTO name (tenant, kind, name, id) VALUES (?, ?, ?, ?)"
_EVENT = "INSERT INTO event (tenant, n, type, at, body) VALUES (?, ?, ?, ?, ?)"
_TENANT = (
    "INSERT INTO tenant (tenant, n, newest) VALUES (?, ?, ?)"
    " ON CONFLICT (tenant) DO UPDATE SET n = excluded.n, newest = excluded.newest"
)
_SWEEP_EVENTS = "DELETE FROM event WHERE rowid IN (SELECT rowid FROM event WHERE at < ? ORDER BY at LIMIT ?)"

T = TypeVar("T")
_names = msgspec.json.Decoder(tuple[str, ...])


class Reader:
    """Questions to the file on a connection of its own, from one thread."""

    def __init__(self, path: Path, vfs: str | None) -> None:
        with said_as_records():
            self.connection = open_only_to_read(path, RECORDS, vfs)

    def get(self, tenant: str, kind: str, id: str) -> Document | None:
        return one(self.connection, _ONE, tenant, kind, id)

    def by_name(self, tenant: str, kind: str, name: str) -> Document | None:
        return one(self.connection, _NAMED, tenant, kind, name)

    def page(self, tenant: str, kind: str, after: int, limit: int, at: int | None) -> list[Document]:
        rows = self.connection.execute(_PAGE, (tenant, kind, after, -1 if at is None else at, limit))
        return [document(row) for row in rows]

    def events(self, tenant: str, after: int, limit: int) -> list[Event]:
        wanted = "SELECT n, tenant, type, at, body FROM event WHERE tenant = ? AND n > ? ORDER BY n LIMIT ?"
        return [Event(*row) for row in self.connection.execute(wanted, (tenant, after, limit))]

    def newest(self, tenant: str) -> int:
        return self.connection.execute("SELECT newest FROM tenant WHERE tenant = ?", (tenant,)).get or 0


class File:
    """Writes. After a failure it refuses everything: what the disk holds is no longer known, opening it reads it
    anew."""

    def __init__(self, path: Path, vfs: str | None) -> None:
        self._path, self._broken = path, ""
        with said_as_records():
            self._connection = open_durable(path, RECORDS, vfs)
        self._connection.pragma("wal_autocheckpoint", CHECKPOINT_PAGES)

    def keep(self, group: Sequence[Write]) -> list[tuple[Result, int]]:
        """One transaction: each write with its result and its tenant's newest event. RecordsError: none is kept."""
        return self._in_transaction(lambda: [self._keep(write) for write in group])

    def sweep(self, now: int, events_before: int) -> int:
        """Takes away some of what has ended; how much, 0 when nothing is left."""
        return self._in_transaction(lambda: self._sweep(now, events_before))

    def close(self) -> None:
        """A file in doubt is left as it is, log and all."""
        if self._broken:
            self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            with contextlib.suppress(apsw.Error):
                self._connection.close()
            return
        try:
            self._connection.close()
        except apsw.Error as error:
            raise RecordsError(f"{self._path} could not be closed well: {error}; what was written is kept") from None

    def _in_transaction(self, work: Callable[[], T]) -> T:
        if self._broken:
            raise RecordsError(self._refusal())
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            done = work()
            self._connection.execute("COMMIT")
        except (apsw.Error, OSError, MemoryError) as error:
            self._broken = f"{type(error).__name__}: {error}"
            with contextlib.suppress(apsw.Error):
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            raise RecordsError(self._refusal()) from None
        return done

    def _refusal(self) -> str:
        return f"{self._path} is written no more ({self._broken}); mend the disk and open it again"

    def _keep(self, write: Write) -> tuple[Result, int]:
        self._connection.execute("SAVEPOINT a_write")
        n, newest = self._counters(write.tenant)
        step = _Step(self._connection, write.tenant, write.at, n)
        try:
            written = step.claim(write) if write.claim else [step.do(change) for change in write.changes]
        except ClashError as clash:
            self._connection.execute("ROLLBACK TO a_write")
            self._connection.execute("RELEASE a_write")
            return clash, newest
        rows = [(write.tenant, newest + place, new.type, write.at, new.body)
                for place, new in enumerate(write.events, start=1)]  # fmt: skip
        self._connection.executemany(_EVENT, rows)
        self._connection.execute(_TENANT, (write.tenant, step.n, newest + len(rows)))
        self._connection.execute("RELEASE a_write")
        return written, newest + len(rows)

    def _counters(self, tenant: str) -> tuple[int, int]:
        row: tuple[int, int] | None = self._connection.execute(
            "SELECT n, newest FROM tenant WHERE tenant = ?", (tenant,)
        ).get
        return row or (0, 0)

    def _sweep(self, now: int, events_before: int) -> int:
        ended = f"SELECT tenant, {_COLUMNS} FROM document d WHERE until <= ? ORDER BY until LIMIT ?"
        rows = self._connection.execute(ended, (now, SWEEP)).fetchall()
        for tenant, *row in rows:
            _Step(self._connection, str(tenant), now, 0).drop(document(row))
        self._connection.execute(_SWEEP_EVENTS, (events_before, SWEEP))
        return len(rows) + self._connection.changes()


class _Step:
    """The changes of one write, inside its savepoint. n: of the tenant's newest write."""

    def __init__(self, connection: apsw.Connection, tenant: str, at: int, n: int) -> None:
        self._connection, self._tenant, self._at, self.n = connection, tenant, at, n

    def claim(self, write: Write) -> Claimed:
        (put,) = write.changes
        assert isinstance(put, Put)
        found = self._present(put.kind, put.id)
        if found:
            return Claimed(found, False)
        self._put(put, None)
        made = Document(put.kind, put.id, self.n, self.n, put.body, self._at, put.until)
        return Claimed(made, True)

    def do(self, change: Change) -> int:
        """Its version; 0 of a drop."""
        found = self._present(change.kind, change.id)
        version = found.version if found else 0
        if change.expected not in (None, version):
            raise MovedError(change.kind, change.id, version)
        if isinstance(change, Put):
            self._put(change, found)
            return self.n
        if found:
            self.drop(found)
        return 0

    def drop(self, found: Document) -> None:
        """Takes it away, and its names."""
        self._free(found)
        self._connection.execute(_DROP, (self._tenant, found.kind, found.id))

    def _put(self, put: Put, found: Document | None) -> None:
        if found and found.names:
            self._free(found)
        for name in put.names:
            holder = one(self._connection, _NAMED, self._tenant, put.kind, name)
            if holder and not holder.ended(self._at):
                raise NameTakenError(put.kind, put.id, found.version if found else 0, name)
            if holder:
                self.drop(holder)
            self._connection.execute(_NAME, (self._tenant, put.kind, name, put.id))
        self.n += 1
        names = msgspec.json.encode(put.names).decode()
        n = found.n if found else self.n
        row = (self._tenant, put.kind, put.id, n, self.n, self._at, put.until, names, put.body)
        self._connection.execute(_PUT, row)

    def _free(self, found: Document) -> None:
        for name in found.names:
            self._connection.execute(_DROP_NAMES, (self._tenant, found.kind, name))

    def _present(self, kind: str, id: str) -> Document | None:
        """The document; one that has ended is taken away."""
        found = one(self._connection, _ONE, self._tenant, kind, id)
        if found is None or not found.ended(self._at):
            return found
        self.drop(found)
        return None


def one(connection: apsw.Connection, question: str, *values: str) -> Document | None:
    """The document of the one row, if there is one."""
    row = connection.execute(question, values).fetchone()
    return None if row is None else document(row)


def document(row: Sequence[Any]) -> Document:
    """From the columns in their order."""
    kind, id, n, version, body, at, until, names = row
    return Document(kind, id, n, version, body, at, until, _names.decode(names))
