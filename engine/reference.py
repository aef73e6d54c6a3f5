"""The slow, obvious engine. It reads the compiled rules one by one with datetime and zoneinfo, and shares no code with
the kernel. The fast engine must agree with it: verdict, every reason, and the first instant that opens.
"""

from __future__ import annotations

import math
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec

from cadencia.engine.caller import broken_caller_rules
from cadencia.engine.edges import DAY_0, date_of, day_start, instants
from cadencia.engine.query import Event, Fact, Hours, Query
from cadencia.engine.reference_events import counted, same
from cadencia.engine.tables import (
    BanCheck,
    CallerCheck,
    Check,
    CompiledRule,
    CountCheck,
    DateCheck,
    FactCheck,
    NumberCheck,
    Rulebook,
    WindowCheck,
)  # fmt: skip
from cadencia.engine.words import (
    COLLECTION,
    DATES,
    FACTS,
    HORIZON_DAYS,
    NUMBERS,
    Actor,
    Channel,
    DebtType,
    EventKind,
    Initiator,
    Party,
    Place,
    Purpose,
    RetryCode,
    Stage,
    Wider,
    WindowUnit,
)

_ALL_DAY = ((0, 1440),)
STATED_HOURS = "person.stated-hours"


@dataclass(frozen=True)
class Verdict:
    """`reasons` are the ids of all blocking rules; `code` the engine's own denial, or "none"."""

    allowed: bool
    reasons: frozenset[str]
    retry_at: datetime | None
    retry: str
    code: str = "none"


class CalendarEndedError(LookupError):
    """A holiday calendar was asked for a day that it does not cover."""


