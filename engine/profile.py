"""Which rules apply to a combination of selectors, as the numbers the kernel runs: the profile.

A profile is made once for each (set of jurisdictions, selectors) and kept. Rules of several versions share a bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from cadencia.engine import batch
from cadencia.engine.history import ADDRESS, CONSENTED, CREDITOR, DEBT, INBOUND, SAME_ATTEMPT, SAME_CREDITOR
from cadencia.engine.tables import (
    ANY,
    BanCheck,
    CallerCheck,
    Check,
    CompiledRule,
    CountCheck,
    DateCheck,
    FactCheck,
    NumberCheck,
    WindowCheck,
)
from cadencia.engine.words import (
    COLLECTION,
    MAX_RULES_IN_PROFILE,
    WRITTEN,
    Actor,
    Channel,
    DebtType,
    EventKind,
    Initiator,
    Party,
    Place,
    Purpose,
    Stage,
    Subject,
)

_LOW = (1 << 64) - 1
#: The mask of each selector in CompiledRule, and where its word lies in the packed selectors: shift, largest word.
_SELECTORS = {
    "channels": (batch.SEL_CHANNEL, 7),
    "actors": (batch.SEL_ACTOR, 15),
    "purposes": (batch.SEL_PURPOSE, 3),
    "initiators": (batch.SEL_INITIATOR, 15),
    "parties": (batch.SEL_PARTY, 7),
    "places": (batch.SEL_PLACE, 7),
    "debt_types": (batch.SEL_DEBT_TYPE, 63),
    "stages": (batch.SEL_STAGE, 7),
}
_WORDS = {
    mask: frozenset(map(int, vocabulary))
    for mask, vocabulary in zip(
        _SELECTORS, (Channel, Actor, Purpose, Initiator, Party, Place, DebtType, Stage), strict=True
    )
}
_OP = {WindowCheck: 0, CountCheck: 1, FactCheck: 2, DateCheck: 3, NumberCheck: 4, BanCheck: 5, CallerCheck: 6}
_ZERO_OP = (
    dict.fromkeys(
        "type bit gated unknown_denies when_lo when_hi unless_lo unless_hi kinds_lo kinds_hi eq zero one actors parties"
        " places purposes sets unit same_place at_most n n_max after_first req_lo req_hi any_lo any_hi forb_lo forb_hi"
        " ref_lo ref_hi gate_from gate_to".split(),
        0,
    )
    | dict.fromkeys(("week", "calendar", "clock", "date", "fast", "wider", "gate_date"), -1)
    | {"low": 0.0, "high": 0.0}
)


@dataclass
class ProfilePlan:
    """What a profile is made of: `rules[bit]` are the indices in Rulebook.rules of all versions that share the bit."""

    segments: list[tuple[int, int, int, int]] = field(default_factory=list)
    ops: list[dict[str, int | float]] = field(default_factory=list)
    rules: list[list[int]] = field(default_factory=list)
    too_many: bool = False


@dataclass(frozen=True)
class Interner:
    """Where the tables of a rule live in the kernel, and the ops made so far by (index of the rule, channel)."""

    week: Callable[[tuple[tuple[tuple[int, int], ...] | None, ...]], int]
    zone: Callable[[str], int]
    ops: dict[tuple[int, int], list[dict[str, int | float]]] = field(default_factory=dict)


def words_are_known(selectors: int) -> bool:
    """Whether packed selectors hold a word of every vocabulary and nothing else."""
    if selectors >> (batch.SEL_STAGE + 3):
        return False
    return all(selectors >> shift & limit in _WORDS[mask] for mask, (shift, limit) in _SELECTORS.items())


class Stack:
    """The rules of one set of jurisdictions (index in Rulebook.rules and rule), with a bit set of them for every word
    of every selector, so that the rules of a combination are found by eight ANDs."""

    def __init__(self, rules: list[tuple[int, CompiledRule]]) -> None:
        self.rules = rules
        #: Law that speaks of marketing alone says nothing of collection, and silence is not permission.
        self.speaks_of_collection = any(rule.speaks & COLLECTION for _, rule in rules)
        self._sets = [(shift, limit, self._selecting(mask, limit)) for mask, (shift, limit) in _SELECTORS.items()]

    def applicable(self, selectors: int) -> int:
        """Bit i: rules[i] applies to these packed selectors."""
        out = -1
        for shift, limit, sets in self._sets:
            out &= sets[selectors >> shift & limit]
        return out

    def _selecting(self, mask: str, limit: int) -> list[int]:
        """The bit set of each word. Rules of one mask go together: there are few masks, and most select every word."""
        alike: dict[int, int] = {}
        for i, (_, rule) in enumerate(self.rules):
            words = getattr(rule, mask)
            alike[words] = alike.get(words, 0) | 1 << i
        return [sum(rules for words, rules in alike.items() if words >> word & 1) for word in range(limit + 1)]


def plan(stack: Stack, applicable: int, channel: int, interner: Interner) -> ProfilePlan:
    """The profile of a stack's applicable rules, for contacts on this channel."""
    chosen = [row for i, row in enumerate(stack.rules) if applicable >> i & 1]
    out = ProfilePlan()
    bits: dict[str, int] = {}
    for index, rule in chosen:
        if rule.id not in bits:
            bits[rule.id] = len(out.rules)
            out.rules.append([])
        out.rules[bits[rule.id]].append(index)
    if len(bits) > MAX_RULES_IN_PROFILE:
        out.too_many = True
        return out
    edges = sorted({rule.from_day for _, rule in chosen} | {rule.until_day for _, rule in chosen})
    for start, end in pairwise(edges):
        first = len(out.ops)
        for index, rule in chosen:
            if rule.from_day <= start and end <= rule.until_day:
                out.ops.extend(op | {"bit": bits[rule.id]} for op in _ops_of(index, rule, channel, interner))
        out.segments.append((start, end, first, len(out.ops)))
    return out


