"""A file of past attempts, joined to the persons of a list: 12 bytes an event, oldest first within a person.

An event that cannot be read does not vanish: its person's lines are refused, because a count without it might allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cadencia.engine import history as layout
from cadencia.engine.tables import UNIX_OF_EPOCH
from cadencia.engine.words import Actor, Channel, EventKind, Party, Place, Purpose
from cadencia.lists import phones
from cadencia.lists.columns import Marks, as_numbers, each_value, ids, words
from cadencia.lists.keys import text_keys
from cadencia.lists.read import Chunk
from cadencia.lists.schema import BadLine, in_line_order, shown

_LIKE_A_NUMBER = r"^[0-9+ ().\-/\x{a0}]+$"
_LOW = np.uint64(0xFFFF_FFFF)


@dataclass
class Events:
    """Readable events in the order of the file. Ids are 32-bit keys, 0 not stated: two debts of one person that fall
    together are counted as one, which never allows more."""

    person: np.ndarray  # uint64, text_keys
    at: np.ndarray  # uint32, seconds since 2000
    attributes: np.ndarray  # uint64, slots still 0
    debt: np.ndarray  # uint32
    address: np.ndarray
    creditor: np.ndarray
    own_id: np.ndarray  # uint64, text_keys of event_id


_KINDS = (np.uint64, np.uint32, np.uint64, np.uint32, np.uint32, np.uint32, np.uint64)


@dataclass
class Told:
    """What reading a history found, for the summary."""

    lines: int = 0
    events: int = 0
    persons: int = 0
    repeated: int = 0  # rows equal to another in everything, event_id included: left out
    alike: int = 0  # rows equal to another in everything, without event_id: counted
    bad_lines: int = 0
    unattributed: int = 0  # bad lines that do not even say whose they are


class Slots:
    """The side dictionaries of all persons for one kind of id, as sorted pairs (person << 32 | id)."""

    def __init__(self, person: np.ndarray, ids: np.ndarray, persons: int, limit: int) -> None:
        stated = ids != 0
        pairs = person.astype(np.uint64) << np.uint64(32) | ids
        self._pairs, inverse = np.unique(pairs[stated], return_inverse=True)
        self._first = np.searchsorted(self._pairs, np.arange(persons + 1, dtype=np.uint64) << np.uint64(32))
        self.limit = limit
        self.of_event = np.zeros(len(ids), np.uint64)
        self.of_event[stated] = inverse - self._first[person[stated]] + 1
        self.overflown = np.diff(self._first) > limit

    def find(self, person: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Slots (int64) of ids stated now: one the person has, or the next free one; 0 where not stated.
        Over the limit where none is free."""
        pairs = person.astype(np.uint64) << np.uint64(32) | ids
        at = np.searchsorted(self._pairs, pairs)
        hit = np.zeros(len(pairs), bool)
        inside = at < len(self._pairs)
        hit[inside] = self._pairs[at[inside]] == pairs[inside]
        free = self._first[person + 1] - self._first[person] + 1
        return np.where(ids == 0, 0, np.where(hit, at - self._first[person] + 1, free))


@dataclass
class Joined:
    """The history of each line (from, to) and the slots of each query. `refused`: line -> why it cannot be decided."""

    event_from: np.ndarray  # int64 a line
    event_to: np.ndarray
    debt: np.ndarray  # uint8 a query
    address: np.ndarray
    creditor: np.ndarray
    refused: dict[int, str]

    def take(self, keep: np.ndarray) -> Joined:
        """The same for the queries of which `keep` (a mask) is true."""
        return replace(self, debt=self.debt[keep], address=self.address[keep], creditor=self.creditor[keep])


