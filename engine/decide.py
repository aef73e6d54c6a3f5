"""The engine's face: one query or a batch of columns against a compiled rulebook."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import cached_property

import msgspec

from cadencia.engine import asked
from cadencia.engine._kernel import Contact, HoursTable, Kernel
from cadencia.engine.batch import SEL_CHANNEL, SEL_PURPOSE, Batch, PersonHours, PlaceSet, Screened
from cadencia.engine.caller import CallerRules
from cadencia.engine.decision import Clue, Decision
from cadencia.engine.history import SlotError, seconds
from cadencia.engine.hours import week_of
from cadencia.engine.location import Located, Locator
from cadencia.engine.profile import Interner, Stack, plan, words_are_known
from cadencia.engine.query import Query
from cadencia.engine.screening import Columns, columns_of, screen
from cadencia.engine.tables import CompiledRule, Rulebook, check_tables
from cadencia.engine.telling import Answer, Teller, Told
from cadencia.engine.words import COLLECTION, MAX_PROFILES, STATED_HOURS_BIT, RetryCode, VerdictCode

_LOW = (1 << 64) - 1
_FINE = VerdictCode.none
#: Places that callers stated and that are remembered with their parents.
_MOST_STATED = 65_536


class QueryRead(msgspec.Struct, frozen=True, gc=False):
    """One query as the kernel's numbers. `code` is set when it cannot be evaluated."""

    at: int
    selectors: int
    places: PlaceSet
    clues: tuple[Clue, ...]
    place: int
    facts: asked.Facts
    profile: int
    code: VerdictCode
    subject: int
    event_at: bytes
    event_attr: bytes
    dates: bytes
    numbers: bytes
    caller_bad: int
    hours: HoursTable | None


