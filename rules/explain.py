"""What does a rule say, in a sentence that a compliance officer would write? In Spanish, English and Portuguese."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from cadencia.engine.tables import CompiledRule, CountCheck, FactCheck
from cadencia.engine.words import FACTS
from cadencia.rules.clauses import (
    counts_alike,
    counts_what_it_binds,
    events_counted,
    facts_in_words,
    for_each_of,
    has_more_selectors,
    is_feminine,
    is_scoped,
    notes_on,
    purposes_of,
    scoped,
    subject_of,
)  # fmt: skip
from cadencia.rules.model import (
    Abandonment,
    CallerId,
    ChannelBan,
    ChannelLock,
    Consent,
    ContactWindow,
    CoolingOff,
    Counted,
    Dialing,
    FrequencyCap,
    Kind,
    Precondition,
    Recipient,
    Rule,
    Script,
    Separation,
)  # fmt: skip
from cadencia.rules.phrases import Phrases, clock, decimal, elapsed
from cadencia.rules.phrases_en import ENGLISH
from cadencia.rules.phrases_es import SPANISH
from cadencia.rules.phrases_pt import PORTUGUESE
from cadencia.rules.script_catalogue import ban_name, block_name

LANGUAGES: dict[str, Phrases] = {"en": ENGLISH, "es": SPANISH, "pt": PORTUGUESE}
_FILES_ARE_IN = "en"


def phrases(language: str) -> Phrases:
    """The phrases of a language; ValueError naming the languages there are."""
    try:
        return LANGUAGES[language]
    except KeyError:
        raise ValueError(f"{language!r} is not a language of the sentences; one of: {', '.join(LANGUAGES)}") from None


def sentence(rule: Rule, language: str) -> str:
    """The whole rule as one sentence: whom and what it binds, what it says, and when it does not apply."""
    p = phrases(language)
    text = _SENTENCES[type(rule.body)](rule, rule.body, p)
    if rule.when_date:
        least, most = rule.when_at_least_days, rule.when_at_most_days
        range_of_days = Precondition(date=rule.when_date, at_least_days=least, at_most_days=most)
        text += p.say("when_date", days=p.both(_date_conditions(range_of_days, p)))
    if rule.when_facts:
        text += p.say("when", facts=facts_in_words(rule.when_facts, p.both, p))
    if rule.unless_facts:
        key = "ban.unless" if isinstance(rule.body, ChannelBan) else "unless"
        text += p.say(key, facts=facts_in_words(rule.unless_facts, p.either, p))
    return text[0].upper() + text[1:] + "."


# --- one function for each kind -----------------------------------------------------------------------------------


def _contact_window(rule: Rule, body: ContactWindow, p: Phrases) -> str:
    text = hours_in_words(body, p)
    if body.clock:
        text += p.say("window.clock", city=body.clock.rsplit("/", 1)[-1].replace("_", " "))
    if is_scoped(rule, p) or not any(week_of(body)):
        return scoped(rule, p, text)
    return p.say("window.unscoped", hours=text)


def hours_in_words(body: ContactWindow, p: Phrases) -> str:
    """The weekly hours, days with the same hours together, the closed ones last."""
    days = week_of(body)
    by_hours: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for day, hours in enumerate(days):
        by_hours.setdefault(hours, []).append(day)
    closed = by_hours.pop((), [])
    if not by_hours:
        return p.terms["window.never"]
    parts = [p.say("window.day", days=_days(each, body, p), hours=_spans(hours, p)) for hours, each in by_hours.items()]
    text = p.both(parts) if all(len(hours) == 1 for hours in by_hours) else "; ".join(parts)
    if closed:
        text += p.say("window.closed", days=p.day_list(closed))
    if body.holiday is None and len(set(days)) > 1:
        text += p.terms["window.holidays_ordinary"]
    return text


def week_of(body: ContactWindow) -> list[tuple[tuple[int, int], ...]]:
    """Hours by day, Monday first; the eighth are the holidays' own hours, absent when they have none."""
    week = [body.mon, body.tue, body.wed, body.thu, body.fri, body.sat, body.sun]
    return week if body.holiday is None else [*week, body.holiday]


