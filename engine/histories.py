"""Persons' histories in memory, by subject: the face of engine/_histories.pyx.

An event is the 12 bytes of engine/history.py; a person's lie in one block, oldest first, and the kernel reads them
where they lie. Ids of debts, addresses and creditors are 64-bit keyed hashes; a person's get slots in the order of
first appearance. An attempt has a number among the person's attempts: by it the attempt is settled, corrected, released
(`become`, `void`) or taken back if it was never recorded (`remove`). Loaded in the order of the ledger, the same
attempts get the same numbers.

A household, a place of work, an address, a debt or an account whose contacts some rule counts together has a history of
its own (`wider_subject`), kept as a person's is: whoever appends an attempt to a person's appends it there too.

Erasing a person changes nothing here: what lies here are numbers that count on; key, salt and payload are the store's.
"""

from __future__ import annotations

from cadencia.engine._histories import Histories, UnknownAttemptError
from cadencia.engine.history import SlotError
from cadencia.engine.words import Wider

__all__ = ["Histories", "SlotError", "UnknownAttemptError", "wider_subject"]

_WIDER = tuple(b"\xffwider" + bytes((kind, 0)) for kind in Wider)


def wider_subject(kind: Wider, id64: int) -> bytes:
    """The subject, 16 bytes, under which the history of a household, place of work, … with this keyed hash is kept."""
    return _WIDER[kind] + id64.to_bytes(8, "big")
