"""The engine's face: every denial of its own, duties, warnings, bad queries and heavy ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from cadencia.engine.asked import QueryError
from cadencia.engine.decide import Engine
from cadencia.engine.query import Event, Fact, Hours, Query
from cadencia.engine.tables import BanCheck, Calendar, DateCheck, FactCheck, NumberCheck, Obligation, WindowCheck
from cadencia.engine.words import DATES, NUMBERS, bit_of_fact
from tests.unit.engine.books import NINE_TO_SIX, TUESDAY, asked, book, cap, day_number, rule, window

DAYTIME = rule("hours", window(), kind="contact_window")
ONCE = rule("once", cap(), kind="frequency_cap")
PLAIN = Engine(book(DAYTIME, ONCE))


def names(decision: Any) -> list[str]:
    return [reason.rule.removeprefix("AA.law.") for reason in decision.reasons]


def calendar(first: date, days: int) -> Calendar:
    return Calendar("c", day_number(first), days, bytes(days // 8 + 1))


def test_allowed_has_no_reason_and_opens_at_the_instant_asked() -> None:
    decision = PLAIN.decide(asked())
    assert (decision.verdict, decision.allowed, decision.reasons) == ("allow", True, ())
    assert (decision.at, decision.retry_at, decision.retry) == (TUESDAY, TUESDAY, "at")
    assert (decision.jurisdictions, decision.zones, decision.rulebook) == (("AA",), ("America/Bogota",), "sha256:test")


def test_every_reason_is_told_with_its_own_opening() -> None:
    evening = TUESDAY.replace(hour=23)  # 18:00 in Bogota
    decision = PLAIN.decide(asked(evening, history=(Event(at=TUESDAY),)))
    hours, once = decision.reasons
    assert (hours.rule, hours.kind, hours.citation) == ("AA.law.hours", "contact_window", "art. hours")
    assert hours.retry_at == datetime(2026, 5, 20, 14, tzinfo=UTC)
    assert once.retry_at == datetime(2026, 5, 20, 5, tzinfo=UTC)
    assert decision.retry_at == datetime(2026, 5, 20, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"jurisdictions": ()}, "jurisdiction_unknown"),
        ({"jurisdictions": ("ZZ",)}, "no_rules_known"),
        ({"jurisdictions": ("AA", "ZZ")}, "no_rules_known"),
        ({"zones": ()}, "zone_unknown"),
        ({"zones": ("Mars/Olympus",)}, "zone_unknown"),
        ({"zones": ("America/Bogota", "Mars/Olympus")}, "zone_unknown"),
    ],
)
def test_what_is_not_known_denies(fields: dict[str, Any], code: str) -> None:
    decision = PLAIN.decide(asked(**fields))
    [reason] = decision.reasons
    assert (decision.verdict, reason.rule, reason.kind) == ("deny", code, "engine")
    assert (decision.retry_at, decision.retry, reason.retry) == (None, "needs_fact", "needs_fact")


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_the_engine_says_the_cure_in_each_language(language: str) -> None:
    told = {PLAIN.decide(asked(zones=()), language=other).reasons[0].message for other in ("en", "es", "pt")}
    assert len(told) == 3
    assert PLAIN.decide(asked(zones=()), language=language).reasons[0].message in told


def test_zones_whose_hours_never_meet_are_ambiguous() -> None:
    mornings = Engine(book(rule("hours", window(((540, 720),)), kind="contact_window")))
    decision = mornings.decide(asked(zones=("America/Los_Angeles", "Asia/Tokyo")))
    assert not decision.allowed
    assert "zone_ambiguous" in names(decision)
    assert decision.retry_at is None
    met = PLAIN.decide(asked(TUESDAY.replace(hour=13), zones=("America/Los_Angeles", "America/New_York")))
    assert met.retry_at == datetime(2026, 5, 19, 16, tzinfo=UTC)  # 09:00 in Los Angeles, noon in New York


def test_a_calendar_that_does_not_reach_the_day_denies() -> None:
    closed_on_holidays = rule("hours", window(holiday=()), kind="contact_window", calendar=0)
    engine = Engine(book(closed_on_holidays, calendars=(calendar(date(2025, 1, 1), 365),)))
    decision = engine.decide(asked())
    assert not decision.allowed
    assert "calendar_ended" in names(decision)
    assert engine.decide(asked(TUESDAY.replace(year=2025))).allowed


def test_zone_data_that_has_ended_denies() -> None:
    short = book(DAYTIME)
    zones = {name: msgspec.structs.replace(zone, ends=800_000_000) for name, zone in short.zones.items()}
    decision = Engine(msgspec.structs.replace(short, zones=zones)).decide(asked())
    assert not decision.allowed
    assert "zone_data_ended" in names(decision)


def test_more_rules_than_a_profile_holds_deny() -> None:
    full = [rule(f"r{i}", FactCheck(forbids=1)) for i in range(64)]
    decision = Engine(book(*full)).decide(asked())
    assert (decision.verdict, names(decision)) == ("deny", ["profile_limit"])
    assert Engine(book(*full[:63])).decide(asked()).allowed


@pytest.mark.parametrize(("field", "limit"), [("debt", 255), ("address", 255), ("creditor", 31)])
def test_more_ids_than_a_history_holds_deny(field: str, limit: int) -> None:
    rows = tuple(Event(at=TUESDAY - timedelta(days=9), **{field: str(i)}) for i in range(limit))  # type: ignore[arg-type]
    assert PLAIN.decide(asked(history=rows)).allowed
    decision = PLAIN.decide(asked(history=(*rows, Event(at=TUESDAY, **{field: "more"}))))  # type: ignore[arg-type]
    assert (decision.verdict, names(decision)) == ("deny", ["history_overflow"])


def test_ten_thousand_events_on_one_person_are_all_counted() -> None:
    rows = tuple(Event(at=TUESDAY - timedelta(seconds=60 * i)) for i in range(10_000))  # 7 days of minutes
    engine = Engine(book(rule("cap", cap(10_000, n=30)), rule("more", cap(10_001, n=30))))
    assert names(engine.decide(asked(history=rows))) == ["cap"]


def test_an_event_of_the_future_counts() -> None:
    assert names(PLAIN.decide(asked(history=(Event(at=TUESDAY + timedelta(hours=2)),)))) == ["once"]


def test_a_reservation_counts_as_everything_and_a_released_one_as_nothing() -> None:
    talks = Engine(book(rule("talks", cap(kinds=1 << 7))))
    assert names(talks.decide(asked(history=(Event(at=TUESDAY, kind="pending"),)))) == ["talks"]
    assert talks.decide(asked(history=(Event(at=TUESDAY, kind="void"), Event(at=TUESDAY, kind="busy")))).allowed


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (asked(None), "at: the instant asked about is missing"),
        (asked(datetime(2026, 5, 19, 10)), "at: 2026-05-19T10:00:00 has no zone; write it with an offset"),
        (asked(channel="pigeon"), "'pigeon' is not a channel; one of: call"),
        (asked(actor="bank"), "'bank' is not an actor"),
        (asked(purpose="fun"), "'fun' is not a purpose"),
        (asked(party="friend"), "'friend' is not a party"),
        (asked(place="moon"), "'moon' is not a place"),
        (asked(initiator="chance"), "'chance' is not an initiator"),
        (asked(debt_type="honour"), "'honour' is not a debt type"),
        (asked(stage="last"), "'last' is not a stage"),
        (asked(facts=(Fact(name="rich"),)), "facts: 'rich' is not a fact"),
        (asked(facts=(Fact(name="opt_out", channel="pigeon"),)), "'pigeon' is not a channel"),
        (asked(facts=(Fact(name="opt_out", from_=datetime(2026, 1, 1)),)), "facts.from: .* has no zone"),
        (asked(facts=(Fact(name="opt_out", until=datetime(2026, 1, 1)),)), "facts.until: .* has no zone"),
        (asked(dates={"birthday": date(2026, 1, 1)}), "dates: 'birthday' is not a dated fact"),
        (asked(numbers={"age": 5.0}), "numbers: 'age' is not a numeric fact"),
        (asked(numbers={"amount_due": -1.0}), "amount_due is -1.0; it cannot be negative"),
        (asked(numbers={"amount_due": float("nan")}), "amount_due is nan; leave it out"),
        (asked(numbers={"amount_due": float("inf")}), "amount_due is inf; leave it out"),
        (asked(history=(Event(at=datetime(2026, 1, 1)),)), "history: a time needs its zone"),
        (asked(history=(Event(at=TUESDAY, kind="hit"),)), "history: 'hit' is not an event kind"),
        (asked(history=(Event(at=TUESDAY.replace(year=1999)),)), "history: .* outside 2000 to 2136"),
        (asked(wanted_hours=(Hours(opens="20:00", closes="08:00"),)), "wanted_hours, unwanted_hours: .* end before"),
        (asked(unwanted_hours=(Hours(opens="8", closes="9"),)), "is not a time of day"),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_with_its_field(query: Query, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        PLAIN.decide(query)


@pytest.mark.parametrize(
    ("check", "fields", "retry"),
    [
        (BanCheck(), {}, "never"),
        (FactCheck(requires=1 << bit_of_fact("consent_time")), {}, "needs_fact"),
        (DateCheck(date=DATES.index("due_date"), at_least_days=10), {}, "needs_fact"),
        (NumberCheck(number=NUMBERS.index("amount_due"), at_least=5.0), {}, "needs_fact"),
        (cap(unit=1, n=5_000), {"history": (Event(at=TUESDAY),)}, "beyond_horizon"),
        (DateCheck(date=0, at_least_days=1_000), {"dates": {"due_date": date(2026, 5, 19)}}, "beyond_horizon"),
        (WindowCheck(days=((),) * 7 + (None,)), {}, "beyond_horizon"),
    ],
)
def test_why_nothing_opens(check: Any, fields: dict[str, Any], retry: str) -> None:
    decision = Engine(book(rule("r", check))).decide(asked(**fields))
    assert (decision.verdict, decision.retry_at, names(decision)) == ("deny", None, ["r"])
    assert decision.reasons[0].retry_at is None
    if retry == "beyond_horizon":
        assert decision.retry in ("beyond_horizon", "never")
    else:
        assert decision.retry == decision.reasons[0].retry


def test_a_fact_that_ends_opens_at_its_end() -> None:
    ends = TUESDAY + timedelta(days=2, seconds=7)
    engine = Engine(book(rule("r", FactCheck(forbids=1 << bit_of_fact("hold")))))
    decision = engine.decide(asked(facts=(Fact(name="hold", until=ends),)))
    assert (names(decision), decision.retry_at) == (["r"], ends)
    assert engine.decide(asked(ends, facts=(Fact(name="hold", until=ends),))).allowed


def test_a_fact_of_another_channel_says_nothing_here() -> None:
    engine = Engine(book(rule("r", FactCheck(forbids=1 << bit_of_fact("opt_out")))))
    assert engine.decide(asked(facts=(Fact(name="opt_out", channel="sms"),))).allowed
    assert not engine.decide(asked(channel="sms", facts=(Fact(name="opt_out", channel="sms"),))).allowed


def test_duties_come_with_what_binds_now() -> None:
    ring = rule("ring", obligations=(Obligation("ring_at_least_s", 15),))
    gone = rule("gone", obligations=(Obligation("ring_at_least_s", 9),), until_day=day_number(date(2026, 5, 19)))
    sms = rule("sms", obligations=(Obligation("x", 1),), channels=1 << 2)
    waived = rule("waived", obligations=(Obligation("y", 1),), unless=1 << bit_of_fact("consent_time"))
    engine = Engine(book(ring, gone, sms, waived))
    found = engine.decide(asked(facts=(Fact(name="consent_time"),))).obligations
    assert [(duty.rule, duty.code, duty.value, duty.citation) for duty in found] == [
        ("AA.law.ring", "ring_at_least_s", 15, "art. ring")
    ]
    assert [duty.rule for duty in engine.decide(asked()).obligations] == ["AA.law.ring", "AA.law.waived"]


def test_law_that_nobody_reviewed_is_warned_of_and_applied() -> None:
    mixed = book(rule("a", window(), file="aa/old.yaml"), rule("b", window(), file="aa/new.yaml", reviewed=True))
    [warning] = Engine(mixed).decide(asked()).warnings
    assert "aa/old.yaml" in warning and "aa/new.yaml" not in warning
    assert Engine(book(rule("b", window(), reviewed=True))).decide(asked()).warnings == ()


def test_the_version_of_the_local_day_counts() -> None:
    change = day_number(date(2026, 5, 20))
    early = rule("hours", window(((600, 660),)), until_day=change)
    late = rule("hours", window(NINE_TO_SIX), from_day=change)
    engine = Engine(book(early, late))
    assert not engine.decide(asked(TUESDAY + timedelta(hours=2))).allowed
    assert engine.decide(asked(TUESDAY + timedelta(hours=26))).allowed
    assert engine.decide(asked(TUESDAY + timedelta(hours=2))).retry_at == datetime(2026, 5, 20, 14, tzinfo=UTC)


def test_open_quarters_look_at_hours_alone() -> None:
    starts = [TUESDAY.replace(hour=hour) for hour in (13, 14, 22, 23)]  # 08, 09, 17, 18 in Bogota
    used_up = asked(history=(Event(at=TUESDAY),))
    assert PLAIN.open_quarters(used_up, starts) == [False, True, True, False]
    wanted = asked(wanted_hours=(Hours(opens="09:00", closes="10:00"),))
    assert PLAIN.open_quarters(wanted, starts) == [False, True, False, False]
    assert PLAIN.open_quarters(asked(zones=()), starts) == [False] * 4


def test_a_fact_said_both_ways_is_refused() -> None:
    said = (Fact(name="cease_request"), Fact(name="cease_request", value=False))
    with pytest.raises(QueryError, match="cease_request is said to be true and to be false"):
        Engine(book(rule("hours", window()))).decide(asked(facts=said))


@pytest.mark.parametrize("field", [{"at": "2026"}, {"numbers": {"amount_due": "x"}}, {"history": ["call"]}])
def test_a_value_of_the_wrong_type_is_a_query_error(field: dict[str, object]) -> None:
    with pytest.raises(QueryError):
        Engine(book(rule("hours", window()))).decide(asked(**field))


def test_a_fact_that_ends_before_it_begins_is_refused() -> None:
    backwards = Fact(name="cease_request", from_=TUESDAY, until=TUESDAY - timedelta(days=2))
    with pytest.raises(QueryError, match="cease_request ends before it begins"):
        Engine(book(rule("hours", window()))).decide(asked(facts=(backwards,)))