def _days(days: list[int], body: ContactWindow, p: Phrases) -> str:
    if len(days) == 8 or (len(days) == 7 and body.holiday is None):
        return p.terms["window.every_day"]
    if days == [0, 1, 2, 3, 4, 5, 6]:
        return p.terms["window.weekdays_all"]
    return p.day_list(days)


def _spans(hours: tuple[tuple[int, int], ...], p: Phrases) -> str:
    if hours == ((0, 1440),):
        return p.terms["window.any_hour"]
    return p.both([p.say("window.span", opens=clock(opens), closes=clock(closes)) for opens, closes in hours])


def _frequency_cap(rule: Rule, body: FrequencyCap, p: Phrases) -> str:
    count, told = body.count, counts_what_it_binds(rule, body.count)
    alike = not told and counts_alike(rule, body.count)
    if alike:
        # by whomever made: whom the rule binds is said before
        count = structs.replace(count, channels=(), parties=(), places=())
    if told and count.kinds == ("placed",) and has_more_selectors(rule):
        # whom it binds is said before: "calls about bank loans: at most three contacts a day"
        count = structs.replace(count, channels=(), parties=(), actors=(), places=(), purposes=())
    noun = events_counted(structs.replace(count, purposes=()), p, p.either, "one" if body.at_most == 1 else "many")
    if body.at_most == 0:
        text = p.say("cap.none", noun=noun)
    else:
        such = alike and count.kinds == ("placed",)
        n = p.count(body.at_most, is_feminine(count, p))
        text = p.say("cap.such" if such else "cap", n=n, noun=noun, per=p.per(body.per))
    text += for_each_of(body.for_each, p) + purposes_of(count, p) + notes_on(body.count, p)
    return text if told and not has_more_selectors(rule) else scoped(rule, p, text)


def _separation(rule: Rule, body: Separation, p: Phrases) -> str:
    gap = body.at_least
    if gap.unit == "seconds":
        length = p.length(*elapsed(gap.n))
    elif gap.unit == "civil_days" and gap.n > 1 and not gap.undefined_week:
        length = p.length(gap.n - 1, "full_day")
    else:
        return _pause(rule, body.count, p.pause(gap), body.for_each, p)
    text = p.say("separation", length=length, last=events_counted(body.count, p, p.either, "last"))
    return scoped(rule, p, text + for_each_of(body.for_each, p, apart=True) + notes_on(body.count, p))


def _cooling_off(rule: Rule, body: CoolingOff, p: Phrases) -> str:
    return _pause(rule, body.after, p.pause(body.lasts), body.for_each, p)


def _pause(rule: Rule, count: Counted, pause: str, for_each: tuple[str, ...], p: Phrases) -> str:
    subject = subject_of(rule, p, either=True, bare="new_contacts")
    text = p.say("pause", event=events_counted(count, p, p.either, "a"), subject=subject, pause=pause)
    return text + for_each_of(for_each, p, apart=True) + notes_on(count, p)


def _channel_lock(rule: Rule, body: ChannelLock, p: Phrases) -> str:
    event, pause = events_counted(body.after, p, p.either, "a"), p.pause(body.lasts)
    if is_scoped(rule, p):
        text = p.say("lock.scoped", event=event, pause=pause, subject=subject_of(rule, p, either=True))
    else:
        text = p.say("lock", event=event, pause=pause)
    return text + for_each_of(body.for_each, p, apart=True) + notes_on(body.after, p)


def _recipient(rule: Rule, body: Recipient, p: Phrases) -> str:
    form = ".scoped" if is_scoped(rule, p) else ""
    parts = []
    if body.parties:
        parts.append(p.say(f"recipient.parties{form}", parties=p.both([p.parties[name] for name in body.parties])))
    if body.not_at:
        parts.append(p.say(f"recipient.not_at{form}", places=p.either([p.places[name] for name in body.not_at])))
    if body.third_party_at_most is not None:
        most = body.third_party_at_most
        noun = p.events["placed"]
        key = "recipient.third_party" if most else "recipient.no_third_party"
        n = p.count(most, noun.feminine)
        parts.append(p.say(key, n=n, noun=noun.one if most == 1 else noun.many, parties=p.parties["third_party"]))
    return scoped(rule, p, "; ".join(parts))


def _channel_ban(rule: Rule, body: ChannelBan, p: Phrases) -> str:
    return p.say("ban", subject=_refused_subject(rule, p))


