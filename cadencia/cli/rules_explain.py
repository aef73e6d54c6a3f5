"""`cadencia rules explain`: the law in force in a place on a day, that day's opening hours, and whether it is open."""

from __future__ import annotations

import argparse
import sys
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from cadencia.cli.paragraphs import line_width, wrapped
from cadencia.cli.rules_list import in_force
from cadencia.cli.rules_scope import Scope, UsageError, open_scope
from cadencia.cli.strip import CELLS, OPEN, PART, SCALE, SHUT, figures, strip
from cadencia.engine.decide import Engine
from cadencia.engine.decision import Decision
from cadencia.engine.query import Query
from cadencia.engine.tables import Rulebook, WindowCheck
from cadencia.engine.words import Channel
from cadencia.rules.compile import CompileError, compile_rulebook
from cadencia.rules.explain import phrases, reason_text, retry_text, sentence
from cadencia.rules.lint import with_ends
from cadencia.rules.model import JurisdictionFile, RuleTest, Version
from cadencia.rules.trial import cases_of

_DAY_MINUTES = 1440
_NOON = 12
_NARROWEST_BESIDE = 24  # columns that text beside a strip needs
_DAY_0 = date(2000, 1, 1)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TERMS: dict[str, dict[str, str]] = {
    "en": {
        "in_force": "Law in force on {day}", "from": "in force from {day}", "until": "until {day}", "cite": "Source",
        "reading": "Reading", "force": "Force", "unreviewed": "not reviewed by counsel",
        "reviewed": "reviewed by {by} on {on}", "hours": "Opening hours on {day}, {zone} (an ordinary debt)",
        "closed_all_day": "closed all day", "open": "{at}: open for {noun} on an ordinary debt.",
        "shut": "{at}: closed for {noun} on an ordinary debt.", "opens": "Opens {at}.",
        "none": "No law in force.", "holiday": "public holiday",
        "covered": "{code} has no law of its own on file; that of {parents} holds there.",
        "zones": "{code} has several time zones: for the opening hours add --zone with one of: {zones}",
    },
    "es": {
        "in_force": "Normas vigentes el {day}", "from": "vigente desde {day}", "until": "hasta {day}", "cite": "Fuente",
        "reading": "Lectura (en el idioma del archivo)", "force": "Fuerza", "unreviewed": "sin revisar por un abogado",
        "reviewed": "revisado por {by} el {on}", "hours": "Horario del {day}, {zone} (una deuda corriente)",
        "closed_all_day": "cerrado todo el día", "open": "{at}: abierto para {noun} por una deuda corriente.",
        "shut": "{at}: cerrado para {noun} por una deuda corriente.", "opens": "Abre {at}.",
        "none": "Ninguna norma vigente.", "holiday": "festivo",
        "covered": "{code} no tiene norma propia en los archivos; rige la de {parents}.",
        "zones": "{code} tiene varias zonas horarias: para ver el horario agregue --zone con una de: {zones}",
    },
    "pt": {
        "in_force": "Normas em vigor em {day}", "from": "em vigor desde {day}", "until": "até {day}", "cite": "Fonte",
        "reading": "Leitura (no idioma do arquivo)", "force": "Força", "unreviewed": "não revisado por advogado",
        "reviewed": "revisado por {by} em {on}", "hours": "Horário de {day}, {zone} (uma dívida comum)",
        "closed_all_day": "fechado o dia todo", "open": "{at}: aberto para {noun} por uma dívida comum.",
        "shut": "{at}: fechado para {noun} por uma dívida comum.", "opens": "Abre {at}.",
        "none": "Nenhuma norma em vigor.", "holiday": "feriado",
        "covered": "{code} não tem norma própria nos arquivos; vale a de {parents}.",
        "zones": "{code} tem vários fusos horários: para ver o horário acrescente --zone com um de: {zones}",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The place, the zone and the minute that are asked about."""

    code: str
    zone: str  # "" when the place has several and none is chosen: then there are no hours to show
    zones: tuple[str, ...]
    local: datetime
    whole_day: bool
    channel: str
    language: str


def explain(args: argparse.Namespace) -> int:
    """0 when the law of the place could be told, 1 when its files have mistakes."""
    scope = _scope(args.root, args.code)
    try:
        rulebook = compile_rulebook(scope.loaded)
    except CompileError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    code = args.code.upper()
    if code not in rulebook.jurisdictions:
        raise UsageError(f"{args.code} is no jurisdiction; one of: {', '.join(sorted(rulebook.jurisdictions))}")
    if args.channel not in Channel.__members__:
        raise UsageError(f"{args.channel} is not a channel; one of: {', '.join(Channel.__members__)}")
    engine = Engine(rulebook)
    asked = _asked(args, code, engine)
    lines = [*_law(asked, scope, rulebook), ""]
    if asked.zone:
        lines += _hours(asked, scope, engine)
        if not asked.whole_day:
            lines += ["", *_verdict(asked, _query(asked, scope, rulebook, asked.local, asked.channel), engine)]
    else:
        lines.append(_TERMS[asked.language]["zones"].format(code=code, zones=", ".join(asked.zones)))
    width = line_width()
    sys.stdout.write("\n".join(part for line in lines for part in _on_paper(line, width)) + "\n")
    return 0


def _on_paper(line: str, width: int) -> Iterator[str]:
    """The line within the width: what follows a strip stays to its right, other text hangs a little."""
    text = line.lstrip()
    indent = line[: len(line) - len(text)]
    if not text:
        return iter([""])
    beside = len(indent) + CELLS + 2
    is_strip = set(text[:CELLS]) <= {OPEN, PART, SHUT} and width >= beside + _NARROWEST_BESIDE
    return wrapped(text, width, indent, " " * beside if is_strip else f"{indent}  ")


def _scope(root: Path | None, code: str) -> Scope:
    """The files of the place; of its country, when the law of a place above is said to cover it."""
    try:
        return open_scope(root, code)
    except UsageError:
        country, dash, _ = code.partition("-")
        if not dash:
            raise
        scope = open_scope(root, country)
        if not any(code.upper() in file.covers for file in scope.files):
            raise
        return scope


def _asked(args: argparse.Namespace, code: str, engine: Engine) -> Asked:
    at, whole_day = _instant(args.at)
    zones = tuple(_zones(args.zone, code, engine))
    fitting = zones
    if isinstance(at, datetime) and args.at:
        # an offset in the question tells which of several zones is meant
        fitting = tuple(z for z in zones if at.astimezone(zoneinfo.ZoneInfo(z)).utcoffset() == at.utcoffset())[:1]
    zone = fitting[0] if len(fitting) == 1 else zones[0] if len(zones) == 1 else ""
    clock = zoneinfo.ZoneInfo(zone) if zone else UTC
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day, _NOON, tzinfo=clock)
    elif zone:
        at = at.astimezone(clock)
    return Asked(code, zone, zones, at, whole_day, args.channel, args.lang)


def _instant(text: str | None) -> tuple[datetime | date, bool]:
    """What --at says, and whether it is a whole day; UsageError for a time without offset."""
    if text is None:
        return datetime.now(UTC), False
    try:
        if len(text) == len("2026-05-18"):
            return date.fromisoformat(text), True
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--at {text} is no time; write 2026-05-18 or 2026-05-18T09:00-05:00") from None
    if at.tzinfo is None:
        raise UsageError(f"--at {text} has no offset; write for example {text}-05:00")
    return at, False


def _zones(stated: str | None, code: str, engine: Engine) -> list[str]:
    rulebook = engine.rulebook
    if stated is not None:
        if rulebook.zone_links.get(stated, stated) not in rulebook.zones:
            raise UsageError(f"--zone {stated} is not a zone; write an IANA name, for example America/New_York")
        return [stated]
    own = rulebook.jurisdictions[code].timezone
    if own:
        return [own]
    country, _, rest = code.partition("-")
    found = engine.locator.locate(country=country, region=f"{country}-{rest.partition('-')[0]}" if rest else None)
    if not found.zones:
        raise UsageError(f"the time zone of {code} is not known; add --zone, for example --zone America/New_York")
    return sorted(found.zones)


# --- the law ------------------------------------------------------------------------------------------------------


def _stack(asked: Asked, scope: Scope, rulebook: Rulebook) -> Iterator[tuple[JurisdictionFile, Version, date | None]]:
    """The versions in force that day, the place's own first, then its parents'."""
    for code in (asked.code, *rulebook.jurisdictions[asked.code].parents):
        for file in scope.loaded.files:
            for version, ends in with_ends(file):
                if file.jurisdiction == code and in_force(version, ends, asked.local.date()):
                    yield file, version, ends


def _law(asked: Asked, scope: Scope, rulebook: Rulebook) -> Iterator[str]:
    terms, p = _TERMS[asked.language], phrases(asked.language)
    yield terms["in_force"].format(day=asked.local.date()) + f" - {asked.code}"
    if not any(file.jurisdiction == asked.code for file in scope.loaded.files):
        parents = p.both(list(rulebook.jurisdictions[asked.code].parents))
        yield terms["covered"].format(code=asked.code, parents=parents)
        for file in scope.loaded.files:
            if asked.code in file.covers and file.covers_reading:
                yield f"  {terms['reading']}: {file.covers_reading}"
    found = False
    for file, version, ends in _stack(asked, scope, rulebook):
        found = True
        review = terms["unreviewed"]
        if version.reviewed_by:
            review = terms["reviewed"].format(by=version.reviewed_by, on=version.reviewed_on)
        until = f" {terms['until'].format(day=ends)}" if ends else ""
        since = terms["from"].format(day=version.from_)
        yield ""
        yield f"{file.title} ({file.path}; {since}{until}; {review})"
        for rule in version.rules:
            yield f"  {rule.name}: {sentence(rule, asked.language)}"
            yield f"      {terms['cite']}: {rule.cite}. {terms['force']}: {p.forces[rule.force]}."
            if rule.reading:
                yield f"      {terms['reading']}: {rule.reading}"
    if not found:
        yield terms["none"]


# --- the hours ----------------------------------------------------------------------------------------------------


def _hours(asked: Asked, scope: Scope, engine: Engine) -> Iterator[str]:
    """The strip of every channel, channels with the same hours together."""
    terms, p = _TERMS[asked.language], phrases(asked.language)
    holiday = f" - {terms['holiday']}" if _is_holiday(asked, engine.rulebook) else ""
    yield terms["hours"].format(day=asked.local.date(), zone=asked.zone) + holiday
    by_hours: dict[tuple[tuple[int, int], ...], list[str]] = {}
    for channel in Channel.__members__:
        by_hours.setdefault(tuple(open_spans(asked, scope, engine, channel)), []).append(p.channels[channel].many)
    yield f"  {SCALE}"
    for spans, names in by_hours.items():
        yield f"  {strip(spans)}  {figures(spans) or terms['closed_all_day']}  {p.both(names)}"


def _is_holiday(asked: Asked, rulebook: Rulebook) -> bool:
    """Is the day in a holiday calendar that some rule of the place or its parents reads?"""
    day = (asked.local.date() - _DAY_0).days
    stack = (asked.code, *rulebook.jurisdictions[asked.code].parents)
    used = {rule.calendar for rule in rulebook.rules if rule.jurisdiction in stack and rule.calendar >= 0}
    offsets = [
        (calendar.bits, day - calendar.first_day, calendar.n_days)
        for calendar in map(rulebook.calendars.__getitem__, used)
    ]
    return any(0 <= i < n and bits[i // 8] >> i % 8 & 1 for bits, i, n in offsets)


def open_spans(asked: Asked, scope: Scope, engine: Engine, channel: str) -> list[tuple[int, int]]:
    """The minutes of the local day at which no contact window blocks an ordinary contact on the channel. Between two
    minutes at which some window opens or closes nothing changes, so one question answers for the stretch."""
    edges = {0, _DAY_MINUTES, *_shifted(asked, _edges(engine.rulebook))}
    spans: list[tuple[int, int]] = []
    for start, end in zip(sorted(edges), sorted(edges)[1:], strict=False):
        decision = _ask(asked, scope, engine, channel, start)
        if decision is None or any(reason.kind in ("contact_window", "engine") for reason in decision.reasons):
            continue
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _edges(rulebook: Rulebook) -> dict[str, set[int]]:
    """Minutes at which hours open or close, by the clock that the law names ("" is the person's)."""
    found: dict[str, set[int]] = {"": set()}
    for rule in rulebook.rules:
        for check in rule.checks:
            if isinstance(check, WindowCheck):
                found.setdefault(rule.clock, set()).update(
                    minute for day in check.days if day for span in day for minute in span
                )
    return found


def _shifted(asked: Asked, by_clock: dict[str, set[int]]) -> set[int]:
    """The edges as minutes of the person's day."""
    here, shifted = asked.local.utcoffset() or timedelta(), set()
    for name, edges in by_clock.items():
        there = asked.local.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() if name else here
        ahead = int((here - (there or timedelta())).total_seconds() // 60)
        shifted |= {(edge + ahead) % _DAY_MINUTES for edge in edges}
    return shifted


def _ask(asked: Asked, scope: Scope, engine: Engine, channel: str, minute: int) -> Decision | None:
    """The answer at a minute of the local day; None for a minute that the clock skips."""
    local = asked.local.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0, fold=0)
    try:
        return engine.decide(_query(asked, scope, engine.rulebook, local, channel), language=asked.language)
    except ValueError:
        return None


def _query(asked: Asked, scope: Scope, rulebook: Rulebook, local: datetime, channel: str) -> Query:
    """An ordinary contact at that local time."""
    when = f"{_WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M} {asked.zone}"
    test = RuleTest(line=0, when=when, try_=channel, expect="allow")
    stack = (asked.code, *rulebook.jurisdictions[asked.code].parents)
    file = next(file for code in stack for file in scope.loaded.files if file.jurisdiction == code)
    return msgspec.structs.replace(cases_of(file, test, rulebook), jurisdictions=stack)


# --- the minute ---------------------------------------------------------------------------------------------------


def _verdict(asked: Asked, query: Query, engine: Engine) -> Iterator[str]:
    terms, p = _TERMS[asked.language], phrases(asked.language)
    # the instant itself, not its minute as the clock shows it: an hour that comes twice has two
    query = msgspec.structs.replace(query, at=asked.local.astimezone(UTC))
    decision = engine.decide(query, language=asked.language)
    at = f"{asked.local:%Y-%m-%d %H:%M} {asked.zone}"
    yield terms["open" if decision.allowed else "shut"].format(at=at, noun=p.channels[asked.channel].many)
    compiled = {rule.id: rule for rule in engine.rulebook.rules}
    for reason in decision.reasons:
        rule = compiled.get(reason.rule)
        why = reason_text(rule, asked.language) if rule else reason.message
        yield f"  {reason.rule}: {why}{f' ({reason.citation})' if reason.citation else ''}"
    if decision.retry_at is None:
        yield f"  {retry_text(decision.retry, asked.language)}"
    elif not decision.allowed:
        opens = decision.retry_at.astimezone(zoneinfo.ZoneInfo(asked.zone))
        yield f"  {terms['opens'].format(at=f'{opens:%Y-%m-%d %H:%M %Z}')}"
