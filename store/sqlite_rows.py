"""Entries as rows of SQLite and back, and the questions that only read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import apsw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cadencia.engine.words import Wider
from cadencia.store.entry import GENESIS, Entry, packed_ids, unpacked_ids
from cadencia.store.identity import AlteredError, Vault, owner_of, unsealed
from cadencia.store.ledger import LedgerError
from cadencia.store.walk import Found, Walk
from cadencia.store.wider import wider_id

PAGE = 1_000  # rows read at a time
MAX_KEYS = 65_536  # keys kept unwrapped
#: columns of `entry`, as row_of gives them
COLUMNS = (
    "n", "at", "tenant", "kind", "subject", "attempt", "event_at", "event_attr", "debts", "address", "creditor", "key",
    "digest", "chain", "household", "workplace", "account",
)  # fmt: skip
_SINCE_2 = frozenset(("household", "workplace", "account"))  # files of schema 1 have none, when they are only read
INSERT_ENTRY = f"INSERT INTO entry ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
INSERT_PAYLOAD = "INSERT INTO payload VALUES (?, ?, ?)"
INSERT_PERSON = "INSERT INTO person VALUES (?, ?, ?, ?)"
FIND_PERSON = "SELECT id, wrapped FROM person WHERE tenant = ? AND subject = ?"
_SELECT = """SELECT {}, p.sealed, k.id, k.wrapped FROM entry e
LEFT JOIN payload p ON p.n = e.n LEFT JOIN person k ON k.id = p.person WHERE """
_SELECT_PLAIN = "SELECT {}, NULL, NULL, NULL FROM entry e WHERE "
_PAYLOAD = "SELECT p.sealed, k.id, k.wrapped FROM payload p JOIN person k ON k.id = p.person WHERE p.n = ?"
_KIND = COLUMNS.index("kind")
_COUNTS = "(e.event_at <> 0 OR e.event_attr <> 0)"
#: a debt among debts that lie one behind the other, 8 bytes each
_HAS_DEBT = """instr(e.debts, ?1) > 0 AND EXISTS (
WITH RECURSIVE place (i) AS (VALUES (1) UNION ALL SELECT i + 8 FROM place WHERE i + 8 < length(e.debts))
SELECT 1 FROM place WHERE substr(e.debts, i, 8) = ?1)"""
_U32, _2_64 = 1 << 32, 1 << 64
_NEXT = "SELECT min(n) FROM entry WHERE n > ?"

#: the tables are STRICT: each column has its type
Row = tuple[Any, ...]


class AlteredRowError(AlteredError):
    """Entry `n` cannot be read back as any entry is written."""

    def __init__(self, n: int, why: str) -> None:
        super().__init__(f"entry {n}: {why}")
        self.n, self.why = n, why


def row_of(entry: Entry) -> Row:
    """The plain part as a row of `entry`; numbers beyond 2^63 are for store/_rows.pyx to make SQLite's."""
    return (
        entry.n, entry.at, entry.tenant, entry.kind, entry.subject, entry.attempt, entry.event_at, entry.event_attr,
        packed_ids(entry.debts), entry.address, entry.creditor, entry.key, entry.digest, entry.chain, entry.household,
        entry.workplace, entry.account,
    )  # fmt: skip