class History:
    """All events of a file, by person."""

    def __init__(self, events: Events, refused: dict[int, str], told: Told) -> None:
        self._keys, person = np.unique(events.person, return_inverse=True)
        persons = len(self._keys)
        order, told.alike = _order(person, events)
        told.repeated = len(person) - len(order)
        person = person[order]
        self.event_at, attributes = events.at[order], events.attributes[order]
        self._debts = Slots(person, events.debt[order], persons, layout.MAX_DEBTS)
        self._addresses = Slots(person, events.address[order], persons, layout.MAX_ADDRESSES)
        self._creditors = Slots(person, events.creditor[order], persons, layout.MAX_CREDITORS)
        for slots, shift in self._by_shift():
            attributes |= np.where(slots.overflown[person], np.uint64(0), slots.of_event) << np.uint64(shift)
        self.event_attr = attributes
        self._first = np.searchsorted(person, np.arange(persons + 1))
        self._met = np.zeros(persons, bool)
        self._refused = refused
        told.events, told.persons = len(order), persons
        self.told = told

    def _by_shift(self) -> tuple[tuple[Slots, int], ...]:
        return (self._debts, layout.DEBT), (self._addresses, layout.ADDRESS), (self._creditors, layout.CREDITOR)

    @property
    def never_met(self) -> int:
        """Persons with events whom no line asked for yet."""
        return int(len(self._met) - np.count_nonzero(self._met))

    def join(
        self, persons: np.ndarray, line: np.ndarray, debt: pa.Array, address: pa.Array, creditor: pa.Array
    ) -> Joined:
        """`persons`: keys of the lines, `creditor`: of the lines; `line`, `debt`, `address`: of the queries."""
        at = np.searchsorted(self._keys, persons)
        known = np.zeros(len(persons), bool)
        inside = at < len(self._keys)
        known[inside] = self._keys[at[inside]] == persons[inside]
        row = np.where(known, at, 0)
        self._met[row[known]] = True
        refused = self._refusals(persons)
        if not len(self._keys):
            none = np.zeros(len(line), np.uint8)
            return Joined(np.zeros(len(persons), np.int64), np.zeros(len(persons), np.int64), none, none, none, refused)
        found = [
            self._debts.find(row[line], short_keys(debt)),
            self._addresses.find(row[line], short_keys(address)),
            self._creditors.find(row, short_keys(creditor))[line],
        ]
        for slots, of_query in zip((self._debts, self._addresses, self._creditors), found, strict=True):
            for over in np.unique(line[(of_query > slots.limit) & known[line]]).tolist():
                refused.setdefault(over, f"history_overflow: more than {slots.limit} distinct ids of one kind")
        for over in np.flatnonzero(known & self._overflown()[row]).tolist():
            refused.setdefault(over, "history_overflow: more debts, addresses or creditors than can be counted")
        debts, addresses, creditors = (np.where(known[line], slots, 0).clip(0, 255).astype(np.uint8) for slots in found)
        start, end = np.where(known, self._first[row], 0), np.where(known, self._first[row + 1], 0)
        return Joined(start, end, debts, addresses, creditors, refused)

    def _overflown(self) -> np.ndarray:
        return self._debts.overflown | self._addresses.overflown | self._creditors.overflown

    def _refusals(self, persons: np.ndarray) -> dict[int, str]:
        if not self._refused:
            return {}
        rows = np.flatnonzero(np.isin(persons, np.array(list(self._refused), np.uint64)))
        return {row: self._refused[int(persons[row])] for row in rows.tolist()}


def _order(person: np.ndarray, events: Events) -> tuple[np.ndarray, int]:
    """(indices by person, then time; how many of them equal another in everything and have no id of their own).
    Equal events with an id are one event told twice, the first alone stays. Without an id they all count: two calls of
    one minute look alike, and a count that is too low might allow."""
    when = person.astype(np.uint64) << np.uint64(32) | events.at
    order = np.argsort(when, kind="stable")
    same = np.flatnonzero(when[order][1:] == when[order][:-1])
    if not len(same):
        return order, 0
    rows = order[np.unique(np.concatenate([same, same + 1]))]
    rest = (events.own_id, events.creditor, events.address, events.debt, events.attributes, when)
    rows = rows[np.lexsort([column[rows] for column in rest])]
    repeated = np.logical_and.reduce([column[rows][1:] == column[rows][:-1] for column in rest])
    named = events.own_id[rows[1:]] != 0
    drop = np.zeros(len(order), bool)
    drop[rows[1:][repeated & named]] = True
    return order[~drop[order]], int(np.count_nonzero(repeated & ~named))


