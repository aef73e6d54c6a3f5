"""Strict reading of jurisdiction files: every mistake of a file in one run, each with its line and the cure.

A file with any mistake is not loaded at all: half a law would allow what the other half forbids.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cadencia.engine.words import FACTS, DebtType, Initiator, Stage
from cadencia.rules.circles import circle_problems
from cadencia.rules.law_files import CALENDARS, countries_of, files_beside, files_of_folder, open_law, printable
from cadencia.rules.model import CONFIDENCES, FORCES, KINDS, HolidayFile, JurisdictionFile, Problem, Rule, Version
from cadencia.rules.read_covers import COVER_KEYS, cover_problems, read_covers
from cadencia.rules.read_fields import (
    Fields,
    described,
    listed,
    read_date,
    read_match,
    read_parents,
    read_prose,
    read_text,
    read_texts,
    read_word,
    read_words,
    read_zone_of_place,
)  # fmt: skip
from cadencia.rules.read_holidays import read_holidays
from cadencia.rules.read_kinds import read_kind, read_when_date
from cadencia.rules.read_tests import read_test, tests_of
from cadencia.rules.read_windows import ACTORS, CHANNELS, PARTIES, PLACES, PURPOSES
from cadencia.rules.yaml_reader import MAX_BYTES, Listing, Mapping, Mistakes, Node, Scalar, read_yaml, shown

CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3}(-[A-Z0-9]{1,4})?)?", re.ASCII)
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_SOURCE = re.compile(r"https?://\S+")
_RULE_ID = re.compile(r"[A-Z]{2}(-[A-Z0-9]+)*\.[a-z0-9-]+\.[a-z0-9-]+", re.ASCII)
_RULE_ID_SHAPE = '["US.reg-f.convenient-hours"]'
SELECTORS: dict[str, tuple[str, ...]] = {
    "channels": CHANNELS,
    "actors": ACTORS,
    "purposes": PURPOSES,
    "initiators": tuple(word.name for word in Initiator),
    "parties": PARTIES,
    "places": PLACES,
    "debt_types": tuple(word.name for word in DebtType),
    "stages": tuple(word.name for word in Stage),
    "when_facts": tuple(FACTS),
    "unless_facts": tuple(FACTS),
}
_FILE_KEYS = ("jurisdiction", "title", "parents", "timezone", "holidays", *COVER_KEYS, "versions")
_VERSION_KEYS = (
    "from", "until", "known_since", "status", "review", "source", "checked", "confidence", "applies_to", "rules",
    "tests",
)  # fmt: skip
_RULE_KEYS = (*KINDS, "cite", "reading", "force", "confidence", "looser_than", *SELECTORS, "when_date")


@dataclass(frozen=True)
class Loaded:
    """A folder of jurisdictions as read. Files with mistakes are only in `problems` and `texts`."""

    files: tuple[JurisdictionFile, ...]
    holidays: dict[str, HolidayFile]
    problems: list[Problem]
    texts: dict[str, str]  # path -> source text
    unread: dict[str, str] = field(default_factory=dict)  # path -> jurisdiction code, of files not loaded for mistakes

    @property
    def digest(self) -> str:
        """sha256 over sorted paths and the sha256 of each content, in hex: one file can be checked without the rest."""
        total = hashlib.sha256()
        for path, text in sorted(self.texts.items()):
            for part in (path.encode("utf-8", "surrogateescape"), hashlib.sha256(text.encode()).digest()):
                total.update(len(part).to_bytes(8, "big") + part)
        return total.hexdigest()


def load_text(text: str, path: str) -> tuple[JurisdictionFile | None, list[Problem]]:
    """One jurisdiction file, or None and what is wrong with it. `path` is relative to the jurisdictions folder."""
    file, problems = read_law(text, path)
    return (None if problems else file), problems


def load_holidays_text(text: str, path: str) -> tuple[HolidayFile | None, list[Problem]]:
    """One calendar file of the holidays folder, or None and what is wrong with it."""
    mistakes = Mistakes(path)
    tree = read_yaml(text, mistakes)
    file = None if tree is None else read_holidays(tree, path, mistakes)
    return (None if mistakes.found else file), _sorted(mistakes.found)


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.path, problem.line, problem.where, problem.message))


def read_law(text: str, path: str) -> tuple[JurisdictionFile | None, list[Problem]]:
    """The file as far as it could be read, and its problems in the order of lines."""
    mistakes = Mistakes(path)
    tree = read_yaml(text, mistakes)
    file = None if tree is None else _jurisdiction(tree, path, mistakes)
    return file, _sorted(mistakes.found)


def _jurisdiction(tree: Node, path: str, mistakes: Mistakes) -> JurisdictionFile:
    fields = Fields(tree, _FILE_KEYS, "a jurisdiction file", mistakes)
    code = fields.need("jurisdiction", 'jurisdiction: "CO"')
    title = fields.need("title", 'title: "Colombia: Ley 2300 de 2023"')
    zone = fields.need("timezone", 'timezone: "America/Bogota", or timezone: person')
    holidays = fields.need("holidays", 'holidays: "co", or holidays: none')
    versions = fields.need("versions", "versions: and a list of them")
    parents = fields.get("parents")
    read_code = "" if code is None else read_match(code, CODE, "jurisdiction", '"US" or "US-MA"', mistakes)
    covers = read_covers(fields, read_code, CODE, mistakes)
    return JurisdictionFile(
        path=path,
        jurisdiction=read_code,
        title="" if title is None else read_prose(title, "title", mistakes),
        parents=() if parents is None else read_parents(parents, read_code, CODE, mistakes),
        timezone="" if zone is None else read_zone_of_place(zone, mistakes),
        holidays="" if holidays is None else _calendar_name(holidays, mistakes),
        covers=covers.codes,
        covers_reading=covers.reading,
        covers_line=covers.line,
        versions=() if versions is None else read_versions(versions, mistakes),
    )


def _calendar_name(node: Node, mistakes: Mistakes) -> str:
    name = read_match(node, NAME, "holidays", '"co", or none', mistakes)
    return "" if name == "none" else name


def read_versions(node: Node, mistakes: Mistakes) -> tuple[Version, ...]:
    """The versions of a law or a policy, those that could be read."""
    if not isinstance(node, Listing) or not node.items:
        found = "an empty list" if isinstance(node, Listing) else described(node)
        mistakes.add(node.line, f'versions is {found}; write a list, each version beginning with - from: "YYYY-MM-DD"')
        return ()
    return tuple(version for item in node.items if (version := _version(item, mistakes)) is not None)


def _version(node: Node, mistakes: Mistakes) -> Version | None:
    entry = node.entries.get("from") if isinstance(node, Mapping) else None
    name = shown(entry[1].text) if entry and isinstance(entry[1], Scalar) else f"of line {node.line}"
    here = mistakes.at(f"version {name}")
    fields = Fields(node, _VERSION_KEYS, "a version", here)
    from_node = fields.need("from", 'from: "YYYY-MM-DD"')
    from_ = None if from_node is None else read_date(from_node, "from", here)
    until, known = fields.get("until"), fields.get("known_since")
    status, source, checked = fields.get("status"), fields.get("source"), fields.get("checked")
    reviewed_by, reviewed_on = _review(fields.get("review"), here)
    rules, tests = fields.need("rules", "rules: and at least one"), fields.get("tests")
    common = _selectors(fields.get("applies_to"), here)
    test_nodes = () if tests is None else tests_of(tests, here)
    read_tests = [read_test(item, _test_place(item, mistakes)) for item in test_nodes]
    read_rules = () if rules is None else _rules(rules, common, mistakes, here)
    read_until = None if until is None else read_date(until, "until", here)
    read_known = None if known is None else read_date(known, "known_since", here)
    read_status = "in_force" if status is None else read_word(status, ("in_force", "draft"), "status", here)
    read_source = "" if source is None else read_match(source, _SOURCE, "source", '"https://example.org/text"', here)
    if from_ is None:
        return None
    return Version(
        line=node.line, from_=from_, until=read_until, known_since=read_known, status=read_status,
        reviewed_by=reviewed_by, reviewed_on=reviewed_on, source=read_source, rules=read_rules,
        checked=None if checked is None else read_date(checked, "checked", here), confidence=_confidence(fields, here),
        tests=tuple(test for test in read_tests if test is not None),
    )  # fmt: skip


def _confidence(fields: Fields, mistakes: Mistakes) -> str:
    value = fields.get("confidence")
    return "" if value is None else read_word(value, CONFIDENCES, "confidence", mistakes)


def _test_place(node: Node, mistakes: Mistakes) -> Mistakes:
    entry = node.entries.get("when") if isinstance(node, Mapping) else None
    return mistakes.at(f"test {shown(entry[1].text)}" if entry and isinstance(entry[1], Scalar) else "test")


def _review(node: Node | None, mistakes: Mistakes) -> tuple[str, date | None]:
    if node is None or (isinstance(node, Scalar) and node.text == "unreviewed"):
        return "", None
    if not isinstance(node, Mapping):
        mistakes.add(node.line, f'review is {described(node)}; write unreviewed, or {{by: "name", on: "YYYY-MM-DD"}}')
        return "", None
    fields = Fields(node, ("by", "on"), "review", mistakes)
    by, on = fields.need("by", 'by: "name"'), fields.need("on", 'on: "YYYY-MM-DD"')
    return (
        "" if by is None else read_text(by, "review by", mistakes),
        None if on is None else read_date(on, "review on", mistakes),
    )


def _selectors(node: Node | None, mistakes: Mistakes) -> dict[str, tuple[str, ...]]:
    if node is None:
        return {}
    return _given_selectors(Fields(node, SELECTORS, "applies_to", mistakes), mistakes)


def _given_selectors(fields: Fields, mistakes: Mistakes) -> dict[str, tuple[str, ...]]:
    return {
        key: read_words(value, known, key, mistakes)
        for key, known in SELECTORS.items()
        if (value := fields.get(key)) is not None
    }


def _rules(node: Node, common: dict[str, tuple[str, ...]], file: Mistakes, version: Mistakes) -> tuple[Rule, ...]:
    if not isinstance(node, Mapping) or not node.entries:
        found = "empty" if isinstance(node, Mapping) else described(node)
        version.add(node.line, f"rules is {found}; write a name, a colon, and the rule below it, further in")
        return ()
    rules = []
    for name, (key, body) in node.entries.items():
        here = file.at(shown(name))
        if not NAME.fullmatch(name) or len(name) > 60:
            here.add(key.line, "is not a rule's name; write lower-case letters, digits and hyphens, at most 60")
        rule = _rule(name, key.line, body, common, here)
        if rule is not None:
            rules.append(rule)
    return tuple(rules)


def _rule(name: str, line: int, node: Node, common: dict[str, tuple[str, ...]], mistakes: Mistakes) -> Rule | None:
    """One rule with the version's selectors where it names none; None when its kind is not clear."""
    fields = Fields(node, _RULE_KEYS, "a rule", mistakes)
    if not isinstance(node, Mapping):
        return None
    kinds = [key for key in fields.given() if key in KINDS]
    cite, reading, force = fields.need("cite", 'cite: "law, article"'), fields.get("reading"), fields.get("force")
    looser = fields.get("looser_than")
    selectors: dict[str, Any] = {**common, **_given_selectors(fields, mistakes)}
    if (dated := fields.get("when_date")) is not None:
        selectors |= read_when_date(dated, mistakes)
    bodies = [read_kind(kind, body, mistakes) for kind in kinds if (body := fields.get(kind)) is not None]
    if len(kinds) != 1:
        cure = f"write one of {listed(KINDS)}" if not kinds else "write each as a rule of its own"
        mistakes.add(line, f"a rule has {'no kind' if not kinds else 'the kinds ' + listed(kinds)}; {cure}")
    if kinds == ["channel_ban"] and "channels" not in selectors:
        mistakes.add(line, "channel_ban does not say which channels; write channels: [visit] beside it")
    read_cite = "" if cite is None else read_prose(cite, "cite", mistakes)
    read_reading = "" if reading is None else read_prose(reading, "reading", mistakes)
    read_force = "statute" if force is None else read_word(force, FORCES, "force", mistakes)
    if len(bodies) != 1:
        return None
    return Rule(
        name=name, line=line, kind=kinds[0], body=bodies[0], cite=read_cite, reading=read_reading, force=read_force,
        confidence=_confidence(fields, mistakes),
        looser_than=() if looser is None else read_texts(looser, _RULE_ID, "looser_than", _RULE_ID_SHAPE, mistakes),
        **selectors,
    )  # fmt: skip


