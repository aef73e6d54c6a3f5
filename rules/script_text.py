"""A text made ready for matching: without case, accents, invisible signs and foreign look-alikes, word by word, and
with every place traced back to the text as it was written.

A text is matched in several readings: as it stands, and as repaired from disguises ("d3m4nd@", "d e m a n d a",
"de.man.da", "embarrrgo"). A repaired reading only adds words; nothing of the plain one is lost.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

#: The end of a sentence, as a word of its own: no phrase goes across it.
BREAK = "|"
_WORD = re.compile(r"[^\W_]+")
#: Words that a full stop shortens; it ends no sentence there.
_SHORTENED = "co mr ms mrs dr dra sr sra srta av lic inc ltd art exp tel cia ref ing ud uds num nro prof".split()
_FULL_STOP = r"\." + "".join(rf"(?<!\b{word}\.)" for word in _SHORTENED)
_ENDS = re.compile(rf"(?:[!?;]|{_FULL_STOP})[.!?;]*(?=\s|$)|\n[ \t]*\n|[¡¿]")
_BETWEEN = re.compile(r"[^\w|]+|_+")

#: Cyrillic and Greek letters that look like Latin ones; capitals apart, since some look like another letter.
_LOOKALIKES = dict(
    zip(
        "аеорсухіјѕԁһӏкмтнвгпАЕОРСУХІЈЅНКМТВαοερνικτυχβΑΒΕΖΗΙΚΜΝΟΡΤΥΧıŀłøđ",
        "aeopcyxijsdhlkmtnbrnAEOPCYXIJSHKMTBaoepviktuxbABEZHIKMNOPTYXillod",
        strict=True,
    )
)
_SINGLE = {"…": ".", "|": " ", "™": " ", "«": " ", "»": " ", "´": "'", "`": "'"}
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
        kept.append(" " if category == "Cc" and part != "\n" else _LOOKALIKES.get(part, part).casefold())
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
    """A string and where each of its characters stood in the text as written; None: where it stands here."""

    text: str
    origins: list[int] | None = None

    def origin(self, index: int) -> int:
        """The place of a character in the text as written."""
        return index if self.origins is None else self.origins[index]

    def rewritten(self, pattern: re.Pattern[str], keep: Callable[[re.Match[str]], list[tuple[int, str]]]) -> Traced:
        """The same with each match replaced by the (offset in the match, character) pairs that `keep` gives."""
        pieces: list[str] = []
        origins: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            start = match.start()
            pieces.append(self.text[done:start])
            origins += [self.origin(index) for index in range(done, start)]
            for offset, char in keep(match):
                pieces.append(char)
                origins.append(self.origin(start + offset))
            done = match.end()
        if not pieces:
            return self
        pieces.append(self.text[done:])
        origins += [self.origin(index) for index in range(done, len(self.text))]
        return Traced("".join(pieces), origins)


def folded(text: str) -> Traced:
    """Case, accents, invisible signs and look-alikes taken away."""
    plain = text.translate(_FOLDING)
    if len(plain) == len(text) and _FOLDING.uneven.isdisjoint(text):
        return Traced(plain)
    pieces, origins = [], []
    for index, char in enumerate(text):
        part = _FOLDING[ord(char)]
        pieces.append(part)
        origins += [index] * len(part)
    return Traced("".join(pieces), origins)


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
        origin = self._traced.origin
        return [(origin(m.start()), origin(m.end() - 1) + 1) for m in _WORD.finditer(self._traced.text)]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where words [start, end) of `text` stand in the text as written, half open."""
        first = bisect_left(self._starts, start)
        last = bisect_right(self._starts, end - 1) - 1
        return self._places[first][0], self._places[last][1]


# --- disguises ----------------------------------------------------------------------------------------------------

_WORDS_OF_ONE = frozenset("aeiouy")
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "€": "e", "!": "i", "+": "t"}
# All are bounded: what is looked for is a word or a phrase, and hostile text may be one word of a million letters.
_LEET_TOKEN = re.compile(r"(?:[^\W_]|[@$€+]|!(?=[a-z])){2,60}")
_HAS_LEET = re.compile(r"[a-z][0-9@$€!+]|[0-9@$€!+][a-z]")
_SPACED = re.compile(r"(?<![^\W_])[^\W_@](?:[ .\-_*/·,]{1,4}[^\W_](?![^\W_])){3,80}")
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
    """Letters written apart, joined; a gap wider than the others parts words. With `edges_apart` a letter at the edge
    that may be a word ("a l o s e r") stays one."""
    gaps = re.findall(r"[ .\-_*/·,]+", match.group())
    narrow = min(map(len, gaps))
    kept: list[tuple[int, str]] = []
    index = 0
    for piece in re.split(r"([ .\-_*/·,]+)", match.group()):
        if piece and piece[0] in " .-_*/·,":
            kept += [(index, " ")] if len(piece) > narrow else []
        else:
            kept += [(index + offset, char) for offset, char in enumerate(piece)]
        index += len(piece)
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