def short_keys(column: pa.Array) -> np.ndarray:
    """32-bit keys of names (uint32); 0 where left out, and nowhere else."""
    keys = text_keys(column)
    short = (keys ^ keys >> np.uint64(32)) & _LOW
    return np.where(keys == 0, 0, np.where(short == 0, 1, short)).astype(np.uint32)


def read_history(
    chunks: Iterable[Chunk], at: datetime, on_bad: Callable[[list[BadLine]], None], *, country: str | None = None
) -> History:
    """The history in the chunks of a file; events after `at` are mistakes. `country`: of numbers without +."""
    told, pieces = Told(), []
    refused: dict[int, str] = {}
    for chunk in chunks:
        told.lines += len(chunk) + len(chunk.bad)
        told.unattributed += len(chunk.bad)
        told.bad_lines += len(chunk.bad)
        bad: list[BadLine] = []
        if len(chunk):
            events, bad = _events(chunk, at, country, refused, told)
            pieces.append(events)
        on_bad(in_line_order(chunk.bad, bad))
    return History(_together(pieces), refused, told)


def _together(pieces: list[Events]) -> Events:
    if not pieces:
        pieces = [Events(*(np.empty(0, kind) for kind in _KINDS))]
    return Events(*(np.concatenate(columns) for columns in zip(*(_columns(piece) for piece in pieces), strict=True)))


def _columns(events: Events) -> tuple[np.ndarray, ...]:
    return events.person, events.at, events.attributes, events.debt, events.address, events.creditor, events.own_id


def _events(
    chunk: Chunk, at: datetime, country: str | None, refused: dict[int, str], told: Told
) -> tuple[Events, list[BadLine]]:
    marks = Marks(chunk, "history")
    written = _written(chunk, marks, at, country)
    keys = text_keys(written.person)
    _refuse(marks, keys, refused, told)
    good = ~marks.wrong
    names = [short_keys(one) for one in (written.debt, written.address, written.creditor)]
    columns = (keys, written.at, written.attributes, *names, text_keys(written.own_id))
    return Events(*(column[good] for column in columns)), marks.bad


@dataclass
class Written:
    """The lines of a chunk with their ids as text, null where left out; slots are still 0."""

    at: np.ndarray  # uint32, seconds since 2000
    attributes: np.ndarray  # uint64
    person: pa.Array
    debt: pa.Array
    address: pa.Array
    creditor: pa.Array
    household: pa.Array
    workplace: pa.Array
    account: pa.Array
    own_id: pa.Array


def read_written(chunk: Chunk, at: datetime, country: str | None) -> tuple[Written, Marks]:
    """What the lines of a chunk say, for whoever keeps it; the marks tell which are wrong."""
    marks = Marks(chunk, "history")
    return _written(chunk, marks, at, country), marks


def _written(chunk: Chunk, marks: Marks, at: datetime, country: str | None) -> Written:
    person = ids(chunk, marks, "person")
    marks.mark_where(person.is_null().to_numpy(zero_copy_only=False), "person", "say whose attempt it was")
    when = _instants(chunk, marks, layout.seconds(at))
    attributes = _attributes(chunk, marks)
    debt, creditor = (ids(chunk, marks, name) for name in ("debt", "creditor"))
    address = _addresses(chunk, marks, country)
    household, workplace, account = (ids(chunk, marks, name) for name in ("household", "workplace", "account"))
    own_id = ids(chunk, marks, "event_id")
    return Written(
        when, attributes, person, debt, address, creditor, household, workplace, account, own_id
    )  # fmt: skip


def _refuse(marks: Marks, keys: np.ndarray, refused: dict[int, str], told: Told) -> None:
    """Remembers whose history is incomplete, and by which line."""
    by_line = {bad.line: bad for bad in reversed(marks.bad)}
    rows = np.flatnonzero(marks.wrong)
    for row, bad in zip(rows.tolist(), (by_line[line] for line in sorted(by_line)), strict=True):
        if keys[row]:
            refused.setdefault(int(keys[row]), f"line {bad.line} of the history: {bad.field} {bad.found}")
        else:
            told.unattributed += 1
    told.bad_lines += len(rows)