def _refused_subject(rule: Rule, p: Phrases) -> str:
    """The contacts behind a negation, which Spanish and Portuguese join with "or": no se permiten llamadas o cartas."""
    return subject_of(rule, p, either=p.code != "en")


def _consent(rule: Rule, body: Consent, p: Phrases) -> str:
    subject = subject_of(rule, p)
    forbidden = facts_in_words(body.forbids, p.either, p)
    text = ""
    if body.requires:
        text = p.say("only_if", subject=subject, facts=facts_in_words(body.requires, p.both, p))
    if body.requires_any:
        key = "consent.also_any" if text else "only_if"
        text += p.say(key, subject=subject, facts=facts_in_words(body.requires_any, p.either, p))
    if forbidden:
        text += p.say("consent.and_not" if text else "not_if", subject=_refused_subject(rule, p), facts=forbidden)
        text += p.terms["consent.unknown"] if body.unknown == "deny" else ""
    return text


def _precondition(rule: Rule, body: Precondition, p: Phrases) -> str:
    conditions = _date_conditions(body, p) if body.date else _number_conditions(body, p)
    text = p.say("only", subject=subject_of(rule, p), conditions=p.both(conditions))
    return text + p.terms["unknown.deny" if body.unknown == "deny" else "unknown.allow"]


def _date_conditions(body: Precondition, p: Phrases) -> list[str]:
    unit = "business_day" if body.days == "business" else "day"
    date = p.dates[body.date]
    found = []
    for bound, days in (("from", body.at_least_days), ("to", body.at_most_days)):
        if days is None:
            continue
        side = "on" if days == 0 else "after" if days > 0 else "before"
        length = p.length(abs(days), unit)
        found.append(p.say(f"date.{bound}.{side}", days=length, date=date, of_date=p.of(date)))
    return found


def _number_conditions(body: Precondition, p: Phrases) -> list[str]:
    bounds = (("number.at_least", body.at_least), ("number.at_most", body.at_most))
    return [p.say(key, number=p.numbers[body.number], n=_decimal(n, p)) for key, n in bounds if n is not None]


def _decimal(value: float, p: Phrases) -> str:
    return decimal(value, p.terms["decimal_mark"])


def _caller_id(rule: Rule, body: CallerId, p: Phrases) -> str:
    parts = [p.terms["caller.shown"]] if body.shown else []
    if body.prefixes:
        parts.append(p.say("caller.prefixes", prefixes=p.either(list(body.prefixes))))
    if body.banned_prefixes:
        parts.append(p.say("caller.banned", prefixes=p.either(list(body.banned_prefixes))))
    return scoped(rule, p, p.both(parts) or p.terms["caller.free"])


def _script(rule: Rule, body: Script, p: Phrases) -> str:
    parts = [p.terms["script.approved"]] if body.approved else []
    if body.blocks:
        parts.append(p.say("script.blocks", blocks=p.both([block_name(name, p.code) for name in body.blocks])))
    if body.phrases_banned:
        parts.append(p.say("script.banned", phrases=_banned_phrases(body, p)))
    if body.bans:
        parts.append(p.say("script.bans", classes=p.either([ban_name(name, p.code) for name in body.bans])))
    if body.languages:
        parts.append(p.say("script.languages", names=p.either([p.languages.get(x, x) for x in body.languages])))
    return scoped(rule, p, "; ".join(parts) or p.terms["script.free"])


def _banned_phrases(body: Script, p: Phrases) -> str:
    """The phrases as the file has them; in which language they are, where it is another than the sentence's. A file
    that names no language of its scripts, or many, is written in English."""
    said = p.either([p.say("quote", text=text) for text in body.phrases_banned])
    language = body.languages[0] if len(body.languages) == 1 else _FILES_ARE_IN
    name = p.languages.get(language, language)
    return said if language == p.code else p.say("script.phrases_in", phrases=said, name=name)