class Rows:
    """Reads entries over one connection; for one thread at a time."""

    def __init__(self, connection: apsw.Connection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault
        self._keys: dict[int, AESGCM] = {}  # by id: ids are never used again
        old = connection.pragma("user_version") < 2
        self._wider = not old
        columns = ["0" if old and column in _SINCE_2 else f"e.{column}" for column in COLUMNS]
        self._select, self._plain = (one.format(", ".join(columns)) for one in (_SELECT, _SELECT_PLAIN))

    def page(
        self, after: int, subject: bytes | None, kinds: Sequence[str], limit: int,
        payloads: Collection[str] | None = None,
    ) -> list[Entry]:  # fmt: skip
        """At most `limit` entries after a number, ascending, with the payloads of these kinds, None of all.
        LedgerError if a payload does not open."""
        try:
            if payloads is None:
                return [self._entry(row) for row in self._rows(after, subject, kinds, limit)]
            rows = self._rows(after, subject, kinds, limit, plain=True)
            return [self._entry(self._with_payload(row) if row[_KIND] in payloads else row) for row in rows]
        except AlteredError as error:
            raise LedgerError(f"{error}; `verify` says where the ledger was altered") from None

    def answered(self, tenant: str, key: str) -> Entry | None:
        """The first entry with an idempotency key."""
        found = "SELECT min(n) FROM entry WHERE tenant = ? AND key = ? AND key <> ''"
        n = self._connection.execute(found, (tenant, key)).get
        return None if n is None else self.page(n - 1, None, (), 1)[0]

    def head(self) -> tuple[int, bytes]:
        """The last number and its chain."""
        row = self._connection.execute("SELECT n, chain FROM entry ORDER BY n DESC LIMIT 1").get
        return row or (0, GENESIS)

    def version(self, subject: bytes) -> int:
        """The number of a subject's newest entry, 0 if it has none."""
        where, value = self._about(subject)
        return self._connection.execute(f"SELECT ifnull(max(e.n), 0) FROM entry e WHERE {where}", (value,)).get

    def last_seal(self) -> int:
        """The number of the newest seal among the entries, 0 if there is none; read from the end."""
        found = self._connection.execute("SELECT n FROM entry WHERE kind = 'sealed' ORDER BY n DESC LIMIT 1").get
        return found or 0

    def chains(self, since: int) -> list[bytes]:
        """The chain hashes of the entries from a number on."""
        rows = self._connection.execute("SELECT chain FROM entry WHERE n >= ? ORDER BY n", (since,))
        return [chain for (chain,) in rows]

    def walk(self, first: int, last: int | None) -> Found:
        """Checks entries `first` to `last` (None: the end) against the chain; the first that does not fit."""
        first = max(first, 1)
        before = self._connection.execute("SELECT chain FROM entry WHERE n = ?", (first - 1,)).get
        if first > 1 and before is None:
            return Found(first=first, last=first - 1, chain=GENESIS, bad=first - 1, why="missing")
        walk = Walk(first, before or GENESIS)
        below = None if first > 1 else self._connection.execute("SELECT min(n) FROM entry WHERE n < 1").get
        if below is not None:
            return walk.wrong(below, "its number is none; entries are numbered from 1")
        erased: dict[tuple[str, bytes], int] = {}
        try:
            for row in self._walked(first - 1, last):
                entry = self._entry(row)
                wrong = walk.step(entry, excused=bool(entry.salt) or self._excused(entry, erased))
                if wrong:
                    return wrong
        except AlteredRowError as error:
            return walk.wrong(error.n, error.why)
        return walk.found()

    def _walked(self, after: int, last: int | None) -> Iterator[Row]:
        size = PAGE
        while True:
            try:
                rows = self._rows(after, None, (), size)
            except AlteredRowError:
                if size == 1:
                    raise
                size = 1  # those before it are checked first
                continue
            for row in rows:
                if last is not None and row[0] > last:
                    return
                yield row
            if not rows:
                return
            after = rows[-1][0]

    def _rows(
        self, after: int, subject: bytes | None, kinds: Sequence[str], limit: int, *, plain: bool = False
    ) -> list[Row]:
        """plain: without the payloads."""
        where, values = "", list[Any]()
        if subject is not None:  # first: its value is ?1
            about, value = self._about(subject)
            where, values = f"{about} AND ", [value]
        where += "e.n > ?"
        values.append(after)
        if kinds:
            where += f" AND e.kind IN ({', '.join('?' * len(kinds))})"
            values += kinds
        try:
            select = self._plain if plain else self._select
            return self._connection.execute(f"{select}{where} ORDER BY e.n LIMIT ?", (*values, limit)).fetchall()
        except UnicodeDecodeError:
            raise AlteredRowError(self._unreadable(after), "a text in it was altered, it is not UTF-8") from None

    def _with_payload(self, row: Row) -> Row:
        """A plain row with its payload, if that was not erased."""
        return (*row[: len(COLUMNS)], *(self._connection.execute(_PAYLOAD, row[:1]).fetchone() or (None, None, None)))

    def _about(self, subject: bytes) -> tuple[str, Any]:
        """What entries about a subject have in common, and the value in it. An index leaves out what is about nobody;
        so does this, or it could not be used."""
        wider = wider_id(subject)
        if wider is None:
            return ("e.subject = ?1 AND e.subject <> x''" if subject else "e.subject = ?1"), subject
        kind, id64 = wider
        if kind is Wider.debt:
            return f"{_COUNTS} AND {_HAS_DEBT}", subject[-8:]
        if kind.name in _SINCE_2 and not self._wider:
            return "?1 IS NULL", id64
        return f"{_COUNTS} AND e.{kind.name} = ?1 AND e.{kind.name} <> 0", id64 - _2_64 if id64 >= _2_64 // 2 else id64

    def _unreadable(self, after: int) -> int:
        """The first entry after a number that has a text which is none."""
        while (after := self._connection.execute(_NEXT, (after,)).get) is not None:
            with_texts = "SELECT tenant, kind, attempt, key FROM entry WHERE n = ?"
            try:
                self._connection.execute(with_texts, (after,)).fetchall()
            except UnicodeDecodeError:
                break
        return after

    def _entry(self, row: Row) -> Entry:
        (n, at, tenant, kind, subject, attempt, event_at, attr, debts, address, creditor, key, digest, chain, household,
         workplace, account, stored, person, wrapped) = row  # fmt: skip
        if at < 0 or not 0 <= event_at < _U32 or len(debts) % 8:
            raise AlteredRowError(n, "a number in it was altered, it is out of range")
        salt = payload = b""
        if wrapped is not None:
            try:
                salt, payload = unsealed(self._key(person, wrapped, tenant, owner_of(kind, subject)), n, stored)
            except AlteredError as error:
                raise AlteredRowError(n, str(error)) from None
        return Entry(
            at=at, tenant=tenant, kind=kind, subject=subject, attempt=attempt, event_at=event_at,
            event_attr=attr % _2_64, debts=unpacked_ids(debts), address=address % _2_64, creditor=creditor % _2_64,
            household=household % _2_64, workplace=workplace % _2_64, account=account % _2_64, key=key,
            payload=payload, n=n, salt=salt, digest=digest, chain=chain,
        )  # fmt: skip

    def _key(self, person: int, wrapped: bytes, tenant: str, owner: bytes) -> AESGCM:
        key = self._keys.get(person)
        if key is None:
            if len(self._keys) >= MAX_KEYS:
                self._keys.clear()
            key = self._keys[person] = self._vault.unwrap(wrapped, tenant, owner)
        return key

    def _excused(self, entry: Entry, erased: dict[tuple[str, bytes], int]) -> bool:
        """Whether a later entry says that this one's person was erased."""
        who = (entry.tenant, entry.subject)
        if who not in erased:
            erased[who] = self._connection.execute(
                "SELECT ifnull(max(n), 0) FROM entry WHERE tenant = ? AND subject = ? AND kind = 'erased'", who
            ).get
        return entry.kind != "erased" and erased[who] > entry.n