def _ops_of(index: int, rule: CompiledRule, channel: int, interner: Interner) -> list[dict[str, int | float]]:
    """The rule's ops, without the bit that a profile gives it; made once."""
    by_channel = any(isinstance(check, CountCheck) and check.other_channels for check in rule.checks)
    key = (index, channel if by_channel else -1)
    if key not in interner.ops:
        interner.ops[key] = _ops(rule, channel, interner)
    return interner.ops[key]


def _ops(rule: CompiledRule, channel: int, interner: Interner) -> list[dict[str, int | float]]:
    common = {
        "gated": int(bool(rule.when or rule.unless)),
        "gate_date": rule.gate_date,
        "gate_from": rule.gate_from,
        "gate_to": rule.gate_to,
        "when_lo": rule.when & _LOW,
        "when_hi": rule.when >> 64,
        "unless_lo": rule.unless & _LOW,
        "unless_hi": rule.unless >> 64,
        "calendar": rule.calendar,
        "clock": interner.zone(rule.clock) if rule.clock else -1,
    }
    return [_ZERO_OP | common | {"type": _OP[type(check)]} | _fields(check, channel, interner) for check in rule.checks]


def _fields(check: Check, channel: int, interner: Interner) -> dict[str, int | float]:
    if isinstance(check, WindowCheck):
        return {"week": interner.week(check.days)}
    if isinstance(check, CountCheck):
        return _count_fields(check, channel)
    if isinstance(check, FactCheck):
        masks = {"req": check.requires, "any": check.requires_any, "forb": check.forbids, "ref": check.refuted}
        fields: dict[str, int | float] = {f"{name}_lo": mask & _LOW for name, mask in masks.items()}
        fields |= {f"{name}_hi": mask >> 64 for name, mask in masks.items()}
        fields["unknown_denies"] = int(check.unknown_denies)
        return fields
    if isinstance(check, DateCheck):
        return {
            "date": check.date,
            "n": check.at_least_days,
            "n_max": check.at_most_days,
            "unit": check.unit,
            "unknown_denies": int(check.unknown_denies),
        }
    if isinstance(check, NumberCheck):
        unknown = int(check.unknown_denies)
        return {"n": check.number, "low": check.at_least, "high": check.at_most, "unknown_denies": unknown}
    return {"n": check.slot} if isinstance(check, CallerCheck) else {}


def _counts(kinds: int, kind: int, channel: int) -> bool:
    """Whether an event of this kind on this channel is one of the kinds counted."""
    sent = kind == EventKind.placed and channel in WRITTEN and kinds >> EventKind.message_delivered & 1
    return bool(kinds >> kind & 1 or sent)


def _count_fields(check: CountCheck, channel: int) -> dict[str, int | float]:
    channels = check.channels & 0x7F & ~(1 << channel if check.other_channels else 0)
    kinds = check.kinds & ~(1 << EventKind.void) | 1 << EventKind.pending
    table = sum(
        1 << (kind << 3 | c) for c in range(7) if channels >> c & 1 for kind in range(16) if _counts(kinds, kind, c)
    )
    same = {subject for subject in Subject if check.same >> subject & 1}
    eq = (
        (0xFF << DEBT if Subject.debt in same else 0)
        | (0xFF << ADDRESS if Subject.address in same else 0)
        | (0x1F << CREDITOR if Subject.creditor in same else 0)
    )
    zero = {0: 1 << INBOUND, 1: 0, 2: 0}[check.direction] | (1 << CONSENTED if check.skip_consented else 0)
    if Subject.creditor in same and Subject.debt not in same:
        zero |= 1 << SAME_CREDITOR
    elif Subject.debt not in same:
        zero |= 1 << SAME_ATTEMPT
    sets = [mask & ANY != ANY for mask in (check.actors, check.parties, check.places, check.purposes)]
    return {
        "kinds_lo": table & _LOW,
        "kinds_hi": table >> 64,
        "eq": eq,
        "zero": zero,
        "one": 1 << INBOUND if check.direction == 1 else 0,
        "same_place": int(Subject.place in same),
        "sets": int(any(sets)),
        "actors": check.actors & 0xFFFF,
        "parties": check.parties & 0xFF,
        "places": check.places & 0xFF,
        "purposes": check.purposes & 0xF,
        "at_most": check.at_most,
        "unit": check.unit,
        "n": check.n,
        "after_first": check.after_first | (1 << EventKind.pending if check.after_first else 0),
        "date": check.since_date,
        "wider": check.wider,
    }