def _attributes(chunk: Chunk, marks: Marks) -> np.ndarray:
    """The words of the events in their places (uint64)."""
    for name in ("channel", "kind"):
        column = chunk.columns[name]
        marks.mark_where(column.is_null().to_numpy(zero_copy_only=False), name, "this column may not be left out")
    kind = words(chunk, marks, "kind", EventKind, EventKind.placed)
    parts = (
        (words(chunk, marks, "channel", Channel, Channel.call), layout.CHANNEL),
        (kind, layout.KIND),
        (words(chunk, marks, "party", Party, Party.debtor), layout.PARTY),
        (words(chunk, marks, "place", Place, Place.unknown), layout.PLACE),
        (words(chunk, marks, "actor", Actor, Actor.third_party_collector), layout.ACTOR),
        (words(chunk, marks, "purpose", Purpose, Purpose.collections), layout.PURPOSE),
        (_flag(chunk, marks, "direction", "inbound", "outbound") | (kind == EventKind.inbound), layout.INBOUND),
        (_flag(chunk, marks, "consented", "true", "false"), layout.CONSENTED),
    )
    attributes = np.zeros(len(chunk), np.uint64)
    for column, shift in parts:
        attributes |= column.astype(np.uint64) << np.uint64(shift)
    return attributes


def _flag(chunk: Chunk, marks: Marks, name: str, yes: str, no: str) -> np.ndarray:
    def read(text: str) -> int:
        if text.lower() not in (yes, no):
            raise ValueError(f"{yes} or {no}")
        return int(text.lower() == yes)

    return as_numbers(*each_value(chunk, marks, name, read), 0, np.uint64)


def _instants(chunk: Chunk, marks: Marks, now: int) -> np.ndarray:
    """uint32 seconds since 2000 of the column `at`; what is later than `now` is wrong."""
    column = chunk.columns["at"]
    try:
        found = column.cast(pa.timestamp("s", "UTC")).cast(pa.int64()).fill_null(UNIX_OF_EPOCH)
        at = found.to_numpy(zero_copy_only=False) - UNIX_OF_EPOCH
    except pa.ArrowInvalid:
        at = as_numbers(*each_value(chunk, marks, "at", _instant), 0, np.int64)
    marks.mark_where(
        column.is_null().to_numpy(zero_copy_only=False), "at", "say when it was placed: 2026-05-15T16:20:00-05:00"
    )
    marks.mark_where(at > now, "at", "an event after --at has not happened yet; correct its time, or take it out")
    marks.mark_where(at < 0, "at", "an event before 2000 cannot be kept; take it out")
    return np.clip(at, 0, layout.MAX_SECONDS).astype(np.uint32)


def _instant(text: str) -> int:
    try:
        return layout.seconds(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise ValueError("write the time with its offset: 2026-05-15T16:20:00-05:00, or with Z") from None


def _addresses(chunk: Chunk, marks: Marks, country: str | None) -> pa.Array:
    """Addresses as the list has them: numbers in E.164, other names as they are."""
    column = ids(chunk, marks, "address")
    odd = pc.and_(
        pc.match_substring_regex(column, _LIKE_A_NUMBER), pc.invert(pc.match_substring_regex(column, phones.E164))
    )
    rows = np.flatnonzero(odd.fill_null(False).to_numpy(zero_copy_only=False))
    if not len(rows):
        return column
    written = []
    for row, text in zip(rows.tolist(), column.take(pa.array(rows)).to_pylist(), strict=True):
        try:
            written.append(phones.read_number(text, country)[1])
        except ValueError as error:
            written.append(text)
            marks.mark([row], "address", [shown(text)], [str(error)])
    return pc.replace_with_mask(column, odd.fill_null(False), pa.array(written, pa.string()))
