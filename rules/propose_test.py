"""The test to add where a side of a figure is not held: a line of the file, asked at another time, if one will do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import structs

from cadencia.engine.query import Query
from cadencia.engine.reference import CalendarEndedError, Reference
from cadencia.engine.tables import CompiledRule, CountCheck, Rulebook, WindowCheck
from cadencia.engine.words import WindowUnit
from cadencia.rules.figures import Step
from cadencia.rules.model import JurisdictionFile, Rule, RuleTest, Version
from cadencia.rules.trial import cases_of

_DAYS_TRIED = 40
_STAMP = "%Y-%m-%d %H:%M"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WHEN = re.compile(r'when: "[^"]*"')
_EXPECT = re.compile(r"expect: (allow|deny)(, by: [\w.-]+)?")


def proposal(
    file: JurisdictionFile, version: Version, rule: Rule, as_is: CompiledRule, step: Step, rulebook: Rulebook, text: str
) -> str:
    """A line of `text` (the file) that the step would make fail, its time and verdict changed; "" if none is found."""
    lines = text.split("\n")
    now, moved = (Reference(structs.replace(rulebook, rules=(one,))) for one in (as_is, step.rule))
    for test in version.tests:
        line = lines[test.line - 1].strip() if test.line <= len(lines) else ""
        if not (line.startswith("- {") and line.endswith("}")):
            continue
        for when in _stamps(test, as_is):
            query = _query(file, structs.replace(test, when=when), rulebook)
            if query is None or _blocks(now, query) is not (step.expects == "deny"):
                continue
            if _blocks(moved, query) is _blocks(now, query):
                continue
            if step.expects == "deny" or not _blocks(Reference(rulebook), query):
                expect = f"expect: deny, by: {rule.name}" if step.expects == "deny" else "expect: allow"
                return _EXPECT.sub(expect, _WHEN.sub(f'when: "{when}"', line, count=1), count=1)
    return ""


def _stamps(test: RuleTest, rule: CompiledRule) -> Iterator[str]:
    """Times near the test's own at which the figure may tell, with its zone."""
    words = test.when.split()
    zone = f" {words[3]}" if len(words) > 3 else ""
    asked = _local(test.when)
    last = max((_local(event) for event in test.after), default=asked - timedelta(days=_DAYS_TRIED))
    for at in sorted({*_edges(asked, rule), *_elapsed(test, rule), *_days(asked)}, key=lambda at: abs(at - asked)):
        if at >= last:
            yield f"{_WEEKDAYS[at.weekday()]} {at.strftime(_STAMP)}{zone}"


def _local(stamp: str) -> datetime:
    """The local time of "Fri 2026-03-06 18:59 …"."""
    _, day, time = stamp.split()[:3]
    return datetime.fromisoformat(f"{day}T{time}")


def _days(asked: datetime) -> Iterator[datetime]:
    return (asked + timedelta(days=n) for n in range(-_DAYS_TRIED, _DAYS_TRIED + 1))


def _edges(asked: datetime, rule: CompiledRule) -> Iterator[datetime]:
    """Both sides of every opening hour, in the days of two weeks."""
    midnight = asked.replace(hour=0, minute=0)
    weeks = [check.days for check in rule.checks if isinstance(check, WindowCheck)]
    spans = {span for days in weeks for day in days for span in day or ()}
    minutes = {minute - side for span in spans for minute in span for side in (0, 1)}
    return (midnight + timedelta(days=day, minutes=minute) for day in range(14) for minute in sorted(minutes))


def _elapsed(test: RuleTest, rule: CompiledRule) -> Iterator[datetime]:
    """The ends of the pauses after the test's events, and the minute before."""
    for check in rule.checks:
        if isinstance(check, CountCheck) and check.unit == WindowUnit.seconds:
            for event in test.after:
                yield from (_local(event) + timedelta(seconds=check.n - early) for early in (60, 0))


def _query(file: JurisdictionFile, test: RuleTest, rulebook: Rulebook) -> Query | None:
    try:
        return cases_of(file, test, rulebook)
    except ValueError:
        return None  # a minute that the clock skips


def _blocks(reference: Reference, query: Query) -> bool:
    assert query.at is not None
    try:
        return bool(reference.reasons_at(query, query.at))
    except CalendarEndedError:
        return True
