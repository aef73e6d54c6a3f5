"""What changed between two sets of jurisdiction files, in the terms of the law: versions, rules, fields, and whether
each change tightens or loosens what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from cadencia.rules.effects import (
    KIND_ORDERS,
    SELECTOR_ORDERS,
    WEEKDAYS,
    Effect,
    fewer_words_tighter,
    hours_effect,
    more_words_tighter,
    not_compared,
    together,
    without_effect,
)
from cadencia.rules.explain import LANGUAGES, sentence
from cadencia.rules.load import Loaded
from cadencia.rules.model import (
    Abandonment,
    ContactWindow,
    Counted,
    Dialing,
    HolidayFile,
    JurisdictionFile,
    Rule,
    Version,
    Window,
)
from cadencia.rules.phrases import clock, elapsed

_FILE_FIELDS = ("jurisdiction", "title", "parents", "timezone", "holidays", "covers", "covers_reading")
_VERSION_FIELDS = ("until", "known_since", "status", "reviewed_by", "reviewed_on", "source", "checked", "confidence")
_CALENDAR_FIELDS = ("country", "subdivision", "categories", "weekly", "yearly", "weekend", "until")
_PLAIN = (str, int, float, bool, type(None))


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One difference. `what` is file, calendar, version, rule or field with _added, _removed or _changed behind it;
    `field` is the key of the rule language, dotted inside a kind."""

    what: str
    path: str
    effect: Effect
    jurisdiction: str = ""
    version: str = ""  # first day in force
    against: str = ""  # the version it is compared with, where that is another one
    draft: bool = False  # of a version that is not applied
    rule: str = ""
    field: str = ""
    old: Any = None
    new: Any = None
    # whole rules as sentences, by language: before a field of it changed or it was removed, and after or added
    said: dict[str, str] = msgspec.field(default_factory=dict)
    says: dict[str, str] = msgspec.field(default_factory=dict)


def diff(old: Loaded, new: Loaded) -> list[Change]:
    """Every difference in meaning, in the order of files, versions and rules; comments and lines make none."""
    changes = list(_files(_by_path(old), _by_path(new)))
    return changes + list(_calendars(old.holidays, new.holidays))


def unchanged_rules(old: Loaded, new: Loaded) -> int:
    """How many rules are in both, in the same version of the same file, with nothing changed."""
    before, after = _all_rules(old), _all_rules(new)
    return sum(1 for key, rule in after.items() if key in before and not list(_rule_fields(before[key], rule)))


def overall(changes: Iterable[Change]) -> Effect:
    """What all changes do together to what is allowed; drafts do nothing yet."""
    return together([change.effect for change in changes if not change.draft])


def _by_path(loaded: Loaded) -> dict[str, JurisdictionFile]:
    return {file.path: file for file in loaded.files}


def _all_rules(loaded: Loaded) -> dict[tuple[str, date, str], Rule]:
    return {
        (file.path, version.from_, rule.name): rule
        for file in loaded.files
        for version in file.versions
        for rule in version.rules
    }


# --- files and versions -------------------------------------------------------------------------------------------


def _files(old: dict[str, JurisdictionFile], new: dict[str, JurisdictionFile]) -> Iterator[Change]:
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        file = after or before
        if file is None:
            continue
        where = {"path": path, "jurisdiction": file.jurisdiction}
        if before is None or after is None:
            yield _whole("file", where, file.title, before is None, _binding(file))
        if before and after:
            yield from _file_fields(before, after, where)
        yield from _versions(before.versions if before else (), after.versions if after else (), where)


def _binding(file: JurisdictionFile) -> bool:
    return any(version.status == "in_force" and version.rules for version in file.versions)


def _whole(noun: str, where: dict[str, Any], value: Any, added: bool, binding: bool = True) -> Change:
    """Something added or removed whole: more law is tighter, unless nothing in it binds."""
    effect = (Effect.tightens if added else Effect.loosens) if binding else Effect.neutral
    slot = {"new": value} if added else {"old": value}
    return Change(what=f"{noun}_{'added' if added else 'removed'}", effect=effect, **where, **slot)


