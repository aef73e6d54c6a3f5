"""Reading of how long and how often: windows, what counts, for whom, and the hours of a day."""

from __future__ import annotations

import re
from itertools import pairwise

from cadencia.engine.words import DATES, KINDS_COUNTED_AS, Actor, Channel, Party, Place, Purpose, Subject, Wider
from cadencia.rules.model import ContactWindow, Counted, Window
from cadencia.rules.read_fields import (
    Fields,
    described,
    items_of,
    listed,
    read_text,
    read_word,
    read_words,
    read_zone,
)  # fmt: skip
from cadencia.rules.yaml_reader import Listing, Mapping, Mistakes, Node, Scalar, shown

CHANNELS = tuple(word.name for word in Channel)
KINDS_OF_EVENT = tuple(KINDS_COUNTED_AS)
PARTIES = tuple(word.name for word in Party)
PLACES = tuple(word.name for word in Place)
ACTORS = tuple(word.name for word in Actor)
PURPOSES = tuple(word.name for word in Purpose)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HISTORIES = ("person", *(word.name for word in Wider))
_SUBJECTS = tuple(dict.fromkeys((*_HISTORIES, *(word.name for word in Subject))))
#: Words that say whose history is counted and nothing else.
_ONLY_HISTORIES = frozenset(_HISTORIES) - {word.name for word in Subject}
_MAX_DAYS = 3660
_MAX_SPANS = 4

_AMOUNT = re.compile(r"(\d{1,9}) +([a-z]+(?: [a-z]+)?)", re.ASCII)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_CALENDAR = {
    "day": Window(unit="civil_days", n=1),
    "week": Window(unit="week"),
    "month": Window(unit="month"),
    "lifetime": Window(unit="lifetime"),
}
_WINDOW_FORMS = (
    'day, week, month, lifetime, "7 civil days", "2 clear days", "5 business days", "24 hours" or {week: undefined}'
)
_COUNT_KEYS = (
    "kind", "except", "channels", "parties", "places", "actors", "purposes", "direction", "unless_fact", "after_first",
    "since",
)  # fmt: skip
_DAY_KEYS = (*WEEKDAYS, "holiday", "mon-fri", "mon-sat", "sat-sun", "every-day")
_SPAN = re.compile(r"(\S+?) *- *(\S+)")
_TIME = re.compile(r"(\d{2}):(\d{2})", re.ASCII)
_LOOSE_TIME = re.compile(r"(\d{1,2})[:.h](\d{2})", re.ASCII)


def read_window(node: Node, what: str, mistakes: Mistakes) -> Window:
    """How far back, or how long: see docs/rule-language.md, Windows. One civil day after a mistake."""
    if isinstance(node, Mapping):
        return _undefined_week(node, what, mistakes)
    before = len(mistakes.found)
    if isinstance(node, Scalar) and node.text.isdecimal():
        mistakes.add(node.line, f'{what}: {shown(node.text)} has no unit; write "{shown(node.text)} civil days"')
        return _CALENDAR["day"]
    text = read_text(node, what, mistakes)
    window = _window_of(text) if text else None
    if window is not None:
        return window
    if len(mistakes.found) == before:
        mistakes.add(node.line, f'{what}: "{shown(text)}" {_window_cure(text)}')
    return _CALENDAR["day"]


def _undefined_week(node: Mapping, what: str, mistakes: Mistakes) -> Window:
    fields = Fields(node, ("week",), what, mistakes)
    week = fields.need("week", "{week: undefined}")
    if week is not None:
        read_word(week, ("undefined",), f"{what} week", mistakes)
    return Window(unit="civil_days", n=7, undefined_week=True)


def _window_of(text: str) -> Window | None:
    if text in _CALENDAR:
        return _CALENDAR[text]
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        return None
    number, noun = int(amount.group(1)), amount.group(2)
    singular = noun.removesuffix("s")
    if singular in _SECONDS and 0 < number * _SECONDS[singular] <= _MAX_DAYS * 86_400:
        return Window(unit="seconds", n=number * _SECONDS[singular])
    if not 0 < number <= _MAX_DAYS:
        return None
    # "2 clear days" leaves two full days between: the day of the event, the two, and only then is it free again.
    if singular == "clear day":
        return Window(unit="civil_days", n=number + 1)
    unit = {"civil day": "civil_days", "business day": "business_days"}.get(singular)
    return Window(unit=unit, n=number) if unit else None


