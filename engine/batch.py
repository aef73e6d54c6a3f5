"""Many queries as columns, and their answers as columns. Row i of every array is query i.

Columns are what the kernel reads without the GIL; lists, the API and campaigns fill them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from cadencia.engine.query import Hours

# Bit offsets of the packed selectors (uint32): one word of each vocabulary.
SEL_CHANNEL, SEL_ACTOR, SEL_PURPOSE, SEL_INITIATOR = 0, 3, 7, 9
SEL_PARTY, SEL_PLACE, SEL_DEBT_TYPE, SEL_STAGE = 13, 16, 19, 25


def pack_selectors(channel, actor, purpose, initiator, party, place, debt_type, stage):  # type: ignore[no-untyped-def]
    """Selector words (ints, or integer arrays of one length) as the packed uint32 the kernel reads."""
    return (
        channel << SEL_CHANNEL | actor << SEL_ACTOR | purpose << SEL_PURPOSE | initiator << SEL_INITIATOR
        | party << SEL_PARTY | place << SEL_PLACE | debt_type << SEL_DEBT_TYPE | stage << SEL_STAGE
    )  # fmt: skip


class PlaceSet(NamedTuple):
    """Where a contact may be: every jurisdiction that applies (ancestors included) and every candidate zone.
    Either may be empty; the engine then denies."""

    jurisdictions: tuple[str, ...]
    zones: tuple[str, ...]


@dataclass(frozen=True)
class PersonHours:
    """The hours one person named: contact only inside `wanted` (if any), never inside `unwanted`."""

    wanted: tuple[Hours, ...] = ()
    unwanted: tuple[Hours, ...] = ()


@dataclass
class Batch:
    """n queries. Optional columns may be None: no fact known, no date known, no history and so on."""

    at: np.ndarray  # int64[n], seconds since 2000-01-01T00:00:00Z
    place: np.ndarray  # int32[n], index in `places`
    selectors: np.ndarray  # uint32[n], see pack_selectors
    places: list[PlaceSet]
    facts_true: np.ndarray | None = None  # uint64[n, 2], bit of engine.words.FACTS
    facts_known: np.ndarray | None = None  # uint64[n, 2]; a fact is true, known false, or unknown
    dates: np.ndarray | None = None  # int32[n, len(DATES)], days since 2000-01-01; NO_DATE unknown
    numbers: np.ndarray | None = None  # float64[n, len(NUMBERS)]; nan unknown
    debt: np.ndarray | None = None  # uint8[n], slot of the debt in the person's history; 0 not stated
    address: np.ndarray | None = None  # uint8[n]
    creditor: np.ndarray | None = None  # uint8[n]
    event_from: np.ndarray | None = None  # int64[n], first event of the person in `event_at`
    event_to: np.ndarray | None = None  # int64[n], one past the last
    event_at: np.ndarray | None = None  # uint32[m], ascending within a person
    event_attr: np.ndarray | None = None  # uint64[m], see engine/history.py
    ascending: bool = False  # whoever packed and sorted the events says so; else their order and words are checked
    hours: np.ndarray | None = None  # int32[n], index in `person_hours`, -1 none
    person_hours: list[PersonHours] = field(default_factory=list)
    caller: np.ndarray | None = None  # int32[n], index in `callers`, -1 not stated
    callers: list[str] = field(default_factory=list)  # E.164, or "" for withheld
    # facts with dates: rows timed_from[i]:timed_to[i] of the four arrays below
    timed_from: np.ndarray | None = None  # int64[n]
    timed_to: np.ndarray | None = None  # int64[n]
    timed_fact: np.ndarray | None = None  # uint8[k], bit of the fact
    timed_value: np.ndarray | None = None  # uint8[k], 1 true, 0 false
    timed_since: np.ndarray | None = None  # int64[k], seconds, inclusive
    timed_until: np.ndarray | None = None  # int64[k], seconds, exclusive

    def __len__(self) -> int:
        return len(self.at)


#: One dated fact as the kernel reads it (engine/_decide.pxd: Timed).
TIMED = np.dtype(
    {"names": ["fact", "value", "since", "until"], "formats": ["u1", "u1", "i8", "i8"], "offsets": [0, 1, 8, 16]}
)
#: "Not known" in a column of dates.
NO_DATE = -(1 << 31)
#: "No instant" in a column of retry_at.
NO_INSTANT = -(1 << 62)


@dataclass
class Screened:
    """The answers to a Batch. Without `retry`, retry_at is NO_INSTANT and retry beyond_horizon throughout."""

    allowed: np.ndarray  # uint8[n]
    code: np.ndarray  # uint8[n], VerdictCode: why the engine itself denied, else 0
    reasons: np.ndarray  # uint64[n], bit b: rule `rules_of[profile][b]` blocks
    profile: np.ndarray  # int32[n], -1 where none was made (code says why)
    retry_at: np.ndarray  # int64[n], seconds; NO_INSTANT when null
    retry: np.ndarray  # uint8[n], RetryCode
    rules_of: list[list[int]]  # profile -> its rules, as indices of Rulebook.rules (one version of each id)

    def blocking_rules(self, row: int) -> list[int]:
        """Indices in Rulebook.rules of the rules that block this row."""
        if self.profile[row] < 0:
            return []
        mask = int(self.reasons[row])
        return [rule for bit, rule in enumerate(self.rules_of[self.profile[row]]) if mask >> bit & 1]
