"""Random rulebooks and queries, from a seed: every kind of check, selector, fact, window and odd clock."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from cadencia.engine.query import Event, Fact, Hours, Query
from cadencia.engine.tables import (
    ANY,
    FIRST_DAY,
    LAST_DAY,
    BanCheck,
    Calendar,
    CallerCheck,
    Check,
    CompiledRule,
    CountCheck,
    DateCheck,
    FactCheck,
    Jurisdiction,
    NumberCheck,
    Rulebook,
    WindowCheck,
)
from cadencia.engine.words import (
    DATES,
    FACTS,
    NUMBERS,
    Actor,
    Channel,
    DebtType,
    EventKind,
    Initiator,
    Party,
    Place,
    Purpose,
    Stage,
)
from cadencia.rules.zones import compile_zones

# odd clocks on purpose: half hours, a 30-minute summer time, midnight changes, the date line, Ramadan, no summer time
ZONES = (
    "America/New_York", "America/Chicago", "America/Bogota", "America/Santiago", "Pacific/Easter", "America/St_Johns",
    "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Kolkata", "Africa/Cairo", "Asia/Beirut", "America/Havana",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Casablanca", "America/Asuncion", "Europe/Dublin",
    "America/Vancouver", "Asia/Gaza", "America/Nuuk", "Atlantic/Azores", "UTC",
)  # fmt: skip
PLACES = ("AA", "AA-1", "BB")
_FACTS = tuple(FACTS)


def names(vocabulary: type) -> list[str]:
    """The words of a vocabulary."""
    return [member.name for member in vocabulary]  # type: ignore[attr-defined]


def rulebook(rng: random.Random, *, rules: int) -> Rulebook:
    """A rulebook of so many random rules over three jurisdictions."""
    zones, links, version = compile_zones(ZONES)
    made = [rule(rng, index) for index in range(rules)]
    return Rulebook(
        hash="random",
        rules=tuple(made),
        jurisdictions={name: Jurisdiction(name, name) for name in PLACES},
        calendars=tuple(calendar(rng, index) for index in range(2)),
        zones=zones,
        zone_links=links,
        zone_version=version,
    )


def calendar(rng: random.Random, index: int) -> Calendar:
    """About one day in twelve is a holiday, 2015 to 2040."""
    first, n = (date(2015, 1, 1) - date(2000, 1, 1)).days, 365 * 26
    bits = bytearray(n // 8 + 1)
    days = random.Random(rng.getrandbits(32))  # one draw of the caller's: hypothesis has to shrink what it draws
    for day in range(n):
        if days.random() < 0.08:
            bits[day // 8] |= 1 << day % 8
    return Calendar(f"c{index}", first, n, bytes(bits), rng.choice((0b1100000, 0b1000000, 0b0110000)))


def subset(rng: random.Random, vocabulary: type, chance: float) -> int:
    """ANY most of the time, else a random mask."""
    if rng.random() > chance:
        return ANY
    return sum(1 << int(member) for member in vocabulary if rng.random() < 0.6)  # type: ignore[attr-defined]


def facts_mask(rng: random.Random, most: int) -> int:
    """Up to so many of the first and last facts: both halves of the mask."""
    return sum({1 << bit for bit in rng.choices((0, 1, 2, 3, len(_FACTS) - 1), k=rng.randint(0, most))})


def rule(rng: random.Random, index: int) -> CompiledRule:
    """One random rule; about one in five is dated or gated by facts."""
    dated = rng.random() < 0.2
    start = (date(2026, 1, 1) - date(2000, 1, 1)).days + rng.randint(-200, 400)
    return CompiledRule(
        id=f"r{index if rng.random() < 0.9 else index // 2}",
        kind="contact_window", jurisdiction=rng.choice(PLACES), file="f", line=1, title="t", cite="c",
        from_day=start if dated else FIRST_DAY,
        until_day=start + rng.randint(1, 300) if dated and rng.random() < 0.7 else LAST_DAY,
        channels=subset(rng, Channel, 0.3), actors=subset(rng, Actor, 0.1), purposes=subset(rng, Purpose, 0.1),
        initiators=subset(rng, Initiator, 0.1), parties=subset(rng, Party, 0.1), places=subset(rng, Place, 0.1),
        debt_types=subset(rng, DebtType, 0.1), stages=subset(rng, Stage, 0.05),
        when=facts_mask(rng, 1) if rng.random() < 0.1 else 0, unless=facts_mask(rng, 1) if rng.random() < 0.15 else 0,
        gate_date=rng.randint(0, 2) if (gated := rng.random() < 0.12) else -1,
        gate_from=rng.choice((FIRST_DAY, 5, 20)) if gated else FIRST_DAY,
        gate_to=rng.choice((LAST_DAY, 25, 60)) if gated else LAST_DAY,
        calendar=rng.randint(0, 1), clock=rng.choice(ZONES) if rng.random() < 0.1 else "",
        checks=tuple(check(rng, index) for _ in range(1 if rng.random() < 0.9 else 2)),
    )  # fmt: skip


def check(rng: random.Random, index: int) -> Check:
    """One random check; windows and counters most often."""
    draw = rng.random()
    if draw < 0.35:
        return window(rng)
    if draw < 0.75:
        return count(rng)
    if draw < 0.85:
        return FactCheck(requires=facts_mask(rng, 1), requires_any=facts_mask(rng, 1), forbids=facts_mask(rng, 2),
                         refuted=facts_mask(rng, 1), unknown_denies=rng.random() < 0.1)  # fmt: skip
    if draw < 0.92:
        return DateCheck(
            date=rng.randint(0, 2), at_least_days=rng.choice((FIRST_DAY, 0, 3, 10, 40)), unit=rng.choice((1, 1, 4)),
            at_most_days=rng.choice((LAST_DAY, LAST_DAY, 60)), unknown_denies=rng.random() < 0.2,
        )  # fmt: skip
    if draw < 0.96:
        low, high = rng.choice((float("-inf"), 50.0)), rng.choice((float("inf"), 500.0))
        return NumberCheck(number=0, at_least=low, at_most=high, unknown_denies=rng.random() < 0.2)
    if draw < 0.98:
        prefixes, banned = rng.choice(((), ("+1", "+57600"))), rng.choice(((), ("+576",)))
        return CallerCheck(slot=index % 64, prefixes=prefixes, banned_prefixes=banned)
    return BanCheck()


def window(rng: random.Random) -> WindowCheck:
    """Opening hours by day, some days shut, some in two spans, some around midnight."""

    def day() -> tuple[tuple[int, int], ...]:
        draw = rng.random()
        if draw < 0.12:
            return ()
        if draw < 0.22:
            return ((0, 1440),)
        opens = rng.choice((0, 15, 360, 420, 450, 480, 540, 547))
        closes = rng.choice((900, 1140, 1200, 1260, 1320, 1439, 1440))
        return ((opens, 720), (780, closes)) if draw < 0.35 else ((opens, closes),)

    days: list[tuple[tuple[int, int], ...] | None] = [day() for _ in range(7)]
    return WindowCheck(days=(*days, day() if rng.random() < 0.6 else None))


def count(rng: random.Random) -> CountCheck:
    """A counter over any window and subject."""
    unit = rng.choice((0, 1, 1, 2, 3, 4, 5))
    n = rng.choice((1800, 3600, 86400, 259200)) if unit == 0 else rng.choice((1, 2, 5, 7, 30))
    return CountCheck(
        at_most=rng.choice((1, 1, 2, 3, 7)), unit=unit, n=n, kinds=rng.randint(0, 0xFFFF) | 0b10,
        channels=subset(rng, Channel, 0.4), other_channels=rng.random() < 0.15, parties=subset(rng, Party, 0.1),
        places=subset(rng, Place, 0.1), actors=subset(rng, Actor, 0.1), purposes=subset(rng, Purpose, 0.1),
        direction=rng.choice((0, 0, 0, 1, 2)), skip_consented=rng.random() < 0.1,
        same=rng.choice((0, 1, 2, 4, 8, 3, 5)),
        after_first=1 << rng.choice((7, 5)) if rng.random() < 0.1 else 0,
        since_date=rng.randint(0, 2) if rng.random() < 0.08 else -1,
    )  # fmt: skip


def query(rng: random.Random, *, most_events: int = 20) -> Query:
    """A query, half the time on a minute that matters."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randint(0, 550 * 86400))
    if rng.random() < 0.5:
        at = at.replace(minute=rng.choice((0, 15, 30, 45)), second=rng.choice((0, 0, 59)))
    return Query(
        at=at, channel=rng.choice(names(Channel)), actor=rng.choice(names(Actor)), purpose=rng.choice(names(Purpose)),
        party=rng.choice(names(Party)), place=rng.choice(names(Place)), initiator=rng.choice(names(Initiator)),
        debt_type=rng.choice(names(DebtType)), stage=rng.choice(names(Stage)), debt=rng.choice((None, "A", "B")),
        creditor=rng.choice((None, "X", "Y")), address=rng.choice((None, "m", "n")),
        jurisdictions=tuple(rng.sample(PLACES, rng.randint(1, 3))),
        zones=tuple(rng.sample(ZONES, rng.choice((1, 1, 1, 2)))),
        facts=consistent([fact(rng, at) for _ in range(rng.choice((0, 0, 1, 3)))]),
        dates={name: (at + timedelta(days=rng.randint(-70, 30))).date() for name in DATES[:3] if rng.random() < 0.5},
        numbers={NUMBERS[0]: rng.choice((10.0, 100.0, 1000.0))} if rng.random() < 0.5 else {},
        history=tuple(event(rng, at) for _ in range(rng.randint(0, most_events))),
        wanted_hours=(hours(rng),) if rng.random() < 0.05 else (),
        unwanted_hours=(hours(rng),) if rng.random() < 0.05 else (),
        caller_id=rng.choice((None, None, "", "+5760012345", "+12025550123")),
    )  # fmt: skip


