"""Compiles the location tables: the trie over E.164 digits, and the gazetteer of countries, regions, postal areas.

Sources: numbering plans from `phonenumbers`, zones of countries from the tz database that `tzdata` ships, regions,
area codes and postal areas from the tables beside this module. The same sources give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import msgspec
import phonenumbers
from phonenumbers.tzdata import TIMEZONE_DATA

from cadencia.engine.gazetteer import (
    GAZETTEER,
    TRIE_ENDS,
    TRIE_LENGTHS,
    TRIE_NEXT,
    DialPlan,
    Gazetteer,
    PostalArea,
)  # fmt: skip
from cadencia.rules.places_areas import Area, areas
from cadencia.rules.places_plan import NO_COUNTRY, Plan, plan_metadata
from cadencia.rules.places_postal import CITY_NAMES, postal_areas
from cadencia.rules.places_regions import COMPLETE, NOT_LEGAL_TIME, TERRITORIES, region_zones
from cadencia.rules.places_trie import PlaceFinder, Trie

#: Parts of countries that the tz database does not list under a code of their own.
_ZONES_OF_UNLISTED = {"XK": ("Europe/Belgrade",), "AC": ("Atlantic/St_Helena",), "TA": ("Atlantic/St_Helena",)}
_CLOCK_FROM, _CLOCK_UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)


def compile_places(jurisdictions: Iterable[str]) -> dict[str, bytes]:
    """The tables for `Rulebook.places`. `jurisdictions` are the codes with rules: cities are known only if they
    are among them. ValueError when a table names a zone that the tz database does not have."""
    cities = set(jurisdictions)
    by_country, clocks, links = _zones_of_countries()
    regions = region_zones()
    _require_known(regions, clocks)
    countries = {country: _distinct(zones, clocks) for country, zones in by_country.items()}
    countries |= {country: _country_zones(country, regions, clocks) for country in _split(regions)}
    for country, region in TERRITORIES.items():
        countries[country] = regions[region]
    trie = Trie()
    finder = PlaceFinder(countries, regions)
    plans: dict[str, DialPlan] = {}
    for calling_code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE):
        plan = Plan(calling_code)
        table = _OWN_AREAS.get(calling_code)
        if table is None:
            table = _areas_of_time_zones(plan, countries, clocks, links)
        trunk = plan_metadata(calling_code, plan.regions[0]).national_prefix or ""
        trie.add(plan, table, finder, trunk=trunk if len(trunk) == 1 else "")
        plans |= {region: _dial_plan(region, plan) for region in plan.regions if region != NO_COUNTRY}
    gazetteer = Gazetteer(
        places=finder.places(), countries=countries, regions=regions, complete=COMPLETE, territories=TERRITORIES,
        postal=_postal(cities), localities=_localities(cities), dial_plans=plans, clocks=clocks, links=links,
    )  # fmt: skip
    following, ends, lengths = trie.arrays()
    return {
        TRIE_NEXT: following.astype("<i4").tobytes(),
        TRIE_ENDS: ends.astype("<i4").tobytes(),
        TRIE_LENGTHS: lengths.astype("<u4").tobytes(),
        GAZETTEER: msgspec.msgpack.encode(gazetteer, order="sorted"),
    }


def _zones_of_countries() -> tuple[dict[str, list[str]], dict[str, int], dict[str, str]]:
    """Country -> zones, zone -> clock, other name -> zone; of the tz database that `tzdata` ships, and no other."""
    folder = resources.files("tzdata.zoneinfo")
    by_country: dict[str, list[str]] = {country: list(zones) for country, zones in _ZONES_OF_UNLISTED.items()}
    for line in folder.joinpath("zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            if NOT_LEGAL_TIME.get(country) != zone:
                by_country.setdefault(country, []).append(zone)
    listed = {zone for zones in by_country.values() for zone in zones} | set(NOT_LEGAL_TIME.values())
    rules = folder.joinpath("tzdata.zi").read_text("utf-8").splitlines()
    targets = {alias: target for _, target, alias in (line.split() for line in rules if line.startswith("L "))}
    numbers: dict[tuple[int, ...], int] = {}
    clocks = {zone: numbers.setdefault(_readings(zone), len(numbers)) for zone in sorted(listed)}
    links = {}
    for name in targets:
        target = name
        while target not in listed and target in targets:
            target = targets[target]
        if target in listed and name not in listed:
            links[name] = target
    return by_country, clocks, links


def _readings(zone: str) -> tuple[int, ...]:
    """Offsets from UTC in seconds, every five days: two zones with the same list show the same clock."""
    with resources.files("tzdata.zoneinfo").joinpath(zone).open("rb") as file:
        info = ZoneInfo.from_file(file, key=zone)
    days = range(0, (_CLOCK_UNTIL - _CLOCK_FROM).days, 5)
    offsets = ((_CLOCK_FROM + timedelta(days=day)).astimezone(info).utcoffset() for day in days)
    return tuple(int(offset.total_seconds()) for offset in offsets if offset is not None)


def _require_known(regions: dict[str, tuple[str, ...]], clocks: dict[str, int]) -> None:
    tables = [*regions.values(), *(area.zones for plan in _OWN_AREAS.values() for area in plan.values())]
    tables += [zones for _, zones, _ in postal_areas().values()]
    unknown = sorted({zone for zones in tables for zone in zones if zone not in clocks})
    if unknown:
        raise ValueError(f"rules/places_*.py: tzdata has no zone {', '.join(unknown)}; write a name of its zone.tab")


def _distinct(zones: Iterable[str], clocks: dict[str, int]) -> tuple[str, ...]:
    """One zone of each clock, the first named."""
    return tuple({clocks[zone]: zone for zone in reversed(list(zones))}.values())[::-1]


def _split(regions: dict[str, tuple[str, ...]]) -> list[str]:
    return sorted({code.partition("-")[0] for code in regions})


def _country_zones(country: str, regions: dict[str, tuple[str, ...]], clocks: dict[str, int]) -> tuple[str, ...]:
    own = [code for code in regions if code.startswith(f"{country}-") and code not in TERRITORIES.values()]
    return _distinct([zone for code in own for zone in regions[code]], clocks)


def _areas_of_time_zones(
    plan: Plan, countries: dict[str, tuple[str, ...]], clocks: dict[str, int], links: dict[str, str]
) -> dict[str, Area]:
    """Prefixes of `phonenumbers`' own time zone data, where the country has several clocks. A zone of another country
    is kept under the name of the country's zone with the same clock, or the prefix is left out."""
    own = [zone for region in plan.regions for zone in countries.get(region, ())]
    if len({clocks[zone] for zone in own}) < 2 or plan.calling_code == 1:
        return {}
    names = {clocks[zone]: zone for zone in own}
    code = str(plan.calling_code)
    found = {}
    for prefix, zones in TIMEZONE_DATA.items():
        if prefix.startswith(code) and len(prefix) > len(code):
            known = [clocks[links.get(zone, zone)] for zone in zones]
            if all(clock in names for clock in known):
                found[prefix[len(code) :]] = Area((), tuple(names[clock] for clock in known))
    return found


def _postal(cities: set[str]) -> dict[str, PostalArea]:
    return {
        prefix: PostalArea(region, zones, city if city in cities else "")
        for prefix, (region, zones, city) in postal_areas().items()
    }


def _localities(cities: set[str]) -> dict[str, str]:
    own = [code for code in cities if code.count("-") == 2]
    names = {f"{code.rpartition('-')[0]} {code.rpartition('-')[2]}": code for code in own}
    return names | {
        f"{code.rpartition('-')[0]} {name}": code for code in own for name in CITY_NAMES.get(code, "").split()
    }


def _dial_plan(region: str, plan: Plan) -> DialPlan:
    metadata = plan_metadata(plan.calling_code, region)
    trunk = metadata.national_prefix or ""
    abroad = metadata.international_prefix or ""
    parsing = metadata.national_prefix_for_parsing or ""
    return DialPlan(
        region=region, calling_code=str(plan.calling_code), trunk=trunk, abroad=abroad if abroad.isdigit() else "",
        lengths=plan.possible_lengths, irregular=parsing if parsing != trunk else "",
    )  # fmt: skip


_OWN_AREAS = areas()
