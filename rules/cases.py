"""Test vectors from outside: one JSON object a line, read strictly and asked of an engine.

The format is documented in docs/cases.md. A vector says a contact in words of its own (outcomes, flags, context); here
every one of them is mapped to the engine's, and one that cannot be mapped is an error of its line, never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from cadencia.engine.candidates import divided
from cadencia.engine.clock import ZoneClock, ZoneDataEndedError
from cadencia.engine.decision import Decision
from cadencia.engine.query import Event, Query
from cadencia.engine.tables import UNIX_OF_EPOCH, Rulebook
from cadencia.rules.case_facts import NO_AGENCIES, CaseError, Known, country_of, debt_type_of, read_context, read_flags

#: A refusal for this reason must name a rule of one of these kinds.
KINDS_FOR_REASON: dict[str, frozenset[str]] = {
    "contact_hours": frozenset({"contact_window"}),
    "holiday": frozenset({"contact_window"}),
    "frequency": frozenset({"frequency_cap", "separation", "channel_lock"}),
    "cooling_off": frozenset({"cooling_off", "separation", "dialing"}),
    "party": frozenset({"recipient", "consent"}),
    "place": frozenset({"recipient", "channel_ban", "contact_window", "consent"}),
    "channel": frozenset({"channel_ban", "channel_lock", "consent"}),
    **dict.fromkeys(("cease", "opt_out", "dnc", "dispute", "representation", "consent"), frozenset({"consent"})),
    "preference": frozenset({"contact_window", "consent"}),
    **dict.fromkeys(("notice", "notice_period", "legal_stage", "moratorium"), frozenset({"precondition", "consent"})),
}
#: How an outcome of the history is called here. An `attempt` could have left a message: more than no_answer.
OUTCOMES = {
    "attempt": "placed", "placed": "placed", "no_answer": "no_answer", "busy": "busy", "machine": "machine",
    "voicemail_left": "voicemail_left", "message_delivered": "message_delivered", "conversation": "conversation",
    "right_party_contact": "right_party_contact", "reached": "conversation", "wrong_party": "wrong_party",
    "abandoned": "abandoned", "inbound": "inbound", "refusal": "refusal", "promise": "promise",
}  # fmt: skip
#: Longest line in bytes, longest complaint about one in characters, and the years [first, last) of its times.
MAX_LINE = 1 << 20
MAX_PROBLEM = 2_000  # a hostile line must not fill the report
MAX_ID = 200  # of a line that is no vector; a longer one is not repeated
FIRST_YEAR, LAST_YEAR = 2000, 2100
_UNIX = datetime.fromtimestamp(UNIX_OF_EPOCH, UTC)


class PastContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of a vector's history. `local_time` is in the vector's tz."""

    local_time: datetime
    channel: str
    outcome: str
    debt_id: str | None = None
    actor: str | None = None
    party: str | None = None
    place: str | None = None


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One vector as written."""

    id: str
    jurisdiction: str
    channel: str
    local_time: datetime
    tz: str
    expected: str
    purpose: str = "collections"
    party: str = "debtor"
    place: str | None = None
    debt_id: str = "D1"
    history: tuple[PastContact, ...] = ()
    reason: str = ""
    citation: str = ""
    confidence: str = ""
    actor: str | None = None
    context: dict[str, Any] = msgspec.field(default_factory=dict)
    flags: tuple[str, ...] = ()
    utc: datetime | None = None
    tz_candidates: tuple[str, ...] = ()
    locality: str | None = None
    debt_type: str | None = None
    notice_sent: date | None = None
    note: str = ""


class NamedRule(msgspec.Struct, frozen=True):
    rule: str
    kind: str
    citation: str


class CaseResult(msgspec.Struct, frozen=True):
    """What the engine said of one vector. `ok`: the verdict is the expected one and, for a refusal, a rule of a fitting
    kind is among those named."""

    id: str
    expected: str
    got: str
    ok: bool
    reasons: tuple[NamedRule, ...] = ()
    problem: str = ""


def read_case(line: bytes) -> Case:
    """One line as a vector. CaseError says what is wrong and where."""
    if len(line) > MAX_LINE:
        raise CaseError(f"the line is longer than {MAX_LINE} bytes; write one vector a line")
    try:
        case = msgspec.json.decode(line, type=Case)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise CaseError(f"not a vector: {problem}{_cure(str(problem))}") from None
    _check(case)
    return case


def _cure(problem: str) -> str:
    """What to write instead, where the reader of JSON only says what it found."""
    if "unknown field" in problem:
        fields = (PastContact if "history[" in problem else Case).__struct_fields__
        return f"; remove it or write one of: {', '.join(fields)}"
    if "missing required field" in problem:
        return "; add it"
    if problem.startswith("Expected"):
        return "; write a value of that type"
    return "; write one JSON object a line"


def _check(case: Case) -> None:
    if case.expected not in ("allow", "deny"):
        raise CaseError(f"expected is {case.expected!r}; write allow or deny")
    if case.reason not in ("", "ok") and case.reason not in KINDS_FOR_REASON:
        raise CaseError(f"reason {case.reason!r} is not one of: ok, {', '.join(sorted(KINDS_FOR_REASON))}")
    if case.expected == "deny" and case.reason == "ok":
        raise CaseError("expected is deny and reason is ok; write why it is denied")
    if any(local.tzinfo is not None for local in (case.local_time, *(row.local_time for row in case.history))):
        raise CaseError("local_time has an offset; write local time, its zone is tz")


def query_of(case: Case, rulebook: Rulebook) -> Query:
    """The question a vector asks, with every field, flag and context key mapped. CaseError where one cannot be."""
    at = instant(case.local_time, case.tz, rulebook)
    for zone in case.tz_candidates:
        if rulebook.zone_links.get(zone, zone) not in rulebook.zones:
            raise CaseError(f"tz_candidates: {zone!r} is not an IANA zone")
    _check_utc(case, at)
    known = Known(case.jurisdiction, case.local_time.date(), case.channel, case.purpose)
    if case.party == "attorney_represented":
        known.fact("attorney_represented")
    read_flags(case.flags, known)
    read_context(case.context, known, case.local_time)
    if case.notice_sent is not None:
        known.dates["notice_sent"] = case.notice_sent
    party = "debtor" if case.party == "attorney_represented" else case.party
    place = case.place or "unknown"
    debt = known.account or case.debt_id
    history = [_event(row, case, known, rulebook, party, place) for row in case.history]
    history += [
        Event(at=instant(local, case.tz, rulebook), channel="call", kind=kind, purpose=case.purpose)
        for local, kind in known.events
    ]
    _check_past([row.local_time for row in case.history] + [local for local, _ in known.events], history, at)
    return Query(
        at=at, channel=case.channel, jurisdictions=stack_of(case, rulebook), zones=(case.tz, *case.tz_candidates),
        actor=_actor(case), purpose=case.purpose, party=party, place=place, initiator=known.initiator,
        debt_type=debt_type_of(case.debt_type or known.debt_type), debt=debt, creditor=known.creditor(debt),
        facts=tuple(known.facts), dates=known.dates, history=tuple(history), wanted_hours=tuple(known.wanted),
        unwanted_hours=tuple(known.unwanted),
    )  # fmt: skip


def _check_utc(case: Case, at: datetime) -> None:
    if case.utc is None:
        return
    if case.utc.tzinfo is None:
        raise CaseError(f"utc {case.utc.isoformat()} has no offset; end it with Z")
    if at != case.utc:
        raise CaseError(f"utc {case.utc.isoformat()} is not {case.local_time.isoformat()} in {case.tz}")


def _check_past(local_times: list[datetime], history: list[Event], at: datetime) -> None:
    """The engine would count a contact that has not been made yet."""
    for local, event in zip(local_times, history, strict=True):
        if event.at > at:
            raise CaseError(f"history: {local.isoformat()} is after local_time; write past contacts only")


def stack_of(case: Case, rulebook: Rulebook) -> tuple[str, ...]:
    """The most specific place of the vector with all its parents. A city without rules of its own has its state's; a
    state without a file has its country's only where no part of that country has law of its own."""
    known = rulebook.jurisdictions
    code = case.jurisdiction
    if case.locality and f"{code}-{case.locality}" in known:
        code = f"{code}-{case.locality}"
    if code not in known and code.count("-") == 2:
        code = code.rpartition("-")[0]
    country = country_of(code)
    if code not in known and country not in divided(known):
        code = country
    above = (country,) if code not in known and code != country else ()
    found = known.get(above[0] if above else code)
    return (code, *above, *(found.parents if found else ()))


