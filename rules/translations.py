"""Titles, readings, citations and rule names of the law in Spanish and Portuguese.

`jurisdictions/translations/<language>/<country>.yaml` holds, for each law file, the title, those citations that have
English words, and for each rule a heading and the readings; `policy.yaml` does so for the shipped house policies. All
but headings name the English text that they translate by a short hash (`of`); when that text changes the translation no
longer fits, and the English is shown instead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cadencia.rules.model import JurisdictionFile, Problem
from cadencia.rules.read_fields import Fields, described, items_of, read_match, read_text
from cadencia.rules.yaml_reader import MAX_BYTES, Mapping, Mistakes, Node, read_yaml, shown

FOLDER = "translations"
TRANSLATED = ("es", "pt")
_HASH_LENGTH = 8
_HASH = re.compile(rf"[0-9a-f]{{{_HASH_LENGTH}}}", re.ASCII)
#: What tells that a citation is not in the words of the law alone, and so is to be translated.
_ENGLISH = re.compile(r"\b(and|as|by|consumer|Directive|of|on|policy|published|Regulation|the|to|under)\b")
_LAW_KEYS = ("title", "covers", "cites", "rules")
_POLICY = "policy"


@dataclass(frozen=True)
class Said:
    """A text in the language asked for, or in English where there is no translation of this very text."""

    text: str
    language: str


@dataclass
class LawTexts:
    """What is translated of one law file; keys of `texts` are hashes of the English."""

    line: int
    texts: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    heading_lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Translations:
    """Every translation into one language. English has none and needs none."""

    language: str
    laws: dict[str, LawTexts] = field(default_factory=dict)  # by the path of the law file
    places: dict[str, str] = field(default_factory=dict)  # names of places, by code
    problems: tuple[Problem, ...] = ()

    def text(self, path: str, english: str) -> Said:
        """The title or reading of that law."""
        law = self.laws.get(path)
        found = law.texts.get(text_hash(english)) if law and english else None
        return Said(found, self.language) if found else Said(english, "en")

    def cite(self, path: str, english: str) -> str:
        """The citation in this language if that law has it translated; else as it is written."""
        return self.text(path, english).text

    def heading(self, path: str, rule: str) -> str:
        """The rule's name for people: "Contact hours" of contact-hours."""
        law = self.laws.get(path)
        found = law.headings.get(rule) if law else None
        plain = rule.replace("-", " ")
        return found or plain[0].upper() + plain[1:]


def text_hash(english: str) -> str:
    """The first characters of the sha256 of the text, blanks at its ends and double ones left out."""
    return hashlib.sha256(" ".join(english.split()).encode()).hexdigest()[:_HASH_LENGTH]


def read_translations(root: Path, language: str, only: Iterable[str] | None = None) -> Translations:
    """The translations into a language under the folder of law; their mistakes are in `problems`, nothing raises.
    `only` names the paths of the law files that are asked about: the others' translations are not read."""
    wanted = None if only is None else {path.split("/")[0] for path in only}
    laws: dict[str, LawTexts] = {}
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted((root / FOLDER / language).glob("*.yaml")):
        if wanted is not None and path.stem not in wanted:
            continue
        mistakes = Mistakes(path.relative_to(root).as_posix(), found=problems)
        text = _text_of(path, mistakes)
        tree = None if text is None else read_yaml(text, mistakes)
        if tree is not None:
            _read_country(tree, laws, places, mistakes)
    return Translations(language, laws, places, tuple(problems))


def _text_of(path: Path, mistakes: Mistakes) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        mistakes.add(0, f"cannot be opened ({error.strerror}); make it a readable file")
        return None
    if len(data) > MAX_BYTES:
        mistakes.add(1, f"the file is over the limit of {MAX_BYTES} bytes; write one file a country")
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        mistakes.add(1, "is not UTF-8; save the file as UTF-8")
        return None


def _read_country(tree: Node, laws: dict[str, LawTexts], places: dict[str, str], mistakes: Mistakes) -> None:
    if not isinstance(tree, Mapping):
        mistakes.add(tree.line, f"the file is {described(tree)}; write the path of a law file and below it title: …")
        return
    for path, (at, node) in tree.entries.items():
        if path == "places":
            places.update(_texts_by_name(node, "places", mistakes))
        else:
            laws[path] = _read_law(node, at.line, mistakes.at(shown(path)))


