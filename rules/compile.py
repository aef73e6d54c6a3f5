"""Jurisdiction files compiled to the engine's tables: numbers, masks, calendars and zones, with one hash over all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date

import msgspec
import phonenumbers

from cadencia.engine.tables import ANY, FIRST_DAY, LAST_DAY, Calendar, CompiledRule, Jurisdiction, Rulebook
from cadencia.engine.words import DATES, Actor, Channel, DebtType, Initiator, Party, Place, Purpose, Stage, bit_of_fact
from cadencia.rules import compile_checks
from cadencia.rules.calendars import CalendarError, compile_calendar
from cadencia.rules.circles import ancestors
from cadencia.rules.explain import sentence
from cadencia.rules.load import Loaded
from cadencia.rules.model import HolidayFile, JurisdictionFile, Rule, Version
from cadencia.rules.zones import compile_zones

LANGUAGES = ("es", "en", "pt")
_EPOCH = date(2000, 1, 1).toordinal()
_SELECTORS: dict[str, type] = {
    "channels": Channel, "actors": Actor, "purposes": Purpose, "initiators": Initiator, "parties": Party,
    "places": Place, "debt_types": DebtType, "stages": Stage,
}  # fmt: skip


class CompileError(ValueError):
    """The files do not make a rulebook; `rules check` says where and why."""


def compile_rulebook(
    loaded: Loaded,
    *,
    known_at: date | None = None,
    include_drafts: bool = False,
    calendar: Callable[[HolidayFile], Calendar] = compile_calendar,
    places: Callable[[Iterable[str]], dict[str, bytes]] | None = None,
    locates: bool = True,
) -> Rulebook:
    """The rulebook of all versions in force (and drafts, if asked), as known on `known_at` (default: all we know).
    Without `locates` it has no tables to find places by, which take most of the time: every query must then state its
    jurisdictions and zones; `places` makes them (default: compile_places). CompileError when a file has mistakes."""
    errors = [problem for problem in loaded.problems if problem.severity == "error"]
    if errors:
        raise CompileError("\n".join(str(problem) for problem in errors))
    names = sorted({file.holidays for file in loaded.files if file.holidays})
    missing = [name for name in names if name not in loaded.holidays]
    if missing:
        raise CompileError(f"no holiday calendar {', '.join(missing)} in jurisdictions/holidays")
    try:
        calendars = tuple(calendar(loaded.holidays[name]) for name in names)
    except CalendarError as problem:
        raise CompileError(str(problem)) from None
    zones, links, release = compile_zones()
    # a bill alone is no law: a place that has nothing else stays unknown
    binding = [file for file in loaded.files if _taken(file, known_at, include_drafts) and not file.everywhere]
    jurisdictions = _jurisdictions(binding)
    slots = compile_checks.CallerSlots()
    rules: list[CompiledRule] = []
    for file in (file for file in loaded.files if not file.everywhere or file.jurisdiction in jurisdictions):
        rules.extend(_rules_of(file, names, slots, known_at, include_drafts))
    digest = hashlib.sha256()
    for part in (loaded.digest.encode(), release.encode(), msgspec.msgpack.encode((rules, calendars))):
        digest.update(hashlib.sha256(part).digest())
    return Rulebook(
        hash="sha256:" + digest.hexdigest(),
        rules=tuple(rules),
        jurisdictions=jurisdictions,
        calendars=calendars,
        zones=zones,
        zone_links=links,
        zone_version=release,
        places=(places or place_tables)(jurisdictions) if locates else {},
    )


def place_tables(jurisdictions: Iterable[str]) -> dict[str, bytes]:
    """The tables to find places by. Their makers are large packages, read only when they are needed."""
    from cadencia.rules.places import compile_places

    return compile_places(jurisdictions)


def parents_of(file: JurisdictionFile) -> tuple[str, ...]:
    """The parents that the code's own prefix and the file name: US for US-MA; US-NY for US-NY-NYC."""
    prefix = file.jurisdiction.rpartition("-")[0]
    return (*((prefix,) if prefix else ()), *file.parents)