def _window_cure(text: str) -> str:
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        return f"is not a window; write {_WINDOW_FORMS}"
    number, noun = int(amount.group(1)), amount.group(2).removesuffix("s")
    if number == 0:
        return "is no time at all; write at least 1"
    if noun == "day":
        forms = (f'"{number} {kind} days"' for kind in ("civil", "clear", "business"))
        return f"does not say which days; write {' or '.join(forms)}"
    if noun == "week":
        return f'is not a window; write "{number * 7} civil days"'
    if noun in ("month", "year"):
        return f'is not a window; write "{number * (31 if noun == "month" else 366)} civil days"'
    if noun in (*_SECONDS, "civil day", "clear day", "business day"):
        return f"is over the limit of {_MAX_DAYS} days; write lifetime or fewer"
    return f"is not a window; write {_WINDOW_FORMS}"


def read_counted(node: Node, what: str, mistakes: Mistakes) -> Counted:
    """Which events count: a kind, a list of kinds, or a mapping."""
    if isinstance(node, Listing):
        return Counted(kinds=read_words(node, KINDS_OF_EVENT, what, mistakes))
    if isinstance(node, Scalar):
        return Counted(kinds=(read_word(node, KINDS_OF_EVENT, what, mistakes),))
    fields = Fields(node, _COUNT_KEYS, what, mistakes)
    kind, since = fields.get("kind"), fields.get("since")

    def words(key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        value = fields.get(key)
        return () if value is None else read_words(value, known, f"{what} {key}", mistakes)

    def word(key: str, known: tuple[str, ...], default: str) -> str:
        value = fields.get(key)
        return default if value is None else read_word(value, known, f"{what} {key}", mistakes)

    return Counted(
        kinds=("placed",) if kind is None else _kinds(kind, f"{what} kind", mistakes),
        except_kinds=words("except", KINDS_OF_EVENT),
        channels=words("channels", CHANNELS),
        parties=words("parties", PARTIES),
        places=words("places", PLACES),
        actors=words("actors", ACTORS),
        purposes=words("purposes", PURPOSES),
        direction=word("direction", ("outbound", "inbound", "any"), "outbound"),
        skip_consented=bool(word("unless_fact", ("prior_consent",), "")),
        after_first=word("after_first", KINDS_OF_EVENT, ""),
        since_date="" if since is None else read_word(since, DATES, f"{what} since", mistakes),
    )


def _kinds(node: Node, what: str, mistakes: Mistakes) -> tuple[str, ...]:
    if isinstance(node, Listing):
        return read_words(node, KINDS_OF_EVENT, what, mistakes)
    return (read_word(node, KINDS_OF_EVENT, what, mistakes),)


def read_for_each(node: Node | None, mistakes: Mistakes) -> tuple[str, ...]:
    """For whom a counter is kept: whose history is counted, and what it is narrowed to."""
    if node is None:
        return ("person",)
    before = len(mistakes.found)
    subjects = read_words(node, _SUBJECTS, "for_each", mistakes)
    if len(mistakes.found) > before:
        return subjects
    named = [word for word in subjects if word in _ONLY_HISTORIES]
    if len(named) > 1:
        both = " and ".join(named)
        mistakes.add(node.line, f"for_each names {both}, but one history is counted; write [{named[0]}]")
    elif named and subjects[0] != named[0]:
        others = [word for word in subjects if word != named[0]]
        mistakes.add(node.line, f"for_each must begin with {named[0]}; write [{listed((named[0], *others))}]")
    elif subjects[0] not in _HISTORIES:
        cure = listed(("person", *subjects))
        mistakes.add(node.line, f"for_each begins with {subjects[0]}, of which no history is kept; write [{cure}]")
    return subjects


def read_contact_window(node: Node, mistakes: Mistakes) -> ContactWindow:
    """Hours by day. Each of the seven days must be given once, alone or in a range."""
    if not isinstance(node, Mapping):
        cure = 'write days with their hours, for example {every-day: "08:00-21:00"}'
        mistakes.add(node.line, f"contact_window is {described(node)}; {cure}")
        return _window_of_days({}, "")
    ranges = {f"{a}-{b}" for i, a in enumerate(WEEKDAYS) for b in WEEKDAYS[i + 1 :]}
    known = (*_DAY_KEYS, *sorted(ranges - set(_DAY_KEYS)), "clock")
    _note_unknown_days(node, known, mistakes)
    node = Mapping(node.line, {key: entry for key, entry in node.entries.items() if key in known})
    fields = Fields(node, known, "contact_window", mistakes)
    hours: dict[str, tuple[tuple[int, int], ...]] = {}
    said_by: dict[str, str] = {}
    for key in fields.given():
        value = fields.get(key)
        if key == "clock" or value is None:
            continue
        spans = _hours(value, key, mistakes)
        for day in _days_of(key):
            if day in said_by:
                mistakes.add(value.line, f"{day} is given by {said_by[day]} and by {key}; give each day once")
            hours[day], said_by[day] = spans, key
    missing = [day for day in WEEKDAYS if day not in hours]
    if missing:
        mistakes.add(node.line, f"contact_window does not say {listed(missing)}; write hours or closed for each")
    clock = fields.get("clock")
    return _window_of_days(hours, "" if clock is None else read_zone(clock, "clock", mistakes))


def _window_of_days(hours: dict[str, tuple[tuple[int, int], ...]], clock: str) -> ContactWindow:
    days = {day: hours.get(day, ()) for day in WEEKDAYS}
    return ContactWindow(**days, holiday=hours.get("holiday"), clock=clock)


def _note_unknown_days(node: Mapping, known: tuple[str, ...], mistakes: Mistakes) -> None:
    for key, (scalar, _) in node.entries.items():
        if key not in known:
            short = key[:3].lower()
            cure = short if short in WEEKDAYS and "-" not in key else f"one of {listed(_DAY_KEYS)}, or clock"
            mistakes.add(scalar.line, f"{shown(key)} is not a day of a contact_window; write {cure}")


def _days_of(key: str) -> tuple[str, ...]:
    if key == "every-day":
        return WEEKDAYS
    first, _, last = key.partition("-")
    return WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last) + 1] if last else (key,)


