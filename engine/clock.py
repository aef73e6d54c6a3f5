"""Local time over a zone's offset table: exact at gaps and folds. Pure Python, for faces and the slow reference.

Instants are seconds since 2000-01-01T00:00:00Z, days are local dates as days since 2000-01-01.
"""

from __future__ import annotations

import struct
from bisect import bisect_right

from cadencia.engine.tables import WEEKDAY_OF_DAY_0, Zone

DAY_S = 86_400


class ZoneDataEndedError(LookupError):
    """Asked about an instant at or after the end of the zone's table; nothing is known of the clock there."""


def weekday(day: int) -> int:
    """The weekday of a date, Monday 0."""
    return (day + WEEKDAY_OF_DAY_0) % 7


class ZoneClock:
    """The wall clock of one zone. Every question about an instant from `ends` on raises ZoneDataEndedError."""

    def __init__(self, zone: Zone) -> None:
        count = len(zone.starts) // 8
        self._starts: tuple[int, ...] = struct.unpack(f"<{count}q", zone.starts)
        self._offsets: tuple[int, ...] = struct.unpack(f"<{count}i", zone.offsets)
        self._furthest_ahead = max(self._offsets)
        self.ends = zone.ends

    def offset_at(self, t: int) -> int:
        """Seconds that the clock is ahead of UTC at an instant."""
        return self._offsets[self._index(t)]

    def segment_at(self, t: int) -> tuple[int, int, int]:
        """(start, end, offset) of the stretch around an instant in which the offset does not change."""
        return self._segment(self._index(t))

    def local(self, t: int) -> tuple[int, int]:
        """The local date and the second of that day, as the clock on the wall shows them."""
        return divmod(t + self.offset_at(t), DAY_S)

    def local_day(self, t: int) -> int:
        """The local date."""
        return (t + self.offset_at(t)) // DAY_S

    def local_second(self, t: int) -> int:
        """The second of the local day as the clock shows it: on a day of change not the seconds elapsed."""
        return (t + self.offset_at(t)) % DAY_S

    def day_start(self, day: int) -> int:
        """The first instant at which the local date is `day` or later; a skipped date starts with the next one."""
        return self._first_at_or_after(day * DAY_S)

    def instants_at(self, day: int, second: int) -> tuple[int, ...]:
        """The instants at which the clock shows this time: none in a gap, two in a fold, else one; in order."""
        shown = day * DAY_S + second
        found: list[int] = []
        for i in range(self._index_before(shown), len(self._starts)):
            start, end, offset = self._segment(i)
            if start <= shown - offset < end:
                found.append(shown - offset)
            elif start - DAY_S > shown:  # offsets are less than a day
                break
        if not found:
            self._first_at_or_after(shown)  # tells a gap from a time beyond the data, for which it raises
        return tuple(found)

    def _first_at_or_after(self, shown: int) -> int:
        """The first instant at which the clock shows `shown` (local seconds since day 0) or later."""
        for i in range(self._index_before(shown), len(self._starts)):
            start, end, offset = self._segment(i)
            if (candidate := max(start, shown - offset)) < end:
                return candidate
        raise ZoneDataEndedError(f"local day {shown // DAY_S} lies beyond the zone data")

    def _index_before(self, shown: int) -> int:
        """Of the segment that holds the earliest instant at which any of the zone's clocks could show this."""
        return self._index(shown - self._furthest_ahead)

    def _index(self, t: int) -> int:
        if t >= self.ends:
            raise ZoneDataEndedError(f"instant {t} lies at or beyond the end of the zone data, {self.ends}")
        return bisect_right(self._starts, t) - 1

    def _segment(self, i: int) -> tuple[int, int, int]:
        end = self._starts[i + 1] if i + 1 < len(self._starts) else self.ends
        return self._starts[i], end, self._offsets[i]
