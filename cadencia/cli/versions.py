"""Which version of a rule was in force when a contact was asked about."""

from __future__ import annotations

from datetime import datetime

from cadencia.engine.history import seconds
from cadencia.engine.tables import CompiledRule, Rulebook
from cadencia.engine.versions import LocalDays, in_force


def local_days(rulebook: Rulebook, at: datetime, zones: tuple[str, ...]) -> tuple[int, ...]:
    """The local dates of an instant in these zones, as days since 2000-01-01; zones that are not known have none."""
    return LocalDays(rulebook).of(zones, seconds(at))


def version_of(rulebook: Rulebook, rule_id: str, days: tuple[int, ...]) -> CompiledRule | None:
    """The version of a rule in force on one of the days, else its last one; None if there is no such rule."""
    versions = [rule for rule in rulebook.rules if rule.id == rule_id]
    return next((rule for rule in versions if in_force(rule, days)), versions[-1] if versions else None)
