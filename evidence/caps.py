"""The rules of a rulebook as a pack tells of them: what they say, and caps that are simple enough to be counted
again."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from cadencia.engine.tables import CompiledRule, CountCheck, Rulebook, Zone
from cadencia.engine.words import Subject, WindowUnit
from cadencia.rules.translations import Translations

_DAY_0 = date(2000, 1, 1).toordinal()
_FIRST = (date(2020, 1, 1).toordinal() - _DAY_0) * 86_400
_LAST = (date(2060, 1, 1).toordinal() - _DAY_0) * 86_400
_RECOUNTED = {WindowUnit.seconds, WindowUnit.civil_days, WindowUnit.week, WindowUnit.month, WindowUnit.lifetime}
_ALL_SAME = 1 << Subject.debt | 1 << Subject.creditor | 1 << Subject.address


def told_rules(
    rulebook: Rulebook, translations: Iterable[Translations] = ()
) -> dict[str, dict[str, dict[str, object]]]:
    """Rule id -> day from which the version is in force -> what is told of it: in these languages, too, where it has
    been translated."""
    found: dict[str, dict[str, dict[str, object]]] = {}
    for rule in rulebook.rules:
        found.setdefault(rule.id, {})[version_day(rule)] = {
            "title": rule.title, "cite": rule.cite, "reading": rule.reading, "force": rule.force, "file": rule.file,
            "line": rule.line, "reviewed": rule.reviewed, "sentences": rule.sentences,
            "readings": _translated(rule, rule.reading, translations),
            "cites": _translated(rule, rule.cite, translations),
        }  # fmt: skip
    return found


def _translated(rule: CompiledRule, text: str, translations: Iterable[Translations]) -> dict[str, str]:
    said = ((one.language, one.text(rule.file, text)) for one in translations)
    return {language: found.text for language, found in said if found.language == language and found.text}


def simple_caps(rulebook: Rulebook) -> dict[str, dict[str, dict[str, object]]]:
    """The same keys -> the count that the rule makes, of rules that make one and that verify.py can make: no business
    days, none after another event, since a date, of one kind of place, or over other persons' attempts, of whom
    nothing is in a pack."""
    found: dict[str, dict[str, dict[str, object]]] = {}
    for rule in rulebook.rules:
        counts = [check for check in rule.checks if isinstance(check, CountCheck)]
        if len(counts) == 1 and _is_simple(counts[0]):
            found.setdefault(rule.id, {})[version_day(rule)] = _cap(rule, counts[0])
    return found


def version_day(rule: CompiledRule) -> str:
    """The first day of a rule's version, 0001-01-01 for one that was always in force."""
    return date.fromordinal(max(rule.from_day + _DAY_0, 1)).isoformat()


def zone_spans(rulebook: Rulebook) -> dict[str, list[tuple[int, int]]]:
    """Zone or alias -> (from when, in seconds since 2000; seconds ahead of UTC), as far as evidence can reach."""
    spans = {name: _spans(zone) for name, zone in rulebook.zones.items()}
    return spans | {alias: spans[name] for alias, name in rulebook.zone_links.items()}


def _spans(zone: Zone) -> list[tuple[int, int]]:
    starts = struct.unpack(f"<{len(zone.starts) // 8}q", zone.starts)
    offsets = struct.unpack(f"<{len(zone.offsets) // 4}i", zone.offsets)
    ends = [*(later for _, later in pairwise(starts)), zone.ends]
    found = zip(starts, offsets, ends, strict=True)
    return [(max(start, _FIRST), offset) for start, offset, end in found if end > _FIRST and start < _LAST]


def _is_simple(check: CountCheck) -> bool:
    return (
        check.unit in _RECOUNTED and not check.after_first and check.since_date < 0 and not check.same & ~_ALL_SAME
        and check.wider < 0
    )  # fmt: skip


def _cap(rule: CompiledRule, check: CountCheck) -> dict[str, object]:
    return {
        "at_most": check.at_most, "unit": WindowUnit(check.unit).name, "n": check.n, "kinds": check.kinds,
        "channels": check.channels, "other_channels": check.other_channels, "parties": check.parties,
        "places": check.places, "actors": check.actors, "purposes": check.purposes, "direction": check.direction,
        "skip_consented": check.skip_consented, "same": check.same, "clock": rule.clock,
    }  # fmt: skip
