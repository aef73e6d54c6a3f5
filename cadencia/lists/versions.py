"""The version of a rule that is in force where the person is: a screened row cites what `Engine.decide` cites."""

from __future__ import annotations

import numpy as np

from cadencia.engine.batch import PlaceSet
from cadencia.engine.tables import CompiledRule, Rulebook
from cadencia.engine.versions import LocalDays, version_in_force


class Versions:
    """The dated versions of the rules of each profile, seen from one instant.

    `rules_of`: profile -> bit -> indices in Rulebook.rules, as `Engine.rules_of` has them. `at`: seconds since 2000.
    """

    def __init__(self, rulebook: Rulebook, rules_of: list[list[list[int]]], at: int) -> None:
        self._rulebook, self._rules_of, self._at = rulebook, rules_of, at
        self._days = LocalDays(rulebook)

    def days(self, where: PlaceSet) -> tuple[int, ...]:
        """The local dates (days since 2000) of a place: two where its candidate zones lie on either side of midnight,
        none where no zone is known."""
        return self._days.of(where.zones, self._at)

    def blocking(self, profile: int, mask: int, days: tuple[int, ...]) -> list[CompiledRule]:
        """The rules of a mask of reasons, each in its version in force on one of the days; the oldest if none is."""
        if profile < 0:
            return []
        rules = self._rulebook.rules
        named = (indices for bit, indices in enumerate(self._rules_of[profile]) if mask >> bit & 1)
        return [version_in_force([rules[index] for index in indices], days) for indices in named]

    def day_codes(self, places: list[PlaceSet]) -> tuple[np.ndarray, list[tuple[int, ...]]]:
        """(code of each place, the distinct sets of local dates)."""
        of_place = [self.days(where) for where in places]
        distinct = sorted(set(of_place))
        codes = {days: code for code, days in enumerate(distinct)}
        return np.array([codes[days] for days in of_place], np.int64), distinct
