"""How well is each article of the law held? Its rules, the tests of each, their edges, and the age of the last look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from cadencia.engine.tables import BanCheck, CompiledRule, Rulebook
from cadencia.rules.boundaries import Boundary, Trials, boundaries
from cadencia.rules.lint_tests import can_deny, denies_by
from cadencia.rules.model import JurisdictionFile, Rule, Version


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of one version. Ages are in days; None where nobody looked."""

    jurisdiction: str
    file: str
    version: date
    status: str
    article: str  # the citation
    rule: str
    denying: int | None  # tests that expect a denial by it; None for a rule with duties only, which denies nothing
    allowing: int | None  # tests that allow a contact that it binds; None for a ban, under which nothing is allowed
    figures: int
    figures_held: int  # on both sides
    checked_days: int | None
    reviewed_by: str
    reviewed_days: int | None


def covers(
    files: Iterable[JurisdictionFile], books: Mapping[tuple[str, bool], Rulebook], today: date
) -> Iterator[Cover]:
    """Every rule of the files, in their order. `books` are the rulebooks to test versions by: by status, and whether
    they are of a policy."""
    for file in files:
        for version in file.versions:
            yield from _of_version(file, version, books[version.status, bool(file.policy)], today)


def _of_version(file: JurisdictionFile, version: Version, book: Rulebook, today: date) -> Iterator[Cover]:
    trials = Trials(file, version, book)
    place = file.jurisdiction  # one policy file has a section for each of its places
    compiled = {rule.line: rule for rule in book.rules if rule.file == file.path and rule.jurisdiction == place}
    figures = list(boundaries(file, version, book))
    for rule in version.rules:
        own = [figure for figure in figures if figure.rule is rule]
        bound = compiled.get(rule.line)
        yield Cover(
            jurisdiction=file.jurisdiction, file=file.path, version=version.from_, status=version.status,
            article=rule.cite, rule=rule.name, denying=_denying(file, version, rule),
            allowing=_allowing(bound, trials),
            figures=len(own), figures_held=_held(own), checked_days=_age(version.checked, today),
            reviewed_by=version.reviewed_by, reviewed_days=_age(version.reviewed_on, today),
        )  # fmt: skip


def _denying(file: JurisdictionFile, version: Version, rule: Rule) -> int | None:
    n = sum(denies_by(test, rule, file) for test in version.tests)
    return n if n or can_deny(rule) else None


def _allowing(rule: CompiledRule | None, trials: Trials) -> int | None:
    if rule is None:
        return 0  # a version that never holds; lint says so
    is_ban = rule.checks and all(isinstance(check, BanCheck) for check in rule.checks)
    return None if is_ban else trials.allowed_under(rule)


def _held(figures: list[Boundary]) -> int:
    return sum(not figure.open_sides for figure in figures)


def _age(day: date | None, today: date) -> int | None:
    return (today - day).days if day else None
