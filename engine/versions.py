"""Which version of a rule is in force where the person is: by the local dates of the candidate zones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cadencia.engine.clock import ZoneClock
from cadencia.engine.tables import CompiledRule, Rulebook


class LocalDays:
    """The local dates of instants under one rulebook's zones, each clock made once."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._clocks: dict[str, ZoneClock | None] = {}

    def of(self, zones: Iterable[str], at: int) -> tuple[int, ...]:
        """Days since 2000-01-01, ascending, of an instant (seconds since 2000) in these zones: two where they lie on
        either side of midnight, none where no zone is known or its data has ended."""
        clocks = [self._clock(name) for name in zones]
        days = {clock.local_day(at) for clock in clocks if clock is not None and at < clock.ends}
        return tuple(days) if len(days) < 2 else tuple(sorted(days))

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
