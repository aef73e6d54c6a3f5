"""Does a rule loosen a rule of a parent without saying so? The stack applies both; no reader shall be misled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from cadencia.rules.looser import Looser, looser
from cadencia.rules.model import JurisdictionFile, Problem, Rule, Version


@dataclass(frozen=True)
class Bound:
    """One rule of one version, and the local dates on which it holds."""

    id: str
    file: JurisdictionFile
    version: Version
    ends: date | None
    rule: Rule

    def meets(self, other: Bound) -> bool:
        """Is there a day on which both hold?"""
        ends = [end for end in (self.ends, other.ends) if end is not None]
        return not ends or max(self.version.from_, other.version.from_) < min(ends)


def parent_problems(rule: Bound, parents: Iterable[Bound]) -> Iterator[Problem]:
    """What a rule says falsely, or not at all, of the rules of its parents; warnings in a draft. `parents`: the rules
    of all jurisdictions above it."""
    above = [parent for parent in parents if parent.version.status == "in_force"]
    stricter: dict[str, tuple[Bound, Looser]] = {}
    for parent in above:
        if rule.meets(parent) and (found := looser(rule.rule, parent.rule, rule.file.timezone)):
            stricter.setdefault(parent.id, (parent, found))
    for name, (parent, found) in stricter.items():
        if name not in rule.rule.looser_than:
            yield _problem(rule, _silent(parent, found))
    known = {parent.id for parent in above}
    for name in rule.rule.looser_than:
        if name not in known:
            yield _problem(
                rule, f"looser_than: {name} is no rule in force of a parent; write the id of one, or delete it"
            )
        elif name not in stricter:
            yield _problem(rule, f"looser_than: {name} is nowhere stricter than this rule; delete it")


def _silent(parent: Bound, found: Looser) -> str:
    closed = f"{found.example} is open here and closed by {parent.id} ({parent.rule.cite})"
    return f'{closed}; it stays closed: write looser_than: ["{parent.id}"] beside it, or {found.write}'


def _problem(rule: Bound, message: str) -> Problem:
    severity = "error" if rule.version.status == "in_force" else "warning"
    return Problem(
        path=rule.file.path, line=rule.rule.line, where=rule.rule.name, message=message, severity=severity
    )  # fmt: skip
