"""What every ledger does, whatever it is kept on. `tests/conformance` runs one suite over all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Protocol

import msgspec

from cadencia.engine.words import Wider
from cadencia.store.entry import Draft, Entry


class LedgerError(RuntimeError):
    """The ledger cannot be used: what failed and what to do. After it the gate denies until somebody has looked."""


def check_consortium(where: str, kept: str, named: str) -> None:
    """LedgerError if a ledger is opened for another consortium than it was begun for; empty: each tenant counts alone.
    Persons would have other subjects there, and what they had before would not be counted."""
    if kept == named:
        return
    if kept:
        raise LedgerError(f"{where} counts within the consortium {kept!r}; name that one, or too little is counted")
    raise LedgerError(f"{where} counts each tenant alone; leave the consortium {named!r} out, or begin a new ledger "
                      "for it")  # fmt: skip


class Appended(msgspec.Struct, frozen=True, gc=False):
    """Durable: the entries, numbered."""

    entries: tuple[Entry, ...]


class Moved(msgspec.Struct, frozen=True):
    """Nothing was appended: these entries of the subjects came in between, oldest first."""

    newer: tuple[Entry, ...]


class Ledger(Protocol):
    """An append-only sequence of entries. All methods belong to one event loop.

    A subject is a person's keyed hash or one wider than a person (store/wider.py); the entries of a wider one are those
    that count an event in its history. Its version is the number `n` of its newest entry, 0 if it has none. `shared`
    says whether other processes append to the ledger as well; where none do, `expected` always holds."""

    shared: bool

    async def append(self, drafts: Sequence[Draft], expected: Mapping[bytes, int] | None = None) -> Appended | Moved:
        """All of the drafts or none. Returns when they are on disk: one sync serves all who wait. With `expected`
        (subject -> version) nothing is appended if a subject has moved. LedgerError when it cannot be made sure."""

    async def count_for(self, kinds: Collection[Wider]) -> None:
        """Versions and entries of subjects of these kinds will be asked for often: makes that fast."""

    def append_behind(self, drafts: Sequence[Draft]) -> None:
        """For checks: appended soon, at most a second later, and lost in a crash; nobody waits."""

    async def settled_behind(self) -> int:
        """Waits until what was appended behind is durable; how many drafts of it were ever lost."""

    def entries(
        self, *, after: int = 0, subject: bytes | None = None, kinds: Sequence[str] = (), limit: int | None = None,
        payloads: Collection[str] | None = None,
    ) -> AsyncIterator[Entry]:  # fmt: skip
        """Entries with n > after, ascending. A payload that was erased is empty and its salt too. payloads: the kinds
        whose payloads are read, None all; an entry of another kind has its payload and salt empty, as if erased: what
        needs none of them is read far faster."""

    async def answered(self, tenant: str, key: str) -> Entry | None:
        """The first entry with this idempotency key."""

    async def erase(self, tenant: str, subject: bytes, at: int) -> int:
        """Destroys payloads, salts and the key of a person, keeps the plain parts and the chain, and appends `erased`;
        how many entries lost their payload."""

    async def head(self) -> tuple[int, bytes]:
        """The last number and its chain; (0, GENESIS) of an empty ledger."""

    async def close(self) -> None:
        """Ends it: what waits is written first."""
