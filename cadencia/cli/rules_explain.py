"""`cadencia rules explain` and `show`: the law of a place on a day and that day's opening hours, as sentences.

`explain` answers whether it is open, and why; `show` is the officer's view of all that is on file.
"""

from __future__ import annotations

import argparse
import sys
import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from cadencia.cli.law_text import LawText, hours_text
from cadencia.cli.paragraphs import line_width, wrapped
from cadencia.cli.rules_scope import Scope, UsageError, code_of, open_scope, switched_on
from cadencia.cli.strip import CELLS, OPEN, PART, SHUT
from cadencia.engine.decide import Engine
from cadencia.engine.words import Channel
from cadencia.pages.words import Words
from cadencia.rules.binding import stack_of
from cadencia.rules.compile import CompileError, compile_rulebook
from cadencia.rules.explain import phrases, reason_text, retry_text
from cadencia.rules.opening import Contact, Place, place_of, query_at
from cadencia.rules.translations import read_translations

_NOON = 12
_YEARS = range(1900, 2099)  # with a margin: the next opening is looked for 400 days ahead, and zones end in 2100
_NARROWEST_BESIDE = 24  # columns that text beside a strip needs
_TERMS: dict[str, dict[str, str]] = {
    "en": {
        "open": "{at}: open for {noun} on an ordinary debt.", "shut": "{at}: closed for {noun} on an ordinary debt.",
        "opens": "Opens {at}.",
    },
    "es": {
        "open": "{at}: abierto para {noun} por una deuda corriente.",
        "shut": "{at}: cerrado para {noun} por una deuda corriente.", "opens": "Abre {at}.",
    },
    "pt": {
        "open": "{at}: aberto para {noun} por uma dívida comum.",
        "shut": "{at}: fechado para {noun} por uma dívida comum.", "opens": "Abre {at}.",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The place, the zone and the minute that are asked about."""

    code: str
    zone: str  # "" when the place has several and none is chosen: then there are no hours to show
    zones: tuple[str, ...]  # none: a layer such as the EU, or a place with nothing but a bill
    local: datetime
    whole_day: bool
    channel: str
    language: str


def explain(args: argparse.Namespace) -> int:
    """What binds, and whether it is open. 0 when the law of the place could be told, 1 when its files have mistakes."""
    return _tell(args, whole=False)


def show(args: argparse.Namespace) -> int:
    """All that is on file for the place: what binds on the day, what did, will and would. Exit codes as `explain`."""
    return _tell(args, whole=True)


def _tell(args: argparse.Namespace, *, whole: bool) -> int:
    code = code_of(args.code).upper()
    scope = _scope(args.root, code, switched_on(args.policy))
    try:
        rulebook = compile_rulebook(scope.loaded)
    except CompileError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    on_file = whole and any(file.jurisdiction == code for file in scope.loaded.files)  # a bill alone binds nobody
    if code not in rulebook.jurisdictions and not on_file:
        raise UsageError(f"{code} is no jurisdiction; one of: {', '.join(sorted(rulebook.jurisdictions))}")
    if args.channel not in Channel.__members__:
        raise UsageError(f"{args.channel} is not a channel; one of: {', '.join(Channel.__members__)}")
    engine = Engine(rulebook)
    asked = _asked(args, code, engine, zone_needed=not whole)
    text = LawText(code, asked.local.date(), scope.loaded, rulebook, read_translations(scope.root, asked.language))
    lines = [*text.binding(), ""]
    if asked.zone:
        place = place_of(stack_of(code, rulebook), asked.zone, scope.loaded.files)
        lines += hours_text(engine, place, asked.local.date(), scope.loaded, asked.language)
        if not whole and not asked.whole_day:
            lines += ["", *_verdict(asked, place, engine)]
    elif asked.zones:
        lines.append(Words(asked.language).say("zones", code=code, zones=", ".join(asked.zones)))
    print_lines([*lines, *text.elsewhen()] if whole else lines)
    return 0


def print_lines(lines: Iterable[str]) -> None:
    """Paragraphs and strips, each within the width."""
    width = line_width()
    sys.stdout.write("\n".join(part for line in lines for part in _on_paper(line, width)) + "\n")


def _on_paper(line: str, width: int) -> Iterator[str]:
    """The line within the width: what follows a strip stays to its right, other text hangs a little."""
    text = line.lstrip()
    indent = line[: len(line) - len(text)]
    if not text:
        return iter([""])
    beside = len(indent) + CELLS + 2
    is_strip = set(text[:CELLS]) <= {OPEN, PART, SHUT} and width >= beside + _NARROWEST_BESIDE
    return wrapped(text, width, indent, " " * beside if is_strip else f"{indent}  ")


def _scope(root: Path | None, code: str, policies: tuple[Path, ...]) -> Scope:
    """The files of the place; of its country, when the law of a place above is said to cover it, or a policy does."""
    try:
        return open_scope(root, code, policies)
    except UsageError:
        country, dash, _ = code.partition("-")
        if not dash:
            raise
        scope = open_scope(root, country, policies)
        if not any(code.upper() in (*file.covers, file.jurisdiction) for file in scope.loaded.files):
            raise
        return scope


def _asked(args: argparse.Namespace, code: str, engine: Engine, *, zone_needed: bool) -> Asked:
    at, whole_day = _instant(args.at)
    zones = tuple(_zones(args.zone, code, engine)) if code in engine.rulebook.jurisdictions else ()
    if zone_needed and not zones:
        raise UsageError(f"the time zone of {code} is not known; add --zone, for example --zone America/New_York")
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
    whole_day = len(text) == len("2026-05-18")
    try:
        at = date.fromisoformat(text) if whole_day else datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--at {text} is no time; write 2026-05-18 or 2026-05-18T09:00-05:00") from None
    if at.year not in _YEARS:
        cure = f"write a year from {_YEARS[0]} to {_YEARS[-1]}"
        raise UsageError(f"--at {text} is beyond what is known of clocks; {cure}")
    if isinstance(at, datetime) and at.tzinfo is None:
        raise UsageError(f"--at {text} has no offset; write for example {text}-05:00")
    return at, whole_day


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
    return sorted(found.zones)


# --- the minute ---------------------------------------------------------------------------------------------------


def _verdict(asked: Asked, place: Place, engine: Engine) -> Iterator[str]:
    terms, p = _TERMS[asked.language], phrases(asked.language)
    query = query_at(place, asked.local, Contact(asked.channel), engine.rulebook)
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
