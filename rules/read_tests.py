"""Reading of a version's embedded tests. The weekday before a date is a checksum; `rules.trial` runs what is read."""

from __future__ import annotations

import re
from datetime import date

from cadencia.engine.words import DATES, FACTS, NUMBERS, DebtType, Initiator, Stage
from cadencia.rules.model import RuleTest
from cadencia.rules.read_fields import (
    Fields,
    as_date,
    described,
    read_date,
    read_match,
    read_number,
    read_text,
    read_word,
    read_words,
    suggestion,
)  # fmt: skip
from cadencia.rules.read_windows import ACTORS, CHANNELS, KINDS_OF_EVENT, PARTIES, PLACES, PURPOSES
from cadencia.rules.yaml_reader import Listing, Mapping, Mistakes, Node, Scalar, shown

_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_STAMP = re.compile(r"(\S+) +(\S+) +(\S+)(?: +(.+))?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)
_TIMES = re.compile(r"x([1-9]\d{0,3})", re.ASCII)
_STATED_FACTS = (*FACTS, *(f"not {fact}" for fact in FACTS))
_RULE_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}", re.ASCII)
_CALLER = re.compile(r"\+?\d{1,20}|withheld", re.ASCII)
_MAX_TIMES = 1000
_EVENT_FORM = '"Sun 2026-03-01 10:00 call no_answer"'
_EVENT_WORDS = {"place": PLACES, "party": PARTIES, "actor": ACTORS, "purpose": PURPOSES}
_EVENT_IDS = ("debt", "creditor", "address")
_EVENT_FLAGS = ("inbound", "consented")
_VOCABULARIES: dict[str, tuple[str, ...]] = {
    "actor": ACTORS,
    "purpose": PURPOSES,
    "party": PARTIES,
    "place": PLACES,
    "initiator": tuple(word.name for word in Initiator),
    "debt_type": tuple(word.name for word in DebtType),
    "stage": tuple(word.name for word in Stage),
}
_KEYS = ("when", "try", "expect", "by", "after", *_VOCABULARIES, "facts", "dates", "numbers", "caller_id")


def read_test(node: Node, mistakes: Mistakes) -> RuleTest | None:
    """One embedded test; None when it has any mistake."""
    before = len(mistakes.found)
    fields = Fields(node, _KEYS, "a test", mistakes)
    if not isinstance(node, Mapping):
        return None
    when = fields.need("when", 'when: "Fri 2026-03-06 18:59"')
    try_ = fields.need("try", "try: call")
    expect = fields.need("expect", "expect: allow")
    stamp = "" if when is None else _when(when, mistakes)
    channel = "" if try_ is None else read_word(try_, CHANNELS, "try", mistakes)
    verdict = "" if expect is None else read_word(expect, ("allow", "deny"), "expect", mistakes)
    by = _by(fields, verdict, mistakes)
    after = _after(fields.get("after"), mistakes)
    selectors = {
        key: read_word(value, known, key, mistakes)
        for key, known in _VOCABULARIES.items()
        if (value := fields.get(key)) is not None
    }
    facts, dates = fields.get("facts"), fields.get("dates")
    numbers, caller_id = fields.get("numbers"), fields.get("caller_id")
    test = RuleTest(
        line=node.line, when=stamp, try_=channel, expect=verdict, by=by, after=after, **selectors,
        facts=() if facts is None else _facts(facts, mistakes),
        dates={} if dates is None else _dates(dates, mistakes),
        numbers={} if numbers is None else _numbers(numbers, mistakes),
        caller_id="" if caller_id is None else read_match(caller_id, _CALLER, "caller_id", '"+56226001234"', mistakes),
    )  # fmt: skip
    return test if len(mistakes.found) == before else None


def _by(fields: Fields, verdict: str, mistakes: Mistakes) -> str:
    by = fields.get("by")
    if by is None:
        if verdict == "deny":
            mistakes.add(fields.line, "expect: deny does not say by which rule; write by: and the rule's name")
        return ""
    if verdict == "allow":
        mistakes.add(by.line, "expect: allow has by; delete by, or write expect: deny")
    return read_match(by, _RULE_NAME, "by", "contact-hours", mistakes)


def _when(node: Node, mistakes: Mistakes) -> str:
    """The stamp as written, "Fri 2026-03-06 18:59" with or without a zone; "" after a mistake."""
    text = read_text(node, "when", mistakes)
    if not text:
        return ""
    match = _STAMP.fullmatch(text)
    if match is None:
        return _not_a_stamp(text, node.line, mistakes)
    zone = match.group(4)
    if zone is not None and not _ZONE.fullmatch(zone):
        cure = 'write an IANA name, for example "America/New_York", or none'
        mistakes.add(node.line, f'when: "{shown(zone)}" is not a zone; {cure}')
        return ""
    return text if _is_stamp(match, node.line, "when", mistakes) else ""


def _not_a_stamp(text: str, line: int, mistakes: Mistakes) -> str:
    cure = 'write for example "Fri 2026-03-06 18:59"'
    mistakes.add(line, f'when: "{shown(text)}" is not a weekday, date and time; {cure}')
    return ""


