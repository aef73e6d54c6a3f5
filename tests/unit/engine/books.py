"""Small rulebooks made by hand, for tests of the engine's faces."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

from cadencia.engine.query import Query
from cadencia.engine.tables import Calendar, Check, CompiledRule, CountCheck, Jurisdiction, Rulebook, WindowCheck, Zone
from cadencia.rules.zones import compile_zones

ALL_DAY = ((0, 1440),)
NINE_TO_SIX = ((540, 1080),)
ZONES = ("America/Bogota", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "UTC")
#: A Tuesday, 10:00 in Bogota.
TUESDAY = datetime(2026, 5, 19, 15, tzinfo=UTC)
PLACED = 0x7FFE


def day_number(day: date) -> int:
    return (day - date(2000, 1, 1)).days


@lru_cache
def zones() -> tuple[dict[str, Zone], dict[str, str], str]:
    return compile_zones(ZONES)


def rule(name: str, *checks: Check, kind: str = "consent", **fields: object) -> CompiledRule:
    base: dict[str, object] = {
        "jurisdiction": "AA",
        "file": "aa/law.yaml",
        "line": 1,
        "title": "t",
        "cite": f"art. {name}",
    }
    return CompiledRule(id=f"AA.law.{name}", kind=kind, checks=checks, **(base | fields))  # type: ignore[arg-type]


def window(
    hours: tuple[tuple[int, int], ...] = NINE_TO_SIX, holiday: tuple[tuple[int, int], ...] | None = None
) -> WindowCheck:
    return WindowCheck(days=(*[hours] * 7, holiday))


def cap(at_most: int = 1, **fields: object) -> CountCheck:
    shape: dict[str, object] = {"unit": 1, "n": 1, "kinds": PLACED}
    return CountCheck(at_most=at_most, **(shape | fields))  # type: ignore[arg-type]


def book(*rules: CompiledRule, calendars: tuple[Calendar, ...] = (), **fields: object) -> Rulebook:
    found, links, version = zones()
    base: dict[str, object] = {"zones": found, "zone_links": links, "zone_version": version}
    return Rulebook(
        hash="sha256:test", rules=rules, calendars=calendars,
        jurisdictions={"AA": Jurisdiction("AA", "t"), "BB": Jurisdiction("BB", "t")}, **(base | fields),
    )  # type: ignore[arg-type]  # fmt: skip


def asked(at: datetime | None = TUESDAY, **fields: object) -> Query:
    base: dict[str, object] = {"jurisdictions": ("AA",), "zones": ("America/Bogota",)}
    return Query(at=at, **(base | fields))  # type: ignore[arg-type]
