"""English phrases of the rule language."""

from __future__ import annotations

from cadencia.rules.model import Window
from cadencia.rules.phrases import Noun, Phrases, elapsed, listed, runs
from cadencia.rules.phrases_subjects import SUBJECTS

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays", "public holidays")
_SOUNDS_LIKE_A_VOWEL = ("a", "e", "i", "o", "u", "SMS")
_UNITS = {
    "second": "second", "minute": "minute", "hour": "hour", "day": "day", "full_day": "full day",
    "business_day": "business day",
}  # fmt: skip


def _both(items: list[str]) -> str:
    return listed(items, "and")


def _either(items: list[str]) -> str:
    return listed(items, "or")


def _count(n: int, feminine: bool) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)


def _a(noun: Noun) -> str:
    return f"{'an' if noun.one.startswith(_SOUNDS_LIKE_A_VOWEL) else 'a'} {noun.one}"


def _length(n: int, unit: str) -> str:
    return f"{n} {_UNITS[unit]}{'' if n == 1 else 's'}"


def _day_list(days: list[int]) -> str:
    parts: list[str] = []
    for run in runs(days):
        names = [_DAYS[day] for day in run]
        parts += [f"{names[0][:-1]} to {names[-1][:-1]}"] if len(run) > 2 else names
    return _both(parts)


def _per(window: Window) -> str:
    if window.undefined_week:
        return f"a week (which the law does not define: any {window.n} days, today included)"
    if window.unit == "seconds":
        n, unit = elapsed(window.n)
        return f"in any {_length(n, unit) if n > 1 else unit}"
    if window.unit == "civil_days":
        return "a day" if window.n == 1 else f"in any {_length(window.n, 'day')} (today included)"
    if window.unit == "business_days":
        return f"in any {_length(window.n, 'business_day') if window.n > 1 else 'business day'}"
    return {"week": "in a calendar week (from Monday)", "month": "in a calendar month", "lifetime": "ever"}[window.unit]


def _pause(window: Window) -> str:
    if window.undefined_week:
        return f"for a week (which the law does not define: {window.n} days, counting that day)"
    if window.unit == "seconds":
        return f"for {_length(*elapsed(window.n))}"
    if window.unit == "civil_days" and window.n > 1:
        return f"for {_length(window.n, 'day')} (counting that day)"
    if window.unit == "business_days":
        return f"for {_length(window.n, 'business_day')} (counting that day)"
    rest = {"civil_days": "day", "week": "calendar week", "month": "calendar month"}
    return f"for the rest of that {rest[window.unit]}" if window.unit in rest else "ever again"


