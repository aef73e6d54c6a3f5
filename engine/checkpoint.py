"""Histories as bytes and back: the arrays as they lie, a head that says how far they go, and SHA-256 over all of it.

    head       magic, version, byte order, ledger's n, persons, events, hashes, ledger's chain      80 bytes
    arrays     subjects 16 · persons | attributes 8 · events | hashes 8 · hashes | events of each person 4 |
               attempts of each 4 | times 4 · events | debts, addresses, creditors, flags of each person 4 · 1
    digest     SHA-256 of head and arrays                                                           32 bytes

Whoever cannot read one rebuilds the histories from the ledger's rows, and says so.
"""

from __future__ import annotations

import hashlib
import struct
from typing import NamedTuple

from cadencia.engine.histories import Histories

VERSION = 1
_MAGIC = b"CADHIST\0"
_ORDER = 0x01020304
_HEAD = struct.Struct("=8sIIQQQQ32s")
_DIGEST = 32


class CheckpointError(ValueError):
    """The bytes are no checkpoint of this version, or not all of one: rebuild the histories from the ledger's rows."""


class Thawed(NamedTuple):
    """The histories up to and with the ledger's entry `upto`, whose chain is `head`: the tail is still to be added."""

    histories: Histories
    upto: int
    head: bytes


def frozen(histories: Histories, upto: int, head: bytes) -> tuple[bytes, bytes, bytes]:
    """A checkpoint in three parts, to be written one behind the other."""
    if len(head) != 32:
        raise ValueError(f"a chain's hash has 32 bytes, not {len(head)}")
    persons, events, names, arrays = histories.freeze()
    first = _HEAD.pack(_MAGIC, VERSION, _ORDER, upto, persons, events, names, head)
    return first, arrays, _digest(first, arrays)


def thawed(data: bytes | memoryview) -> Thawed:
    """The histories of a checkpoint. CheckpointError says what is wrong with it."""
    view = memoryview(data).cast("B")
    if len(view) < _HEAD.size + _DIGEST:
        raise CheckpointError(f"a checkpoint of {len(view)} bytes is cut short")
    magic, version, order, upto, persons, events, names, head = _HEAD.unpack(view[: _HEAD.size])
    if magic != _MAGIC:
        raise CheckpointError("this is no checkpoint of histories")
    if (version, order) != (VERSION, _ORDER):
        raise CheckpointError(f"a checkpoint of version {version}, not {VERSION}, or of another kind of machine")
    arrays, digest = view[_HEAD.size : -_DIGEST], view[-_DIGEST:]
    if _digest(view[: _HEAD.size], arrays) != digest:
        raise CheckpointError("the checkpoint is damaged or cut short: its SHA-256 differs")
    try:
        histories = Histories.thaw(arrays, persons, events, names)
    except ValueError as problem:
        raise CheckpointError(f"the checkpoint does not hold histories: {problem}") from None
    return Thawed(histories, upto, head)


def _digest(first: bytes | memoryview, arrays: bytes | memoryview) -> bytes:
    total = hashlib.sha256(first)
    total.update(arrays)
    return total.digest()
