"""The location tables as records: what `rules.places` writes into `Rulebook.places` and `engine.location` reads."""

from __future__ import annotations

import msgspec

#: Keys of `Rulebook.places`. The first three are little-endian arrays, see engine/_location.pxd.
TRIE_NEXT, TRIE_ENDS, TRIE_LENGTHS, GAZETTEER = "trie_next", "trie_ends", "trie_lengths", "gazetteer"


class Place(msgspec.Struct, frozen=True, array_like=True):
    """What a phone number says. `area` is false when only the country is known; then `zones` are all of the country's.
    `country` is empty for numbers of no country (satellite, freephone of a shared plan)."""

    country: str
    regions: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    area: bool = False


class PostalArea(msgspec.Struct, frozen=True, array_like=True):
    """What a postal code says. Empty `zones`: any of the region's."""

    region: str
    zones: tuple[str, ...] = ()
    locality: str = ""


class DialPlan(msgspec.Struct, frozen=True, array_like=True):
    """How a country writes its numbers at home."""

    region: str  # ISO 3166-1
    calling_code: str
    trunk: str  # digits dialled before a national number; empty: none
    abroad: str  # digits dialled before an international number; empty: several ways
    lengths: int  # bit n: a number may have n national digits
    irregular: str  # pattern of first digits that also carry carriers or mobile marks: left to `phonenumbers`; or empty


class Gazetteer(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about places but the trie."""

    places: tuple[Place, ...]
    countries: dict[str, tuple[str, ...]]  # ISO 3166-1 -> zones
    regions: dict[str, tuple[str, ...]]  # ISO 3166-2 -> zones; "ES-*": every region of ES not named
    complete: tuple[str, ...]  # countries that have no regions but those in `regions`
    territories: dict[str, str]  # PR -> US-PR
    postal: dict[str, PostalArea]  # "US 325", "CA M"; the longest prefix counts
    localities: dict[str, str]  # "US-NY NEWYORKCITY" -> "US-NY-NYC": cities with rules, by letters and digits of a name
    dial_plans: dict[str, DialPlan]  # ISO 3166-1 -> plan
    clocks: dict[str, int]  # zone -> number; zones with one number read the same from 2025 to 2030
    links: dict[str, str]  # other names of zones -> name in `clocks`
