"""The catalogue of jurisdictions/scripts: names of text blocks and of banned classes in words, and for each language
the signs by which a text is judged. Read strictly; every mistake in one run, each with file, line and cure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.model import BANS, Problem

if TYPE_CHECKING:
    from cadencia.rules.yaml_reader import Mistakes, Node

FOLDER = "scripts"
LANGUAGES = ("en", "es", "pt")
_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*", re.ASCII)
_ANY_TEXT = re.compile(r"[\s\S]{1,2000}")


class CatalogueError(ValueError):
    """The catalogue cannot be used: its mistakes, or the languages that it has signs for."""


@dataclass(frozen=True)
class Sign:
    """How a block is recognised: a phrase of each group in `groups`, none of `without`; `order`: the first phrase of
    the former list before any of the latter; all of it within `first_words`. `not_in_text`: why no text can show it."""

    groups: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    order: tuple[tuple[str, ...], ...] = ()
    first_words: int = 0  # 0: anywhere
    not_in_text: str = ""


@dataclass(frozen=True)
class Ban:
    """Wording of a prohibited class, and phrases that make it lawful: always, or once a suit has begun."""

    words: tuple[str, ...]
    lawful: tuple[str, ...] = ()
    in_court: tuple[str, ...] = ()
    even_negated: bool = False


@dataclass(frozen=True)
class Signs:
    """What the catalogue knows in one language."""

    language: str
    placeholders: dict[str, tuple[str, ...]] = field(default_factory=dict)  # shape -> names of placeholders
    negations: tuple[str, ...] = ()
    between: tuple[str, ...] = ()  # words that may stand between a negation and what it denies
    lawful: tuple[str, ...] = ()  # lawful whatever the class
    blocks: dict[str, Sign] = field(default_factory=dict)
    bans: dict[str, Ban] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """Blocks and classes in words: name -> language -> words."""

    blocks: dict[str, dict[str, str]]
    bans: dict[str, dict[str, str]]


def block_name(block: str, language: str) -> str:
    """The block in words; «block» for a name that the catalogue does not have. KeyError for a language not known."""
    words = open_names().blocks.get(block)
    return words[language] if words else f"«{block}»"


def ban_name(ban: str, language: str) -> str:
    """The prohibited class in words. KeyError for a class or a language not known."""
    return open_names().bans[ban][language]


@lru_cache(maxsize=1)
def open_names() -> Names:
    """The names of the shipped catalogue. CatalogueError if it has mistakes."""
    names, problems = read_names(jurisdictions_folder() / FOLDER)
    _refuse(problems)
    return names


@lru_cache(maxsize=8)
def open_signs(language: str) -> Signs:
    """The signs of a language in the shipped catalogue. CatalogueError if there are none, or on mistakes."""
    folder = jurisdictions_folder() / FOLDER
    known = sorted(path.stem.removeprefix("bans-") for path in folder.glob("bans-*.yaml"))
    if language not in known:
        raise CatalogueError(f"no signs for the language {language!r}; there are some for {', '.join(known)}")
    signs, problems = read_signs(folder, language)
    _refuse(problems)
    return signs


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise CatalogueError("\n".join(str(problem) for problem in problems))


# --- reading ------------------------------------------------------------------------------------------------------


def read_names(folder: Path) -> tuple[Names, list[Problem]]:
    """names.yaml as far as it can be read, and its mistakes."""
    from cadencia.rules.read_fields import Fields

    tree, mistakes = _tree(folder / "names.yaml")
    if tree is None:
        return Names({}, {}), mistakes.found
    fields = Fields(tree, ("blocks", "bans"), "the names", mistakes)
    found = {
        part: {name: _three(node, name, mistakes) for name, node in _entries(fields.need(part, f"{part}:"), mistakes)}
        for part in ("blocks", "bans")
    }
    _complete(found["bans"], mistakes)
    return Names(found["blocks"], found["bans"]), mistakes.found


def read_signs(folder: Path, language: str) -> tuple[Signs, list[Problem]]:
    """blocks-<language>.yaml and bans-<language>.yaml as far as they can be read, and their mistakes."""
    placeholders, blocks, problems = _read_blocks(folder / f"blocks-{language}.yaml")
    bans, more = _read_bans(folder / f"bans-{language}.yaml", language)
    return (
        Signs(language, placeholders, bans.negations, bans.between, bans.lawful, blocks, bans.bans),
        [*problems, *more],
    )


def _tree(path: Path) -> tuple[Node | None, Mistakes]:
    # read only when asked for: the sentences of a compiled rulebook need no YAML
    from cadencia.rules.yaml_reader import MAX_BYTES, Mistakes, read_yaml

    mistakes = Mistakes(f"{FOLDER}/{path.name}")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        return read_yaml(data.decode(), mistakes), mistakes
    except (OSError, UnicodeDecodeError) as error:
        mistakes.add(0, f"cannot be read ({error}); make it a readable file in UTF-8")
        return None, mistakes


def _entries(node: Node | None, mistakes: Mistakes) -> Iterator[tuple[str, Node]]:
    from cadencia.rules.read_fields import described
    from cadencia.rules.yaml_reader import Mapping, shown

    if not isinstance(node, Mapping):
        if node is not None:
            mistakes.add(node.line, f"{described(node)} where names are wanted; write name: and its entry below")
        return
    for name, (key, value) in node.entries.items():
        if _NAME.fullmatch(name):
            yield name, value
        else:
            mistakes.add(key.line, f"{shown(name)} is not a name; write lower-case letters, digits, - or _")


def _three(node: Node, name: str, mistakes: Mistakes) -> dict[str, str]:
    from cadencia.rules.read_fields import Fields, read_text

    fields = Fields(node, LANGUAGES, name, mistakes)
    given = {language: fields.need(language, f'{language}: "…"') for language in LANGUAGES}
    return {language: read_text(text, name, mistakes) for language, text in given.items() if text is not None}


def _complete(bans: dict[str, dict[str, str]], mistakes: Mistakes) -> None:
    for ban in sorted(set(BANS) ^ set(bans)):
        cure = "delete it, or add the class to the language" if ban in bans else "add its words"
        mistakes.add(1, f"bans: {ban} is {'not a class' if ban in bans else 'missing'}; {cure}")


def _phrases(node: Node | None, what: str, mistakes: Mistakes, *, shapes: bool = False) -> tuple[str, ...]:
    from cadencia.rules.read_fields import read_texts
    from cadencia.rules.script_phrases import PhraseError, forms
    from cadencia.rules.yaml_reader import shown

    if node is None:
        return ()
    found = read_texts(node, _ANY_TEXT, what, '["a phrase"]', mistakes)
    for phrase in found:
        try:
            forms(phrase.removesuffix("..."))
        except PhraseError as problem:
            mistakes.add(node.line, f"{what}: {problem}")
        if not shapes and "<" in phrase:
            mistakes.add(node.line, f"{what}: {shown(phrase)} has a shape; banned wording knows only # for a number")
    return found


_Shapes = dict[str, tuple[str, ...]]


def _read_blocks(path: Path) -> tuple[_Shapes, dict[str, Sign], list[Problem]]:
    from cadencia.rules.read_fields import Fields, read_texts, suggestion
    from cadencia.rules.script_shapes import SHAPES

    tree, mistakes = _tree(path)
    if tree is None:
        return {}, {}, mistakes.found
    fields = Fields(tree, ("placeholders", "blocks"), "the signs of blocks", mistakes)
    placeholders: _Shapes = {}
    for shape, node in _entries(fields.need("placeholders", "placeholders:"), mistakes):
        if shape not in SHAPES:
            mistakes.add(node.line, f"{shape} is not a shape; write {suggestion(shape, SHAPES)}")
        placeholders[shape] = read_texts(node, _NAME, shape, "[monto, saldo]", mistakes)
    blocks: dict[str, Sign] = {}
    for name, node in _entries(fields.need("blocks", "blocks:"), mistakes):
        blocks[name] = _sign(name, node, blocks, mistakes)
    return placeholders, blocks, mistakes.found


def _sign(name: str, node: Node, earlier: dict[str, Sign], mistakes: Mistakes) -> Sign:
    from cadencia.rules.read_fields import Fields, items_of, read_text, read_whole, read_word
    from cadencia.rules.yaml_reader import Listing

    here = mistakes.at(name)
    if isinstance(node, Listing):
        return Sign(groups=(_phrases(node, "signs", here, shapes=True),))
    keys = ("any", "all", "without", "order", "first_words", "not_in_text", "same_as")
    fields = Fields(node, keys, "a sign", here)
    if (same := fields.get("same_as")) is not None:
        return earlier.get(read_word(same, earlier, "same_as", here), Sign())
    if (why := fields.get("not_in_text")) is not None:
        return Sign(not_in_text=read_text(why, "not_in_text", here))

    def lists(key: str) -> tuple[tuple[str, ...], ...]:
        value = fields.get(key)
        items = () if value is None else items_of(value, key, here)
        return tuple(_phrases(item, key, here, shapes=True) for item in items)

    words = fields.get("first_words")
    sign = Sign(
        groups=(*((group,) if (group := _phrases(fields.get("any"), "any", here, shapes=True)) else ()), *lists("all")),
        without=_phrases(fields.get("without"), "without", here, shapes=True),
        order=lists("order"),
        first_words=0 if words is None else read_whole(words, 1, 1000, "first_words", here),
    )
    if not (sign.groups or sign.without or sign.order) or len(sign.order) not in (0, 2):
        here.add(node.line, "the sign asks for nothing, or order is not of two lists; write a list of phrases")
    return sign


def _read_bans(path: Path, language: str) -> tuple[Signs, list[Problem]]:
    from cadencia.rules.read_fields import Fields, suggestion

    tree, mistakes = _tree(path)
    if tree is None:
        return Signs(language), mistakes.found
    fields = Fields(tree, ("negations", "between", "lawful", "bans"), "the banned wording", mistakes)
    bans: dict[str, Ban] = {}
    for name, node in _entries(fields.need("bans", "bans:"), mistakes):
        if name not in BANS:
            mistakes.add(node.line, f"{name} is not a class; write {suggestion(name, BANS)}")
        bans[name] = _ban(node, mistakes.at(name))
    get: Callable[[str], tuple[str, ...]] = lambda key: _phrases(fields.get(key), key, mistakes)  # noqa: E731
    return Signs(language, {}, get("negations"), get("between"), get("lawful"), {}, bans), mistakes.found


def _ban(node: Node, mistakes: Mistakes) -> Ban:
    from cadencia.rules.read_fields import Fields, read_flag

    fields = Fields(node, ("words", "lawful", "in_court", "even_negated"), "a class", mistakes)
    negated = fields.get("even_negated")
    return Ban(
        words=_phrases(fields.need("words", 'words: ["…"]'), "words", mistakes),
        lawful=_phrases(fields.get("lawful"), "lawful", mistakes),
        in_court=_phrases(fields.get("in_court"), "in_court", mistakes),
        even_negated=negated is not None and read_flag(negated, "even_negated", mistakes),
    )
