"""Typed reading of one value: text, word, words, number, flag, date, or a mapping with known keys.

Each function returns the value, or a harmless default after noting what was found and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from cadencia.rules.yaml_reader import Listing, Mapping, Mistakes, Node, Scalar, kind_of_plain, shown

#: Words of other trades, and ours.
_OUR_WORDS = {
    "voice": "call", "phone": "call", "telephone": "call", "text": "sms", "post": "letter", "mail": "letter",
    "rpc": "right_party_contact", "answer": "conversation", "answered": "conversation",
    "lawyer": "attorney", "relative": "third_party", "employer": "third_party", "monday": "mon",
    "tuesday": "tue", "wednesday": "wed", "thursday": "thu", "friday": "fri", "saturday": "sat", "sunday": "sun",
}  # fmt: skip
# A misspelt key is plain to see; a wrong word that looks alike ("regulation", "presumption") would change the law.
_NEAR_KEY = 0.65
_NEAR_WORD = 0.75
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,11})", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,11})(\.\d{1,9})?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)


class Fields:
    """The entries of a mapping whose keys are known. Unknown keys are noted once, at the start."""

    def __init__(self, node: Node, known: Collection[str], what: str, mistakes: Mistakes) -> None:
        self.line = node.line
        self._what, self._mistakes = what, mistakes
        self._is_mapping = isinstance(node, Mapping)
        self._entries: dict[str, Node] = {}
        if not isinstance(node, Mapping):
            mistakes.add(node.line, f"{what} is {described(node)}; write keys and values ({listed(known)})")
            return
        for key, (scalar, value) in node.entries.items():
            if key in known:
                self._entries[key] = value
            else:
                cure = suggestion(key, known, _NEAR_KEY)
                mistakes.add(scalar.line, f"{shown(key)} is not a key of {what}; write {cure}")

    def get(self, key: str) -> Node | None:
        """The value of a key, None if it was not given."""
        return self._entries.get(key)

    def need(self, key: str, example: str) -> Node | None:
        """The value of a key that must be there; noted if it is missing."""
        node = self._entries.get(key)
        if node is None and self._is_mapping:
            self._mistakes.add(self.line, f"{self._what} has no {key}; write {example}")
        return node

    def given(self) -> tuple[str, ...]:
        """The known keys that were given, in the order written."""
        return tuple(self._entries)


def described(node: Node) -> str:
    """A node in words for a message."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Listing):
        return "a list"
    if node.plain:
        return shown(node.text) if node.text else "empty"
    return f'"{shown(node.text)}"'


def listed(words: Iterable[str]) -> str:
    """Words in the order given, for a message."""
    return ", ".join(words)


def suggestion(word: str, known: Collection[str], near_enough: float = _NEAR_WORD) -> str:
    """What to write instead of an unknown word: the nearest known one, or all of them when none is near enough."""
    ours = _OUR_WORDS.get(word)
    if ours in known and ours is not None:
        return ours
    near = [*known] if len(known) == 1 else []
    if not near and len(word) <= 60:
        near = get_close_matches(word, list(known), 1, near_enough)
    return near[0] if near else f"one of {listed(known)}"


def read_text(node: Node, what: str, mistakes: Mistakes) -> str:
    """Text, quoted or plain; plain text that YAML readers take for something else is refused. "" after a mistake."""
    if not isinstance(node, Scalar):
        mistakes.add(node.line, f"{what} is {described(node)}; write one text")
        return ""
    kind = kind_of_plain(node.text) if node.plain else ""
    if kind == "empty" or not node.text.strip():
        mistakes.add(node.line, f"{what} is empty; write the text")
        return ""
    if kind:
        mistakes.add(node.line, f'{what}: {shown(node.text)} is {kind}; write "{shown(node.text)}"')
        return ""
    return node.text.strip()


def read_prose(node: Node, what: str, mistakes: Mistakes) -> str:
    """Text for people: with a letter or digit that can be seen. "" after a mistake."""
    text = read_text(node, what, mistakes)
    if text and not any(char.isalnum() for char in text):
        mistakes.add(node.line, f'{what}: "{shown(text)}" says nothing; write it in words')
        return ""
    return text


def read_parents(node: Node, code: str, pattern: re.Pattern[str], mistakes: Mistakes) -> tuple[str, ...]:
    """The parents of the place `code` ("" when that is not known): codes above it, not itself nor one within it."""
    parents = read_texts(node, pattern, "parents", '["EU"]', mistakes)
    for parent in parents:
        if parent == code:
            mistakes.add(node.line, f"parents: {code} is its own parent; delete it")
        elif code and parent.startswith(f"{code}-"):
            mistakes.add(node.line, f"parents: {parent} lies in {code}, and is no parent of it; delete it")
    return parents


def read_match(node: Node, pattern: re.Pattern[str], what: str, example: str, mistakes: Mistakes) -> str:
    """Text of one shape; "" after a mistake."""
    text = read_text(node, what, mistakes)
    if text and not pattern.fullmatch(text):
        mistakes.add(node.line, f'{what}: "{shown(text)}" has not the right form; write for example {example}')
        return ""
    return text


