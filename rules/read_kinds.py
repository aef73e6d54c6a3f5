"""Reading of the twelve kinds: the body under a rule's kind, as the record of that kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from cadencia.engine.words import DATES, FACTS, NUMBERS
from cadencia.rules.model import (
    BANS,
    Abandonment,
    CallerId,
    ChannelBan,
    ChannelLock,
    Consent,
    CoolingOff,
    Counted,
    Dialing,
    FrequencyCap,
    Kind,
    Precondition,
    Recipient,
    Script,
    Separation,
    Window,
)  # fmt: skip
from cadencia.rules.read_fields import (
    Fields,
    described,
    listed,
    read_flag,
    read_number,
    read_texts,
    read_whole,
    read_word,
    read_words,
)  # fmt: skip
from cadencia.rules.read_windows import (
    PARTIES,
    PLACES,
    read_contact_window,
    read_counted,
    read_for_each,
    read_window,
)  # fmt: skip
from cadencia.rules.yaml_reader import Mistakes, Node

_MAX_CONTACTS = 1000
_DAYS_FROM, _DAYS_TO = -3660, 36_600
_PREFIX = re.compile(r"\+?\d{1,15}", re.ASCII)
_BLOCK = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)
_PHRASE = re.compile(r".{1,200}", re.DOTALL)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?) ?%", re.ASCII)
#: What an abandonment rate may be a share of.
_RATE_DENOMINATORS = ("answered_by_person", "connected_or_abandoned")
_RATE_UNITS = ("seconds", "civil_days", "week", "month")
_RATE_SUBJECTS = ("campaign", "jurisdiction", "creditor", "caller_id")
_EMPTY_WINDOW = Window(unit="civil_days")


def read_kind(kind: str, node: Node, mistakes: Mistakes) -> Kind:
    """The body of a rule of this kind (a key of model.KINDS)."""
    return _READERS[kind](node, mistakes)


def _window(fields: Fields, key: str, example: str, mistakes: Mistakes) -> Window:
    node = fields.need(key, example)
    return _EMPTY_WINDOW if node is None else read_window(node, key, mistakes)


def _counted(fields: Fields, key: str, example: str, mistakes: Mistakes) -> Counted:
    node = fields.need(key, example)
    return Counted() if node is None else read_counted(node, key, mistakes)


def _words(fields: Fields, key: str, known: tuple[str, ...], mistakes: Mistakes) -> tuple[str, ...]:
    node = fields.get(key)
    return () if node is None else read_words(node, known, key, mistakes)


def _word(fields: Fields, key: str, known: tuple[str, ...], default: str, mistakes: Mistakes) -> str:
    node = fields.get(key)
    return default if node is None else read_word(node, known, key, mistakes)


def _whole(fields: Fields, key: str, low: int, high: int, mistakes: Mistakes) -> int | None:
    node = fields.get(key)
    return None if node is None else read_whole(node, low, high, key, mistakes)


def _frequency_cap(node: Node, mistakes: Mistakes) -> FrequencyCap:
    fields = Fields(node, ("at_most", "count", "per", "for_each"), "frequency_cap", mistakes)
    at_most = fields.need("at_most", "at_most: 1")
    return FrequencyCap(
        at_most=0 if at_most is None else read_whole(at_most, 0, _MAX_CONTACTS, "at_most", mistakes),
        count=_counted(fields, "count", "count: placed", mistakes),
        per=_window(fields, "per", "per: day", mistakes),
        for_each=read_for_each(fields.get("for_each"), mistakes),
    )


def _separation(node: Node, mistakes: Mistakes) -> Separation:
    fields = Fields(node, ("at_least", "count", "for_each"), "separation", mistakes)
    return Separation(
        at_least=_window(fields, "at_least", 'at_least: "48 hours"', mistakes),
        count=_counted(fields, "count", "count: placed", mistakes),
        for_each=read_for_each(fields.get("for_each"), mistakes),
    )


def _cooling_off(node: Node, mistakes: Mistakes) -> CoolingOff:
    fields = Fields(node, ("after", "lasts", "for_each"), "cooling_off", mistakes)
    return CoolingOff(
        after=_counted(fields, "after", "after: conversation", mistakes),
        lasts=_window(fields, "lasts", 'lasts: "7 civil days"', mistakes),
        for_each=read_for_each(fields.get("for_each"), mistakes),
    )


def _channel_lock(node: Node, mistakes: Mistakes) -> ChannelLock:
    fields = Fields(node, ("after", "lasts", "for_each"), "channel_lock", mistakes)
    return ChannelLock(
        after=_counted(fields, "after", "after: placed", mistakes),
        lasts=_window(fields, "lasts", 'lasts: "7 civil days"', mistakes),
        for_each=read_for_each(fields.get("for_each"), mistakes),
    )


def _recipient(node: Node, mistakes: Mistakes) -> Recipient:
    keys = ("parties", "not_at", "third_party_at_most")
    fields = Fields(node, keys, "recipient", mistakes)
    given = fields.given()
    if len(given) != 1:
        found = " and ".join(given) or "none of its keys"
        mistakes.add(node.line, f"recipient has {found}; write one of {listed(keys)}, in a rule of its own")
    return Recipient(
        parties=_words(fields, "parties", PARTIES, mistakes),
        not_at=_words(fields, "not_at", PLACES, mistakes),
        third_party_at_most=_whole(fields, "third_party_at_most", 0, _MAX_CONTACTS, mistakes),
    )


def _channel_ban(node: Node, mistakes: Mistakes) -> ChannelBan:
    read_word(node, ("closed",), "channel_ban", mistakes)
    return ChannelBan()


def _consent(node: Node, mistakes: Mistakes) -> Consent:
    lists = ("requires", "requires_any", "forbids")
    fields = Fields(node, (*lists, "unknown"), "consent", mistakes)
    if not set(lists) & set(fields.given()):
        mistakes.add(node.line, f"consent asks for no fact; write one of {listed(lists)}")
    if fields.get("unknown") is not None and fields.get("forbids") is None:
        mistakes.add(node.line, "consent has unknown without forbids; delete unknown, a required fact must be known")
    facts = tuple(FACTS)
    return Consent(
        requires=_words(fields, "requires", facts, mistakes),
        requires_any=_words(fields, "requires_any", facts, mistakes),
        forbids=_words(fields, "forbids", facts, mistakes),
        unknown=_word(fields, "unknown", ("allow", "deny"), "allow", mistakes),
    )


_DATE_KEYS = ("date", "at_least_days", "at_most_days", "days")
_NUMBER_KEYS = ("number", "at_least", "at_most")


def _precondition(node: Node, mistakes: Mistakes) -> Precondition:
    fields = Fields(node, (*_DATE_KEYS, *_NUMBER_KEYS, "unknown"), "precondition", mistakes)
    given = set(fields.given())
    if ("date" in given) == ("number" in given):
        found = "both date and number" if "date" in given else "neither date nor number"
        example = "{date: due_date, at_least_days: 10} or {number: amount_due, at_least: 100}"
        mistakes.add(node.line, f"precondition has {found}; write {example}")
        return Precondition()
    asked, keys = ("date", _DATE_KEYS) if "date" in given else ("number", _NUMBER_KEYS)
    for key in sorted(given - {*keys, "unknown"}):
        mistakes.add(node.line, f"precondition of a {asked} has {key}; write {' or '.join(keys[1:3])}")
    if not given & {*keys[1:3]}:
        mistakes.add(node.line, f"precondition has no limit; write {keys[1]} or {keys[2]}")
    unknown = _word(fields, "unknown", ("allow", "deny"), "deny", mistakes)
    read = _dated if asked == "date" else _numbered
    return read(fields, unknown, mistakes)


def read_when_date(node: Node, mistakes: Mistakes) -> dict[str, Any]:
    """The selector `when_date: {date: due_date, at_least_days: 121}` as the fields of Rule."""
    fields = Fields(node, ("date", "at_least_days", "at_most_days"), "when_date", mistakes)
    read = _dated(fields, "allow", mistakes)
    if not read.date or (read.at_least_days is None and read.at_most_days is None):
        mistakes.add(node.line, "when_date is not whole; write {date: due_date, at_least_days: 121} or at_most_days")
        return {}
    return {"when_date": read.date, "when_at_least_days": read.at_least_days, "when_at_most_days": read.at_most_days}


def _dated(fields: Fields, unknown: str, mistakes: Mistakes) -> Precondition:
    least = _whole(fields, "at_least_days", _DAYS_FROM, _DAYS_TO, mistakes)
    most = _whole(fields, "at_most_days", _DAYS_FROM, _DAYS_TO, mistakes)
    if least is not None and most is not None and least > most:
        mistakes.add(fields.line, f"at_least_days {least} is over at_most_days {most}; no day fits, swap or mend them")
    days = _word(fields, "days", ("civil", "business"), "civil", mistakes)
    if days == "business" and most is not None:
        mistakes.add(fields.line, "at_most_days counts civil days only; delete days: business, or at_most_days")
    name = _word(fields, "date", DATES, "", mistakes)
    return Precondition(date=name, at_least_days=least, at_most_days=most, days=days, unknown=unknown)


def _numbered(fields: Fields, unknown: str, mistakes: Mistakes) -> Precondition:
    def limit(key: str) -> float | None:
        value = fields.get(key)
        return None if value is None else read_number(value, 0, 1e12, key, mistakes)

    least, most = limit("at_least"), limit("at_most")
    if least is not None and most is not None and least > most:
        mistakes.add(fields.line, f"at_least {least:g} is over at_most {most:g}; no number fits, swap or mend them")
    name = _word(fields, "number", NUMBERS, "", mistakes)
    return Precondition(number=name, at_least=least, at_most=most, unknown=unknown)


def _caller_id(node: Node, mistakes: Mistakes) -> CallerId:
    fields = Fields(node, ("shown", "prefixes", "banned_prefixes"), "caller_id", mistakes)

    def prefixes(key: str) -> tuple[str, ...]:
        value = fields.get(key)
        return () if value is None else read_texts(value, _PREFIX, key, '["600", "809"]', mistakes)

    shown_flag = fields.get("shown")
    is_shown = True if shown_flag is None else read_flag(shown_flag, "shown", mistakes)
    allowed, banned = prefixes("prefixes"), prefixes("banned_prefixes")
    if not fields.given() or not (is_shown or allowed or banned):
        mistakes.add(node.line, 'caller_id asks for nothing; write shown: true, or prefixes: ["600"]')
    if not is_shown and allowed:
        mistakes.add(node.line, "caller_id has prefixes with shown: false; write shown: true")
    return CallerId(shown=is_shown, prefixes=allowed, banned_prefixes=banned)


def _script(node: Node, mistakes: Mistakes) -> Script:
    fields = Fields(node, ("approved", "blocks", "phrases_banned", "bans", "languages"), "script", mistakes)
    if not fields.given():
        mistakes.add(node.line, "script asks for nothing; write approved: required")

    def texts(key: str, pattern: re.Pattern[str], example: str) -> tuple[str, ...]:
        value = fields.get(key)
        return () if value is None else read_texts(value, pattern, key, example, mistakes)

    return Script(
        approved=_word(fields, "approved", ("required",), "", mistakes) == "required",
        blocks=texts("blocks", _BLOCK, "[identity]"),
        phrases_banned=texts("phrases_banned", _PHRASE, '["a phrase of at most 200 characters"]'),
        bans=_words(fields, "bans", BANS, mistakes),
        languages=texts("languages", _LANGUAGE, "[es]"),
    )


def _dialing(node: Node, mistakes: Mistakes) -> Dialing:
    keys = (
        "after_abandoned", "after_machine", "abandonment", "connect_within_s", "connect_from", "ring_at_least_s",
        "recorded_message", "machine_detection", "automatic_minutes_a_day",
    )  # fmt: skip
    fields = Fields(node, keys, "dialing", mistakes)
    if not fields.given():
        mistakes.add(node.line, f"dialing asks for nothing; write one or more of {listed(keys)}")

    def pause(key: str) -> Window | None:
        value = fields.get(key)
        return None if value is None else read_window(value, key, mistakes)

    connect, rate = fields.get("connect_within_s"), fields.get("abandonment")
    return Dialing(
        after_abandoned=pause("after_abandoned"),
        after_machine=pause("after_machine"),
        abandonment=None if rate is None else _abandonment(rate, mistakes),
        connect_within_s=None if connect is None else read_number(connect, 0, 120, "connect_within_s", mistakes),
        connect_from=_word(fields, "connect_from", ("answer", "greeting"), "", mistakes),
        ring_at_least_s=_whole(fields, "ring_at_least_s", 1, 120, mistakes),
        recorded_message=_word(fields, "recorded_message", ("required", "forbidden"), "", mistakes),
        machine_detection=_word(fields, "machine_detection", ("allowed", "forbidden"), "", mistakes),
        automatic_minutes_a_day=_whole(fields, "automatic_minutes_a_day", 1, 1440, mistakes),
    )


def _abandonment(node: Node, mistakes: Mistakes) -> Abandonment:
    keys = (
        "at_most", "numerator", "denominator", "window", "periods", "per", "machine_correction", "where_law_is_silent",
    )  # fmt: skip
    fields = Fields(node, keys, "abandonment", mistakes)
    share, window = fields.need("at_most", 'at_most: "3%"'), fields.get("window")
    silent = fields.get("where_law_is_silent")
    per = _words(fields, "per", _RATE_SUBJECTS, mistakes)
    period = None if window is None else read_window(window, "window", mistakes)
    periods = _word(fields, "periods", ("rolling", "successive"), "rolling", mistakes)
    if window is not None and period is not None and (period.unit not in _RATE_UNITS or _odd_hours(period)):
        mistakes.add(node.line, f'window is {described(window)}; write "24 hours", "30 civil days", day, week or month')
    if periods == "successive" and period is not None and period.unit != "civil_days":
        mistakes.add(node.line, 'successive periods are counted in days; write window: "30 civil days"')
    return Abandonment(
        at_most=0.0 if share is None else _share(share, mistakes),
        numerator=_word(fields, "numerator", ("abandoned",), "abandoned", mistakes),
        denominator=_word(fields, "denominator", _RATE_DENOMINATORS, "answered_by_person", mistakes),
        window="30 civil days" if window is None else _as_written(window, mistakes),
        periods=periods,
        per=per or ("campaign",),
        machine_correction=_word(fields, "machine_correction", ("none", "estimated"), "none", mistakes),
        where_law_is_silent=False if silent is None else read_flag(silent, "where_law_is_silent", mistakes),
    )


def _odd_hours(period: Window) -> bool:
    return period.unit == "seconds" and period.n % 3_600 != 0


def _as_written(node: Node, mistakes: Mistakes) -> str:
    text = getattr(node, "text", None)
    if text is None:
        mistakes.add(node.line, f'window is {described(node)}; write "30 civil days"')
    return str(text or "").strip()


def _share(node: Node, mistakes: Mistakes) -> float:
    """A percentage as a share of 1; 0 after a mistake."""
    text = getattr(node, "text", "")
    match = _PERCENT.fullmatch(text)
    if match is not None and float(match.group(1)) <= 100:
        return float(match.group(1)) / 100
    mistakes.add(node.line, f'at_most is {described(node)}; write a percentage from "0%" to "100%", for example "3%"')
    return 0.0


_READERS: dict[str, Callable[[Node, Mistakes], Kind]] = {
    "contact_window": read_contact_window,
    "frequency_cap": _frequency_cap,
    "separation": _separation,
    "cooling_off": _cooling_off,
    "channel_lock": _channel_lock,
    "recipient": _recipient,
    "channel_ban": _channel_ban,
    "consent": _consent,
    "precondition": _precondition,
    "caller_id": _caller_id,
    "script": _script,
    "dialing": _dialing,
}
