"""Embedded tests become queries on an ordinary debt, and pass only by the rule that they name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
import pytest

from cadencia.engine.decision import Decision, Reason
from cadencia.engine.query import Query
from cadencia.engine.reference import Verdict
from cadencia.engine.tables import Jurisdiction, Rulebook
from cadencia.rules.load import Loaded
from cadencia.rules.model import ChannelBan, JurisdictionFile, Rule, RuleTest, Version
from cadencia.rules.trial import Outcome, cases_of, outcome, run
from cadencia.rules.zones import compile_zones

ZONES, LINKS, RELEASE = compile_zones(["America/Bogota", "America/New_York", "America/Santiago"])
BOOK = Rulebook(
    hash="sha256:0", rules=(), calendars=(), zones=ZONES, zone_links=LINKS, zone_version=RELEASE,
    jurisdictions={
        "US": Jurisdiction(code="US", title="t"),
        "US-MA": Jurisdiction(code="US-MA", title="t", parents=("US",)),
        "CO": Jurisdiction(code="CO", title="t", timezone="America/Bogota"),
    },
)  # fmt: skip
NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
BAN = Rule(name="no-visits", line=5, kind="channel_ban", body=ChannelBan(), cite="art. 1", channels=("visit",))


def asked(when: str = "Fri 2026-03-06 18:59", try_: str = "call", expect: str = "allow", **fields: object) -> RuleTest:
    return RuleTest(line=9, when=when, try_=try_, expect=expect, **fields)  # type: ignore[arg-type]


def file_of(
    *tests: RuleTest, code: str = "CO", zone: str = "America/Bogota", status: str = "in_force"
) -> JurisdictionFile:
    version = Version(line=3, from_=date(2023, 10, 10), status=status, rules=(BAN,), tests=tests)
    path = f"{code[:2].lower()}/law.yaml"
    return JurisdictionFile(path=path, jurisdiction=code, title="t", timezone=zone, versions=(version,))


def query_of(test: RuleTest, **file: str) -> Query:
    return cases_of(file_of(test, **file), test, BOOK)  # type: ignore[arg-type]


def test_ordinary_debt() -> None:
    query = query_of(asked())
    assert query.at == datetime(2026, 3, 6, 23, 59, tzinfo=UTC)
    assert (query.jurisdictions, query.zones) == (("CO",), ("America/Bogota",))
    assert (query.actor, query.purpose, query.party, query.place) == (
        "third_party_collector", "collections", "debtor", "mobile",
    )  # fmt: skip
    assert (query.initiator, query.debt_type, query.stage) == ("preview", "consumer", "unknown")
    assert query.dates == {"due_date": date(2026, 1, 20), "notice_sent": date(2026, 1, 20)}
    assert [(fact.name, fact.value) for fact in query.facts] == [("written_notice", True)]


@pytest.mark.parametrize(("channel", "place"), [("visit", "home"), ("email", "unknown"), ("letter", "unknown")])
def test_place_follows_the_channel(channel: str, place: str) -> None:
    assert query_of(asked(try_=channel)).place == place
    assert query_of(asked(try_=channel, place="work")).place == "work"


def test_parents_apply_and_the_test_may_name_its_zone() -> None:
    query = query_of(asked("Tue 2026-03-10 07:59 America/New_York"), code="US-MA", zone="")
    assert query.jurisdictions == ("US-MA", "US")
    assert query.at == datetime(2026, 3, 10, 11, 59, tzinfo=UTC)


def test_a_time_that_comes_twice_is_its_first_pass() -> None:
    assert query_of(asked("Sun 2026-11-01 01:30 America/New_York")).at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "zone", "message"),
    [
        ("Sun 2026-03-08 02:30 America/New_York", "", "its clock skips it"),
        ("Sun 2026-03-08 02:30 Mars/Base", "", "Mars/Base is not a zone"),
        ("Sun 2026-03-08 02:30", "", "names no zone"),
    ],
)
def test_a_time_that_cannot_be_placed_says_why(when: str, zone: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        query_of(asked(when), zone=zone)


def test_stated_facts_dates_and_numbers_replace_the_ordinary_ones() -> None:
    test = asked(facts=("opt_out", "not written_notice"), dates={"due_date": "2026-03-01"}, numbers={"amount_due": 5.0})
    query = query_of(test)
    assert {fact.name: fact.value for fact in query.facts} == {"opt_out": True, "written_notice": False}
    assert query.dates == {"due_date": date(2026, 3, 1)}
    assert query.numbers == {"amount_due": 5.0}


def test_events_are_in_the_zone_of_the_test() -> None:
    after = (
        "Sun 2026-03-01 10:00 call no_answer x7",
        "Mon 2026-03-02 09:00 email message_delivered debt B creditor C address D place work party third_party "
        "actor creditor inbound consented",
    )
    history = query_of(asked(after=after)).history
    assert len(history) == 8 and len(set(map(msgspec.json.encode, history[:7]))) == 1
    first, last = history[0], history[-1]
    assert first.at == datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
    assert (first.kind, first.debt, first.creditor, first.place) == ("no_answer", "A", "A", "mobile")
    assert (last.debt, last.creditor, last.address, last.place) == ("B", "C", "D", "work")
    assert (last.party, last.actor, last.inbound, last.consented) == ("third_party", "creditor", True, True)


def answering(verdict: str, *rules: str) -> Callable[[Query], Decision]:
    reasons = tuple(Reason(rule=rule, kind="channel_ban", citation="c") for rule in rules)
    return lambda query: Decision(verdict=verdict, at=query.at or NOON, reasons=reasons)


@pytest.mark.parametrize(
    ("expect", "by", "decide", "ok"),
    [
        ("allow", "", answering("allow"), True),
        ("allow", "", answering("deny", "CO.law.no-visits"), False),
        ("deny", "no-visits", answering("deny", "CO.law.no-visits", "US.x.other"), True),
        ("deny", "CO.law.no-visits", answering("deny", "CO.law.no-visits"), True),
        ("deny", "no-visits", answering("deny", "CO.other.no-visits"), False),
        ("deny", "hours", answering("deny", "US.reg-f.hours"), True),
        ("deny", "zone_unknown", answering("deny", "zone_unknown"), True),
        ("deny", "no-visits", answering("allow"), False),
    ],
)
def test_a_test_passes_by_the_rule_it_names(
    expect: str, by: str, decide: Callable[[Query], Decision], ok: bool
) -> None:
    loaded = Loaded(files=(file_of(asked(expect=expect, by=by)),), holidays={}, problems=[], texts={})
    (result,) = run(loaded, decide, BOOK)
    assert result.ok is ok
    assert (result.path, result.line, result.expected) == ("co/law.yaml", 9, expect)


def test_a_test_that_cannot_be_asked_fails_with_its_reason() -> None:
    loaded = Loaded(files=(file_of(asked(), zone=""),), holidays={}, problems=[], texts={})
    (result,) = run(loaded, answering("allow"), BOOK)
    assert not result.ok and "names no zone" in result.problem


def test_only_the_chosen_files_and_statuses_run() -> None:
    files = (file_of(asked()), file_of(asked(), code="US-MA", zone="America/New_York", status="draft"))
    loaded = Loaded(files=files, holidays={}, problems=[], texts={})
    allow = answering("allow")
    assert [result.path for result in run(loaded, allow, BOOK)] == ["co/law.yaml"]
    assert [result.path for result in run(loaded, allow, BOOK, statuses=("draft",))] == ["us/law.yaml"]
    assert run(loaded, allow, BOOK, paths=frozenset({"us/law.yaml"})) == []


def test_both_engines_answer_in_one_form() -> None:
    verdict = Verdict(False, frozenset({"CO.law.b", "CO.law.a"}), None, "never", "none")
    assert outcome(verdict) == Outcome(False, ("CO.law.a", "CO.law.b"))
    assert outcome(Verdict(False, frozenset(), None, "needs_fact", "zone_unknown")).by == ("zone_unknown",)
