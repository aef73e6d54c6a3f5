"""Queries, one by one, as the columns of a Batch: the slow way in, for whoever has objects and not columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cadencia.engine import asked
from cadencia.engine.batch import NO_DATE, TIMED, Batch, PersonHours, PlaceSet
from cadencia.engine.history import ADDRESS, CREDITOR, DEBT
from cadencia.engine.query import Query
from cadencia.engine.words import DATES, NUMBERS

_LOW = (1 << 64) - 1


def batch_of(queries: list[Query], place_of: Callable[[Query], PlaceSet]) -> Batch:
    """The queries as columns. asked.QueryError for one that cannot be read, history.SlotError for one too large."""
    places: dict[PlaceSet, int] = {}
    hours: dict[PersonHours, int] = {}
    callers: dict[str, int] = {}
    facts = [asked.facts_of(query.facts, query.channel) for query in queries]
    histories = [asked.history_of(query) for query in queries]
    subject = np.array([row[0] for row in histories], np.uint64)
    ends = np.cumsum([len(row[1]) // 4 for row in histories], dtype=np.int64)
    timed = np.frombuffer(b"".join(fact.timed for fact in facts), TIMED)
    timed_ends = np.cumsum([len(fact.timed) // TIMED.itemsize for fact in facts], dtype=np.int64)

    def hours_of(query: Query) -> int:
        if not (query.wanted_hours or query.unwanted_hours):
            return -1
        return hours.setdefault(PersonHours(query.wanted_hours, query.unwanted_hours), len(hours))

    return Batch(
        at=np.array([asked.instant(query) for query in queries], np.int64),
        place=np.array([places.setdefault(place_of(query), len(places)) for query in queries], np.int32),
        selectors=np.array([asked.selectors_of(query) for query in queries], np.uint32),
        places=list(places),
        facts_true=_halves([fact.true for fact in facts]),
        facts_known=_halves([fact.known for fact in facts]),
        dates=_rows([asked.dates_of(query) for query in queries], np.dtype(np.int32), len(DATES), NO_DATE),
        numbers=_rows([asked.numbers_of(query) for query in queries], np.dtype(np.float64), len(NUMBERS), float("nan")),
        debt=subject >> np.uint64(DEBT) & np.uint64(0xFF),
        address=subject >> np.uint64(ADDRESS) & np.uint64(0xFF),
        creditor=subject >> np.uint64(CREDITOR) & np.uint64(0x1F),
        ascending=True,
        event_from=np.concatenate([[0], ends[:-1]]).astype(np.int64) if len(ends) else ends,
        event_to=ends,
        event_at=np.frombuffer(b"".join(row[1] for row in histories), np.uint32),
        event_attr=np.frombuffer(b"".join(row[2] for row in histories), np.uint64),
        hours=np.array([hours_of(query) for query in queries], np.int32),
        person_hours=list(hours),
        caller=np.array(
            [-1 if query.caller_id is None else callers.setdefault(query.caller_id, len(callers)) for query in queries],
            np.int32,
        ),
        callers=list(callers),
        timed_from=np.concatenate([[0], timed_ends[:-1]]).astype(np.int64) if len(timed_ends) else timed_ends,
        timed_to=timed_ends,
        timed_fact=timed["fact"],
        timed_value=timed["value"],
        timed_since=timed["since"],
        timed_until=timed["until"],
    )


def _halves(masks: list[int]) -> np.ndarray:
    return np.array([[mask & _LOW, mask >> 64] for mask in masks], np.uint64).reshape(len(masks), 2)


def _rows(packed: list[bytes], kind: np.dtype, width: int, missing: float) -> np.ndarray:
    out = np.full((len(packed), width), missing, kind)
    for i, row in enumerate(packed):
        if row:
            out[i] = np.frombuffer(row, kind)
    return out