class Engine:
    """Decides under one rulebook. Safe to call from several threads: tables are added to under a lock.

    `decide` answers one query with all that a person wants to know; `screen` answers columns.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        check_tables(rulebook)
        self.rulebook = rulebook
        self._kernel = Kernel()
        self._lock = threading.RLock()
        self._teller = Teller(rulebook)
        self._interner = Interner(self._week, self._zone)
        self._weeks: dict[tuple[object, ...], int] = {}
        self._zones: dict[str, int] = {}
        self.callers = CallerRules(rulebook)
        self._stated: dict[tuple[tuple[str, ...], tuple[str, ...]], PlaceSet] = {}
        self._places: dict[PlaceSet, int] = {}
        self._place_codes: list[VerdictCode] = []  # why a place cannot be decided, by the kernel's index
        self._stacks: dict[tuple[str, ...], int] = {}
        self._stack_list: list[Stack] = []
        self._profiles: dict[tuple[int, int, int], int] = {}
        self._rules_of: list[list[list[int]]] = []
        self.newest_of: list[list[int]] = []  # profile -> bit -> the last of its versions; grows with the profiles
        self._by_place: dict[str, list[tuple[int, CompiledRule]]] = defaultdict(list)
        for index, rule in enumerate(rulebook.rules):
            self._by_place[rule.jurisdiction].append((index, rule))
        for kind in rulebook.wider:
            self._kernel.count_wider(int(kind), rulebook.narrows(kind))
        for calendar in rulebook.calendars:
            self._kernel.add_calendar(calendar.bits, calendar.first_day, calendar.n_days, calendar.weekend)

    def decide(self, query: Query, *, language: str = "en") -> Decision:
        """May this contact be made at `query.at`? Every blocking reason with its own opening, in `language`.
        asked.QueryError when the query cannot be read; what cannot be evaluated is denied."""
        row = self.read(query)
        return self.tell(row, lambda only: self._ask(row, row.at, only), language)

    def tell(self, row: QueryRead, ask: Callable[[int], Answer], language: str) -> Decision:
        """The Decision of a query that was read; `ask` answers it at its instant for the rules of a mask."""
        told = Told(row.at, row.places, row.clues, language, row.facts.true)
        if row.code:
            return self._teller.tell(told, Answer(code=row.code, retry=RetryCode.needs_fact))
        answer = ask(_LOW)
        if answer.code == VerdictCode.history_overflow:
            return self._teller.tell(told, answer)
        singles = {}
        if answer.reasons & answer.reasons - 1:
            blocking = [bit for bit in range(STATED_HOURS_BIT + 1) if answer.reasons >> bit & 1]
            singles = {bit: ask(1 << bit) for bit in blocking}
        elif answer.reasons:
            singles = {answer.reasons.bit_length() - 1: answer}
        return self._teller.tell(told, answer, row.profile, self._rules_of[row.profile], singles)

    def contact(self, query: Query) -> Contact:
        """The query prepared for many questions: `contact.verdict(at)` is the fastest answer to one.
        asked.QueryError as for `decide`."""
        return self.contact_of(self.read(query))

    def contact_of(self, row: QueryRead) -> Contact:
        """A query that was read, prepared for many questions."""
        return Contact(
            self._kernel, row.place, row.profile, row.selectors, row.facts.true & _LOW, row.facts.true >> 64,
            row.facts.known & _LOW, row.facts.known >> 64, row.subject, row.caller_bad, row.event_at, row.event_attr,
            row.dates, row.numbers, row.facts.timed, row.hours, int(row.code),
        )  # fmt: skip

    def open_quarters(self, query: Query, starts: list[datetime]) -> list[bool]:
        """Whether opening hours alone (the law's and the person's own) would allow the contact at each instant."""
        prepared = self.read(query)
        if prepared.code:
            return [False] * len(starts)
        hours = sum(
            1 << bit
            for bit, versions in enumerate(self._rules_of[prepared.profile])
            if self.rulebook.rules[versions[0]].kind == "contact_window"
        )
        hours |= 1 << STATED_HOURS_BIT
        return [self._ask(prepared, seconds(start), hours, retry=False).allowed == 1 for start in starts]

    def screen(self, batch: Batch, *, threads: int = 1, retry: bool = True) -> Screened:
        """Answers to n queries as columns. ValueError when the columns do not fit each other."""
        return screen(self, self._kernel, batch, threads=threads, retry=retry)

    def columns(self, batch: Batch) -> Columns:
        """A batch as the kernel reads it, with the profile of every row. ValueError as for `screen`."""
        return columns_of(self, self._kernel, batch)

    def place_of(self, query: Query) -> tuple[PlaceSet, tuple[Clue, ...]]:
        """Where the contact is: as stated in the query, else located by its clues."""
        if query.jurisdictions is not None and query.zones is not None:
            return self._place_stated(tuple(query.jurisdictions), tuple(query.zones)), ()
        located: Located = self.locator.locate(
            phone=query.phone, phone_type=query.phone_type, country=query.country, region=query.region,
            postal_code=query.postal_code, locality=query.locality, zone=query.zone,
        )  # fmt: skip
        found = located.place_set()
        jurisdictions = found.jurisdictions if query.jurisdictions is None else self._with_parents(query.jurisdictions)
        zones = found.zones if query.zones is None else tuple(query.zones)
        return PlaceSet(jurisdictions, zones), located.clues

    def _place_stated(self, jurisdictions: tuple[str, ...], zones: tuple[str, ...]) -> PlaceSet:
        found = self._stated.get((jurisdictions, zones))
        if found is None:
            if len(self._stated) >= _MOST_STATED:
                self._stated.clear()
            found = self._stated[jurisdictions, zones] = PlaceSet(self._with_parents(jurisdictions), zones)
        return found

    def _with_parents(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """The codes with every parent that the rulebook knows of: a state's law never comes without its country's."""
        known = self.rulebook.jurisdictions
        parents = (parent for code in codes if code in known for parent in known[code].parents)
        return tuple(dict.fromkeys((*codes, *parents)))

    def place(self, places: PlaceSet) -> int:
        """The kernel's index of a place; made when it is new."""
        found = self._places.get(places)
        if found is not None:
            return found
        with self._lock:
            if places not in self._places:
                self._places[places] = self._add_place(places)
            return self._places[places]

    def profiles_for(self, keys: list[int]) -> None:
        """Makes the kernel remember the profiles of these keys (set of jurisdictions << 32 | selectors)."""
        with self._lock:
            for key in keys:
                if self._kernel.known(key) is None:
                    self._kernel.remember(key, self._make_profile(key >> 32, key & 0xFFFF_FFFF))

    @cached_property
    def locator(self) -> Locator:
        """Finds jurisdictions and zones by phone number and address."""
        return Locator(self.rulebook.places, self.rulebook.jurisdictions)

    @property
    def rules_of(self) -> list[list[list[int]]]:
        """profile -> bit -> indices in Rulebook.rules of the versions of that rule."""
        return self._rules_of

    def read(self, query: Query) -> QueryRead:
        """The query as the kernel's numbers. asked.QueryError when it cannot be read."""
        try:
            return self._read(query)
        except (TypeError, AttributeError) as problem:
            raise asked.QueryError(f"a field of the query is of the wrong type: {problem}") from None

    def _read(self, query: Query) -> QueryRead:
        at = asked.instant(query)
        selectors = asked.selectors_of(query)
        places, clues = self.place_of(query)
        place = self.place(places)
        facts = asked.facts_of(query.facts, query.channel)
        profile = self._profile_of(place, selectors)
        code = _FINE if profile >= 0 else VerdictCode(self._place_codes[place] or -profile)
        try:
            subject, event_at, event_attr = asked.history_of(query)
        except SlotError:
            code, subject, event_at, event_attr = VerdictCode.history_overflow, 0, b"", b""
        hours = None
        if query.wanted_hours or query.unwanted_hours:
            try:
                hours = HoursTable([week_of(PersonHours(query.wanted_hours, query.unwanted_hours))])
            except ValueError as problem:
                raise asked.QueryError(f"wanted_hours, unwanted_hours: {problem}") from None
        return QueryRead(at, selectors, places, clues, place, facts, profile, code, subject, event_at, event_attr,
                         asked.dates_of(query), asked.numbers_of(query), self.callers.broken(query.caller_id), hours,
                         )  # fmt: skip

    def _ask(self, row: QueryRead, at: int, only: int, *, retry: bool = True) -> Answer:
        return Answer(
            *self._kernel.one(
                at, row.place, row.profile, row.selectors, row.facts.true & _LOW, row.facts.true >> 64,
                row.facts.known & _LOW, row.facts.known >> 64, row.subject, row.caller_bad, row.event_at,
                row.event_attr, row.dates, row.numbers, row.facts.timed, row.hours, retry, only,
            )
        )  # fmt: skip

    def _add_place(self, places: PlaceSet) -> int:
        code = VerdictCode.none
        zones = [self._zone(name) for name in places.zones if self._has_zone(name)]
        if not places.jurisdictions:
            code = VerdictCode.jurisdiction_unknown
        elif any(name not in self.rulebook.jurisdictions for name in places.jurisdictions):
            code = VerdictCode.no_rules_known
        elif not places.zones or len(zones) < len(places.zones):
            code = VerdictCode.zone_unknown
        if places.jurisdictions not in self._stacks:
            self._stacks[places.jurisdictions] = len(self._stack_list)
            rules = [row for name in self._with_parents(places.jurisdictions) for row in self._by_place[name]]
            self._stack_list.append(Stack(rules))
        self._place_codes.append(code)
        return int(self._kernel.add_place(zones, self._stacks[places.jurisdictions], int(code)))

    def _has_zone(self, name: str) -> bool:
        return self.rulebook.zone_links.get(name, name) in self.rulebook.zones

    def _zone(self, name: str) -> int:
        name = self.rulebook.zone_links.get(name, name)
        if name not in self._zones:
            zone = self.rulebook.zones[name]
            self._zones[name] = self._kernel.add_zone(zone.starts, zone.offsets, zone.ends)
        return self._zones[name]

    def _week(self, days: tuple[object, ...]) -> int:
        if days not in self._weeks:
            self._weeks[days] = self._kernel.add_week(days)
        return self._weeks[days]

    def _profile_of(self, place: int, selectors: int) -> int:
        key = self._kernel.key_of(place, selectors)
        found = self._kernel.known(key)
        if found is None:
            self.profiles_for([key])
            found = self._kernel.known(key)
        return int(found)

    def _make_profile(self, stack: int, selectors: int) -> int:
        if not words_are_known(selectors):
            return -int(VerdictCode.invalid_query)
        rules = self._stack_list[stack]
        if 1 << (selectors >> SEL_PURPOSE & 3) & COLLECTION and not rules.speaks_of_collection:
            return -int(VerdictCode.no_rules_known)
        channel = selectors >> SEL_CHANNEL & 7
        shape = (stack, rules.applicable(selectors), channel)  # selectors that no rule tells apart share a profile
        if shape not in self._profiles:
            made = plan(rules, shape[1], channel, self._interner)
            if made.too_many or len(self._rules_of) >= MAX_PROFILES:
                return -int(VerdictCode.profile_limit)
            self._profiles[shape] = self._kernel.add_profile(made.segments, made.ops)
            self._rules_of.append(made.rules)
            self.newest_of.append([versions[-1] for versions in made.rules])
        return self._profiles[shape]
