"""A batch through the kernel: columns checked once, profiles found, chunks over threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cadencia.engine._kernel import HoursTable, Kernel
from cadencia.engine.batch import NO_DATE, NO_INSTANT, TIMED, Batch, Screened
from cadencia.engine.history import ACTOR, CHANNEL, KIND, MAX_CREDITORS, PARTY, PLACE, PURPOSE
from cadencia.engine.hours import week_of
from cadencia.engine.words import DATES, FACTS, NUMBERS, Actor, Channel, EventKind, Party, Place, Purpose, RetryCode

if TYPE_CHECKING:
    from cadencia.engine.decide import Engine

CHUNK = 16_384
_DAY_0 = date(2000, 1, 1).toordinal()
_NO_FACT = ((~0 << len(FACTS)) & (1 << 64) - 1, (~0 << len(FACTS)) >> 64 & (1 << 64) - 1)
_DATES_FROM, _DATES_TO = date.min.toordinal() - _DAY_0, date.max.toordinal() - _DAY_0
#: The words of an event: vocabulary, where it lies in the attributes, how many bits.
_EVENT_WORDS: tuple[tuple[type[IntEnum], int, int], ...] = (
    (Channel, CHANNEL, 3), (EventKind, KIND, 4), (Party, PARTY, 3), (Place, PLACE, 3), (Actor, ACTOR, 4),
    (Purpose, PURPOSE, 2),
)  # fmt: skip
_TIMED_KINDS = (np.uint8, np.uint8, np.int64, np.int64)
_COLUMNS: dict[str, tuple[type, int]] = {
    "at": (np.int64, 0), "place": (np.int32, 0), "selectors": (np.uint32, 0), "facts_true": (np.uint64, 2),
    "facts_known": (np.uint64, 2), "dates": (np.int32, len(DATES)), "numbers": (np.float64, len(NUMBERS)),
    "event_from": (np.int64, 0), "event_to": (np.int64, 0), "hours": (np.int32, 0), "timed_from": (np.int64, 0),
    "timed_to": (np.int64, 0),
    "debt": (np.uint8, 0), "address": (np.uint8, 0), "creditor": (np.uint8, 0),
}  # fmt: skip


class Columns(NamedTuple):
    """A batch as the kernel reads it, and the kernel that knows its places and profiles."""

    kernel: Kernel
    columns: dict[str, Any]
    hours: HoursTable


def screen(engine: Engine, kernel: Kernel, batch: Batch, *, threads: int, retry: bool) -> Screened:
    """The answers to a batch; ValueError names the column that does not fit."""
    n = len(batch)
    _, columns, hours = columns_of(engine, kernel, batch)
    out = Screened(
        allowed=np.empty(n, np.uint8), code=np.empty(n, np.uint8), reasons=np.empty(n, np.uint64),
        profile=columns["profile"],
        retry_at=np.empty(n, np.int64) if retry else np.broadcast_to(np.int64(NO_INSTANT), n),
        retry=np.empty(n, np.uint8) if retry else np.broadcast_to(np.uint8(RetryCode.beyond_horizon), n),
        rules_of=engine.newest_of,
    )  # fmt: skip
    openings = (out.retry_at, out.retry) if retry else (None, None)

    def run(start: int) -> None:
        end = min(n, start + step)
        kernel.run(columns, hours, start, end, retry, out.allowed, out.code, out.reasons, *openings)

    step = n if threads <= 1 else CHUNK
    starts = range(0, n, max(1, step))
    if threads <= 1:
        for start in starts:
            run(start)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, starts))
    return out


def columns_of(engine: Engine, kernel: Kernel, batch: Batch) -> Columns:
    """The batch's columns, checked, with the profile of every row; ValueError names the column that does not fit."""
    columns = _columns(batch, len(batch))
    columns["no_fact"] = _NO_FACT
    _profiles(engine, kernel, batch, columns)
    if batch.caller is not None:
        columns["caller_bad"] = _callers(engine, batch)
    return Columns(kernel, columns, HoursTable([week_of(person) for person in batch.person_hours]))


def _columns(batch: Batch, n: int) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, (kind, width) in _COLUMNS.items():
        values = getattr(batch, name)
        if values is None:
            continue
        values = _as(name, np.asarray(values), np.dtype(kind))
        if values.shape != ((n, width) if width else (n,)):
            raise ValueError(f"column {name} has shape {values.shape}, the batch has {n} rows")
        columns[name] = values
    if "creditor" in columns and n and int(columns["creditor"].max()) > MAX_CREDITORS:
        raise ValueError(f"column creditor holds {int(columns['creditor'].max())}; a slot is at most {MAX_CREDITORS}")
    if "hours" in columns and n and int(columns["hours"].min()) < -1:
        raise ValueError(f"column hours holds {int(columns['hours'].min())}; -1 says that the person named none")
    _check_values(columns)
    _events(batch, columns)
    _timed(batch, columns)
    return columns


def _check_values(columns: dict[str, Any]) -> None:
    """ValueError for a date no calendar has and for a negative number: neither may pass for "not known"."""
    dates = columns.get("dates")
    if dates is not None and bool((((dates < _DATES_FROM) & (dates != NO_DATE)) | (dates > _DATES_TO)).any()):
        raise ValueError("column dates holds a day outside the years 1 to 9999; NO_DATE says that it is not known")
    numbers = columns.get("numbers")
    if numbers is not None and bool((numbers < 0).any()):
        raise ValueError("column numbers holds a negative number; nan says that it is not known")


def _any_rows(values: np.ndarray | None) -> bool:
    return values is not None and len(values) > 0


