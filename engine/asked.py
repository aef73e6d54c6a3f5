"""A query turned into the numbers of one kernel row."""

from __future__ import annotations

import struct
from datetime import datetime
from typing import NamedTuple

from cadencia.engine import history
from cadencia.engine._kernel import timed_bytes
from cadencia.engine.batch import NO_DATE, pack_selectors
from cadencia.engine.query import Fact, Query
from cadencia.engine.words import (
    DATES,
    NUMBERS,
    Actor,
    Channel,
    DebtType,
    Initiator,
    Party,
    Place,
    Purpose,
    Stage,
    bit_of_fact,
)

_LOW = (1 << 64) - 1
_ALWAYS, _NEVER = -(1 << 61), 1 << 61
_CHANNELS = {member.name: int(member) for member in Channel}
_VOCABULARIES = (Actor, Purpose, Initiator, Party, Place, DebtType, Stage)
_DATES = {name: index for index, name in enumerate(DATES)}
_NUMBERS = {name: index for index, name in enumerate(NUMBERS)}
_EPOCH_ORDINAL = datetime(2000, 1, 1).toordinal()


class QueryError(ValueError):
    """The query cannot be read: an unknown word, a naive time. Says which field and what to write instead."""


class Facts(NamedTuple):
    """Masks of what is known always, and rows (fact, value, since, until) of what holds for a time."""

    true: int
    known: int
    timed: bytes


def selectors_of(query: Query) -> int:
    """The packed selector words. QueryError names the field and the words it may have."""
    words = []
    fields = (query.actor, query.purpose, query.initiator, query.party, query.place, query.debt_type, query.stage)
    for vocabulary, value in zip(_VOCABULARIES, fields, strict=True):
        words.append(_word(vocabulary, value))
    return int(pack_selectors(_word(Channel, query.channel), *words))


def facts_of(facts: tuple[Fact, ...], channel: str) -> Facts:
    """The facts that bear on this channel. A fact with dates holds inside them only; the last given wins."""
    true = known = 0
    timed = []
    for fact in facts:
        if fact.channel is not None and _word(Channel, fact.channel) != _CHANNELS[channel]:
            continue
        try:
            bit = bit_of_fact(fact.name)
        except KeyError:
            raise QueryError(f"facts: {fact.name!r} is not a fact; see engine/words.py FACTS") from None
        if fact.from_ is None and fact.until is None:
            known |= 1 << bit
            true = true | 1 << bit if fact.value else true & ~(1 << bit)
        else:
            since = _ALWAYS if fact.from_ is None else _seconds("facts.from", fact.from_)
            until = _NEVER if fact.until is None else _seconds("facts.until", fact.until)
            timed.append((bit, int(fact.value), since, until))
    return Facts(true, known, timed_bytes(timed) if timed else b"")


def dates_of(query: Query) -> bytes:
    """The column of dates as int32 bytes, empty when none is known."""
    if not query.dates:
        return b""
    row = [NO_DATE] * len(DATES)
    for name, value in query.dates.items():
        if name not in _DATES:
            raise QueryError(f"dates: {name!r} is not a dated fact; one of: {', '.join(DATES)}")
        row[_DATES[name]] = value.toordinal() - _EPOCH_ORDINAL
    return struct.pack(f"<{len(row)}i", *row)


def numbers_of(query: Query) -> bytes:
    """The column of numbers as float64 bytes, empty when none is known."""
    if not query.numbers:
        return b""
    row = [float("nan")] * len(NUMBERS)
    for name, value in query.numbers.items():
        if name not in _NUMBERS:
            raise QueryError(f"numbers: {name!r} is not a numeric fact; one of: {', '.join(NUMBERS)}")
        if value < 0:
            raise QueryError(f"numbers: {name} is {value}; it cannot be negative")
        row[_NUMBERS[name]] = float(value)
    return struct.pack(f"<{len(row)}d", *row)


def history_of(query: Query) -> tuple[int, bytes, bytes]:
    """(subject bits, event times, event attributes). history.SlotError when the person has too many debts."""
    if not query.history:
        return 0, b"", b""
    debts = history.Slots(history.MAX_DEBTS)
    addresses = history.Slots(history.MAX_ADDRESSES)
    creditors = history.Slots(history.MAX_CREDITORS)
    subject = (
        debts.number(query.debt) << history.DEBT
        | addresses.number(query.address or query.phone) << history.ADDRESS
        | creditors.number(query.creditor) << history.CREDITOR
    )
    try:
        at, attributes = history.pack(query.history, debts, addresses, creditors)
    except history.SlotError:
        raise
    except ValueError as problem:
        raise QueryError(f"history: {problem}") from None
    return subject, at.tobytes(), attributes.tobytes()


def instant(query: Query) -> int:
    """Seconds since 2000-01-01T00:00:00Z of the query's `at`."""
    if query.at is None:
        raise QueryError("at: the instant asked about is missing")
    return _seconds("at", query.at)


def _seconds(field: str, at: datetime) -> int:
    if at.tzinfo is None:
        raise QueryError(f"{field}: {at.isoformat()} has no zone; write it with an offset, like 2026-05-18T09:00-05:00")
    return history.seconds(at)


def _word(vocabulary: type, value: str) -> int:
    try:
        return history.word(vocabulary, value)
    except ValueError as problem:
        raise QueryError(str(problem)) from None
