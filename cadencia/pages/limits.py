"""The caps, gaps, pauses and locks of a place in few words: what the table of the world says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cadencia.engine.words import Channel
from cadencia.pages.words import Words
from cadencia.rules.explain import phrases
from cadencia.rules.model import ChannelLock, CoolingOff, Counted, FrequencyCap, Rule, Separation, Window
from cadencia.rules.phrases import Phrases, elapsed

_LIMITS = (FrequencyCap, Separation, CoolingOff, ChannelLock)
_MOST_CHANNELS = 4  # beyond it the channels left out are named
_MOST_DEBTS = 3
_DAY_S = 86_400
_DAYS = {"civil_days": 1.0, "business_days": 1.4, "week": 7.0, "month": 31.0, "lifetime": 1e6}
#: What is taken for granted of a contact of the table: a consumer's debt, at a place that nobody stated.
_ORDINARY = {"places": "unknown", "debt_types": "consumer"}


@dataclass(frozen=True)
class Limits:
    """Writes limits in one language."""

    language: str

    def of(self, rules: Iterable[Rule]) -> list[str]:
        """Each limit on a third-party collector's contacts with a debtor once: first those that bind every ordinary
        contact, the strictest first, then those for a place, a debt or a way of calling, as `rules` are ordered."""
        bound = [rule for rule in rules if isinstance(rule.body, _LIMITS) and _binds_collectors(rule)]
        general = sorted((rule for rule in bound if not _is_special(rule)), key=_order)
        special = [rule for rule in bound if _is_special(rule)]
        return list(dict.fromkeys(self._limit(rule) for rule in (*general, *special)))

    @property
    def _words(self) -> Words:
        return Words(self.language)

    @property
    def _phrases(self) -> Phrases:
        return phrases(self.language)

    def _limit(self, rule: Rule) -> str:
        body, words = rule.body, self._words
        if isinstance(body, FrequencyCap):
            text, counted = f"{body.at_most} {self._per(body.per)}", body.count.kinds
        elif isinstance(body, Separation):
            text, counted = words.say("apart", length=self._gap(body.at_least)), body.count.kinds
        elif isinstance(body, CoolingOff):
            event = self._phrases.either([self._phrases.a(self._phrases.events[kind]) for kind in body.after.kinds])
            text, counted = words.say("pause_after", length=self._length(body.lasts), event=event), ("placed",)
        elif isinstance(body, ChannelLock):
            # whichever channel came first, the others are closed: which ones they are says nothing more
            return "; ".join([words.say("one_channel", per=self._per(body.lasts)), *self._where(rule)])
        else:
            raise TypeError(f"{rule.kind} is no limit")
        notes = "; ".join(filter(None, [self._what(rule, counted), *self._where(rule)]))
        return f"{text} ({notes})" if notes else text

    # --- what is counted, and where ----------------------------------------------------------------------------------

    def _what(self, rule: Rule, kinds: tuple[str, ...]) -> str:
        """The channels bound and the events counted, where it is not every contact."""
        events = ", ".join(self._phrases.events[kind].many for kind in kinds if kind != "placed")
        return ": ".join(filter(None, [self._channels(rule.channels), events]))

    def _channels(self, chosen: tuple[str, ...]) -> str:
        names = self._phrases.channels
        left = [name for name in Channel.__members__ if name not in chosen]
        if not chosen or not left:
            return ""
        if len(chosen) > _MOST_CHANNELS:
            return self._words.say("all_but", names=self._phrases.both([names[name].many for name in left]))
        # a voicemail is left by a call
        shown = [name for name in chosen if name != "voicemail" or "call" not in chosen]
        return ", ".join(names[name].many for name in shown)

    def _where(self, rule: Rule) -> Iterator[str]:
        """The selectors that leave out some ordinary contact."""
        p = self._phrases
        if rule.places:
            yield p.either([p.places[name] for name in rule.places if name != "unknown"] or [p.places["unknown"]])
        if rule.debt_types and "consumer" not in rule.debt_types:
            named = [p.debt_types[name] for name in rule.debt_types if name != "unknown"]
            yield ", ".join(named) if len(named) <= _MOST_DEBTS else self._words.say("some_debts")
        if rule.initiators:
            yield p.either([p.initiators[name] for name in rule.initiators])
        if rule.stages:
            yield p.either([p.stages[name] for name in rule.stages])
        if rule.when_facts:
            yield p.both([" ".join(p.facts[name]) for name in rule.when_facts])
        if rule.when_date:
            yield self._words.say("some_days", date=p.dates[rule.when_date])
        counted = rule.body.count if isinstance(rule.body, FrequencyCap) else Counted()
        if counted.after_first:
            yield self._words.say("after_first", event=p.first(p.events[counted.after_first]))

    # --- lengths -----------------------------------------------------------------------------------------------------

    def _per(self, window: Window) -> str:
        words = self._words
        if window.unit == "civil_days":
            return words.say("per_day") if window.n == 1 else words.say("per_days", n=window.n)
        if window.unit == "business_days":
            return words.say("per_business", n=window.n)
        if window.unit == "seconds":
            return words.say("per_hours", length=self._length(window))
        return words.say({"week": "per_week", "month": "per_month", "lifetime": "per_life"}[window.unit])

    def _gap(self, window: Window) -> str:
        """Between two contacts: n civil days are n - 1 full days, as the rule's sentence says."""
        if window.unit == "civil_days" and window.n > 1 and not window.undefined_week:
            return self._phrases.length(window.n - 1, "full_day")
        return self._length(window)

    def _length(self, window: Window) -> str:
        p = self._phrases
        if window.unit == "seconds":
            return p.length(*elapsed(window.n))
        unit = {"civil_days": "day", "business_days": "business_day"}.get(window.unit)
        return p.length(window.n, unit) if unit else self._per(window)


def _order(rule: Rule) -> tuple[int, float, float]:
    """Caps by how few contacts a day they leave, then gaps, pauses and locks, the longest first. Caps on attempts stand
    before caps on talks, which leave more."""
    body = rule.body
    if isinstance(body, FrequencyCap):
        return (0, float("placed" not in body.count.kinds), body.at_most / _in_days(body.per))
    if isinstance(body, Separation):
        return (1, 0.0, -_in_days(body.at_least))
    lasts = body.lasts if isinstance(body, (CoolingOff, ChannelLock)) else Window(unit="civil_days")
    return (2, 0.0, -_in_days(lasts))


def _in_days(window: Window) -> float:
    return window.n / _DAY_S if window.unit == "seconds" else window.n * _DAYS[window.unit]


def _is_special(rule: Rule) -> bool:
    """Does the limit leave out some call about a consumer's debt, of which no date is known?"""
    chosen = any(getattr(rule, key) and word not in getattr(rule, key) for key, word in _ORDINARY.items())
    calls = not rule.channels or "call" in rule.channels
    return chosen or not calls or bool(rule.when_facts or rule.initiators or rule.stages)


def _binds_collectors(rule: Rule) -> bool:
    """Does the rule bind some collection contact of a third-party collector with a debtor?"""
    return (
        (not rule.actors or "third_party_collector" in rule.actors)
        and "collections" in rule.purposes
        and (not rule.parties or "debtor" in rule.parties)
    )
