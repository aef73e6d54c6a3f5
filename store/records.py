"""What every store of records does: it keeps what the service has beside the ledger, as documents and events.

A document is a body of bytes under (tenant, kind, id). Each tenant numbers its writes from 1 without gaps: the number
of a document's first write is its place in the order of creation, that of its last is its version, so a version never
comes back, even if the document was dropped and made anew. Tenant "" is the house's own. A tenant's events are
numbered from 1 by themselves. `tests/conformance` runs one suite over all stores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import msgspec

from cadencia.store.ledger import LedgerError

MAX_BODY = 1 << 20
MAX_TEXT = 255  # characters of a tenant, id, name or type
MAX_KIND = 40  # so that tenant, kind and id fit into a key of PostgreSQL, 2,704 bytes, in any script
MAX_NAMES = 64  # of one document
MAX_CHANGES = 1_000  # of one write, as its events
MAX_WRITE = 16 << 20  # bytes of its bodies
MAX_PAGE = 1_000
_MAX_INSTANT = (1 << 63) - 1


class RecordsError(RuntimeError):
    """The records cannot be used: what failed and what to do. Whether a write under way was kept is not known."""


class ClashError(Exception):
    """Nothing of a write was done. `version` is what the document has now, 0 if there is none."""

    def __init__(self, kind: str, id: str, version: int, said: str) -> None:
        super().__init__(said)
        self.kind, self.id, self.version = kind, id, version


class MovedError(ClashError):
    """A document has another version than was expected."""

    def __init__(self, kind: str, id: str, version: int) -> None:
        super().__init__(kind, id, version, f"{kind} {id} has moved: its version is {version}; read it and try again")


class NameTakenError(ClashError):
    """A name belongs to another document of its kind; `kind` and `id` say of whom it was asked."""

    def __init__(self, kind: str, id: str, version: int, name: str) -> None:
        super().__init__(kind, id, version, f"{kind} {id} cannot have a name that another {kind} has; choose another")
        self.name = name


class Document(msgspec.Struct, frozen=True, gc=False):
    """n: its place in the order of creation. at, until: microseconds since 1970; at: when it was last written. From
    `until` on it is as good as gone, and goes with the next sweep."""

    kind: str
    id: str
    n: int
    version: int
    body: bytes
    at: int
    until: int | None = None
    names: tuple[str, ...] = ()

    def ended(self, at: int | None) -> bool:
        """Whether its time is over at that instant; None: nobody asks."""
        return at is not None and self.until is not None and self.until <= at


class Put(msgspec.Struct, frozen=True):
    """Writes a document with all its names. expected: the version that it replaces, 0 if there must be none, None
    whatever there is."""

    kind: str
    id: str
    body: bytes
    expected: int | None = None
    names: tuple[str, ...] = ()
    until: int | None = None


class Drop(msgspec.Struct, frozen=True):
    """Takes a document and its names away. expected: its version; None takes whatever there is, also nothing."""

    kind: str
    id: str
    expected: int | None = None


class NewEvent(msgspec.Struct, frozen=True):
    """An event before it has a number."""

    type: str
    body: bytes


class Event(msgspec.Struct, frozen=True, gc=False):
    """n: from 1 without gaps in its tenant. at: microseconds since 1970."""

    n: int
    tenant: str
    type: str
    at: int
    body: bytes


class Claimed(msgspec.Struct, frozen=True):
    """The document, and whether this claim made it."""

    document: Document
    won: bool


Change = Put | Drop


class Write(msgspec.Struct, frozen=True):
    """One write as the stores hand it on. claim: its one Put makes a document or finds the one that there is."""

    tenant: str
    changes: tuple[Change, ...]
    events: tuple[NewEvent, ...]
    at: int
    claim: bool = False


Written = list[int] | Claimed


class Records(Protocol):
    """Documents and events. All methods belong to one event loop.

    ValueError for what no store can keep; RecordsError when nothing is sure. With `at`, reads leave out what has ended
    by then; without it, what was not yet swept is still there."""

    async def get(self, tenant: str, kind: str, id: str, *, at: int | None = None) -> Document | None:
        """The document, None if there is none."""

    async def by_name(self, tenant: str, kind: str, name: str, *, at: int | None = None) -> Document | None:
        """The one document of that kind which has the name."""

    async def page(
        self, tenant: str, kind: str, *, after: int = 0, limit: int = 100, at: int | None = None
    ) -> list[Document]:
        """Documents with n > after, in the order of their creation."""

    async def write(
        self, tenant: str, changes: Sequence[Change], events: Sequence[NewEvent] = (), *, at: int
    ) -> list[int]:
        """All of it or nothing, on disk when it returns: one sync serves all who wait. The changes are done in order,
        each document once; the answer is the version of each, 0 of a drop. MovedError, NameTakenError. A document that
        has ended at `at` counts as none."""

    async def claim(self, tenant: str, kind: str, id: str, body: bytes, *, until: int | None, at: int) -> Claimed:
        """Makes the document unless it is there already: of all who claim, in whatever process, exactly one wins."""

    async def events(self, tenant: str, *, after: int = 0, limit: int = 100) -> list[Event]:
        """Events with n > after, ascending. The first of them is not after + 1 if what was between was swept."""

    async def newest(self, tenant: str) -> int:
        """The number of the newest event, 0 if there never was one."""

    async def wait(self, tenant: str, *, after: int, timeout_s: float) -> bool:
        """Until there are events with n > after; False if there are none after so many seconds."""

    async def sweep(self, now: int, *, events_before: int | None = None) -> int:
        """Takes away what has ended, and events that were recorded before an instant; how many of both."""

    async def close(self) -> None:
        """Ends it: what waits is written first."""


def checked_write(
    tenant: str, changes: Sequence[Change], events: Sequence[NewEvent], at: int, *, claim: bool = False
) -> Write:
    """The write, or a ValueError that says what no store can keep. PostgreSQL has no NUL in a text, SQLite would cut
    there: neither decides alone."""
    check_texts(tenant=tenant)
    _check_instant("at", at)
    if len(changes) > MAX_CHANGES or len(events) > MAX_CHANGES:
        raise ValueError(f"a write has {len(changes)} changes, {len(events)} events; split it at {MAX_CHANGES}")
    if len({(change.kind, change.id) for change in changes}) < len(changes):
        raise ValueError("a write changes a document twice; say only what it is to be in the end")
    for change in changes:
        _check_change(change)
    for event in events:
        check_texts(type=event.type)
        _check_body(f"event {event.type!r}", event.body)
    size = sum(len(one.body) for one in (*changes, *events) if not isinstance(one, Drop))
    if size > MAX_WRITE:
        raise ValueError(f"the bodies of a write have {size} bytes, at most {MAX_WRITE} go together; split it")
    return Write(tenant, tuple(changes), tuple(events), at, claim)


def check_texts(**texts: str) -> None:
    """ValueError that names the first text no store can keep; only a tenant may be empty."""
    for what, text in texts.items():
        most = MAX_KIND if what == "kind" else MAX_TEXT
        if len(text) > most or not text.isprintable() or not (text or what == "tenant"):
            raise ValueError(f"{what}: {len(text)} characters; write 1 to {most}, all printable")


def check_page(after: int, limit: int) -> None:
    """ValueError for a page that nobody can give."""
    if not 0 <= after <= _MAX_INSTANT or not 1 <= limit <= MAX_PAGE:
        raise ValueError(f"a page after {after} of {limit}: after is from 0 on, limit from 1 to {MAX_PAGE}")


@contextmanager
def said_as_records() -> Iterator[None]:
    """What the parts shared with the ledger raise is an error of the records here."""
    try:
        yield
    except LedgerError as error:
        raise RecordsError(str(error)) from error.__cause__


def _check_change(change: Change) -> None:
    check_texts(kind=change.kind, id=change.id)
    least = 1 if isinstance(change, Drop) else 0
    if change.expected is not None and not least <= change.expected <= _MAX_INSTANT:
        raise ValueError(f"{change.kind} {change.id}: version {change.expected} cannot be expected")
    if isinstance(change, Put):
        _check_body(f"{change.kind} {change.id}", change.body)
        if change.until is not None:
            _check_instant("until", change.until)
        if len(change.names) > MAX_NAMES or len(set(change.names)) < len(change.names):
            raise ValueError(f"{change.kind} {change.id}: at most {MAX_NAMES} names, each once")
        for name in change.names:
            check_texts(name=name)


def _check_body(what: str, body: bytes) -> None:
    if len(body) > MAX_BODY:
        raise ValueError(f"{what}: the body has {len(body)} bytes; at most {MAX_BODY} are kept")


def _check_instant(what: str, instant: int) -> None:
    if not 0 <= instant <= _MAX_INSTANT:
        raise ValueError(f"{what}: {instant} is not in microseconds since 1970")
