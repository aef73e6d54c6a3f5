"""A batch through the kernel: columns checked once, profiles found, chunks over threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from cadencia.engine._kernel import HoursTable, Kernel
from cadencia.engine.batch import NO_INSTANT, Batch, Screened
from cadencia.engine.caller import broken_caller_rules
from cadencia.engine.hours import week_of
from cadencia.engine.words import DATES, FACTS, NUMBERS, RetryCode

if TYPE_CHECKING:
    from cadencia.engine.decide import Engine

CHUNK = 16_384
_TIMED = np.dtype(
    {"names": ["fact", "value", "since", "until"], "formats": ["u1", "u1", "i8", "i8"], "offsets": [0, 1, 8, 16]}
)
_COLUMNS: dict[str, tuple[type, int]] = {
    "at": (np.int64, 0), "place": (np.int32, 0), "selectors": (np.uint32, 0), "facts_true": (np.uint64, 2),
    "facts_known": (np.uint64, 2), "dates": (np.int32, len(DATES)), "numbers": (np.float64, len(NUMBERS)),
    "event_from": (np.int64, 0), "event_to": (np.int64, 0), "hours": (np.int32, 0), "timed_from": (np.int64, 0),
    "timed_to": (np.int64, 0),
    "debt": (np.uint8, 0), "address": (np.uint8, 0), "creditor": (np.uint8, 0),
}  # fmt: skip


def screen(engine: Engine, kernel: Kernel, batch: Batch, *, threads: int, retry: bool) -> Screened:
    """The answers to a batch; ValueError names the column that does not fit."""
    n = len(batch)
    columns = _columns(batch, n)
    _profiles(engine, kernel, batch, columns)
    if batch.caller is not None:
        columns["caller_bad"] = _callers(engine, batch)
    hours = HoursTable([week_of(person) for person in batch.person_hours])
    out = Screened(
        allowed=np.empty(n, np.uint8), code=np.empty(n, np.uint8), reasons=np.empty(n, np.uint64),
        profile=columns["profile"],
        retry_at=np.empty(n, np.int64) if retry else np.broadcast_to(np.int64(NO_INSTANT), n),
        retry=np.empty(n, np.uint8) if retry else np.broadcast_to(np.uint8(RetryCode.beyond_horizon), n), rules_of=[],
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
    out.rules_of = [[versions[-1] for versions in bits] for bits in engine.rules_of]
    return out


def _columns(batch: Batch, n: int) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, (kind, width) in _COLUMNS.items():
        values = getattr(batch, name)
        if values is None:
            continue
        values = np.ascontiguousarray(values, kind)
        if values.shape != ((n, width) if width else (n,)):
            raise ValueError(f"column {name} has shape {values.shape}, the batch has {n} rows")
        columns[name] = values
    if batch.event_at is not None and len(batch.event_at):
        _events(batch, columns)
    if batch.timed_fact is not None and len(batch.timed_fact):
        _timed(batch, columns)
    return columns


def _events(batch: Batch, columns: dict[str, Any]) -> None:
    at, attributes = batch.event_at, batch.event_attr
    together = {"event_from", "event_to"} <= columns.keys()
    if at is None or attributes is None or not together or len(attributes) != len(at):
        raise ValueError("columns event_at, event_attr, event_from, event_to come together, two of them of one length")
    columns["event_at"] = np.ascontiguousarray(at, np.uint32)
    columns["event_attr"] = np.ascontiguousarray(attributes, np.uint64)


def _timed(batch: Batch, columns: dict[str, Any]) -> None:
    parts = (batch.timed_fact, batch.timed_value, batch.timed_since, batch.timed_until)
    lengths = {None if part is None else len(part) for part in parts}
    if len(lengths) > 1 or not {"timed_from", "timed_to"} <= columns.keys():
        raise ValueError("the six columns of dated facts come together, four of them of one length")
    rows = np.zeros(len(parts[3]), _TIMED)  # type: ignore[arg-type]
    rows["fact"], rows["value"], rows["since"], rows["until"] = parts
    if int(rows["fact"].max()) >= len(FACTS):
        raise ValueError(f"column timed_fact holds {int(rows['fact'].max())}; there are {len(FACTS)} facts")
    columns["timed"] = rows.view(np.uint8)


def _callers(engine: Engine, batch: Batch) -> np.ndarray:
    bad = np.array([broken_caller_rules(engine.rulebook, number) for number in batch.callers] or [0], np.uint64)
    caller = np.asarray(batch.caller)
    if caller.shape != (len(batch),) or (len(caller) and int(caller.max()) >= len(bad)):
        raise ValueError(f"column caller has shape {caller.shape} and points into {len(batch.callers)} callers")
    return np.where(caller >= 0, bad[np.clip(caller, 0, None)], np.uint64(0))


def _profiles(engine: Engine, kernel: Kernel, batch: Batch, columns: dict[str, Any]) -> None:
    known = columns["known_places"] = np.array([engine.place(places) for places in batch.places], np.int32)
    profile = columns["profile"] = np.empty(len(batch), np.int32)
    missing = kernel.resolve(columns["place"], known, columns["selectors"], profile)
    while missing:  # ends: every round makes the profiles that the last one missed
        engine.profiles_for(missing)
        missing = kernel.resolve(columns["place"], known, columns["selectors"], profile)
