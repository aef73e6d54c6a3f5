"""The closed vocabularies of a contact, and the small number each word is compiled to.

The order of a vocabulary is its wire format: histories store these numbers (see `engine/history.py`),
so words are only ever appended.
"""

from __future__ import annotations

from enum import IntEnum


class Channel(IntEnum):
    """How the contact is made. 3 bits."""

    call = 0
    voicemail = 1
    sms = 2
    whatsapp = 3
    email = 4
    letter = 5
    visit = 6


class EventKind(IntEnum):
    """What is known of an attempt. 4 bits.

    `pending` is a reservation that may still become anything, so it counts as every kind.
    `void` was released before it was placed and counts as none.
    """

    pending = 0
    placed = 1
    no_answer = 2
    busy = 3
    machine = 4
    voicemail_left = 5
    message_delivered = 6
    conversation = 7
    right_party_contact = 8
    wrong_party = 9
    abandoned = 10
    inbound = 11
    refusal = 12
    promise = 13
    void = 15


class Party(IntEnum):
    """Who is contacted about the debt. 3 bits."""

    debtor = 0
    co_debtor = 1
    guarantor = 2
    spouse = 3
    attorney = 4
    third_party = 5


class Place(IntEnum):
    """What the address is to the person. 3 bits. `unknown` matches only selectors that list it."""

    unknown = 0
    mobile = 1
    home = 2
    work = 3
    other = 4


class Actor(IntEnum):
    """Who makes the contact, in the law's eyes. 4 bits."""

    third_party_collector = 0
    creditor = 1
    debt_buyer = 2
    federal_financial_institution = 3
    asset_management_company = 4
    microfinance_institution = 5
    seller = 6


class Purpose(IntEnum):
    """Why the contact is made. 2 bits."""

    collections = 0
    servicing = 1
    marketing = 2


#: The purposes, as bits, that collection law is about.
COLLECTION = 1 << Purpose.collections | 1 << Purpose.servicing


class Initiator(IntEnum):
    """What started the attempt. Every one of them passes the same gate. 4 bits."""

    manual = 0
    preview = 1
    progressive = 2
    predictive = 3
    callback = 4
    bot = 5
    agentless = 6
    message = 7
    retry = 8


class DebtType(IntEnum):
    """What kind of debt it is. 6 bits. `unknown` matches only selectors that list it."""

    unknown = 0
    consumer = 1
    credit_card = 2
    mortgage = 3
    microfinance = 4
    medical = 5
    student_loan = 6
    motor_vehicle_instalment = 7
    installment_loan_le_3000 = 8
    store_credit = 9
    telecom = 10
    utility = 11
    commercial = 12
    rural_credit = 13
    bank_loan = 14
    high_cost_credit = 15
    rent = 16
    consumer_finance = 17


class Stage(IntEnum):
    """Where the debt stands. 3 bits. `unknown` matches only selectors that list it."""

    unknown = 0
    preventive = 1
    administrative = 2
    extrajudicial = 3
    judicial = 4
    written_off = 5


class Subject(IntEnum):
    """What a counter is kept for besides the person. The value is a bit position in `CountCheck.same`."""

    debt = 0
    creditor = 1
    address = 2
    place = 3


class Wider(IntEnum):
    """Whose history is counted instead of the person's: that of all who share the household, place of work, …"""

    household = 0
    workplace = 1
    address = 2
    debt = 3
    account = 4


class WindowUnit(IntEnum):
    """How far back a counter looks. Hours elapse in UTC, days are local dates."""

    seconds = 0  # n elapsed seconds: an event at t - n no longer counts
    civil_days = 1  # n local dates, today is one of them
    week = 2  # since Monday 00:00 local
    month = 3  # since the first of the month 00:00 local
    business_days = 4  # the last n business days of the rule's calendar, today included if it is one
    lifetime = 5  # everything, or everything since the anchor


class VerdictCode(IntEnum):
    """Why the engine itself denies, besides any rule. 0 is none."""

    none = 0
    zone_unknown = 1
    zone_ambiguous = 2
    jurisdiction_unknown = 3
    no_rules_known = 4
    history_overflow = 5
    profile_limit = 6
    calendar_ended = 7
    zone_data_ended = 8
    invalid_query = 9
    household_unknown = 10


class RetryCode(IntEnum):
    """What `retry_at` means when it is null; `at` when it is an instant."""

    at = 0
    never = 1
    needs_fact = 2
    beyond_horizon = 3


#: What counts as a kind: an event of any kind on the right is counted by a rule that says the kind on the left.
#: `pending` is added to every set by the engine; `void` to none. Inbound contacts are told apart by their own bit.
KINDS_COUNTED_AS: dict[str, tuple[str, ...]] = {
    "placed": (
        "placed", "no_answer", "busy", "machine", "voicemail_left", "message_delivered", "conversation",
        "right_party_contact", "wrong_party", "abandoned", "inbound", "refusal", "promise",
    ),
    "no_answer": ("no_answer",),
    "busy": ("busy",),
    "machine": ("machine", "voicemail_left"),
    "voicemail_left": ("voicemail_left",),
    "message_delivered": ("message_delivered", "voicemail_left"),
    "conversation": ("conversation", "right_party_contact", "refusal", "promise", "inbound"),
    "right_party_contact": ("right_party_contact", "refusal", "promise"),
    "wrong_party": ("wrong_party",),
    "abandoned": ("abandoned",),
    "inbound": ("inbound", "conversation", "right_party_contact", "message_delivered", "refusal", "promise"),
    "refusal": ("refusal",),
    "promise": ("promise",),
}  # fmt: skip

