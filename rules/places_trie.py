"""Joins numbering plans and areas into one trie over the digits of E.164, as flat arrays.

A node is where a number has got to; equal nodes are one. Each number that a plan allows ends on a node that has a
place, so walking the digits answers at once whether the number can exist, and where.
"""

from __future__ import annotations

import numpy as np

from cadencia.engine.gazetteer import Place
from cadencia.rules.places_areas import Area
from cadencia.rules.places_plan import NO_COUNTRY, Plan, Tag
from cadencia.rules.places_regions import TERRITORIES

DEAD, ROOT = 0, 1
NO_PLACE = -1
#: Where engine/_location.pyx looks for the trunk digit, above the mask of lengths.
TRUNK_SHIFT = 24


class PlaceFinder:
    """Numbers the distinct places that phone numbers lead to."""

    def __init__(self, countries: dict[str, tuple[str, ...]], regions: dict[str, tuple[str, ...]]) -> None:
        self._countries, self._regions = countries, regions
        self._numbers: dict[Place, int] = {}

    def number(self, plan: Plan, tags: frozenset[Tag], area: Area | None) -> int:
        """The place of numbers with these tags in this area; NO_PLACE when there is none with such tags."""
        if not tags:
            return NO_PLACE
        return self._numbers.setdefault(self._place(plan, tags, area), len(self._numbers))

    def places(self) -> tuple[Place, ...]:
        """All of them, in the order of their numbers."""
        return tuple(self._numbers)

    def _place(self, plan: Plan, tags: frozenset[Tag], area: Area | None) -> Place:
        # As phonenumbers does: the first region of the plan that has such a number, and a number that is freephone,
        # premium and so on in that region is that, whatever else it could be.
        region = next(name for name in plan.regions if any(tag.region == name for tag in tags))
        kinds = {tag.kind for tag in tags if tag.region == region}
        if region == NO_COUNTRY or ("nowhere" in kinds and len({tag.region for tag in tags}) > 1):
            return Place("")
        if "nowhere" in kinds:
            return Place(TERRITORIES.get(region, region).partition("-")[0])
        if region in TERRITORIES:
            return Place("US", (TERRITORIES[region],), self._countries[region], True)
        home = self._home(region, area)
        if home and area and (area.mobile or "fixed" in kinds):
            return Place(home, area.regions, area.zones, True)
        return Place(region, (), self._countries.get(region, ()))

    def _home(self, region: str, area: Area | None) -> str:
        """The country of the area, if the plan's regions share the calling code and the area belongs to this one."""
        if area and area.regions and not area.regions[0].startswith(f"{region}-"):
            return ""
        if area and not set(area.zones) <= self._every_zone(region):
            return ""
        return region

    def _every_zone(self, region: str) -> set[str]:
        named = {zone for code, zones in self._regions.items() if code.startswith(f"{region}-") for zone in zones}
        return named | set(self._countries.get(region, ())) | {"Europe/Simferopol"}


class Trie:
    """Grows plan by plan; `arrays` hands it over."""

    def __init__(self) -> None:
        self._rows: list[list[int]] = [[DEAD] * 10, [DEAD] * 10]
        self._ends: list[int] = [NO_PLACE, NO_PLACE]
        self._lengths: dict[int, int] = {}
        self._same: dict[tuple[int, ...], int] = {}

    def add(self, plan: Plan, areas: dict[str, Area], finder: PlaceFinder, *, trunk: str) -> None:
        """All numbers of a calling code. `trunk` is the digit dialled before national numbers, or empty: people write
        it in international numbers too, as in +44 (0)20."""
        start = _Branch(self, plan, areas, finder).grow()
        self._lengths[start] = plan.possible_lengths | (int(trunk) + 1 if trunk else 0) << TRUNK_SHIFT
        node = ROOT
        *parents, last = (int(digit) for digit in str(plan.calling_code))
        for digit in parents:
            if self._rows[node][digit] == DEAD:
                self._rows[node][digit] = self._new([DEAD] * 10, NO_PLACE)
            node = self._rows[node][digit]
        self._rows[node][last] = start

    def node(self, row: list[int], end: int) -> int:
        """The node with these followers and this place: an equal one if there is one."""
        if end == NO_PLACE and not any(row):
            return DEAD
        key = (*row, end)
        found = self._same.get(key)
        if found is None:
            found = self._same[key] = self._new(row, end)
        return found

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(node, digit) -> node; node -> place or NO_PLACE; node -> possible lengths where national digits begin."""
        lengths = np.zeros(len(self._rows), np.uint32)
        for node, mask in self._lengths.items():
            lengths[node] = mask
        return np.array(self._rows, np.int32), np.array(self._ends, np.int32), lengths

    def _new(self, row: list[int], end: int) -> int:
        self._rows.append(row)
        self._ends.append(end)
        return len(self._rows) - 1


class _Branch:
    """One calling code: the product of its plan and the tree of its areas."""

    def __init__(self, trie: Trie, plan: Plan, areas: dict[str, Area], finder: PlaceFinder) -> None:
        self._trie, self._plan, self._areas, self._finder = trie, plan, areas, finder
        self._longer = {prefix[:n] for prefix in areas for n in range(len(prefix))}
        self._seen: dict[tuple[frozenset[int], str | None, Area | None], int] = {}

    def grow(self) -> int:
        """The node where the national digits begin; a node of its own, since it carries the plan's lengths."""
        row = [self._child(self._plan.start, "", None, digit) for digit in range(10)]
        return self._trie._new(row, NO_PLACE)

    def _child(self, states: frozenset[int], path: str | None, area: Area | None, digit: int) -> int:
        """`path` is the digits so far while an area may still begin with them, else None."""
        after = self._plan.after(states, digit)
        if not after:
            return DEAD
        if path is not None:
            path += str(digit)
            area = self._areas.get(path, area)
            path = path if path in self._longer else None
        key = (after, path, area)
        found = self._seen.get(key)
        if found is None:
            row = [self._child(after, path, area, following) for following in range(10)]
            end = self._finder.number(self._plan, self._plan.tags(after), area)
            found = self._seen[key] = self._trie.node(row, end)
        return found