def real_query(rng: random.Random, law: Rulebook) -> Query:
    """A query under a real rulebook: one of its places with all parents, any fact and word, a history that matters."""
    code = rng.choice(sorted(law.jurisdictions))
    found = law.jurisdictions[code]
    made = query(rng)
    made.jurisdictions = (code, *found.parents)
    zone = found.timezone or next(
        (law.jurisdictions[p].timezone for p in found.parents if law.jurisdictions[p].timezone), ""
    )
    made.zones = (zone or rng.choice(("America/New_York", "America/Los_Angeles", "Europe/Moscow")),)
    facts = [Fact(name=rng.choice(_FACTS), value=rng.random() < 0.7) for _ in range(rng.choice((0, 1, 2, 6)))]
    made.facts = consistent(facts)
    made.dates = {name: (made.at - timedelta(days=rng.randint(-5, 90))).date() for name in DATES if rng.random() < 0.6}
    if rng.random() < 0.5:
        made.channel, made.purpose, made.party = "call", "collections", "debtor"
    return made


def consistent(facts: list[Fact]) -> tuple[Fact, ...]:
    """Without a fact that an undated one before it may contradict: such a query is refused."""
    said: set[str] = set()
    out = []
    for one in facts:
        dated = one.from_ is not None or one.until is not None
        if dated or one.name not in said:
            out.append(one)
        if not dated:
            said.add(one.name)
    return tuple(out)


