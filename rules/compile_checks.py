"""One rule's body compiled to checks, duties and narrowed selectors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cadencia.engine.tables import (
    ANY,
    FIRST_DAY,
    LAST_DAY,
    BanCheck,
    CallerCheck,
    Check,
    CountCheck,
    DateCheck,
    FactCheck,
    NumberCheck,
    Obligation,
    WindowCheck,
)
from cadencia.engine.words import (
    DATES,
    KINDS_COUNTED_AS,
    NUMBERS,
    Actor,
    Channel,
    EventKind,
    Party,
    Place,
    Purpose,
    Subject,
    Wider,
    WindowUnit,
    bit_of_fact,
)
from cadencia.rules.model import (
    CallerId,
    ChannelBan,
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
    Script,
    Separation,
    Window,
)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
_DIRECTIONS = {"outbound": 0, "inbound": 1, "any": 2}
MAX_CALLER_RULES = 64


@dataclass
class CallerSlots:
    """Numbers the caller-id checks of a rulebook."""

    used: int = 0

    def next(self) -> int:
        """A new slot; ValueError when a rulebook has more caller-id rules than the kernel's mask has bits."""
        if self.used >= MAX_CALLER_RULES:
            raise ValueError(f"more than {MAX_CALLER_RULES} caller_id rules in one rulebook")
        self.used += 1
        return self.used - 1


