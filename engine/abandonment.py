"""The abandonment rate by the formula of a rule: what counts as abandoned, against what, over which period.

A formula is rule data (the `abandonment` duty of a `dialing` rule). Three laws, one shape:

    rate = (abandoned + p·machines − q·abandoned) / (denominator + p·machines − q·abandoned)

where p is the share of calls taken for a machine that a person had answered, and q the share of calls counted as
abandoned that a machine had answered. Both are 0 but where the formula allows estimates (`machine_correction`), as the
former method of Ofcom did (statement on persistent misuse, revised 2010). 16 CFR 310.4(b)(4)(i) and the CRTC's
Unsolicited Telecommunications Rules, part III, know neither.

Instants are seconds since 2000-01-01T00:00:00Z with fractions; days are local dates as days since 2000-01-01.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from math import floor
from typing import Any, Literal, cast

import msgspec
import numpy as np
import numpy.typing as npt

from cadencia.engine.clock import ZoneClock, weekday
from cadencia.engine.decision import Duty

Instants = npt.NDArray[np.float64]
Unit = Literal["seconds", "civil_days", "week", "month"]

#: Without a figure in the law an agent must speak within this many seconds: the figure that every known law has.
DEFAULT_CONNECT_S = 2.0
_HOUR_S = 3_600
_EPOCH = np.datetime64("2000-01-01", "D")
#: Room for the rounding of a product such as 0.03 × 300, which must be 9.
_ROUNDING = 1e-9


class Outcome(IntEnum):
    """How an answered call ended, for one formula. `open`: its seconds are not over yet and no agent has spoken.
    `unknown`: not abandoned, and nobody knows whether a person had answered."""

    machine = 0
    connected = 1
    hung_up = 2
    abandoned = 3
    open = 4
    unknown = 5


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """One rule's cap: `numerator` over `denominator` at most `at_most` (a share of 1) in the period.

    unit, n: the period; `periods` rolling (it ends now) or successive (the n days, again and again, from the campaign's
    first day on). denominator: answered_by_person, or connected_or_abandoned, which leaves out people who hung up
    themselves. connect_from: whether the seconds run from the answer or from the end of the person's greeting."""

    rule: str
    citation: str
    at_most: float
    denominator: str
    unit: Unit
    n: int
    periods: str
    per: tuple[str, ...]
    machine_correction: bool
    connect_within_s: float
    connect_from: str


class Estimates(msgspec.Struct, frozen=True):
    """Reasoned estimates, as shares of 1, from agents' marks or listening tests; used where a formula allows them."""

    persons_among_machines: float = 0.0  # of calls taken for a machine, those a person had answered
    machines_among_abandoned: float = 0.0  # of calls counted as abandoned, those a machine had answered


class CallLog(msgspec.Struct, frozen=True, kw_only=True):
    """Answered calls of one subject (a campaign, say) as columns of one length. NaN: not known, or not yet.

    A greeting whose end is not known is taken to have ended at the answer, which is the stricter reading. `machine`
    is what the detector said, before any agent spoke. `unknown`: of these calls nothing says whether a machine or a
    person had answered; they count when they were abandoned and never lower the rate. None: there are no such calls."""

    answered_at: Instants
    greeted_at: Instants
    agent_at: Instants
    ended_at: Instants
    machine: npt.NDArray[np.bool_]
    unknown: npt.NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        columns = (getattr(self, name) for name in self.__struct_fields__)
        lengths = {len(column) for column in columns if column is not None}
        if len(lengths) > 1:
            raise ValueError(f"the columns of a call log have the lengths {sorted(lengths)}; give all one length")
        if np.isnan(self.answered_at).any():
            raise ValueError("answered_at has a call that was not answered; leave it out of the log")


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """What a formula says of a log. numerator and denominator may be fractions where estimates enter.

    from_: the first instant of the period. drops_left: how many more calls may be abandoned now, each of them a call
    more, before the share exceeds the cap."""

    rule: str
    numerator: float
    denominator: float
    at_most: float
    from_: float
    drops_left: int
    calls: int  # of the log that were answered in the period
    unknown: int = 0  # of those, not abandoned and not known to be a person's or a machine's: left out

    @property
    def share(self) -> float:
        """The rate as a share of 1; 0 while nothing counts."""
        return self.numerator / self.denominator if self.denominator > 0 else 0.0

    @property
    def exceeded(self) -> bool:
        """Whether the cap is exceeded; a rate that is exactly the cap is not."""
        return self.numerator > self.at_most * self.denominator + _ROUNDING


def formulas(duties: Iterable[Duty]) -> tuple[Formula, ...]:
    """The formulas among a decision's duties, in their order. ValueError for a period that no rule file can name."""
    by_rule: dict[str, dict[str, Any]] = {}
    citations: dict[str, str] = {}
    for duty in duties:
        by_rule.setdefault(duty.rule, {})[duty.code] = duty.value
        citations[duty.rule] = duty.citation
    return tuple(_formula(rule, citations[rule], values) for rule, values in by_rule.items() if "abandonment" in values)


