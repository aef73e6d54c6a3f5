"""A decision told: as words in three languages, as JSON, and the opening hours of its local day as a strip."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from cadencia.cli.decide_need import openers
from cadencia.cli.decide_texts import Texts
from cadencia.cli.decide_words import WEEKDAYS, names, word
from cadencia.engine.clock import DAY_S, ZoneClock, ZoneDataEndedError
from cadencia.engine.decide import Engine
from cadencia.engine.decision import Decision, Duty, Reason
from cadencia.engine.history import seconds
from cadencia.engine.query import Query
from cadencia.engine.tables import UNIX_OF_EPOCH, Rulebook
from cadencia.rules.explain import abandonment_in_words, phrases, retry_text
from cadencia.rules.model import Abandonment
from cadencia.rules.phrases import clock
from cadencia.rules.script_catalogue import ban_name, block_name

EPOCH = datetime.fromtimestamp(UNIX_OF_EPOCH, UTC)
_DAY_0 = date(2000, 1, 1)
_QUARTERS, _MINUTES = 96, 1440
#: Most zones whose local time is written out; a country may have many.
_MOST_ZONES = 3
#: The engine's own reason for a place of which no law on file speaks.
_NO_LAW = "no_rules_known"
OPEN, PARTLY, CLOSED = "█", "▒", "·"
_RULER = "".join(f"{hour:02d}  " for hour in range(24)).rstrip()


class Strip(msgspec.Struct, frozen=True):
    """The opening hours of one local day, by the law's hours and the person's own; counters and facts are left out.
    `quarters` has 96 signs from 00:00 on: █ open, ▒ partly, · closed. `open` are [opens, closes) as HH:MM. A minute
    that the clock skips is closed; one that comes twice is open only if it is both times."""

    zone: str
    date: date
    quarters: str
    open: tuple[tuple[str, str], ...]


def strip_of(engine: Engine, query: Query, decision: Decision) -> Strip | None:
    """The day of `decision.at` on the clock of its first zone; None when no zone is known."""
    for name in decision.zones[:1]:
        zone = zone_clock(engine.rulebook, name)
        if zone is not None:
            try:
                return _strip(engine, query, name, zone, seconds(decision.at))
            except ZoneDataEndedError:
                return None
    return None


def _strip(engine: Engine, query: Query, name: str, zone: ZoneClock, at: int) -> Strip:
    day = zone.local_day(at)
    shown = [zone.instants_at(day, minute * 60) for minute in range(_MINUTES)]
    starts = [instant for instants in shown for instant in instants]
    answers = iter(engine.open_quarters(query, [EPOCH + timedelta(seconds=start) for start in starts]))
    is_open = [all([next(answers) for _ in instants]) and bool(instants) for instants in shown]
    quarters = "".join(_sign(is_open[15 * quarter : 15 * quarter + 15]) for quarter in range(_QUARTERS))
    return Strip(zone=name, date=_DAY_0 + timedelta(days=day), quarters=quarters, open=tuple(_spans(is_open)))


def _sign(minutes: list[bool]) -> str:
    return OPEN if all(minutes) else PARTLY if any(minutes) else CLOSED


def _spans(is_open: list[bool]) -> Iterator[tuple[str, str]]:
    opens: int | None = None
    for minute, now_open in enumerate([*is_open, False]):
        if now_open and opens is None:
            opens = minute
        elif not now_open and opens is not None:
            yield clock(opens), clock(minute)
            opens = None


def zone_clock(rulebook: Rulebook, name: str) -> ZoneClock | None:
    """The clock of a zone by its name or an alias; None if the rulebook has none."""
    zone = rulebook.zones.get(rulebook.zone_links.get(name, name))
    return None if zone is None else ZoneClock(zone)


def as_json(decision: Decision, strip: Strip | None) -> str:
    """All fields of the decision and `strip`, as one line of JSON."""
    return msgspec.json.encode(msgspec.structs.asdict(decision) | {"strip": strip}).decode()


def as_text(
    rulebook: Rulebook, query: Query, decision: Decision, strip: Strip | None, texts: Texts, width: int = 100
) -> str:
    """The decision for a person to read, in lines of at most `width` columns; only the strip and words that are longer
    stand out. `texts` has its language, and the law's own texts in it."""
    lines = _lines(rulebook, query, decision, strip, texts)
    return "\n".join(part for line in lines for part in wrapped(line, width))


def wrapped(line: str, width: int) -> list[str]:
    """A line in lines of at most `width` columns, those that follow indented below its text. Words stay whole; a line
    of the strip is not of words, and stays as it is."""
    text = line.lstrip(" ")
    if len(line) <= width or text == _RULER or not text.strip(f"{OPEN}{PARTLY}{CLOSED}"):
        return [line]
    indent = " " * (len(line) - len(text) + (4 if len(line) == len(text) else 2))
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )


def _lines(rulebook: Rulebook, query: Query, decision: Decision, strip: Strip | None, texts: Texts) -> Iterator[str]:
    language = texts.language
    yield f"{word(decision.verdict, language)}  {local_times(rulebook, decision.at, decision.zones, language)}"
    if not decision.allowed:
        yield _opening(rulebook, decision, language)
        yield ""
        yield f"{word('why', language)}:"
        for reason in decision.reasons:
            yield from _reason(rulebook, query, decision, reason, texts)
    if strip is not None:
        yield ""
        yield from _day(rulebook, decision, strip, language)
    yield ""
    yield from _where(decision, language)
    if decision.obligations:
        yield f"{word('duties', language)}:"
        yield from (f"  {_duty(duty, texts)}" for duty in decision.obligations)
    if decision.warnings:
        yield f"{word('warnings', language)}:"
        yield from (f"  {warning}" for warning in decision.warnings)
    yield f"{word('rulebook', language)}: {decision.rulebook}"


