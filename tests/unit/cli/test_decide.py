"""`cadencia decide` from the outside: one question, its answer in three languages and as JSON, and what is refused."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cadencia.cli import decide, decide_words
from cadencia.cli.decide_query import OptionError, read_query
from cadencia.cli.decide_text import CLOSED, OPEN, PARTLY
from cadencia.engine.decision import Clue, Decision
from cadencia.engine.query import Event, Fact, Hours
from cadencia.engine.words import RetryCode
from cadencia.rules.cache import open_rulebook

CO = ("--jurisdiction", "CO", "--zone", "America/Bogota")
TUESDAY = ("--at", "2026-05-19T09:00-05:00")  # no holiday
HOLIDAY = ("--at", "2026-05-18T09:00-05:00")
LAW = """
jurisdiction: "AR"
title: "A law of a test"
timezone: "America/Argentina/Buenos_Aires"
holidays: none
versions:
  - from: "2020-01-01"
    status: in_force
    review: {by: "A. Lawyer", on: "2026-01-01"}
    source: "https://example.org/law"
    rules:
      hours:
        contact_window: {mon-fri: "07:20-12:10", sat-sun: closed}
        cite: "art. 1"
        unless_facts: [agreed_callback]
      consent:
        consent: {requires: [consent_marketing]}
        purposes: [marketing]
        cite: "art. 2"
        reading: "A doubt."
        force: guidance
      once:
        frequency_cap: {at_most: 1, count: placed, per: day, for_each: [person]}
        cite: "art. 3"
      notice:
        precondition: {date: notice_sent, at_least_days: 5}
        stages: [judicial]
        cite: "art. 4"
      amount:
        precondition: {number: amount_due, at_least: 100, unknown: deny}
        stages: [extrajudicial]
        cite: "art. 5"
      shown:
        caller_id: {shown: true, prefixes: ["11"]}
        cite: "art. 6"
      dialled:
        dialing: {ring_at_least_s: 15, machine_detection: forbidden}
        cite: "art. 7"
      no-visits:
        channel_ban: closed
        channels: [visit]
        cite: "art. 8"
    tests:
      - {when: "Tue 2026-05-19 08:00", try: call, expect: allow}
