"""Many phrases found in one pass, by an Aho–Corasick automaton over words.

A phrase is written as an officer would say it, with a little notation: `(a|b)` one of them, `[a]` may be left out,
`embarg*` any word that begins so, `#` a number, `...` at most six words between, never across the end of a sentence,
`<amount>` a shape (see script_shapes). A phrase that ends with `...` goes on to the end of its sentence. Case and
accents do not matter.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ahocorasick_rs import AhoCorasick

from cadencia.rules.script_shapes import MARK, SHAPES
from cadencia.rules.script_text import BREAK, folded

GAP_WORDS = 6
GAP_CHARACTERS = 150
MAX_FORMS = 4096
MAX_PHRASE = 2000
_SHAPE = re.compile(r"<([a-z]+)>")
_TOKEN = re.compile(r"[()\[\]|]|[^()\[\]|]+")
_PLAIN = re.compile(r"[^\W_]+\*?|#")
_DIGITS = "0123456789"
_ON = "..."
_END = re.compile(rf" {re.escape(BREAK)}")


class PhraseError(ValueError):
    """A phrase whose notation cannot be read; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: whose it is, and the words [start, end) of the reading."""

    key: int
    start: int
    end: int


def forms(phrase: str) -> tuple[tuple[str, ...], ...]:
    """For each part between the gaps, every form that its notation stands for. PhraseError if it cannot be read."""
    if len(phrase) > MAX_PHRASE:
        raise PhraseError(f"a phrase of {len(phrase)} characters, over the limit of {MAX_PHRASE}; write it as several")
    parts = tuple(tuple(dict.fromkeys(_forms_of(part))) for part in _gaps(phrase))
    if any(not part or "" in part for part in parts):
        raise PhraseError(f"{phrase!r} may be empty on one side of a gap; leave the gap out")
    return parts


def _gaps(phrase: str) -> list[str]:
    for name in _SHAPE.findall(phrase):
        if name not in SHAPES:
            raise PhraseError(f"<{name}> is not a shape; write one of {', '.join(SHAPES)}")
    marked = _SHAPE.sub(lambda match: f" {MARK}{match.group(1)} ", phrase)
    return folded(marked.replace("|", "\ue000")).text.replace("\ue000", "|").split("...")


def _forms_of(part: str) -> list[str]:
    text = part.replace("…", "...")
    tokens = _TOKEN.findall(text)
    made, used = _sequence(tokens, 0, "")
    if used != len(tokens):
        raise PhraseError(f"{part.strip()!r} has a bracket too many; close each ( and [ once")
    found = [number for one in made for number in _numbers(" ".join(_PLAIN.findall(one)))]
    if any("*" in one[:-1] or "#" in one for one in found):
        raise PhraseError(f"{part.strip()!r} has a * or # inside; write it at the end of the part")
    return found


def _numbers(form: str) -> list[str]:
    return [f"{form[:-1]}{digit}*" for digit in _DIGITS] if form.endswith("#") else [form]


def _sequence(tokens: list[str], at: int, closing: str) -> tuple[list[str], int]:
    """The alternatives from a token on, up to the closing bracket; and the token behind it."""
    alternatives: list[str] = []
    current = [""]
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token in ("(", "["):
            inner, at = _sequence(tokens, at, ")" if token == "(" else "]")
            inner = [*inner, ""] if token == "[" else inner
            current = _bounded([f"{left} {right}" for left in current for right in inner])
        elif token == "|" and closing:
            alternatives += current
            current = [""]
        elif token in (")", "]", "|"):
            if token != closing:
                raise PhraseError(f"{token} stands alone; write ( before a choice and ) behind it")
            return _bounded(alternatives + current), at
        else:
            current = [left + token for left in current]
    if closing:
        raise PhraseError(f"a bracket is not closed; write {closing}")
    return current, at


def _bounded(made: list[str]) -> list[str]:
    if len(made) > MAX_FORMS:
        raise PhraseError(f"a phrase of more than {MAX_FORMS} forms; write it as several")
    return made


class PhraseSet:
    """Phrases by key, found together. The keys are the caller's; one key may have many phrases."""

    def __init__(self, phrases: Iterable[tuple[int, str]]) -> None:
        self._single: dict[int, set[tuple[int, bool]]] = defaultdict(set)  # needle -> keys, and whether to the end
        self._parts: dict[int, set[tuple[int, int]]] = defaultdict(set)  # needle -> (sequence, part)
        self._sequences: list[tuple[int, int, bool]] = []  # key, number of parts, whether to the end
        self._needles: dict[str, int] = {}
        for key, phrase in phrases:
            text = phrase.rstrip()
            self._add(key, forms(text.removesuffix(_ON)), text.endswith(_ON))
        self._automaton = AhoCorasick(list(self._needles)) if self._needles else None

    def __len__(self) -> int:
        return len(self._needles)

    @property
    def needles(self) -> tuple[str, ...]:
        """Every string that is searched for."""
        return tuple(self._needles)

    def _add(self, key: int, parts: tuple[tuple[str, ...], ...], to_end: bool) -> None:
        if len(parts) > 1:
            self._sequences.append((key, len(parts), to_end))
        for number, part in enumerate(parts):
            for form in part:
                needle = f" {form[:-1]}" if form.endswith("*") else f" {form} "
                index = self._needles.setdefault(needle, len(self._needles))
                if len(parts) == 1:
                    self._single[index].add((key, to_end))
                else:
                    self._parts[index].add((len(self._sequences) - 1, number))

    def hits(self, text: str, *, first: bool = False) -> Iterator[Hit]:
        """Every phrase in the words of a reading, in no order; the same place may be told by several. `first`: of a
        phrase without gaps only the first place, however often a hostile text has it."""
        if self._automaton is None:
            return
        ends, seen = _Ends(text), set[int]()
        places: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for needle, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if first and needle in seen:
                continue
            if first and needle not in self._parts:
                seen.add(needle)
            stop = end - 1 if text[end - 1] == " " else text.index(" ", end)
            for key, to_end in self._single.get(needle, ()):
                yield Hit(key, start + 1, ends.after(stop) if to_end else stop)
            for part in self._parts.get(needle, ()):
                places[part].append((start + 1, stop))
        for number in {sequence for sequence, _ in places}:
            key, length, to_end = self._sequences[number]
            if all((number, part) in places for part in range(length)):
                for start, stop in _chained([sorted(places[number, part]) for part in range(length)], text):
                    yield Hit(key, start, ends.after(stop) if to_end else stop)


class _Ends:
    """Where the sentences of a reading end; looked for once, and only if a phrase goes on to the end of its own."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _places(self) -> list[int]:
        return [match.start() for match in _END.finditer(self._text)]

    def after(self, stop: int) -> int:
        """The end of the sentence that goes on at `stop`."""
        return self._places[bisect_left(self._places, stop)]


def _chained(parts: list[list[tuple[int, int]]], text: str) -> Iterator[tuple[int, int]]:
    """Places where the parts stand in their order, near each other and in one sentence; the nearest of each."""
    for start, stop in parts[0]:
        for part in parts[1:]:
            index = bisect_right(part, (stop + 1,))
            if index == len(part) or not _near(text, stop, part[index][0]):
                break
            stop = part[index][1]
        else:
            yield start, stop


def _near(text: str, stop: int, start: int) -> bool:
    # a gap is measured before it is read: hostile text may have thousands of them, each as long as the text
    if start - stop > GAP_CHARACTERS:
        return False
    between = text[stop:start]
    return BREAK not in between and between.count(" ") <= GAP_WORDS + 1
