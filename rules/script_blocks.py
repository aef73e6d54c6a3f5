"""Which of the texts that must be there are missing from a script?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from cadencia.rules.script_catalogue import Sign, Signs, open_signs
from cadencia.rules.script_phrases import Hit, PhraseSet
from cadencia.rules.script_shapes import Placeholders, marked
from cadencia.rules.script_text import folded, words_of


@dataclass(frozen=True)
class BlockAnswer:
    """Blocks that are missing; those that no text can show; those for which this language has no signs."""

    missing: tuple[str, ...]
    not_in_text: tuple[str, ...]
    no_signs: tuple[str, ...]


@dataclass
class _Keys:
    """The numbers of a block's phrase lists in the automaton."""

    groups: list[int] = field(default_factory=list)
    without: list[int] = field(default_factory=list)
    order: list[int] = field(default_factory=list)


class BlockFinder:
    """The signs of every block of one language in one automaton."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs.blocks
        self._placeholders = Placeholders(signs.placeholders)
        listed: list[tuple[int, str]] = []
        self._n = 0

        def number(phrases: tuple[str, ...]) -> int:
            self._n += 1
            listed.extend((self._n, phrase) for phrase in phrases)
            return self._n

        self._keys = {
            name: _Keys(
                [number(group) for group in sign.groups],
                [number(sign.without)] if sign.without else [],
                [number(part) for part in sign.order],
            )
            for name, sign in self._signs.items()
        }
        self._phrases = PhraseSet(listed)

    def answer(self, text: str, blocks: Iterable[str]) -> BlockAnswer:
        """What is missing of the blocks, in the order asked."""
        words = words_of(marked(folded(text).text, self._placeholders))
        first: dict[int, Hit] = {}
        for hit in self._phrases.hits(words, first=True):
            if hit.key not in first or hit.start < first[hit.key].start:
                first[hit.key] = hit
        asked = tuple(dict.fromkeys(blocks))
        known = [block for block in asked if block in self._signs]
        unseen = tuple(block for block in known if self._signs[block].not_in_text)
        missing = tuple(b for b in known if b not in unseen and not self._is_there(b, first, words))
        return BlockAnswer(missing, unseen, tuple(block for block in asked if block not in self._signs))

    def _is_there(self, block: str, first: dict[int, Hit], words: str) -> bool:
        keys, sign = self._keys[block], self._signs[block]
        if any(key not in first or _too_late(first[key], sign, words) for key in keys.groups):
            return False
        if any(key in first for key in keys.without):
            return False
        if not keys.order:
            return True
        before, after = (first.get(key) for key in keys.order)
        return before is not None and (after is None or before.start < after.start)


def _too_late(hit: Hit, sign: Sign, words: str) -> bool:
    return sign.first_words > 0 and words.count(" ", 0, hit.start) > sign.first_words


@lru_cache(maxsize=8)
def open_block_finder(language: str) -> BlockFinder:
    """The finder of a language, made once. CatalogueError for a language without signs."""
    return BlockFinder(open_signs(language))
