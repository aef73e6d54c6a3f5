"""Does a changed set of rules only tighten? Decided on the rules themselves: hours, numbers, lengths and sets are
compared whole (effects.py), so "tightens" is said of every person and minute, not of a sample. What is looser is shown
on a person and a minute that the old rules close and the new ones open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import msgspec
from msgspec import structs

from cadencia.engine.decision import Decision
from cadencia.engine.query import Fact, Query
from cadencia.engine.tables import Rulebook
from cadencia.rules.diff import Change, diff, overall
from cadencia.rules.effects import Effect
from cadencia.rules.load import SELECTORS, Loaded
from cadencia.rules.model import JurisdictionFile, Rule, Version
from cadencia.rules.trial import cases_of

Verdict = Literal["same", "tightens", "loosens", "unproven"]
_VERDICT: dict[Effect, Verdict] = {Effect.neutral: "same", Effect.tightens: "tightens", Effect.loosens: "loosens"}
_VARIED = {"channels": "channel", "actors": "actor", "purposes": "purpose", "initiators": "initiator",
           "parties": "party", "places": "place", "debt_types": "debt_type", "stages": "stage"}  # fmt: skip
_WEEK_MINUTES = 7 * 24 * 60
_MOST_TRIED = 200_000
Decide = Callable[[Query], Decision]


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A contact that the old rules deny and the new ones allow. `rules`: those that denied it, with their citations."""

    at: datetime
    query: Query
    rules: tuple[tuple[str, str], ...]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """tightens: in every case. unproven: some change cannot be compared, so it may loosen. changes: those that do not
    provably tighten. opened: places that no law covered, where contact was denied."""

    verdict: Verdict
    changes: tuple[Change, ...] = ()
    opened: tuple[str, ...] = ()
    example: Example | None = None


def prove(old: Loaded, new: Loaded, old_book: Rulebook, new_book: Rulebook, was: Decide, now: Decide) -> Proof:
    """What the change does to what is allowed. `was` and `now` decide by the two rulebooks."""
    changes = diff(old, new)
    suspects = tuple(one for one in changes if not one.draft and one.effect not in (Effect.neutral, Effect.tightens))
    opened = tuple(sorted(new_book.jurisdictions.keys() - old_book.jurisdictions.keys()))
    verdict = _VERDICT.get(overall(changes), "unproven")
    if not suspects and not opened:
        return Proof(verdict=verdict)
    example = next(_examples(_questions(old, new, old_book, new_book, suspects, opened), was, now), None)
    sure = example is not None or opened or verdict == "loosens"
    return Proof(verdict="loosens" if sure else "unproven", changes=suspects, opened=opened, example=example)


def _examples(questions: Iterable[Query], was: Decide, now: Decide) -> Iterator[Example]:
    for _, query in zip(range(_MOST_TRIED), questions, strict=False):
        try:
            before = was(query)
            if before.allowed or not now(query).allowed:
                continue
        except ValueError:  # a variant that is no question: a word that does not go with another
            continue
        assert query.at is not None
        cited = tuple((reason.rule, reason.citation) for reason in before.reasons)
        yield Example(at=query.at, query=query, rules=cited)


def _questions(
    old: Loaded, new: Loaded, old_book: Rulebook, new_book: Rulebook, suspects: tuple[Change, ...],
    opened: tuple[str, ...],
) -> Iterator[Query]:  # fmt: skip
    """Contacts on which a difference would show: the tests of what changed, then these varied, the most telling
    first."""
    yield from (_ordinary(code, new_book) for code in opened)
    changed = {(one.path, one.jurisdiction) for one in suspects}
    begins = max((date.fromisoformat(one.version) for one in suspects if one.version), default=date.min)
    told = list(_told(old, old_book, changed)) + list(_told(new, new_book, changed))
    moved = [query for query in (_moved(one, begins) for one in told) if query is not None]
    yield from told
    yield from moved
    names = _facts_of(new, changed) | _facts_of(old, changed)
    for query in (*told, *moved):
        yield from _varied(query, names)
    for query in {(one.channel, one.party, one.zone): one for one in (*told, *moved)}.values():
        yield from _week(query)


def _ordinary(code: str, book: Rulebook) -> Query:
    """A call at noon to somebody in a place."""
    place = book.jurisdictions[code]
    zone = place.timezone or "UTC"
    return Query(channel="call", at=datetime(2026, 5, 19, 15, 0, tzinfo=UTC), zone=zone, zones=(zone,),
                 jurisdictions=(code, *place.parents), debt="A", creditor="A", address="A")  # fmt: skip


def _told(loaded: Loaded, book: Rulebook, changed: set[tuple[str, str]]) -> Iterator[Query]:
    """What the embedded tests of changed files ask; of a calendar, those of the files that name it."""
    calendars = {path.rpartition("/")[2].removesuffix(".yaml") for path, code in changed if not code}
    for file in loaded.files:
        if (file.path, file.jurisdiction) in changed or (file.holidays and file.holidays in calendars):
            yield from _asked(file, file.versions, book)


def _asked(file: JurisdictionFile, versions: Iterable[Version], book: Rulebook) -> Iterator[Query]:
    for test in (test for version in versions for test in version.tests):
        try:
            yield cases_of(file, test, book)
        except ValueError:
            continue


def _moved(query: Query, begins: date) -> Query | None:
    """The same contact whole weeks later, on or after the day that a version begins; None if it is there already."""
    assert query.at is not None
    weeks = -((query.at.date() - begins).days // 7) + 1
    if begins == date.min or weeks <= 1:
        return None
    later = timedelta(weeks=weeks)
    return structs.replace(
        query, at=query.at + later, dates={name: day + later for name, day in query.dates.items()},
        history=tuple(structs.replace(event, at=event.at + later) for event in query.history),
    )  # fmt: skip


def _varied(query: Query, facts: Iterable[str]) -> Iterator[Query]:
    """The same contact with one word changed, one fact more, or another day past due."""
    for selector, field in _VARIED.items():
        yield from (structs.replace(query, **{field: word}) for word in SELECTORS[selector])
    for name in facts:
        others = tuple(fact for fact in query.facts if fact.name != name)
        yield from (structs.replace(query, facts=(*others, Fact(name=name, value=said))) for said in (True, False))
    for name, day in query.dates.items():
        for days in (-30, -7, -1, 1, 7, 30):
            yield structs.replace(query, dates={**query.dates, name: day + timedelta(days=days)})


def _week(query: Query) -> Iterator[Query]:
    """The same contact at every minute of a week."""
    assert query.at is not None
    start = query.at.replace(second=0, microsecond=0)
    alone = structs.replace(query, history=())
    yield from (structs.replace(alone, at=start + timedelta(minutes=n)) for n in range(_WEEK_MINUTES))


def _facts_of(loaded: Loaded, changed: set[tuple[str, str]]) -> set[str]:
    """The facts that rules of changed files speak of."""
    found: set[str] = set()
    for file in loaded.files:
        if (file.path, file.jurisdiction) in changed:
            for rule in (rule for version in file.versions for rule in version.rules):
                found |= _facts_in(rule)
    return found


def _facts_in(rule: Rule) -> set[str]:
    body = [word for name in ("requires", "requires_any", "forbids") for word in getattr(rule.body, name, ())]
    return {*rule.when_facts, *rule.unless_facts, *body}
