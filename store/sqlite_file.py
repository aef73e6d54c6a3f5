"""Opens a SQLite file of ours: durable, of the present schema, a ledger under the right secret, or not at all."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import apsw

from cadencia.store import private
from cadencia.store.identity import Vault
from cadencia.store.ledger import LedgerError, check_consortium


class Make(NamedTuple):
    """What a file is. name: for messages; application_id: SQLite's mark in its head; steps: folder of its schema."""

    name: str
    application_id: int
    steps: str


LEDGER = Make("ledger", 0x4341444C, "sqlite")  # "CADL"
BUSY_MS = 1_000
_MIGRATION = re.compile(r"(\d{4})_\w+\.sql")


def open_for_writing(path: Path, vault: Vault, vfs: str | None, consortium: str = "") -> apsw.Connection:
    """The ledger, to be written by the file's owner (store/owner.py)."""
    connection = open_durable(path, LEDGER, vfs)
    try:
        _check_mark(connection, path, vault, consortium)
    except apsw.Error as error:
        raise LedgerError(f"{path} cannot be opened as a ledger: {error}") from None
    return connection


def open_durable(path: Path, make: Make, vfs: str | None) -> apsw.Connection:
    """A connection that syncs every commit, the file made or brought to the present schema first. The caller is the
    file's owner (store/owner.py)."""
    try:
        private.begin(path)  # SQLite gives its log and index the mode of the file
        _refuse_links(path)
        connection = apsw.Connection(str(path), vfs=vfs)
        if connection.readonly("main"):
            raise LedgerError(f"{path} may only be read here; make it writable, or open it for reading")
        _refuse_others(connection, path, make)
        # WAL syncs the log once a commit; FULL is what makes it sync there at all
        mode = connection.pragma("journal_mode", "wal")
        if mode != "wal":
            raise LedgerError(f"{path} cannot keep a write-ahead log ({mode}); put it on a local disk")
        connection.pragma("synchronous", "full")
        connection.pragma("secure_delete", "on")  # what is erased is overwritten, not merely forgotten
        connection.pragma("wal_autocheckpoint", 0)  # the writer does it, after those who wait were answered
        connection.pragma("cache_size", -65_536)  # KiB
        connection.pragma("journal_size_limit", 1 << 26)
        connection.set_busy_timeout(BUSY_MS)
        _migrate(connection, make)
    except (apsw.Error, OSError) as error:
        raise LedgerError(f"{path} cannot be opened as a {make.name}: {error}") from None
    return connection


def open_for_reading(path: Path, vault: Vault, vfs: str | None = None, consortium: str = "") -> apsw.Connection:
    """The ledger, only to be read, while another process writes or none does."""
    if not path.is_file():
        raise LedgerError(f"{path} does not exist; name the ledger's file")
    connection = open_only_to_read(path, LEDGER, vfs)
    try:
        _check_mark(connection, path, vault, consortium)
    except apsw.Error as error:
        raise LedgerError(f"{path} cannot be read as a ledger: {error}") from None
    return connection


def open_only_to_read(path: Path, make: Make, vfs: str | None) -> apsw.Connection:
    """A connection that can only read."""
    try:
        _refuse_links(path)
        connection = _reading(path, vfs)
        _refuse_others(connection, path, make)
        if connection.pragma("user_version") == 0:
            raise LedgerError(f"{path} is no {make.name} yet; open it for writing once")
    except (apsw.Error, OSError) as error:
        raise LedgerError(f"{path} cannot be read as a {make.name}: {error}") from None
    return connection


def _reading(path: Path, vfs: str | None) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, vfs=vfs)
    connection.set_busy_timeout(BUSY_MS)
    try:
        connection.pragma("user_version")
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        # A disk that is read-only has no room for the index of the log; without a log there is nothing to index.
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise
        connection.close()
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        connection = apsw.Connection(f"file:{quote(str(path.resolve()))}?immutable=1", flags=flags, vfs=vfs)
    return connection


def _refuse_links(path: Path) -> None:
    """Under another name a file has another log and another owner: two would write it."""
    links = path.stat().st_nlink
    if links > 1:
        raise LedgerError(f"{path} has {links} names (hard links), and its log belongs to one of them; remove the "
                          "others, or open a copy")  # fmt: skip


def _refuse_others(connection: apsw.Connection, path: Path, make: Make) -> None:
    """Files of another program or another make, and of a later version of this program."""
    version, known = connection.pragma("user_version"), len(_migrations(make))
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
    if tables and connection.pragma("application_id") != make.application_id:
        raise LedgerError(f"{path} is no {make.name}: another program or part wrote it; name another file")
    if version > known:
        raise LedgerError(f"{path} was written by a later version (schema {version}, here {known}); upgrade this one")


def _migrate(connection: apsw.Connection, make: Make) -> None:
    for number, sql in enumerate(_migrations(make), start=1):
        if number > connection.pragma("user_version"):
            with connection:  # one transaction: a crash leaves the schema before or the schema after
                connection.execute(sql)
                connection.pragma("application_id", make.application_id)
                connection.pragma("user_version", number)


def _migrations(make: Make = LEDGER) -> list[str]:
    """The schema's steps, in order."""
    folder = resources.files("cadencia.store") / "schema" / make.steps
    steps = sorted((step for step in folder.iterdir() if _MIGRATION.fullmatch(step.name)), key=lambda step: step.name)
    return [step.read_text(encoding="utf-8") for step in steps]


def _check_mark(connection: apsw.Connection, path: Path, vault: Vault, consortium: str) -> None:
    kept = connection.execute("SELECT value FROM about WHERE name = 'mark'").get
    if kept is None and not connection.readonly("main"):
        with connection:  # both or none: the file is begun for this secret and consortium
            connection.execute("INSERT INTO about VALUES ('mark', ?)", (vault.mark,))
            connection.execute("UPDATE about SET value = ? WHERE name = 'consortium'", (consortium.encode(),))
        return
    if kept != vault.mark:
        raise LedgerError(f"{path} was written under another secret; give the one it was made with")
    of = connection.execute("SELECT value FROM about WHERE name = 'consortium'").get
    check_consortium(str(path), (of or b"").decode(), consortium)  # a file of before that is only read has no row
