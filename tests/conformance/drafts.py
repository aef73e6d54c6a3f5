"""Drafts for tests, and the entries of a ledger as tests compare them."""

from __future__ import annotations

from typing import Any

from cadencia.engine.history import attributes
from cadencia.engine.words import Channel, EventKind
from cadencia.store.entry import Draft, Entry
from cadencia.store.ledger import Appended, Ledger, Moved

MARIA, JOAO, ANA = (bytes([number]) * 16 for number in (1, 2, 3))
ATTR = attributes(channel=Channel.call, kind=EventKind.pending)


def draft(subject: bytes = MARIA, **fields: Any) -> Draft:
    """A reservation of one call."""
    kept = {
        "at": 1_800_000_000_000_000,
        "tenant": "acme",
        "kind": "reserved",
        "event_at": 800_000_000,
        "event_attr": ATTR,
    }
    return Draft(subject=subject, **kept | fields)


async def append(ledger: Ledger, *drafts: Draft) -> tuple[Entry, ...]:
    """Appends, and gives the entries."""
    done = await ledger.append(drafts)
    assert isinstance(done, Appended)
    return done.entries


async def all_of(ledger: Ledger, **asked: Any) -> list[Entry]:
    """What `entries` gives, but for the seals that a ledger may write at any time."""
    return [entry async for entry in ledger.entries(**asked) if entry.kind != "sealed"]


def newer(done: Appended | Moved) -> tuple[Entry, ...]:
    """The entries that came in between."""
    assert isinstance(done, Moved)
    return done.newer
