"""What would open a rule that waiting does not: the facts, dates and numbers that it reads and that are not so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cadencia.cli.decide_words import word
from cadencia.cli.versions import local_days, version_of
from cadencia.engine.asked import facts_of
from cadencia.engine.query import Query
from cadencia.engine.tables import CompiledRule, DateCheck, FactCheck, NumberCheck, Rulebook
from cadencia.engine.words import DATES, FACTS, NUMBERS
from cadencia.rules.explain import phrases


def openers(
    rulebook: Rulebook, rule_id: str, query: Query, at: datetime, zones: tuple[str, ...], language: str
) -> list[str]:
    """In words, each thing that may open the rule once it is known; empty if nothing does."""
    rule = version_of(rulebook, rule_id, local_days(rulebook, at, zones))
    if rule is None:
        return []
    true = facts_of(query.facts, query.channel).true
    found = [_fact(name, wanted, language) for name, wanted in _facts(rule, true)]
    for check in rule.checks:
        if isinstance(check, DateCheck) and DATES[check.date] not in query.dates:
            name = DATES[check.date]
            found.append(f"{word('date', language)} {name} ({phrases(language).dates[name]})")
        if isinstance(check, NumberCheck):
            name = NUMBERS[check.number]
            found.append(f"{word('number', language)} {name} ({phrases(language).numbers[name]})")
    return list(dict.fromkeys(found))


def _facts(rule: CompiledRule, true: int) -> Iterator[tuple[str, bool]]:
    """(fact, the value that opens) of each fact that is not so."""
    for check in rule.checks:
        if isinstance(check, FactCheck):
            yield from ((name, True) for name in _names((check.requires | check.requires_any) & ~true))
            yield from (
                (name, False) for name in _names(check.forbids if check.unknown_denies else check.forbids & true)
            )
            yield from ((name, True) for name in _names(check.refuted & ~true))
    yield from ((name, True) for name in _names(rule.unless & ~true))
    yield from ((name, False) for name in _names(rule.when))


def _names(mask: int) -> list[str]:
    return [name for bit, name in enumerate(FACTS) if mask >> bit & 1]


def _fact(name: str, wanted: bool, language: str) -> str:
    subject, predicate = phrases(language).facts[name]
    told = f"{word('fact', language)} {name} ({subject} {predicate})"
    return told if wanted else f"{told}, {word('known_false', language)}"