def _file_fields(old: JurisdictionFile, new: JurisdictionFile, where: dict[str, Any]) -> Iterator[Change]:
    # a place that no law covers is denied, so covering one allows more
    orders = {
        "title": without_effect, "parents": more_words_tighter,
        "covers": fewer_words_tighter, "covers_reading": without_effect,
    }  # fmt: skip
    for name in _FILE_FIELDS:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            effect = orders.get(name, not_compared)(before, after)
            yield Change(what="field_changed", field=name, old=plain(before), new=plain(after), effect=effect, **where)


def _versions(old: tuple[Version, ...], new: tuple[Version, ...], where: dict[str, Any]) -> Iterator[Change]:
    before, after = ({version.from_: version for version in versions} for versions in (old, new))
    for day in sorted(before.keys() | after.keys()):
        here = {**where, "version": day.isoformat(), "draft": (after.get(day) or before[day]).status == "draft"}
        if day in before and day in after:
            alone = len(old) == len(new) == 1
            yield from _version_fields(before[day], after[day], here, alone)
            yield from _rules(before[day].rules, after[day].rules, here)
            continue
        added = day in after
        # a new version takes over from the one before it; what it changes is the difference between the two
        siblings, version = (after, after[day]) if added else (before, before[day])
        previous = _previous(siblings, day)
        if previous is None:
            yield _whole("version", here, version.status, added, version.status == "in_force")
            yield from _rules(() if added else version.rules, version.rules if added else (), here)
            continue
        found = list(_rules(*_turned(previous.rules, version.rules, added), {**here, "against": str(previous.from_)}))
        effect = together([change.effect for change in found])
        noun = "version_added" if added else "version_removed"
        yield Change(what=noun, effect=effect, against=str(previous.from_), **here)
        yield from found


def _turned(first: Any, second: Any, forward: bool) -> tuple[Any, Any]:
    return (first, second) if forward else (second, first)


def _previous(versions: dict[date, Version], day: date) -> Version | None:
    """The version in force that a version of this day takes over from."""
    days = [other for other, version in versions.items() if other < day and version.status == "in_force"]
    return versions[max(days)] if days else None


def _version_fields(old: Version, new: Version, where: dict[str, Any], alone: bool) -> Iterator[Change]:
    for name in _VERSION_FIELDS:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        effect = Effect.neutral
        if name == "status" and old.rules + new.rules:
            effect = (Effect.tightens if after == "in_force" else Effect.loosens) if alone else Effect.unknown
        elif name == "until":
            effect = _until_effect(before, after) if alone else Effect.unknown
        draft = old.status == new.status == "draft"
        found = {**where, "draft": draft}
        yield Change(what="field_changed", field=name, old=plain(before), new=plain(after), effect=effect, **found)


def _until_effect(old: date | None, new: date | None) -> Effect:
    """Of the only version of a file: longer in force is tighter."""
    return Effect.tightens if (new or date.max) > (old or date.max) else Effect.loosens


# --- rules and fields ---------------------------------------------------------------------------------------------


def _rules(old: tuple[Rule, ...], new: tuple[Rule, ...], where: dict[str, Any]) -> Iterator[Change]:
    before, after = ({rule.name: rule for rule in rules} for rules in (old, new))
    for name in dict.fromkeys((*before, *after)):
        here: dict[str, Any] = {**where, "rule": name}
        if name in before and name in after:
            fields = list(_rule_fields(before[name], after[name]))
            if fields:
                here |= {"said": _sentences(before[name]), "says": _sentences(after[name])}
            for field, was, now, effect in fields:
                yield Change(what="field_changed", field=field, old=was, new=now, effect=effect, **here)
            continue
        rule = after.get(name) or before[name]
        here["says" if name in after else "said"] = _sentences(rule)
        yield _whole("rule", here, rule.kind, name in after)


def _sentences(rule: Rule) -> dict[str, str]:
    return {language: sentence(rule, language) for language in LANGUAGES}


