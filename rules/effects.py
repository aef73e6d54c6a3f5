"""Does a changed field make a rule tighter or looser, all else equal? Exact where sets or lengths of time decide it.

A rule only ever denies, so one that binds more contacts, counts more events or opens fewer minutes is tighter.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from typing import Any

from cadencia.engine.words import (
    KINDS_COUNTED_AS,
    Actor,
    Channel,
    DebtType,
    Initiator,
    Party,
    Place,
    Purpose,
    Stage,
)
from cadencia.rules.model import ContactWindow, Window

_DAY_S = 86_400
_CLOCK_CHANGES_S = 7_200  # by how much clock changes may lengthen or shorten a stretch of days, generously
_LONGEST_MONTH = 31
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Effect(StrEnum):
    """What a change does to what is allowed."""

    tightens = "tightens"
    loosens = "loosens"
    neutral = "neutral"
    mixed = "mixed"  # tighter in part, looser in part
    unknown = "unknown"


def by_order(tighter: bool, looser: bool) -> Effect:
    """From the two inclusions "the new is at least as tight" and "at least as loose"; neither is mixed."""
    if tighter and looser:
        return Effect.neutral
    return Effect.tightens if tighter else Effect.loosens if looser else Effect.mixed


def together(effects: Collection[Effect]) -> Effect:
    """The effect of several changes made at once."""
    found = set(effects) - {Effect.neutral}
    if Effect.unknown in found:
        return Effect.unknown
    if len(found) > 1:
        return Effect.mixed
    return found.pop() if found else Effect.neutral


# --- orders of values ---------------------------------------------------------------------------------------------


def more_is_tighter(old: Any, new: Any) -> Effect:
    """Numbers of which None sets no bound: a higher one binds more."""
    low = float("-inf")
    return _compared(low if old is None else old, low if new is None else new)


def less_is_tighter(old: Any, new: Any) -> Effect:
    """Numbers of which None sets no bound: a lower one binds more."""
    high = float("inf")
    return _compared(high if new is None else new, high if old is None else old)


def _compared(loose: Any, tight: Any) -> Effect:
    return by_order(tight >= loose, tight <= loose)


def more_words_tighter(old: Collection[str], new: Collection[str]) -> Effect:
    """Sets of which a larger one binds more: forbidden facts, closed places."""
    return by_order(set(new) >= set(old), set(new) <= set(old))


def fewer_words_tighter(old: Collection[str], new: Collection[str]) -> Effect:
    """Sets of which a larger one binds less: facts that lift the rule."""
    return more_words_tighter(new, old)


#: Whose history holds all that another's does: a person's is part of the household's, a debt's of the account's.
_PART_OF = {"person": ("person", "household"), "debt": ("debt", "account")}


def counted_for(old: Sequence[str], new: Sequence[str]) -> Effect:
    """`for_each`: the fewer things the events counted must have in common, the more count."""
    mine, theirs = ({part for word in words for part in _PART_OF.get(word, (word,))} for words in (old, new))
    return fewer_words_tighter(mine, theirs)


def _all_if_empty(words: tuple[str, ...]) -> Callable[[Collection[str]], set[str]]:
    return lambda chosen: set(chosen or words)


def wider_is_tighter(words: tuple[str, ...]) -> Callable[[Collection[str], Collection[str]], Effect]:
    """Selectors: the contacts bound, all of them when none is named."""
    expand = _all_if_empty(words)
    return lambda old, new: more_words_tighter(expand(old), expand(new))


def fewer_of_any_tighter(old: Collection[str], new: Collection[str]) -> Effect:
    """Choices of which one must hold, any will do when none is named: fewer choices bind more."""
    if not old or not new:
        return Effect.neutral if not old and not new else Effect.tightens if new else Effect.loosens
    return fewer_words_tighter(old, new)


def on_is_tighter(old: Any, new: Any) -> Effect:
    """A demand that is made or not."""
    return _compared(bool(old), bool(new))


def off_is_tighter(old: Any, new: Any) -> Effect:
    """A relief that is given or not; another relief of the same sort is not compared."""
    return _compared(bool(new), bool(old)) if bool(old) != bool(new) else Effect.unknown


def not_compared(old: Any, new: Any) -> Effect:
    """A change whose effect is not worked out."""
    return Effect.unknown


def without_effect(old: Any, new: Any) -> Effect:
    """A change of words about the rule, not of the rule."""
    return Effect.neutral


def kinds_counted(old: Collection[str], new: Collection[str]) -> Effect:
    """Kinds of event counted, each with what it implies: counting more is tighter."""
    return more_words_tighter(*({k for kind in kinds for k in KINDS_COUNTED_AS[kind]} for kinds in (old, new)))


def direction_counted(old: str, new: str) -> Effect:
    """Who began the contacts that count: `any` counts both."""
    both = {"any": {"inbound", "outbound"}}
    return more_words_tighter(both.get(old, {old}), both.get(new, {new}))


def prefixes_allowed(old: Collection[str], new: Collection[str]) -> Effect:
    """Prefixes of which a number must have one, any when none is named."""
    old, new = old or ("",), new or ("",)
    return by_order(_covered(new, old), _covered(old, new))


def prefixes_banned(old: Collection[str], new: Collection[str]) -> Effect:
    """Prefixes that a number must not have."""
    return by_order(_covered(old, new), _covered(new, old))


def _covered(prefixes: Collection[str], by: Collection[str]) -> bool:
    """Does every number with one of the prefixes also have one of `by`?"""
    return all(any(prefix.startswith(wider) for wider in by) for prefix in prefixes)


def unknown_denies(old: str, new: str) -> Effect:
    """What an unknown fact does: allow or deny."""
    return _compared(old == "deny", new == "deny")


def demanded(old: str, new: str) -> Effect:
    """A demand or a ban, or neither: the two are opposites."""
    if old and new:
        return Effect.mixed
    return on_is_tighter(old, new)


def detection_forbidden(old: str, new: str) -> Effect:
    """Machine detection: allowed when nothing is said."""
    return _compared(old == "forbidden", new == "forbidden")


# --- windows ------------------------------------------------------------------------------------------------------


def longer_is_tighter(old: Window | None, new: Window | None) -> Effect:
    """Windows that look back, or pauses that last: one that surely contains the other is tighter."""
    if old is None or new is None:
        return Effect.tightens if new is not None else Effect.loosens
    tighter, looser = contains(new, old), contains(old, new)
    return by_order(tighter, looser) if tighter or looser else Effect.unknown


def contains(outer: Window, inner: Window) -> bool:
    """Is every event in `inner` also in `outer`, at every instant? False if that is not certain."""
    if outer.unit == inner.unit:
        return outer.unit in ("week", "month", "lifetime") or outer.n >= inner.n
    if outer.unit == "lifetime" or inner.unit == "lifetime":
        return outer.unit == "lifetime"
    if outer.unit == "seconds":
        return outer.n >= _most_dates(inner) * _DAY_S + _CLOCK_CHANGES_S
    if inner.unit == "seconds":
        # at midnight a window of n dates reaches back n - 1 days
        return inner.n <= (_least_dates(outer) - 1) * _DAY_S - _CLOCK_CHANGES_S
    return _least_dates(outer) >= _most_dates(inner)


def _least_dates(window: Window) -> int:
    """Local dates that are inside the window at any rate, today among them."""
    return window.n if window.unit in ("civil_days", "business_days") else 1


def _most_dates(window: Window) -> float:
    """Local dates that may be inside the window; no number bounds business days, for holidays may be many."""
    return {"civil_days": window.n, "week": 7, "month": _LONGEST_MONTH}.get(window.unit, float("inf"))


# --- hours --------------------------------------------------------------------------------------------------------


def hours_effect(old: ContactWindow, new: ContactWindow, day: str) -> Effect:
    """What the change does to the minutes of one day (mon … sun, holiday). Holidays without hours of their own are
    compared on every weekday."""
    if day != "holiday":
        return fewer_minutes_tighter(getattr(old, day), getattr(new, day))
    pairs = [(_holiday(old, weekday), _holiday(new, weekday)) for weekday in WEEKDAYS]
    return by_order(
        all(minutes(after) <= minutes(before) for before, after in pairs),
        all(minutes(after) >= minutes(before) for before, after in pairs),
    )


def _holiday(window: ContactWindow, weekday: str) -> tuple[tuple[int, int], ...]:
    hours: tuple[tuple[int, int], ...] = getattr(window, weekday) if window.holiday is None else window.holiday
    return hours


def fewer_minutes_tighter(old: tuple[tuple[int, int], ...], new: tuple[tuple[int, int], ...]) -> Effect:
    """Open minutes of a day, as sets."""
    return by_order(minutes(new) <= minutes(old), minutes(new) >= minutes(old))


def minutes(spans: tuple[tuple[int, int], ...]) -> set[int]:
    """The open minutes of a day."""
    return {minute for opens, closes in spans for minute in range(opens, closes)}


# --- which order each field has -----------------------------------------------------------------------------------

Order = Callable[[Any, Any], Effect]

#: Fields of a rule besides its kind's own.
SELECTOR_ORDERS: dict[str, Order] = {
    **{
        name: wider_is_tighter(tuple(word.name for word in words))
        for name, words in (
            ("channels", Channel), ("actors", Actor), ("purposes", Purpose), ("initiators", Initiator),
            ("parties", Party), ("places", Place), ("debt_types", DebtType), ("stages", Stage),
        )
    },
    "when_facts": fewer_words_tighter,
    **dict.fromkeys(("when_date", "when_at_least_days", "when_at_most_days"), not_compared),
    "unless_facts": fewer_words_tighter,
    "cite": without_effect, "reading": without_effect, "force": without_effect, "confidence": without_effect,
    "looser_than": without_effect,
}  # fmt: skip

_COUNT_ORDERS: dict[str, Order] = {
    "kinds": kinds_counted, "except_kinds": fewer_words_tighter, "direction": direction_counted,
    "skip_consented": lambda old, new: on_is_tighter(new, old), "after_first": off_is_tighter,
    "since_date": off_is_tighter,
    **{name: SELECTOR_ORDERS[name] for name in ("channels", "parties", "places", "actors", "purposes")},
}  # fmt: skip
_NUMBERED = {f"count.{name}": order for name, order in _COUNT_ORDERS.items()}
_AFTER = {f"after.{name}": order for name, order in _COUNT_ORDERS.items()}
_PAUSE: dict[str, Order] = {**_AFTER, "lasts": longer_is_tighter, "for_each": counted_for}

#: kind -> field of its record -> order. Fields that are not here are not compared; contact windows go day by day.
KIND_ORDERS: dict[str, dict[str, Order]] = {
    "contact_window": {"clock": not_compared},
    "frequency_cap": {
        **_NUMBERED, "at_most": less_is_tighter, "per": longer_is_tighter, "for_each": counted_for,
    },
    "separation": {**_NUMBERED, "at_least": longer_is_tighter, "for_each": counted_for},
    "cooling_off": _PAUSE,
    "channel_lock": _PAUSE,
    "recipient": {
        "parties": fewer_of_any_tighter, "not_at": more_words_tighter, "third_party_at_most": less_is_tighter,
    },
    "channel_ban": {},
    "consent": {
        "requires": more_words_tighter, "requires_any": fewer_of_any_tighter, "forbids": more_words_tighter,
        "unknown": unknown_denies,
    },
    "precondition": {
        "date": not_compared, "number": not_compared, "days": lambda old, new: on_is_tighter(*_business(old, new)),
        "at_least_days": more_is_tighter, "at_most_days": less_is_tighter,
        "at_least": more_is_tighter, "at_most": less_is_tighter, "unknown": unknown_denies,
    },
    "caller_id": {"shown": on_is_tighter, "prefixes": prefixes_allowed, "banned_prefixes": prefixes_banned},
    "script": {
        "approved": on_is_tighter, "blocks": more_words_tighter, "phrases_banned": more_words_tighter,
        "bans": more_words_tighter, "languages": fewer_of_any_tighter,
    },
    "dialing": {
        "after_abandoned": longer_is_tighter, "after_machine": longer_is_tighter,
        "abandonment": on_is_tighter, "abandonment.at_most": less_is_tighter, "connect_from": not_compared,
        "connect_within_s": less_is_tighter, "ring_at_least_s": more_is_tighter,
        "recorded_message": demanded, "machine_detection": detection_forbidden,
        "automatic_minutes_a_day": less_is_tighter,
    },
}  # fmt: skip


def _business(old: str, new: str) -> tuple[bool, bool]:
    return old == "business", new == "business"
