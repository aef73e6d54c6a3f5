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
    return 0 if caller_id is None else _broken(caller_checks(rulebook), caller_id)


class CallerRules:
    """The same of one rulebook, for many numbers: its checks are gathered once, and numbers are remembered."""

    def __init__(self, rulebook: Rulebook) -> None:
        checks = caller_checks(rulebook)
        self._broken = lru_cache(maxsize=65_536)(lambda caller_id: _broken(checks, caller_id))

    def broken(self, caller_id: str | None) -> int:
        """What `broken_caller_rules` says."""
        return 0 if caller_id is None else self._broken(caller_id)


def _broken(checks: list[CallerCheck], caller_id: str) -> int:
    return sum(1 << check.slot for check in checks if breaks(check, caller_id))
