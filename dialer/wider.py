"""Histories wider than a person's: an attempt counts in those of its household, place of work, address, debts and
account as well, as far as some rule counts over them.

They are kept without numbers of attempts: two attempts of one second that are alike in everything count alike, so
whichever of them is settled the counters are the same. That is why an attempt that ended long ago can be corrected
without reading all that its household ever had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from cadencia.dialer.attempts import Counting
from cadencia.engine.history import ADDRESS, CREDITOR, DEBT, SAME_ATTEMPT, SAME_CREDITOR, SEQUENCE, SlotError
from cadencia.engine.tables import Rulebook
from cadencia.engine.words import EventKind, Subject, Wider
from cadencia.store.entry import Draft
from cadencia.store.wider import wider_subjects

_SEQUENCES = (1 << 17) - 1
_MORE = 1 << SAME_ATTEMPT | 1 << SAME_CREDITOR


class Looked(Counting, Protocol):
    """What these need of engine.histories.Histories besides."""

    def rows(self, subject: bytes) -> tuple[np.ndarray, np.ndarray]:
        """The events of a subject, oldest first."""

    def names(self, subject: bytes) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Its debts, addresses and creditors, in the order of their slots."""


def needed(rulebook: Rulebook) -> dict[Wider, int]:
    """The kinds of histories that a rulebook counts over, and what some count over each is narrowed to (bits of
    engine.words.Subject)."""
    return {kind: rulebook.narrows(kind) for kind in rulebook.wider}


class WiderHistories:
    """kinds: those that are kept, and what is told apart in each; ids that no rule asks for get no slots, so that a
    place of work may have any number of them."""

    def __init__(self, histories: Looked, kinds: Mapping[Wider, int]) -> None:
        self.kinds = dict(kinds)
        self._histories = histories

    def cover(self, kinds: Mapping[Wider, int]) -> bool:
        """Whether a rulebook that needs these can be decided by."""
        return all(kind in self.kinds and not narrowed & ~self.kinds[kind] for kind, narrowed in kinds.items())

    def and_also(self, kinds: Mapping[Wider, int]) -> dict[Wider, int]:
        """What is kept with these besides."""
        return {kind: self.kinds.get(kind, 0) | kinds.get(kind, 0) for kind in {**self.kinds, **kinds}}

    def append(self, draft: Draft, at: int, attr: int) -> None:
        """Counts an attempt; where it does not fit, the histories deny the subject."""
        for subject in wider_subjects(draft, self.kinds):
            try:
                self._histories.append(subject, at, attr, *self._told(subject, draft))
            except SlotError:
                continue

    def try_on(self, draft: Draft) -> list[tuple[bytes, int]]:
        """Counts an attempt for the moment: its number in each history, to remove it. SlotError, with nothing
        counted, where it does not fit."""
        tried: list[tuple[bytes, int]] = []
        try:
            for subject in wider_subjects(draft, self.kinds):
                told = self._told(subject, draft)
                sequence = self._histories.append(subject, draft.event_at, draft.event_attr, *told, tentative=True)
                tried.append((subject, sequence))
        except SlotError:
            for subject, sequence in tried:
                self._histories.remove(subject, sequence)
            raise
        return tried

    def become(self, draft: Draft, kind: EventKind) -> None:
        """The attempt, which counted as `draft` says, is of this kind from now on."""
        for subject, sequence in self.sequences(draft):
            self._histories.become(subject, sequence, kind)

    def remove(self, draft: Draft) -> None:
        """Takes the attempt, which counted as `draft` says, back."""
        for subject, sequence in self.sequences(draft):
            self._histories.remove(subject, sequence)

    def sequences(self, draft: Draft) -> tuple[tuple[bytes, int], ...]:
        """In each history the number of an attempt that counts as `draft` says; none where it did not fit."""
        found = ((subject, self._find(subject, draft)) for subject in wider_subjects(draft, self.kinds))
        return tuple((subject, sequence) for subject, sequence in found if sequence is not None)

    def _told(self, subject: bytes, draft: Draft) -> tuple[tuple[int, ...], int, int]:
        """Debts, address and creditor, as far as they are told apart in this history."""
        bits = self.kinds[Wider(subject[6])]
        return (
            draft.debts if bits >> Subject.debt & 1 else (), draft.address if bits >> Subject.address & 1 else 0,
            draft.creditor if bits >> Subject.creditor & 1 else 0,
        )  # fmt: skip

    def _find(self, subject: bytes, draft: Draft) -> int | None:
        at, attrs = self._histories.rows(subject)
        low, high = np.searchsorted(at, [draft.event_at, draft.event_at + 1])
        there: dict[int, list[int]] = {}
        for attr in attrs[low:high].tolist():
            there.setdefault(attr >> SEQUENCE & _SEQUENCES, []).append(attr & ~(_SEQUENCES << SEQUENCE))
        wanted = self._events(subject, draft)
        return next((sequence for sequence in reversed(there) if sorted(there[sequence]) == wanted), None)

    def _events(self, subject: bytes, draft: Draft) -> list[int]:
        """The attributes of the attempt's events in this history, sorted."""
        debts, address, creditor = self._told(subject, draft)
        of_debt, of_address, of_creditor = (
            {name: slot for slot, name in enumerate((0, *names))} for names in self._histories.names(subject)
        )
        attr = draft.event_attr | of_address.get(address, 0) << ADDRESS | of_creditor.get(creditor, 0) << CREDITOR
        return sorted(
            attr | of_debt.get(debt, 0) << DEBT | (_MORE if place else 0)
            for place, debt in enumerate(dict.fromkeys(debts) or (0,))
        )
