"""The hand-written C loop: compiled when asked for with the system's compiler, called by ctypes."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench.workload import CALENDAR_DAYS, CALENDAR_FIRST, ZONES, Law, Yardstick

FLAGS = ("-O3", "-shared", "-fPIC")


def compiler() -> str:
    """The system's C compiler: CC, else gcc."""
    return os.environ.get("CC", "gcc")


class _Zone(ctypes.Structure):
    _fields_ = (
        ("starts", ctypes.c_void_p), ("offsets", ctypes.c_void_p), ("n", ctypes.c_int32), ("hint", ctypes.c_int32),
    )  # fmt: skip


class _Law(ctypes.Structure):
    _fields_ = (
        ("opens", ctypes.c_int16 * 8), ("closes", ctypes.c_int16 * 8), ("holiday", ctypes.c_void_p),
        ("first_day", ctypes.c_int32), ("debt_cap", ctypes.c_int32), ("day_cap", ctypes.c_int32),
        ("week_cap", ctypes.c_int32), ("cooling_days", ctypes.c_int32), ("forbidden", ctypes.c_uint64),
    )  # fmt: skip


class CLoop:
    """Answers the yardstick as (allowed, reasons). Tables are made once; a call is the loop and its two outputs."""

    def __init__(self, yardstick: Yardstick) -> None:
        self._screen = _library().screen
        self._screen.restype = None
        self._kept: list[np.ndarray] = []  # the tables below point into these
        self._laws = (_Law * len(yardstick.laws))(*[self._law(law) for law in yardstick.laws])
        self._zones = (_Zone * len(ZONES))(*[self._zone(yardstick, name) for name in ZONES])
        columns = (
            yardstick.at, yardstick.jurisdiction, yardstick.zone, yardstick.facts, yardstick.debt, yardstick.event_from,
            yardstick.event_to, yardstick.event_at, yardstick.event_attr,
        )  # fmt: skip
        self._kept += columns
        self._n = len(yardstick)
        self._columns = [ctypes.c_void_p(column.ctypes.data) for column in columns]

    def __call__(self) -> tuple[np.ndarray, np.ndarray]:
        allowed, reasons = np.empty(self._n, np.uint8), np.empty(self._n, np.uint8)
        self._screen(
            self._laws, self._zones, ctypes.c_int64(self._n), *self._columns,
            ctypes.c_void_p(allowed.ctypes.data), ctypes.c_void_p(reasons.ctypes.data),
        )  # fmt: skip
        return allowed, reasons

    def _law(self, law: Law) -> _Law:
        holiday = np.zeros(CALENDAR_DAYS, np.uint8)
        holiday[[day - CALENDAR_FIRST for day in law.holidays]] = 1
        self._kept.append(holiday)
        hours = [day or (0, 0) for day in law.hours]
        return _Law(
            (ctypes.c_int16 * 8)(*[day[0] for day in hours]), (ctypes.c_int16 * 8)(*[day[1] for day in hours]),
            holiday.ctypes.data, CALENDAR_FIRST, law.debt_cap, law.day_cap, law.week_cap, law.cooling_days,
            law.forbidden,
        )  # fmt: skip

    def _zone(self, yardstick: Yardstick, name: str) -> _Zone:
        table = yardstick.rulebook.zones[yardstick.rulebook.zone_links.get(name, name)]
        starts, offsets = np.frombuffer(table.starts, np.int64).copy(), np.frombuffer(table.offsets, np.int32).copy()
        self._kept += [starts, offsets]
        return _Zone(starts.ctypes.data, offsets.ctypes.data, len(starts), 0)


def _library() -> ctypes.CDLL:
    with TemporaryDirectory() as folder:
        built = Path(folder) / "yardstick.so"
        source = Path(__file__).with_name("yardstick.c")
        subprocess.run([compiler(), *FLAGS, str(source), "-o", str(built)], check=True)
        return ctypes.CDLL(str(built))  # stays mapped when the file goes
