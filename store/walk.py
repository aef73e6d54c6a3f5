"""Walks the chain over entries as they were read back, and names the first one that does not fit."""

from __future__ import annotations

import msgspec

from cadencia.store.entry import Entry, chained, digest_of
from cadencia.store.seal import Segment, seal_fault


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a walk over entries `first` to `last` found; both 0 if there were none. chain: the hash after the last good
    one. bad: the first entry that does not fit, None if all do, and why."""

    first: int
    last: int
    chain: bytes
    bad: int | None = None
    why: str = ""

    def __str__(self) -> str:
        if self.bad is not None:
            return f"entry {self.bad}: {self.why}"
        return f"entries {self.first} to {self.last} fit the chain" if self.last else "the ledger is empty"


class Walk:
    """Entries are given one after the other, in order, from `first` on; `previous` is the chain before it."""

    def __init__(self, first: int, previous: bytes) -> None:
        self._first, self._next, self._chain = first, first, previous
        self._segment = Segment(1) if first == 1 else None  # None: it began before what is read

    def step(self, entry: Entry, *, excused: bool) -> Found | None:
        """None if the entry fits, else what is wrong. excused: a missing payload was erased, as a later entry says."""
        why = self._fault(entry, excused)
        if why:
            return self.wrong(entry.n, why)
        self._next, self._chain = entry.n + 1, entry.chain
        if entry.kind == "sealed":
            self._segment = Segment(entry.n)
        if self._segment:
            self._segment.add(entry.chain)
        return None

    def wrong(self, n: int, why: str) -> Found:
        """What to say of the next entry, number `n`, when it does not fit or cannot even be read."""
        bad = min(n, self._next)  # of numbers left out, the first that is missing
        return Found(first=self._first, last=self._next - 1, chain=self._chain, bad=bad, why=why)

    def found(self) -> Found:
        """What to say when every step was good."""
        some = self._next > self._first
        return Found(first=self._first if some else 0, last=self._next - 1 if some else 0, chain=self._chain)

    def _fault(self, entry: Entry, excused: bool) -> str | None:
        if entry.n != self._next:
            return f"missing; {entry.n} follows {self._next - 1}" if entry.n > self._next else "its number came before"
        try:
            whole = chained(self._chain, entry.n, entry, entry.digest) == entry.chain
        except (OverflowError, UnicodeEncodeError):  # a number or a text that no entry has
            whole = False
        if not whole:
            return "its plain part, digest or chain was altered"
        if entry.salt:
            if digest_of(entry.salt, entry.payload) != entry.digest:
                return "its payload was altered"
            return seal_fault(entry, self._chain, self._segment) if entry.kind == "sealed" else None
        return None if excused else "its payload is gone and nothing says that it was erased"
