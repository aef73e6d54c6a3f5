"""Numbering plans as automata: which digits after a calling code can be a number, of which country and class.

The source is the `phonenumbers` metadata: for each region and type of line, a pattern over the national digits. The
patterns use digits, `\\d`, classes, groups, `|`, `?` and counted repeats only, so they are read here into a small
nondeterministic automaton whose state sets `rules.places` turns into the trie. Walking it answers what
`phonenumbers.is_valid_number` and `region_code_for_number` answer, without a regular expression.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata

#: Types of line by what they say of place. A fixed line has an area; a mobile has one only in some countries.
CLASSES: dict[str, tuple[str, ...]] = {
    "fixed": ("fixed_line",),
    "mobile": ("mobile",),
    "nowhere": (
        "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan", "voicemail",
    ),
}  # fmt: skip
ANY_DIGIT = 0x3FF
#: What `phonenumbers` calls the numbering plans of no country: freephone 800, satellite 881 and so on.
NO_COUNTRY = "001"


class Tag(NamedTuple):
    """What a pattern says of the numbers it matches."""

    region: str
    kind: str  # key of CLASSES


class Plan:
    """The patterns of one calling code as an automaton. States are ints; sets of states are frozensets."""

    def __init__(self, calling_code: int) -> None:
        self.calling_code = calling_code
        self.regions: tuple[str, ...] = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[calling_code]
        self._moves: list[tuple[int, int]] = []  # state -> (mask of digits, next state)
        self._skips: list[tuple[int, ...]] = []  # state -> states reached without a digit
        self._ends: dict[int, Tag] = {}
        self._closures: dict[int, frozenset[int]] = {}
        starts = []
        for region in self.regions:
            metadata = plan_metadata(calling_code, region)
            for kind, types in CLASSES.items():
                for pattern in filter(None, (_pattern(metadata, name) for name in types)):
                    end = self._state()
                    self._ends[end] = Tag(region, kind)
                    starts.append(_Reader(self, pattern).read(end))
        self.start: frozenset[int] = frozenset().union(*(self._closure(state) for state in starts))

    def after(self, states: frozenset[int], digit: int) -> frozenset[int]:
        """The states reached by one more digit; empty when no number goes on like this."""
        reached = [self._closure(self._moves[s][1]) for s in states if self._moves[s][0] >> digit & 1]
        return frozenset().union(*reached)

    def tags(self, states: frozenset[int]) -> frozenset[Tag]:
        """What a number that ends here is."""
        return frozenset(self._ends[s] for s in states if s in self._ends)

    @cached_property
    def possible_lengths(self) -> int:
        """Bit n set: `phonenumbers.is_possible_number` takes n national digits (local-only lengths left out)."""
        general = plan_metadata(self.calling_code, self.regions[0]).general_desc
        return sum(1 << n for n in general.possible_length if n > 0) if general else 0

    def _state(self, mask: int = 0, target: int = -1, skips: tuple[int, ...] = ()) -> int:
        self._moves.append((mask, target))
        self._skips.append(skips)
        return len(self._moves) - 1

    def _closure(self, state: int) -> frozenset[int]:
        found = self._closures.get(state)
        if found is None:
            skips = self._skips[state]
            found = frozenset().union(*(self._closure(s) for s in skips)) if skips else frozenset((state,))
            self._closures[state] = found
        return found


class _Reader:
    """Reads one pattern from its end to its start, so that each part knows the state that follows it."""

    def __init__(self, plan: Plan, pattern: str) -> None:
        self._plan, self._text, self._at = plan, pattern, 0

    def read(self, end: int) -> int:
        """The first state of the whole pattern. ValueError for syntax that the metadata never used before."""
        tree = self._choice()
        if self._at != len(self._text):
            raise ValueError(f"phonenumbers pattern {self._text!r}: unread from position {self._at}; extend _Reader")
        return self._build(tree, end)

    def _choice(self) -> tuple[object, ...]:
        options = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            options.append(self._sequence())
        return ("or", options)

    def _sequence(self) -> tuple[object, ...]:
        parts = list(self._parts())
        return ("then", parts)

    def _parts(self) -> Iterator[tuple[object, int, int]]:
        while self._peek() not in ("", "|", ")"):
            atom = self._atom()
            yield (atom, *self._repeat())

    def _atom(self) -> object:
        char = self._peek()
        if self._text.startswith("(?:", self._at):
            self._at += 3
            inner = self._choice()
            self._at += 1  # the closing parenthesis
            return inner
        if char == "[":
            close = self._text.index("]", self._at)
            body, self._at = self._text[self._at + 1 : close], close + 1
            return _digit_class(body)
        if self._text.startswith("\\d", self._at):
            self._at += 2
            return ANY_DIGIT
        if char.isdigit():
            self._at += 1
            return 1 << int(char)
        raise ValueError(f"phonenumbers pattern {self._text!r}: {char!r} at {self._at} is new; extend _Reader")

    def _repeat(self) -> tuple[int, int]:
        if self._peek() == "?":
            self._at += 1
            return 0, 1
        if self._peek() != "{":
            return 1, 1
        close = self._text.index("}", self._at)
        least, _, most = self._text[self._at + 1 : close].partition(",")
        self._at = close + 1
        return int(least), int(most or least)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _build(self, tree: object, end: int) -> int:
        if isinstance(tree, int):
            return self._plan._state(mask=tree, target=end)
        assert isinstance(tree, tuple)
        if tree[0] == "or":
            return self._plan._state(skips=tuple(self._build(option, end) for option in tree[1]))
        state = end
        for atom, least, most in reversed(tree[1]):
            after = state
            for _ in range(most - least):
                state = self._plan._state(skips=(self._build(atom, state), after))
            for _ in range(least):
                state = self._build(atom, state)
        return state


def _digit_class(body: str) -> int:
    mask, i = 0, 0
    while i < len(body):
        last = body[i + 2] if body[i + 1 : i + 2] == "-" else body[i]
        for digit in range(int(body[i]), int(last) + 1):
            mask |= 1 << digit
        i += 3 if body[i + 1 : i + 2] == "-" else 1
    return mask


def plan_metadata(calling_code: int, region: str) -> PhoneMetadata:
    """What `phonenumbers` knows of the numbers of one region. ValueError when it names the region but has no plan."""
    if region == NO_COUNTRY:
        found = PhoneMetadata.metadata_for_nongeo_region(calling_code)
    else:
        found = PhoneMetadata.metadata_for_region(region)
    if found is None or found.general_desc is None:
        raise ValueError(f"phonenumbers has no numbering plan for +{calling_code} {region}; install it again")
    return found


def _pattern(metadata: PhoneMetadata, name: str) -> str:
    description = getattr(metadata, name)
    return (description and description.national_number_pattern) or ""
