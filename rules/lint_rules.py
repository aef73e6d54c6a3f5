"""Does one rule contradict itself: can it never block, or does it always?"""

from __future__ import annotations

from collections.abc import Iterator

from cadencia.engine.words import Party, Place
from cadencia.rules.model import (
    CallerId,
    ChannelLock,
    Consent,
    ContactWindow,
    CoolingOff,
    Counted,
    Dialing,
    FrequencyCap,
    Precondition,
    Recipient,
    Rule,
    Separation,
    Window,
)

_BAN = "write channel_ban: closed with the rule's channels"


def rule_problems(rule: Rule) -> Iterator[str]:
    """What is wrong with the rule by itself, each as a message with its cure."""
    yield from _selector_problems(rule)
    body = rule.body
    if isinstance(body, ContactWindow):
        yield from _window_problems(body)
    elif isinstance(body, FrequencyCap):
        yield from _cap_problems(body)
    elif isinstance(body, Recipient):
        yield from _recipient_problems(body, rule)
    elif isinstance(body, Consent):
        yield from _consent_problems(body, rule)
    elif isinstance(body, Precondition):
        yield from _precondition_problems(body)
    elif isinstance(body, CallerId):
        for prefix in sorted(set(body.prefixes) & set(body.banned_prefixes)):
            yield f"prefix {prefix} is both allowed and banned; keep one of them"
    elif isinstance(body, ChannelLock) and len(rule.channels) == 1 and body.after.channels == rule.channels:
        yield f"locks {rule.channels[0]} after {rule.channels[0]} and so never blocks; name other channels"
    counted = counted_of(rule)
    if counted is not None:
        yield from _counted_problems(counted)


def counted_of(rule: Rule) -> Counted | None:
    """Which events the rule counts, None if it counts none."""
    body = rule.body
    if isinstance(body, (FrequencyCap, Separation)):
        return body.count
    return body.after if isinstance(body, (CoolingOff, ChannelLock)) else None


def windows_of(rule: Rule) -> tuple[Window, ...]:
    """Every window of the rule."""
    body = rule.body
    if isinstance(body, FrequencyCap):
        return (body.per,)
    if isinstance(body, Separation):
        return (body.at_least,)
    if isinstance(body, (CoolingOff, ChannelLock)):
        return (body.lasts,)
    if isinstance(body, Dialing):
        return tuple(window for window in (body.after_abandoned, body.after_machine) if window is not None)
    return ()


def calendar_need(rule: Rule) -> str:
    """What of the rule needs a calendar of holidays, in words; "" if nothing does."""
    body = rule.body
    if isinstance(body, ContactWindow) and body.holiday is not None:
        return "holiday"
    if any(window.unit == "business_days" for window in windows_of(rule)):
        return "business days"
    if isinstance(body, Precondition) and body.days == "business":
        return "business days"
    if isinstance(body, Dialing) and body.abandonment is not None and "business" in body.abandonment.window:
        return "business days"
    return ""


def _selector_problems(rule: Rule) -> Iterator[str]:
    for fact in sorted(set(rule.when_facts) & set(rule.unless_facts)):
        yield f"{fact} is in when_facts and in unless_facts, so the rule never applies; keep one of them"
    if set(rule.parties) == {party.name for party in Party}:
        yield "parties contain everybody; delete parties, a selector left out selects everything"
    if set(rule.places) == {place.name for place in Place}:
        yield "places contain every place; delete places, a selector left out selects everything"


def _window_problems(body: ContactWindow) -> Iterator[str]:
    days = (body.mon, body.tue, body.wed, body.thu, body.fri, body.sat, body.sun)
    if not any(days) and not body.holiday:
        yield f"contact_window is closed on all days; {_BAN}"
    elif all(day == ((0, 1440),) for day in days) and body.holiday in (None, ((0, 1440),)):
        yield "contact_window is open at all hours and never blocks; write the hours, or delete the rule"


def _cap_problems(body: FrequencyCap) -> Iterator[str]:
    if body.at_most < 0:
        yield f"at_most {body.at_most} is under the limit of 1; write a number from 1"
    elif body.at_most == 0:
        yield f"at_most 0 allows no contact at all; {_BAN}"


def _recipient_problems(body: Recipient, rule: Rule) -> Iterator[str]:
    if set(body.parties) == {party.name for party in Party}:
        yield "recipient parties contain everybody and the rule never blocks; leave out who may not be contacted"
    if set(body.not_at) == {place.name for place in Place}:
        yield f"not_at contains every place; {_BAN}"
    if body.third_party_at_most is not None and body.third_party_at_most <= 0:
        cure = "write recipient: {parties: [...]} without third_party"
        yield f"third_party_at_most {body.third_party_at_most} is under the limit of 1; {cure}"
    if rule.parties and body.parties and set(rule.parties) <= set(body.parties):
        yield "the rule selects only parties that recipient allows and never blocks; delete the rule's own parties"


def _consent_problems(body: Consent, rule: Rule) -> Iterator[str]:
    required = {*body.requires, *body.requires_any}
    for fact in sorted(required & set(body.forbids)):
        yield f"{fact} is both required and forbidden; keep one of them"
    for fact in sorted(set(body.requires) & set(rule.when_facts)):
        yield f"requires {fact}, which when_facts already presupposes; delete one of them"
    for fact in sorted(set(body.forbids) & set(rule.unless_facts)):
        yield f"forbids {fact}, which unless_facts excuses; delete one of them"
    for fact in sorted(set(body.requires) & set(body.requires_any)):
        yield f"{fact} is in requires and in requires_any; delete it from requires_any"
    if len(body.requires_any) == 1:
        yield f"requires_any has only {body.requires_any[0]}; write requires: [{body.requires_any[0]}]"


def _precondition_problems(body: Precondition) -> Iterator[str]:
    if body.at_least is not None and body.at_least <= 0 and body.at_most is None and body.unknown == "allow":
        yield "at_least 0 with unknown: allow never blocks; write a greater number, or delete the rule"


def _counted_problems(counted: Counted) -> Iterator[str]:
    for kind in sorted(set(counted.kinds) & set(counted.except_kinds)):
        yield f"{kind} is both counted and excepted; keep one of them"
    for kind in sorted(set(counted.kinds) - {"placed"}):
        if "placed" in counted.kinds:
            yield f"placed already counts {kind}; write count: placed, or leave placed out"
