"""Attempts from reservation to outcome, and what they count in the histories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from cadencia.engine.history import KIND
from cadencia.engine.words import EventKind
from cadencia.store.entry import Draft

if TYPE_CHECKING:
    from cadencia.dialer.judge import Contact
    from cadencia.dialer.request import Request

_KIND_BITS = 15 << KIND
_KINDS = {int(kind): kind for kind in EventKind}


class Counting(Protocol):
    """What attempts need of engine.histories.Histories. A number is an attempt's among the attempts of its subject."""

    def append(
        self, subject: bytes, at: int, attr: int, debts: tuple[int, ...] = (), address: int = 0, creditor: int = 0, *,
        tentative: bool = False,
    ) -> int:  # fmt: skip
        """Counts an attempt, an event for each debt; its number. SlotError when it does not fit; unless it was
        tentative, the histories deny the subject from then on."""

    def become(self, subject: bytes, sequence: int, kind: int) -> int:
        """The attempt is of this kind from now on."""

    def remove(self, subject: bytes, sequence: int) -> int:
        """Takes an attempt back."""


class Looked(Counting, Protocol):
    """What histories wider than a person's need of it besides."""

    def rows(self, subject: bytes) -> tuple[np.ndarray, np.ndarray]:
        """The events of a subject, oldest first."""

    def names(self, subject: bytes) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Its debts, addresses and creditors, in the order of their slots."""

    def overflown(self, subject: bytes) -> bool:
        """Whether something that happened could not be kept."""


class Attempt:
    """One attempt. status: reserved, placed, expired, released, settled or corrected. draft: its reservation, dated
    and of the kind that it counts as now. asked: what was reserved, None when it was not this gate since it was
    opened: then it is not sure whether it left. busy: it is being placed."""

    __slots__ = ("asked", "busy", "draft", "id", "outcome", "placed_at", "sequence", "status")

    def __init__(self, draft: Draft, sequence: int) -> None:
        self.id, self.draft, self.sequence = draft.attempt, draft, sequence
        self.status, self.outcome = "reserved", ""
        self.placed_at: int | None = None  # microseconds since 1970
        self.asked: tuple[Request, Contact] | None = None
        self.busy = False

    @property
    def unplaced(self) -> bool:
        return self.status in ("reserved", "expired")


def kind_of(attr: int) -> EventKind:
    """The kind of an event."""
    return _KINDS[(attr & _KIND_BITS) >> KIND]


def with_kind(attr: int, kind: EventKind) -> int:
    """The event as another kind."""
    return attr & ~_KIND_BITS | kind << KIND


class Dealer:
    """Numbers attempts as the histories do, and counts nothing: to find the number of one long ago."""

    def __init__(self) -> None:
        self._dealt: dict[bytes, int] = {}

    def append(
        self, subject: bytes, at: int, attr: int, debts: tuple[int, ...] = (), address: int = 0, creditor: int = 0, *,
        tentative: bool = False,
    ) -> int:  # fmt: skip
        """The next number."""
        number = self._dealt.get(subject, 0)
        self._dealt[subject] = number + 1
        return number

    def become(self, subject: bytes, sequence: int, kind: int) -> int:
        """Changes nothing."""
        return 1

    def remove(self, subject: bytes, sequence: int) -> int:
        """The newest number is dealt again."""
        if self._dealt[subject] == sequence + 1:
            self._dealt[subject] = sequence
        return 1
