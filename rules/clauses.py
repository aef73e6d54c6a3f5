"""Whom a rule binds and what it counts, in words: the parts that the sentences of all kinds share."""

from __future__ import annotations

from collections.abc import Callable

from cadencia.engine.words import Channel, DebtType, Purpose
from cadencia.rules.model import Counted, Rule
from cadencia.rules.phrases import Noun, Phrases

_ORDINARY_PURPOSES = ("collections", "servicing")


def facts_in_words(names: tuple[str, ...], join: Callable[[list[str]], str], p: Phrases) -> str:
    """Facts as clauses: "the person has died or is under age". Neighbours with one subject share it."""
    groups: list[tuple[str, list[str]]] = []
    for name in names:
        subject, predicate = p.facts[name]
        if groups and groups[-1][0] == subject:
            groups[-1][1].append(predicate)
        else:
            groups.append((subject, [predicate]))
    return join([f"{subject} {join(predicates)}" for subject, predicates in groups])


def subject_of(rule: Rule, p: Phrases, *, either: bool = False, bare: str = "contacts") -> str:
    """The contacts that the selectors choose, as a plural noun; `bare` names the noun when no channel is chosen."""
    join = p.either if either else p.both
    named = len(set(rule.channels)) < len(Channel)
    chosen = [p.channels[name].many for name in rule.channels] if named else []
    return " ".join([join(chosen) or p.terms[bare], *qualifiers(rule, p)])


def qualifiers(rule: Rule, p: Phrases) -> list[str]:
    parts = []
    if rule.actors:
        parts.append(p.say("by", actors=p.either([p.actors[name] for name in rule.actors])))
    if rule.initiators:
        parts.append(p.either([p.initiators[name] for name in rule.initiators]))
    if rule.parties:
        parts.append(p.say("with", parties=p.either([p.parties[name] for name in rule.parties])))
    if rule.places:
        parts.append(p.either([p.places[name] for name in rule.places]))
    if len(set(rule.purposes)) == len(Purpose):
        parts.append(p.terms["for_any"])
    elif rule.purposes and set(rule.purposes) != set(_ORDINARY_PURPOSES):
        parts.append(p.say("for", purposes=p.either([p.purposes[name] for name in rule.purposes])))
    if rule.debt_types:
        parts.append(_debts(rule.debt_types, p))
    if rule.stages:
        parts.append(p.either([p.stages[name] for name in rule.stages]))
    return parts


def _debts(chosen: tuple[str, ...], p: Phrases) -> str:
    """The debts bound; when most are, the ones that are not."""
    left = [word.name for word in DebtType if word.name not in chosen]
    other = left and len(left) < len(chosen) and "unknown" in chosen
    names = left if other else chosen
    return p.say("about_other" if other else "about", debts=p.either([p.debt_types[name] for name in names]))


def scoped(rule: Rule, p: Phrases, text: str) -> str:
    """`text` behind what the selectors choose; alone when they choose everything."""
    return f"{subject_of(rule, p)}: {text}" if is_scoped(rule, p) else text


def is_scoped(rule: Rule, p: Phrases) -> bool:
    return bool(rule.channels or qualifiers(rule, p))


def events_counted(count: Counted, p: Phrases, form: Callable[[list[str]], str], number: str) -> str:
    """The events counted as a noun; `number` is one, many, a, first or last."""
    nouns = [p.channels[c] for c in count.channels] if count.kinds == ("placed",) else []
    nouns = nouns or [p.events[kind] for kind in count.kinds]
    forms: dict[str, Callable[[Noun], str]] = {
        "a": p.a, "first": p.first, "last": p.last, "one": lambda noun: noun.one, "many": lambda noun: noun.many,
    }  # fmt: skip
    parts = [form([forms[number](noun) for noun in nouns])]
    if count.channels and count.kinds != ("placed",):
        parts.append(p.say("by_channel", channels=p.either([p.channels[c].one for c in count.channels])))
    if count.actors:
        parts.append(p.say("by", actors=p.either([p.actors[name] for name in count.actors])))
    if count.parties:
        parts.append(p.say("with", parties=p.either([p.parties[name] for name in count.parties])))
    if count.places:
        parts.append(p.either([p.places[name] for name in count.places]))
    if count.purposes:
        parts.append(p.say("for", purposes=p.either([p.purposes[name] for name in count.purposes])))
    if count.direction == "inbound":
        parts.append(p.terms["count.inbound"])
    return " ".join(parts)


def counts_what_it_binds(rule: Rule, count: Counted) -> bool:
    """Are the events counted those that the selectors choose, so that saying both would say it twice?"""
    names = ("channels", "actors", "parties", "places")
    if any(set(getattr(rule, name)) != set(getattr(count, name)) for name in names):
        return False
    return bool(rule.channels) and (not count.purposes or set(count.purposes) == set(rule.purposes))


def counts_alike(rule: Rule, count: Counted) -> bool:
    """Are the events counted those that the selectors choose, but by whomever made?"""
    names = ("channels", "parties", "places")
    alike = all(set(getattr(rule, name)) == set(getattr(count, name)) for name in names)
    return alike and any(getattr(rule, name) for name in names) and not count.actors


def has_more_selectors(rule: Rule) -> bool:
    """Do selectors choose by what a history does not tell: how it was begun, which debt, at which stage?"""
    return bool(rule.initiators or rule.debt_types or rule.stages)


def purposes_of(count: Counted, p: Phrases) -> str:
    """The purposes whose events count, behind a comma; empty when all do."""
    named = [p.purposes[name] for name in count.purposes]
    return f", {p.say('for', purposes=p.either(named))}" if named else ""


def is_feminine(count: Counted, p: Phrases) -> bool:
    nouns = [p.channels[c] for c in count.channels] if count.kinds == ("placed",) else []
    return (nouns or [p.events[count.kinds[0]]])[0].feminine


def notes_on(count: Counted, p: Phrases) -> str:
    """What else an officer must know about the counting; empty, or clauses that begin with a semicolon."""
    notes = ""
    attempts = "placed" in count.kinds and _counts_calls(count)
    if attempts and "no_answer" not in count.except_kinds:
        notes += p.terms["count.unanswered"]
    if count.except_kinds:
        notes += p.say("count.except", nouns=p.both([p.events[kind].many for kind in count.except_kinds]))
    if attempts and "no_answer" in count.except_kinds and not {"machine", "voicemail_left"} & set(count.except_kinds):
        notes += p.terms["count.machine"]  # what nobody answered may still have reached a machine
    if count.direction == "any":
        notes += p.terms["count.any_direction"]
    if count.skip_consented:
        notes += p.terms["count.consented"]
    if count.after_first:
        first = p.first(p.events[count.after_first])
        notes += p.say("count.after_first", first=first, of_first=p.of(first))
    if count.since_date:
        notes += p.say("count.since", date=p.dates[count.since_date])
    return notes


def _counts_calls(count: Counted) -> bool:
    return not count.channels or "call" in count.channels


def for_each_of(subjects: tuple[str, ...], p: Phrases, *, apart: bool = False) -> str:
    """Whom the counter is kept for. `apart` sets it behind a comma, and says nothing of the person alone."""
    if apart and subjects == ("person",):
        return ""
    whose = p.subjects.get(f"{subjects[0]}.whoever", p.subjects[subjects[0]])
    nouns = [whose, *(p.subjects[name] for name in subjects[1:])]
    return p.say("for_each.apart" if apart else "for_each", subjects=p.both(nouns))
