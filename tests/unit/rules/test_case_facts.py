"""What a vector assumes in silence, and what each flag and context key makes known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cadencia.engine.query import Hours
from cadencia.rules import case_facts
from cadencia.rules.case_facts import CaseError, Known, debt_type_of, read_context, read_flags

TODAY = date(2026, 9, 9)
NOW = datetime(2026, 9, 9, 12)


def known(code: str = "GB", *, purpose: str = "collections") -> Known:
    return Known(code, TODAY, "call", purpose)


def flagged(*flags: str, code: str = "GB") -> Known:
    found = known(code)
    read_flags(flags, found)
    return found


def told(**context: Any) -> Known:
    found = known()
    read_context(context, found, NOW)
    return found


def facts(found: Known) -> dict[str, bool]:
    return {fact.name: fact.value for fact in found.facts}


def test_silence_differs_by_where_the_vectors_come_from() -> None:
    assert facts(known("GB")) == {}
    assert known("GB").dates == {"due_date": TODAY - timedelta(days=45)}
    assert facts(known("US-MA")) == {"written_notice": True, "electronic_notice": True}
    assert known("CA-ON").dates["notice_sent"] == TODAY - timedelta(days=400)
    assert facts(known("CO"))["consent_channel"]
    assert "consent_marketing" not in facts(known("CO"))
    assert facts(known("CO", purpose="marketing"))["consent_marketing"]
    assert "consent_marketing" not in facts(known("GB", purpose="marketing"))
    assert (known("HN").debt_type, known("MX").debt_type) == ("credit_card", "consumer")


@pytest.mark.parametrize(
    ("flag", "fact"),
    [
        ("employer_prohibits", "employer_prohibits"),
        ("employer_email_address", "employer_email_address"),
        ("written_cease", "cease_request"),
        ("certified_mail_cease:2026-08-01", "cease_request"),
        ("electronic_consent", "consent_electronic"),
        ("debt_collection_procedures_begun", "collection_procedures_begun"),
        ("home_attempt_failed", "home_attempt_failed"),
        ("written_only_request", "written_only_request"),
    ],
)
def test_flags_that_make_a_fact_known(flag: str, fact: str) -> None:
    assert facts(flagged(flag)) == {fact: True}


def test_flags_with_a_value() -> None:
    assert flagged("certified_mail_cease:2026-08-01").dates["cease_on"] == date(2026, 8, 1)
    assert [(fact.name, fact.channel) for fact in flagged("opted_out:sms").facts] == [("opt_out", "sms")]
    assert [(fact.name, fact.channel) for fact in flagged("opted_out:voicemail").facts] == [("opt_out", "voicemail")]
    assert [(fact.name, fact.channel) for fact in flagged("opted_out:call").facts] == [
        ("opt_out", "call"), ("opt_out", "voicemail"),
    ]  # fmt: skip
    named = {"legal_advisor_only_request": True, "attorney_represented": True}
    assert facts(flagged("written_request_legal_advisor")) == named
    assert flagged("history_place:work").history_place == "work"
    joined = flagged("same_creditor:D1,D2")
    assert joined.creditor("D1") == joined.creditor("D2") != joined.creditor("D3")
    assert flagged("same_creditor:D1+D2").same_creditor == {"D1", "D2"}


@pytest.mark.parametrize("code", ["CO", "AR-C"])
def test_where_a_history_is_that_of_one_creditor_all_debts_share_it(code: str) -> None:
    assert known(code).creditor("D1") == known(code).creditor("D2")
    assert known("GB").creditor("D1") != known("GB").creditor("D2")


def test_a_refusal_without_days_past_due_has_waited_long_enough() -> None:
    found = known("RU")
    read_context({"refusal_served": True}, found, NOW)
    assert "due_date" not in found.dates
    found = known("RU")
    read_context({"refusal_served": True, "days_past_due": 60}, found, NOW)
    assert (found.today - found.dates["due_date"]).days == 60


def test_no_notice_takes_the_assumed_one_back() -> None:
    found = flagged("no_notice", code="US")
    assert facts(found) == {"written_notice": False, "electronic_notice": False}
    assert "notice_sent" not in found.dates


@pytest.mark.parametrize(
    ("day", "held"), [("2026-09-10", False), ("2026-09-09", True), ("2026-09-03", True), ("2026-09-02", False)]
)
def test_prior_consent_lasts_seven_days_its_own_day_the_first(day: str, held: bool) -> None:
    assert facts(flagged(f"direct_prior_consent:{day}")) == {"prior_consent": held}


def test_contacts_of_those_days_were_consented() -> None:
    found = flagged("direct_prior_consent:2026-09-03")
    assert [found.consented_on(date(2026, 9, day)) for day in (2, 3, 9, 10)] == [False, True, True, False]
    assert not known().consented_on(TODAY)


def test_every_flag_is_tried_here() -> None:
    tried = {
        "direct_prior_consent", "employer_prohibits", "employer_email_address", "opted_out", "written_cease",
        "certified_mail_cease", "electronic_consent", "debt_collection_procedures_begun", "history_place",
        "home_attempt_failed", "same_creditor", "written_only_request", "written_request_legal_advisor", "no_notice",
    }  # fmt: skip
    assert tried == set(case_facts._FLAGS)


@pytest.mark.parametrize(
    ("flag", "says"),
    [
        ("nonsense", "flag 'nonsense' is not one of: "),
        ("opted_out:pigeon", "flag opted_out: 'pigeon' is not one of: call, "),
        ("opted_out", "flag opted_out: '' is not one of: "),
        ("history_place:moon", "flag history_place: 'moon' is not one of: "),
        ("direct_prior_consent:soon", "flag direct_prior_consent: 'soon' is not a date"),
        ("direct_prior_consent", "'' is not a date"),
        ("certified_mail_cease:2026-02-30", "'2026-02-30' is not a date"),
    ],
)
def test_a_flag_that_cannot_be_read(flag: str, says: str) -> None:
    with pytest.raises(CaseError) as raised:
        flagged(flag)
    assert says in str(raised.value)


@pytest.mark.parametrize(("key", "fact"), case_facts._CONTEXT_FACTS.items())
def test_keys_that_make_a_fact_known(key: str, fact: str) -> None:
    assert facts(told(**{key: True})) == {fact: True}
    assert facts(told(**{key: False})) == {fact: False}
    for wrong in (1, "true", None, []):
        with pytest.raises(CaseError, match=f"context {key}: .* is not true or false"):
            told(**{key: wrong})


def test_hours_that_the_person_named() -> None:
    found = told(requested_windows=[["18:00", "20:00"]], blocked_windows=[["09:00", "12:00"], ["13:00", "24:00"]])
    assert found.wanted == [Hours(opens="18:00", closes="20:00")]
    assert found.unwanted == [Hours(opens="09:00", closes="12:00"), Hours(opens="13:00", closes="24:00")]


@pytest.mark.parametrize(("days", "due"), [(0, TODAY), (10, date(2026, 8, 30)), (400, date(2025, 8, 5))])
def test_days_past_due(days: int, due: date) -> None:
    assert told(days_past_due=days).dates["due_date"] == due


@pytest.mark.parametrize("key", ["creditor_type", "product"])
@pytest.mark.parametrize(
    ("word", "debt_type"),
    [("bank_card", "credit_card"), ("card", "credit_card"), ("bank", "bank_loan"), ("microcredit", "microfinance"),
     ("finance_company", "consumer_finance"), ("mortgage", "mortgage"), ("high_cost_credit", "high_cost_credit"),
     ("mfo", "microfinance"), ("housing_loan", "mortgage"), ("high_cost_credit_provider", "high_cost_credit"),
     ("auto_loan", "motor_vehicle_instalment"), ("medical_debt", "medical"), ("card_issuer", "credit_card"),
     ("asset_management_company", "consumer"), ("collection_agency", "consumer"),
     ("p2p", "consumer"), ("commercial_bank", "bank_loan"), ("hfc", "mortgage"),
     ("consumer_finance_company", "consumer_finance"), ("credit_card_company", "credit_card")],
)  # fmt: skip
def test_types_of_debt(key: str, word: str, debt_type: str) -> None:
    assert told(**{key: word}).debt_type == debt_type == debt_type_of(word) == debt_type_of(debt_type)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("reprieve_until", "reprieve_until"),
        ("debtor_named_date", "named_date"),
        ("assignment_notice_at", "assigned_on"),
    ],
)
def test_dates(key: str, name: str) -> None:
    assert told(**{key: "2026-09-20"}).dates[name] == date(2026, 9, 20)
    assert told(**{key: "2026-09-20T10:00:00"}).dates[name] == date(2026, 9, 20)


def test_debts_and_whose_history() -> None:
    found = told(account="A", history_account="B", history_actor="creditor")
    assert (found.account, found.history_account, found.history_actor) == ("A", "B", "creditor")


def test_opted_out_of_calls() -> None:
    refused = [("opt_out", True, "call"), ("opt_out", True, "voicemail")]
    assert [(fact.name, fact.value, fact.channel) for fact in told(opted_out_calls=True).facts] == refused
    withdrawn = [("opt_out", False, "call"), ("opt_out", False, "voicemail")]
    assert [(fact.name, fact.value, fact.channel) for fact in told(opted_out_calls=False).facts] == withdrawn


@pytest.mark.parametrize(
    ("word", "fact"),
    [("legal_notice", "legal_notice"), ("statutory_notice", "legal_notice"), ("required_notice", "legal_notice"),
     ("notice_required_by_law", "legal_notice"), ("reply", "reply_to_person"), ("response", "reply_to_person"),
     ("same_day_reply", "reply_to_person")],
)  # fmt: skip
def test_messages_that_are_more_than_ordinary(word: str, fact: str) -> None:
    assert facts(told(message_type=word)) == {fact: True}


@pytest.mark.parametrize("word", ["reminder", "notice", "payment_notice", "replying", "lawful"])
def test_an_ordinary_message_opens_nothing(word: str) -> None:
    assert facts(told(message_type=word)) == {}


@pytest.mark.parametrize(("opens", "closes", "asked"), [("12:00", "13:00", True), ("11:00", "12:00", False)])
def test_in_australia_hours_that_the_person_asked_for_are_agreed_to(opens: str, closes: str, asked: bool) -> None:
    for code, agreed in (("AU", asked), ("AU-VIC", asked), ("GB", False)):
        found = known(code)
        read_context({"requested_windows": [[opens, closes]]}, found, NOW)
        assert facts(found) == ({"consent_time": True} if agreed else {})
    found = known("AU")
    read_context({"requested_windows": [[opens, closes]], "consent_time": False}, found, NOW)
    assert facts(found) == {"consent_time": False}


def test_a_refused_sales_call_is_an_objection_where_it_does_not_end() -> None:
    for code, purpose, objects in (("JP", "marketing", True), ("FR", "marketing", False), ("JP", "collections", False)):
        found = known(code, purpose=purpose)
        read_context({"refused_at": "2026-09-01T12:00:00"}, found, NOW)
        assert facts(found) == ({"opt_out": True} if objects else {})
    found = known("JP", purpose="marketing")
    read_context({"refused_at": "2026-09-01T12:00:00", "opted_out_calls": False}, found, NOW)
    assert facts(found) == {"opt_out": False}


def test_dial_modes() -> None:
    modes = ("predictive", "progressive", "preview", "manual", "agentless", "bot", "ai")
    assert [told(dial_mode=mode).initiator for mode in modes] == [*modes[:-1], "bot"]
    assert {told(dial_mode=mode).initiator for mode in ("ai_agent", "ai_voice_agent", "voicebot")} == {"bot"}
    assert [told(dial_mode=mode).initiator for mode in ("agent", "autodial")] == ["manual", "predictive"]
    for word in case_facts._LIVE_AGENT:
        found = told(dial_mode=word)
        assert (found.initiator, facts(found)) == ("preview", {"live_agent_guaranteed": True})


@pytest.mark.parametrize(
    ("key", "kind"), [("last_abandoned_at", "abandoned"), ("last_amd_machine_at", "machine"), ("refused_at", "refusal")]
)
def test_events_told_as_context(key: str, kind: str) -> None:
    assert told(**{key: "2026-09-08T10:00:00"}).events == [(datetime(2026, 9, 8, 10), kind)]


def test_a_refusal_is_also_a_date() -> None:
    assert told(refused_at="2026-09-08T10:00:00").dates["refused_on"] == date(2026, 9, 8)


def test_an_agreed_call_back_is_at_that_very_minute() -> None:
    assert facts(told(agreed_callback_at="2026-09-09T12:00:00")) == {"agreed_callback": True}
    assert facts(told(agreed_callback_at="2026-09-09T12:01:00")) == {"agreed_callback": False}


def test_every_key_is_tried_here() -> None:
    tried = {
        "requested_windows", "blocked_windows", "days_past_due", "creditor_type", "product", "reprieve_until",
        "debtor_named_date", "assignment_notice_at", "opted_out_calls", "history_actor", "account", "history_account",
        "message_type", "dial_mode", "last_abandoned_at", "last_amd_machine_at", "refused_at", "agreed_callback_at",
    }  # fmt: skip
    assert tried == set(case_facts._CONTEXT)


_BAD_SPANS = ([["20:00", "18:00"]], [["18:00"]], [[1800, 2000]], [["18:00", "25:00"]], [5])
_NO_SPANS = (None, [], {}, 5, "18:00-20:00", *_BAD_SPANS)
_TIMED = ("reprieve_until", "debtor_named_date", "assignment_notice_at", "last_abandoned_at", "refused_at",
          "last_amd_machine_at", "agreed_callback_at")  # fmt: skip
_NO_TIMES = (None, 5, "soon", "", [], "2026-09-08T10:00:00Z", "2026-02-30")


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        *((key, value) for key in ("requested_windows", "blocked_windows") for value in _NO_SPANS),
        *(("days_past_due", value) for value in (-1, True, "10", 1.5, None, 10**12, [])),
        *((key, value) for key in ("creditor_type", "product") for value in ("gold", None, [], {}, 5)),
        *((key, value) for key in _TIMED for value in _NO_TIMES),
        *((key, value) for key in ("account", "history_account", "message_type") for value in (None, "", 5, [])),
        *(("history_actor", value) for value in ("bank", None, 5)),
        *(("dial_mode", value) for value in ("telepathy", None, [], 5)),
        *(("opted_out_calls", value) for value in ("yes", 1, None)),
        ("mood", "good"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_refused(key: str, wrong: object) -> None:
    with pytest.raises(CaseError, match=f"^context .*{key}"):
        told(**{key: wrong})
