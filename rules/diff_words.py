"""A difference between files of law as sentences, in three languages: what was said, what is said now, and the effect.

The keys of the rule language are for programs (`Change.field`); an officer reads the rule before and after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from cadencia.rules.diff import Change, overall
from cadencia.rules.diff_terms import FIELDS, TERMS, WHAT
from cadencia.rules.effects import Effect, together
from cadencia.rules.explain import phrases

#: Fields of a rule that its sentence does not hold.
_BESIDE_THE_SENTENCE = ("cite", "reading", "force", "confidence", "looser_than")


def changes_text(changes: Sequence[Change], language: str) -> Iterator[list[str]]:
    """One paragraph a rule, version or file that changed: a head with the effect, then the old and the new."""
    phrases(language)
    for group in _groups(changes):
        yield [_head(group, language), *_body(group, language)]


def summary_text(changes: Sequence[Change], unchanged: int, language: str) -> str:
    """How many rules, versions and files changed, and what it does all together."""
    n = len(_groups(changes))
    key = "same" if not n else "one" if n == 1 else "many"
    terms, effect = TERMS[language], phrases(language).effects[overall(changes)]
    rules = terms["one_rule" if unchanged == 1 else "many_rules"].format(n=unchanged)
    return terms[key].format(changes=n, rules=rules, effect=effect)


def _groups(changes: Sequence[Change]) -> list[list[Change]]:
    """The changed fields of one rule, version or file together; what is added or removed alone."""

    def place(numbered: tuple[int, Change]) -> tuple[Any, ...]:
        number, change = numbered
        alone = -1 if change.what == "field_changed" else number
        return change.path, change.version, change.against, change.rule, change.draft, alone

    return [[change for _, change in group] for _, group in groupby(enumerate(changes), key=place)]


def _head(group: list[Change], language: str) -> str:
    p, terms, first = phrases(language), TERMS[language], group[0]
    where = [first.path]
    if first.version:
        where.append(terms["version"].format(day=first.version))
    if first.rule:
        where.append(first.rule)
    what = [WHAT[language][first.what]] if first.what != "field_changed" else []
    notes = [*what, p.effects[_effect(group)]]
    if first.against:
        notes.append(terms["against"].format(day=first.against))
    if first.draft:
        notes.append(terms["draft"])
    return f"{', '.join(where)}: {'; '.join(notes)}"


def _effect(group: list[Change]) -> Effect:
    return together([change.effect for change in group])


def _body(group: list[Change], language: str) -> Iterator[str]:
    first = group[0]
    if first.what != "field_changed":
        yield from (said[language] for said in (first.said, first.says) if said)
        return
    if first.rule and any(change.field not in _BESIDE_THE_SENTENCE for change in group):
        yield from _pair(first.said[language], first.says[language], language)
    for change in group:
        if not first.rule or change.field in _BESIDE_THE_SENTENCE:
            old, new = (field_text(change, value, language) for value in (change.old, change.new))
            yield from _pair(old, new, language)


def _pair(old: str, new: str, language: str) -> Iterator[str]:
    yield TERMS[language]["before"].format(text=old)
    yield TERMS[language]["now"].format(text=new)


def field_text(change: Change, value: Any, language: str) -> str:
    """What a field of a rule, version, file or calendar said with this value, as a sentence."""
    p, (some, none) = phrases(language), FIELDS[language][change.field]
    # `add` and `remove` of a calendar name one day, on the side where it is listed
    day = change.old or change.new
    if value in (None, "", []):
        return none.format(value=day)
    if change.field == "until" and isinstance(value, int):
        some, _ = FIELDS[language]["calendar.until"]
    words = value if isinstance(value, list) else [value]
    named = {**p.forces, **TERMS[language]} if change.field in ("force", "status") else {}
    return some.format(value=p.both([named.get(str(word), str(word)) for word in words]))