def fact(rng: random.Random, at: datetime) -> Fact:
    """A fact, sometimes false, of one channel, or dated."""
    dated = rng.random() < 0.3
    since = at + timedelta(hours=rng.randint(-200, 200))
    return Fact(
        name=_FACTS[rng.choice((0, 1, 2, 3, len(_FACTS) - 1))], value=rng.random() < 0.7,
        channel=rng.choice((None, None, "call")), from_=since if dated and rng.random() < 0.7 else None,
        until=since + timedelta(hours=rng.randint(1, 300)) if dated else None,
    )  # fmt: skip


def event(rng: random.Random, at: datetime) -> Event:
    """An event, mostly of the last days, now and then old, on a midnight, or after the instant asked about."""
    back = rng.choice((rng.randint(0, 3 * 86400), rng.randint(0, 35 * 86400), rng.randint(0, 800 * 86400)))
    when = at - timedelta(seconds=back)
    if rng.random() < 0.1:
        when = when.replace(minute=0, second=0)
    return Event(
        at=when, channel=rng.choice(names(Channel)), kind=rng.choice(names(EventKind)), party=rng.choice(names(Party)),
        place=rng.choice(names(Place)), actor=rng.choice(names(Actor)), purpose=rng.choice(names(Purpose)),
        inbound=rng.random() < 0.1, consented=rng.random() < 0.1, debt=rng.choice((None, "A", "B")),
        creditor=rng.choice((None, "X", "Y")), address=rng.choice((None, "m", "n")),
    )  # fmt: skip


def hours(rng: random.Random) -> Hours:
    """Hours a person might name."""
    return Hours(opens=rng.choice(("00:00", "08:00", "18:00")), closes=rng.choice(("20:00", "24:00")),
                 weekdays=tuple(sorted(rng.sample(range(7), rng.randint(1, 7)))))  # fmt: skip
