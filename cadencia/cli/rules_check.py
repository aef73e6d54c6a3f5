"""`cadencia rules check` and `test`: all mistakes in one run, and the embedded tests against an engine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cadencia.cli.rules_scope import Scope, open_scope, switched_on
from cadencia.engine.decide import Engine
from cadencia.engine.decision import Decision
from cadencia.engine.query import Query
from cadencia.engine.reference import Reference, Verdict
from cadencia.engine.tables import Rulebook
from cadencia.rules.boundaries import Boundary, boundaries, boundary_problems
from cadencia.rules.compile import CompileError, compile_rulebook
from cadencia.rules.lint import lint
from cadencia.rules.lint_tests import can_deny, denies_by
from cadencia.rules.model import Problem
from cadencia.rules.policy import calendars_named, law_alone
from cadencia.rules.trial import TrialResult, run

#: By a version's status, and whether it is of a policy.
Books = dict[tuple[str, bool], Rulebook]


def check(args: argparse.Namespace) -> int:
    """Reads, lints and tests; 0 when there is nothing to mend, 1 when there is."""
    scope = open_scope(args.root, args.target, switched_on(args.policy) if args.policy else ())
    today = datetime.now().astimezone().date()
    found = lint(scope.loaded, today=today, named_elsewhere=calendars_named())
    problems = _in_scope(scope, [*scope.loaded.problems, *found])
    for problem in problems:
        sys.stdout.write(f"{_marked(problem)}\n")
    books, untested = rulebooks(scope)
    results = trials(scope, books, "fast")
    failed = [result for result in results if not result.ok]
    for result in failed:
        sys.stdout.write(failure_text(result) + "\n")
    figures = _figures(scope, books)
    bare = list(boundary_problems(figures, scope.loaded.texts))
    for problem in bare:
        sys.stdout.write(f"{_marked(problem)}\n")
    if untested:
        said = any(problem.severity == "error" for problem in scope.loaded.problems)
        unsaid = "" if said else f"{untested}\n"
        sys.stdout.write(f"{unsaid}the tests were not run: mend the mistakes first\n")
    problems += bare
    written = sum(problem.severity == "error" for problem in problems)
    # a test that does not come out is a mistake, of the rule or of the test
    errors = max(written + len(failed), int(bool(untested)))
    tried = f"{_number(len(results), 'test')} run, {len(failed)} not as expected"
    mistakes = f"{_number(errors, 'mistake')}, {_number(len(problems) - written, 'warning')}"
    sys.stdout.write("\n".join((*_counts(scope, tried, figures), mistakes)) + "\n")
    return 1 if errors or untested else 0


def _marked(problem: Problem) -> str:
    return f"{'warning: ' if problem.severity == 'warning' else ''}{problem}"


def _figures(scope: Scope, books: Books) -> list[Boundary]:
    """Every figure of the scope's rules, and whether the tests hold it; none where no rulebook could be made."""
    return [
        boundary
        for file in scope.files
        for version in file.versions
        if (version.status, bool(file.policy)) in books
        for boundary in boundaries(file, version, books[version.status, bool(file.policy)])
    ]


def _in_scope(scope: Scope, problems: list[Problem]) -> list[Problem]:
    """The problems of the scope's files, and errors of the parents and calendars that the scope needs."""
    named = {f"holidays/{file.holidays}.yaml" for file in scope.files}
    return [p for p in problems if p.severity == "error" or p.path in scope.paths or p.path in named]


def test(args: argparse.Namespace) -> int:
    """Runs the embedded tests; 0 when all come out as written, 1 when one does not or none could be run."""
    scope = open_scope(args.root, args.target, switched_on(args.policy) if args.policy else ())
    books, untested = rulebooks(scope)
    results = trials(scope, books, args.engine)
    for result in results:
        if not result.ok:
            sys.stdout.write(failure_text(result) + "\n")
    if untested:
        sys.stdout.write(f"{untested}\nthe tests were not run: mend the mistakes first\n")
        return 1
    good = sum(result.ok for result in results)
    sys.stdout.write(f"{good} of {_number(len(results), 'test')} as expected, {args.engine} engine\n")
    return 0 if good == len(results) else 1


def rulebooks(scope: Scope) -> tuple[Books, str]:
    """The rulebooks to test versions by, and why there are none if the files make none. Drafts are tested with all
    drafts in force, the rest without any; policies with the law below them, law without any policy."""
    unread = [str(problem) for problem in scope.loaded.problems if problem.severity == "error"]
    if unread:
        return {}, "\n".join(unread)
    books: Books = {}
    law = law_alone(scope.loaded)
    try:
        for status, policy in sorted({(v.status, bool(file.policy)) for file in scope.files for v in file.versions}):
            files = scope.loaded if policy else law
            books[status, policy] = compile_rulebook(files, include_drafts=status == "draft", locates=False)
    except CompileError as problem:
        return {}, str(problem)
    return books, ""


def trials(scope: Scope, books: Books, engine: str) -> list[TrialResult]:
    """The results of every embedded test in the scope, law before policy and what is in force before drafts."""
    results: list[TrialResult] = []
    for policy in (False, True):
        files = tuple(file for file in scope.loaded.files if bool(file.policy) is policy)
        for status in ("in_force", "draft"):
            if book := books.get((status, policy)):
                loaded = replace(scope.loaded, files=files)
                results += run(loaded, decider(book, engine), book, paths=scope.paths, statuses=(status,))
    return results


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


def _counts(scope: Scope, tried: str, figures: list[Boundary]) -> tuple[str, ...]:
    rules = [(file, version, rule) for file in scope.files for version in file.versions for rule in version.rules]
    bare = sum(
        can_deny(rule) and not any(denies_by(one, rule, file) for one in version.tests) for file, version, rule in rules
    )
    held = sum(not boundary.open_sides for boundary in figures)
    files = {file.path for file in scope.files}
    return (
        f"{_number(len(files), 'file')}, {_number(len(rules), 'rule')}, {tried}",
        f"{_number(bare, 'rule')} without a denying test",
        f"{_number(len(figures), 'figure')}, {held} tested on both sides",
    )