ENGLISH = Phrases(
    code="en",
    channels={
        "call": Noun("call", "calls"),
        "voicemail": Noun("voicemail", "voicemails"),
        "sms": Noun("SMS", "SMS"),
        "whatsapp": Noun("WhatsApp message", "WhatsApp messages"),
        "email": Noun("e-mail", "e-mails"),
        "letter": Noun("letter", "letters"),
        "visit": Noun("visit", "visits"),
    },
    events={
        "pending": Noun("contact under way", "contacts under way"),
        "placed": Noun("contact", "contacts"),
        "no_answer": Noun("unanswered call", "unanswered calls"),
        "busy": Noun("call to a busy line", "calls to a busy line"),
        "machine": Noun("call answered by a machine", "calls answered by a machine"),
        "voicemail_left": Noun("voicemail left", "voicemails left"),
        "message_delivered": Noun("delivered message", "delivered messages"),
        "conversation": Noun("conversation", "conversations"),
        "right_party_contact": Noun("conversation with the person who owes", "conversations with the person who owes"),
        "wrong_party": Noun("contact with a wrong person", "contacts with a wrong person"),
        "abandoned": Noun("abandoned call", "abandoned calls"),
        "inbound": Noun("contact begun by the person", "contacts begun by the person"),
        "refusal": Noun("refusal to pay or to talk", "refusals to pay or to talk"),
        "promise": Noun("promise to pay", "promises to pay"),
        "void": Noun("contact that was never made", "contacts that were never made"),
    },
    parties={
        "debtor": "the debtor",
        "co_debtor": "the co-debtor",
        "guarantor": "the guarantor",
        "spouse": "the spouse",
        "attorney": "the person's lawyer",
        "third_party": "third parties",
    },
    actors={
        "third_party_collector": "third-party collectors",
        "creditor": "creditors",
        "debt_buyer": "debt buyers",
        "federal_financial_institution": "federal financial institutions",
        "asset_management_company": "asset management companies",
        "microfinance_institution": "microfinance institutions",
        "seller": "sellers",
    },
    places={
        "unknown": "at an address of unknown kind",
        "mobile": "on a mobile phone",
        "home": "at home",
        "work": "at work",
        "other": "at a place that is neither home nor work",
    },
    debt_types={
        "unknown": "debts of unknown kind",
        "consumer": "consumer debts",
        "credit_card": "credit card debts",
        "mortgage": "mortgages",
        "microfinance": "microfinance loans",
        "medical": "medical debts",
        "student_loan": "student loans",
        "motor_vehicle_instalment": "motor vehicle instalment contracts",
        "installment_loan_le_3000": "instalment loans of at most 3,000 dollars",
        "store_credit": "store credit",
        "telecom": "telecommunications bills",
        "utility": "utility bills",
        "commercial": "commercial debts",
        "rural_credit": "rural credit",
        "bank_loan": "bank loans",
        "high_cost_credit": "high-cost credit",
        "rent": "rent arrears",
        "consumer_finance": "consumer finance",
    },
    stages={
        "unknown": "at an unknown stage",
        "preventive": "before the due date",
        "administrative": "at the administrative stage",
        "extrajudicial": "at the out-of-court stage",
        "judicial": "at the court stage",
        "written_off": "after write-off",
    },
    purposes={"collections": "collection", "servicing": "account servicing", "marketing": "marketing"},
    initiators={
        "manual": "dialled by hand",
        "preview": "dialled after preview",
        "progressive": "dialled by a progressive dialer",
        "predictive": "dialled by a predictive dialer",
        "callback": "made as a callback",
        "bot": "made by a voice bot",
        "agentless": "made without an agent",
        "message": "sent automatically as messages",
        "retry": "made as a retry",
    },
    facts={
        "prior_consent": ("the person", "gave prior consent to this contact directly to the collector"),
        "consent_time": ("the person", "agreed to be contacted outside the legal hours"),
        "consent_place": ("the person", "agreed to be contacted at this place"),
        "consent_channel": ("the person", "chose or authorised this channel"),
        "consent_marketing": ("the person", "consented to marketing"),
        "consent_electronic": ("the person", "consented to electronic messages about the debt"),
        "consent_third_party": ("the person", "allowed contact with this third party in writing"),
        "consent_visit": ("the person", "expressly authorised visits"),
        "opt_out": ("the person", "refused this channel or address"),
        "cease_request": ("the person", "asked in writing that all contact stop"),
        "written_only_request": ("the person", "asked for written contact only"),
        "legal_advisor_only_request": ("the person", "asked for contact through a legal adviser only"),
        "do_not_call": ("the number or address", "is on a do-not-call register that binds this purpose"),
        "attorney_represented": ("the person", "is known to be represented by a lawyer on this debt"),
        "bankruptcy": ("the person", "is in bankruptcy or debt restructuring"),
        "deceased": ("the person", "has died"),
        "minor": ("the person", "is under age"),
        "incapable": ("the person", "is incapable, in hospital or otherwise protected by law"),
        "dispute": ("the person", "disputes the debt"),
        "complaint_open": ("the person", "has an open complaint about the debt"),
        "denies_debt": ("the person", "denies the debt"),
        "documents_held": ("the collector", "holds documents that prove the debt"),
        "settled": ("the debt", "is paid or settled"),
        "hold": ("the debt", "is on internal hold"),
        "moratorium": ("the debt", "is under a statutory moratorium or breathing space"),
        "court_proceedings": ("court or enforcement proceedings", "have begun"),
        "insolvency_proceedings": ("insolvency proceedings", "have begun"),
        "refusal_served": ("the person", "served a formal refusal of further interaction"),
        "asked_no_calls": ("the person", "clearly asked not to be called"),
        "employer_prohibits": ("the employer", "is known to prohibit such contact"),
        "employer_email_address": ("the e-mail address", "is provided by the employer"),
        "home_attempt_failed": ("contact at home", "was tried and failed"),
        "only_contact_declared": ("the person", "declared this as the only contact"),
        "written_notice": ("the first written notice", "has been given"),
        "advance_notice": ("adequate notice of this visit", "was given"),
        "electronic_notice": ("the notice that must precede electronic messages", "was mailed"),
        "guarantor_consent": ("the guarantor", "consented to be contacted"),
        "reply_to_person": ("this contact", "answers a message or call of the person"),
        "legal_notice": ("this contact", "is a notice required by law"),
        "location_only": ("this contact", "asks only where the debtor is"),
        "agreed_callback": ("the person", "agreed this day and time for a call"),
        "existing_relationship": ("the person", "is a customer under a running contract"),
        "script_approved": ("the script version to be used", "is approved"),
        "script_language_ok": ("the script", "is in a language that the person reads"),
        "caller_id_withheld": ("the number", "would be withheld"),
        "foreign_messenger": ("the message", "goes through a messenger that the law calls foreign"),
        "live_agent_guaranteed": ("a live agent", "is guaranteed for this call"),
        "collection_procedures_begun": ("the creditor", "has begun debt collection procedures"),
        "identity_theft": ("the person", "claims identity theft"),
        "military_service": ("the person", "is on active military service"),
        "vulnerable": ("the person", "is known or suspected to be vulnerable"),
        "mortgage_arrears": ("the debt", "falls under a mortgage arrears code"),
        "charge_free": ("the contact", "costs the person nothing or goes to a number that the person gave"),
        "prerecorded": ("the contact", "is a recorded or artificial voice"),
        "third_party_answered": ("a third party", "already answered a location request"),
        "time_barred": ("the debt", "is past the time limit for a suit"),
        "declared_emergency": ("the address", "lies in an area under a declared state of emergency"),
        "recipient_pays": ("the person", "pays for receiving this contact"),
    },
    dates={
        "due_date": "the due date",
        "notice_sent": "the first written notice",
        "assigned_on": "the assignment of the debt",
        "cease_on": "the request to cease contact",
        "refused_on": "the refusal",
        "consented_on": "the consent",
        "promise_due": "the promised payment date",
        "cannot_pay_until": "the date until which the person cannot pay",
        "reprieve_until": "the end of the reprieve",
        "charged_off_on": "the write-off",
        "named_date": "the date that the person named",
        "work_request_on": "the request not to be contacted at work",
    },
    numbers={"amount_due": "the amount due", "instalments_overdue": "the number of overdue instalments"},
    subjects=SUBJECTS["en"],
    answered_by_person=Noun("call answered by a person", "calls answered by a person"),
    connected_or_abandoned=Noun("call passed to an agent or abandoned", "calls passed to an agent or abandoned"),
    languages={
        "es": "Spanish", "en": "English", "pt": "Portuguese", "fr": "French", "de": "German", "it": "Italian",
        "nl": "Dutch", "ru": "Russian", "pl": "Polish", "ar": "Arabic", "el": "Greek", "tr": "Turkish",
    },
    retry={
        "never": "It does not open again.",
        "needs_fact": "Waiting does not open it; something must first be established about the person or the debt.",
        "beyond_horizon": "It does not open within the next 400 days.",
    },
    refused={
        "contact_window": "Outside the contact hours.",
        "frequency_cap": "The most contacts of the period have been made.",
        "separation": "Too soon after the last contact.",
        "cooling_off": "The pause after an earlier contact has not ended.",
        "channel_lock": "Another channel was used; the others are closed for now.",
        "recipient": "This person may not be contacted, or not at this place.",
        "channel_ban": "This channel is closed.",
        "consent": "A consent is missing, or something known forbids the contact.",
        "precondition": "A condition for contact is not met, or is not known to be.",
        "caller_id": "The number shown is withheld or has a prefix that is not allowed.",
        "script": "The script is not approved for this contact.",
        "dialing": "Too soon after an abandoned or machine-answered call.",
    },
    effects={
        "tightens": "tighter", "loosens": "looser", "neutral": "no effect on what is allowed",
        "mixed": "tighter in part, looser in part", "unknown": "effect not determined",
    },
    forces={
        "statute": "statute", "presumption": "presumption", "guidance": "guidance", "code": "code of conduct",
        "policy": "house policy, not law",
    },
    terms={
        "contacts": "contacts",
        "new_contacts": "new contacts",
        "decimal_mark": ".", "quote": "“{text}”", "script.phrases_in": "{phrases} (in {name})",
        "by": "by {actors}",
        "by_channel": "by {channels}",
        "with": "with {parties}",
        "for": "for {purposes}",
        "for_any": "for any purpose",
        "about": "about {debts}",
        "about_other": "about debts other than {debts}",
        "for_each": " for each {subjects}",
        "for_each.apart": ", counted for each {subjects}",
        "when_date": "; this applies only {days}, or when that date is not known",
        "when": "; this applies only if {facts}",
        "unless": "; this does not apply if {facts}",
        "count.inbound": "begun by the person",
        "count.unanswered": "; unanswered calls count",
        "count.except": "; {nouns} do not count",
        "count.any_direction": "; contacts begun by the person count too",
        "count.machine": "; calls that a machine answered count, message left or not",
        "count.consented": "; contacts made with prior consent do not count",
        "count.after_first": "; only what follows {first} on file counts",
        "count.since": "; only what happened since {date} counts",
        "window.unscoped": "contact hours: {hours}",
        "window.clock": " ({city} time)",
        "window.day": "{days} {hours}",
        "window.span": "{opens} to {closes}",
        "window.any_hour": "at any hour",
        "window.every_day": "every day, public holidays included,",
        "window.weekdays_all": "every day",
        "window.closed": "; no contact on {days}",
        "window.never": "no contact on any day",
        "window.holidays_ordinary": "; public holidays are days like any other",
        "cap": "at most {n} {noun} {per}",
        "cap.none": "no {noun}",
        "cap.such": "at most {n} such {noun} {per}",
        "separation": "at least {length} must pass after {last}",
        "pause": "after {event}, no {subject} are permitted {pause}",
        "lock": "after {event} on one channel, the other channels are closed {pause}",
        "lock.scoped": "after {event} on another channel, no {subject} are permitted {pause}",
        "recipient.parties": "contact only with {parties}",
        "recipient.parties.scoped": "only with {parties}",
        "recipient.not_at": "no contact {places}",
        "recipient.not_at.scoped": "not {places}",
        "recipient.third_party": "at most {n} {noun}, ever, with {parties}",
        "recipient.no_third_party": "no contact with {parties}",
        "ban": "{subject} are not permitted",
        "ban.unless": ", unless {facts}",
        "only_if": "{subject} are permitted only if {facts}",
        "not_if": "{subject} are not permitted if {facts}",
        "consent.also_any": "; moreover, one of these must hold: {facts}",
        "consent.and_not": "; and not if {facts}",
        "consent.unknown": ", nor if that is not known",
        "only": "{subject} are permitted only {conditions}",
        "date.from.after": "from {days} after {date}",
        "date.from.on": "from {date} on",
        "date.from.before": "from {days} before {date}",
        "date.to.after": "until {days} after {date}",
        "date.to.on": "until {date}",
        "date.to.before": "until {days} before {date}",
        "number.at_least": "if {number} is at least {n}",
        "number.at_most": "if {number} is at most {n}",
        "unknown.deny": "; if this is not known, they are not permitted",
        "unknown.allow": "; if this is not known, they are permitted",
        "caller.shown": "the caller's number must be shown",
        "caller.prefixes": "the number must begin with {prefixes}",
        "caller.banned": "the number must not begin with {prefixes}",
        "caller.free": "any number may be shown",
        "script.approved": "an approved script must be used",
        "script.blocks": "the script must contain {blocks}",
        "script.banned": "the script must not say {phrases}",
        "script.bans": "the script must not use wording of these classes: {classes}",
        "script.languages": "the script must be in {names}",
        "script.free": "any script may be used",
        "dialing.after_abandoned": "after an abandoned call, no automatic calls to that number {pause}",
        "dialing.after_machine": "after a call answered by a machine, no automatic calls to that number {pause}",
        "dialing.abandonment": "{numerator} may be at most {share}% of {denominator}, over {window}, for each {per}",
        "dialing.connect": "an answered call must reach an agent within {seconds} {after}",
        "dialing.connect.answer": "of the answer", "dialing.connect.greeting": "of the end of the person's greeting",
        "dialing.period.day": "each calendar day", "dialing.period.week": "each calendar week",
        "dialing.period.month": "each calendar month",
        "dialing.period.successive": "each successive period of {length} of the campaign",
        "dialing.estimated": ", corrected by a reasoned estimate of the errors of machine detection",
        "dialing.ring": "a call must ring for at least {seconds}",
        "dialing.recorded.required": "a recorded message is required when no agent is free",
        "dialing.recorded.forbidden": "recorded messages are forbidden",
        "dialing.machine.allowed": "answering-machine detection is allowed",
        "dialing.machine.forbidden": "answering-machine detection is forbidden",
        "dialing.automatic": "automatic dialling of one person may take at most {minutes} a day",
        "dialing.free": "dialing is not limited", "dialing.silent": ", where no law gives a rate",
        "refused.cap": "There has already been {n} {noun} in the period.",
        "refused.cap_many": "There have already been {n} {noun} in the period.",
        "refused.cap_none": "No such contact is allowed.",
    },
    both=_both,
    either=_either,
    count=_count,
    a=_a,
    first=lambda noun: f"the first {noun.one}",
    last=lambda noun: f"the last {noun.one}",
    the_many=lambda noun: noun.many,
    of=lambda noun: f"of {noun}",
    day_list=_day_list,
    length=_length,
    per=_per,
    pause=_pause,
)  # fmt: skip
