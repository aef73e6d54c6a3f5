"""A text made ready for matching: without case, accents, invisible signs and foreign look-alikes, word by word, and
with every place traced back to the text as it was written.

A text is matched in several readings: as it stands, and as repaired from disguises ("d3m4nd@", "d e m a n d a",
"de.man.da", "embarrrgo"). A repaired reading only adds words; nothing of the plain one is lost.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from cadencia.rules.script_letters import latin

#: The end of a sentence, as a word of its own: no phrase goes across it.
BREAK = "|"
_WORD = re.compile(r"[^\W_]+")
#: Words that a full stop shortens; it ends no sentence there.
_SHORTENED = "co mr ms mrs dr dra sr sra srta av lic inc ltd art exp tel cia ref ing ud uds num nro prof".split()
_FULL_STOP = r"\." + "".join(rf"(?<!\b{word}\.)" for word in _SHORTENED)
_ENDS = re.compile(rf"(?:[!?;]|{_FULL_STOP})[.!?;]*(?=\s|$)|\n[ \t]*\n|[¡¿]")
_BETWEEN = re.compile(r"[^\w|]+|_+")

_SINGLE = {"…": ".", "|": "¦", "™": " ", "«": " ", "»": " ", "´": "'", "`": "'"}
_SINGLE |= dict.fromkeys("\u2800\u3164\u115f\u1160\uffa0", "·")  # blank, and a mark between letters
_INVISIBLE = ("Cf", "Mn", "Me", "Mc")


def _folded_char(char: str) -> str:
    """What a character is matched as; empty for one that is not seen."""
    if char in _SINGLE:
        return _SINGLE[char]
    kept = []
    for part in unicodedata.normalize("NFKD", char):
        category = unicodedata.category(part)
        if category in _INVISIBLE:
            continue
        kept.append(" " if category == "Cc" and part != "\n" else latin(part).casefold())
    return "".join(kept)


class _Folding(dict[int, str]):
    """A table for str.translate that fills itself; `uneven` are the characters that do not become exactly one."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded_char(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        return folded


_FOLDING = _Folding()


@dataclass(frozen=True)
class Traced:
    """A string and where each of its characters stood in the text as written; None: where it stands here. `wide`: how
    many characters there a character stands for, by its place there, if not one."""

    text: str
    origins: list[int] | None = None
    wide: dict[int, int] = field(default_factory=dict)

    def origin(self, index: int) -> int:
        """The place of a character in the text as written."""
        return index if self.origins is None else self.origins[index]

    def origins_of(self, start: int, end: int) -> Sequence[int]:
        """The places of the characters [start, end)."""
        return range(start, end) if self.origins is None else self.origins[start:end]

    def end(self, index: int) -> int:
        """The place behind a character in the text as written."""
        place = self.origin(index)
        return place + self.wide.get(place, 1)

    def rewritten(self, pattern: re.Pattern[str], keep: Callable[[re.Match[str]], list[tuple[int, str]]]) -> Traced:
        """The same with each match replaced by the (offset in the match, character) pairs that `keep` gives."""
        pieces: list[str] = []
        origins: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            kept = keep(match)
            start = match.start()
            pieces.append(self.text[done:start])
            origins += self.origins_of(done, start)
            pieces += [char for _, char in kept]
            places = self.origins_of(start, match.end())
            origins += [places[offset] for offset, _ in kept]
            done = match.end()
        if not pieces:
            return self
        pieces.append(self.text[done:])
        origins += self.origins_of(done, len(self.text))
        return Traced("".join(pieces), origins, self.wide)


def folded(text: str | Traced) -> Traced:
    """Case, accents, invisible signs and look-alikes taken away."""
    source = text if isinstance(text, Traced) else Traced(text)
    plain = source.text.translate(_FOLDING)
    if len(plain) == len(source.text) and _FOLDING.uneven.isdisjoint(source.text):
        return Traced(plain, source.origins, source.wide)
    pieces, origins = [], []
    for index, char in enumerate(source.text):
        part = _FOLDING[ord(char)]
        pieces.append(part)
        origins += [source.origin(index)] * len(part)
    return Traced("".join(pieces), origins, source.wide)


def words_of(text: str) -> str:
    """Folded text as words with one space around each; sentences end with a BREAK."""
    return f" {BREAK} {_BETWEEN.sub(' ', _ENDS.sub(f' {BREAK} ', text)).strip(f' {BREAK}')} {BREAK} "


