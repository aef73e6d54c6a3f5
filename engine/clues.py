"""What people state of a place, one clue at a time: country, region, postal code, locality, zone -> codes and zones.

A clue that cannot be read says why and what to write instead (ClueError); it never yields a place.
"""

from __future__ import annotations

import re

from cadencia.engine.gazetteer import Gazetteer, PostalArea

_ZIP = re.compile(r"(\d{5})(?:-?\d{4})?")
_CANADIAN = re.compile(r"([A-Z]\d[A-Z])(?:\d[A-Z]\d)?")
_REGION = re.compile(r"([A-Z]{2})-([A-Z0-9]{1,3})(?:-([A-Z0-9]+))?")
#: Countries whose postal codes are read.
POSTAL_COUNTRIES = ("US", "CA")


class ClueError(ValueError):
    """A clue that says nothing: what was found, and what to write."""


class ClueReader:
    """Reads stated clues with the tables of one rulebook."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._tables = gazetteer

    def country(self, text: str) -> tuple[str, str]:
        """(country, region): the region is empty, but for a territory that also has a country code: PR is US-PR."""
        code = text.strip().upper()
        if code not in self._tables.countries:
            raise ClueError(f"country {_shown(text)} is not an ISO 3166-1 code; write two letters, such as CO")
        region = self._tables.territories.get(code, "")
        return (region.partition("-")[0] or code), region

    def region(self, text: str, country: str) -> tuple[str, str]:
        """(region, city code or ""): "US-FL", "FL" when the country is known, "US-NY-NYC" for a city with rules."""
        code = text.strip().upper().replace("_", "-")
        if country and "-" not in code:
            code = f"{country}-{code}"
        found = _REGION.fullmatch(code)
        if not found or found[1] not in self._tables.countries:
            raise ClueError(f"region {_shown(text)} is not an ISO 3166-2 code; write one such as US-FL")
        region = f"{found[1]}-{found[2]}"
        if found[1] in self._tables.complete and region not in self._tables.regions:
            raise ClueError(f"region {_shown(text)} does not exist in {found[1]}; write its ISO 3166-2 code")
        return region, self.city(found[3], region) if found[3] else ""

    def zones_of_region(self, region: str) -> tuple[str, ...]:
        """Every zone that the region may be on; those of the country when the region has none of its own."""
        country = region.partition("-")[0]
        tables = self._tables
        return tables.regions.get(region) or tables.regions.get(f"{country}-*") or tables.countries[country]

    def zones_of_country(self, country: str) -> tuple[str, ...]:
        """Every zone of a country; of zones with one clock, one."""
        return self._tables.countries[country]

    def postal_prefix(self, text: str) -> str:
        """The part of a postal code that says where: "325" of 32501, "X0A" of X0A 0H0; unreadable text as it is."""
        code = "".join(text.upper().split())
        for pattern, country, least in ((_ZIP, "US", 3), (_CANADIAN, "CA", 1)):
            found = pattern.fullmatch(code)
            if found:
                known = (found[1][:n] for n in range(len(found[1]), least, -1))
                return next((p for p in known if f"{country} {p}" in self._tables.postal), found[1][:least])
        return code

    def postal_area(self, prefix: str, country: str) -> PostalArea:
        """The area of a `postal_prefix` in one of POSTAL_COUNTRIES; only Canada's can be told without the country."""
        if not country and prefix[:1].isalpha() and f"CA {prefix}" in self._tables.postal:
            country = "CA"
        if not country:
            raise ClueError("postal code without a country says nothing; add the country or region")
        area = self._tables.postal.get(f"{country} {prefix}")
        if area is None:
            raise ClueError(f"postal code {_shown(prefix)} is of no area in {country}; write it like 32501 or K1A 0B1")
        return area

    def city(self, name: str, region: str) -> str:
        """The code of a city of that region that has rules of its own, or empty."""
        return self._tables.localities.get(f"{region} {city_key(name)}", "")

    def zone(self, text: str) -> str:
        """The zone under the name that the tables use."""
        name = text.strip()
        if name in self._tables.clocks:
            return name
        if name in self._tables.links:
            return self._tables.links[name]
        raise ClueError(f"zone {_shown(text)} is not an IANA zone; write one such as America/Bogota")

    def clock(self, zone: str) -> int:
        """Zones with one number show one time."""
        return self._tables.clocks[zone]


def city_key(name: str) -> str:
    """A city's name as the tables have it: capitals, letters and digits only."""
    return "".join(char for char in name.upper() if char.isalnum())


def _shown(text: str) -> str:
    return repr(text if len(text) <= 20 else text[:20] + "…")