def load_tree(root: Path, only: str | None = None) -> Loaded:
    """Every jurisdiction file under `root`, and the calendars of `root`/holidays.

    `only` is a folder ("co"), a code ("CO", "US-MA") or a file ("co/ley-2300.yaml"): its whole folder is read, the
    folders of its ancestors, and the calendars that they name, so that every stack is complete.
    """
    tree = _Tree(root)
    if only is None:
        for folder in countries_of(root):
            tree.read_folder(folder)
        names = tree.calendars()
    else:
        tree.read_with_ancestors(only)
        names = {file.holidays for file in tree.files if file.holidays}
    for name in sorted(names):
        tree.read_calendar(name)
    tree.refuse_beside(is_whole=only is None)
    between = [*cover_problems(tree.files), *circle_problems(tree.files, tree.texts)]
    problems = _sorted([*tree.problems, *between])
    return Loaded(tuple(tree.files), tree.holidays, problems, tree.texts, tree.unread)


class _Tree:
    """Reads folders of one root, each once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: list[JurisdictionFile] = []
        self.holidays: dict[str, HolidayFile] = {}
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}
        self.unread: dict[str, str] = {}

    def calendars(self) -> set[str]:
        """The names of the calendars; what only looks like one is refused."""
        if not (self.root / CALENDARS).is_dir():
            return set()
        deeper = f"lies in a folder of {CALENDARS}/ and is not read; move it up"
        found = [
            (one, one.refused or ("" if one.file.parent.name == CALENDARS else deeper))
            for one in files_of_folder(self.root, CALENDARS)
        ]
        return {one.file.stem for one, refused in found if not self._refuse(one.path, refused)}

    def refuse_beside(self, *, is_whole: bool) -> None:
        """Notes files that nobody reads, and a root (read as a whole) in which there is nothing to read."""
        for one in files_beside(self.root):
            self._refuse(one.path, one.refused)
        if is_whole and not (self.problems or self.files):
            self._refuse(printable(self.root), "holds no file of law; write one, as us/a-law.yaml, or mend --root")

    def _refuse(self, path: str, message: str) -> bool:
        if message:
            self.problems.append(Problem(path=path, line=0, where="", message=message))
        return bool(message)

    def read_with_ancestors(self, only: str) -> None:
        """The folder that `only` names, then the folders of all parents named in what was read."""
        known = countries_of(self.root)
        first = _folder_of(only.split("/")[0])
        if first not in known:
            message = f"there is no folder {shown(first)}; write one of {listed(known)}"
            self.problems.append(Problem(path=shown(only), line=0, where="", message=message))
            return
        waiting, done = [first], {first}
        while waiting:
            for code in self.read_folder(waiting.pop()):
                folder = _folder_of(code)
                if folder in known and folder not in done:
                    done.add(folder)
                    waiting.append(folder)

    def read_folder(self, folder: str) -> list[str]:
        """Reads every file of one folder; the parents that they name."""
        parents: list[str] = []
        for file, path, refused in files_of_folder(self.root, folder):
            text = None if self._refuse(path, refused) else self._text(file, path)
            if text is None:
                continue
            read, problems = read_law(text, path)
            self.problems += problems
            if read is not None and not problems:
                self.files.append(read)
            else:
                self.unread[path] = read.jurisdiction if read else ""
            parents += read.parents if read else ()
        return parents

    def read_calendar(self, name: str) -> None:
        """Reads one calendar; lint says if it is missing."""
        path = f"{CALENDARS}/{name}.yaml"
        text = self._text(self.root / path, path) if (self.root / path).is_file() else None
        if text is None:
            return
        read, problems = load_holidays_text(text, path)
        self.problems += problems
        if read is not None:
            self.holidays[name] = read
        else:
            self.unread[path] = ""

    def _text(self, file: Path, path: str) -> str | None:
        """The text of a file, kept for the digest; None, and a problem, when it is too big or not UTF-8."""
        mistakes = Mistakes(path, found=self.problems)
        try:
            with open_law(file) as stream:
                data = stream.read(MAX_BYTES + 1)
            text = data.decode()
        except OSError as error:
            mistakes.add(0, f"cannot be opened ({error.strerror}); make it a readable file")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            mistakes.add(line, f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8")
        else:
            if len(data) <= MAX_BYTES:
                self.texts[path] = text
                return text
            mistakes.add(1, f"the file is over the limit of {MAX_BYTES} bytes; split it into one file a law")
        self.unread[path] = ""
        return None


def _folder_of(code: str) -> str:
    """The folder of a code or its country: us for US-MA."""
    return code.split("-")[0].lower()