def _read_law(node: Node, line: int, mistakes: Mistakes) -> LawTexts:
    law = LawTexts(line)
    fields = Fields(node, _LAW_KEYS, "the translation of a law", mistakes)
    for what in ("title", "covers"):
        if (one := fields.get(what)) is not None:
            _read_text_of(one, what, law, mistakes)
    if (cites := fields.get("cites")) is not None:
        for item in items_of(cites, "cites", mistakes):
            _read_text_of(item, "a citation", law, mistakes)
    rules = fields.get("rules")
    if isinstance(rules, Mapping):
        for name, (key, rule) in rules.entries.items():
            law.heading_lines[name] = key.line
            _read_rule(rule, name, law, mistakes)
    elif rules is not None:
        mistakes.add(rules.line, f"rules is {described(rules)}; write the rule's name and below it heading: …")
    return law


def _read_rule(node: Node, name: str, law: LawTexts, mistakes: Mistakes) -> None:
    fields = Fields(node, ("heading", "readings"), shown(name), mistakes)
    if (heading := fields.need("heading", 'heading: "…"')) is not None:
        law.headings[name] = read_text(heading, "heading", mistakes)
    if (readings := fields.get("readings")) is not None:
        for item in items_of(readings, "readings", mistakes):
            _read_text_of(item, "a reading", law, mistakes)


def _read_text_of(node: Node, what: str, law: LawTexts, mistakes: Mistakes) -> None:
    fields = Fields(node, ("of", "is"), what, mistakes)
    of, text = fields.need("of", 'of: "1a2b3c4d"'), fields.need("is", 'is: "the translation"')
    if of is None or text is None:
        return
    key = read_match(of, _HASH, "of", '"1a2b3c4d", the hash that rules translations prints', mistakes)
    law.texts[key] = read_text(text, "is", mistakes)
    law.lines[key] = node.line


def _texts_by_name(node: Node, what: str, mistakes: Mistakes) -> dict[str, str]:
    if not isinstance(node, Mapping):
        mistakes.add(node.line, f'{what} is {described(node)}; write name: "text" for each')
        return {}
    return {name: read_text(value, name, mistakes) for name, (_, value) in node.entries.items()}


# --- what is missing or stale -------------------------------------------------------------------------------------


def english_texts(file: JurisdictionFile) -> Iterator[tuple[str, str]]:
    """What of a law file is to be translated: (where, text), each text once."""
    seen: set[str] = set()
    rows = [("title", file.title), ("covers", file.covers_reading)]
    rules = [rule for version in file.versions for rule in version.rules]
    rows += [("cites", rule.cite) for rule in rules if _ENGLISH.search(rule.cite)]
    rows += [(rule.name, rule.reading) for rule in rules]
    for where, text in rows:
        if text and text not in seen:
            seen.add(text)
            yield where, text


def stale(files: Iterable[JurisdictionFile], translations: Translations) -> Iterator[Problem]:
    """Translations whose English is no longer there, headings of rules that are gone, and laws begun but not whole.
    `files` are all files of law, and those of the policies that are to be looked at."""
    by_path: dict[str, list[JurisdictionFile]] = {}
    for file in files:
        by_path.setdefault(file.path, []).append(file)  # a policy's file has one for each of its places
    for path, law in translations.laws.items():
        source = f"{FOLDER}/{translations.language}/{path.split('/')[0]}.yaml"
        if path in by_path:
            yield from _unfit(by_path[path], law, source)
        elif not path.startswith(f"{_POLICY}/"):  # else a policy that is not switched on
            yield _warning(source, law.line, path, "there is no such law file; mend the path, or delete the entry")


def _unfit(files: list[JurisdictionFile], law: LawTexts, source: str) -> Iterator[Problem]:
    path = files[0].path
    rules = [rule for file in files for version in file.versions for rule in version.rules]
    wanted = {text_hash(text): (where, text) for file in files for where, text in english_texts(file)}
    read = wanted.keys() | {text_hash(rule.cite) for rule in rules}
    for key in sorted(law.texts.keys() - read):
        cure = "translate the text anew and write its hash, or delete the entry"
        yield _warning(source, law.lines[key], path, f"nothing in the law reads {key} any more; {cure}")
    for key in sorted(wanted.keys() - law.texts.keys()):
        where, text = wanted[key]
        yield _warning(source, law.line, path, f"{where} is not translated; add of: {key} ({shown(text)})")
    names = {rule.name for rule in rules}
    for name in sorted(law.headings.keys() - names):
        yield _warning(source, law.heading_lines[name], path, f"no rule is called {name}; delete its heading")
    for name in sorted(names - law.headings.keys()):
        yield _warning(source, law.line, path, f"the rule {name} has no heading; add {name}: …")


def _warning(path: str, line: int, where: str, message: str) -> Problem:
    return Problem(path=path, line=line, where=where, message=message, severity="warning")
