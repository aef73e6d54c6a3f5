"""Compiled zones against zoneinfo reading the same tzdata package, and the changes of law that they must know."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, reset_tzpath

import pytest
import tzdata

from cadencia.engine.clock import ZoneClock
from cadencia.engine.tables import Zone
from cadencia.rules import zones as zones_module
from cadencia.rules.zones import ALWAYS, ENDS, ZoneDataError, compile_zones

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
ZONES, LINKS, RELEASE = compile_zones()


@pytest.fixture(autouse=True)
def only_the_package() -> Iterator[None]:
    """The oracle must not read the machine's zone data."""
    ZoneInfo.clear_cache()
    reset_tzpath(to=())
    yield
    reset_tzpath(to=())
    ZoneInfo.clear_cache()


def starts_of(zone: Zone) -> tuple[int, ...]:
    return struct.unpack(f"<{len(zone.starts) // 8}q", zone.starts)


def offsets_of(zone: Zone) -> tuple[int, ...]:
    return struct.unpack(f"<{len(zone.offsets) // 4}i", zone.offsets)


def oracle(zone: ZoneInfo, t: int) -> int:
    offset = (EPOCH + timedelta(seconds=t)).astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def hours(name: str, when: str) -> float:
    """UTC offset in hours at an instant written in UTC."""
    t = int((datetime.fromisoformat(when).replace(tzinfo=UTC) - EPOCH).total_seconds())
    return ZoneClock(ZONES[LINKS.get(name, name)]).offset_at(t) / 3600


def test_every_name_of_the_package_is_a_zone_or_an_alias() -> None:
    names = set(zones_module._text("zones").split())
    assert len(names) > 500
    assert set(ZONES) | set(LINKS) == names
    assert not set(ZONES) & set(LINKS)
    assert set(LINKS.values()) <= set(ZONES)
    assert RELEASE == tzdata.IANA_VERSION


def test_tables_start_always_and_change_at_every_entry() -> None:
    for name, zone in ZONES.items():
        starts, offsets = starts_of(zone), offsets_of(zone)
        assert len(starts) == len(offsets) >= 1, name
        assert starts[0] == ALWAYS and zone.ends == ENDS == (date(2100, 1, 1) - date(2000, 1, 1)).days * 86_400
        assert all(a < b for a, b in pairwise(starts)), name
        assert all(a != b for a, b in pairwise(offsets)), name
        assert starts[-1] < ENDS, name


def test_random_instants_of_every_name_agree_with_zoneinfo() -> None:
    rng = random.Random(20260101)
    for name in [*ZONES, *LINKS]:
        clock, zone = ZoneClock(ZONES[LINKS.get(name, name)]), ZoneInfo(name)
        for t in (rng.randrange(0, ENDS) for _ in range(40)):
            assert clock.offset_at(t) == oracle(zone, t), (name, t)


def test_both_sides_of_every_change_agree_with_zoneinfo() -> None:
    for name, table in ZONES.items():
        clock, zone = ZoneClock(table), ZoneInfo(name)
        for start in starts_of(table)[1:]:
            for t in (start - 1, start, start + 1):
                assert clock.offset_at(t) == oracle(zone, t), (name, t)


def test_no_change_is_missed_between_the_entries() -> None:
    """Daily probes over three spans of years find every change that zoneinfo makes."""
    spans = [(0, 20), (2025 - 2000, 2041 - 2000), (85, 100)]
    for name in ("America/New_York", "America/Santiago", "Europe/Dublin", "Africa/Cairo", "Africa/Casablanca",
                 "Asia/Gaza", "America/Nuuk", "Asia/Jerusalem", "Australia/Lord_Howe", "America/Sao_Paulo",
                 "America/Argentina/San_Luis", "Asia/Pyongyang", "Pacific/Apia", "Antarctica/Troll"):  # fmt: skip
        clock, zone = ZoneClock(ZONES[LINKS.get(name, name)]), ZoneInfo(name)
        for first, last in spans:
            for t in range(first * 31_557_600, last * 31_557_600, 86_400):
                assert clock.offset_at(t) == oracle(zone, t), (name, t)