def instant(local: datetime, zone: str, rulebook: Rulebook) -> datetime:
    """The instant of a local time; the first of two where the clock goes back. CaseError where it never shows that."""
    table = rulebook.zones.get(rulebook.zone_links.get(zone, zone))
    if table is None:
        raise CaseError(f"tz {zone!r} is not an IANA zone")
    if not FIRST_YEAR <= local.year < LAST_YEAR:
        raise CaseError(f"{local.isoformat()}: write a year from {FIRST_YEAR} to {LAST_YEAR - 1}")
    day = (local.date() - date(2000, 1, 1)).days
    second = local.hour * 3600 + local.minute * 60 + local.second
    try:
        found = ZoneClock(table).instants_at(day, second)
    except ZoneDataEndedError:
        raise CaseError(f"{local.isoformat()} lies beyond the zone data of {zone}") from None
    if not found:
        raise CaseError(f"{local.isoformat()} does not exist in {zone}: the clock jumps over it")
    return _UNIX + timedelta(seconds=found[0])


def _event(row: PastContact, case: Case, known: Known, rulebook: Rulebook, party: str, place: str) -> Event:
    kind = OUTCOMES.get(row.outcome)
    if kind is None:
        raise CaseError(f"history outcome {row.outcome!r} is not one of: {', '.join(OUTCOMES)}")
    debt = known.history_account or row.debt_id or case.debt_id
    where = row.place or known.history_place or (place if place != "work" else "unknown")
    return Event(
        at=instant(row.local_time, case.tz, rulebook), channel=row.channel, kind=kind, party=row.party or party,
        place=where, actor=row.actor or known.history_actor or _actor(case), purpose=case.purpose, debt=debt,
        creditor=known.creditor(debt), consented=known.consented_on(row.local_time.date()),
    )  # fmt: skip


