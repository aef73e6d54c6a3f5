"""What a test vector assumes, flags and says in its context, as facts, dates and events of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cadencia.engine.hours import minute
from cadencia.engine.query import Fact, Hours
from cadencia.engine.words import Actor, Channel, DebtType, Initiator, Place

#: An ordinary debt, where a vector does not say: this many days past due (more than thirty), its first notice long ago.
DAYS_PAST_DUE = 45
NOTICE_DAYS = 400
CONSENT_DAYS = 7  # 12 CFR 1006.14(b)(3)(i): consent reaches seven days, its own day is the first
LATIN = frozenset("MX CO PE CL AR BR EC BO PY UY CR PA GT SV HN NI DO PR ES PT".split())
CARD_LAWS = frozenset({"HN", "GT", "CR", "BD"})  # their law is about credit cards, and so are their vectors
NORTH = frozenset({"US", "CA"})
NOTICED = frozenset({"TR", "HK", "KR"})  # a notice must come before collection; vectors do not repeat that it came
HOURS_ARE_CONSENT = frozenset({"AU"})  # hours that the person asked for, or works, stand before those of the guideline
REFUSALS_END = frozenset({"FR"})  # a refused sales call may be made again some days later; elsewhere it is an objection
NO_AGENCIES = frozenset({"VN"})  # agencies are banned, so whoever contacts there is the creditor
_MAX_DAYS_PAST_DUE = 36_500
#: What creditors and products are called besides the words of DebtType.
_DEBT_TYPES = {
    "bank_card": "credit_card", "card": "credit_card", "card_issuer": "credit_card", "bank": "bank_loan",
    "microcredit": "microfinance", "microfinance_institution": "microfinance", "mfi": "microfinance",
    "mfo": "microfinance", "finance_company": "consumer_finance", "home_loan": "mortgage", "housing_loan": "mortgage",
    "high_cost_credit_provider": "high_cost_credit", "medical_debt": "medical",
    **dict.fromkeys(("auto_loan", "car_loan", "vehicle_loan", "motor_vehicle", "motor_vehicle_loan",
                     "motor_vehicle_installment", "motor_vehicle_instalment_loan", "motor_vehicle_installment_loan"),
                    "motor_vehicle_instalment"),
    **dict.fromkeys(("asset_management_company", "collection_agency", "debt_buyer", "lender", "lending_company",
                     "financing_company", "money_lender", "nbfc", "asset_reconstruction_company", "arc", "p2p",
                     "p2p_lender", "digital_lender", "online_lender", "fintech", "personal_loan", "consumer_loan",
                     "leasing_company"), "consumer"),
    **dict.fromkeys(("commercial_bank", "licensed_bank", "credit_institution"), "bank_loan"),
    **dict.fromkeys(("housing_finance_company", "hfc"), "mortgage"),
    "consumer_finance_company": "consumer_finance", "credit_card_company": "credit_card",
}  # fmt: skip
#: Ways to say that a person will be on the line, that a message is a notice required by law, or that it answers one.
_LIVE_AGENT = ("live_agent", "live_operator", "guaranteed_agent", "guaranteed_live", "guaranteed_live_agent",
               "guaranteed_live_operator", "guaranteed_operator", "live_agent_guaranteed", "live_operator_guaranteed",
               "live_guaranteed")  # fmt: skip
_DIAL_MODES = {**dict.fromkeys(("ai", "ai_agent", "ai_voice", "ai_voice_agent", "voicebot", "robot"), "bot"),
               "agent": "manual", "autodial": "predictive", "autodialer": "predictive"}  # fmt: skip
_LEGAL_WORDS = frozenset({"legal", "statutory", "required", "mandatory", "law"})
_REPLY_WORDS = frozenset({"reply", "response", "answer"})


class CaseError(ValueError):
    """A vector cannot be read or mapped; the message says which key and why."""


def country_of(jurisdiction: str) -> str:
    """US for US-MA."""
    return jurisdiction.partition("-")[0]


@dataclass
class Known:
    """Everything a vector lets the engine know, beginning with what its silence means."""

    jurisdiction: str
    today: date
    channel: str
    purpose: str
    facts: list[Fact] = field(default_factory=list)
    dates: dict[str, date] = field(default_factory=dict)
    events: list[tuple[datetime, str]] = field(default_factory=list)  # local time, kind
    wanted: list[Hours] = field(default_factory=list)
    unwanted: list[Hours] = field(default_factory=list)
    initiator: str = "preview"
    debt_type: str = "consumer"
    account: str = ""
    history_account: str = ""
    history_actor: str = ""
    history_place: str = ""
    same_creditor: frozenset[str] = frozenset()
    consent_from: date | None = None

    def __post_init__(self) -> None:
        country = country_of(self.jurisdiction)
        self.dates["due_date"] = self.today - timedelta(days=DAYS_PAST_DUE)
        if country in LATIN | NORTH:
            self.fact("written_notice")
            self.fact("electronic_notice")
            self.dates["notice_sent"] = self.today - timedelta(days=NOTICE_DAYS)
        if country in NOTICED:
            self.fact("written_notice")
        if country in LATIN and self.purpose == "marketing":
            self.fact("consent_marketing")
        if country in LATIN:
            self.fact("consent_channel")
        if country in CARD_LAWS:
            self.debt_type = "credit_card"

    def fact(self, name: str, value: bool = True, *, channel: str | None = None) -> None:
        """The fact, instead of what was known of it before."""
        self.facts = [fact for fact in self.facts if (fact.name, fact.channel) != (name, channel)]
        self.facts.append(Fact(name=name, value=value, channel=channel))

    def creditor(self, debt: str) -> str:
        """Debts have creditors of their own, unless the vector says that they share one, or comes from where a history
        is that of one creditor."""
        shared = debt in self.same_creditor or country_of(self.jurisdiction) in LATIN
        return "shared creditor" if shared else f"creditor of {debt}"

    def consented_on(self, day: date) -> bool:
        """Whether a contact of that day was made with the person's direct prior consent."""
        return self.consent_from is not None and 0 <= (day - self.consent_from).days < CONSENT_DAYS


