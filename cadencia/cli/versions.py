"""Which version of a rule was in force when a contact was asked about."""

from __future__ import annotations

from datetime import datetime

from cadencia.engine.clock import ZoneClock, ZoneDataEndedError
from cadencia.engine.history import seconds
from cadencia.engine.tables import CompiledRule, Rulebook


def local_days(rulebook: Rulebook, at: datetime, zones: tuple[str, ...]) -> frozenset[int]:
    """The local dates of an instant in these zones, as days since 2000-01-01; zones that are not known have none."""
    days = set()
    for name in zones:
        zone = rulebook.zones.get(rulebook.zone_links.get(name, name))
        if zone is not None:
            try:
                days.add(ZoneClock(zone).local_day(seconds(at)))
            except ZoneDataEndedError:
                continue
    return frozenset(days)


def version_of(rulebook: Rulebook, rule_id: str, days: frozenset[int]) -> CompiledRule | None:
    """The version of a rule in force on one of the days, else its last one; None if there is no such rule."""
    versions = [rule for rule in rulebook.rules if rule.id == rule_id]
    now = (rule for rule in versions if any(rule.from_day <= day < rule.until_day for day in days))
    return next(now, versions[-1] if versions else None)