def _jurisdictions(files: Iterable[JurisdictionFile]) -> dict[str, Jurisdiction]:
    direct: dict[str, tuple[str, ...]] = {}
    first: dict[str, JurisdictionFile] = {}
    for file in files:
        first.setdefault(file.jurisdiction, file)
        direct[file.jurisdiction] = tuple(dict.fromkeys((*direct.get(file.jurisdiction, ()), *parents_of(file))))
    zones = {file.jurisdiction: file.timezone for file in reversed(list(files)) if file.timezone}
    found = {
        code: Jurisdiction(code=code, title=file.title, parents=_stack(code, direct), timezone=zones.get(code, ""))
        for code, file in first.items()
    }
    covered = {code: found[file.jurisdiction] for file in files for code in file.covers if code not in found}
    found |= {
        code: Jurisdiction(code=code, title=parent.title, parents=(parent.code, *parent.parents), timezone="")
        for code, parent in covered.items()
    }
    return dict(sorted(found.items()))


def _stack(code: str, direct: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(one for one in ancestors(code, direct) if one in direct and one != code)


def _rules_of(
    file: JurisdictionFile, calendars: list[str], slots: compile_checks.CallerSlots, known_at: date | None, drafts: bool
) -> list[CompiledRule]:
    versions = _taken(file, known_at, drafts)
    out: list[CompiledRule] = []
    for version, following in zip(versions, [*versions, None][1:], strict=True):
        until = min([v for v in (version.until, following.from_ if following else None) if v], default=None)
        out.extend(_compiled(file, version, rule, until, calendars, slots) for rule in version.rules)
    return out


def _taken(file: JurisdictionFile, known_at: date | None, drafts: bool) -> list[Version]:
    """The versions that count, by the day they begin: no drafts unless asked, nothing learned of after `known_at`."""
    taken = (v for v in file.versions if (drafts or v.status == "in_force") and _known(v, known_at))
    return sorted(taken, key=lambda version: version.from_)


def _known(version: Version, known_at: date | None) -> bool:
    return known_at is None or version.known_since is None or version.known_since <= known_at


def _compiled(
    file: JurisdictionFile, version: Version, rule: Rule, until: date | None, calendars: list[str],
    slots: compile_checks.CallerSlots,
) -> CompiledRule:  # fmt: skip
    selectors = {name: mask(words, getattr(rule, name)) for name, words in _SELECTORS.items()}
    compiled = compile_checks.compile_body(rule, slots, calling_code(file.jurisdiction))
    for name, narrowed in compiled.selectors.items():
        selectors[name] &= narrowed
    stem = file.path.rpartition("/")[2].removesuffix(".yaml")
    clock = getattr(rule.body, "clock", "")
    return CompiledRule(
        id=f"{file.jurisdiction}.{stem}.{rule.name}",
        kind=rule.kind,
        jurisdiction=file.jurisdiction,
        file=file.path,
        line=rule.line,
        title=file.title,
        cite=rule.cite,
        reading=rule.reading,
        force=rule.force,
        reviewed=bool(version.reviewed_by or file.policy),  # no counsel need read what is no law
        from_day=day(version.from_, FIRST_DAY),
        until_day=day(until, LAST_DAY),
        known_day=day(version.known_since, FIRST_DAY),
        when=facts(rule.when_facts),
        unless=facts(rule.unless_facts),
        gate_date=DATES.index(rule.when_date) if rule.when_date else -1,
        gate_from=FIRST_DAY if rule.when_at_least_days is None else rule.when_at_least_days,
        gate_to=LAST_DAY if rule.when_at_most_days is None else rule.when_at_most_days,
        calendar=calendars.index(file.holidays) if file.holidays else -1,
        clock=clock,
        checks=compiled.checks,
        obligations=compiled.obligations,
        sentences={language: sentence(rule, language) for language in LANGUAGES},
        **selectors,
    )


def mask(words: type, chosen: tuple[str, ...]) -> int:
    """The mask of these words of a vocabulary; none chosen selects all."""
    return sum(1 << int(words[name]) for name in chosen) if chosen else ANY  # type: ignore[index, misc]


def facts(names: tuple[str, ...]) -> int:
    """The 128-bit mask of these facts."""
    return sum(1 << bit_of_fact(name) for name in names)


def day(value: date | None, missing: int) -> int:
    """Days since 2000-01-01."""
    return missing if value is None else value.toordinal() - _EPOCH


def calling_code(jurisdiction: str) -> str:
    """ "+56" for CL and its regions; empty where a layer has none (EU)."""
    code = phonenumbers.country_code_for_region(jurisdiction.partition("-")[0])
    return f"+{code}" if code else ""
