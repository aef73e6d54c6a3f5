"""Persons' histories in memory, by subject: the face of engine/_histories.pyx.

An event is the 12 bytes of engine/history.py; a person's lie in one block, oldest first, and the kernel reads them
where they lie. Ids of debts, addresses and creditors are 64-bit keyed hashes; a person's get slots in the order of
first appearance. An attempt has a number among the person's attempts: by it the attempt is settled, corrected, released
(`become`, `void`) or taken back if it was never recorded (`remove`). Loaded in the order of the ledger, the same
attempts get the same numbers.

Erasing a person changes nothing here: what lies here are numbers that count on; key, salt and payload are the store's.
"""

from __future__ import annotations

from cadencia.engine._histories import Histories, UnknownAttemptError
from cadencia.engine.history import SlotError
from cadencia.engine.tables import CountCheck, Rulebook
from cadencia.engine.words import Subject, Wider

__all__ = ["Histories", "SlotError", "UnknownAttemptError", "needs", "wider_subject"]

_WIDER = tuple(b"\xffwider" + bytes((kind, 0)) for kind in Wider)

#: Counters for these are kept in the history of the one person: their slots and words are part of the event.
_WITHIN_A_PERSON = frozenset({Subject.debt, Subject.creditor, Subject.address, Subject.place})


def wider_subject(kind: Wider, id64: int) -> bytes:
    """The subject, 16 bytes, under which the history of a household, place of work, … with this keyed hash is kept."""
    return _WIDER[kind] + id64.to_bytes(8, "big")


def needs(rulebook: Rulebook) -> frozenset[str]:
    """The subjects wider than a person (address, household, workplace, consortium) that some rule counts for, each with
    a history of its own under its own 16 bytes. ValueError for a counter of a subject without a word.

    Today no rule can need one. `for_each` says person, debt, creditor, address or place, and each of them narrows the
    count to a part of one person's history: `for_each: [person, address]` is an address of that person. For a subject
    across persons the language has no word. What is missing, from one end to the other: a word of `for_each` that is
    not joined with person; its member of words.Subject and bit of `CountCheck.same`; the id of the household, workplace
    or consortium in Query and in the ledger's Draft; and in the kernel a second history of the row, which the counters
    of that subject read. `Histories` holds such a subject as it holds a person."""
    known = {int(subject) for subject in Subject}
    same = {(rule.id, check.same) for rule in rulebook.rules for check in rule.checks if isinstance(check, CountCheck)}
    for name, mask in same:
        if mask >> (max(known) + 1):
            raise ValueError(f"{name}: it counts for a subject that the engine does not know ({mask:#b})")
    return frozenset(
        subject.name for subject in set(Subject) - _WITHIN_A_PERSON if any(mask >> subject & 1 for _, mask in same)
    )