def read_flags(flags: tuple[str, ...], known: Known) -> None:
    """Each flag as facts, dates or marks on the history. CaseError for one that is not known."""
    for flag in flags:
        name, _, value = flag.partition(":")
        if name not in _FLAGS:
            raise CaseError(f"flag {flag!r} is not one of: {', '.join(_FLAGS)}")
        try:
            _FLAGS[name](known, value)
        except CaseError as problem:
            raise CaseError(f"flag {name}: {problem}") from None


def read_context(context: dict[str, Any], known: Known, now: datetime) -> None:
    """Each key of the context. CaseError for a key or a value that is not known."""
    for key, value in context.items():
        if key not in _CONTEXT_FACTS and key not in _CONTEXT:
            raise CaseError(f"context key {key!r} is not one of: {', '.join([*_CONTEXT_FACTS, *_CONTEXT])}")
        try:
            if key in _CONTEXT_FACTS:
                known.fact(_CONTEXT_FACTS[key], _flag(value))
            else:
                _CONTEXT[key](known, value, now)
        except CaseError as problem:
            raise CaseError(f"context {key}: {problem}") from None
    if known.channel == "visit" and context.get("written_notice") is True and "advance_notice" not in context:
        known.fact("advance_notice")  # the written notice that a vector tells of a visit is that of the visit
    if "refusal_served" in context and "days_past_due" not in context:
        # where a refusal has to wait for so many days past due, a vector that tells of one says that it waited
        known.dates.pop("due_date", None)
    country = country_of(known.jurisdiction)
    if country in HOURS_ARE_CONSENT and "consent_time" not in context and _asked_for(known.wanted, now):
        known.fact("consent_time")
    objected = "refused_at" in context and "opted_out_calls" not in context
    if objected and known.purpose == "marketing" and country not in REFUSALS_END:
        _opt_out(known, "call", True)


def _asked_for(wanted: list[Hours], now: datetime) -> bool:
    clock = 60 * now.hour + now.minute
    return any(minute(hours.opens) <= clock < minute(hours.closes) for hours in wanted)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise CaseError(f"{value!r} is not true or false")
    return value


