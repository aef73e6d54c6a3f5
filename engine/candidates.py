"""Gathers what the clues of one contact say into one set of jurisdictions and one set of zones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec

from cadencia.engine.batch import PlaceSet
from cadencia.engine.clues import POSTAL_COUNTRIES, ClueError, ClueReader
from cadencia.engine.decision import Clue
from cadencia.engine.gazetteer import Place
from cadencia.engine.tables import Jurisdiction

_T = TypeVar("_T")


class Located(msgspec.Struct, frozen=True):
    """Where a contact may be. Empty jurisdictions or zones: no clue gave one. `problems` are clues that were refused,
    each with what to write instead."""

    jurisdictions: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    clues: tuple[Clue, ...] = ()
    problems: tuple[str, ...] = ()

    def place_set(self) -> PlaceSet:
        """The part that the engine reads."""
        return PlaceSet(self.jurisdictions, self.zones)


class Stated(msgspec.Struct, frozen=True):
    """What is stated of one contact; empty is not stated. `postal_code` is cut by ClueReader.postal_prefix, `locality`
    is a name by `city_key`."""

    country: str = ""
    region: str = ""
    postal_code: str = ""
    locality: str = ""
    zone: str = ""


def divided(jurisdictions: Iterable[str]) -> frozenset[str]:
    """The countries whose states or provinces have law of their own, or are known to have none. A part of such a
    country that is not among the jurisdictions is a place whose law nobody filed."""
    return frozenset(code.partition("-")[0] for code in jurisdictions if "-" in code)


class Candidates:
    """The clues of one contact. `add_phone` first, if there is a number, then `located` once."""

    def __init__(self, reader: ClueReader, jurisdictions: Mapping[str, Jurisdiction], divided: frozenset[str]) -> None:
        self._reader, self._listed, self._divided = reader, jurisdictions, divided
        self._codes: dict[str, None] = {}
        self._zones: dict[str, None] = {}
        self._clues: list[Clue] = []
        self._problems: list[str] = []
        self._phone: Place | None = None
        self._phone_text = ""
        self._regions: dict[str, tuple[str, tuple[str, ...]]] = {}  # region stated -> kind of clue, zones

    def add_phone(self, place: Place, calling_code: str, told: str) -> None:
        """A number that leads to this place. The clue shows its calling code and what is `told` of it (area code, type
        of line), never the number."""
        self._phone = place
        self._phone_text = f"{calling_code} {told}".strip()

    def refuse(self, problem: str) -> None:
        """A clue that said nothing, and what to write instead."""
        self._problems.append(problem)

    def located(self, stated: Stated) -> Located:
        """The sets over all clues."""
        country, cities = self._read_address(stated)
        zone = self._try(self._reader.zone, stated.zone) if stated.zone else None
        self._count_phone(zone)
        self._count_address(zone)
        self._count_country(country, zone)
        self._count_cities(stated, cities)
        if zone:
            self._count("stated", zone, (), (zone,))
        if not self._zones:
            self._count_files()
        codes = () if self._part_unknown() else tuple(self._codes)
        return Located(codes, tuple(self._zones), tuple(self._clues), tuple(self._problems))

    def _part_unknown(self) -> bool:
        """Whether the contact is in a country of states or provinces, and nothing says in which: then it is not known
        which law applies, and the engine denies."""
        parted = {code.partition("-")[0] for code in self._codes if "-" in code}
        return any(country in self._codes and country not in parted for country in self._divided)

    # reading

    def _read_address(self, stated: Stated) -> tuple[str, list[str]]:
        """Fills `_regions`; the stated country or empty, and the cities with rules that region and postal code name."""
        reader, country, cities = self._reader, "", []
        if stated.country and (read := self._try(reader.country, stated.country)):
            country, territory = read
            if territory:
                self._regions[territory] = "country", reader.zones_of_region(territory)
        if stated.region and (found := self._try(lambda text: reader.region(text, country), stated.region)):
            region, city = found
            self._regions[region] = "region", reader.zones_of_region(region)
            cities.append(city)
        if stated.postal_code:
            cities.append(self._read_postal(stated.postal_code, country))
        return country, [city for city in cities if city]

    def _read_postal(self, prefix: str, country: str) -> str:
        """Adds or narrows the region of a postal code; its city with rules, or empty."""
        home = country or next((region.partition("-")[0] for region in self._regions), "")
        home = home or (self._phone.country if self._phone else "")
        if home and home not in POSTAL_COUNTRIES:
            self._clues.append(Clue("postal_code", prefix, ()))  # says nothing here: codes of this country are not read
            return ""
        area = self._try(lambda text: self._reader.postal_area(text, home), prefix)
        if area is None:
            return ""
        zones = area.zones or self._reader.zones_of_region(area.region)
        kind = "region" if area.region in self._regions else "postal_code"
        self._regions[area.region] = kind, zones
        if kind == "region":
            self._clues.append(Clue("postal_code", prefix, zones))
        return area.locality

    def _try(self, read: Callable[[str], _T], text: str) -> _T | None:
        try:
            return read(text)
        except ClueError as error:
            self._problems.append(str(error))
            return None

    # counting

    def _count_phone(self, zone: str | None) -> None:
        place = self._phone
        if place is None:
            return
        zones = self._phone_zones(place, zone)
        codes = [code for region in place.regions for code in self._with_parents(region)]
        codes += self._with_parents(place.country) if place.country else []
        self._count("phone", self._phone_text, codes, zones)

    def _phone_zones(self, place: Place, zone: str | None) -> tuple[str, ...]:
        """The zones that stay beside the stated ones."""
        here = {r: zones for r, (_, zones) in self._regions.items() if r.partition("-")[0] == place.country}
        if here and not place.area:
            return ()  # the number says the country only, and the address says where in it
        same = [zones for region, zones in here.items() if region in place.regions or not place.regions]
        if same:
            clocks = {self._reader.clock(z) for zones in same for z in self._narrowed(zones, zone)}
            return tuple(z for z in place.zones if self._reader.clock(z) in clocks) or place.zones
        return place.zones if here else self._narrowed(place.zones, zone)

    def _count_address(self, zone: str | None) -> None:
        for region, (kind, zones) in self._regions.items():
            codes = [*self._with_parents(region), *self._with_parents(region.partition("-")[0])]
            self._count(kind, region, codes, self._narrowed(zones, zone))

    def _count_country(self, country: str, zone: str | None) -> None:
        if not country:
            return
        finer = any(region.startswith(f"{country}-") for region in self._regions)
        finer = finer or (self._phone is not None and self._phone.country == country and bool(self._phone.zones))
        zones = () if finer else self._narrowed(self._reader.zones_of_country(country), zone)
        self._count("country", country, self._with_parents(country), zones)

    def _count_cities(self, stated: Stated, cities: list[str]) -> None:
        regions = dict.fromkeys([*self._regions, *(self._phone.regions if self._phone else ())])
        if stated.locality:
            cities = cities + [city for r in regions if (city := self._reader.city(stated.locality, r))]
        for city in dict.fromkeys(cities):
            self._count("locality", city, self._with_parents(city), ())

    def _count_files(self) -> None:
        """Last resort: the zone of a jurisdiction's own file."""
        for code in list(self._codes):
            zone = self._listed[code].timezone if code in self._listed else ""
            if zone:
                self._count("file", code, (), (zone,))

    def _narrowed(self, zones: tuple[str, ...], zone: str | None) -> tuple[str, ...]:
        """The stated zone, if it is one of these or shows the time of one; else these."""
        if zone and self._reader.clock(zone) in {self._reader.clock(z) for z in zones}:
            return (zone,)
        return zones

    def _with_parents(self, code: str) -> list[str]:
        """A jurisdiction and its ancestors. A country of which no rules are known is named, and so is a region of a
        `divided` country: the engine then denies. A region of any other country has the country's law."""
        if code in self._listed:
            return [code, *self._listed[code].parents]
        return [] if "-" in code and code.partition("-")[0] not in self._divided else [code]

    def _count(self, kind: str, value: str, codes: list[str] | tuple[str, ...], zones: tuple[str, ...]) -> None:
        self._codes |= dict.fromkeys(codes)
        self._zones |= dict.fromkeys(zones)
        self._clues.append(Clue(kind, value, (*dict.fromkeys(codes), *zones)))