#: A message on one of these channels that is only known to be `placed` counts as `message_delivered`: it was sent, and
#: nobody has said that it did not arrive.
WRITTEN = (Channel.sms, Channel.whatsapp, Channel.email, Channel.letter)

#: Facts a rule may read. The position is the bit in the 128-bit mask, so names are only appended.
#: name -> (scope, meaning)
FACTS: dict[str, tuple[str, str]] = {
    "prior_consent": ("person", "gave prior consent to this contact directly to the collector"),
    "consent_time": ("person", "agreed to be contacted outside the hours of the law"),
    "consent_place": ("address", "agreed to be contacted at this place"),
    "consent_channel": ("address", "chose or authorised this channel"),
    "consent_marketing": ("person", "consented to marketing"),
    "consent_electronic": ("person", "consented to electronic messages about the debt"),
    "consent_third_party": ("person", "allowed contact with this third party, in writing"),
    "consent_visit": ("person", "expressly authorised visits"),
    "opt_out": ("address", "refused this channel or address"),
    "cease_request": ("person", "asked in writing that all contact stop"),
    "written_only_request": ("person", "asked for written contact only"),
    "legal_advisor_only_request": ("person", "asked for contact through a legal adviser only"),
    "do_not_call": ("address", "is on a do-not-call register or list that binds this purpose"),
    "attorney_represented": ("person", "is known to be represented by a lawyer on this debt"),
    "bankruptcy": ("person", "is in bankruptcy or debt restructuring"),
    "deceased": ("person", "has died"),
    "minor": ("person", "is under age"),
    "incapable": ("person", "is incapable, in hospital or otherwise protected by law"),
    "dispute": ("debt", "disputes the debt"),
    "complaint_open": ("debt", "has an open complaint about the debt"),
    "denies_debt": ("debt", "denies the debt"),
    "documents_held": ("debt", "the collector holds documents that prove the debt"),
    "settled": ("debt", "the debt is paid or settled"),
    "hold": ("debt", "an internal hold is set"),
    "moratorium": ("debt", "a statutory moratorium or breathing space runs"),
    "court_proceedings": ("debt", "court or enforcement proceedings have begun"),
    "insolvency_proceedings": ("person", "insolvency proceedings have begun"),
    "refusal_served": ("debt", "served a formal refusal of further interaction"),
    "asked_no_calls": ("person", "clearly asked not to be called"),
    "employer_prohibits": ("address", "the employer is known to prohibit such contact"),
    "employer_email_address": ("address", "the address is provided by the employer"),
    "home_attempt_failed": ("person", "contact at home was tried and failed"),
    "only_contact_declared": ("address", "declared this as the only contact"),
    "written_notice": ("debt", "the first written notice has been given"),
    "advance_notice": ("debt", "adequate notice of this visit was given"),
    "electronic_notice": ("debt", "the notice that must precede electronic messages was mailed"),
    "guarantor_consent": ("person", "the guarantor consented to be contacted"),
    "reply_to_person": ("person", "this contact answers a message or call of the person"),
    "legal_notice": ("debt", "this contact is a notice required by law"),
    "location_only": ("person", "this contact asks only where the debtor is"),
    "agreed_callback": ("person", "agreed this day and time for a call"),
    "existing_relationship": ("person", "is a customer under a running contract"),
    "script_approved": ("debt", "the script version to be used is approved"),
    "script_language_ok": ("person", "the script is in a language that the person reads"),
    "caller_id_withheld": ("address", "the number would be withheld"),
    "foreign_messenger": ("address", "the message goes through a messenger that the law calls foreign"),
    "live_agent_guaranteed": ("person", "a live agent is guaranteed for this call"),
    "collection_procedures_begun": ("debt", "the creditor has begun debt collection procedures"),
    "identity_theft": ("debt", "claims identity theft"),
    "military_service": ("person", "is on active military service"),
    "vulnerable": ("person", "is known or suspected to be vulnerable"),
    "mortgage_arrears": ("debt", "falls under a mortgage arrears code"),
    "charge_free": ("address", "the contact costs the person nothing, or the person gave this number"),
    "prerecorded": ("person", "the contact is a recorded or artificial voice"),
    "third_party_answered": ("person", "a third party already answered a location request"),
    "time_barred": ("debt", "is past the time limit for a suit"),
    "declared_emergency": ("address", "lies in an area under a declared state of emergency"),
    "recipient_pays": ("address", "the person pays for receiving this contact"),
}  # fmt: skip

#: Dated facts (local dates, columns).
DATES: tuple[str, ...] = (
    "due_date", "notice_sent", "assigned_on", "cease_on", "refused_on", "consented_on", "promise_due",
    "cannot_pay_until", "reprieve_until", "charged_off_on", "named_date", "work_request_on",
)  # fmt: skip

#: Numeric facts (columns).
NUMBERS: tuple[str, ...] = ("amount_due", "instalments_overdue")

#: The least and greatest number of things a table may hold.
MAX_PROFILES = 65_536
MAX_RULES_IN_PROFILE = 63
#: The bit of the person's own stated hours among a profile's reasons; rules have the bits below it.
STATED_HOURS_BIT = 63
HORIZON_DAYS = 400


def bit_of_fact(name: str) -> int:
    """The bit of a fact's name in the 128-bit fact mask; KeyError if there is no such fact."""
    return _FACT_BITS[name]


_FACT_BITS = {name: bit for bit, name in enumerate(FACTS)}
if len(_FACT_BITS) > 128:
    raise AssertionError("at most 128 facts fit the mask")
