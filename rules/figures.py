"""Which figures a rule has, and the rule as it would be with one of them a step looser or a step tighter.

A step is what an officer can see: a minute of opening hours, one event of a cap, one day or minute of a pause, one day
of a date, one of a number. `rules.boundaries` asks whether some test notices the step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from cadencia.engine.tables import (
    FIRST_DAY,
    LAST_DAY,
    BanCheck,
    CallerCheck,
    Check,
    CompiledRule,
    CountCheck,
    DateCheck,
    FactCheck,
    NumberCheck,
    WindowCheck,
)
from cadencia.engine.words import WindowUnit
from cadencia.rules.phrases import clock

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
_HOLIDAY = 7
_DAY_MINUTES = 1440
_MINUTE_S = 60
_ALL_DAY = ((0, _DAY_MINUTES),)
_CAPS = ("frequency_cap", "recipient")
_DAYS_OF_WEEK, _DAYS_OF_MONTH = 7, 31
_UNIT_WORDS = {WindowUnit.civil_days: "civil days", WindowUnit.business_days: "business days"}

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Step:
    """One side of a figure: the rule with the figure moved, and the test that would notice. `expects` is that test's
    verdict; "" where either would do."""

    rule: CompiledRule
    expects: str
    write: str  # the test in words: "at 18:59 on mon"


@dataclass(frozen=True)
class Figure:
    """A figure of a rule in words, and its sides."""

    name: str
    steps: tuple[Step, ...]


def figures(rule: CompiledRule) -> Iterator[Figure]:
    """Every figure of the rule; a ban has none."""
    for at, check in enumerate(rule.checks):
        change = _changed(rule, at)
        if isinstance(check, WindowCheck):
            yield from _hours(check, change)
        elif isinstance(check, CountCheck):
            yield from _counts(rule, check, change)
        elif isinstance(check, DateCheck):
            yield from _dates(check, change)
        elif isinstance(check, NumberCheck):
            yield from _numbers(check, change)
        elif isinstance(check, (FactCheck, CallerCheck)):
            write = "where the rule applies and what it asks is there"
            yield Figure("what it asks", (Step(change(BanCheck()), "allow", write),))
    yield from _gates(rule)


def _changed(rule: CompiledRule, at: int) -> Callable[[Check], CompiledRule]:
    """The rule with another check in place of one."""
    return lambda check: structs.replace(rule, checks=(*rule.checks[:at], check, *rule.checks[at + 1 :]))


# --- hours ---------------------------------------------------------------------------------------------------------


def _hours(check: WindowCheck, change: Callable[[Check], CompiledRule]) -> Iterator[Figure]:
    """Edges of the hours, on the days that share them; days closed or open as a whole; holidays apart."""
    alike: dict[Spans, list[int]] = {}
    for day, spans in enumerate(check.days):
        if spans is not None:
            alike.setdefault(tuple(spans), []).append(day)
    for spans, days in alike.items():
        yield from _edges(check, spans, days, change)
    holiday = check.days[_HOLIDAY]
    if holiday is not None and any(day != holiday for day in check.days[:_HOLIDAY]):
        like_any = structs.replace(check, days=(*check.days[:_HOLIDAY], None))
        yield Figure("its holidays", (Step(change(like_any), "", "on a holiday that falls on a day with other hours"),))


def _edges(
    check: WindowCheck, spans: Spans, days: list[int], change: Callable[[Check], CompiledRule]
) -> Iterator[Figure]:
    on = " ".join(_DAYS[day] for day in days)

    def step(new: Spans, expects: str, write: str) -> Step:
        moved = tuple(new if day in days else old for day, old in enumerate(check.days))
        return Step(change(structs.replace(check, days=moved)), expects, write)

    if not spans:
        yield Figure(f"closed on {on}", (step(_ALL_DAY, "deny", f"on one of: {on}"),))
    if spans == _ALL_DAY:
        yield Figure(f"open on {on}", (step((), "allow", f"on one of: {on}"),))
    for at, (opens, closes) in enumerate(spans):
        if opens > 0:
            sides = (
                step(_moved(spans, at, opens - 1, closes), "deny", f"at {clock(opens - 1)} on one of: {on}"),
                step(_moved(spans, at, opens + 1, closes), "allow", f"at {clock(opens)} on one of: {on}"),
            )
            yield Figure(f"{clock(opens)} on {on}", sides)
        if closes < _DAY_MINUTES:
            sides = (
                step(_moved(spans, at, opens, closes + 1), "deny", f"at {clock(closes)} on one of: {on}"),
                step(_moved(spans, at, opens, closes - 1), "allow", f"at {clock(closes - 1)} on one of: {on}"),
            )
            yield Figure(f"{clock(closes)} on {on}", sides)


def _moved(spans: Spans, at: int, opens: int, closes: int) -> Spans:
    return (*spans[:at], (opens, closes), *spans[at + 1 :])


# --- counters ------------------------------------------------------------------------------------------------------


def _counts(rule: CompiledRule, check: CountCheck, change: Callable[[Check], CompiledRule]) -> Iterator[Figure]:
    if rule.kind in _CAPS:
        n = check.at_most
        looser, tighter = structs.replace(check, at_most=n + 1), structs.replace(check, at_most=n - 1)
        sides = (
            Step(change(looser), "deny", f"after {_events(n)} in the window"),
            Step(change(tighter), "allow", f"after {_events(n - 1)} in the window"),
        )
        yield Figure(f"at most {n}", sides)
    if check.unit == WindowUnit.seconds:
        yield _seconds(check, change)
    elif check.unit in _UNIT_WORDS:
        yield _days(check, change)
    elif check.unit in (WindowUnit.week, WindowUnit.month):
        yield _calendar(check, change)


def _events(n: int) -> str:
    return f"{n} event" if n == 1 else f"{n} events" if n else "no event"


def _seconds(check: CountCheck, change: Callable[[Check], CompiledRule]) -> Figure:
    n = check.n
    sides = (
        Step(change(structs.replace(check, n=n - _MINUTE_S)), "deny", f"{_long(n - _MINUTE_S)} after the event"),
        Step(change(structs.replace(check, n=n + _MINUTE_S)), "allow", f"{_long(n)} after the event, to the minute"),
    )
    return Figure(_long(n), sides)


def _long(seconds: int) -> str:
    hours, minutes = divmod(max(seconds, 0) // _MINUTE_S, 60)
    return " ".join(f"{n} {word}" for n, word in ((hours, "hours"), (minutes, "minutes")) if n) or "0 minutes"


def _days(check: CountCheck, change: Callable[[Check], CompiledRule]) -> Figure:
    n, words = check.n, _UNIT_WORDS[WindowUnit(check.unit)]
    sides = (
        Step(change(_shorter(check)), "deny", f"{n - 1} {words} after the event" if n > 1 else "on the event's day"),
        Step(change(structs.replace(check, n=n + 1)), "allow", f"{n} {words} after the event"),
    )
    return Figure(f"{n} {words}", sides)


def _shorter(check: CountCheck) -> CountCheck:
    """A day less; one day less than one day is a second."""
    if check.n > 1:
        return structs.replace(check, n=check.n - 1)
    return structs.replace(check, unit=int(WindowUnit.seconds), n=1)


def _calendar(check: CountCheck, change: Callable[[Check], CompiledRule]) -> Figure:
    """A calendar week is not its last seven days, nor today alone; so a month."""
    word, days = ("week", _DAYS_OF_WEEK) if check.unit == WindowUnit.week else ("month", _DAYS_OF_MONTH)
    today = structs.replace(check, unit=int(WindowUnit.civil_days), n=1)
    rolling = structs.replace(check, unit=int(WindowUnit.civil_days), n=days)
    sides = (
        Step(change(today), "deny", f"after events of earlier days of the same {word}"),
        Step(change(rolling), "allow", f"after events of the last days of the {word} before"),
    )
    return Figure(f"calendar {word}", sides)


# --- dates and numbers ---------------------------------------------------------------------------------------------


def _dates(check: DateCheck, change: Callable[[Check], CompiledRule]) -> Iterator[Figure]:
    least, most = check.at_least_days, check.at_most_days
    if least != FIRST_DAY:
        yield Figure(f"at least {least} days", (
            Step(change(structs.replace(check, at_least_days=least - 1)), "deny", f"{least - 1} days after the date"),
            Step(change(structs.replace(check, at_least_days=least + 1)), "allow", f"{least} days after the date"),
        ))  # fmt: skip
    if most != LAST_DAY:
        yield Figure(f"at most {most} days", (
            Step(change(structs.replace(check, at_most_days=most + 1)), "deny", f"{most + 1} days after the date"),
            Step(change(structs.replace(check, at_most_days=most - 1)), "allow", f"{most} days after the date"),
        ))  # fmt: skip


def _numbers(check: NumberCheck, change: Callable[[Check], CompiledRule]) -> Iterator[Figure]:
    least, most = check.at_least, check.at_most
    if least != float("-inf"):
        yield Figure(f"at least {least:g}", (
            Step(change(structs.replace(check, at_least=least - 1)), "deny", f"with the number just under {least:g}"),
            Step(change(structs.replace(check, at_least=least + 1)), "allow", f"with the number {least:g}"),
        ))  # fmt: skip
    if most != float("inf"):
        yield Figure(f"at most {most:g}", (
            Step(change(structs.replace(check, at_most=most + 1)), "deny", f"with the number just over {most:g}"),
            Step(change(structs.replace(check, at_most=most - 1)), "allow", f"with the number {most:g}"),
        ))  # fmt: skip


def _gates(rule: CompiledRule) -> Iterator[Figure]:
    """The days of `when_date`: outside them the rule does not apply."""
    if rule.gate_date < 0 or not rule.checks:
        return
    least, most = rule.gate_from, rule.gate_to
    if least != FIRST_DAY:
        yield _gate(rule, "at_least_days", {"gate_from": least + 1}, {"gate_from": least - 1}, (least, least - 1))
    if most != LAST_DAY:
        yield _gate(rule, "at_most_days", {"gate_to": most - 1}, {"gate_to": most + 1}, (most, most + 1))


def _gate(
    rule: CompiledRule, key: str, looser: dict[str, Any], tighter: dict[str, Any], days: tuple[int, int]
) -> Figure:
    """`days`: the last day on which the rule applies, and the next, on which it does not."""
    sides = (
        Step(structs.replace(rule, **looser), "deny", f"{days[0]} days after the date of when_date"),
        Step(structs.replace(rule, **tighter), "allow", f"{days[1]} days after the date of when_date"),
    )
    return Figure(f"when_date {key} {days[0]}", sides)
