"""The compiled form of a rulebook: what `rules` writes and the engine reads. Numbers, masks, names; no text is parsed.

Times are seconds since 2000-01-01T00:00:00Z, dates are days since 2000-01-01 (a Saturday), minutes are minutes of
the local day. A mask has bit *v* set when the vocabulary word with value *v* is selected; `ANY` selects all.
"""

from __future__ import annotations

from functools import cached_property
from typing import Union

import msgspec

from cadencia.engine.words import DATES, NUMBERS, Subject, Wider, WindowUnit

ANY = 0xFFFF_FFFF_FFFF_FFFF
FIRST_DAY = -(1 << 30)  # "since always"
LAST_DAY = 1 << 30  # "until further notice"
WEEKDAY_OF_DAY_0 = 5  # 2000-01-01 was a Saturday: weekday(day) = (day + 5) % 7, Monday is 0
#: 1970-01-01 to 2000-01-01 in seconds
UNIX_OF_EPOCH = 946_684_800


class WindowCheck(msgspec.Struct, frozen=True, tag="window"):
    """Contact only inside these hours. `days[k]` lists (opens, closes) minutes, half open; k 0..6 is Mon..Sun,
    7 is a holiday of the rule's calendar. `days[7]` is None when holidays are days like any other."""

    days: tuple[tuple[tuple[int, int], ...] | None, ...]


class CountCheck(msgspec.Struct, frozen=True, tag="count"):
    """Blocks when `at_most` or more matching events lie in the window. Caps, separations, cooling-off and locks."""

    at_most: int  # blocks at this many events already made; 1 for separation, cooling-off and locks
    unit: int  # WindowUnit
    n: int  # seconds or days, by unit; ignored for week, month, lifetime
    kinds: int  # 16-bit mask of EventKind
    channels: int = ANY  # mask of Channel of the events counted
    other_channels: bool = False  # count only events on channels other than the one being tried (channel_lock)
    parties: int = ANY
    places: int = ANY
    actors: int = ANY
    purposes: int = ANY
    direction: int = 0  # 0 outbound only, 1 inbound only, 2 both
    skip_consented: bool = False  # events made with prior consent do not count
    same: int = 0  # bit per Subject: the event must have the query's debt / creditor / address / place
    after_first: int = 0  # 16-bit mask of EventKind: only events after the first event of such a kind count; 0 off
    since_date: int = -1  # index in DATES: only events on or after that local date count, none if unknown; -1 off
    wider: int = -1  # whose history is counted: a Wider, or -1 the person's


class FactCheck(msgspec.Struct, frozen=True, tag="fact"):
    """Blocks unless all `requires` are known true, one of `requires_any` is, and no `forbids` is known true.
    With `unknown_denies`, a forbidden fact must be known false. A fact of `refuted` blocks only if known false."""

    requires: int = 0
    requires_any: int = 0
    forbids: int = 0
    refuted: int = 0
    unknown_denies: bool = False


class DateCheck(msgspec.Struct, frozen=True, tag="date"):
    """Blocks while local date - date < at_least_days, or when it is > at_most_days. Unknown blocks if it says so."""

    date: int  # index in DATES
    at_least_days: int = FIRST_DAY
    at_most_days: int = LAST_DAY
    unknown_denies: bool = True
    unit: int = 1  # WindowUnit.civil_days, or business_days with the rule's calendar (at_least_days only)


class NumberCheck(msgspec.Struct, frozen=True, tag="number"):
    """Blocks when the number is under `at_least` or over `at_most`. Unknown blocks if it says so."""

    number: int  # index in NUMBERS
    at_least: float = float("-inf")
    at_most: float = float("inf")
    unknown_denies: bool = True


class BanCheck(msgspec.Struct, frozen=True, tag="ban"):
    """Blocks whenever the rule applies (its selectors and `unless` facts say when)."""


