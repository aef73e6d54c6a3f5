"""At which minutes of a day do opening hours allow an ordinary contact? The engine is asked, not the files."""

from __future__ import annotations

import contextlib
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import msgspec

from cadencia.engine.decide import Engine
from cadencia.engine.query import Query
from cadencia.engine.tables import Rulebook, WindowCheck
from cadencia.rules.model import JurisdictionFile, RuleTest
from cadencia.rules.trial import cases_of

DAY_MINUTES = 1440
_DAY_0 = date(2000, 1, 1)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NOON = time(12)
_LONGEST_SKIP, _SKIP_STEP = 120, 15  # minutes that a clock skips when it goes forward

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Contact:
    """What is asked about: an ordinary debt, by whom, for what and by which channel."""

    channel: str = "call"
    actor: str = "third_party_collector"
    purpose: str = "collections"
    party: str = "debtor"
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where the person is: a stack of jurisdictions, a zone, and a file whose ordinary debt is meant."""

    stack: tuple[str, ...]
    zone: str
    file: JurisdictionFile


def place_of(stack: tuple[str, ...], zone: str, files: Iterable[JurisdictionFile]) -> Place:
    """The place of a stack that some file is about; StopIteration when none is."""
    listed = list(files)
    return Place(stack, zone, next(file for code in stack for file in listed if file.jurisdiction == code))


def query_at(place: Place, local: datetime, contact: Contact, rulebook: Rulebook) -> Query:
    """The contact at that local time. ValueError for a minute that the clock skips."""
    when = f"{_WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M} {place.zone}"
    test = RuleTest(
        line=0, when=when, try_=contact.channel, expect="allow", actor=contact.actor, purpose=contact.purpose,
        party=contact.party, facts=contact.facts,
    )  # fmt: skip
    return msgspec.structs.replace(cases_of(place.file, test, rulebook), jurisdictions=place.stack)


def open_spans(engine: Engine, place: Place, day: date, contact: Contact) -> Spans:
    """The minutes of the local day at which no opening hours block the contact, as half-open spans. Between two
    minutes at which some hours open or close nothing changes, so one question answers for the stretch."""
    edges = sorted({0, DAY_MINUTES, *_edges(engine.rulebook, place, day)})
    stretches: list[tuple[int, int]] = []
    instants: list[datetime] = []
    query: Query | None = None
    for start, end in pairwise(edges):
        found = _first_minute(engine.rulebook, place, day, contact, start, end)
        if found is not None and found.at is not None:
            query = found
            stretches.append((start, end))
            instants.append(found.at)
    if query is None:
        return ()
    answers = engine.open_quarters(query, instants)
    return _joined(stretch for stretch, is_open in zip(stretches, answers, strict=True) if is_open)


def _first_minute(
    rulebook: Rulebook, place: Place, day: date, contact: Contact, start: int, end: int
) -> Query | None:
    """The contact at the first minute of the stretch that the clock shows; None when it skips all of it."""
    for minute in range(start, min(end, start + _LONGEST_SKIP + 1), _SKIP_STEP):
        with contextlib.suppress(ValueError):
            return query_at(place, datetime.combine(day, time(minute // 60, minute % 60)), contact, rulebook)
    return None


def _joined(stretches: Iterable[tuple[int, int]]) -> Spans:
    spans: list[tuple[int, int]] = []
    for start, end in stretches:
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(spans)


def _edges(rulebook: Rulebook, place: Place, day: date) -> set[int]:
    """Minutes of the person's day at which hours of the stack open or close, on the clock that each law names."""
    noon = datetime.combine(day, _NOON, tzinfo=zoneinfo.ZoneInfo(place.zone))
    here, found = noon.utcoffset() or timedelta(), set()
    for rule in rulebook.rules:
        if rule.jurisdiction not in place.stack:
            continue
        there = noon.astimezone(zoneinfo.ZoneInfo(rule.clock)).utcoffset() if rule.clock else here
        ahead = int((here - (there or timedelta())).total_seconds() // 60)
        for check in rule.checks:
            if isinstance(check, WindowCheck):
                minutes = {minute for spans in check.days for span in spans or () for minute in span}
                found |= {(minute + ahead) % DAY_MINUTES for minute in minutes}
    return found


def is_holiday(rulebook: Rulebook, stack: tuple[str, ...], day: date) -> bool:
    """Is the day in a holiday calendar that some rule of the stack reads?"""
    used = {rule.calendar for rule in rulebook.rules if rule.jurisdiction in stack and rule.calendar >= 0}
    for calendar in map(rulebook.calendars.__getitem__, used):
        at = (day - _DAY_0).days - calendar.first_day
        if 0 <= at < calendar.n_days and calendar.bits[at // 8] >> at % 8 & 1:
            return True
    return False
