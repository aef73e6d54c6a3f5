"""Which version of a rule is in force where the person is: by the local dates of the candidate zones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cadencia.engine.clock import DAY_S, ZoneClock
from cadencia.engine.tables import CompiledRule, Rulebook

#: Sets of zones whose stretch of one date is remembered.
_MOST_STRETCHES = 8_192
_ANY = 1 << 62


class LocalDays:
    """The local dates of instants under one rulebook's zones, each clock made once."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._clocks: dict[str, ZoneClock | None] = {}
        self._stretches: dict[tuple[str, ...], tuple[int, int, tuple[int, ...]]] = {}

    def of(self, zones: Iterable[str], at: int) -> tuple[int, ...]:
        """Days since 2000-01-01, ascending, of an instant (seconds since 2000) in these zones: two where they lie on
        either side of midnight, none where no zone is known or its data has ended."""
        names = tuple(zones)
        since, until, days = self._stretches.get(names, (0, 0, ()))
        if not since <= at < until:
            if len(self._stretches) >= _MOST_STRETCHES:
                self._stretches.clear()
            since, until, days = self._stretches[names] = self._stretch(names, at)
        return days

    def _stretch(self, zones: tuple[str, ...], at: int) -> tuple[int, int, tuple[int, ...]]:
        """(since, until, days): the answer at `at`, and between which instants it stays the same."""
        since, until, days = -_ANY, _ANY, set()
        for clock in {self._clock(name) for name in zones} - {None}:
            assert clock is not None
            if at >= clock.ends:
                since = max(since, clock.ends)
                continue
            start, end, offset = clock.segment_at(at)
            day = (at + offset) // DAY_S
            days.add(day)
            since, until = max(since, start, day * DAY_S - offset), min(until, end, (day + 1) * DAY_S - offset)
        return since, until, tuple(sorted(days))

    def _clock(self, name: str) -> ZoneClock | None:
        if name not in self._clocks:
            zone = self._rulebook.zones.get(self._rulebook.zone_links.get(name, name))
            self._clocks[name] = None if zone is None else ZoneClock(zone)
        return self._clocks[name]


def in_force(rule: CompiledRule, days: Iterable[int]) -> bool:
    """Whether this version is in force on one of the days."""
    return any(rule.from_day <= day < rule.until_day for day in days)


def version_in_force(versions: Sequence[CompiledRule], days: tuple[int, ...]) -> CompiledRule:
    """The version in force on one of the days; the first one if none is."""
    return next((rule for rule in versions if in_force(rule, days)), versions[0])
