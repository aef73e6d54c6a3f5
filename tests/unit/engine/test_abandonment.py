"""The abandonment rate: three formulas on one call log against answers worked out by hand, and a slow twin."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.engine.abandonment import CallLog, Estimates, Formula, Outcome, formulas, outcomes, period_start, rate
from cadencia.engine.clock import ZoneClock
from cadencia.engine.decide import Engine
from cadencia.engine.decision import Duty
from cadencia.engine.query import Query
from cadencia.rules.cache import open_rulebook
from cadencia.rules.zones import compile_zones

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NEW_YORK = ZoneClock(compile_zones(("America/New_York",))[0]["America/New_York"])
NONE = math.nan
FORMULA = Formula(
    rule="AA.law.abandonment", citation="art. 1", at_most=0.03, denominator="answered_by_person", unit="civil_days",
    n=30, periods="rolling", per=("campaign",), machine_correction=False, connect_within_s=2.0, connect_from="answer",
)  # fmt: skip


def seconds(text: str) -> float:
    return (datetime.fromisoformat(text) - EPOCH).total_seconds()


def log_of(*groups: tuple[int, str, float, float, float, bool]) -> CallLog:
    """(calls, answered at, then seconds after the answer: greeting over, agent speaks, call ends; machine)."""
    rows = [
        (seconds(at), *(seconds(at) + after for after in (greeted, agent, ended)), machine)
        for calls, at, greeted, agent, ended, machine in groups
        for _ in range(calls)
    ]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    names = ("answered_at", "greeted_at", "agent_at", "ended_at", "machine")
    return CallLog(**dict(zip(names, columns, strict=True)))


#: One campaign since Thu 15 Oct 2026. By day: 20 Oct, 5 Nov, 14 Nov, 16 Nov.
CAMPAIGN = log_of(
    (1, "2026-10-15T09:00-04:00", NONE, 1.0, 60.0, False),
    (100, "2026-10-20T10:00-04:00", NONE, 1.0, 60.0, False),
    (5, "2026-10-20T10:00-04:00", NONE, NONE, 5.0, False),
    (200, "2026-11-05T10:00-05:00", NONE, 1.0, 60.0, False),
    (4, "2026-11-05T10:00-05:00", NONE, NONE, 5.0, False),
    (10, "2026-11-05T10:00-05:00", NONE, NONE, 0.8, False),  # hung up before the two seconds were over
    (80, "2026-11-14T10:00-05:00", 1.5, 1.9, 60.0, False),
    (20, "2026-11-14T10:00-05:00", 1.5, 3.0, 60.0, False),  # within two seconds of the greeting, not of the answer
    (2, "2026-11-14T10:00-05:00", 1.5, NONE, 5.0, False),
    (30, "2026-11-14T10:00-05:00", NONE, NONE, 4.0, True),
    (60, "2026-11-16T09:00-05:00", NONE, 1.0, 60.0, False),
    (1, "2026-11-16T09:00-05:00", NONE, NONE, 5.0, False),
    (3, "2026-11-16T09:00-05:00", NONE, NONE, 0.8, False),
    (50, "2026-11-16T09:00-05:00", NONE, NONE, 4.0, True),
)
NOON = seconds("2026-11-16T12:00-05:00")


@pytest.fixture(scope="module")
def law() -> Engine:
    return Engine(open_rulebook())


def formula_of(law: Engine, rule: str, place: tuple[str, ...], at: str, purpose: str) -> Formula:
    query = Query(
        at=datetime.fromisoformat(at), jurisdictions=place, zones=("America/New_York",), purpose=purpose,
        initiator="predictive",
    )  # fmt: skip
    (found,) = [one for one in formulas(law.decide(query).obligations) if one.rule == rule]
    return found


def test_telemarketing_sales_rule_by_hand(law: Engine) -> None:
    """The second thirty days began on 14 November: 2 + 1 abandoned of 80 + 20 + 2 + 60 + 1 + 3 answered by a person."""
    formula = formula_of(law, "US.tsr.abandonment", ("US",), "2026-11-16T12:00-05:00", "marketing")
    found = rate(formula, CAMPAIGN, NEW_YORK, NOON)
    assert (found.numerator, found.denominator, found.at_most) == (3, 166, 0.03)
    assert found.from_ == seconds("2026-11-14T00:00-05:00")
    assert not found.exceeded
    assert found.drops_left == 2  # 5 of 168 is 2.98 %, 6 of 169 is 3.55 %


def test_crtc_by_hand(law: Engine) -> None:
    """The calendar month, seconds from the answer: 4 + 20 + 2 + 1 abandoned of 214 + 102 + 64."""
    formula = formula_of(law, "CA.crtc.abandonment", ("CA",), "2026-11-16T12:00-05:00", "marketing")
    found = rate(formula, CAMPAIGN, NEW_YORK, NOON)
    assert (found.numerator, found.denominator, found.at_most) == (27, 380, 0.05)
    assert found.exceeded
    assert found.drops_left == 0


def test_former_ofcom_method_by_hand(law: Engine) -> None:
    """24 hours; who hung up is left out; 4 % of 50 machines were people: 1 + 2 abandoned of 60 + 1 + 2."""
    rule = "GB.ofcom-persistent-misuse.abandonment"
    formula = formula_of(law, rule, ("GB",), "2015-06-10T12:00+01:00", "collections")
    plain = rate(formula, CAMPAIGN, NEW_YORK, NOON)
    assert (plain.numerator, plain.denominator, plain.exceeded) == (1, 61, False)
    found = rate(formula, CAMPAIGN, NEW_YORK, NOON, estimates=Estimates(persons_among_machines=0.04))
    assert (found.numerator, found.denominator, found.exceeded) == (3, 63, True)
    both = rate(formula, CAMPAIGN, NEW_YORK, NOON, estimates=Estimates(0.04, machines_among_abandoned=0.5))
    assert (both.numerator, both.denominator) == (2.5, 62.5)


def test_estimates_do_nothing_where_the_formula_knows_none(law: Engine) -> None:
    formula = formula_of(law, "US.tsr.abandonment", ("US",), "2026-11-16T12:00-05:00", "marketing")
    assert rate(formula, CAMPAIGN, NEW_YORK, NOON, estimates=Estimates(0.5, 0.5)).numerator == 3


def test_since_2017_ofcom_names_no_rate(law: Engine) -> None:
    query = Query(
        at=datetime.fromisoformat("2026-11-16T12:00+00:00"), jurisdictions=("GB",), zones=("Europe/London",),
        initiator="predictive",
    )  # fmt: skip
    rules = {one.rule for one in formulas(law.decide(query).obligations)}
    assert "GB.ofcom-persistent-misuse.abandonment" not in rules


@pytest.mark.parametrize(
    ("agent", "ended", "at", "outcome"),
    [
        (2.0, 60.0, 100.0, Outcome.connected),
        (2.001, 60.0, 100.0, Outcome.abandoned),
        (NONE, 1.999, 100.0, Outcome.hung_up),
        (NONE, 2.0, 100.0, Outcome.abandoned),
        (NONE, NONE, 1.999, Outcome.open),
        (NONE, NONE, 2.0, Outcome.abandoned),
        (1.0, NONE, 0.5, Outcome.open),  # the agent has not spoken yet
        (NONE, 1.0, 0.5, Outcome.open),  # nor has the person hung up
    ],
)
def test_the_edge_of_the_seconds(agent: float, ended: float, at: float, outcome: Outcome) -> None:
    log = log_of((1, "2026-11-16T09:00-05:00", NONE, agent, ended, False))
    assert outcomes(log, FORMULA, seconds("2026-11-16T09:00-05:00") + at).tolist() == [outcome]


def test_an_agent_who_speaks_to_a_machine_call_changes_nothing() -> None:
    log = log_of((1, "2026-11-16T09:00-05:00", NONE, 1.0, 60.0, True))
    assert outcomes(log, FORMULA, NOON).tolist() == [Outcome.machine]


@pytest.mark.parametrize(
    ("window", "periods", "start"),
    [
        ("24 hours", "rolling", "2026-11-15T12:00-05:00"),
        ("day", "rolling", "2026-11-16T00:00-05:00"),
        ("week", "rolling", "2026-11-16T00:00-05:00"),
        ("month", "rolling", "2026-11-01T00:00-04:00"),  # the clocks go back at 02:00 of that day
        ("30 civil days", "rolling", "2026-10-18T00:00-04:00"),
        ("30 civil days", "successive", "2026-11-14T00:00-05:00"),
    ],
)
def test_where_a_period_begins(window: str, periods: str, start: str) -> None:
    (formula,) = formulas([duty(window=window, periods=periods)])
    assert period_start(formula, NEW_YORK, NOON, seconds("2026-10-15T09:00-04:00")) == seconds(start)


def duty(**terms: Any) -> Duty:
    cap = {
        "at_most": 0.03, "numerator": "abandoned", "denominator": "answered_by_person", "window": "30 civil days",
        "periods": "rolling", "per": ["campaign"], "machine_correction": "none",
    }  # fmt: skip
    return Duty(rule="AA.law.abandonment", code="abandonment", value=cap | terms, citation="art. 1")


def test_duties_without_a_rate_are_no_formula() -> None:
    assert formulas([Duty(rule="AA.law.ring", code="ring_at_least_s", value=15)]) == ()


def test_a_period_that_no_rule_can_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no period"):
        formulas([duty(window="5 business days")])


def test_columns_of_different_lengths_are_refused() -> None:
    log = log_of((2, "2026-11-16T09:00-05:00", NONE, 1.0, 60.0, False))
    with pytest.raises(ValueError, match="lengths"):
        CallLog(
            answered_at=log.answered_at[:1], greeted_at=log.greeted_at, agent_at=log.agent_at, ended_at=log.ended_at,
            machine=log.machine,
        )  # fmt: skip


def test_a_call_that_nobody_answered_is_refused() -> None:
    with pytest.raises(ValueError, match="not answered"):
        CallLog(
            answered_at=np.array([NONE]), greeted_at=np.array([NONE]), agent_at=np.array([NONE]),
            ended_at=np.array([NONE]), machine=np.array([False]),
        )  # fmt: skip


@given(st.integers(0, 400), st.integers(1, 3_000), st.sampled_from([0.0, 0.01, 0.03, 0.05, 0.5, 1.0]))
def test_drops_left_is_the_most_that_keep_the_cap(abandoned: int, connected: int, at_most: float) -> None:
    day = "2026-11-16T09:00-05:00"
    rows = ((connected, day, NONE, 1.0, 60.0, False), (abandoned, day, NONE, NONE, 5.0, False))
    left = rate(msgspec.structs.replace(FORMULA, at_most=at_most), log_of(*rows), NEW_YORK, NOON).drops_left

    def keeps(more: int) -> bool:
        return abandoned + more <= at_most * (abandoned + more + connected) + 1e-9

    if at_most < 1:
        assert left == 0 or keeps(left)
        assert not keeps(left + 1)


calls = st.tuples(
    st.floats(0, 86_400), *(st.one_of(st.just(NONE), st.floats(0, 6)) for _ in range(3)), st.booleans()
)  # fmt: skip


@given(st.lists(calls, min_size=1, max_size=30), st.sampled_from(["answer", "greeting"]), st.floats(0, 90_000))
def test_outcomes_agree_with_a_slow_twin(rows: list[tuple[float, ...]], connect_from: str, at: float) -> None:
    answered = np.array([row[0] for row in rows])
    after = [np.array([row[0] + row[i] for row in rows]) for i in (1, 2, 3)]
    log = CallLog(
        answered_at=answered, greeted_at=after[0], agent_at=after[1], ended_at=after[2],
        machine=np.array([bool(row[4]) for row in rows]),
    )  # fmt: skip
    formula = msgspec.structs.replace(FORMULA, connect_from=connect_from)
    assert outcomes(log, formula, at).tolist() == [slowly(log, i, formula, at) for i in range(len(rows))]


def slowly(log: CallLog, i: int, formula: Formula, at: float) -> Outcome:
    """One call as the law tells it."""
    answered, greeted, agent, ended = log.answered_at[i], log.greeted_at[i], log.agent_at[i], log.ended_at[i]
    if answered > at and log.machine[i]:
        return outcome_of_person(answered, greeted, agent, ended, formula, at)
    return Outcome.machine if log.machine[i] else outcome_of_person(answered, greeted, agent, ended, formula, at)


def outcome_of_person(
    answered: float, greeted: float, agent: float, ended: float, formula: Formula, at: float
) -> Outcome:
    start = greeted if formula.connect_from == "greeting" and not math.isnan(greeted) else answered
    due = start + formula.connect_within_s
    if not math.isnan(agent) and agent <= at and agent <= due:
        return Outcome.connected
    if not math.isnan(ended) and ended <= at and ended < due:
        return Outcome.hung_up
    return Outcome.abandoned if due <= at else Outcome.open


AGENTS, ENDS = st.sampled_from([NONE, 1.0, 5.0]), st.sampled_from([NONE, 0.5, 9.0])  # seconds after the answer


@given(
    st.lists(st.tuples(AGENTS, ENDS, st.booleans()), max_size=9),
    st.lists(st.tuples(AGENTS, ENDS), max_size=6),
    st.sampled_from(["answered_by_person", "connected_or_abandoned"]),
    st.booleans(),
)
def test_calls_not_known_never_lower_the_rate(
    known: list[tuple[float, float, bool]], unknown: list[tuple[float, float]], denominator: str, corrected: bool
) -> None:
    """Against the log without them, and against the same calls taken for a person's, or for a machine's."""
    formula = msgspec.structs.replace(FORMULA, denominator=denominator, machine_correction=corrected)
    estimates = Estimates(persons_among_machines=0.1)
    groups = [(1, "2026-11-16T09:00-05:00", NONE, agent, ended, machine) for agent, ended, machine in known]
    more = [(1, "2026-11-16T09:00-05:00", NONE, agent, ended) for agent, ended in unknown]

    def share(log: CallLog) -> float:
        return rate(formula, log, NEW_YORK, NOON, estimates=estimates).share

    if not groups or not more:
        return
    both = log_of(*groups, *((*one, False) for one in more))
    strict = share(msgspec.structs.replace(both, unknown=np.arange(len(known) + len(more)) >= len(known)))
    others = (log_of(*groups), both, log_of(*groups, *((*one, True) for one in more)))
    assert all(strict >= share(one) - 1e-12 for one in others)