def _day(value: Any) -> date:
    """A date, or the date of a local time."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return _local(value).date()


def _local(value: Any) -> datetime:
    """A local time; like the vector's own, it has no offset."""
    try:
        local = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise CaseError(f"{value!r} is not a date or local time; write it like 2026-11-18T10:00:00") from None
    if local.tzinfo is not None:
        raise CaseError(f"{value} has an offset; write local time, its zone is tz")
    return local


def _word(value: Any, words: Iterable[str]) -> str:
    """The value, if it is one of the words."""
    known = list(words)
    if not isinstance(value, str) or value not in known:
        raise CaseError(f"{value!r} is not one of: {', '.join(known)}")
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise CaseError(f"{value!r} is not a name; write text")
    return value


def _set(name: str, value: bool = True) -> Callable[[Known, str], None]:
    return lambda known, _: known.fact(name, value)


def _prior_consent(known: Known, value: str) -> None:
    known.consent_from = _day(value)
    known.fact("prior_consent", known.consented_on(known.today))


def _certified_cease(known: Known, value: str) -> None:
    known.fact("cease_request")
    known.dates["cease_on"] = _day(value)


def _opted_out(known: Known, value: str) -> None:
    _opt_out(known, _word(value, Channel.__members__), True)


def _opt_out(known: Known, channel: str, value: bool) -> None:
    """The channel refused. Who refuses calls refuses voicemail, which is a call that nobody picked up."""
    known.fact("opt_out", value, channel=channel)
    if channel == "call":
        known.fact("opt_out", value, channel="voicemail")


def _legal_advisor_only(known: Known, _: str) -> None:
    known.fact("legal_advisor_only_request")
    known.fact("attorney_represented")  # who asks for it in writing has told us of a lawyer


def _no_notice(known: Known, _: str) -> None:
    known.fact("written_notice", False)
    known.fact("electronic_notice", False)
    known.dates.pop("notice_sent", None)


def _history_place(known: Known, value: str) -> None:
    known.history_place = _word(value, Place.__members__)


def _same_creditor(known: Known, value: str) -> None:
    known.same_creditor = frozenset(part.strip() for part in value.replace("+", ",").split(",") if part.strip())


_FLAGS: dict[str, Callable[[Known, str], None]] = {
    "direct_prior_consent": _prior_consent,
    "employer_prohibits": _set("employer_prohibits"),
    "employer_email_address": _set("employer_email_address"),
    "opted_out": _opted_out,
    "written_cease": _set("cease_request"),
    "certified_mail_cease": _certified_cease,
    "electronic_consent": _set("consent_electronic"),
    "debt_collection_procedures_begun": _set("collection_procedures_begun"),
    "history_place": _history_place,
    "home_attempt_failed": _set("home_attempt_failed"),
    "same_creditor": _same_creditor,
    "written_only_request": _set("written_only_request"),
    "written_request_legal_advisor": _legal_advisor_only,
    "no_notice": _no_notice,
}
_CONTEXT_FACTS = {
    "consent_time": "consent_time", "consent_place": "consent_place", "consent_marketing": "consent_marketing",
    "disputed": "dispute", "complaint_open": "complaint_open", "breathing_space": "moratorium",
    "lawyer_notice": "attorney_represented", "refusal_served": "refusal_served", "denies_debt": "denies_debt",
    "documents": "documents_held", "asked_no_calls": "asked_no_calls", "court_proceedings_started": "court_proceedings",
    "written_notice": "written_notice", "advance_notice": "advance_notice",
    "work_number_is_only_declared": "only_contact_declared", "tps_registered": "do_not_call", "bloctel": "do_not_call",
    "declared_emergency": "declared_emergency", "time_barred": "time_barred", "recipient_pays": "recipient_pays",
}  # fmt: skip


def _hours(known: Known, value: Any, wanted: bool) -> None:
    if not isinstance(value, list) or not value:
        raise CaseError(f'{value!r} is not a list of hours; write [["18:00", "20:00"]]')
    (known.wanted if wanted else known.unwanted).extend(_span(span) for span in value)