def read_word(node: Node, known: Collection[str], what: str, mistakes: Mistakes) -> str:
    """A word of a closed vocabulary; "" after a mistake."""
    if isinstance(node, Scalar) and node.text in known:
        return node.text
    text = node.text if isinstance(node, Scalar) else ""
    found = f"{what}: {shown(text)} is not known here" if text else f"{what} is {described(node)}"
    mistakes.add(node.line, f"{found}; write {suggestion(text, known)}")
    return ""


def read_words(node: Node, known: Collection[str], what: str, mistakes: Mistakes) -> tuple[str, ...]:
    """A list of words of a closed vocabulary, each once, in the order written."""
    words: list[str] = []
    for item in items_of(node, what, mistakes):
        word = read_word(item, known, what, mistakes)
        if word in words:
            mistakes.add(item.line, f"{what} says {word} twice; keep one of them")
        elif word:
            words.append(word)
    return tuple(words)


def read_texts(node: Node, pattern: re.Pattern[str], what: str, example: str, mistakes: Mistakes) -> tuple[str, ...]:
    """A list of texts of one shape, each once, in the order written."""
    texts: list[str] = []
    for item in items_of(node, what, mistakes):
        text = read_match(item, pattern, what, example, mistakes)
        if text in texts:
            mistakes.add(item.line, f'{what} says "{shown(text)}" twice; keep one of them')
        elif text:
            texts.append(text)
    return tuple(texts)


def items_of(node: Node, what: str, mistakes: Mistakes) -> tuple[Node, ...]:
    """The items of a list that must not be empty."""
    if not isinstance(node, Listing):
        mistakes.add(node.line, f"{what} is {described(node)}; write {_as_list(node)}")
        return ()
    if not node.items:
        mistakes.add(node.line, f"{what} is an empty list; name something or delete the key")
    return node.items


def _as_list(node: Node) -> str:
    if not isinstance(node, Scalar) or not node.text:
        return "a list"
    quote = "" if node.plain and not kind_of_plain(node.text) else '"'
    return f"[{quote}{shown(node.text)}{quote}]"


def read_whole(node: Node, low: int, high: int, what: str, mistakes: Mistakes) -> int:
    """A whole number in [low, high], unquoted; `low` after a mistake."""
    if isinstance(node, Scalar) and node.plain and _WHOLE.fullmatch(node.text):
        number = int(node.text)
        if low <= number <= high:
            return number
        mistakes.add(node.line, f"{what} is {number}; write a whole number from {low} to {high}")
        return low
    mistakes.add(node.line, f"{what} is {described(node)}; {_number_cure(node, 'whole number', low, high)}")
    return low


def read_number(node: Node, low: float, high: float, what: str, mistakes: Mistakes) -> float:
    """A decimal number in [low, high], unquoted; `low` after a mistake."""
    if isinstance(node, Scalar) and node.plain and _DECIMAL.fullmatch(node.text):
        number = float(node.text)
        if low <= number <= high:
            return number
        mistakes.add(node.line, f"{what} is {node.text}; write a number from {low:.15g} to {high:.15g}")
        return low
    mistakes.add(node.line, f"{what} is {described(node)}; {_number_cure(node, 'number', low, high)}")
    return low


def _number_cure(node: Node, noun: str, low: float, high: float) -> str:
    if isinstance(node, Scalar) and not node.plain and _DECIMAL.fullmatch(node.text):
        return f"write {node.text} without quotes"
    return f"write a {noun} from {low:.15g} to {high:.15g}"


def read_flag(node: Node, what: str, mistakes: Mistakes) -> bool:
    """true or false; True after a mistake."""
    if isinstance(node, Scalar) and node.plain and node.text in ("true", "false"):
        return node.text == "true"
    mistakes.add(node.line, f"{what} is {described(node)}; write true or false")
    return True


def read_date(node: Node, what: str, mistakes: Mistakes) -> date | None:
    """A quoted date "YYYY-MM-DD" of the years 1900 to 2199; None after a mistake."""
    before = len(mistakes.found)
    text = read_text(node, what, mistakes)
    if not text:
        return None
    day = as_date(text)
    if day is None and len(mistakes.found) == before:
        mistakes.add(node.line, f'{what}: "{shown(text)}" is not a date; write "YYYY-MM-DD", a day that exists')
    return day


def as_date(text: str) -> date | None:
    """The date that "YYYY-MM-DD" says, of the years 1900 to 2199; None if it says none."""
    if not _DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """The IANA zones of the pinned tzdata package, not of the system; without Factory, which says that none is set."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()) - {"Factory"}


def read_zone(node: Node, what: str, mistakes: Mistakes) -> str:
    """An IANA zone that exists; "" after a mistake."""
    zone = read_match(node, _ZONE, what, '"America/Bogota"', mistakes)
    if zone and zone not in known_zones():
        mistakes.add(node.line, f'{what}: "{zone}" is not a zone of the tzdata package; write an IANA name')
        return ""
    return zone


def read_zone_of_place(node: Node, mistakes: Mistakes) -> str:
    """The zone of a place; "" for the word person, a place with several, and after a mistake."""
    if isinstance(node, Scalar) and node.text == "person":
        return ""
    return read_zone(node, "timezone", mistakes)
