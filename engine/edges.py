"""The instants of a local day, found by looking: the slow twin's clock, with zoneinfo and no arithmetic of ours."""

from __future__ import annotations

import bisect
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

zoneinfo.reset_tzpath(to=())  # the pinned tzdata package only: the system's may be older
zoneinfo.ZoneInfo.clear_cache()  # … and so may be what somebody read before us
_QUARTER = timedelta(minutes=15)
DAY_0 = date(2000, 1, 1)


def date_of(number: int) -> date:
    """The date so many days after 2000-01-01; the first or last that there is, beyond them."""
    ordinal = DAY_0.toordinal() + number
    return date.min if ordinal < 1 else date.max if ordinal > date.max.toordinal() else date.fromordinal(ordinal)


@lru_cache(maxsize=1 << 16)
def _quarters(zone: str, day: date) -> list[tuple[datetime, datetime]]:
    """Every quarter of an hour (UTC) around a local date with the local time then. Offsets are whole quarters."""
    middle = datetime(day.year, day.month, day.day, tzinfo=UTC)
    instants = [middle + k * _QUARTER for k in range(-4 * 16, 4 * 40)]
    return [(at, at.astimezone(zoneinfo.ZoneInfo(zone))) for at in instants]


@lru_cache(maxsize=1 << 16)
def day_start(zone: str, day: date) -> datetime:
    """The first instant (UTC) at which the local date is `day` or later."""
    return next(at for at, local in _quarters(zone, day) if local.date() >= day)


@lru_cache(maxsize=1 << 16)
def instants(zone: str, day: date, minutes: tuple[int, ...]) -> tuple[datetime, ...]:
    """Every instant at which the local clock of that day shows one of these minutes, or jumps past or back over it."""
    out = []
    previous = None
    for at, local in _quarters(zone, day):
        if previous is not None and local.utcoffset() != previous[1].utcoffset():
            out.append(at)
        previous = (at, local)
        if local.date() == day:
            minute = local.hour * 60 + local.minute
            k = bisect.bisect_left(minutes, minute)
            while k < len(minutes) and minutes[k] < minute + 15:
                out.append(at + timedelta(minutes=minutes[k] - minute))
                k += 1
    return tuple(out)
