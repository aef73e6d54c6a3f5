"""The ledger in a list: for tests and races, and as what the other stores are compared with. Nothing of it is on
disk."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Mapping, Sequence

import msgspec

from cadencia.engine.words import Wider
from cadencia.store.entry import GENESIS, Draft, Entry, check_drafts, check_expected, numbered
from cadencia.store.identity import SALT, Entropy
from cadencia.store.ledger import Appended, LedgerError, Moved
from cadencia.store.seal import Sealer
from cadencia.store.walk import Found, Walk
from cadencia.store.wider import wider_id, wider_subjects


class MemoryLedger:
    """The protocol of store/ledger.py. shared: what to say of other writers, for gates that race on one ledger. sealer:
    seals segments; None writes no seals."""

    def __init__(self, *, entropy: Entropy = os.urandom, sealer: Sealer | None = None, shared: bool = False) -> None:
        self.shared = shared
        self._entropy, self._sealer = entropy, sealer
        self._entries: list[Entry] = []
        self._of_subject: dict[bytes, list[int]] = {}
        self._of_wider: dict[bytes, list[int]] | None = None  # from the first question about such a subject on
        self._of_key: dict[tuple[str, str], int] = {}
        self._seal_n = 0
        self._closed = False

    async def append(self, drafts: Sequence[Draft], expected: Mapping[bytes, int] | None = None) -> Appended | Moved:
        self._usable()
        check_drafts(drafts)
        if expected:
            check_expected(expected)
            for subject, version in expected.items():
                newest = (self._about(subject) or [0])[-1]
                if newest < version:
                    raise LedgerError(f"version {version} of a subject is ahead of the ledger ({newest}); load it anew")
            newer = {n for one, version in expected.items() for n in self._about(one) if n > version}
            if newer:
                return Moved(tuple(self._entries[n - 1] for n in sorted(newer)))
        entries = self._enter(drafts)
        await asyncio.sleep(0)  # as a ledger on disk does: others may run before it is known
        return Appended(entries)

    async def count_for(self, kinds: Collection[Wider]) -> None:
        """Nothing is to be done."""

    def append_behind(self, drafts: Sequence[Draft]) -> None:
        self._usable()
        check_drafts(drafts)
        self._enter(drafts)

    async def settled_behind(self) -> int:
        return 0

    async def entries(
        self, *, after: int = 0, subject: bytes | None = None, kinds: Sequence[str] = (), limit: int | None = None,
        payloads: Collection[str] | None = None,
    ) -> AsyncIterator[Entry]:  # fmt: skip
        self._usable()
        given, at, wider = 0, max(after, 0), subject is not None and wider_id(subject) is not None
        while at < len(self._entries) and (limit is None or given < limit):
            entry = self._entries[at]
            at += 1
            theirs = subject is None or (subject in wider_subjects(entry) if wider else subject == entry.subject)
            if theirs and (not kinds or entry.kind in kinds):
                given += 1
                yield entry if payloads is None or entry.kind in payloads else _bare(entry)

    async def answered(self, tenant: str, key: str) -> Entry | None:
        self._usable()
        n = self._of_key.get((tenant, key))
        return None if n is None else self._entries[n - 1]

    async def erase(self, tenant: str, subject: bytes, at: int) -> int:
        self._usable()
        if len(subject) != 16:
            raise ValueError(f"subject has {len(subject)} bytes; a person's keyed hash has 16")
        erased = 0
        for n in self._of_subject.get(subject, ()):
            entry = self._entries[n - 1]
            if entry.tenant == tenant and entry.salt and entry.kind != "erased":
                self._entries[n - 1] = _bare(entry)
                erased += 1
        self._enter([Draft(at=at, tenant=tenant, kind="erased", subject=subject)])
        return erased

    async def head(self) -> tuple[int, bytes]:
        self._usable()
        return len(self._entries), self._chain()

    async def verify(self, first: int = 1, last: int | None = None) -> Found:
        """Walks the chain over entries `first` to `last`, both included; to the end if None."""
        first = max(first, 1)
        if first - 1 > len(self._entries):
            return Found(first=first, last=first - 1, chain=GENESIS, bad=first - 1, why="missing")
        walk = Walk(first, self._entries[first - 2].chain if first > 1 else GENESIS)
        gone = {(entry.tenant, entry.subject): entry.n for entry in self._entries if entry.kind == "erased"}
        for entry in self._entries[first - 1 : last]:
            excused = entry.kind != "erased" and gone.get((entry.tenant, entry.subject), 0) > entry.n
            fault = walk.step(entry, excused=excused)
            if fault:
                return fault
        return walk.found()

    async def close(self) -> None:
        if not self._closed and self._sealer and len(self._entries) > self._seal_n:
            self._seal()
        self._closed = True

    def _enter(self, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
        entries = tuple(self._enter_one(draft) for draft in drafts)
        if self._sealer and len(self._entries) - self._seal_n >= self._sealer.every:
            self._seal()
        return entries

    def _enter_one(self, draft: Draft) -> Entry:
        entry = numbered(self._chain(), len(self._entries) + 1, draft, self._entropy(SALT))
        self._entries.append(entry)
        if entry.subject:
            self._of_subject.setdefault(entry.subject, []).append(entry.n)
        if self._of_wider is not None:
            self._index(self._of_wider, entry)
        if entry.key:
            self._of_key.setdefault((entry.tenant, entry.key), entry.n)
        return entry

    def _about(self, subject: bytes) -> Sequence[int]:
        """The numbers of a subject's entries, ascending."""
        if wider_id(subject) is None:
            return self._of_subject.get(subject, ())
        if self._of_wider is None:
            self._of_wider = {}
            for entry in self._entries:
                self._index(self._of_wider, entry)
        return self._of_wider.get(subject, ())

    def _index(self, of_wider: dict[bytes, list[int]], entry: Entry) -> None:
        for subject in wider_subjects(entry):
            of_wider.setdefault(subject, []).append(entry.n)

    def _seal(self) -> None:
        assert self._sealer is not None
        since = max(self._seal_n, 1)
        chains = [entry.chain for entry in self._entries[since - 1 :]]
        self._seal_n = self._enter_one(self._sealer.draft(since, chains, self._entries[-1].at)).n

    def _chain(self) -> bytes:
        return self._entries[-1].chain if self._entries else GENESIS

    def _usable(self) -> None:
        if self._closed:
            raise LedgerError("the ledger is closed; open it again")


def _bare(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, salt=b"", payload=b"")
