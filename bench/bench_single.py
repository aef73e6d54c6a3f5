"""One decision at a time: the engine beside plain Python with zoneinfo, zen-engine's expression, and JSON alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
import zen

from bench.measure import Figure, Target, paired, ratio, scaled
from bench.workload import EPOCH, FORBIDDEN, RULES, ZONES, Yardstick, build
from bench.yardstick_python import TALKS, Asked, careful, row
from cadencia.engine.decide import Engine
from cadencia.engine.history import seconds
from cadencia.engine.query import Event, Fact, Query
from cadencia.engine.words import Channel, EventKind, bit_of_fact

ROWS = 2_000
#: What zen-engine is asked, given every feature that needs time, zone or history as a number.
EXPRESSION = """{
  hours: not (minute >= opens and minute < closes), debt_cap: on_debt >= debt_cap, day_cap: on_day >= day_cap,
  week_cap: in_week >= week_cap, cooling_off: cooling > 0, forbidden: forbidden > 0
}"""
FIELDS = ("hours", "debt_cap", "day_cap", "week_cap", "cooling_off", "forbidden")
Item = TypeVar("Item")
START = datetime(2000, 1, 1, tzinfo=UTC)


def query(yardstick: Yardstick, i: int) -> Query:
    """Row i as the engine's query of people's types."""
    facts = int(yardstick.facts[i])
    return Query(
        at=START + timedelta(seconds=int(yardstick.at[i])), channel="call", debt_type="consumer",
        jurisdictions=yardstick.places[yardstick.place[i]].jurisdictions, zones=(ZONES[yardstick.zone[i]],),
        debt=str(yardstick.debt[i]),
        facts=tuple(Fact(name=name) for name in (*FORBIDDEN, "prior_consent") if facts >> bit_of_fact(name) & 1),
        history=tuple(_event(yardstick, k) for k in range(int(yardstick.event_from[i]), int(yardstick.event_to[i]))),
    )  # fmt: skip


def features(asked: Asked) -> dict[str, int]:
    """What the zen expression needs to know of a row."""
    law, local = asked.law, asked.at.astimezone(asked.zone)
    today = local.toordinal()
    past = [(event.at.astimezone(asked.zone).toordinal(), event) for event in asked.history if not event.inbound]
    talks = [(day, event) for day, event in past if TALKS >> event.kind & 1]
    opens, closes = law.hours[7 if today - EPOCH in law.holidays else local.weekday()] or (0, 0)
    return {
        "minute": local.hour * 60 + local.minute, "opens": opens, "closes": closes,
        "on_debt": sum(day > today - 7 and e.debt == asked.debt and e.channel <= 1 for day, e in past),
        "on_day": sum(day == today for day, _ in past),
        "in_week": sum(day >= today - local.weekday() for day, _ in talks),
        "cooling": sum(day > today - law.cooling_days and e.debt == asked.debt for day, e in talks),
        "forbidden": (asked.facts & law.forbidden).bit_count(),
        "debt_cap": law.debt_cap, "day_cap": law.day_cap, "week_cap": law.week_cap,
    }  # fmt: skip


def seconds_of(at: datetime | None) -> int:
    """The engine's instant."""
    if at is None:
        raise ValueError("the row has no instant")
    return seconds(at)


def check(
    engine: Engine, queries: list[Query], asked: list[Asked], rows: list[dict[str, int]], expression: zen.Expression
) -> None:
    """RuntimeError unless all three sides give the same reasons on every row."""
    for i, (q, a, ctx) in enumerate(zip(queries, asked, rows, strict=True)):
        truth = careful(a)
        named = {reason.rule.split(".")[-1] for reason in engine.decide(q).reasons}
        ours = sum(1 << bit for bit, name in enumerate(RULES) if name in named)
        found = expression.evaluate(ctx)
        theirs = sum(1 << bit for bit, name in enumerate(FIELDS) if found[name])
        _, _, reasons = engine.contact(q).verdict(seconds_of(q.at))
        if reasons.bit_count() != truth.bit_count():
            raise RuntimeError(f"row {i}: a prepared contact gives {reasons:b}, the truth is {truth:b}")
        if not ours == truth == theirs:
            raise RuntimeError(f"row {i}: plain Python says {truth}, the engine {ours}, zen-engine {theirs}")


def run() -> list[Figure]:
    """Ratios of one decision, and of a decision from JSON to JSON."""
    yardstick = build(ROWS)
    engine = Engine(yardstick.rulebook)
    queries, asked = [query(yardstick, i) for i in range(ROWS)], [row(yardstick, i) for i in range(ROWS)]
    rows, expression = [features(one) for one in asked], zen.compile_expression(EXPRESSION)
    check(engine, queries, asked, rows, expression)

    prepared = [(engine.contact(q), seconds_of(q.at)) for q in queries]

    def verdicts() -> None:
        for contact, at in prepared:
            contact.verdict(at)

    read, write = msgspec.json.Decoder(Query), msgspec.json.Encoder()
    messages = [write.encode(q) for q in queries]
    answers = [engine.decide(read.decode(message)) for message in messages]

    def over_json() -> None:
        for message in messages:
            write.encode(engine.decide(read.decode(message)))

    def json_alone() -> None:
        for message, answer in zip(messages, answers, strict=True):
            read.decode(message)
            write.encode(answer)

    seconds = paired({
        "verdict": verdicts, "decide": _all(engine.decide, queries), "python": _all(careful, asked),
        "zen": _all(expression.evaluate, rows),
        "json_to_json": over_json, "json_alone": json_alone,
    })  # fmt: skip
    times = scaled(seconds, 1e6 / ROWS)

    def figure(name: str, over: str, under: str, target: Target | None, unit: str, note: str) -> Figure:
        return Figure(
            group="one decision", name=name, unit="µs a decision", input=f"{ROWS:,} rows of the yardstick, one by one",
            repeats=len(seconds[over]), sides={side: times[side] for side in (over, under)},
            value=ratio(seconds, over, under), value_unit=unit, target=target, note=note,
        )  # fmt: skip

    size = sum(map(len, messages)) / ROWS, sum(len(write.encode(answer)) for answer in answers) / ROWS
    return [
        figure("against careful plain Python", "python", "verdict", Target(at_least=12), "python / ours, time",
               "ours is Engine.contact(query).verdict(at): prepared once, verdict and all reasons at any instant"),
        figure("against zen-engine's compiled expression", "zen", "verdict", Target(at_least=6), "zen / ours, time",
               "zen is given every feature (local minute, hours of the day, counts) for free"),
        figure("the whole Decision, told with citations and openings", "python", "decide", None, "python / ours, time",
               "Engine.decide(query) from people's types: words, texts and retry_at of each reason"),
        figure("JSON bytes to JSON bytes", "json_to_json", "json_alone", Target(at_most=5), "whole / JSON alone, time",
               f"messages of {size[0]:,.0f} bytes in and {size[1]:,.0f} out on average"),
    ]  # fmt: skip


def _all(call: Callable[[Item], object], items: list[Item]) -> Callable[[], None]:
    def every() -> None:
        for item in items:
            call(item)

    return every


def _event(yardstick: Yardstick, k: int) -> Event:
    a = int(yardstick.event_attr[k])
    return Event(
        at=START + timedelta(seconds=int(yardstick.event_at[k])), channel=Channel(a & 7).name,
        kind=EventKind(a >> 3 & 15).name, inbound=bool(a >> 19 & 1), debt=str(a >> 21 & 255),
    )  # fmt: skip
