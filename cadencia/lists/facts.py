"""Facts and named hours as a list writes them: `opt_out@sms;!dispute;hold<2026-06-01T00:00Z`, `sat 09:00-12:00`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np

from cadencia.engine.history import seconds
from cadencia.engine.query import Hours
from cadencia.engine.words import FACTS, Channel, bit_of_fact

ALWAYS, FOR_EVER = -(1 << 61), 1 << 61
_FACT = re.compile(r"(!?)([a-z_]+)(?:@([a-z]+))?(?:>([^<>]+))?(?:<([^<>]+))?")
_HOURS = re.compile(r"(?:([a-z]{3})(?:-([a-z]{3}))? +)?([0-2]\d:[0-5]\d)-([0-2]\d:[0-5]\d)")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_ITEMS = 64


@dataclass(frozen=True)
class StatedFact:
    """One fact of a line: its bit, true or false, on which channel (-1: all), from when until when (seconds)."""

    bit: int
    value: bool
    channel: int = -1
    since: int = ALWAYS
    until: int = FOR_EVER

    @property
    def timed(self) -> bool:
        return self.since != ALWAYS or self.until != FOR_EVER


@lru_cache(16_384)
def read_facts(text: str) -> tuple[StatedFact, ...]:
    """The facts of one cell. ValueError says what is wrong and how to write it."""
    items = [item.strip() for item in text.split(";") if item.strip()]
    if len(items) > MAX_ITEMS:
        raise ValueError(f"at most {MAX_ITEMS} facts on a line")
    facts = tuple(_read_fact(item) for item in items)
    said = {(fact.bit, fact.channel): fact.value for fact in facts if not fact.timed}
    for fact in facts:
        if not fact.timed and said[fact.bit, fact.channel] != fact.value:
            raise _contradiction(fact)
    for place, fact in enumerate(facts):
        if fact.timed and any(_contradict(fact, other) for other in facts[:place] + facts[place + 1 :]):
            raise _contradiction(fact)
    return facts


def _contradict(dated: StatedFact, other: StatedFact) -> bool:
    """Whether both are said of one instant and channel, one true and one false. A date for one channel may differ from
    what is said of all without a date; nothing else says which of the two would win."""
    if dated.bit != other.bit or dated.value == other.value:
        return False
    if not other.timed:
        return dated.channel in (-1, other.channel)
    meet = dated.channel == other.channel or -1 in (dated.channel, other.channel)
    return meet and dated.since < other.until and other.since < dated.until


def _contradiction(fact: StatedFact) -> ValueError:
    return ValueError(f"{list(FACTS)[fact.bit]} is said to be true and false; keep one")


def _read_fact(item: str) -> StatedFact:
    found = _FACT.fullmatch(item)
    if found is None:
        raise ValueError("write facts as name, !name, name@channel, name>from or name<until, separated by ;")
    no, name, channel, since, until = found.groups()
    if name not in FACTS:
        raise ValueError(f"{name[:40]} is no fact; the facts are listed in docs/lists.md")
    if channel is not None and channel not in Channel.__members__:
        raise ValueError(f"{channel[:40]} is no channel; one of: {', '.join(Channel.__members__)}")
    start = ALWAYS if since is None else _instant(since)
    end = FOR_EVER if until is None else _instant(until)
    if end <= start:
        raise ValueError(f"{name} ends before it begins")
    return StatedFact(bit_of_fact(name), not no, -1 if channel is None else int(Channel[channel]), start, end)


def _instant(text: str) -> int:
    try:
        return seconds(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise ValueError("a fact's time has its offset: hold<2026-06-01T00:00Z") from None


@dataclass
class FactTable:
    """Facts of each distinct cell, by channel: masks of what is known and true, and the dated facts apart.
    The row of cell u on channel c is u * channels + c; the last one is `no facts`."""

    true: np.ndarray  # uint64[rows, 2]
    known: np.ndarray  # uint64[rows, 2]
    timed_from: np.ndarray  # int64[rows]
    timed_to: np.ndarray
    timed: list[StatedFact]


def fact_table(cells: list[tuple[StatedFact, ...]]) -> FactTable:
    """The table of the cells, in their order."""
    channels = len(Channel)
    rows = (len(cells) + 1) * channels
    masks = np.zeros((2, rows, 2), np.uint64)
    ranges = np.zeros((2, rows), np.int64)
    timed: list[StatedFact] = []
    for cell, facts in enumerate(cells):
        first = cell * channels
        for fact in sorted((fact for fact in facts if not fact.timed), key=lambda fact: fact.channel):
            _set(masks, first, fact, channels)  # what is said of one channel comes last and wins there
        if any(fact.timed for fact in facts):
            for channel in range(channels):
                ranges[0, first + channel] = len(timed)
                timed += [fact for fact in facts if fact.timed and fact.channel in (-1, channel)]
                ranges[1, first + channel] = len(timed)
    return FactTable(masks[0], masks[1], ranges[0], ranges[1], timed)


def _set(masks: np.ndarray, first: int, fact: StatedFact, channels: int) -> None:
    word, bit = fact.bit >> 6, np.uint64(1 << (fact.bit & 63))
    rows = slice(first, first + channels) if fact.channel < 0 else slice(first + fact.channel, first + fact.channel + 1)
    masks[1, rows, word] |= bit
    masks[0, rows, word] = masks[0, rows, word] | bit if fact.value else masks[0, rows, word] & ~bit


@lru_cache(4_096)
def read_hours(text: str) -> tuple[Hours, ...]:
    """The hours of one cell. ValueError says how to write them."""
    items = [item.strip().lower() for item in text.split(";") if item.strip()]
    if len(items) > MAX_ITEMS:
        raise ValueError(f"at most {MAX_ITEMS} spans of hours")
    return tuple(_read_span(item) for item in items)


def _read_span(item: str) -> Hours:
    found = _HOURS.fullmatch(item)
    if found is None:
        raise ValueError("write hours as 18:00-20:00, sat 09:00-12:00 or mon-fri 18:00-20:00, separated by ;")
    first, last, opens, closes = found.groups()
    if not opens < closes <= "24:00":
        raise ValueError("hours open before they close, and a day ends at 24:00; write a night as two spans")
    if any(day is not None and day not in _DAYS for day in (first, last)):
        raise ValueError(f"a day is one of: {', '.join(_DAYS)}")
    if first is None:
        return Hours(opens=opens, closes=closes)
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    if end < start:
        raise ValueError("write days in order: sat-sun, mon-fri")
    return Hours(opens=opens, closes=closes, weekdays=tuple(range(start, end + 1)))