class CallerCheck(msgspec.Struct, frozen=True, tag="caller"):
    """Blocks a stated caller id that is withheld or not of an allowed prefix. Not stated: an obligation instead."""

    slot: int  # bit in the query's caller mask; numbered by the compiler, at most 64 in a rulebook
    shown: bool = True
    prefixes: tuple[str, ...] = ()  # national prefixes, one of which the number must begin with; empty: any
    banned_prefixes: tuple[str, ...] = ()


Check = Union[WindowCheck, CountCheck, FactCheck, DateCheck, NumberCheck, BanCheck, CallerCheck]


class Obligation(msgspec.Struct, frozen=True):
    """A duty handed on with an allowed contact: `code` (e.g. ring_at_least_s) and a value, with the rule it is of."""

    code: str
    value: object


class CompiledRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of one version of one file, ready for both engines."""

    id: str  # "CO.ley-2300.contact-hours": jurisdiction, file stem, rule name; the same in every version
    kind: str  # one of the twelve kinds
    jurisdiction: str
    file: str  # "co/ley-2300.yaml"
    line: int
    title: str  # of the file
    cite: str
    reading: str = ""
    force: str = "statute"
    reviewed: bool = False
    from_day: int = FIRST_DAY  # first local date in force
    until_day: int = LAST_DAY  # first local date no longer in force
    known_day: int = FIRST_DAY  # when we learned of it
    # selectors: masks over the vocabularies
    channels: int = ANY
    actors: int = ANY
    purposes: int = ANY
    initiators: int = ANY
    parties: int = ANY
    places: int = ANY
    debt_types: int = ANY
    stages: int = ANY
    when: int = 0  # 128-bit fact mask: applies only if all are known true
    unless: int = 0  # 128-bit fact mask: does not apply if any is known true
    gate_date: int = -1  # index in DATES: applies only while the days since that local date are in range; -1 off
    gate_from: int = FIRST_DAY  # at least so many days; an unknown date does not keep the rule from applying
    gate_to: int = LAST_DAY  # at most so many days
    calendar: int = -1  # index in Rulebook.calendars, for holidays and business days; -1 none
    clock: str = ""  # a fixed IANA zone, where the law names its own clock; else each candidate zone of the person
    checks: tuple[Check, ...] = ()  # blocks if any check blocks
    obligations: tuple[Obligation, ...] = ()
    sentences: dict[str, str] = msgspec.field(default_factory=dict)  # language -> generated sentence

    @property
    def speaks(self) -> int:
        """The purposes, as bits, of which the rule says something; a duty of house policy is no law of a place."""
        return self.purposes if self.checks or self.force != "policy" else 0


class Calendar(msgspec.Struct, frozen=True):
    """Holidays as a bitmap: bit i of `bits` (little endian) is the day `first_day + i`. Outside it, a rule that asks
    denies with calendar_ended."""

    name: str
    first_day: int
    n_days: int
    bits: bytes
    weekend: int = 0b110_0000  # bit k = weekday k (Monday 0) is not a business day


class Zone(msgspec.Struct, frozen=True):
    """Offsets of one IANA zone: from `starts[i]` on the clock is `offsets[i]` seconds ahead of UTC.
    starts is int64 (the first is -2**62), offsets int32, both little-endian bytes; valid until `ends`."""

    starts: bytes
    offsets: bytes
    ends: int


class Jurisdiction(msgspec.Struct, frozen=True):
    """A place with rules. `parents` are all its ancestors (US for US-MA; EU for IE), nearest first."""

    code: str
    title: str
    parents: tuple[str, ...] = ()
    timezone: str = ""  # the file's own zone, a clue of last resort; empty when the person's place must tell


class Rulebook(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All versions of all jurisdictions compiled, with one hash over files, holidays and zone data."""

    hash: str
    rules: tuple[CompiledRule, ...]
    jurisdictions: dict[str, Jurisdiction]
    calendars: tuple[Calendar, ...]
    zones: dict[str, Zone]
    zone_links: dict[str, str] = msgspec.field(default_factory=dict)  # alias -> name in `zones`
    zone_version: str = ""  # IANA release, e.g. "2026f"
    places: dict[str, bytes] = msgspec.field(default_factory=dict)  # location tables, see engine/location.py

    @property
    def wider(self) -> frozenset[Wider]:
        """Whose histories beside the person's some rule counts, of any version."""
        return frozenset(self._narrowed)

    def narrows(self, kind: Wider) -> int:
        """What some count over such histories is narrowed to, a bit a Subject: what an event in them must say."""
        return self._narrowed.get(kind, 0)

    @cached_property
    def _narrowed(self) -> dict[Wider, int]:
        out: dict[Wider, int] = {}
        for check in (check for rule in self.rules for check in rule.checks):
            if isinstance(check, CountCheck) and check.wider >= 0:
                kind = Wider(check.wider)
                out[kind] = out.get(kind, 0) | check.same
        return out


