"""Is a rule of a parent stricter somewhere than this one, on a contact that both bind? With a counter-example in words.

Compared are rules of one kind with figures: hours, caps, pauses, recipients, preconditions and dialling. A cap is
compared with one over a window as long or longer: three a day say nothing against ten a week, unless the ten could
never be reached under the three. Of rules with the same hours or the same consent, the one with more exceptions is
looser. A parent's rule for a special case (calls without an agent, a fact that must be known) is not compared with a
rule that does not name it.
"""

from __future__ import annotations

from dataclasses import dataclass

from cadencia.rules.effects import KIND_ORDERS, WEEKDAYS, Effect, contains, counted_for, minutes
from cadencia.rules.lint_rules import counted_of, windows_of
from cadencia.rules.model import (
    Consent,
    ContactWindow,
    Counted,
    Dialing,
    FrequencyCap,
    Precondition,
    Recipient,
    Rule,
    Window,
)
from cadencia.rules.phrases import clock, elapsed
from cadencia.rules.zones import compile_zones

_SELECTORS = ("channels", "actors", "purposes", "initiators", "parties", "places", "debt_types", "stages")
_COUNTED = ("channels", "parties", "places", "actors", "purposes")
_UNITS_OF_LENGTH = ("seconds", "civil_days", "business_days")
_AS_TIGHT = (Effect.tightens, Effect.neutral)


@dataclass(frozen=True)
class Looser:
    """What the looser rule leaves open and the stricter one closes, and what to write to be as strict."""

    example: str  # "Mon 07:45"
    write: str  # "08:00"


def overlap(one: Rule, other: Rule) -> bool:
    """Is there a contact that both rules bind?"""
    for name in _SELECTORS:
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine and theirs and not set(mine) & set(theirs):
            return False
    if set(one.when_facts) & set(other.unless_facts) or set(other.when_facts) & set(one.unless_facts):
        return False
    return not (one.when_date and one.when_date == other.when_date and _apart(one, other))


def _apart(one: Rule, other: Rule) -> bool:
    """Are the days of two `when_date` on the same date such that never both apply?"""
    ranges = [
        (low if low is not None else float("-inf"), high if high is not None else float("inf"))
        for low, high in ((rule.when_at_least_days, rule.when_at_most_days) for rule in (one, other))
    ]
    return max(low for low, _ in ranges) > min(high for _, high in ranges)


def _special(rule: Rule, beside: Rule) -> bool:
    """Is the rule for a case that the other does not speak of?"""
    facts = set(rule.when_facts) - set(beside.when_facts)
    initiators = rule.initiators and not beside.initiators
    return bool(facts or initiators or (rule.when_date and rule.when_date != beside.when_date))


def looser(rule: Rule, than: Rule, zone: str = "") -> Looser | None:
    """Where `rule` allows and `than` denies, if both are of one kind and bind one contact; None if nowhere, or if the
    two cannot be compared. `zone`: that of the place of `rule`, empty if it has more than one."""
    if rule.kind != than.kind or not overlap(rule, than) or _special(than, rule):
        return None
    return _by_figures(rule, than, zone) or _excused(rule, than)


def _excused(rule: Rule, than: Rule) -> Looser | None:
    """A fact that lifts this rule and not the other, where both ask the same."""
    extra = sorted(set(rule.unless_facts) - set(than.unless_facts))
    if not extra or not isinstance(rule.body, (ContactWindow, Consent)) or rule.body != than.body:
        return None
    return Looser(f"a contact with {extra[0]}", f"unless_facts without {', '.join(extra)}")


def _by_figures(rule: Rule, than: Rule, zone: str) -> Looser | None:
    mine, theirs = rule.body, than.body
    if isinstance(mine, ContactWindow) and isinstance(theirs, ContactWindow):
        return _hours(mine, theirs, zone)
    if isinstance(mine, Recipient) and isinstance(theirs, Recipient):
        return _recipient(mine, theirs)
    if isinstance(mine, Precondition) and isinstance(theirs, Precondition):
        return _precondition(mine, theirs)
    if isinstance(mine, Dialing) and isinstance(theirs, Dialing):
        return _dialing(mine, theirs)
    if counted_of(rule) is not None:
        return _counter(rule, than)
    return None