def _opening(rulebook: Rulebook, decision: Decision, language: str) -> str:
    if any(reason.rule == _NO_LAW for reason in decision.reasons):
        return word("no_law", language)
    if decision.retry_at is None:
        return retry_text(decision.retry, language)
    return f"{word('all_open', language)} {local_times(rulebook, decision.retry_at, decision.zones, language)}"


def _reason(rulebook: Rulebook, query: Query, decision: Decision, reason: Reason, texts: Texts) -> Iterator[str]:
    language = texts.language
    yield f"  × {reason.message}"
    yield f"    {reason.rule} ({reason.kind})"
    if reason.citation:
        yield f"    {word('citation', language)}: {texts.citation(reason.rule, reason.citation)}"
    if reason.force:
        state = word("reviewed" if reason.reviewed else "unreviewed", language)
        review = f"; {word('review', language)}: {state}" if reason.force != "policy" else ""
        yield f"    {word('force', language)}: {phrases(language).forces[reason.force]}{review}"
    if reason.reading:
        reading, translated = texts.reading(reason.rule, reason.reading)
        yield f"    {word('reading' if translated else 'reading_as_filed', language)}: {reading}"
    if reason.rule == _NO_LAW:
        return  # what opens it is said above
    if reason.retry_at is not None:
        yield f"    {word('alone', language)} {local_times(rulebook, reason.retry_at, decision.zones, language)}"
    else:
        yield f"    {retry_text(reason.retry, language)}"
        found = openers(rulebook, reason.rule, query, decision.at, decision.zones, language)
        if found:
            yield f"    {word('opens_with', language)}: {'; '.join(found)}"


def local_times(rulebook: Rulebook, at: datetime, zones: tuple[str, ...], language: str) -> str:
    """An instant on each clock of the zones (those that agree once, three at most) and in UTC."""
    shown: dict[str, str] = {}
    for name in zones:
        zone = zone_clock(rulebook, name)
        if zone is not None:
            try:
                shown.setdefault(_local(zone, seconds(at), language), name)
            except ZoneDataEndedError:
                continue
    parts = [f"{time} {name}" for time, name in list(shown.items())[:_MOST_ZONES]]
    if len(shown) > _MOST_ZONES:
        parts.append("…")
    stamp = at.astimezone(UTC)
    utc = stamp.strftime("%Y-%m-%d %H:%M:%SZ" if stamp.second else "%Y-%m-%d %H:%MZ")
    return f"{' = '.join(parts)} ({utc})" if parts else utc


def _local(zone: ZoneClock, at: int, language: str) -> str:
    day, second = zone.local(at)
    local = datetime(2000, 1, 1) + timedelta(seconds=day * DAY_S + second)
    time = local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")
    return f"{word(WEEKDAYS[local.weekday()], language)} {time}"


def _day(rulebook: Rulebook, decision: Decision, strip: Strip, language: str) -> Iterator[str]:
    spans = ", ".join(f"{opens}–{closes}" for opens, closes in strip.open) or word("closed", language)
    weekday = word(WEEKDAYS[strip.date.weekday()], language)
    yield f"{word('hours', language)}, {weekday} {strip.date.isoformat()} {strip.zone}: {spans}"
    zone = zone_clock(rulebook, strip.zone)
    assert zone is not None  # a strip is made of it
    yield f"  {_RULER}"
    yield f"  {strip.quarters}"
    yield f"  {' ' * (zone.local_second(seconds(decision.at)) // 900)}^"
    yield f"  {word('strip_key', language)}"


def _where(decision: Decision, language: str) -> Iterator[str]:
    yield f"{word('law', language)}: {', '.join(decision.jurisdictions) or '—'}"
    yield f"{word('zones', language)}: {', '.join(decision.zones) or '—'}"
    yield f"{word('where', language)}:"
    for clue in decision.clues:
        gave = ", ".join(clue.gave) or word("nothing", language)
        yield f"  {word(f'clue.{clue.kind}', language)} {clue.value} → {gave}"
    if not decision.clues:
        stated = ", ".join(decision.jurisdictions)
        yield f"  {word('stated_law', language)}: {stated}" if stated else f"  {word('nothing', language)}"


def _duty(duty: Duty, texts: Texts) -> str:
    language = texts.language
    named = _NAMED.get(duty.code)
    if duty.code == "abandonment":
        value = abandonment_in_words(msgspec.convert(duty.value, Abandonment), phrases(language))
    else:
        value = _value(duty.value, language) if named is None else _names(named, duty.value, language)
    citation = texts.citation(duty.rule, duty.citation)
    return f"{word(f'duty.{duty.code}', language)}: {value}  [{duty.rule}; {citation}]"


def _language_name(code: str, language: str) -> str:
    return phrases(language).languages.get(code, code)


_NAMED: dict[str, Callable[[str, str], str]] = {
    "script_blocks": block_name, "script_bans": ban_name, "script_languages": _language_name,
}  # fmt: skip


def _names(named: Callable[[str, str], str], words: Any, language: str) -> str:
    """Text blocks of a script (an officer's own as written), classes of wording or languages, in words."""
    return ", ".join(named(word, language) for word in words)


def _value(value: object, language: str) -> str:
    """A duty's value in words; a structure as `name value` pairs, in its own terms where it has no words."""
    if value is True:
        return word("value.required", language)
    if isinstance(value, str):
        return word(f"value.{value}", language) if f"value.{value}" in names() else value
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        pairs = [(name, item) for name, item in value.items() if item]
        return "; ".join(f"{_label(name, language)} {_value(item, language)}" for name, item in pairs)
    return str(value)


def _label(name: str, language: str) -> str:
    return word(name, language) if name in ("shown", "prefixes", "banned_prefixes") else name