def check_tables(rulebook: Rulebook) -> None:
    """ValueError when a rulebook's numbers point outside its tables: the kernel follows them without looking."""
    slots = [check.slot for rule in rulebook.rules for check in rule.checks if isinstance(check, CallerCheck)]
    if len(slots) != len(set(slots)) or any(not 0 <= slot < 64 for slot in slots):
        raise ValueError("caller_id rules need slots of their own, 0 to 63")
    for calendar in rulebook.calendars:
        if not 0 <= calendar.n_days <= 8 * len(calendar.bits):
            raise ValueError(f"calendar {calendar.name}: {calendar.n_days} days do not fit its bitmap")
    for name, zone in rulebook.zones.items():
        if not len(zone.starts) or len(zone.starts) != 2 * len(zone.offsets) or not 0 < zone.ends < 1 << 32:
            raise ValueError(f"zone {name}: {len(zone.starts)} bytes of times, {len(zone.offsets)} of offsets")
    for rule in rulebook.rules:
        if not -1 <= rule.calendar < len(rulebook.calendars):
            raise ValueError(f"{rule.id}: there is no calendar {rule.calendar}")
        if rule.clock and rulebook.zone_links.get(rule.clock, rule.clock) not in rulebook.zones:
            raise ValueError(f"{rule.id}: there is no zone {rule.clock}")
        if not -1 <= rule.gate_date < len(DATES):
            raise ValueError(f"{rule.id}: there is no date {rule.gate_date}")
        for check in rule.checks:
            _check_numbers(rule, check)


def _check_numbers(rule: CompiledRule, check: Check) -> None:
    dates, business = -1, False
    if isinstance(check, CountCheck):
        dates, business = check.since_date, check.unit == WindowUnit.business_days
        if not 0 < check.at_most < 1 << 31 or not 0 <= check.unit <= WindowUnit.lifetime or not 0 <= check.n < 1 << 31:
            raise ValueError(f"{rule.id}: a count of {check.at_most} over {check.n} units {check.unit}")
        if check.same >> len(Subject) or not -1 <= check.wider < len(Wider):
            raise ValueError(f"{rule.id}: it counts for subjects {check.same:#b} of histories {check.wider}: none such")
    elif isinstance(check, DateCheck):
        dates, business = check.date, check.unit == WindowUnit.business_days
    elif isinstance(check, NumberCheck) and not 0 <= check.number < len(NUMBERS):
        raise ValueError(f"{rule.id}: there is no number {check.number}")
    elif isinstance(check, WindowCheck) and len(check.days) != 8:
        raise ValueError(f"{rule.id}: opening hours of {len(check.days)} days, not Monday to Sunday and holiday")
    if not -1 <= dates < len(DATES):
        raise ValueError(f"{rule.id}: there is no date {dates}")
    if business and rule.calendar < 0:
        raise ValueError(f"{rule.id}: business days need a calendar")