class Reference:
    """Decides one query at a time under a rulebook. The query names its jurisdictions and zones.

    Its history is counted for every rule. With `wider` it is the person's, and a rule that counts over a household, …
    counts that history instead, if it is there."""

    def __init__(self, rulebook: Rulebook, wider: Mapping[Wider, tuple[Event, ...]] | None = None) -> None:
        self.rulebook = rulebook
        self._wider = wider

    def verdict(self, query: Query, *, retry: bool = True) -> Verdict:
        """The answer at query.at; with `retry`, every edge of the next 400 days is tried in turn."""
        assert query.at is not None
        code = self._engine_code(query)
        if code:
            return Verdict(False, frozenset(), None, RetryCode.needs_fact.name, code)
        now = query.at.astimezone(UTC)
        try:
            reasons = self.reasons_at(query, now)
        except CalendarEndedError:
            return Verdict(False, frozenset(), None, RetryCode.beyond_horizon.name, "calendar_ended")
        if not reasons:
            return Verdict(True, reasons, now, RetryCode.at.name)
        code = "household_unknown" if self._must_say_household(query, now) else "none"
        if not retry:
            return Verdict(False, reasons, None, RetryCode.beyond_horizon.name, code)
        opens = self._first_open(query, now)
        name = RetryCode.at.name if opens else self._null_retry(query, now, reasons)
        if opens is None and name == RetryCode.beyond_horizon.name and len(query.zones or ()) > 1:
            kinds = {type(check) for rule in self._applicable(query) if rule.id in reasons for check in rule.checks}
            code = "zone_ambiguous" if kinds <= {WindowCheck} else code
        return Verdict(False, reasons, opens, name, code)

    def reasons_at(self, query: Query, now: datetime) -> frozenset[str]:
        """The ids of all rules that block at this instant, in any candidate zone."""
        blocking = set()
        for name in query.zones or ():
            zone = zoneinfo.ZoneInfo(name)
            today = now.astimezone(zone).date()
            if not _within_stated_hours(query, now.astimezone(zone)):
                blocking.add(STATED_HOURS)
            for rule in self._applicable(query):
                if date_of(rule.from_day) <= today < date_of(rule.until_day) and self._blocks(rule, query, now, zone):
                    blocking.add(rule.id)
        return frozenset(blocking)

    def _engine_code(self, query: Query) -> str:
        if not query.jurisdictions:
            return "jurisdiction_unknown"
        if any(code not in self.rulebook.jurisdictions for code in query.jurisdictions):
            return "no_rules_known"
        known = zoneinfo.available_timezones()
        if not query.zones or any(zone not in known for zone in query.zones):
            return "zone_unknown"
        silent = not any(rule.speaks & COLLECTION for rule in self._of_places(query))
        return "no_rules_known" if silent and 1 << Purpose[query.purpose] & COLLECTION else ""

    def _applicable(self, query: Query) -> list[CompiledRule]:
        return [rule for rule in self._of_places(query) if _selected(rule, query)]

    def _of_places(self, query: Query) -> list[CompiledRule]:
        named = set(query.jurisdictions or ())
        for code in query.jurisdictions or ():
            named |= set(self.rulebook.jurisdictions[code].parents) if code in self.rulebook.jurisdictions else set()
        return [rule for rule in self.rulebook.rules if rule.jurisdiction in named]

    def _blocks(self, rule: CompiledRule, query: Query, now: datetime, zone: zoneinfo.ZoneInfo) -> bool:
        true, known = _facts_at(query, now)
        if rule.when & ~true or rule.unless & true:
            return False
        if not self._dates_apply(rule, query, now.astimezone(zone).date()):
            return False
        own = zoneinfo.ZoneInfo(rule.clock) if rule.clock else zone
        return any(self._check_blocks(check, rule, query, now, own, true, known) for check in rule.checks)

    def _dates_apply(self, rule: CompiledRule, query: Query, today: date) -> bool:
        since = query.dates.get(DATES[rule.gate_date]) if rule.gate_date >= 0 else None
        return since is None or rule.gate_from <= (today - since).days <= rule.gate_to

    def _check_blocks(
        self,
        check: Check,
        rule: CompiledRule,
        query: Query,
        now: datetime,
        zone: zoneinfo.ZoneInfo,
        true: int,
        known: int,
    ) -> bool:
        local = now.astimezone(zone)
        if isinstance(check, WindowCheck):
            return not self._open(check, rule, local)
        if isinstance(check, CountCheck):
            return self._says_no_household(check, query) or self._count(check, rule, query, now, zone) >= check.at_most
        if isinstance(check, FactCheck):
            return _facts_block(check, true, known)
        if isinstance(check, DateCheck):
            return self._date_blocks(check, rule, query, local.date())
        if isinstance(check, NumberCheck):
            value = query.numbers.get(NUMBERS[check.number], math.nan)
            return check.unknown_denies if math.isnan(value) else not check.at_least <= value <= check.at_most
        if isinstance(check, CallerCheck):
            return bool(broken_caller_rules(self.rulebook, query.caller_id) >> check.slot & 1)
        assert isinstance(check, BanCheck)
        return True

    def _open(self, check: WindowCheck, rule: CompiledRule, local: datetime) -> bool:
        spans = check.days[local.weekday()]
        if check.days[7] is not None and rule.calendar >= 0 and self._is_holiday(rule.calendar, local.date()):
            spans = check.days[7]
        minute = local.hour * 60 + local.minute
        return any(opens <= minute < closes for opens, closes in spans or ())

    def _is_holiday(self, calendar: int, day: date) -> bool:
        table = self.rulebook.calendars[calendar]
        index = (day - DAY_0).days - table.first_day
        if not 0 <= index < table.n_days:
            raise CalendarEndedError(table.name)
        return bool(table.bits[index // 8] >> index % 8 & 1)

    def _is_business_day(self, calendar: int, day: date) -> bool:
        try:
            holiday = self._is_holiday(calendar, day)
        except CalendarEndedError:
            holiday = False
        return not holiday and not self.rulebook.calendars[calendar].weekend >> day.weekday() & 1

    def _count(
        self, check: CountCheck, rule: CompiledRule, query: Query, now: datetime, zone: zoneinfo.ZoneInfo
    ) -> int:
        start, history = self._window_start(check, rule, now, zone), self._history(check, query)
        if check.since_date >= 0:
            since = query.dates.get(DATES[check.since_date])
            if since is None:
                return 0
            start = max(start, day_start(zone.key, since))
        if check.after_first:
            starters = check.after_first | 1 << EventKind.pending
            firsts = [e.at for e in history if starters >> EventKind[e.kind] & 1 and same(check, query, e, False)]
            if not firsts:
                return 0
            start = max(start, min(firsts).replace(microsecond=0) + timedelta(seconds=1))
        return sum(1 for e in history if e.at.replace(microsecond=0) >= start and counted(check, query, e))

    def _history(self, check: CountCheck, query: Query) -> tuple[Event, ...]:
        if self._wider is None or check.wider < 0:
            return query.history
        return self._wider.get(Wider(check.wider), query.history)

    def _says_no_household(self, check: CountCheck, query: Query) -> bool:
        unsaid = self._wider is not None and Wider.household not in self._wider
        return unsaid and check.wider == Wider.household and query.party not in ("debtor", "attorney")

    def _must_say_household(self, query: Query, now: datetime) -> bool:
        unsaid = [
            rule
            for rule in self._applicable(query)
            if any(isinstance(check, CountCheck) and self._says_no_household(check, query) for check in rule.checks)
        ]
        return bool(unsaid) and any(rule.id in self._alone(unsaid).reasons_at(query, now) for rule in unsaid)

    def _alone(self, rules: list[CompiledRule]) -> Reference:
        return Reference(msgspec.structs.replace(self.rulebook, rules=tuple(rules)), self._wider)

    def _window_start(self, check: CountCheck, rule: CompiledRule, now: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
        today = now.astimezone(zone).date()
        if check.unit == WindowUnit.seconds:
            return now.replace(microsecond=0) - timedelta(seconds=check.n - 1)
        if check.unit == WindowUnit.civil_days:
            return day_start(zone.key, today - timedelta(days=check.n - 1))
        if check.unit == WindowUnit.week:
            return day_start(zone.key, today - timedelta(days=today.weekday()))
        if check.unit == WindowUnit.month:
            return day_start(zone.key, today.replace(day=1))
        if check.unit == WindowUnit.business_days:
            day, left = today, check.n
            while True:  # ends: every calendar has business days
                left -= self._is_business_day(rule.calendar, day)
                if left == 0:
                    return day_start(zone.key, day)
                day -= timedelta(days=1)
        return datetime.min.replace(tzinfo=UTC)

    def _date_blocks(self, check: DateCheck, rule: CompiledRule, query: Query, today: date) -> bool:
        value = query.dates.get(DATES[check.date])
        if value is None:
            return check.unknown_denies
        passed = (today - value).days
        if passed > check.at_most_days:
            return True
        if check.unit == WindowUnit.business_days and check.at_least_days > 0:
            days = (value + timedelta(days=k) for k in range(1, passed + 1))
            return sum(self._is_business_day(rule.calendar, day) for day in days) < check.at_least_days
        return passed < check.at_least_days

    def _first_open(self, query: Query, now: datetime) -> datetime | None:
        if any(
            self._never_changes(rule, query)
            for rule in self._applicable(query)
            if rule.id in self.reasons_at(query, now)
        ):
            return None
        for edge in self._edges(query, now):
            try:
                if not self.reasons_at(query, edge):
                    return edge
            except CalendarEndedError:
                return None
        return None

    def _never_changes(self, rule: CompiledRule, query: Query) -> bool:
        """A rule that blocks now and asks nothing of the clock blocks for ever: no need to try every edge."""
        timeless = (FactCheck, BanCheck, CallerCheck, NumberCheck)
        dated = any(fact.from_ or fact.until for fact in query.facts)
        for_ever = rule.until_day >= 1 << 30
        versions = [r for r in self.rulebook.rules if r.id == rule.id]
        for_ever = for_ever and rule.gate_date < 0
        return not dated and for_ever and len(versions) == 1 and all(isinstance(c, timeless) for c in rule.checks)

    def _null_retry(self, query: Query, now: datetime, reasons: frozenset[str]) -> str:
        true, known = _facts_at(query, now)
        codes = [RetryCode.beyond_horizon]
        for rule in self._applicable(query):
            for check in rule.checks if rule.id in reasons and self._in_force(rule, query, now) else ():
                zones = [zoneinfo.ZoneInfo(rule.clock or name) for name in query.zones or ()]
                if any(self._check_blocks(check, rule, query, now, zone, true, known) for zone in zones):
                    unsaid = isinstance(check, CountCheck) and self._says_no_household(check, query)
                    codes.append(RetryCode.needs_fact if unsaid else _code_of(check, query, true, known))
        return min(codes).name

    def _in_force(self, rule: CompiledRule, query: Query, now: datetime) -> bool:
        days = [now.astimezone(zoneinfo.ZoneInfo(name)).date() for name in query.zones or ()]
        return any(date_of(rule.from_day) <= day < date_of(rule.until_day) for day in days)

    def _edges(self, query: Query, now: datetime) -> list[datetime]:
        """Every instant of the next 400 days at which some rule may begin to allow."""
        end = now + timedelta(days=HORIZON_DAYS)
        edges = {fact.from_ for fact in query.facts if fact.from_} | {fact.until for fact in query.facts if fact.until}
        minutes = {0}
        zones = set(query.zones or ())
        for rule in self._applicable(query):
            zones |= {rule.clock} if rule.clock else set()
            for check in rule.checks:
                if isinstance(check, WindowCheck):
                    minutes |= {opens for spans in check.days for opens, _ in spans or ()}
                if isinstance(check, CountCheck) and check.unit == WindowUnit.seconds:
                    events = self._history(check, query)
                    edges |= {event.at.replace(microsecond=0) + timedelta(seconds=check.n) for event in events}
        for hours in query.wanted_hours + query.unwanted_hours:
            minutes |= {_minute(hours.opens), _minute(hours.closes)}
        for zone in zones:
            first = now.astimezone(zoneinfo.ZoneInfo(zone)).date()
            for k in range(-1, HORIZON_DAYS + 2):
                edges.update(instants(zone, first + timedelta(days=k), tuple(sorted(minutes))))
        return sorted({edge.astimezone(UTC) for edge in edges if now < edge.astimezone(UTC) <= end})


def _code_of(check: Check, query: Query, true: int, known: int) -> RetryCode:
    if isinstance(check, FactCheck):
        return RetryCode.never if check.forbids & true or check.refuted & known & ~true else RetryCode.needs_fact
    if isinstance(check, DateCheck):
        if query.dates.get(DATES[check.date]) is None:
            return RetryCode.needs_fact
        return RetryCode.never if check.at_most_days < 1 << 30 else RetryCode.beyond_horizon
    if isinstance(check, NumberCheck):
        return (
            RetryCode.needs_fact if math.isnan(query.numbers.get(NUMBERS[check.number], math.nan)) else RetryCode.never
        )
    if isinstance(check, CountCheck):
        return RetryCode.never if check.unit == WindowUnit.lifetime else RetryCode.beyond_horizon
    return RetryCode.never if isinstance(check, BanCheck | CallerCheck) else RetryCode.beyond_horizon


def _selected(rule: CompiledRule, query: Query) -> bool:
    words = (
        (rule.channels, Channel[query.channel]), (rule.actors, Actor[query.actor]),
        (rule.purposes, Purpose[query.purpose]), (rule.initiators, Initiator[query.initiator]),
        (rule.parties, Party[query.party]), (rule.places, Place[query.place]),
        (rule.debt_types, DebtType[query.debt_type]), (rule.stages, Stage[query.stage]),
    )  # fmt: skip
    return all(mask >> word & 1 for mask, word in words)


def _facts_at(query: Query, now: datetime) -> tuple[int, int]:
    """Masks of the facts known true, and known at all, at this instant. Dated facts win over undated ones."""
    state: dict[str, bool] = {}
    dated = [fact for fact in query.facts if fact.from_ or fact.until]
    for fact in [*(f for f in query.facts if f not in dated), *dated]:
        if (fact.channel is None or fact.channel == query.channel) and _holds(fact, now):
            state[fact.name] = fact.value
    names = list(FACTS)
    true = sum(1 << names.index(name) for name, value in state.items() if value)
    return true, sum(1 << names.index(name) for name in state)


def _holds(fact: Fact, now: datetime) -> bool:
    return (fact.from_ is None or fact.from_ <= now) and (fact.until is None or now < fact.until)


def _facts_block(check: FactCheck, true: int, known: int) -> bool:
    return bool(
        check.requires & ~true
        or (check.requires_any and not check.requires_any & true)
        or check.forbids & true
        or (check.unknown_denies and check.forbids & ~known)
        or check.refuted & known & ~true
    )


def _within_stated_hours(query: Query, local: datetime) -> bool:
    def inside(hours: Hours) -> bool:
        minute = local.hour * 60 + local.minute
        return local.weekday() in hours.weekdays and _minute(hours.opens) <= minute < _minute(hours.closes)

    wanted = not query.wanted_hours or any(inside(hours) for hours in query.wanted_hours)
    return wanted and not any(inside(hours) for hours in query.unwanted_hours)


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])