def _span(value: Any) -> Hours:
    try:
        opens, closes = value
        ordered = minute(opens) < minute(closes)
    except (TypeError, ValueError, AttributeError):
        ordered = False
    if not ordered:
        raise CaseError(f'{value!r} is not a span of hours; write ["18:00", "20:00"]')
    return Hours(opens=opens, closes=closes)


def _past_due(known: Known, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_DAYS_PAST_DUE:
        raise CaseError(f"{value!r} is not a number of days from 0 to {_MAX_DAYS_PAST_DUE}")
    known.dates["due_date"] = known.today - timedelta(days=value)


def _named_day(known: Known, name: str, value: Any) -> None:
    known.dates[name] = _day(value)


def _named_date(known: Known, value: Any, now: datetime) -> None:
    """The day that the debtor named, or its hour: until then this day is one that they asked to be left alone."""
    known.dates["named_date"] = day = _day(value)
    hour = _local(value) if "T" in str(value) else None
    if day > now.date() or (hour is not None and hour > now):
        known.unwanted.append(Hours(opens="00:00", closes="24:00"))


def debt_type_of(word: str) -> str:
    """The type of debt that a vector calls by another name; a word that is not known as it is."""
    return _DEBT_TYPES.get(word, word)


def _named_debt(known: Known, value: Any) -> None:
    words = {name: name for name in DebtType.__members__} | _DEBT_TYPES
    known.debt_type = words[_word(value, words)]


def _past(known: Known, kind: str, value: Any) -> None:
    known.events.append((_local(value), kind))


def _refused(known: Known, value: Any) -> None:
    _past(known, "refusal", value)
    known.dates["refused_on"] = _day(value)


def _dial_mode(known: Known, value: Any) -> None:
    words = {name: name for name in Initiator.__members__} | _DIAL_MODES | dict.fromkeys(_LIVE_AGENT, "")
    mode = words[_word(value, words)]
    if mode:
        known.initiator = mode
    else:
        known.fact("live_agent_guaranteed")


def _message_type(known: Known, value: Any) -> None:
    """A type that is not known is an ordinary message: it opens nothing."""
    words = set(_name(value).split("_"))
    if words & _LEGAL_WORDS:
        known.fact("legal_notice")
    elif words & _REPLY_WORDS:
        known.fact("reply_to_person")


def _history_actor(known: Known, value: Any) -> None:
    known.history_actor = _word(value, Actor.__members__)


def _account(known: Known, value: Any) -> None:
    known.account = _name(value)


def _history_account(known: Known, value: Any) -> None:
    known.history_account = _name(value)


def _opted_out_calls(known: Known, value: Any) -> None:
    _opt_out(known, "call", _flag(value))


_CONTEXT: dict[str, Callable[[Known, Any, datetime], None]] = {
    "requested_windows": lambda known, value, now: _hours(known, value, True),
    "blocked_windows": lambda known, value, now: _hours(known, value, False),
    "days_past_due": lambda known, value, now: _past_due(known, value),
    "creditor_type": lambda known, value, now: _named_debt(known, value),
    "product": lambda known, value, now: _named_debt(known, value),
    "reprieve_until": lambda known, value, now: _named_day(known, "reprieve_until", value),
    "debtor_named_date": lambda known, value, now: _named_date(known, value, now),
    "assignment_notice_at": lambda known, value, now: _named_day(known, "assigned_on", value),
    "opted_out_calls": lambda known, value, now: _opted_out_calls(known, value),
    "history_actor": lambda known, value, now: _history_actor(known, value),
    "account": lambda known, value, now: _account(known, value),
    "history_account": lambda known, value, now: _history_account(known, value),
    "message_type": lambda known, value, now: _message_type(known, value),
    "dial_mode": lambda known, value, now: _dial_mode(known, value),
    "last_abandoned_at": lambda known, value, now: _past(known, "abandoned", value),
    "last_amd_machine_at": lambda known, value, now: _past(known, "machine", value),
    "refused_at": lambda known, value, now: _refused(known, value),
    "agreed_callback_at": lambda known, value, now: known.fact("agreed_callback", _local(value) == now),
}
