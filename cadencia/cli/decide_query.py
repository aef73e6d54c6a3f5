"""The options of `cadencia decide` as a Query. What cannot be read names its option and what to write instead."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from cadencia.engine.history import kind_of
from cadencia.engine.hours import minute
from cadencia.engine.query import Event, Fact, Hours, Query
from cadencia.engine.words import (
    DATES,
    FACTS,
    NUMBERS,
    Actor,
    Channel,
    DebtType,
    EventKind,
    Initiator,
    Party,
    Place,
    Purpose,
    Stage,
)

if TYPE_CHECKING:
    from enum import IntEnum

    from cadencia.engine.decide import Engine
    from cadencia.engine.tables import Rulebook

_SAME = ("phone", "phone_type", "country", "region", "postal_code", "locality", "zone", "debt", "creditor", "address")
_SELECTORS: dict[str, type[IntEnum]] = {
    "channel": Channel, "actor": Actor, "purpose": Purpose, "party": Party, "place": Place, "initiator": Initiator,
    "debt_type": DebtType, "stage": Stage,
}  # fmt: skip
_DETAILS: dict[str, type[IntEnum] | None] = {
    "debt": None, "creditor": None, "address": None, "place": Place, "party": Party, "actor": Actor, "purpose": Purpose,
}  # fmt: skip
_TIMES = re.compile(r"x([1-9]\d{0,3})", re.ASCII)
_PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
#: The clue that a problem of the locator begins with, and the option that gave it.
_CLUE_OPTIONS = (("phone_type", "--phone-type"), ("phone", "--phone"), ("postal code", "--postal-code"),
                 ("country", "--country"), ("region", "--region"), ("zone", "--zone"))  # fmt: skip


class OptionError(ValueError):
    """An option cannot be read: which one, what was found, what to write instead."""


def read_query(args: argparse.Namespace, at: datetime) -> Query:
    """The question that the options ask at an instant. OptionError for the first that cannot be read."""
    given = {name: getattr(args, name) for name in _SAME if getattr(args, name) is not None}
    given |= {
        name: _selector(name, words, getattr(args, name))
        for name, words in _SELECTORS.items()
        if getattr(args, name) is not None
    }
    return Query(
        at=at, jurisdictions=tuple(args.jurisdiction) if args.jurisdiction else None,
        facts=tuple(_fact(text) for text in args.fact), dates=dict(_date(text) for text in args.date),
        numbers=dict(_number(text) for text in args.number),
        history=tuple(event for text in args.event for event in _events(text, at)),
        wanted_hours=tuple(_hours("--wanted-hours", text) for text in args.wanted_hours),
        unwanted_hours=tuple(_hours("--unwanted-hours", text) for text in args.unwanted_hours),
        caller_id=_caller(args.caller_id), **given,
    )  # fmt: skip


def with_parents(query: Query, rulebook: Rulebook) -> Query:
    """The query under the stated jurisdictions and all their parents; as it is when none is stated."""
    if query.jurisdictions is None:
        return query
    stack: dict[str, None] = {}
    for code in query.jurisdictions:
        known = rulebook.jurisdictions.get(code)
        stack |= dict.fromkeys((code, *(known.parents if known else ())))
    zones = None
    if query.zone is None and query.phone is None and query.region is None and query.country is None:
        named = dict.fromkeys(rulebook.jurisdictions[code].timezone for code in stack if code in rulebook.jurisdictions)
        zones = tuple(zone for zone in named if zone) or None  # a file's own zone is the clue of last resort
    return msgspec.structs.replace(query, jurisdictions=tuple(stack), zones=zones)


def place_problem(query: Query, engine: Engine) -> str:
    """The first clue to the place that cannot be used, with its option; empty if all can."""
    found = engine.locator.locate(
        phone=query.phone, phone_type=query.phone_type, country=query.country, region=query.region,
        postal_code=query.postal_code, locality=query.locality, zone=query.zone,
    )  # fmt: skip
    for problem in found.problems:
        option = next((option for start, option in _CLUE_OPTIONS if problem.startswith(start)), "the place")
        return f"{option}: {problem}"
    return ""


def _selector(name: str, words: type[IntEnum], text: str) -> str:
    if text not in words.__members__:
        known = ", ".join(words.__members__)
        raise OptionError(f"--{name.replace('_', '-')} {text}: no such word; write one of: {known}")
    return text


def _fact(text: str) -> Fact:
    name = text.removeprefix("!")
    if name not in FACTS:
        raise OptionError(f"--fact {text}: no such fact; write one of: {', '.join(FACTS)}")
    return Fact(name=name, value=not text.startswith("!"))


def _date(text: str) -> tuple[str, date]:
    name, equals, value = text.partition("=")
    if not equals or name not in DATES:
        raise OptionError(f"--date {text}: no such date; write NAME=YYYY-MM-DD with one of: {', '.join(DATES)}")
    try:
        return name, date.fromisoformat(value)
    except ValueError:
        raise OptionError(f"--date {text}: {value!r} is not a date; write it like {name}=2026-01-01") from None


def _number(text: str) -> tuple[str, float]:
    name, equals, value = text.partition("=")
    if not equals or name not in NUMBERS:
        raise OptionError(f"--number {text}: no such number; write NAME=N with one of: {', '.join(NUMBERS)}")
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not 0 <= number < float("inf"):
        raise OptionError(f"--number {text}: {value!r} is not a number from 0 on; write it like {name}=100")
    return name, number


def _hours(option: str, text: str) -> Hours:
    opens, dash, closes = text.partition("-")
    try:
        ordered = bool(dash) and minute(opens) < minute(closes)
    except ValueError:
        ordered = False
    if not ordered:
        raise OptionError(f"{option} {text}: not hours of one day; write them like 18:00-20:00")
    return Hours(opens=opens, closes=closes)


def _caller(text: str | None) -> str | None:
    if text is None or text == "withheld":
        return None if text is None else ""
    if not _PHONE.fullmatch(text):
        raise OptionError("--caller-id: not a number; write + and its digits, or withheld")
    return text


def _events(text: str, now: datetime) -> Iterator[Event]:
    words = text.split()
    if len(words) < 3:
        raise OptionError(f"--event {text!r}: write TIME CHANNEL KIND, as in '2026-05-17T10:00-05:00 call no_answer'")
    stamp, channel, kind, *rest = words
    fields: dict[str, object] = {
        "at": _stamp(text, stamp, now), "channel": _one_of(text, Channel, channel),
        "kind": _one_of(text, EventKind, kind),
    }  # fmt: skip
    times = 1
    while rest:
        word = rest.pop(0)
        if repeated := _TIMES.fullmatch(word):
            times = int(repeated[1])
        elif word in ("inbound", "consented"):
            fields[word] = True
        elif word in _DETAILS and rest:
            value, vocabulary = rest.pop(0), _DETAILS[word]
            fields[word] = value if vocabulary is None else _one_of(text, vocabulary, value)
        else:
            details = ", ".join(["x7", "inbound", "consented", *(f"{name} …" for name in _DETAILS)])
            raise OptionError(f"--event {text!r}: {word!r} is not understood; behind the kind write any of: {details}")
    event = msgspec.convert(fields, Event)
    yield from [event] * times


def _stamp(text: str, stamp: str, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        raise OptionError(f"--event {text!r}: {stamp} is not a time; write it as 2026-05-17T10:00-05:00") from None
    if at.tzinfo is None:
        raise OptionError(f"--event {text!r}: {stamp} has no zone; write its offset, as in 2026-05-17T10:00-05:00")
    if at > now:
        asked = now.isoformat(timespec="seconds")
        raise OptionError(f"--event {text!r}: {stamp} is after the time asked about, {asked}; write past attempts only")
    return at


def _one_of(text: str, vocabulary: type[IntEnum], word: str) -> str:
    if word not in vocabulary.__members__:
        words = ", ".join(vocabulary.__members__)
        raise OptionError(f"--event {text!r}: {word!r} is not {kind_of(vocabulary)}; write one of: {words}")
    return word
