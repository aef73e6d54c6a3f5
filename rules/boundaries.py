"""Do the tests of a version hold its figures on both sides? Each figure is moved a step; some test must then fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import structs

from cadencia.engine.query import Query
from cadencia.engine.reference import CalendarEndedError, Reference
from cadencia.engine.tables import FIRST_DAY, BanCheck, CompiledRule, Rulebook
from cadencia.rules.compile import day
from cadencia.rules.figures import Figure, Step, figures
from cadencia.rules.lint import rule_id
from cadencia.rules.lint_tests import denies_by
from cadencia.rules.model import JurisdictionFile, Problem, Rule, RuleTest, Version
from cadencia.rules.propose_test import proposal
from cadencia.rules.trial import cases_of


@dataclass(frozen=True)
class Boundary:
    """One figure of one rule, and the sides of it that no test holds."""

    file: JurisdictionFile
    version: Version
    rule: Rule
    figure: Figure
    open_sides: tuple[Step, ...]
    as_is: CompiledRule
    rulebook: Rulebook


def boundaries(file: JurisdictionFile, version: Version, rulebook: Rulebook) -> Iterator[Boundary]:
    """Every figure of the version's rules. `rulebook` is compiled with drafts if the version is one."""
    trials = Trials(file, version, rulebook)
    begins = day(version.from_, FIRST_DAY)
    compiled = {(rule.id, rule.from_day, rule.line): rule for rule in rulebook.rules if rule.file == file.path}
    for rule in version.rules:
        # many rules may share a line of YAML; a draft may have the name and the first day of what is in force
        one = compiled.get((rule_id(file, rule.name), begins, rule.line))
        if one is None:
            continue  # a version that never holds; lint says so
        for figure in figures(one):
            unheld = tuple(step for step in figure.steps if not trials.notice(rule, one, step))
            yield Boundary(file, version, rule, figure, unheld, one, rulebook)


def boundary_problems(found: Iterable[Boundary], texts: Mapping[str, str]) -> Iterator[Problem]:
    """What is not tested, as mistakes: warnings in a draft. `texts` are the files, of which a line to add is made."""
    for boundary in found:
        severity = "error" if boundary.version.status == "in_force" else "warning"
        for step in boundary.open_sides:
            message = f"{boundary.figure.name}: {_UNNOTICED[step.expects]}; {_cure(boundary, step)}"
            if line := _line(boundary, step, texts):
                message += f"; such as {line}"
            yield Problem(
                path=boundary.file.path, line=boundary.rule.line, where=boundary.rule.name, message=message,
                severity=severity,
            )  # fmt: skip


_UNNOTICED = {
    "deny": "no test would fail if it were a step looser",
    "allow": "no test would fail if it were a step stricter",
    "": "no test would fail without them",
}


def _line(boundary: Boundary, step: Step, texts: Mapping[str, str]) -> str:
    text = texts.get(boundary.file.path, "")
    return proposal(boundary.file, boundary.version, boundary.rule, boundary.as_is, step, boundary.rulebook, text)


def _cure(boundary: Boundary, step: Step) -> str:
    """The test to write, in words."""
    verdict = "expect: allow"
    if step.expects == "deny":
        verdict = f"expect: deny, by: {boundary.rule.name}"
    elif not step.expects:
        verdict = "expect: deny or allow"
    elif boundary.rule.looser_than:
        verdict = "expect: allow, or deny by the stricter rule of a parent"
    return f"write a test {step.write}, {verdict}"


class Trials:
    """The tests of a version as queries, put to one rule alone."""

    def __init__(self, file: JurisdictionFile, version: Version, rulebook: Rulebook) -> None:
        self._file, self._rulebook = file, rulebook
        self._asked = [(test, query) for test in version.tests if (query := self._query(test)) is not None]

    def notice(self, rule: Rule, as_is: CompiledRule, step: Step) -> bool:
        """Would some test of the version fail if the rule were as the step has it?

        Beside the tests that allow, those that another rule denies may hold the near side of a figure looser than its
        parent's: nothing can allow there.
        """
        now, changed = self._alone(as_is), self._alone(step.rule)
        for test, query in self._asked:
            denies = denies_by(test, rule, self._file)
            counts = denies or test.expect == "allow" or rule.looser_than
            if counts and _blocks(changed, query) is not denies and _blocks(now, query) is denies:
                return True
        return False

    def allowed_under(self, rule: CompiledRule) -> int:
        """How many tests allow a contact that the rule binds."""
        bound = self._alone(structs.replace(rule, checks=(BanCheck(),)))
        return sum(test.expect == "allow" and _blocks(bound, query) for test, query in self._asked)

    def _alone(self, rule: CompiledRule) -> Reference:
        return Reference(structs.replace(self._rulebook, rules=(rule,)))

    def _query(self, test: RuleTest) -> Query | None:
        try:
            return cases_of(self._file, test, self._rulebook)
        except ValueError:
            return None  # the trial of the test says why


def _blocks(reference: Reference, query: Query) -> bool:
    assert query.at is not None
    try:
        return bool(reference.reasons_at(query, query.at))
    except CalendarEndedError:
        return True
