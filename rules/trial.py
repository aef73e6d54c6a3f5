"""Do a version's embedded tests come out as their author expects? Each test becomes one query, put to an engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec

from cadencia.engine.clock import ZoneClock
from cadencia.engine.decision import Decision
from cadencia.engine.query import Event, Fact, Query
from cadencia.engine.reference import Verdict
from cadencia.engine.tables import Rulebook
from cadencia.rules.lint import rule_id
from cadencia.rules.load import Loaded
from cadencia.rules.model import JurisdictionFile, RuleTest, Version

#: An ordinary debt, see docs/rule-language.md.
_PLACES = {"call": "mobile", "voicemail": "mobile", "sms": "mobile", "whatsapp": "mobile", "visit": "home"}
_DAYS_PAST_DUE = 45
_DAYS_SINCE_NOTICE = 45
_TIMES = re.compile(r"x(\d+)")
_STAMP_WORDS = 3
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Outcome(msgspec.Struct, frozen=True):
    """What an engine answered, as a test needs it: allowed or not, and the rules that blocked."""

    allowed: bool
    by: tuple[str, ...]


class TrialResult(msgspec.Struct, frozen=True, kw_only=True):
    """One test run. `expected` and `got` are allow or deny; `by` all rules that blocked."""

    path: str
    line: int
    jurisdiction: str
    version: date
    status: str
    when: str
    channel: str
    ok: bool
    expected: str
    expected_by: str
    got: str
    by: tuple[str, ...]
    problem: str = ""  # why the test could not be run at all


def outcome(answer: Decision | Verdict) -> Outcome:
    """The answer of either engine in one form; the fast one's `decide`, or the reference's."""
    if isinstance(answer, Decision):
        return Outcome(answer.allowed, tuple(reason.rule for reason in answer.reasons))
    own = () if answer.code == "none" else (answer.code,)
    return Outcome(answer.allowed, (*own, *sorted(answer.reasons)))


def cases_of(file: JurisdictionFile, test: RuleTest, rulebook: Rulebook) -> Query:
    """The query that a test asks: an ordinary debt but for what the test says, under the file's jurisdiction and all
    its parents. ValueError when the zone is not known to the rulebook."""
    stamp = test.when.split()
    place = rulebook.jurisdictions.get(file.jurisdiction)
    zone = stamp[_STAMP_WORDS] if len(stamp) > _STAMP_WORDS else file.timezone
    if not zone and file.policy and place:
        zone = place.timezone  # a policy may leave the zone to the law of the place, or to its own earlier section
    if not zone:
        raise ValueError('the test names no zone and the file has timezone: person; write "… 10:00 America/New_York"')
    at = local_instant(stamp, zone, rulebook)
    today = date.fromisoformat(stamp[1])
    stated = {name: date.fromisoformat(day) for name, day in test.dates.items()}
    return Query(
        channel=test.try_, at=at, zone=zone, zones=(zone,),
        jurisdictions=(file.jurisdiction, *(place.parents if place else ())),
        actor=test.actor, purpose=test.purpose, party=test.party, initiator=test.initiator,
        place=test.place or _PLACES.get(test.try_, "unknown"), debt_type=test.debt_type, stage=test.stage,
        debt="A", creditor="A", address="A", facts=_facts(test), dates=_ordinary_dates(today, test) | stated,
        numbers=dict(test.numbers), history=tuple(_events(test, zone, rulebook)), caller_id=_shown(test.caller_id),
    )  # fmt: skip


def _shown(caller_id: str) -> str | None:
    """The caller id as the engine takes it: withheld is the empty string, None is not stated."""
    return "" if caller_id == "withheld" else caller_id or None


def _ordinary_dates(today: date, test: RuleTest) -> dict[str, date]:
    dates = {"due_date": today - timedelta(days=_DAYS_PAST_DUE)}
    if "not written_notice" not in test.facts:
        dates["notice_sent"] = today - timedelta(days=_DAYS_SINCE_NOTICE)
    return dates


def _facts(test: RuleTest) -> tuple[Fact, ...]:
    stated = {name.removeprefix("not "): not name.startswith("not ") for name in test.facts}
    return tuple(Fact(name=name, value=value) for name, value in ({"written_notice": True} | stated).items())


def local_instant(stamp: list[str], zone: str, rulebook: Rulebook) -> datetime:
    """The instant of "Fri 2026-03-06 18:59" on a zone's clock; the first pass of an hour that comes twice. ValueError
    for a zone that the rulebook lacks, or a minute that the clock skips."""
    data = rulebook.zones.get(rulebook.zone_links.get(zone, zone))
    if data is None:
        raise ValueError(f"{zone} is not a zone of the rulebook; write an IANA name")
    hour, minute = map(int, stamp[2].split(":"))
    found = ZoneClock(data).instants_at((date.fromisoformat(stamp[1]) - _EPOCH.date()).days, hour * 3600 + minute * 60)
    if not found:
        raise ValueError(
            f"{' '.join(stamp[:_STAMP_WORDS])} does not exist in {zone}, its clock skips it; write another"
        )
    return _EPOCH + timedelta(seconds=found[0])


def _events(test: RuleTest, zone: str, rulebook: Rulebook) -> Iterator[Event]:
    for text in test.after:
        words = text.split()
        times, event = _event(words, local_instant(words[:_STAMP_WORDS], zone, rulebook))
        yield from [event] * times


def _event(words: list[str], at: datetime) -> tuple[int, Event]:
    """One event as written behind `after`, and how many times it happened."""
    channel, kind, rest = words[3], words[4], words[5:]
    fields: dict[str, str | bool] = {"debt": "A", "creditor": "A", "address": "A"}
    fields["place"] = _PLACES.get(channel, "unknown")
    times = 1
    while rest:
        word = rest.pop(0)
        if repeated := _TIMES.fullmatch(word):
            times = int(repeated.group(1))
        elif word in ("inbound", "consented"):
            fields[word] = True
        else:
            fields[word] = rest.pop(0)
    return times, msgspec.convert({"at": at, "channel": channel, "kind": kind, **fields}, Event)


def run(
    loaded: Loaded,
    decide: Callable[[Query], Decision | Verdict],
    rulebook: Rulebook,
    *,
    paths: frozenset[str] | None = None,
    statuses: tuple[str, ...] = ("in_force",),
) -> list[TrialResult]:
    """Every embedded test of the files (those at `paths`, or all) of versions with one of these statuses.

    `rulebook` is the one `decide` uses; drafts need one that was compiled with them.
    """
    return [
        _result(file, version, test, decide, rulebook)
        for file in loaded.files
        if paths is None or file.path in paths
        for version in file.versions
        if version.status in statuses
        for test in version.tests
    ]


def _result(
    file: JurisdictionFile, version: Version, test: RuleTest, decide: Callable[[Query], Decision | Verdict],
    rulebook: Rulebook,
) -> TrialResult:  # fmt: skip
    got, problem = Outcome(False, ()), ""
    try:
        got = outcome(decide(cases_of(file, test, rulebook)))
    except ValueError as error:
        problem = str(error)
    ok = (
        not problem and got.allowed == (test.expect == "allow") and (got.allowed or _is_by(test, file, version, got.by))
    )
    return TrialResult(
        path=file.path, line=test.line, jurisdiction=file.jurisdiction, version=version.from_, status=version.status,
        when=test.when, channel=test.try_, ok=ok, expected=test.expect, expected_by=test.by,
        got="allow" if got.allowed else "deny", by=got.by, problem=problem,
    )  # fmt: skip


def _is_by(test: RuleTest, file: JurisdictionFile, version: Version, by: tuple[str, ...]) -> bool:
    """Is the rule that the test names among those that blocked? A short name means this file's rule, if it has one."""
    own = any(rule.name == test.by for rule in version.rules)
    if own:
        return rule_id(file, test.by) in by
    return any(test.by in (name, name.rpartition(".")[2]) for name in by)