def _hours(node: Node, what: str, mistakes: Mistakes) -> tuple[tuple[int, int], ...]:
    """The spans of a day in minutes, half open, in order; none when closed."""
    if isinstance(node, Scalar) and node.text == "closed":
        return ()
    if isinstance(node, Mapping):
        mistakes.add(node.line, f'{what} is {described(node)}; write "08:00-21:00", a list of such, or closed')
        return ()
    items = items_of(node, what, mistakes) if isinstance(node, Listing) else (node,)
    if len(items) > _MAX_SPANS:
        mistakes.add(node.line, f"{what} has {len(items)} spans, over the limit of {_MAX_SPANS}; join some")
        return ()
    spans = [span for span in (_span(item, what, mistakes) for item in items) if span is not None]
    for (_, closes), (opens, _) in pairwise(spans):
        if opens <= closes:
            mistakes.add(node.line, f"{what}: spans overlap, touch or are out of order; write apart, earliest first")
    return tuple(spans)


def _span(node: Node, what: str, mistakes: Mistakes) -> tuple[int, int] | None:
    before = len(mistakes.found)
    text = read_text(node, what, mistakes)
    if not text:
        return None
    match = _SPAN.fullmatch(text)
    if match is None:
        mistakes.add(node.line, f'{what}: "{shown(text)}" is not hours; write "08:00-21:00" or closed')
        return None
    opens, closes = (_minute(part, node.line, mistakes) for part in match.groups())
    if opens is None or closes is None or len(mistakes.found) > before:
        return None
    if opens >= closes:
        cure = "write the earlier time first; hours past midnight are two days' hours"
        mistakes.add(node.line, f'{what}: "{shown(text)}" closes before it opens; {cure}')
        return None
    return opens, closes


def _minute(text: str, line: int, mistakes: Mistakes) -> int | None:
    match = _TIME.fullmatch(text)
    if match is not None:
        minute = int(match.group(1)) * 60 + int(match.group(2))
        if int(match.group(2)) < 60 and minute <= 24 * 60:
            return minute
    loose = _LOOSE_TIME.fullmatch(text)
    example = f"{int(loose.group(1)):02d}:{loose.group(2)}" if loose else ""
    cure = f'write "{example}"' if loose and example != text else 'write "HH:MM", from "00:00" to "24:00"'
    mistakes.add(line, f"{shown(text)} is not a time; {cure}")
    return None