# --- hours ---------------------------------------------------------------------------------------------------------


def _hours(mine: ContactWindow, theirs: ContactWindow, zone: str) -> Looser | None:
    """The first minute of the week, then of a holiday, that is open here and closed there."""
    if _clock_of_its_own(mine, zone) != _clock_of_its_own(theirs, zone):
        return None
    for day in WEEKDAYS:
        if found := _minute(getattr(mine, day), getattr(theirs, day), day.capitalize()):
            return found
    if mine.holiday is None and theirs.holiday is None:
        return None
    for day in WEEKDAYS:
        here = getattr(mine, day) if mine.holiday is None else mine.holiday
        there = getattr(theirs, day) if theirs.holiday is None else theirs.holiday
        if found := _minute(here, there, f"a holiday on {day.capitalize()},"):
            return found
    return None


def _clock_of_its_own(hours: ContactWindow, zone: str) -> str:
    """The clock that the hours are read on; empty for that of the person, which is the clock of a place of one zone."""
    if hours.clock == zone:
        return ""
    if not hours.clock or not zone:
        return hours.clock
    _, aliases, _ = compile_zones((hours.clock, zone))
    same = aliases.get(hours.clock, hours.clock) == aliases.get(zone, zone)
    return "" if same else hours.clock


def _minute(here: tuple[tuple[int, int], ...], there: tuple[tuple[int, int], ...], day: str) -> Looser | None:
    extra = minutes(here) - minutes(there)
    if not extra:
        return None
    first = min(extra)
    later = [opens for opens, _ in there if opens > first]
    ends = [closes for _, closes in there if closes <= first]
    write = clock(min(later)) if later else clock(max(ends)) if ends else "closed"
    return Looser(f"{day} {clock(first)}", write)


# --- counters ------------------------------------------------------------------------------------------------------


def _counter(rule: Rule, than: Rule) -> Looser | None:
    mine, theirs = counted_of(rule), counted_of(than)
    assert mine is not None and theirs is not None
    if not _comparable(mine, theirs):
        return None
    here, there = windows_of(rule)[0], windows_of(than)[0]
    reaches = not contains(here, there)
    if isinstance(rule.body, FrequencyCap) and isinstance(than.body, FrequencyCap):
        most = than.body.at_most
        shorter = not reaches and not contains(there, here)
        if most > rule.body.at_most or (shorter and not _out_of_reach(rule.body, than.body)):
            return None
        if most < rule.body.at_most:
            return Looser(f"a contact after {most} in {length(there)}", f"at_most: {most}")
    if reaches:
        key = {"frequency_cap": "per", "separation": "at_least"}.get(rule.kind, "lasts")
        return Looser(f"a contact beyond {length(here)} and within {length(there)}", f'{key}: "{length(there)}"')
    effects = {_counts_more(mine, theirs), counted_for(_for_each(rule), _for_each(than))}
    if Effect.tightens in effects and effects <= set(_AS_TIGHT):
        write = f"count: {theirs.kinds[0]}, for_each: [{', '.join(_for_each(than))}]"
        return Looser("a contact after events that count there and not here", write)
    return None


