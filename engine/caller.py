"""Which caller-id rules a number to be shown would break."""

from __future__ import annotations

from functools import lru_cache

from cadencia.engine.tables import CallerCheck, Rulebook


def caller_checks(rulebook: Rulebook) -> list[CallerCheck]:
    """The caller-id checks of a rulebook, each with a slot of its own."""
    return [check for rule in rulebook.rules for check in rule.checks if isinstance(check, CallerCheck)]


def breaks(check: CallerCheck, caller_id: str) -> bool:
    """Whether showing this number (E.164; empty: withheld) breaks the rule."""
    if not caller_id:
        return check.shown
    allowed = not check.prefixes or caller_id.startswith(check.prefixes)
    return not allowed or caller_id.startswith(check.banned_prefixes or ("\0",))


def broken_caller_rules(rulebook: Rulebook, caller_id: str | None) -> int:
    """Mask over the slots of the rules that the number breaks; 0 when no number is stated."""
    if caller_id is None:
        return 0
    return _broken(tuple(caller_checks(rulebook)), caller_id)


@lru_cache(maxsize=65_536)
def _broken(checks: tuple[CallerCheck, ...], caller_id: str) -> int:
    return sum(1 << check.slot for check in checks if breaks(check, caller_id))