def _is_stamp(match: re.Match[str], line: int, what: str, mistakes: Mistakes) -> bool:
    """Are weekday, date and time right, and is that date that weekday? Each mistake is noted."""
    name, day_text, clock = match.group(1), match.group(2), match.group(3)
    before = len(mistakes.found)
    day = as_date(day_text)
    if day is None:
        mistakes.add(line, f'{what}: "{shown(day_text)}" is not a date; write YYYY-MM-DD, a day that exists')
    if name not in _DAY_NAMES:
        cure = _DAY_NAMES[day.weekday()] if day else "one of " + ", ".join(_DAY_NAMES)
        mistakes.add(line, f'{what}: "{shown(name)}" is not a weekday; write {cure}')
    elif day is not None and day.weekday() != _DAY_NAMES.index(name):
        mistakes.add(line, _wrong_weekday(name, day, what))
    if not _CLOCK.fullmatch(clock):
        mistakes.add(line, f'{what}: "{shown(clock)}" is not a time; write HH:MM, from 00:00 to 23:59')
    return len(mistakes.found) == before


def _wrong_weekday(name: str, day: date, what: str) -> str:
    right = day.weekday()
    cure = f"write {_DAY_NAMES[right]} {day}, or mend the date"
    return f"{what}: {name} {day} is wrong, that day is a {_LONG_DAY_NAMES[right]}; {cure}"


def _after(node: Node | None, mistakes: Mistakes) -> tuple[str, ...]:
    if node is None:
        return ()
    items = node.items if isinstance(node, Listing) else (node,)
    if not items:
        mistakes.add(node.line, "after is an empty list; name an event or delete the key")
    return tuple(_event(item, mistakes) for item in items)


def _event(node: Node, mistakes: Mistakes) -> str:
    """An event as written: stamp, channel, kind, then xN, ids, words and flags in any order."""
    text = read_text(node, "after", mistakes)
    parts = text.split()
    if not text:
        return ""
    if len(parts) < 5:
        mistakes.add(node.line, f'after: "{shown(text)}" is not an event; write for example {_EVENT_FORM}')
        return ""
    match = _STAMP.fullmatch(" ".join(parts[:3]))
    if match is not None:
        _is_stamp(match, node.line, "after", mistakes)
    for word, known, noun in ((parts[3], CHANNELS, "a channel"), (parts[4], KINDS_OF_EVENT, "a kind of event")):
        if word not in known:
            mistakes.add(node.line, f'after: "{shown(word)}" is not {noun}; write {suggestion(word, known)}')
    _event_details(parts[5:], node.line, mistakes)
    return text


def _event_details(parts: list[str], line: int, mistakes: Mistakes) -> None:
    seen: set[str] = set()
    i = 0
    while i < len(parts):
        word = parts[i]
        times = _TIMES.fullmatch(word)
        name = "xN" if times else word
        takes_value = word in _EVENT_WORDS or word in _EVENT_IDS
        value = parts[i + 1] if takes_value and i + 1 < len(parts) else ""
        i += 2 if takes_value else 1
        if name in seen:
            mistakes.add(line, f'after: "{shown(word)}" is given twice; keep one of them')
        seen.add(name)
        if times and int(times.group(1)) > _MAX_TIMES:
            mistakes.add(line, f"after: {word} is over the limit of x{_MAX_TIMES}; write fewer")
        elif takes_value and not value:
            mistakes.add(line, f"after: {word} says nothing behind it; write for example {word} {_example_of(word)}")
        elif word in _EVENT_WORDS and value not in _EVENT_WORDS[word]:
            cure = suggestion(value, _EVENT_WORDS[word])
            mistakes.add(line, f'after: {word} "{shown(value)}" is not known; write {cure}')
        elif not (times or takes_value or word in _EVENT_FLAGS):
            known = (*_EVENT_IDS, *_EVENT_WORDS, *_EVENT_FLAGS)
            mistakes.add(line, f'after: "{shown(word)}" is not known here; write {suggestion(word, known)}, or x7')


def _example_of(word: str) -> str:
    return _EVENT_WORDS[word][-1] if word in _EVENT_WORDS else "B"


def _facts(node: Node, mistakes: Mistakes) -> tuple[str, ...]:
    """Facts known true by their name, facts known false as "not name"; any other fact is unknown."""
    facts = read_words(node, _STATED_FACTS, "facts", mistakes)
    for fact in facts:
        if f"not {fact}" in facts:
            mistakes.add(node.line, f"facts says {fact} and not {fact}; keep one of them")
    return facts


def _dates(node: Node, mistakes: Mistakes) -> dict[str, str]:
    fields = Fields(node, DATES, "dates", mistakes)
    found: dict[str, str] = {}
    for name in fields.given():
        value = fields.get(name)
        day = None if value is None else read_date(value, name, mistakes)
        if day is not None:
            found[name] = day.isoformat()
    return found


def _numbers(node: Node, mistakes: Mistakes) -> dict[str, float]:
    fields = Fields(node, NUMBERS, "numbers", mistakes)
    return {
        name: read_number(value, 0, 1e12, name, mistakes)
        for name in fields.given()
        if (value := fields.get(name)) is not None
    }


def tests_of(node: Node, mistakes: Mistakes) -> tuple[Node, ...]:
    """The nodes of a version's tests; noted if they are not a list."""
    if isinstance(node, Listing):
        return node.items
    cure = "write - before each test"
    mistakes.add(node.line, f"tests is {described(node) if isinstance(node, Scalar) else 'a mapping'}; {cure}")
    return ()