def _actor(case: Case) -> str:
    silent = "creditor" if country_of(case.jurisdiction) in NO_AGENCIES else "third_party_collector"
    return case.actor or ("seller" if case.purpose == "marketing" else silent)


def judge(case: Case, decision: Decision) -> CaseResult:
    """Whether a decision is the one that the vector expects."""
    named = tuple(NamedRule(reason.rule, reason.kind, reason.citation) for reason in decision.reasons)
    ok = decision.verdict == case.expected
    if ok and case.expected == "deny" and case.reason:
        ok = any(rule.kind in KINDS_FOR_REASON[case.reason] for rule in named)
    return CaseResult(id=case.id, expected=case.expected, got=decision.verdict, ok=ok, reasons=named)


def run_cases(
    lines: Iterable[bytes], rulebook: Rulebook, decide: Callable[[Query], Decision]
) -> Iterator[tuple[Case | None, CaseResult]]:
    """Each line's vector (None if it cannot be read) with its result; blank lines are passed over. A vector that cannot
    be read or mapped, or whose id an earlier line has, has got `error`, and never agrees."""
    lines_of: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        case = None
        try:
            case = read_case(line)
            if lines_of.setdefault(case.id, number) != number:
                raise CaseError(f"id {case.id!r} is that of line {lines_of[case.id]} too; give each vector its own")
            yield case, judge(case, decide(query_of(case, rulebook)))
        except ValueError as problem:  # CaseError, or what the engine refuses: an unknown word
            name, expected = (case.id, case.expected) if case else _named(line)
            told = f"line {number}: {str(problem)[:MAX_PROBLEM]}"
            yield case, CaseResult(id=name or f"line {number}", expected=expected, got="error", ok=False, problem=told)


def _named(line: bytes) -> tuple[str, str]:
    """The id and the expectation of a line that is no vector, as far as it says them, so that it can be found again."""
    try:
        row = msgspec.json.decode(line) if len(line) <= MAX_LINE else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        row = None
    found = row if isinstance(row, dict) else {}
    name, expected = found.get("id"), found.get("expected")
    usable = isinstance(name, str) and len(name) <= MAX_ID
    return str(name) if usable else "", expected if expected in ("allow", "deny") else ""


def summary(results: Iterable[tuple[Case | None, CaseResult]]) -> Mapping[str, tuple[int, int]]:
    """Confidence -> (vectors that agree, vectors)."""
    counts: dict[str, tuple[int, int]] = {}
    for case, result in results:
        key = case.confidence if case else "unreadable"
        good, total = counts.get(key, (0, 0))
        counts[key] = (good + result.ok, total + 1)
    return counts
