"""Each field of a vector reaches the query; a line that cannot be read is an error of that line alone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cadencia.engine.decision import Decision, Reason
from cadencia.engine.query import Query
from cadencia.engine.tables import Jurisdiction, Rulebook
from cadencia.rules.case_facts import CaseError
from cadencia.rules.cases import (
    KINDS_FOR_REASON,
    MAX_LINE,
    MAX_PROBLEM,
    OUTCOMES,
    CaseResult,
    judge,
    query_of,
    read_case,
    run_cases,
    summary,
)
from cadencia.rules.model import KINDS
from cadencia.rules.zones import compile_zones

ZONES, LINKS, RELEASE = compile_zones(["America/Bogota", "America/New_York", "America/Chicago"])
BOOK = Rulebook(
    hash="sha256:0", rules=(), calendars=(), zones=ZONES, zone_links=LINKS, zone_version=RELEASE,
    jurisdictions={
        "US": Jurisdiction("US", "t"), "US-NY": Jurisdiction("US-NY", "t", parents=("US",)),
        "US-NY-NYC": Jurisdiction("US-NY-NYC", "t", parents=("US-NY", "US")), "CO": Jurisdiction("CO", "t"),
    },
)  # fmt: skip
PLAIN: dict[str, Any] = {
    "id": "v-1", "jurisdiction": "US", "channel": "call", "local_time": "2026-09-09T12:00:00", "tz": "America/New_York",
    "expected": "deny",
}  # fmt: skip
ROW = {"local_time": "2026-09-08T10:00:00", "channel": "call", "outcome": "attempt"}
NOON = datetime(2026, 9, 9, 16, tzinfo=UTC)


def line(**fields: object) -> bytes:
    return json.dumps(PLAIN | fields).encode()


def asked(**fields: object) -> Query:
    return query_of(read_case(line(**fields)), BOOK)


def decision(verdict: str, *kinds: str) -> Decision:
    reasons = tuple(Reason(rule=f"r.{kind}", kind=kind, citation=f"art. {kind}") for kind in kinds)
    return Decision(verdict=verdict, at=NOON, reasons=reasons)


def result_of(raw: bytes, answer: Decision | None = None) -> CaseResult:
    [(_, result)] = run_cases([raw], BOOK, lambda query: answer or decision("deny", "contact_window"))
    return result


def test_what_silence_means() -> None:
    query = asked()
    assert (query.at, query.zones, query.jurisdictions) == (NOON, ("America/New_York",), ("US",))
    assert (query.channel, query.purpose, query.party, query.place) == ("call", "collections", "debtor", "unknown")
    assert (query.actor, query.initiator, query.debt_type) == ("third_party_collector", "preview", "consumer")
    assert (query.debt, query.history) == ("D1", ())


@pytest.mark.parametrize(
    ("field", "value", "reaches", "as_"),
    [
        ("channel", "sms", "channel", "sms"),
        ("purpose", "servicing", "purpose", "servicing"),
        ("party", "guarantor", "party", "guarantor"),
        ("place", "home", "place", "home"),
        ("actor", "creditor", "actor", "creditor"),
        ("debt_id", "D9", "debt", "D9"),
        ("debt_type", "mortgage", "debt_type", "mortgage"),
        ("debt_type", "auto_loan", "debt_type", "motor_vehicle_instalment"),
        ("tz_candidates", ["America/Chicago"], "zones", ("America/New_York", "America/Chicago")),
        ("locality", "NYC", "jurisdictions", ("US",)),
        ("jurisdiction", "US-NY", "jurisdictions", ("US-NY", "US")),
        ("jurisdiction", "US-TX", "jurisdictions", ("US-TX", "US")),  # nothing of Texas is filed in this tree: denied
        ("jurisdiction", "US-TX-HOU", "jurisdictions", ("US-TX", "US")),
        ("jurisdiction", "US-NY-ALB", "jurisdictions", ("US-NY", "US")),
        ("jurisdiction", "CO-ANT", "jurisdictions", ("CO",)),  # no part of Colombia has law of its own
        ("jurisdiction", "ZZ", "jurisdictions", ("ZZ",)),
    ],
)
def test_each_field_reaches_the_query(field: str, value: object, reaches: str, as_: object) -> None:
    assert getattr(asked(**{field: value}), reaches) == as_


def test_a_city_stands_before_its_state() -> None:
    assert asked(jurisdiction="US-NY", locality="NYC").jurisdictions == ("US-NY-NYC", "US-NY", "US")
    assert asked(jurisdiction="US-NY", locality="Albany").jurisdictions == ("US-NY", "US")


def test_marketing_is_by_a_seller_and_a_represented_person_is_a_debtor() -> None:
    assert asked(purpose="marketing").actor == "seller"
    assert asked(purpose="marketing", actor="creditor").actor == "creditor"
    query = asked(party="attorney_represented")
    assert query.party == "debtor"
    assert ("attorney_represented", True) in [(fact.name, fact.value) for fact in query.facts]


def test_notice_sent_is_a_date() -> None:
    assert asked(notice_sent="2026-09-05").dates["notice_sent"] == date(2026, 9, 5)


def test_a_row_of_history_is_an_event_of_the_same_debt_unless_it_says_otherwise() -> None:
    row = {"local_time": "2026-09-08T10:00:00", "channel": "email", "outcome": "reached"}
    own, other = asked(
        place="home", history=[row, row | {"debt_id": "D2", "actor": "creditor", "party": "spouse", "place": "work"}]
    ).history
    assert (own.at, own.channel, own.kind) == (datetime(2026, 9, 8, 14, tzinfo=UTC), "email", "conversation")
    assert (own.debt, own.actor, own.party, own.place) == ("D1", "third_party_collector", "debtor", "home")
    assert (other.debt, other.actor, other.party, other.place) == ("D2", "creditor", "spouse", "work")
    assert own.creditor != other.creditor


def test_history_was_not_at_work_unless_it_says_so() -> None:
    assert asked(place="work", history=[ROW]).history[0].place == "unknown"
    assert asked(place="work", history=[ROW], flags=["history_place:work"]).history[0].place == "work"


@pytest.mark.parametrize(("outcome", "kind"), OUTCOMES.items())
def test_every_outcome_is_a_kind_of_event(outcome: str, kind: str) -> None:
    assert asked(history=[ROW | {"outcome": outcome}]).history[0].kind == kind


def test_an_hour_that_comes_twice_is_the_first() -> None:
    assert asked(local_time="2026-11-01T01:30:00").at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_utc_is_checked() -> None:
    assert asked(utc="2026-09-09T16:00:00Z").at == NOON
    assert asked(utc="2026-09-09T11:00:00-05:00").at == NOON


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"utc": "2026-09-09T15:00:00Z"}, "is not 2026-09-09T12:00:00 in America/New_York"),
        ({"utc": "2026-09-09T16:00:00"}, "has no offset; end it with Z"),
        (
            {"history": [ROW, ROW | {"local_time": "2026-09-09T12:00:01"}]},
            "history: 2026-09-09T12:00:01 is after local_time; write past contacts only",
        ),
        ({"context": {"refused_at": "2026-09-10T10:00:00"}}, "history: 2026-09-10T10:00:00 is after local_time"),
        ({"local_time": "2026-09-09T12:00:00Z"}, "write local time, its zone is tz"),
        ({"local_time": "2026-03-08T02:30:00"}, "the clock jumps over it"),
        ({"local_time": "0001-01-01T00:00:00"}, "write a year from 2000 to 2099"),
        ({"local_time": "9999-12-31T23:59:59"}, "write a year from 2000 to 2099"),
        ({"tz": "Mars/Olympus"}, "is not an IANA zone"),
        ({"tz": "../../etc/passwd"}, "is not an IANA zone"),
        ({"tz_candidates": ["Nowhere"]}, "tz_candidates: 'Nowhere' is not an IANA zone"),
        ({"expected": "maybe"}, "write allow or deny"),
        ({"reason": "because"}, "reason 'because' is not one of: ok, "),
        ({"reason": "ok"}, "expected is deny and reason is ok"),
        ({"flags": ["waived"]}, "flag 'waived' is not one of: "),
        ({"context": {"mood": "good"}}, "context key 'mood' is not one of: "),
        ({"colour": "red"}, "unknown field `colour`"),
        ({"history": [ROW | {"outcome": "hit"}]}, "history outcome 'hit' is not one of: "),
        ({"history": [ROW | {"local_time": "2026-09-08T10:00:00Z"}]}, "has an offset"),
        ({"history": [ROW | {"local_time": "1999-09-08T10:00:00"}]}, "write a year"),
        ({"history": [ROW | {"local_time": "2026-03-08T02:30:00"}]}, "jumps over it"),
        ({"history": [ROW | {"mood": "good"}]}, "unknown field `mood`"),
    ],
)
def test_a_vector_that_cannot_be_mapped_is_an_error_of_its_line(fields: dict[str, object], told: str) -> None:
    result = result_of(line(**fields), decision("allow"))
    assert (result.got, result.ok) == ("error", False)
    assert result.problem.startswith("line 1: ")
    assert told in result.problem


@pytest.mark.parametrize(
    "raw",
    [
        b"not json", b"[]", b"null", b'"text"', b"{}", b"{", b"\xff\xfe{}", b'{"id": 5}', b"\x00",
        b"[" * 100_000, b'{"a":' * 100_000, b" " * 5 + b"\xef\xbb\xbf{}", line()[:-1], line() + line(),
        line(context={"product": "\ud800"}).replace(b"\\ud800", b"\xed\xa0\x80"),
    ],
    ids=range(15),
)  # fmt: skip
def test_hostile_lines_are_errors(raw: bytes) -> None:
    result = result_of(raw, decision("allow"))
    assert (result.got, result.ok, result.reasons) == ("error", False, ())


def test_a_huge_line_is_refused_unread_and_told_shortly() -> None:
    assert "longer than" in result_of(b"{" + b" " * MAX_LINE + b"}").problem
    long_flag = result_of(line(flags=["x" * 100_000]))
    assert len(long_flag.problem) <= MAX_PROBLEM + len("line 1: ")


def test_the_good_lines_go_on_and_blank_ones_are_passed_over() -> None:
    rows = list(run_cases([line(), b"\n", b"bad", line(id="v-2")], BOOK, lambda query: decision("deny", "consent")))
    assert [(result.id, result.got) for _, result in rows] == [("v-1", "deny"), ("line 3", "error"), ("v-2", "deny")]
    assert summary(rows) == {"": (2, 2), "unreadable": (0, 1)}


def test_what_the_engine_refuses_is_an_error_too() -> None:
    def refuse(query: Query) -> Decision:
        raise ValueError("place: 'moon' is not a place")

    [(case, result)] = run_cases([line(place="moon")], BOOK, refuse)
    assert case is not None
    assert (result.id, result.got, result.ok) == ("v-1", "error", False)


@pytest.mark.parametrize(("reason", "kinds"), KINDS_FOR_REASON.items())
def test_a_refusal_needs_a_rule_of_a_fitting_kind(reason: str, kinds: frozenset[str]) -> None:
    case = read_case(line(reason=reason))
    assert all(judge(case, decision("deny", kind)).ok for kind in kinds)
    assert not any(judge(case, decision("deny", kind)).ok for kind in {*KINDS, "engine"} - kinds)
    assert not judge(case, decision("allow")).ok


def test_a_refusal_without_a_reason_and_an_allowance_are_judged_by_the_verdict() -> None:
    assert judge(read_case(line()), decision("deny", "script")).ok
    allowed = read_case(line(expected="allow", reason="ok"))
    assert judge(allowed, decision("allow")).ok
    assert not judge(allowed, decision("deny", "script")).ok


def test_not_json_says_so() -> None:
    with pytest.raises(CaseError, match=r"not a vector: "):
        read_case(b"?")
