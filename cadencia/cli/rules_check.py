"""`cadencia rules check` and `test`: all mistakes in one run, and the embedded tests against an engine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from cadencia.cli.rules_scope import Scope, open_scope
from cadencia.engine.decide import Engine
from cadencia.engine.decision import Decision
from cadencia.engine.query import Query
from cadencia.engine.reference import Reference, Verdict
from cadencia.engine.tables import Rulebook
from cadencia.rules.compile import CompileError, compile_rulebook
from cadencia.rules.lint import lint
from cadencia.rules.lint_tests import can_deny, denies_by
from cadencia.rules.model import ContactWindow, JurisdictionFile, Problem, Rule, Version
from cadencia.rules.phrases import clock
from cadencia.rules.trial import TrialResult, run

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 1440


def check(args: argparse.Namespace) -> int:
    """Reads, lints and tests; 0 when there is nothing to mend, 1 when there is."""
    scope = open_scope(args.root, args.target)
    today = datetime.now().astimezone().date()
    problems = _in_scope(scope, [*scope.loaded.problems, *lint(scope.loaded, today=today)])
    for problem in problems:
        sys.stdout.write(f"{'warning: ' if problem.severity == 'warning' else ''}{problem}\n")
    results, untested = trials(scope, "fast")
    failed = [result for result in results if not result.ok]
    for result in failed:
        sys.stdout.write(failure_text(result) + "\n")
    if untested:
        sys.stdout.write("the tests were not run: mend the mistakes first\n")
    for text in _bare_boundaries(scope):
        sys.stdout.write(f"note: {text}\n")
    written = sum(problem.severity == "error" for problem in problems)
    errors = written + len(failed)  # a test that does not come out is a mistake, of the rule or of the test
    tried = f"{_number(len(results), 'test')} run, {len(failed)} not as expected"
    mistakes = f"{_number(errors, 'mistake')}, {_number(len(problems) - written, 'warning')}"
    sys.stdout.write("\n".join((*_counts(scope, tried), mistakes)) + "\n")
    return 1 if errors or untested else 0


def _in_scope(scope: Scope, problems: list[Problem]) -> list[Problem]:
    """The problems of the scope's files, and errors of the parents and calendars that the scope needs."""
    named = {f"holidays/{file.holidays}.yaml" for file in scope.files}
    return [p for p in problems if p.severity == "error" or p.path in scope.paths or p.path in named]


def test(args: argparse.Namespace) -> int:
    """Runs the embedded tests; 0 when all come out as written, 1 when one does not or none could be run."""
    scope = open_scope(args.root, args.target)
    results, untested = trials(scope, args.engine)
    for result in results:
        if not result.ok:
            sys.stdout.write(failure_text(result) + "\n")
    if untested:
        sys.stdout.write(f"{untested}\nthe tests were not run: mend the mistakes first\n")
        return 1
    good = sum(result.ok for result in results)
    sys.stdout.write(f"{good} of {_number(len(results), 'test')} as expected, {args.engine} engine\n")
    return 0 if good == len(results) else 1


def trials(scope: Scope, engine: str) -> tuple[list[TrialResult], str]:
    """The results of every embedded test in the scope, and why there are none if the files make no rulebook.
    Drafts are tested with all drafts in force, the rest without any."""
    unread = [str(problem) for problem in scope.loaded.problems if problem.severity == "error"]
    if unread:
        return [], "\n".join(unread)
    results: list[TrialResult] = []
    for status in ("in_force", "draft"):
        if not any(v.tests for file in scope.files for v in file.versions if v.status == status):
            continue
        try:
            rulebook = compile_rulebook(scope.loaded, include_drafts=status == "draft", locates=False)
        except CompileError as problem:
            return [], str(problem)
        results += run(scope.loaded, decider(rulebook, engine), rulebook, paths=scope.paths, statuses=(status,))
    return results, ""


def decider(rulebook: Rulebook, engine: str) -> Callable[[Query], Decision | Verdict]:
    """The engine of that name: fast, or reference."""
    if engine == "fast":
        return Engine(rulebook).decide
    slow = Reference(rulebook)
    return lambda query: slow.verdict(query, retry=False)


def failure_text(result: TrialResult) -> str:
    """One test that did not come out: where, what was expected and what was got."""
    expected = f"{result.expected} by {result.expected_by}" if result.expected_by else result.expected
    got = f"{result.got} by {', '.join(result.by)}" if result.by else result.got
    where = f"{result.path}:{result.line} test {result.when} {result.channel}"
    return f"{where}: {result.problem or f'expected {expected}, got {got}'}"


def _number(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


def _counts(scope: Scope, tried: str) -> tuple[str, ...]:
    rules = [(file, version, rule) for file in scope.files for version in file.versions for rule in version.rules]
    bare = sum(
        can_deny(rule) and not any(denies_by(one, rule, file) for one in version.tests) for file, version, rule in rules
    )
    edges = [edge for file in scope.files for version in file.versions for edge in boundaries(file, version)]
    return (
        f"{_number(len(scope.files), 'file')}, {_number(len(rules), 'rule')}, {tried}",
        f"{_number(bare, 'rule')} without a denying test",
        f"{_number(len(edges), 'boundary', 'boundaries')} of opening hours, "
        f"{sum(edge.both_sides for edge in edges)} tested on both sides",
    )


def _bare_boundaries(scope: Scope) -> Iterator[str]:
    for file in scope.files:
        for version in file.versions:
            for edge in boundaries(file, version):
                if not edge.both_sides:
                    cure = f"write one test at {clock(edge.minute - 1)} and one at {clock(edge.minute)}"
                    what = f"{clock(edge.minute)} on {' '.join(edge.days)} is not tested on both sides"
                    yield f"{file.path}:{edge.rule.line} {edge.rule.name}: {what}; {cure}"


@dataclass(frozen=True)
class Boundary:
    """A minute of the day at which a rule's hours open or close, on the weekdays that have the same hours."""

    rule: Rule
    minute: int
    days: tuple[str, ...]
    both_sides: bool  # one of these days has a test on the minute and one on the minute before it


def boundaries(file: JurisdictionFile, version: Version) -> Iterator[Boundary]:
    """Every boundary of a version's contact hours, midnight left out: Saturday's hours have their own.

    Both sides are tested when one of the two tests is denied by the rule and the other is not."""
    for rule in version.rules:
        if not isinstance(rule.body, ContactWindow):
            continue
        denied = _denied_minutes(version, rule, file)
        alike: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for weekday, name in enumerate(_DAYS):
            alike.setdefault(tuple(getattr(rule.body, name)), []).append(weekday)
        for spans, days in alike.items():
            for minute in sorted({minute for span in spans for minute in span} - {0, _DAY_MINUTES}):
                sides = [(denied.get((day, minute - 1)), denied.get((day, minute))) for day in days]
                both = any(None not in pair and pair[0] != pair[1] for pair in sides)
                yield Boundary(rule, minute, tuple(_DAYS[day] for day in days), both)


def _denied_minutes(version: Version, rule: Rule, file: JurisdictionFile) -> dict[tuple[int, int], bool]:
    """(weekday, minute of the day) of each test: does one there expect a denial by the rule?"""
    denied: dict[tuple[int, int], bool] = {}
    for one in version.tests:
        _, day, time = one.when.split()[:3]
        hour, minute = map(int, time.split(":"))
        key = (date.fromisoformat(day).weekday(), hour * 60 + minute)
        denied[key] = denied.get(key, False) or denies_by(one, rule, file)
    return denied
