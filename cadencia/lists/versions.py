"""The version of a rule that is in force where the person is: a screened row cites what `Engine.decide` cites."""

from __future__ import annotations

import numpy as np

from cadencia.engine.batch import PlaceSet
from cadencia.engine.clock import ZoneClock
from cadencia.engine.tables import CompiledRule, Rulebook


class Versions:
    """The dated versions of the rules of each profile, seen from one instant.

    `rules_of`: profile -> bit -> indices in Rulebook.rules, as `Engine.rules_of` has them. `at`: seconds since 2000.
    """

    def __init__(self, rulebook: Rulebook, rules_of: list[list[list[int]]], at: int) -> None:
        self._rulebook, self._rules_of, self._at = rulebook, rules_of, at
        self._day_of_zone: dict[str, int | None] = {}

    def days(self, where: PlaceSet) -> tuple[int, ...]:
        """The local dates (days since 2000) of a place: two where its candidate zones lie on either side of midnight,
        none where no zone is known."""
        found = {self._day(name) for name in where.zones}
        return tuple(sorted(day for day in found if day is not None))

    def blocking(self, profile: int, mask: int, days: tuple[int, ...]) -> list[CompiledRule]:
        """The rules of a mask of reasons, each in its version in force on one of the days; the oldest if none is."""
        if profile < 0:
            return []
        bits = self._rules_of[profile]
        return [self._in_force(indices, days) for bit, indices in enumerate(bits) if mask >> bit & 1]

    def _in_force(self, indices: list[int], days: tuple[int, ...]) -> CompiledRule:
        rules = [self._rulebook.rules[index] for index in indices]
        return next((rule for rule in rules if any(rule.from_day <= day < rule.until_day for day in days)), rules[0])

    def _day(self, name: str) -> int | None:
        if name not in self._day_of_zone:
            zone = self._rulebook.zones.get(self._rulebook.zone_links.get(name, name))
            day = None
            if zone is not None and self._at < zone.ends:
                day = ZoneClock(zone).local_day(self._at)
            self._day_of_zone[name] = day
        return self._day_of_zone[name]

    def day_codes(self, places: list[PlaceSet]) -> tuple[np.ndarray, list[tuple[int, ...]]]:
        """(code of each place, the distinct sets of local dates)."""
        of_place = [self.days(where) for where in places]
        distinct = sorted(set(of_place))
        codes = {days: code for code, days in enumerate(distinct)}
        return np.array([codes[days] for days in of_place], np.int64), distinct