def _rule_fields(old: Rule, new: Rule) -> Iterator[tuple[str, Any, Any, Effect]]:
    """(key, old, new, effect) of every field that differs."""
    if old.kind != new.kind:
        yield "kind", old.kind, new.kind, Effect.unknown
    elif isinstance(old.body, ContactWindow) and isinstance(new.body, ContactWindow):
        yield from _hours(old.body, new.body)
    if old.kind == new.kind:
        orders = KIND_ORDERS[old.kind]
        before, after = flat(old.body), flat(new.body)
        for key in dict.fromkeys((*before, *after)):
            was, now = before.get(key), after.get(key)
            if was != now:
                effect = orders.get(key, not_compared)(was, now)
                yield f"{old.kind}.{key}", plain(was), plain(now), effect
    for key, order in SELECTOR_ORDERS.items():
        was, now = getattr(old, key), getattr(new, key)
        if _differ(was, now):
            yield key, plain(was), plain(now), order(was, now)


def _differ(old: Any, new: Any) -> bool:
    """Do they differ? The order of words in a selector says nothing."""
    return set(old) != set(new) if isinstance(old, tuple) and isinstance(new, tuple) else bool(old != new)


def _hours(old: ContactWindow, new: ContactWindow) -> Iterator[tuple[str, Any, Any, Effect]]:
    """Changed hours, neighbouring days with the same change together."""
    groups: dict[tuple[Any, Any, Effect], list[str]] = {}
    for day in (*WEEKDAYS, "holiday"):
        before, after = getattr(old, day), getattr(new, day)
        effect = hours_effect(old, new, day)
        if before != after:
            groups.setdefault((before, after, effect), []).append(day)
    for (before, after, effect), days in groups.items():
        yield f"contact_window.{', '.join(days)}", _shown_hours(before), _shown_hours(after), effect


def _shown_hours(spans: tuple[tuple[int, int], ...] | None) -> str:
    if spans is None:
        return "as the weekday"
    return ", ".join(f"{clock(opens)}-{clock(closes)}" for opens, closes in spans) or "closed"


def flat(body: msgspec.Struct) -> dict[str, Any]:
    """The fields of a kind, those of what it counts and of its abandonment formula dotted; hours are left out."""
    found: dict[str, Any] = {}
    for name in body.__struct_fields__:
        value = getattr(body, name)
        if isinstance(body, ContactWindow) and name in (*WEEKDAYS, "holiday"):
            continue
        if isinstance(value, (Counted, Abandonment)):
            found |= {f"{name}.{key}": inner for key, inner in flat(value).items()}
        else:
            found[name] = tuple(sorted(value)) if isinstance(value, tuple) else value
    if isinstance(body, Dialing):
        found["abandonment"] = body.abandonment is not None
    return found


def plain(value: Any) -> Any:
    """A field's value as an officer writes it, ready for JSON."""
    if isinstance(value, Window):
        return shown_window(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, _PLAIN) else str(value)


def shown_window(window: Window) -> str:
    """A window as it is written in a file: "7 civil days", "48 hours"."""
    if window.undefined_week:
        return "{week: undefined}"
    if window.unit == "seconds":
        n, unit = elapsed(window.n)
        return f"{n} {unit}{'' if n == 1 else 's'}"
    if window.unit in ("civil_days", "business_days"):
        unit = window.unit.replace("_", " ")
        return f"{window.n} {unit.removesuffix('s') if window.n == 1 else unit}"
    return window.unit


# --- calendars ----------------------------------------------------------------------------------------------------


def _calendars(old: dict[str, HolidayFile], new: dict[str, HolidayFile]) -> Iterator[Change]:
    """Differences of holiday calendars. What a holiday does depends on the rules that read it."""
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            found = after or before
            path = found.path if found else ""
            noun = "calendar_added" if before is None else "calendar_removed"
            yield Change(what=noun, path=path, effect=Effect.unknown)
            continue
        where: dict[str, Any] = {"path": after.path, "effect": Effect.unknown}
        for key in ("add", "remove"):
            for day in sorted(getattr(before, key).keys() ^ getattr(after, key).keys()):
                slot: dict[str, Any] = {"new": day} if day in getattr(after, key) else {"old": day}
                yield Change(what="field_changed", field=key, **slot, **where)
        for key in _CALENDAR_FIELDS:
            was, now = getattr(before, key), getattr(after, key)
            if was != now:
                yield Change(what="field_changed", field=key, old=plain(was), new=plain(now), **where)
