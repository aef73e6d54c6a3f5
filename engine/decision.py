"""What is answered: the verdict, every blocking reason with its citation, and when it opens."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Clue(msgspec.Struct, frozen=True):
    """Where a place or a zone came from: kind is phone, region, country, postal_code, locality, stated, file."""

    kind: str
    value: str
    gave: tuple[str, ...]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that blocks. `rule` is the rule's id, or the engine's own code (zone_unknown, …) with kind `engine`."""

    rule: str
    kind: str
    citation: str
    jurisdiction: str = ""
    force: str = ""
    reading: str = ""
    reviewed: bool = False
    retry_at: datetime | None = None
    retry: str = "at"  # at, never, needs_fact, beyond_horizon
    message: str = ""


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever makes the contact must do: code and value, with the rule that says so."""

    rule: str
    code: str
    value: object
    citation: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one query. `verdict` is allow or deny; `retry_at` is the first instant at which nothing blocks
    (the asked instant itself when allowed), or None with the reason in `retry`."""

    verdict: str
    at: datetime
    reasons: tuple[Reason, ...] = ()
    retry_at: datetime | None = None
    retry: str = "at"
    obligations: tuple[Duty, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    clues: tuple[Clue, ...] = ()
    warnings: tuple[str, ...] = ()
    rulebook: str = ""

    @property
    def allowed(self) -> bool:
        return self.verdict == "allow"