def _out_of_reach(longer: FrequencyCap, shorter: FrequencyCap) -> bool:
    """Can the number of the longer window not be passed by who keeps the shorter one? Sixteen in thirty days: with
    three in any seven there are at most fifteen."""
    if longer.per.unit != shorter.per.unit or longer.per.unit not in _UNITS_OF_LENGTH:
        return False
    return longer.at_most >= shorter.at_most * -(-longer.per.n // shorter.per.n)


def _comparable(mine: Counted, theirs: Counted) -> bool:
    """Does the other count all kinds of event that this one does, and some of the same events? A cap on conversations
    says nothing against one on attempts."""
    kinds = KIND_ORDERS["cooling_off"]["after.kinds"](mine.kinds, theirs.kinds)
    sides = {mine.direction, theirs.direction} == {"inbound", "outbound"}
    apart = any(
        (chosen := set(getattr(mine, name))) and (other := set(getattr(theirs, name))) and not chosen & other
        for name in _COUNTED
    )
    return kinds in _AS_TIGHT and not sides and not apart


def _for_each(rule: Rule) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(rule.body, "for_each", ())
    return found


def _counts_more(mine: Counted, theirs: Counted) -> Effect:
    """Does the other count at least what this one does? Neutral for the same, tightens for more, else mixed."""
    orders = {name.removeprefix("after."): order for name, order in KIND_ORDERS["cooling_off"].items()}
    pairs = {name: (getattr(mine, name), getattr(theirs, name)) for name in Counted.__struct_fields__}
    effects = {orders[name](*pair) for name, pair in pairs.items() if pair[0] != pair[1]}
    if effects - set(_AS_TIGHT):
        return Effect.mixed
    return Effect.tightens if Effect.tightens in effects else Effect.neutral


def length(window: Window) -> str:
    """A window as it is written: 24 hours, 7 civil days, week."""
    if window.unit == "seconds":
        n, unit = elapsed(window.n)
        return f"{n} {unit}" if n == 1 else f"{n} {unit}s"
    if window.unit in ("civil_days", "business_days"):
        return f"{window.n} {window.unit.replace('_', ' ')}"
    return window.unit


# --- the rest ------------------------------------------------------------------------------------------------------


def _recipient(mine: Recipient, theirs: Recipient) -> Looser | None:
    if mine.parties and theirs.parties:
        extra = sorted(set(mine.parties) - set(theirs.parties))
        write = f"parties: [{', '.join(party for party in mine.parties if party not in extra)}]"
        return Looser(f"a contact with party {extra[0]}", write) if extra else None
    here, there = mine.third_party_at_most, theirs.third_party_at_most
    if here is not None and there is not None and here > there:
        return Looser(f"a third-party contact after {there}", f"third_party_at_most: {there}")
    return None


def _precondition(mine: Precondition, theirs: Precondition) -> Looser | None:
    if (mine.date, mine.days, mine.number) != (theirs.date, theirs.days, theirs.number):
        return None
    unit = f" after {mine.date}" if mine.date else f" of {mine.number}"
    for key in ("at_least_days", "at_least"):
        here, there = getattr(mine, key), getattr(theirs, key)
        if there is not None and (here is None or here < there):
            return Looser(f"under {there:g}{' days' if mine.date else ''}{unit}", f"{key}: {there:g}")
    for key in ("at_most_days", "at_most"):
        here, there = getattr(mine, key), getattr(theirs, key)
        if there is not None and (here is None or here > there):
            return Looser(f"over {there:g}{' days' if mine.date else ''}{unit}", f"{key}: {there:g}")
    return None


def _dialing(mine: Dialing, theirs: Dialing) -> Looser | None:
    for key in ("after_abandoned", "after_machine"):
        pause, longer = getattr(mine, key), getattr(theirs, key)
        if pause is not None and longer is not None and not contains(pause, longer):
            return Looser(f"an automatic call within {length(longer)}", f'{key}: "{length(longer)}"')
    return _formula(mine, theirs)


def _formula(mine: Dialing, theirs: Dialing) -> Looser | None:
    """Abandonment by the same formula, or none of the two can be compared."""
    one, other = mine.abandonment, theirs.abandonment
    if one is None or other is None or one.at_most <= other.at_most:
        return None
    if (one.numerator, one.denominator, one.window) != (other.numerator, other.denominator, other.window):
        return None
    return Looser(f"an abandonment rate over {other.at_most:.4g}", f'at_most: "{100 * other.at_most:g}%"')
