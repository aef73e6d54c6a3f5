"""Do the tests of a version prove its rules: a denial by each, and both sides of every contact window?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from cadencia.engine.words import VerdictCode
from cadencia.rules.model import (
    ContactWindow,
    Dialing,
    JurisdictionFile,
    Problem,
    Rule,
    RuleTest,
    Script,
    Version,
)

_ENGINE_CODES = frozenset(code.name for code in VerdictCode if code is not VerdictCode.none)


def test_problems(
    file: JurisdictionFile, version: Version, ends: date | None, stack: frozenset[str] | None
) -> Iterator[Problem]:
    """What the tests of one version lack or get wrong. `ends` is the first date the version no longer holds; `stack`
    the names of all rules that bind there, None if they are not all known."""
    for test in version.tests:
        for message in (*_date_problems(test, version, ends), *_by_problems(test, stack)):
            yield Problem(path=file.path, line=test.line, where=f"test {test.when}", message=message)
    severity = "error" if version.status == "in_force" else "warning"
    for rule in version.rules:
        for message in _rule_problems(rule, version, file):
            yield Problem(path=file.path, line=rule.line, where=rule.name, message=message, severity=severity)


def denies_by(test: RuleTest, rule: Rule, file: JurisdictionFile) -> bool:
    """Does the test expect a denial by this rule, named short or in full?"""
    stem = file.path.rsplit("/", 1)[-1].removesuffix(".yaml")
    return test.expect == "deny" and test.by in (rule.name, f"{file.jurisdiction}.{stem}.{rule.name}")


def can_deny(rule: Rule) -> bool:
    """Can the rule block a contact at all, or does it only hand on duties?"""
    body = rule.body
    if isinstance(body, Dialing):
        return body.after_abandoned is not None or body.after_machine is not None
    return body.approved if isinstance(body, Script) else True


def _rule_problems(rule: Rule, version: Version, file: JurisdictionFile) -> Iterator[str]:
    if not can_deny(rule):
        return
    denials = [test for test in version.tests if denies_by(test, rule, file)]
    if not denials:
        yield f"no test denies by it; write {{when: …, try: …, expect: deny, by: {rule.name}}}"
        return
    if isinstance(rule.body, ContactWindow):
        tried = {test.try_ for test in denials}
        if not any(test.expect == "allow" and test.try_ in tried for test in version.tests):
            yield "no test allows inside its hours; write {when: …, try: …, expect: allow} on a channel that it denies"


def _date_problems(test: RuleTest, version: Version, ends: date | None) -> Iterator[str]:
    """The days next to a version's first and last day may be tested with it: they show both sides of that boundary."""
    day = date.fromisoformat(test.when.split()[1])
    if day < version.from_ - timedelta(days=1):
        yield f"is before its version's from ({version.from_}); write a later date, or move the test"
    if ends is not None and day > ends:
        yield f"is after its version's end ({ends}); write an earlier date, or move the test"


def _by_problems(test: RuleTest, stack: frozenset[str] | None) -> Iterator[str]:
    if test.by and stack is not None and test.by not in stack and test.by not in _ENGINE_CODES:
        yield f"by names {test.by}, which is no rule of the stack; write the name of a rule, or its full id"
