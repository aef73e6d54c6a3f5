"""Which words of a text are of a prohibited class? Denials ("no es una demanda") and lawful phrases are left out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from cadencia.rules.script_catalogue import Signs, open_signs
from cadencia.rules.script_decoded import decoded
from cadencia.rules.script_phrases import Hit, PhraseSet
from cadencia.rules.script_shapes import Placeholders, blanked
from cadencia.rules.script_text import BREAK, Reading, folded, readings

#: The class under which a rule's own `phrases_banned` are reported.
PHRASE = "phrase"
_WORDS, _LAWFUL, _IN_COURT = range(3)
_ANY_CLASS = ""
_MOST_BETWEEN = 3


@dataclass(frozen=True, order=True)
class Offence:
    """Words of the text as written, [start, end) in characters, and their class; `phrase` of a rule's own list."""

    start: int
    end: int
    ban: str
    phrase: int = -1


class BanFinder:
    """The prohibited wording of one language, and phrases of rules besides."""

    def __init__(self, signs: Signs, phrases: tuple[str, ...] = ()) -> None:
        self._placeholders = Placeholders(signs.placeholders)
        self._negations, self._between = _folded_words(signs.negations), _folded_words(signs.between)
        self._negated_too = {name for name, ban in signs.bans.items() if ban.even_negated}
        self._roles: list[tuple[str, int]] = []
        listed: list[tuple[int, str]] = []
        for ban, role, texts in _roles(signs):
            listed += [(len(self._roles), text) for text in texts]
            self._roles.append((ban, role))
        self._words = PhraseSet(listed)
        self._phrases = PhraseSet(list(enumerate(_literal(text) for text in phrases)))

    @property
    def needles(self) -> tuple[str, ...]:
        """Every string that is searched for."""
        return self._words.needles

    def offences(self, text: str, *, in_court: bool = False, bans: Collection[str] | None = None) -> list[Offence]:
        """What the text says that it must not, each place once a class, in its order. `bans`: only these classes."""
        found: set[Offence] = set()
        shown = decoded(text)
        for version in (text,) if shown is None else (text, shown):
            for reading in readings(blanked(folded(version), self._placeholders)):
                found |= set(self._in(reading, in_court, bans))
        return _merged(found)

    def _in(self, reading: Reading, in_court: bool, bans: Collection[str] | None) -> Iterator[Offence]:
        hits = [(self._roles[hit.key], hit) for hit in self._words.hits(reading.text)]
        roles = (_LAWFUL, _IN_COURT) if in_court else (_LAWFUL,)
        lawful = _Covers((ban, hit) for (ban, role), hit in hits if role in roles)
        for (ban, role), hit in hits:
            if role == _WORDS and (bans is None or ban in bans) and not self._is_lawful(ban, hit, lawful, reading.text):
                yield Offence(*reading.place(hit.start, hit.end), ban)
        for hit in self._phrases.hits(reading.text):
            if not self._is_lawful(PHRASE, hit, lawful, reading.text):
                yield Offence(*reading.place(hit.start, hit.end), PHRASE, hit.key)

    def _is_lawful(self, ban: str, hit: Hit, lawful: _Covers, text: str) -> bool:
        if ban not in self._negated_too and self._is_denied(text, hit.start):
            return True
        # a rule's own phrase has no class: what is lawful for any of them makes it lawful
        return lawful.hold(_ANY_CLASS, hit) or (lawful.hold_any(hit) if ban == PHRASE else lawful.hold(ban, hit))

    def _is_denied(self, text: str, start: int) -> bool:
        """Does a negation stand right before the words, with nothing but small words between?"""
        for word in reversed(text[max(0, start - 80) : start].split()[-_MOST_BETWEEN - 1 :]):
            if word in self._negations:
                return True
            if word == BREAK or word not in self._between:
                return False
        return False


class _Covers:
    """Lawful phrases by class: does one of them hold a hit?"""

    def __init__(self, covers: Iterable[tuple[str, Hit]]) -> None:
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}  # the furthest end of all covers that start no later
        for ban, cover in sorted(covers, key=lambda one: one[1].start):
            ends = self._ends.setdefault(ban, [])
            self._starts.setdefault(ban, []).append(cover.start)
            ends.append(max(cover.end, ends[-1] if ends else 0))

    def hold(self, ban: str, hit: Hit) -> bool:
        """Is the hit inside a phrase that is lawful for the class?"""
        index = bisect_right(self._starts.get(ban, ()), hit.start)
        return index > 0 and self._ends[ban][index - 1] >= hit.end

    def hold_any(self, hit: Hit) -> bool:
        """Is the hit inside a phrase that is lawful for some class?"""
        return any(self.hold(ban, hit) for ban in self._starts)


def _folded_words(words: tuple[str, ...]) -> frozenset[str]:
    """As they stand in a reading, which has no accents: `não` is `nao` there."""
    return frozenset(folded(word).text for word in words)


def _literal(phrase: str) -> str:
    """A rule's own phrase holds no notation."""
    return "".join(char if char.isalnum() else " " for char in phrase)


def _roles(signs: Signs) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    yield _ANY_CLASS, _LAWFUL, signs.lawful
    for name, ban in signs.bans.items():
        yield name, _WORDS, ban.words
        yield name, _LAWFUL, ban.lawful
        yield name, _IN_COURT, ban.in_court


def _merged(found: set[Offence]) -> list[Offence]:
    """Offences of one class that overlap, as one; in the order of the text."""
    merged: list[Offence] = []
    for one in sorted(found, key=lambda offence: (offence.ban, offence.phrase, offence.start, -offence.end)):
        last = merged[-1] if merged else None
        if last and (last.ban, last.phrase) == (one.ban, one.phrase) and one.start < last.end:
            merged[-1] = Offence(last.start, max(last.end, one.end), one.ban, one.phrase)
        else:
            merged.append(one)
    return sorted(merged)


@lru_cache(maxsize=64)
def open_finder(language: str, phrases: tuple[str, ...] = ()) -> BanFinder:
    """The finder of a language, made once. CatalogueError for a language without signs."""
    return BanFinder(open_signs(language), phrases)
