"""Every IANA zone of the pinned `tzdata` package as an offset table of the engine, to the year 2100.

Only the package is read, never the zone data of the machine, and data older than `OLDEST_RELEASE` is refused:
Vancouver, Edmonton and Winnipeg would otherwise be an hour wrong from 2026-11-01 on.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import NamedTuple

from cadencia.engine.tables import UNIX_OF_EPOCH, Zone

OLDEST_PACKAGE = (2026, 6)
OLDEST_RELEASE = "2026f"
ALWAYS = -(1 << 62)  # "since always": the first start of every table
DAY_S = 86_400
_EPOCH_DAY = date(2000, 1, 1).toordinal()
#: Changes of clock before this instant are dropped: histories begin in 2000, a year is left for their look-back.
KEPT_FROM = (date(1999, 1, 1).toordinal() - _EPOCH_DAY) * DAY_S
LAST_YEAR = 2099
ENDS = (date(LAST_YEAR + 1, 1, 1).toordinal() - _EPOCH_DAY) * DAY_S

Change = tuple[int, int]  # from this instant (seconds since 2000-01-01Z) on, this offset (seconds ahead of UTC)


class ZoneDataError(Exception):
    """Zone data that is missing, too old or not understood; nothing may be decided with it."""


def compile_zones(names: Iterable[str] | None = None) -> tuple[dict[str, Zone], dict[str, str], str]:
    """The zones (all, or `names` and what they are aliases of), the aliases among them, the IANA release."""
    release = _release()
    known = set(_text("zones").split())
    wanted = sorted(known) if names is None else sorted(set(names))
    canonical = _links(known)
    zones: dict[str, Zone] = {}
    links: dict[str, str] = {}
    for name in wanted:
        if name not in known:
            raise ZoneDataError(f"tzdata {release}: {name!r} is not a zone; write an IANA name, as America/Bogota")
        target = canonical.get(name, name)
        if target != name:
            links[name] = target
        if target not in zones:
            zones[target] = _zone(target)
    return zones, links, release


def _release() -> str:
    """The IANA release of the installed package; ZoneDataError unless it is new enough."""
    cure = f"run: pip install 'tzdata>={OLDEST_PACKAGE[0]}.{OLDEST_PACKAGE[1]}'"
    try:
        package = import_module("tzdata")
    except ImportError as error:
        raise ZoneDataError(f"the tzdata package is not installed; {cure}") from error
    version, release = str(package.__version__), str(package.IANA_VERSION)
    numbers = re.match(r"(\d+)\.(\d+)", version)
    new_enough = numbers is not None and (int(numbers[1]), int(numbers[2])) >= OLDEST_PACKAGE
    # "2026f" < "2026g" < "2027a": four digits and letters, so text order is age order
    if not new_enough or release < OLDEST_RELEASE:
        raise ZoneDataError(f"tzdata {version} (IANA {release}) is older than IANA {OLDEST_RELEASE}; {cure}")
    return release


def _text(name: str) -> str:
    return files("tzdata").joinpath(name).read_text(encoding="utf-8")


def _links(known: set[str]) -> dict[str, str]:
    """Alias -> the zone that it is another name of, chains followed."""
    direct: dict[str, str] = {}
    for line in files("tzdata.zoneinfo").joinpath("tzdata.zi").read_text(encoding="utf-8").splitlines():
        if line.startswith("L "):
            target, alias = line.split()[1:3]
            if alias in known and target in known:
                direct[alias] = target
    final: dict[str, str] = {}
    for alias, target in direct.items():
        for _ in range(len(direct)):
            if target not in direct:
                break
            target = direct[target]
        final[alias] = target
    return final


def _zone(name: str) -> Zone:
    try:
        data = files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes()
        changes = _table(data)
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise ZoneDataError(f"tzdata zone {name}: {error}; reinstall the tzdata package") from error
    starts = struct.pack(f"<{len(changes)}q", *(start for start, _ in changes))
    offsets = struct.pack(f"<{len(changes)}i", *(offset for _, offset in changes))
    return Zone(starts=starts, offsets=offsets, ends=ENDS)


def _table(data: bytes) -> list[Change]:
    """All changes of offset from `ALWAYS` to `ENDS`: those listed in the file, then those of its rule."""
    first, listed, footer = _parse_tzif(data)
    last = listed[-1][0] if listed else ALWAYS
    changes = [(ALWAYS, first), *listed, *_changes_by_rule(footer, after=last)]
    at_start = max(bisect_left(changes, (KEPT_FROM + 1, ALWAYS)) - 1, 0)  # the change in force at KEPT_FROM
    kept = [(ALWAYS, changes[at_start][1])]
    for start, offset in changes[at_start + 1 :]:
        if start < ENDS and offset != kept[-1][1]:  # a new name or DST flag alone changes no clock
            kept.append((start, offset))
    return kept


def _parse_tzif(data: bytes) -> tuple[int, list[Change], str]:
    """The offset before the first change, the listed changes, and the rule for what follows (RFC 9636, version 2+)."""
    if data[:4] != b"TZif" or data[4:5] < b"2":
        raise ValueError("not a TZif file of version 2 or later")
    isut, isstd, leap, times, types, chars = struct.unpack_from(">6l", data, 20)
    at = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isut  # skips the 32-bit block of version 1
    if data[at : at + 4] != b"TZif":
        raise ValueError("the 64-bit block is missing")
    isut, isstd, leap, times, types, chars = struct.unpack_from(">6l", data, at + 20)
    at += 44
    instants = struct.unpack_from(f">{times}q", data, at)
    kinds = data[at + times * 8 : at + times * 9]
    at += times * 9
    offsets = [struct.unpack_from(">l", data, at + 6 * i)[0] for i in range(types)]
    at += types * 6 + chars + leap * 12 + isstd + isut
    footer = data[at:].strip(b"\n").decode("ascii")
    changes = [(instant - UNIX_OF_EPOCH, offsets[kind]) for instant, kind in zip(instants, kinds, strict=True)]
    return offsets[0], changes, footer


class _YearlyChange(NamedTuple):
    """A change that comes every year: `day` is a rule such as M3.2.0, `second` of that day on the clock until then."""

    day: str
    second: int
    clock: int  # offset in force until the change
    offset: int  # offset from then on


_NAME = r"(?:<[^>]+>|[A-Za-z]{3,})"
_TIME = r"[+-]?\d+(?::\d+){0,2}"
_RULE = re.compile(rf"{_NAME}({_TIME})(?:{_NAME}({_TIME})?,([^,/]+)(?:/({_TIME}))?,([^,/]+)(?:/({_TIME}))?)?")


@cache  # few different rules exist, and many zones share them
def _yearly(footer: str) -> tuple[int, tuple[_YearlyChange, ...]]:
    """The standard offset of a POSIX TZ rule, and its two changes a year if it has any."""
    match = _RULE.fullmatch(footer)
    if match is None:
        raise ValueError(f"{footer!r} is not a POSIX time zone rule that is understood")
    standard = -_seconds(match[1])  # POSIX counts west of Greenwich
    if match[3] is None:
        return standard, ()
    summer = -_seconds(match[2]) if match[2] else standard + 3600
    to_summer = _YearlyChange(match[3], _seconds(match[4] or "2"), standard, summer)
    to_standard = _YearlyChange(match[5], _seconds(match[6] or "2"), summer, standard)
    return standard, (to_summer, to_standard)


def _seconds(text: str) -> int:
    """`[+-]hh[:mm[:ss]]` in seconds; hours may pass 24, or be negative."""
    sign = -1 if text.startswith("-") else 1
    parts = [*map(int, text.lstrip("+-").split(":")), 0, 0]
    return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])


@cache
def _instants_by_rule(footer: str) -> tuple[Change, ...]:
    """Every change that the rule makes from 1998 to `ENDS`, in order."""
    _, yearly = _yearly(footer)
    return tuple(sorted(
        (_day_of_rule(change.day, year) * DAY_S + change.second - change.clock, change.offset)
        for year in range(1998, LAST_YEAR + 2)
        for change in yearly
    ))  # fmt: skip


def _changes_by_rule(footer: str, *, after: int) -> Iterator[Change]:
    if not footer:
        raise ValueError("no rule for the years after the last listed change")
    standard, yearly = _yearly(footer)
    if not yearly:
        yield (after + 1, standard)  # merged away: it is the offset of the last listed change
        return
    changes = _instants_by_rule(footer)
    yield from changes[bisect_left(changes, (after + 1, ALWAYS)) :]


def _day_of_rule(rule: str, year: int) -> int:
    """Days since 2000-01-01 of `Mm.w.d`, `Jn` (29 February never counted) or `n` (counted from 0) in a year."""
    if rule.startswith("M"):
        month, week, weekday = map(int, rule[1:].split("."))
        first = date(year, month, 1).toordinal()
        day = first + (weekday - first) % 7 + (week - 1) * 7  # ordinal 7 is a Sunday, which POSIX calls 0
        beyond = date(year + month // 12, month % 12 + 1, 1).toordinal()
        return (day if day < beyond else day - 7) - _EPOCH_DAY
    if rule.startswith("J"):
        common = date(2001, 1, 1).toordinal() + int(rule[1:]) - 1
        return date.fromordinal(common).replace(year=year).toordinal() - _EPOCH_DAY
    return date(year, 1, 1).toordinal() + int(rule) - _EPOCH_DAY
