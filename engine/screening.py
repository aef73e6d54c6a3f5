"""A batch through the kernel: columns checked once, profiles found, chunks over threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from cadencia.engine._kernel import HoursTable, Kernel
from cadencia.engine.batch import Batch, Screened
from cadencia.engine.caller import broken_caller_rules
from cadencia.engine.history import ADDRESS, CREDITOR, DEBT
from cadencia.engine.hours import week_of
from cadencia.engine.words import DATES, NUMBERS

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
}  # fmt: skip


def screen(engine: Engine, kernel: Kernel, batch: Batch, *, threads: int, retry: bool) -> Screened:
    """The answers to a batch; ValueError names the column that does not fit."""
    n = len(batch)
    columns = _columns(batch, n)
    columns["place"] = _places(engine, batch)
    columns["profile"] = _profiles(engine, kernel, columns)
    if batch.caller is not None:
        bad = np.array([broken_caller_rules(engine.rulebook, number) for number in batch.callers] or [0], np.uint64)
        columns["caller_bad"] = np.where(batch.caller >= 0, bad[np.clip(batch.caller, 0, None)], np.uint64(0))
    hours = HoursTable([week_of(person) for person in batch.person_hours])
    out = Screened(
        allowed=np.zeros(n, np.uint8), code=np.zeros(n, np.uint8), reasons=np.zeros(n, np.uint64),
        profile=columns["profile"], retry_at=np.zeros(n, np.int64), retry=np.zeros(n, np.uint8), rules_of=[],
    )  # fmt: skip

    def run(start: int) -> None:
        kernel.run(
            columns,
            hours,
            start,
            min(n, start + step),
            retry,
            out.allowed,
            out.code,
            out.reasons,
            out.retry_at,
            out.retry,
        )

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
    slots = [(batch.debt, DEBT), (batch.address, ADDRESS), (batch.creditor, CREDITOR)]
    if any(slot is not None for slot, _ in slots):
        subject = np.zeros(n, np.uint64)
        for slot, shift in slots:
            if slot is not None:
                subject |= np.asarray(slot).astype(np.uint64) << np.uint64(shift)
        columns["subject"] = subject
    if batch.event_at is not None and batch.event_attr is not None and len(batch.event_at):
        _events(batch, columns)
    if batch.timed_fact is not None and len(batch.timed_fact):
        _timed(batch, columns)
    return columns


def _events(batch: Batch, columns: dict[str, Any]) -> None:
    at, attributes = np.ascontiguousarray(batch.event_at, np.uint32), np.ascontiguousarray(batch.event_attr, np.uint64)
    if len(at) != len(attributes) or "event_from" not in columns or "event_to" not in columns:
        raise ValueError("columns event_at, event_attr, event_from, event_to come together")
    _ranges("event", columns["event_from"], columns["event_to"], len(at))
    columns["event_at"], columns["event_attr"] = at, attributes


def _timed(batch: Batch, columns: dict[str, Any]) -> None:
    assert batch.timed_fact is not None
    rows = np.zeros(len(batch.timed_fact), _TIMED)
    rows["fact"], rows["value"] = batch.timed_fact, batch.timed_value
    rows["since"], rows["until"] = batch.timed_since, batch.timed_until
    _ranges("timed", columns["timed_from"], columns["timed_to"], len(rows))
    columns["timed"] = rows.view(np.uint8)


def _ranges(name: str, first: np.ndarray, last: np.ndarray, size: int) -> None:
    if len(first) and (int(first.min()) < 0 or int(last.max()) > size or bool((last < first).any())):
        raise ValueError(f"columns {name}_from and {name}_to point outside the {size} rows they index")


def _places(engine: Engine, batch: Batch) -> np.ndarray:
    index = np.array([engine.place(places) for places in batch.places] or [0], np.int32)
    if len(batch.place) and not (int(batch.place.min()) >= 0 and int(batch.place.max()) < len(batch.places)):
        raise ValueError(f"column place points outside the {len(batch.places)} places")
    return np.ascontiguousarray(index[batch.place]) if len(batch.place) else np.zeros(0, np.int32)


def _profiles(engine: Engine, kernel: Kernel, columns: dict[str, Any]) -> np.ndarray:
    profile = np.empty(len(columns["at"]), np.int32)
    missing = kernel.resolve(columns["place"], columns["selectors"], profile)
    while missing:
        engine.profiles_for(missing)
        missing = kernel.resolve(columns["place"], columns["selectors"], profile)
    return profile