def _as(name: str, values: np.ndarray, kind: np.dtype) -> np.ndarray:
    """The column in the kernel's type. ValueError where a value would not survive: wrapped, it is another number."""
    if values.dtype == kind:
        return np.ascontiguousarray(values)
    if kind.kind in "iu":
        if values.dtype.kind not in "iu":
            raise ValueError(f"column {name} holds {values.dtype}, not whole numbers")
        limits = np.iinfo(kind)
        if values.size and not limits.min <= int(values.min()) <= int(values.max()) <= limits.max:
            raise ValueError(
                f"column {name} holds {int(values.min())} to {int(values.max())}, which does not fit {kind}"
            )
    return np.ascontiguousarray(values, kind)


def _events(batch: Batch, columns: dict[str, Any]) -> None:
    at, attributes = batch.event_at, batch.event_attr
    if not _any_rows(at) and not _any_rows(attributes) and "event_to" not in columns:
        return
    together = {"event_from", "event_to"} <= columns.keys()
    if at is None or attributes is None or not together or len(attributes) != len(at):
        raise ValueError("columns event_at, event_attr, event_from, event_to come together, two of them of one length")
    if not len(at):
        if len(columns["event_to"]) and int(columns["event_to"].max()) > 0:
            raise ValueError("column event_to points outside the events of the batch, which has none")
        return
    columns["event_at"] = _as("event_at", np.asarray(at), np.dtype(np.uint32))
    columns["event_attr"] = _as("event_attr", np.asarray(attributes), np.dtype(np.uint64))
    if not batch.ascending:
        _check_order(columns)
        _check_words(columns["event_attr"])


def _check_order(columns: dict[str, Any]) -> None:
    """ValueError when the events of a row are not oldest first: the count would stop too early."""
    at = columns["event_at"]
    drops = np.zeros(len(at) + 1, np.int64)  # drops[k]: how often the time falls before event k
    if len(at) > 1:
        np.cumsum(at[1:] < at[:-1], out=drops[2:])
    first, last = columns["event_from"], columns["event_to"]
    rows = np.flatnonzero((last > first + 1) & (first >= 0) & (last <= len(at)))
    bad = rows[drops[last[rows]] > drops[first[rows] + 1]]
    if len(bad):
        raise ValueError(f"row {int(bad[0])}: its events are not oldest first; sort each person's events by time")


def _check_words(attributes: np.ndarray) -> None:
    """ValueError for an event of no known channel, kind, party, place, actor or purpose: it would count for nothing."""
    for vocabulary, shift, bits in _EVENT_WORDS:
        words = (attributes >> np.uint64(shift)) & np.uint64((1 << bits) - 1)
        unknown = ~np.isin(words, np.fromiter(map(int, vocabulary), np.uint64))
        if bool(unknown.any()):
            event = int(np.flatnonzero(unknown)[0])
            raise ValueError(f"column event_attr: event {event} has no {vocabulary.__name__} {int(words[event])}")


def _timed(batch: Batch, columns: dict[str, Any]) -> None:
    parts = (batch.timed_fact, batch.timed_value, batch.timed_since, batch.timed_until)
    if not any(_any_rows(part) for part in parts) and "timed_to" not in columns:
        return
    lengths = {None if part is None else len(part) for part in parts}
    if len(lengths) > 1 or not {"timed_from", "timed_to"} <= columns.keys():
        raise ValueError("the six columns of dated facts come together, four of them of one length")
    fact, value, since, until = (
        _as(name, np.asarray(part), np.dtype(kind))
        for name, part, kind in zip(
            ("timed_fact", "timed_value", "timed_since", "timed_until"), parts, _TIMED_KINDS, strict=True
        )
    )
    if bool((since >= until).any()):
        raise ValueError("columns timed_since and timed_until: a fact ends before it begins")
    if len(fact) and int(fact.max()) >= len(FACTS):
        raise ValueError(f"column timed_fact holds {int(fact.max())}; there are {len(FACTS)} facts")
    rows = np.zeros(len(fact), TIMED)
    rows["fact"], rows["value"], rows["since"], rows["until"] = fact, value != 0, since, until
    if len(rows):
        columns["timed"] = rows.view(np.uint8)
    elif len(columns["timed_to"]) and int(columns["timed_to"].max()) > 0:
        raise ValueError("column timed_to points outside the dated facts of the batch, which has none")


def _callers(engine: Engine, batch: Batch) -> np.ndarray:
    bad = np.array([engine.callers.broken(number) for number in batch.callers] or [0], np.uint64)
    caller = _as("caller", np.asarray(batch.caller), np.dtype(np.int32))
    if caller.shape != (len(batch),):
        raise ValueError(f"column caller has shape {caller.shape}, the batch has {len(batch)} rows")
    if len(caller) and not -1 <= int(caller.min()) <= int(caller.max()) < max(1, len(batch.callers)):
        raise ValueError(f"column caller points outside the {len(batch.callers)} callers; -1 says that none is stated")
    return np.where(caller >= 0, bad[np.clip(caller, 0, None)], np.uint64(0))


def _profiles(engine: Engine, kernel: Kernel, batch: Batch, columns: dict[str, Any]) -> None:
    known = columns["known_places"] = np.array([engine.place(places) for places in batch.places], np.int32)
    profile = columns["profile"] = np.empty(len(batch), np.int32)
    missing = kernel.resolve(columns["place"], known, columns["selectors"], profile)
    while missing:  # ends: every round makes the profiles that the last one missed
        engine.profiles_for(missing)
        missing = kernel.resolve(columns["place"], known, columns["selectors"], profile)