@dataclass
class Compiled:
    """Checks block; obligations are handed on; selectors narrow those of the rule."""

    checks: tuple[Check, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    selectors: dict[str, int] = field(default_factory=dict)


def compile_body(rule: Rule, slots: CallerSlots, calling_code: str) -> Compiled:
    """The compiled form of the rule's one kind."""
    body = rule.body
    if isinstance(body, ContactWindow):
        return Compiled((WindowCheck(days=tuple(getattr(body, name) for name in _DAYS)),))
    if isinstance(body, FrequencyCap):
        return Compiled((_cap(body.count, body.per, body.for_each, body.at_most),))
    if isinstance(body, Separation):
        return Compiled((count_check(body.count, body.at_least, body.for_each),))
    if isinstance(body, CoolingOff):
        return Compiled((count_check(body.after, body.lasts, body.for_each),))
    if isinstance(body, ChannelLock):
        return Compiled((count_check(body.after, body.lasts, body.for_each, other_channels=True),))
    if isinstance(body, Recipient):
        return _recipient(body)
    if isinstance(body, ChannelBan):
        return Compiled((BanCheck(),))
    if isinstance(body, Consent):
        return Compiled((_consent(body),))
    if isinstance(body, Precondition):
        return Compiled(_precondition(body))
    if isinstance(body, CallerId):
        return _caller_id(body, slots, calling_code)
    if isinstance(body, Script):
        return _script(body)
    assert isinstance(body, Dialing)
    return _dialing(body)


def count_check(
    count: Counted, window: Window, for_each: tuple[str, ...], *, at_most: int = 1, other_channels: bool = False
) -> CountCheck:
    """A counter. Blocks at `at_most` events; a separation, pause or lock blocks at one."""
    kinds = _kinds(count.kinds) & ~sum(1 << EventKind[name] for name in count.except_kinds)
    return CountCheck(
        at_most=at_most,
        unit=int(WindowUnit[window.unit]),
        n=window.n,
        kinds=kinds,
        channels=_mask(Channel, count.channels),
        other_channels=other_channels,
        parties=_mask(Party, count.parties),
        places=_mask(Place, count.places),
        actors=_mask(Actor, count.actors),
        purposes=_mask(Purpose, count.purposes),
        direction=_DIRECTIONS[count.direction],
        skip_consented=count.skip_consented,
        same=sum(1 << Subject[name] for name in for_each[1:]),
        after_first=_kinds((count.after_first,)) if count.after_first else 0,
        since_date=DATES.index(count.since_date) if count.since_date else -1,
        wider=-1 if for_each[0] == "person" else int(Wider[for_each[0]]),
    )


def _cap(count: Counted, window: Window, for_each: tuple[str, ...], at_most: int) -> Check:
    """At most so many. None at all is a ban: there is no event to wait for."""
    return count_check(count, window, for_each, at_most=at_most) if at_most else BanCheck()


def _kinds(names: tuple[str, ...]) -> int:
    return sum({kind: 1 << EventKind[kind] for name in names for kind in KINDS_COUNTED_AS[name]}.values())


def _mask(words: type, names: tuple[str, ...]) -> int:
    return sum(1 << int(words[name]) for name in names) if names else ANY  # type: ignore[index, misc]


def _recipient(body: Recipient) -> Compiled:
    if body.parties:
        others = {"parties": ((1 << len(Party)) - 1) & ~_mask(Party, body.parties)}
        return Compiled((BanCheck(),), selectors=others)
    if body.not_at:
        return Compiled((BanCheck(),), selectors={"places": _mask(Place, body.not_at)})
    third = Counted(parties=("third_party",))
    check = _cap(third, Window(unit="lifetime"), ("person",), body.third_party_at_most or 0)
    return Compiled((check,), selectors={"parties": 1 << Party.third_party})


def _consent(body: Consent) -> FactCheck:
    return FactCheck(
        requires=_facts(body.requires),
        requires_any=_facts(body.requires_any),
        forbids=_facts(body.forbids),
        unknown_denies=body.unknown == "deny",
    )


def _facts(names: tuple[str, ...]) -> int:
    return sum(1 << bit_of_fact(name) for name in names)


def _precondition(body: Precondition) -> tuple[Check, ...]:
    denies = body.unknown == "deny"
    if body.number:
        low = float("-inf") if body.at_least is None else body.at_least
        high = float("inf") if body.at_most is None else body.at_most
        return (NumberCheck(number=NUMBERS.index(body.number), at_least=low, at_most=high, unknown_denies=denies),)
    return (
        DateCheck(
            date=DATES.index(body.date),
            at_least_days=FIRST_DAY if body.at_least_days is None else body.at_least_days,
            at_most_days=LAST_DAY if body.at_most_days is None else body.at_most_days,
            unknown_denies=denies,
            unit=int(WindowUnit.business_days if body.days == "business" else WindowUnit.civil_days),
        ),
    )


def _caller_id(body: CallerId, slots: CallerSlots, calling_code: str) -> Compiled:
    prefixes = tuple(calling_code + prefix for prefix in body.prefixes)
    banned = tuple(calling_code + prefix for prefix in body.banned_prefixes)
    check = CallerCheck(slot=slots.next(), shown=body.shown, prefixes=prefixes, banned_prefixes=banned)
    duty = {"shown": body.shown, "prefixes": list(prefixes), "banned_prefixes": list(banned)}
    return Compiled((check,), (Obligation("caller_id", duty),))


def _script(body: Script) -> Compiled:
    refuted = 0
    if body.approved:
        refuted |= 1 << bit_of_fact("script_approved")
    if body.languages:
        refuted |= 1 << bit_of_fact("script_language_ok")
    duties = {
        "script_approved": body.approved,
        "script_blocks": list(body.blocks),
        "script_phrases_banned": list(body.phrases_banned),
        "script_bans": list(body.bans),
        "script_languages": list(body.languages),
    }
    checks = (FactCheck(refuted=refuted),) if refuted else ()
    return Compiled(checks, tuple(Obligation(code, value) for code, value in duties.items() if value))


def _dialing(body: Dialing) -> Compiled:
    checks: list[Check] = []
    for kind, window in (("abandoned", body.after_abandoned), ("machine", body.after_machine)):
        if window is not None:
            counted = Counted(kinds=(kind,), channels=("call", "voicemail"))
            checks.append(count_check(counted, window, ("person", "address")))
    duties: dict[str, Any] = {
        "connect_within_s": body.connect_within_s,
        "connect_from": body.connect_from,
        "ring_at_least_s": body.ring_at_least_s,
        "recorded_message": body.recorded_message,
        "machine_detection": body.machine_detection,
        "automatic_minutes_a_day": body.automatic_minutes_a_day,
    }
    if body.abandonment is not None:
        cap = body.abandonment
        duties["abandonment"] = {
            "at_most": cap.at_most, "numerator": cap.numerator, "denominator": cap.denominator, "window": cap.window,
            "periods": cap.periods, "per": list(cap.per), "machine_correction": cap.machine_correction,
        }  # fmt: skip
        if cap.where_law_is_silent:
            duties["abandonment"] |= {"where_law_is_silent": True}
    return Compiled(tuple(checks), tuple(Obligation(code, value) for code, value in duties.items() if value))
