"""A query turned into the numbers of one kernel row."""

from __future__ import annotations

import struct
from datetime import datetime
from enum import IntEnum
from math import isfinite
from typing import NamedTuple

from cadencia.engine import history
from cadencia.engine._asked import pack_events, seconds
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
_VOCABULARIES: tuple[type[IntEnum], ...] = (Channel, Actor, Purpose, Initiator, Party, Place, DebtType, Stage)
_NUMBERS_OF = {vocabulary: {member.name: int(member) for member in vocabulary} for vocabulary in _VOCABULARIES}
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
    try:
        return int(
            pack_selectors(
                _NUMBERS_OF[Channel][query.channel], _NUMBERS_OF[Actor][query.actor],
                _NUMBERS_OF[Purpose][query.purpose], _NUMBERS_OF[Initiator][query.initiator],
                _NUMBERS_OF[Party][query.party], _NUMBERS_OF[Place][query.place],
                _NUMBERS_OF[DebtType][query.debt_type], _NUMBERS_OF[Stage][query.stage],
            )
        )  # fmt: skip
    except KeyError:
        fields = (query.channel, query.actor, query.purpose, query.initiator, query.party, query.place, query.debt_type)
        for vocabulary, value in zip(_VOCABULARIES, (*fields, query.stage), strict=True):
            _word(vocabulary, value)
        raise


def facts_of(facts: tuple[Fact, ...], channel: str) -> Facts:
    """The facts that bear on this channel. A fact with dates holds inside them only, where it wins over one without; of
    two with dates the last given wins. QueryError for a fact that is said to be both true and false."""
    true = known = 0
    timed = []
    for fact in facts:
        if fact.channel is not None and _word(Channel, fact.channel) != _word(Channel, channel):
            continue
        try:
            bit = bit_of_fact(fact.name)
        except KeyError:
            raise QueryError(f"facts: {fact.name!r} is not a fact; see engine/words.py FACTS") from None
        if fact.from_ is None and fact.until is None:
            if known >> bit & 1 and bool(true >> bit & 1) != fact.value:
                raise QueryError(f"facts: {fact.name} is said to be true and to be false; leave out one, or date them")
            known |= 1 << bit
            true |= fact.value << bit
        else:
            since = _ALWAYS if fact.from_ is None else _seconds("facts.from", fact.from_)
            until = _NEVER if fact.until is None else _seconds("facts.until", fact.until)
            if since >= until:
                raise QueryError(f"facts: {fact.name} ends before it begins; swap from and until, or leave it out")
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
        if not isfinite(value):
            raise QueryError(f"numbers: {name} is {value}; leave it out where it is not known")
        row[_NUMBERS[name]] = float(value)
    return struct.pack(f"<{len(row)}d", *row)


def history_of(query: Query) -> tuple[int, bytes, bytes]:
    """(subject bits, event times, event attributes). history.SlotError when the person has too many debts."""
    if not query.history:
        return 0, b"", b""
    debts: dict[str, int] = {} if query.debt is None else {query.debt: 1}
    creditors: dict[str, int] = {} if query.creditor is None else {query.creditor: 1}
    address = query.address or query.phone
    addresses: dict[str, int] = {} if address is None else {address: 1}
    subject = len(debts) << history.DEBT | len(addresses) << history.ADDRESS | len(creditors) << history.CREDITOR
    try:
        at, attributes = pack_events(
            query.history, debts, addresses, creditors, history.MAX_DEBTS, history.MAX_ADDRESSES, history.MAX_CREDITORS
        )
    except OverflowError as problem:
        raise history.SlotError(str(problem)) from None
    except ValueError as problem:
        raise QueryError(f"history: {problem}") from None
    except KeyError:
        raise QueryError(f"history: {_unknown_word(query)}") from None
    return subject, at, attributes


def _unknown_word(query: Query) -> str:
    """Which word of the history is not one, with those that are."""
    slots = [history.Slots(limit) for limit in (history.MAX_DEBTS, history.MAX_ADDRESSES, history.MAX_CREDITORS)]
    try:
        history.pack(query.history, *slots)
    except ValueError as problem:
        return str(problem)
    return "an event has an unknown word"


def instant(query: Query) -> int:
    """Seconds since 2000-01-01T00:00:00Z of the query's `at`."""
    if query.at is None:
        raise QueryError("at: the instant asked about is missing")
    return _seconds("at", query.at)


def _seconds(field: str, at: datetime) -> int:
    if at.tzinfo is None:
        raise QueryError(f"{field}: {at.isoformat()} has no zone; write it with an offset, like 2026-05-18T09:00-05:00")
    return int(seconds(at))


def _word(vocabulary: type, value: str) -> int:
    try:
        return history.word(vocabulary, value)
    except ValueError as problem:
        raise QueryError(str(problem)) from None
