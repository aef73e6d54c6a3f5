"""A place of which no law speaks opens by a policy only if the policy gives it hours, always and on every channel.

Without this a duty, a rule for sales or a rule of another century would make the place known, and so open it around the
clock: silence of the law is not permission, and neither is a policy that speaks of something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from cadencia.rules.effects import WEEKDAYS, minutes
from cadencia.rules.lint import Stacks
from cadencia.rules.load import Loaded
from cadencia.rules.model import ContactWindow, JurisdictionFile, Problem, Rule, Version

#: What a person is disturbed by; a letter lies until it is read.
_CHANNELS = frozenset(("call", "voicemail", "sms", "whatsapp", "email", "visit"))
_COLLECTION = frozenset(("collections", "servicing"))
_ALWAYS = date(2000, 1, 1)
_DAY_MINUTES = 1440
_NARROWING = (
    "actors", "initiators", "parties", "places", "debt_types", "stages", "when_facts", "unless_facts", "when_date",
)  # fmt: skip
_CURE = (
    "a policy that opens a place without law must give it hours: a contact_window for collections and servicing on "
    "call, voicemail, sms, whatsapp, email and visit, for everybody, in every version, the first from "
    '"2000-01-01" and none with until'
)


def opened_without_hours(loaded: Loaded) -> Iterator[Problem]:
    """Every place that no law on file speaks of and that a policy of `loaded` would open without such hours, at the
    line of the first section that names it."""
    law = Stacks(Loaded(tuple(file for file in loaded.files if not file.policy), {}, [], {}, loaded.unread))
    spoken_of = _spoken_of(loaded.files)
    named: dict[str, list[JurisdictionFile]] = {}
    for file in loaded.files:
        if file.policy and not file.everywhere:
            named.setdefault(file.jurisdiction, []).append(file)
    known = {file.jurisdiction for file in loaded.files if not file.policy and _in_force(file)}
    known |= {code for file in loaded.files for code in file.covers if _in_force(file)}
    for code, files in named.items():
        has_law = code in known and bool(law.of(code) & spoken_of)
        if not has_law and not any(_gives_hours(file) for file in files):
            message = f"no law on file speaks of collections there, and the policy leaves hours open; {_CURE}"
            yield Problem(path=files[0].path, line=files[0].place_line, where=f"places {code}", message=message)


def _spoken_of(files: Iterable[JurisdictionFile]) -> set[str]:
    """The jurisdictions whose own law in force says something of collections, and the places that such law covers."""
    found: set[str] = set()
    for file in files:
        rules = [] if file.policy else [rule for version in _in_force(file) for rule in version.rules]
        if any(_COLLECTION & set(rule.purposes) for rule in rules):
            found |= {file.jurisdiction, *file.covers}
    return found


def _in_force(file: JurisdictionFile) -> list[Version]:
    return [version for version in file.versions if version.status == "in_force"]


def _gives_hours(file: JurisdictionFile) -> bool:
    """Has the section, on every day since 2000 and to come, hours on all channels that disturb?"""
    versions = _in_force(file)
    if not versions or versions[0].from_ > _ALWAYS or versions[0].known_since is not None:
        return False
    return all(version.until is None and _closes(version) for version in versions)


def _closes(version: Version) -> bool:
    """Is there no channel, party or actor without hours, and no day without a closed minute?"""
    covered: set[str] = set()
    for rule in version.rules:
        if _binds_everybody(rule):
            covered |= set(rule.channels) or _CHANNELS
    return covered >= _CHANNELS


def _binds_everybody(rule: Rule) -> bool:
    body = rule.body
    if not isinstance(body, ContactWindow) or body.clock or any(getattr(rule, name) for name in _NARROWING):
        return False
    days = [getattr(body, day) for day in WEEKDAYS] + [body.holiday or ()]
    return set(rule.purposes) >= _COLLECTION and all(len(minutes(day)) < _DAY_MINUTES for day in days)
