"""The event of 12 bytes: when (uint32, seconds since 2000-01-01T00:00:00Z) and what (uint64 attributes).

The ledger stores these numbers, so the layout only grows into the spare bits:

    bits  0- 2 channel        bits 21-28 debt slot        bit  59 same attempt as an earlier event, another debt
    bits  3- 6 kind           bits 29-36 address slot     bit  60 … and of the same creditor as that event
    bits  7- 9 party          bits 37-41 creditor slot    bits 61-63 spare (0)
    bits 10-12 place          bits 42-58 attempt sequence
    bits 13-16 actor
    bits 17-18 purpose
    bit  19 inbound           a slot is a number of the person's own side dictionary; 0 says "not stated" and
    bit  20 with consent      matches every debt, address or creditor

What a reservation may still become is the kind `pending`; a released one is `void`.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

from cadencia.engine.query import Event
from cadencia.engine.tables import UNIX_OF_EPOCH
from cadencia.engine.words import Actor, Channel, EventKind, Party, Place, Purpose

CHANNEL, KIND, PARTY, PLACE, ACTOR, PURPOSE = 0, 3, 7, 10, 13, 17
INBOUND, CONSENTED = 19, 20
DEBT, ADDRESS, CREDITOR, SEQUENCE = 21, 29, 37, 42
SAME_ATTEMPT, SAME_CREDITOR = 59, 60
MAX_DEBTS, MAX_ADDRESSES, MAX_CREDITORS = 255, 255, 31
MAX_SECONDS = 2**32 - 1


class SlotError(ValueError):
    """A person has more debts, addresses or creditors than the layout holds: the engine denies history_overflow."""


class Slots:
    """The side dictionary of one person: id -> small number, from 1 on. None is 0."""

    def __init__(self, limit: int) -> None:
        self._numbers: dict[str, int] = {}
        self._limit = limit

    def number(self, name: str | None) -> int:
        """The slot of an id, a new one if it was not seen before. SlotError when all are taken."""
        if name is None:
            return 0
        found = self._numbers.get(name)
        if found is None:
            found = len(self._numbers) + 1
            if found > self._limit:
                raise SlotError(f"more than {self._limit} distinct ids on one person")
            self._numbers[name] = found
        return found


def seconds(at: datetime) -> int:
    """Seconds since 2000-01-01T00:00:00Z, rounded down. ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError("a time needs its zone or offset")
    return int(at.timestamp() // 1) - UNIX_OF_EPOCH


def attributes(
    *, channel: int, kind: int, party: int = 0, place: int = 0, actor: int = 0, purpose: int = 0, inbound: bool = False,
    consented: bool = False, debt: int = 0, address: int = 0, creditor: int = 0, sequence: int = 0,
    same_attempt: bool = False, same_creditor: bool = False,
) -> int:  # fmt: skip
    """The 64 attribute bits of one event."""
    return (
        channel << CHANNEL | kind << KIND | party << PARTY | place << PLACE | actor << ACTOR | purpose << PURPOSE
        | (inbound or kind == EventKind.inbound) << INBOUND | consented << CONSENTED
        | debt << DEBT | address << ADDRESS | creditor << CREDITOR | (sequence & 0x1FFFF) << SEQUENCE
        | same_attempt << SAME_ATTEMPT | same_creditor << SAME_CREDITOR
    )  # fmt: skip


def pack(events: tuple[Event, ...], debts: Slots, addresses: Slots, creditors: Slots) -> tuple[np.ndarray, np.ndarray]:
    """Events of one person as (uint32[n], uint64[n]), oldest first. SlotError, or ValueError for a word or time that
    does not fit."""
    rows = sorted(((seconds(event.at), event) for event in events), key=lambda row: row[0])
    at, attrs = np.empty(len(rows), np.uint32), np.empty(len(rows), np.uint64)
    for i, (when, event) in enumerate(rows):
        if not 0 <= when <= MAX_SECONDS:
            raise ValueError(f"an event of {event.at.isoformat()} is outside 2000 to 2136")
        at[i] = when
        attrs[i] = attributes(
            channel=word(Channel, event.channel), kind=word(EventKind, event.kind), party=word(Party, event.party),
            place=word(Place, event.place), actor=word(Actor, event.actor), purpose=word(Purpose, event.purpose),
            inbound=event.inbound, consented=event.consented, debt=debts.number(event.debt),
            address=addresses.number(event.address), creditor=creditors.number(event.creditor),
        )  # fmt: skip
    return at, attrs


def kind_of(vocabulary: type) -> str:
    """What a vocabulary's words are, with its article: "a debt type", "an actor"."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", vocabulary.__name__).lower()
    return f"{'an' if kind[0] in 'aei' else 'a'} {kind}"


def word(vocabulary: type, name: str) -> int:
    """The number of a word; ValueError that names the vocabulary and its words."""
    try:
        return int(vocabulary[name])  # type: ignore[index]
    except KeyError:
        words = ", ".join(member.name for member in vocabulary)  # type: ignore[attr-defined]
        raise ValueError(f"{name!r} is not {kind_of(vocabulary)}; one of: {words}") from None