def _formula(rule: str, citation: str, duties: dict[str, Any]) -> Formula:
    cap = duties["abandonment"]
    unit, n = _period(cap["window"])
    return Formula(
        rule=rule, citation=citation, at_most=cap["at_most"], denominator=cap["denominator"], unit=unit, n=n,
        periods=cap["periods"], per=tuple(cap["per"]), machine_correction=cap["machine_correction"] == "estimated",
        connect_within_s=duties.get("connect_within_s", DEFAULT_CONNECT_S),
        connect_from=duties.get("connect_from", "answer"),
    )  # fmt: skip


def _period(window: str) -> tuple[Unit, int]:
    if window in ("day", "week", "month"):
        return ("civil_days", 1) if window == "day" else (cast(Unit, window), 1)
    amount, _, noun = window.partition(" ")
    n, units = int(amount), {"hour": ("seconds", _HOUR_S), "civil day": ("civil_days", 1)}
    unit, size = units.get(noun.removesuffix("s"), ("", 0))
    if not unit:
        raise ValueError(f"{window!r} is no period of an abandonment rate")
    return cast(Unit, unit), n * size


def outcomes(log: CallLog, formula: Formula, at: float) -> npt.NDArray[np.int8]:
    """Each call's Outcome as known at `at`; calls answered later are `open`.

    Abandoned: a person who was still there when the seconds ended, and to whom no agent had spoken. Who hung up before
    that was not abandoned; whom an agent reached too late was."""
    starts = log.answered_at
    if formula.connect_from == "greeting":
        starts = np.where(np.isnan(log.greeted_at), starts, np.maximum(log.greeted_at, starts))
    due = starts + formula.connect_within_s
    # comparisons with NaN are false: no agent, or not ended
    connected = log.agent_at <= np.minimum(due, at)
    hung_up = ~connected & (log.ended_at < due) & (log.ended_at <= at)
    found = np.full(len(starts), Outcome.open, np.int8)
    found[due <= at] = Outcome.abandoned
    found[hung_up] = Outcome.hung_up
    found[connected] = Outcome.connected
    if log.unknown is not None:
        found[log.unknown & ((found == Outcome.hung_up) | (found == Outcome.connected))] = Outcome.unknown
    found[log.machine & (log.answered_at <= at)] = Outcome.machine
    return found


def period_start(formula: Formula, clock: ZoneClock, at: float, first: float) -> float:
    """The first instant of the period that holds `at`, on the wall clock of the place whose law it is. `first` is an
    instant of the campaign's first day, from which successive periods are counted. ZoneDataEndedError past the data."""
    if formula.unit == "seconds":
        return at - formula.n
    today = clock.local_day(floor(at))
    if formula.unit == "week":
        return float(clock.day_start(today - weekday(today)))
    if formula.unit == "month":
        month = (_EPOCH + np.timedelta64(today, "D")).astype("datetime64[M]").astype("datetime64[D]")
        return float(clock.day_start(int((month - _EPOCH).astype(np.int64))))
    if formula.periods == "successive":
        since = max(today - clock.local_day(floor(first)), 0)
        return float(clock.day_start(today - since % formula.n))
    return float(clock.day_start(today - formula.n + 1))


def rate(
    formula: Formula, log: CallLog, clock: ZoneClock, at: float, *,
    first: float | None = None, estimates: Estimates = Estimates(),  # noqa: B008 (a frozen value)
) -> Rate:  # fmt: skip
    """The rate of a log at an instant. `first` defaults to the first answer in the log."""
    if first is None:
        first = float(log.answered_at.min()) if len(log.answered_at) else at
    start = period_start(formula, clock, at, first)
    # a rolling span of seconds leaves out the instant at its far edge, as a day does by beginning at midnight
    inside = log.answered_at > start if formula.unit == "seconds" else log.answered_at >= start
    inside &= log.answered_at <= at
    counted = np.bincount(outcomes(log, formula, at)[inside], minlength=len(Outcome))
    abandoned, unknown = float(counted[Outcome.abandoned]), int(counted[Outcome.unknown])
    machines = float(counted[Outcome.machine] + unknown)  # more of them never make the corrected rate lower
    against = float(counted[Outcome.connected]) + abandoned
    if formula.denominator == "answered_by_person":
        against += float(counted[Outcome.hung_up])
    correction = 0.0
    if formula.machine_correction:
        correction = estimates.persons_among_machines * machines - estimates.machines_among_abandoned * abandoned
    numerator, denominator = abandoned + correction, against + correction
    return Rate(
        rule=formula.rule, numerator=numerator, denominator=denominator, at_most=formula.at_most, from_=start,
        drops_left=_drops_left(numerator, denominator, formula.at_most), calls=int(inside.sum()),
        unknown=unknown,
    )  # fmt: skip


def _drops_left(numerator: float, denominator: float, at_most: float) -> int:
    """The largest k with (numerator + k) / (denominator + k) ≤ at_most; 0 where even none is left."""
    if at_most >= 1:
        return np.iinfo(np.int32).max
    return max(0, floor((at_most * denominator - numerator) / (1 - at_most) + _ROUNDING))
