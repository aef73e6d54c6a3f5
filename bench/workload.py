"""The yardstick: 20 jurisdictions and 100,000 queries with 0 to 20 events, from a seed, as records and as arrays.

Each jurisdiction has six rules: a contact window with holidays, three caps, a cooling-off and a mask of facts that
forbid. Zones are ones whose clocks do not change at midnight, so that every peer may find a day's start the short way.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

import numpy as np

from cadencia.engine.batch import Batch, PlaceSet, Screened, pack_selectors
from cadencia.engine.tables import (
    Calendar,
    Check,
    CompiledRule,
    CountCheck,
    FactCheck,
    Jurisdiction,
    Rulebook,
    WindowCheck,
)
from cadencia.engine.words import KINDS_COUNTED_AS, Channel, DebtType, EventKind, Initiator, Subject, bit_of_fact
from cadencia.rules.zones import compile_zones

SEED = 20_260_518
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Bogota", "America/Lima",
    "America/Mexico_City", "Europe/Madrid", "Europe/London", "Europe/Moscow",
)  # fmt: skip
N_JURISDICTIONS = 20
DAY_S = 86_400
EPOCH = date(2000, 1, 1).toordinal()
FIRST_DAY = date(2026, 1, 1).toordinal() - EPOCH
N_DAYS = 730
CALENDAR_FIRST = FIRST_DAY - 366
CALENDAR_DAYS = 4 * 366
MOST_EVENTS = 20
HISTORY_DAYS = 14
DEBTS = 2

#: The rules of a jurisdiction in the order of their bits.
RULES = ("hours", "debt-cap", "day-cap", "week-cap", "cooling-off", "forbidden")
FORBIDDEN = ("cease_request", "attorney_represented", "bankruptcy", "deceased", "minor", "hold")
#: How histories are made: mostly attempts that reached nobody. inbound is a contact that the person began.
KINDS = {
    "no_answer": 40, "busy": 8, "machine": 15, "voicemail_left": 10, "message_delivered": 8, "conversation": 4,
    "right_party_contact": 6, "wrong_party": 3, "inbound": 3, "refusal": 2, "promise": 1,
}  # fmt: skip
CHANNELS = {"call": 75, "voicemail": 8, "sms": 12, "email": 5}


def kinds_mask(word: str) -> int:
    """The 16-bit mask of event kinds that a rule saying `word` counts; `pending` is in all of them."""
    return 1 | sum(1 << int(EventKind[name]) for name in KINDS_COUNTED_AS[word])


@dataclass(frozen=True)
class Law:
    """What the six rules of one jurisdiction say. Minutes are half open; None in `hours` is a closed day."""

    hours: tuple[tuple[int, int] | None, ...]  # Monday .. Sunday, holiday
    holidays: frozenset[int]  # days since 2000-01-01
    debt_cap: int  # placed calls and voicemails a debt in 7 civil days
    day_cap: int  # placed contacts a person on one local date
    week_cap: int  # conversations a person in one calendar week
    cooling_days: int  # civil days after a conversation about the debt
    forbidden: int  # mask of facts


@dataclass(frozen=True)
class Yardstick:
    """The workload. Row i of the query arrays is query i; its events are event_from[i]:event_to[i], oldest first."""

    laws: tuple[Law, ...]
    rulebook: Rulebook
    places: list[PlaceSet]
    at: np.ndarray  # int64, seconds since 2000-01-01T00:00:00Z
    jurisdiction: np.ndarray  # int32
    zone: np.ndarray  # int32, index in ZONES
    place: np.ndarray  # int32, jurisdiction * len(ZONES) + zone
    facts: np.ndarray  # uint64, facts known true
    debt: np.ndarray  # uint8, 1..DEBTS
    event_from: np.ndarray  # int64
    event_to: np.ndarray  # int64
    event_at: np.ndarray  # uint32
    event_attr: np.ndarray  # uint64, engine/history.py

    def __len__(self) -> int:
        return len(self.at)

    def batch(self) -> Batch:
        """The same queries as the engine takes them."""
        selectors = pack_selectors(
            int(Channel.call), 0, 0, int(Initiator.predictive), 0, 0, int(DebtType.consumer), 0
        )  # fmt: skip
        return Batch(
            at=self.at, place=self.place, selectors=np.full(len(self), selectors, np.uint32), places=self.places,
            facts_true=np.stack([self.facts, np.zeros_like(self.facts)], axis=1), debt=self.debt,
            ascending=True,
            event_from=self.event_from, event_to=self.event_to, event_at=self.event_at, event_attr=self.event_attr,
        )  # fmt: skip


def build(n: int = 100_000, *, seed: int = SEED) -> Yardstick:
    """n queries of the yardstick; the same seed gives the same bytes."""
    laws = tuple(_law(random.Random(f"{seed}.{index}")) for index in range(N_JURISDICTIONS))
    g = np.random.default_rng(seed)
    at = FIRST_DAY * DAY_S + g.integers(0, N_DAYS * DAY_S, n)
    jurisdiction = g.integers(0, N_JURISDICTIONS, n).astype(np.int32)
    zone = ((jurisdiction + g.integers(0, 3, n)) % len(ZONES)).astype(np.int32)
    ends = np.cumsum(g.integers(0, MOST_EVENTS + 1, n))
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    owner = np.repeat(np.arange(n), ends - starts)
    event_at = at[owner] - g.integers(0, HISTORY_DAYS * DAY_S, len(owner))
    event_at = event_at[np.lexsort((event_at, owner))].astype(np.uint32)
    return Yardstick(
        laws=laws, rulebook=_rulebook(laws),
        places=[PlaceSet((_name(j),), (zone_name,)) for j in range(N_JURISDICTIONS) for zone_name in ZONES],
        at=at, jurisdiction=jurisdiction, zone=zone, place=jurisdiction * np.int32(len(ZONES)) + zone,
        facts=_facts(g, n), debt=g.integers(1, DEBTS + 1, n).astype(np.uint8),
        event_from=starts, event_to=ends.astype(np.int64), event_at=event_at, event_attr=_attributes(g, len(owner)),
    )  # fmt: skip


def reasons_of(screened: Screened, rulebook: Rulebook) -> np.ndarray:
    """The engine's reasons with bit k for RULES[k], whatever bits its profiles gave the rules."""
    out = np.zeros(len(screened.reasons), np.uint8)
    names = {name: bit for bit, name in enumerate(RULES)}
    for profile, rules in enumerate(screened.rules_of):
        rows = screened.profile == profile
        for bit, rule in enumerate(rules):
            own = names[rulebook.rules[rule].id.split(".")[-1]]
            out[rows] |= ((screened.reasons[rows] >> np.uint64(bit) & np.uint64(1)) << np.uint64(own)).astype(np.uint8)
    return out