def _dialing(rule: Rule, body: Dialing, p: Phrases) -> str:
    parts = []
    if body.after_abandoned:
        parts.append(p.say("dialing.after_abandoned", pause=p.pause(body.after_abandoned)))
    if body.after_machine:
        parts.append(p.say("dialing.after_machine", pause=p.pause(body.after_machine)))
    if body.abandonment:
        parts.append(abandonment_in_words(body.abandonment, p))
    if body.connect_within_s is not None:
        after = p.terms[f"dialing.connect.{body.connect_from or 'answer'}"]
        parts.append(p.say("dialing.connect", seconds=_seconds(body.connect_within_s, p), after=after))
    if body.ring_at_least_s is not None:
        parts.append(p.say("dialing.ring", seconds=_seconds(body.ring_at_least_s, p)))
    if body.recorded_message:
        parts.append(p.terms[f"dialing.recorded.{body.recorded_message}"])
    if body.machine_detection:
        parts.append(p.terms[f"dialing.machine.{body.machine_detection}"])
    if body.automatic_minutes_a_day is not None:
        parts.append(p.say("dialing.automatic", minutes=p.length(body.automatic_minutes_a_day, "minute")))
    return scoped(rule, p, "; ".join(parts) or p.terms["dialing.free"])


def abandonment_in_words(rule: Abandonment, p: Phrases) -> str:
    """The formula, its cap and its period as a clause without capital or full stop."""
    denominator = p.the_many(getattr(p, rule.denominator))
    said = p.say(
        "dialing.abandonment",
        share=_decimal(rule.at_most * 100, p),
        numerator=p.the_many(p.events[rule.numerator]),
        denominator=denominator,
        of_denominator=p.of(denominator),
        window=_rate_period(rule, p),
        per=p.both([p.subjects[name] for name in rule.per]),
    )
    if rule.machine_correction == "estimated":
        said += p.terms["dialing.estimated"]
    return f"{said}{p.terms['dialing.silent']}" if rule.where_law_is_silent else said


def _rate_period(rule: Abandonment, p: Phrases) -> str:
    n, _, unit = rule.window.partition(" ")
    if not unit:
        return p.terms[f"dialing.period.{rule.window}"]
    length = p.length(int(n), "day" if unit.startswith("civil day") else "hour")
    return p.say("dialing.period.successive", length=length) if rule.periods == "successive" else length


def _seconds(seconds: float, p: Phrases) -> str:
    return p.length(int(seconds), "second") if seconds == int(seconds) else f"{_decimal(seconds, p)} s"


_SENTENCES: dict[type[Kind], Callable[..., str]] = {
    ContactWindow: _contact_window, FrequencyCap: _frequency_cap, Separation: _separation, CoolingOff: _cooling_off,
    ChannelLock: _channel_lock, Recipient: _recipient, ChannelBan: _channel_ban, Consent: _consent,
    Precondition: _precondition, CallerId: _caller_id, Script: _script, Dialing: _dialing,
}  # fmt: skip


# --- why a contact was refused ------------------------------------------------------------------------------------


def reason_text(rule: CompiledRule, language: str) -> str:
    """Why this rule refused the contact, short enough for an agent's screen."""
    p = phrases(language)
    facts = next((check for check in rule.checks if isinstance(check, FactCheck)), None)
    if facts is not None:
        return _refused_by_facts(facts, p)
    count = next((check for check in rule.checks if isinstance(check, CountCheck)), None)
    if rule.kind == "frequency_cap" and count is not None:
        noun = p.events["placed"]
        n = max(count.at_most, 0)
        key = ("refused.cap_none", "refused.cap")[n] if n < 2 else "refused.cap_many"
        return p.say(key, n=n, noun=noun.one if n == 1 else noun.many)
    return p.refused[rule.kind]


def _refused_by_facts(check: FactCheck, p: Phrases) -> str:
    required, any_of, forbidden = (_fact_names(mask) for mask in (check.requires, check.requires_any, check.forbids))
    contacts = p.terms["contacts"]
    parts = []
    if required:
        parts.append(p.say("only_if", subject=contacts, facts=facts_in_words(required, p.both, p)))
    if any_of:
        parts.append(p.say("only_if", subject=contacts, facts=facts_in_words(any_of, p.either, p)))
    if forbidden:
        parts.append(p.say("not_if", subject=contacts, facts=facts_in_words(forbidden, p.either, p)))
    return " ".join(part[0].upper() + part[1:] + "." for part in parts) or p.refused["consent"]


def _fact_names(mask: int) -> tuple[str, ...]:
    return tuple(name for bit, name in enumerate(FACTS) if mask >> bit & 1)


def retry_text(code: str, language: str) -> str:
    """What it means that there is no instant at which it opens (never, needs_fact, beyond_horizon)."""
    return phrases(language).retry[code]
