"""Histories wider than a person's: an attempt counts in those of its place of work, address, debts and account and of
every household of its person as well, as far as some rule counts over them.

They are kept without numbers of attempts: two attempts of one second that are alike in everything count alike, so
whichever of them is settled the counters are the same. That is why an attempt that ended long ago can be corrected
without reading all that its household ever had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import msgspec
import numpy as np

from cadencia.dialer.attempts import Looked
from cadencia.dialer.households import MORE, Households, attempts_of
from cadencia.engine.histories import wider_subject
from cadencia.engine.history import ADDRESS, CREDITOR, DEBT, MAX_DEBTS, SEQUENCE, SlotError
from cadencia.engine.tables import Rulebook
from cadencia.engine.words import EventKind, Subject, Wider
from cadencia.store.entry import Draft
from cadencia.store.wider import wider_subjects

_SEQUENCES = (1 << 17) - 1
#: More debts than any history has room for.
_TOO_MANY = tuple(range(1, MAX_DEBTS + 2))


def needed(rulebook: Rulebook) -> dict[Wider, int]:
    """The kinds of histories that a rulebook counts over, and what some count over each is narrowed to (bits of
    engine.words.Subject)."""
    return {kind: rulebook.narrows(kind) for kind in rulebook.wider}


class WiderHistories:
    """kinds: those that are kept, and what is told apart in each; ids that no rule asks for get no slots, so that a
    place of work may have any number of them. households: who is known as a member; kept where some rule counts by
    household."""

    def __init__(self, histories: Looked, kinds: Mapping[Wider, int], households: Households | None = None) -> None:
        self.kinds = dict(kinds)
        self.households = households or Households()
        self._histories = histories

    def subjects(self, draft: Draft) -> tuple[bytes, ...]:
        """Those in whose histories an entry's event counts, sorted."""
        named = wider_subjects(draft, self.kinds)
        known = self.households.of(draft.subject)
        if not known or not (draft.event_at or draft.event_attr):
            return named
        return tuple(sorted({*named, *(wider_subject(Wider.household, one) for one in known)}))

    def housed(self, draft: Draft) -> Draft:
        """The entry with the household that was last stated of its person, where it states none."""
        known = () if draft.household else self.households.of(draft.subject)
        return msgspec.structs.replace(draft, household=known[-1]) if known else draft

    def housemates(self, person: bytes, household: int) -> set[bytes]:
        """Everybody of this household and of those that are known of the person, the person left out."""
        every = {household, *self.households.of(person)} - {0}
        return {one for each in every for one in self.households.members(each)} - {person}

    def join(self, person: bytes, household: int) -> None:
        """The person is stated a member: what the person had so far counts in the household's history, too."""
        if Wider.household in self.kinds and household:
            if household not in self.households.of(person):
                self._adopt(person, household)
            self.households.state(person, household)

    @contextmanager
    def supposing(self, person: bytes, household: int) -> Iterator[None]:
        """Meanwhile the person is a member."""
        if Wider.household not in self.kinds or not household or household in self.households.of(person):
            yield
            return
        adopted = self._adopt(person, household)
        self.households.state(person, household)
        try:
            yield
        finally:
            self.households.take_back(person, household)
            for sequence in reversed(adopted):
                self._histories.remove(wider_subject(Wider.household, household), sequence)

    def _adopt(self, person: bytes, household: int) -> list[int]:
        """Counts all that the person had; the numbers in the household's history. Of whom not everything is counted,
        the household is denied as the person is."""
        into, adopted = wider_subject(Wider.household, household), list[int]()
        with suppress(SlotError):
            for draft in attempts_of(self._histories, person):
                told = self._told(into, draft)
                adopted.append(self._histories.append(into, draft.event_at, draft.event_attr, *told))
            if self._histories.overflown(person):
                self._histories.append(into, 0, 0, _TOO_MANY)
        return adopted

    def cover(self, kinds: Mapping[Wider, int]) -> bool:
        """Whether a rulebook that needs these can be decided by."""
        return all(kind in self.kinds and not narrowed & ~self.kinds[kind] for kind, narrowed in kinds.items())

    def and_also(self, kinds: Mapping[Wider, int]) -> dict[Wider, int]:
        """What is kept with these besides."""
        return {kind: self.kinds.get(kind, 0) | kinds.get(kind, 0) for kind in {**self.kinds, **kinds}}

    def append(self, draft: Draft, at: int, attr: int) -> None:
        """Counts an attempt; where it does not fit, the histories deny the subject."""
        for subject in self.subjects(draft):
            try:
                self._histories.append(subject, at, attr, *self._told(subject, draft))
            except SlotError:
                continue

    def try_on(self, draft: Draft) -> list[tuple[bytes, int]]:
        """Counts an attempt for the moment: its number in each history, to remove it. SlotError, with nothing
        counted, where it does not fit."""
        tried: list[tuple[bytes, int]] = []
        try:
            for subject in self.subjects(draft):
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
        found = ((subject, self._find(subject, draft)) for subject in self.subjects(draft))
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
            attr | of_debt.get(debt, 0) << DEBT | (MORE if place else 0)
            for place, debt in enumerate(dict.fromkeys(debts) or (0,))
        )