@pytest.mark.parametrize(
    ("name", "when", "expected"),
    [
        ("America/Vancouver", "2026-10-31T12:00", -7), ("America/Vancouver", "2026-11-01T12:00", -7),
        ("America/Vancouver", "2027-01-15T12:00", -7), ("America/Vancouver", "2099-12-31T12:00", -7),
        ("America/Edmonton", "2026-10-31T12:00", -6), ("America/Edmonton", "2026-11-01T12:00", -6),
        ("America/Edmonton", "2027-01-15T12:00", -6),
        ("America/Winnipeg", "2026-10-31T12:00", -5), ("America/Winnipeg", "2026-11-01T12:00", -5),
        ("America/Winnipeg", "2027-01-15T12:00", -5),
        ("America/Toronto", "2026-10-31T12:00", -4), ("America/Toronto", "2026-11-01T12:00", -5),
        ("Asia/Kolkata", "2026-06-01T00:00", 5.5), ("Asia/Kathmandu", "2026-06-01T00:00", 5.75),
        ("Australia/Lord_Howe", "2026-01-01T00:00", 11), ("Australia/Lord_Howe", "2026-06-01T00:00", 10.5),
        ("Pacific/Kiritimati", "2026-01-01T00:00", 14),
        ("Pacific/Apia", "2011-12-30T09:59:59", -10), ("Pacific/Apia", "2011-12-30T10:00", 14),
        ("Africa/Casablanca", "2026-02-10T00:00", 1), ("Africa/Casablanca", "2026-03-01T00:00", 0),
        ("Africa/Casablanca", "2026-04-01T00:00", 1),
        ("America/Asuncion", "2025-07-01T00:00", -3), ("America/Asuncion", "2026-01-01T00:00", -3),
        ("America/Asuncion", "2050-07-01T00:00", -3),
        ("Africa/Cairo", "2026-01-15T00:00", 2), ("Africa/Cairo", "2026-07-15T00:00", 3),
        ("America/Mexico_City", "2022-07-01T00:00", -5), ("America/Mexico_City", "2026-07-01T00:00", -6),
        ("America/Tijuana", "2026-07-01T00:00", -7), ("America/Tijuana", "2026-12-01T00:00", -8),
        ("America/Sao_Paulo", "2026-12-01T00:00", -3), ("Europe/Moscow", "2026-07-01T00:00", 3),
    ],
)  # fmt: skip
def test_clocks_that_changed_or_are_unusual(name: str, when: str, expected: float) -> None:
    assert hours(name, when) == expected


def test_an_alias_is_compiled_with_the_zone_that_it_names() -> None:
    zones, links, _ = compile_zones(["America/Bogota", "Asia/Calcutta"])
    assert set(zones) == {"America/Bogota", "Asia/Kolkata"}
    assert links == {"Asia/Calcutta": "Asia/Kolkata"}


@pytest.mark.parametrize("name", ["America/Bogotá", "", "../zones", "America", "america/bogota"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(ZoneDataError, match=re.escape(f"{name!r} is not a zone; write an IANA name")):
        compile_zones([name])


@pytest.mark.parametrize(("version", "release"), [("2025.3", "2025c"), ("2026.5", "2026e"), ("x", "2026f")])
def test_old_zone_data_is_refused(monkeypatch: pytest.MonkeyPatch, version: str, release: str) -> None:
    monkeypatch.setattr(tzdata, "__version__", version)
    monkeypatch.setattr(tzdata, "IANA_VERSION", release)
    with pytest.raises(ZoneDataError, match=r"older than IANA 2026f; run: pip install 'tzdata>=2026\.6'"):
        compile_zones(["America/Bogota"])


def test_newer_zone_data_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tzdata, "__version__", "2027.10")
    monkeypatch.setattr(tzdata, "IANA_VERSION", "2027j")
    assert compile_zones(["America/Bogota"])[2] == "2027j"


def tzif(footer: str, offset: int) -> bytes:
    """A version 2 file with one offset, no listed change and this rule."""
    block = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", offset, 0, 0) + b"XXX\0"
    return block + block + f"\n{footer}\n".encode()


@pytest.mark.parametrize(
    ("rule", "year", "expected"),
    [
        ("J60", 2026, date(2026, 3, 1)), ("J60", 2028, date(2028, 3, 1)), ("J59", 2028, date(2028, 2, 28)),
        ("59", 2026, date(2026, 3, 1)), ("59", 2028, date(2028, 2, 29)), ("0", 2028, date(2028, 1, 1)),
        ("M3.2.0", 2026, date(2026, 3, 8)), ("M10.5.0", 2026, date(2026, 10, 25)),
        ("M12.5.4", 2026, date(2026, 12, 31)),
        ("M2.1.0", 2026, date(2026, 2, 1)), ("M2.5.1", 2026, date(2026, 2, 23)),
    ],
)  # fmt: skip
def test_days_of_posix_rules(rule: str, year: int, expected: date) -> None:
    assert zones_module._day_of_rule(rule, year) == (expected - date(2000, 1, 1)).days


def test_a_rule_with_julian_days_changes_the_clock() -> None:
    table = dict(zones_module._table(tzif("XXX3YYY,J60/0,J300/0", -10_800)))
    march_first = (date(2026, 3, 1) - date(2000, 1, 1)).days * 86_400 + 10_800
    assert table[march_first] == -7_200
    october_27 = (date(2026, 10, 27) - date(2000, 1, 1)).days * 86_400 + 7_200
    assert table[october_27] == -10_800


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a TZif file"), (b"TZif\0" + bytes(60), "version 2"), (tzif("", 0), "no rule for the years"),
        (tzif("XXX", 0), "not a POSIX time zone rule"), (tzif("XXX3YYY", 0), "not a POSIX time zone rule"),
        (b"TZif2" + bytes(39), "64-bit block is missing"),
    ],
)  # fmt: skip
def test_broken_zone_files_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        zones_module._table(data)