class Reading:
    """Words to be matched, and where they stand in the text as written."""

    def __init__(self, traced: Traced) -> None:
        self._traced = traced
        self.text = words_of(traced.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [match.start() for match in _WORD.finditer(self.text)]

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        traced = self._traced
        return [(traced.origin(m.start()), traced.end(m.end() - 1)) for m in _WORD.finditer(traced.text)]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where words [start, end) of `text` stand in the text as written, half open."""
        first = bisect_left(self._starts, start)
        last = bisect_right(self._starts, end - 1) - 1
        (start_of_first, end_of_first), (start_of_last, end_of_last) = self._places[first], self._places[last]
        # what is shown backwards is written the other way round
        places = (start_of_first, end_of_first - 1, start_of_last, end_of_last - 1)
        return min(places), max(places) + 1


# --- disguises ----------------------------------------------------------------------------------------------------

_WORDS_OF_ONE = frozenset("aeiouy")
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "€": "e", "!": "i", "+": "t"}
# All are bounded: what is looked for is a word or a phrase, and hostile text may be one word of a million letters.
_LEET_TOKEN = re.compile(r"(?:[^\W_]|[@$€+]|!(?=[a-z])){2,60}")
_HAS_LEET = re.compile(r"[a-z][0-9@$€!+]|[0-9@$€!+][a-z]")
# Letters apart: by blanks, dots, brackets, pictures, whatever is no letter; never across a line.
_SPACED = re.compile(r"(?<![^\W_])[^\W_](?:(?:[^\w\n]|_){1,6}[^\W_](?![^\W_])){3,2000}")
_GAP = re.compile(r"(?:[^\w\n]|_)+")
_SPLIT = re.compile(r"(?<![a-z0-9@$])[a-z0-9@$]{1,40}(?:[.\-_*·~][a-z0-9@$]{1,40}){1,30}")
_REPEATED = re.compile(r"([a-z])\1{2,60}|([ahijkquvwxy])\2")


def readings(text: Traced) -> Iterator[Reading]:
    """The plain reading, then those repaired from disguises, if there are any."""
    yield Reading(text)
    seen = {text.text}
    for one, most in (("i", 1), ("l", 2)):
        repaired = _repaired(text, one, most)
        if repaired.text not in seen:
            seen.add(repaired.text)
            yield Reading(repaired)


def _repaired(text: Traced, one: str, most: int) -> Traced:
    """Joined, letters for figures (1 is read as `one`), repeated letters `most` times."""
    joined = text.rewritten(_SPACED, partial(_spaced, edges_apart=most == 1)).rewritten(_SPLIT, _without_marks)
    if _is_leet(joined):
        joined = joined.rewritten(_LEET_TOKEN, partial(_letters, one=one))
    return joined.rewritten(_REPEATED, partial(_at_most, most=most))


def _is_leet(text: Traced) -> bool:
    return _HAS_LEET.search(text.text) is not None


def _spaced(match: re.Match[str], *, edges_apart: bool) -> list[tuple[int, str]]:
    """Letters written apart, joined; a gap wider than the others, or the only ones with a blank, part words. With
    `edges_apart` a letter at the edge that may be a word ("a l o s e r") stays one."""
    gaps = list(_GAP.finditer(match.group()))
    narrow = min(gap.end() - gap.start() for gap in gaps)
    blanks = sum(" " in gap.group() for gap in gaps)
    some_blank = 0 < blanks < len(gaps)
    kept: list[tuple[int, str]] = [(0, match.group()[0])]
    for gap in gaps:
        if (" " in gap.group()) if some_blank else gap.end() - gap.start() > narrow:
            kept.append((gap.start(), " "))
        kept.append((gap.end(), match.group()[gap.end()]))
    return _edges_apart(kept) if edges_apart else kept


def _edges_apart(kept: list[tuple[int, str]]) -> list[tuple[int, str]]:
    first, last = kept[0], kept[-1]
    if first[1] in _WORDS_OF_ONE:
        kept = [first, (first[0], " "), *kept[1:]]
    if last[1] in _WORDS_OF_ONE:
        kept = [*kept[:-1], (last[0], " "), last]
    return kept


def _without_marks(match: re.Match[str]) -> list[tuple[int, str]]:
    return [(offset, char) for offset, char in enumerate(match.group()) if char not in ".-_*·~"]


def _letters(match: re.Match[str], one: str) -> list[tuple[int, str]]:
    token = match.group()
    if not _HAS_LEET.search(token) or sum(char.isalpha() for char in token) < 2:
        return list(enumerate(token))
    return [(offset, one if char == "1" else _LEET.get(char, char)) for offset, char in enumerate(token)]


def _at_most(match: re.Match[str], most: int) -> list[tuple[int, str]]:
    keep = most if match.group(1) else 1
    return list(enumerate(match.group()[:keep]))
