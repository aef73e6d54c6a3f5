"""The yardstick in numpy: all queries at once, a column a step, without a loop over rows."""

from __future__ import annotations

import numpy as np

from bench.workload import CALENDAR_DAYS, CALENDAR_FIRST, DAY_S, RULES, ZONES, Yardstick, kinds_mask

HOURS, DEBT_CAP, DAY_CAP, WEEK_CAP, COOLING_OFF, FORBIDDEN = (np.uint8(1 << bit) for bit in range(len(RULES)))
_ZONE_SHIFT = 40  # one sorted table for all zones: key = zone << 40 | instant
_TALKS = np.array([kinds_mask("conversation") >> kind & 1 for kind in range(16)], bool)


class NumpyTwin:
    """Answers the yardstick as (allowed, reasons). The tables are made once; a call is the columns of work."""

    def __init__(self, yardstick: Yardstick) -> None:
        self._y = yardstick
        laws = yardstick.laws
        hours = np.array([[day or (0, 0) for day in law.hours] for law in laws], np.int32)
        self._opens = np.ascontiguousarray(hours[:, :, 0] * 60).ravel()
        self._closes = np.ascontiguousarray(hours[:, :, 1] * 60).ravel()
        holiday = np.zeros((len(laws), CALENDAR_DAYS), bool)
        for index, law in enumerate(laws):
            holiday[index, [day - CALENDAR_FIRST for day in law.holidays]] = True
        self._holiday = holiday.ravel()
        self._debt_cap, self._day_cap, self._week_cap, self._cooling = (
            np.array([getattr(law, name) for law in laws], np.int32)
            for name in ("debt_cap", "day_cap", "week_cap", "cooling_days")
        )
        self._forbidden = np.array([law.forbidden for law in laws], np.uint64)
        self._zones(yardstick)

    def _zones(self, yardstick: Yardstick) -> None:
        keys, offsets = [], []
        for index, name in enumerate(ZONES):
            table = yardstick.rulebook.zones[yardstick.rulebook.zone_links.get(name, name)]
            starts = np.maximum(np.frombuffer(table.starts, np.int64), 0)
            keys.append(starts + (index << _ZONE_SHIFT))
            offsets.append(np.frombuffer(table.offsets, np.int32))
        self._keys, self._offsets = np.concatenate(keys), np.concatenate(offsets).astype(np.int64)

    def _index(self, zone_key: np.ndarray, at: np.ndarray) -> np.ndarray:
        return np.searchsorted(self._keys, zone_key + at, side="right") - 1

    def _day_start(self, zone_key: np.ndarray, index: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Midnight of a local day, under the offset of either side of a change of clock."""
        at = day * DAY_S - self._offsets[index]
        before = np.flatnonzero(zone_key + at < self._keys[index])
        at[before] = day[before] * DAY_S - self._offsets[index[before] - 1]
        return at

    def __call__(self) -> tuple[np.ndarray, np.ndarray]:
        y = self._y
        jurisdiction = y.jurisdiction
        zone_key = y.zone.astype(np.int64) << _ZONE_SHIFT
        index = self._index(zone_key, y.at)
        local = y.at + self._offsets[index]
        day = local // DAY_S
        second = (local - day * DAY_S).astype(np.int32)
        weekday = (day + 5) % 7
        holiday = self._holiday[jurisdiction * CALENDAR_DAYS + (day - CALENDAR_FIRST)]
        row = jurisdiction * 8 + np.where(holiday, 7, weekday)
        reasons = ((second < self._opens[row]) | (second >= self._closes[row])) * HOURS
        reasons |= ((y.facts & self._forbidden[jurisdiction]) != 0) * FORBIDDEN

        seven = self._day_start(zone_key, index, day - 6).astype(np.uint32)
        today = self._day_start(zone_key, index, day).astype(np.uint32)
        week = self._day_start(zone_key, index, day - weekday).astype(np.uint32)
        cooling = self._day_start(zone_key, index, day - self._cooling[jurisdiction] + 1).astype(np.uint32)
        reasons |= self._counters(seven, today, week, cooling)
        return (reasons == 0).view(np.uint8), reasons

    def _counters(self, seven: np.ndarray, today: np.ndarray, week: np.ndarray, cooling: np.ndarray) -> np.ndarray:
        y, n = self._y, len(self._y)
        owner = np.repeat(np.arange(n, dtype=np.int32), y.event_to - y.event_from)
        kept = np.flatnonzero(y.event_at >= seven[owner])  # no rule looks further back; half the events go here
        owner, at, attr = owner[kept], y.event_at[kept], y.event_attr[kept].astype(np.uint32)
        outbound = attr >> 19 & 1 == 0
        talk = _TALKS[attr >> 3 & 15] & outbound
        same_debt = (attr >> 21 & 255) == y.debt[owner]

        def count(mask: np.ndarray) -> np.ndarray:
            return np.bincount(owner[mask], minlength=n)

        jurisdiction = y.jurisdiction
        reasons = (count(same_debt & outbound & (attr & 7 <= 1)) >= self._debt_cap[jurisdiction]) * DEBT_CAP
        reasons |= (count(outbound & (at >= today[owner])) >= self._day_cap[jurisdiction]) * DAY_CAP
        talks = np.flatnonzero(talk)
        by, when = owner[talks], at[talks]
        reasons |= (np.bincount(by[when >= week[by]], minlength=n) >= self._week_cap[jurisdiction]) * WEEK_CAP
        cools = by[same_debt[talks] & (when >= cooling[by])]
        reasons[cools] |= COOLING_OFF
        return reasons