def _law(rng: random.Random) -> Law:
    weekday = (rng.choice((420, 480, 540)), rng.choice((1080, 1140, 1200, 1260)))
    saturday = rng.choice((None, (480, 780), (540, 900), weekday))
    sunday = rng.choice((None, None, None, (540, 780)))
    holiday = rng.choice((None, None, (600, 840)))
    days = range(CALENDAR_FIRST, CALENDAR_FIRST + CALENDAR_DAYS)
    return Law(
        hours=(*[weekday] * 5, saturday, sunday, holiday),
        holidays=frozenset(day for day in days if rng.random() < 14 / 365),
        debt_cap=rng.choice((5, 7, 7, 7)), day_cap=rng.choice((1, 2, 2, 3)), week_cap=rng.choice((2, 3, 3)),
        cooling_days=rng.choice((7, 7, 5)), forbidden=sum(1 << bit_of_fact(name) for name in FORBIDDEN),
    )  # fmt: skip


def _rulebook(laws: tuple[Law, ...]) -> Rulebook:
    zones, links, version = compile_zones(ZONES)
    return Rulebook(
        hash="yardstick",
        rules=tuple(rule for index, law in enumerate(laws) for rule in _rules(index, law)),
        jurisdictions={_name(index): Jurisdiction(_name(index), _name(index)) for index in range(len(laws))},
        calendars=tuple(_calendar(index, law) for index, law in enumerate(laws)),
        zones=zones, zone_links=links, zone_version=version,
    )  # fmt: skip


def _rules(index: int, law: Law) -> list[CompiledRule]:
    placed, talked = kinds_mask("placed"), kinds_mask("conversation")
    calls = 1 << Channel.call | 1 << Channel.voicemail
    one_debt = 1 << Subject.debt
    checks: dict[str, tuple[str, Check]] = {
        "hours": ("contact_window", WindowCheck(days=tuple((day,) if day else () for day in law.hours))),
        "debt-cap": (
            "frequency_cap",
            CountCheck(at_most=law.debt_cap, unit=1, n=7, kinds=placed, channels=calls, same=one_debt),
        ),
        "day-cap": ("frequency_cap", CountCheck(at_most=law.day_cap, unit=1, n=1, kinds=placed)),
        "week-cap": ("frequency_cap", CountCheck(at_most=law.week_cap, unit=2, n=1, kinds=talked)),
        "cooling-off": ("cooling_off", CountCheck(at_most=1, unit=1, n=law.cooling_days, kinds=talked, same=one_debt)),
        "forbidden": ("consent", FactCheck(forbids=law.forbidden)),
    }
    return [
        CompiledRule(id=f"{_name(index)}.law.{rule}", kind=kind, jurisdiction=_name(index), file="yardstick", line=1,
                     title="yardstick", cite="none", calendar=index, checks=(check,))
        for rule, (kind, check) in checks.items()
    ]  # fmt: skip


def _calendar(index: int, law: Law) -> Calendar:
    bits = bytearray(CALENDAR_DAYS // 8 + 1)
    for day in law.holidays:
        bits[(day - CALENDAR_FIRST) >> 3] |= 1 << (day - CALENDAR_FIRST & 7)
    return Calendar(f"calendar-{index}", CALENDAR_FIRST, CALENDAR_DAYS, bytes(bits))


def _facts(g: np.random.Generator, n: int) -> np.ndarray:
    facts = np.zeros(n, np.uint64)
    for name in FORBIDDEN:
        facts |= (g.random(n) < 0.01).astype(np.uint64) << np.uint64(bit_of_fact(name))
    facts |= (g.random(n) < 0.3).astype(np.uint64) << np.uint64(bit_of_fact("prior_consent"))
    return facts


def _attributes(g: np.random.Generator, m: int) -> np.ndarray:
    kinds = _drawn(g, m, {int(EventKind[name]): weight for name, weight in KINDS.items()})
    channels = _drawn(g, m, {int(Channel[name]): weight for name, weight in CHANNELS.items()})
    inbound = kinds == np.uint64(EventKind.inbound)
    debts = g.integers(1, DEBTS + 1, m).astype(np.uint64)
    return channels | kinds << np.uint64(3) | inbound.astype(np.uint64) << np.uint64(19) | debts << np.uint64(21)


def _drawn(g: np.random.Generator, m: int, weights: dict[int, int]) -> np.ndarray:
    chances = np.array(list(weights.values()), float)
    return g.choice(np.array(list(weights), np.uint64), m, p=chances / chances.sum())


def _name(index: int) -> str:
    return f"J{index:02}"