"""
AR = ("--jurisdiction", "AR", "--at", "2026-05-19T09:00-03:00")


def arguments(*args: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    decide.add(parser.add_subparsers())
    return parser.parse_args(["decide", *map(str, args)])


def run(*args: object) -> int:
    found = arguments(*args)
    return int(found.run(found))


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("law")
    (root / "ar").mkdir()
    (root / "ar" / "law.yaml").write_text(LAW.lstrip())
    return root


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    def ask(*args: object) -> dict[str, Any]:
        run(*args, "--json")
        return dict(json.loads(capsys.readouterr().out))

    return ask


def test_allowed_is_0_and_denied_is_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*CO, *TUESDAY) == 0
    assert capsys.readouterr().out.startswith("ALLOWED  Tue 2026-05-19 09:00 America/Bogota (2026-05-19 14:00Z)\n")
    assert run(*CO, *HOLIDAY) == 1
    told = capsys.readouterr()
    assert told.out.startswith("NOT ALLOWED  Mon 2026-05-18 09:00 America/Bogota (2026-05-18 14:00Z)\n")
    assert "Nothing blocks from Tue 2026-05-19 07:00 America/Bogota (2026-05-19 12:00Z)" in told.out
    assert told.err == ""


def test_a_reason_has_its_sentence_citation_force_reading_review_and_opening(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(*CO, *HOLIDAY)
    out = capsys.readouterr().out
    assert "× Contact hours: Monday to Friday 07:00 to 19:00" in out
    assert "CO.ley-2300.contact-hours (contact_window)" in out
    assert "citation: Ley 2300/2023, art. 3" in out
    assert "force: statute; review: not yet reviewed by counsel" in out
    assert "reading: Any contact is bound" in out
    assert "by this rule alone, opens Tue 2026-05-19 07:00 America/Bogota (2026-05-19 12:00Z)" in out
    assert f"Rulebook: {open_rulebook().hash}" in out
    assert "Not yet reviewed by counsel: co/ley-2300.yaml" in out


@pytest.mark.parametrize(
    ("language", "verdict", "day"),
    [
        ("es", "NO SE PUEDE contactar", "lun 2026"),
        ("en", "NOT ALLOWED", "Mon 2026"),
        ("pt", "NÃO PERMITIDO", "seg 2026"),
    ],
)
def test_three_languages(capsys: pytest.CaptureFixture[str], language: str, verdict: str, day: str) -> None:
    assert run(*CO, *HOLIDAY, "--lang", language) == 1
    out = capsys.readouterr().out
    assert out.startswith(f"{verdict}  {day}")
    rule = next(rule for rule in open_rulebook().rules if rule.id == "CO.ley-2300.contact-hours")
    assert " ".join(rule.sentences[language].split()) in " ".join(out.split())


def test_every_word_is_there_in_three_languages() -> None:
    for name in decide_words.names():
        texts = [decide_words.word(name, language) for language in decide_words.LANGUAGES]
        assert all(text.strip() == text != "" for text in texts), name
    with pytest.raises(KeyError):
        decide_words.word("allow", "fr")


def test_there_are_words_for_every_duty_clue_and_verdict() -> None:
    names = set(decide_words.names())
    duties = {duty.code for rule in open_rulebook().rules for duty in rule.obligations}
    assert {f"duty.{code}" for code in duties} <= names
    kinds = ("phone", "region", "country", "postal_code", "locality", "stated", "file")
    assert {f"clue.{kind}" for kind in kinds} <= names
    assert {"allow", "deny", *decide_words.WEEKDAYS} <= names


def test_json_is_the_decision_and_the_strip(answer: Any) -> None:
    found = answer(*CO, *HOLIDAY)
    assert [*found] == [*Decision.__struct_fields__, "strip"]
    assert (found["verdict"], found["retry_at"], found["retry"]) == ("deny", "2026-05-19T12:00:00Z", "at")
    [reason] = found["reasons"]
    assert (reason["rule"], reason["kind"]) == ("CO.ley-2300.contact-hours", "contact_window")
    assert found["strip"] == {"zone": "America/Bogota", "date": "2026-05-18", "quarters": CLOSED * 96, "open": []}


def test_the_strip_is_in_quarters_and_the_hours_are_exact(answer: Any, law: Path) -> None:
    strip = answer(*AR, "--root", law)["strip"]
    assert strip["open"] == [["07:20", "12:10"]]
    assert strip["quarters"] == CLOSED * 29 + PARTLY + OPEN * 18 + PARTLY + CLOSED * 47


def test_the_strip_stands_under_hour_marks_with_the_time_asked_about(
    capsys: pytest.CaptureFixture[str], law: Path
) -> None:
    run(*AR, "--root", law)
    lines = capsys.readouterr().out.splitlines()
    top = next(i for i, line in enumerate(lines) if line.startswith("  00  01"))
    assert lines[top - 1] == "Hours of that day, Tue 2026-05-19 America/Argentina/Buenos_Aires: 07:20–12:10"
    assert lines[top].index("09") == lines[top + 2].index("^")
    assert lines[top + 1][lines[top].index("09")] == OPEN


def test_the_strip_of_a_day_on_which_the_clock_changes(answer: Any) -> None:
    spring = answer("--jurisdiction", "US", "--zone", "America/New_York", "--at", "2026-03-08T12:00-04:00")["strip"]
    assert spring["open"] == [["08:00", "21:00"]]
    assert len(spring["quarters"]) == 96


def test_stated_hours_of_the_person_close_the_strip_too(answer: Any, law: Path) -> None:
    found = answer(*AR, "--root", law, "--wanted-hours", "10:00-11:00", "--unwanted-hours", "10:30-10:45")
    assert found["strip"]["open"] == [["10:00", "10:30"], ["10:45", "11:00"]]
    assert [reason["rule"] for reason in found["reasons"]] == ["person.stated-hours"]
    assert found["retry_at"] == "2026-05-19T13:00:00Z"


def test_places_by_number_with_the_clue_and_never_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--phone", "+573001234567", *TUESDAY) == 0
    out = capsys.readouterr().out
    assert "phone +57 → CO, America/Bogota" in out
    assert "3001234567" not in out


def test_several_zones_are_told_with_their_clocks(capsys: pytest.CaptureFixture[str]) -> None:
    run("--country", "CL", "--at", "2026-05-19T12:00Z")
    first = " ".join(capsys.readouterr().out.partition("\n\n")[0].split())
    assert "08:00 America/Santiago" in first and "06:00 Pacific/Easter" in first and "(2026-05-19 12:00Z)" in first


def test_no_clue_denies_and_says_the_cure(answer: Any) -> None:
    found = answer("--at", "2026-05-19T12:00Z")
    assert [(reason["rule"], reason["kind"]) for reason in found["reasons"]] == [("jurisdiction_unknown", "engine")]
    assert (found["retry_at"], found["retry"], found["strip"]) == (None, RetryCode.needs_fact.name, None)


def test_a_stated_jurisdiction_brings_its_parents_and_its_own_zone(answer: Any) -> None:
    found = answer("--jurisdiction", "US-MA", "--at", "2026-05-19T12:00-04:00", "--zone", "America/New_York")
    assert found["jurisdictions"] == ["US-MA", "US"]
    assert answer("--jurisdiction", "CO", *TUESDAY)["zones"] == ["America/Bogota"]
    assert answer("--jurisdiction", "ZZ", *TUESDAY)["reasons"][0]["rule"] == "no_rules_known"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--purpose", "marketing"), "the fact consent_marketing (the person consented to marketing)"),
        (("--stage", "judicial"), "the date notice_sent"),
        (("--stage", "extrajudicial"), "the number amount_due"),
    ],
)
def test_what_may_open_a_rule_that_waiting_does_not(
    capsys: pytest.CaptureFixture[str], law: Path, options: tuple[str, ...], told: str
) -> None:
    assert run(*AR, "--root", law, *options) == 1
    out = capsys.readouterr().out
    assert "Waiting does not open it" in out
    assert f"what may open it: {told}" in out


def test_facts_dates_numbers_and_events_reach_the_engine(answer: Any, law: Path) -> None:
    root = (*AR, "--root", law)
    assert answer(*root, "--purpose", "marketing", "--fact", "consent_marketing")["verdict"] == "allow"
    assert answer(*root, "--purpose", "marketing", "--fact", "!consent_marketing")["verdict"] == "deny"
    assert answer(*root, "--stage", "judicial", "--date", "notice_sent=2026-05-14")["verdict"] == "allow"
    assert answer(*root, "--stage", "judicial", "--date", "notice_sent=2026-05-15")["verdict"] == "deny"
    assert answer(*root, "--stage", "extrajudicial", "--number", "amount_due=100")["verdict"] == "allow"
    assert answer(*root, "--stage", "extrajudicial", "--number", "amount_due=99.9")["verdict"] == "deny"
    again = answer(*root, "--event", "2026-05-19T08:00-03:00 call no_answer")
    assert [reason["rule"] for reason in again["reasons"]] == ["AR.law.once"]
    assert answer(*root, "--caller-id", "withheld")["reasons"][0]["rule"] == "AR.law.shown"
    assert answer(*root, "--channel", "visit")["reasons"][0]["rule"] == "AR.law.no-visits"


def test_duties_are_told_in_words_and_reviewed_law_gives_no_warning(
    capsys: pytest.CaptureFixture[str], law: Path
) -> None:
    assert run(*AR, "--root", law, "--lang", "es") == 0
    out = capsys.readouterr().out
    assert "segundos mínimos de timbre: 15  [AR.law.dialled; art. 7]" in out
    assert "detección de contestador: prohibido" in out
    assert "número que se muestra: a la vista obligatorio; prefijos +5411" in out
    assert "Advertencias" not in out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--at", "2026-05-19T09:00"), "--at 2026-05-19T09:00: which zone?"),
        (("--at", "soon"), "--at soon: not a time; write it as"),
        (("--at", "1999-01-01T00:00Z"), "--at 1999-01-01T00:00Z: write a year from 2000"),
        (("--phone", "12"), "--phone: phone has no +"),
        (("--phone", "+57 call me"), "--phone: phone is not a number"),
        (("--country", "Atlantis"), "--country: country 'Atlantis' is not"),
        (("--region", "US-ZZ"), "--region: region 'US-ZZ' does not exist"),
        (("--zone", "Mars/Olympus"), "--zone: zone 'Mars/Olympus' is not an IANA zone"),
        (("--country", "US", "--postal-code", "00000"), "--postal-code: postal code"),
        (("--fact", "rich"), "--fact rich: no such fact; write one of: prior_consent"),
        (("--date", "due_date"), "--date due_date: no such date; write NAME=YYYY-MM-DD"),
        (("--date", "due_date=soon"), "'soon' is not a date; write it like due_date=2026-01-01"),
        (("--number", "age=5"), "--number age=5: no such number"),
        (("--number", "amount_due=-1"), "'-1' is not a number from 0 on"),
        (("--number", "amount_due=nan"), "'nan' is not a number from 0 on"),
        (("--event", "yesterday"), "--event 'yesterday': write TIME CHANNEL KIND"),
        (("--event", "2026-05-17T10:00 call busy"), "2026-05-17T10:00 has no zone"),
        (("--event", "then call busy"), "then is not a time"),
        (("--event", "2026-05-17T10:00Z pigeon busy"), "'pigeon' is not a channel; write one of: call"),
        (("--event", "2026-05-17T10:00Z call hit"), "'hit' is not an event kind; write one of"),
        (("--event", "2026-05-17T10:00Z call busy loudly"), "'loudly' is not understood"),
        (("--event", "2026-05-17T10:00Z call busy place moon"), "'moon' is not a place"),
        (("--event", "2026-05-17T10:00Z call busy debt"), "'debt' is not understood"),
        (("--event", "2027-05-19T00:00Z call busy"), "2027-05-19T00:00Z is after the time asked about, "),
        (("--channel", "fax"), "--channel fax: no such word; write one of: call, voicemail"),
        (("--debt-type", "toys"), "--debt-type toys: no such word; write one of: unknown, consumer"),
        (("--event", "1990-05-17T10:00Z call busy"), "outside 2000 to 2136"),
        (("--wanted-hours", "20:00-18:00"), "--wanted-hours 20:00-18:00: not hours of one day"),
        (("--unwanted-hours", "evening"), "--unwanted-hours evening: not hours of one day"),
        (("--caller-id", "me"), "--caller-id: not a number"),
        (("--root", "/nowhere/at/all"), "--root /nowhere/at/all: no such folder"),
    ],
)
def test_what_cannot_be_read_is_2_with_the_option_and_the_cure(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], told: str
) -> None:
    stated = () if options[0] == "--at" else TUESDAY
    assert run(*CO[:2], *stated, *options) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("cadencia decide: ")
    assert told in " ".join(said.err.split())
    assert all(len(line) <= 100 or " " not in line.strip() for line in said.err.splitlines())


def test_with_json_the_reason_for_no_answer_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*CO, "--json", "--fact", "rich") == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["error"].startswith("--fact rich: no such fact")
    assert said.err == ""


@pytest.mark.parametrize("options", [("--lang", "fr"), ("--nonsense",)])
def test_words_that_are_no_options_are_2(options: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as raised:
        run(*options)
    assert raised.value.code == 2


def test_rule_files_with_mistakes_are_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ar").mkdir()
    (tmp_path / "ar" / "law.yaml").write_text("jurisdiction: AR\n")
    assert run(*AR, "--root", tmp_path) == 2
    assert "the rule files have mistakes; run: cadencia rules check" in capsys.readouterr().err


def test_without_at_the_clock_is_read_once_at_the_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            asked.append(tz)
            return datetime(2026, 5, 19, 14, 0, 7, 5, tzinfo=UTC)

    monkeypatch.setattr(decide, "datetime", Clock)
    assert decide.instant(None) == datetime(2026, 5, 19, 14, 0, 7, tzinfo=UTC)
    assert asked == [UTC]


AT = datetime(2026, 5, 19, 14, tzinfo=UTC)


def test_options_as_a_query() -> None:
    query = read_query(
        arguments(
            "--phone", "+573001234567", "--phone-type", "mobile", "--country", "CO", "--region", "US-MA",
            "--zone", "UTC",
            "--postal-code", "02139", "--locality", "NYC", "--actor", "creditor", "--purpose", "servicing", "--party",
            "guarantor", "--place", "home", "--initiator", "manual", "--debt-type", "mortgage", "--stage", "judicial",
            "--debt", "A", "--creditor", "X", "--address", "m", "--caller-id", "+576011234567", "--fact", "!opt_out",
        ),
        AT,
    )  # fmt: skip
    said = (query.phone, query.phone_type, query.country, query.region, query.zone, query.postal_code, query.locality)
    assert said == ("+573001234567", "mobile", "CO", "US-MA", "UTC", "02139", "NYC")
    assert (query.actor, query.purpose, query.party, query.place) == ("creditor", "servicing", "guarantor", "home")
    assert (query.initiator, query.debt_type, query.stage) == ("manual", "mortgage", "judicial")
    assert (query.debt, query.creditor, query.address, query.caller_id) == ("A", "X", "m", "+576011234567")
    assert query.facts == (Fact(name="opt_out", value=False),)
    assert (query.at, query.jurisdictions) == (AT, None)


def test_events_as_written() -> None:
    text = "2026-05-17T10:00-05:00 sms promise x2 debt B creditor C address D place work party spouse actor creditor"
    first, second = read_query(arguments("--event", f"{text} inbound purpose servicing consented"), AT).history
    assert first == second == Event(
        at=datetime.fromisoformat("2026-05-17T10:00-05:00"), channel="sms", kind="promise", debt="B", creditor="C",
        address="D", place="work", party="spouse", actor="creditor", purpose="servicing", inbound=True, consented=True,
    )  # fmt: skip


def test_hours_as_written() -> None:
    query = read_query(arguments("--wanted-hours", "18:00-20:00", "--wanted-hours", "08:00-24:00"), AT)
    assert query.wanted_hours == (Hours(opens="18:00", closes="20:00"), Hours(opens="08:00", closes="24:00"))
    with pytest.raises(OptionError, match="--wanted-hours 18:00: not hours"):
        read_query(arguments("--wanted-hours", "18:00"), AT)


def test_a_clue_that_gave_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    run("--country", "CO", "--postal-code", "110111", *TUESDAY)
    assert "postal code 110111 → nothing" in capsys.readouterr().out
    assert Clue("postal_code", "110111", ()).gave == ()
