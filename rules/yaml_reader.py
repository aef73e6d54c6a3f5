"""Strict YAML 1.2 into a small tree with line numbers, and the list every mistake of a file is noted in.

Only mappings, lists and scalars pass: no tag, anchor, alias, merge key, directive or second document. Nothing raises:
a text that cannot be read gives mistakes. Scalars stay text; what they mean is decided where they are used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Union

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)  # fmt: skip

from cadencia.rules.model import Problem
from cadencia.rules.visible import visible

MAX_BYTES = 1 << 20
MAX_DEPTH = 16
MAX_VALUES = 100_000  # some two seconds of reading
MAX_MISTAKES = 500

# Line breaks of other standards and marks that reorder text on screen hide from a reader what a machine obeys.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_LONE_RETURN = re.compile("\r(?!\n)")


@dataclass(frozen=True)
class Scalar:
    """One value as written; `plain` when it stood without quotes."""

    line: int
    text: str
    plain: bool


@dataclass(frozen=True)
class Listing:
    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Mapping:
    """Keys in the order written, each once."""

    line: int
    entries: dict[str, tuple[Scalar, Node]]


Node = Union[Scalar, Listing, Mapping]


class Mistakes:
    """The problems found in one file so far. `at` gives the same list seen from a rule, version or test."""

    def __init__(self, path: str, where: str = "", found: list[Problem] | None = None) -> None:
        self.path, self.where = path, where
        self.found: list[Problem] = [] if found is None else found

    def at(self, where: str) -> Mistakes:
        """The same list; what is added is said to be in `where`."""
        return Mistakes(self.path, where, self.found)

    def add(self, line: int, message: str) -> None:
        """Note one mistake. After MAX_MISTAKES one last line says that there are more."""
        if len(self.found) == MAX_MISTAKES:
            message = f"more than {MAX_MISTAKES} mistakes; mend these and check again"
            self.found.append(Problem(path=self.path, line=line, where="", message=message))
        elif len(self.found) < MAX_MISTAKES:
            self.found.append(Problem(path=self.path, line=line, where=self.where, message=message))


def shown(text: str) -> str:
    """Text of a file as it may be put into a message: short, on one line, nothing invisible."""
    cut = text if len(text) <= 60 else text[:57] + "..."
    return visible(cut)


def read_yaml(text: str, mistakes: Mistakes) -> Node | None:
    """The tree of the one document in `text`, or None when it cannot be read; `mistakes` says why."""
    if not _is_clean(text, mistakes):
        return None
    builder = _Builder(mistakes)
    try:
        # The plain scanner, not the round-trip one: comments are not needed to read, and cost time.
        for event in YAML(typ="safe", pure=True).parse(text):
            if not builder.take(event):
                return None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _unreadable(mistakes, mark.line + 1 if mark else 1, error.problem or error.context or "not YAML")
        return None
    except (YAMLError, ValueError, OverflowError, LookupError, AttributeError, TypeError, AssertionError) as error:
        # What the scanner lets slip on hostile text, such as an escape beyond the last character.
        _unreadable(mistakes, builder.line, f"{type(error).__name__}")
        return None
    if builder.root is None:
        mistakes.add(1, "the file is empty; copy the first example of docs/rule-language.md")
    return builder.root


def _unreadable(mistakes: Mistakes, line: int, problem: str) -> None:
    mistakes.add(
        line, f"cannot be read as YAML: {shown(problem)}; check indentation, quotes and brackets here and just above"
    )


def _is_clean(text: str, mistakes: Mistakes) -> bool:
    """Is the raw text free of what no rule file may hold? Every offending line is noted."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        mistakes.add(1, f"the file has {size} bytes, over the limit of {MAX_BYTES}; split it into one file a law")
        return False
    before = len(mistakes.found)
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            mistakes.add(number, "a tab; write spaces instead")
        unseen = _UNSEEN.search(line) or _LONE_RETURN.search(line + "\n")
        if unseen:
            mistakes.add(number, f"an invisible character U+{ord(unseen.group()):04X}; delete it")
        if line.startswith("%"):
            mistakes.add(number, f"a directive {shown(line.strip())}; delete the line")
    return len(mistakes.found) == before


@dataclass
class _Open:
    """A mapping or list whose end has not come yet."""

    line: int
    is_mapping: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Scalar | None = None
    expects_key: bool = True


class _Builder:
    """Turns parser events into the tree, without recursion; stops where depth or documents pass the limits."""

    def __init__(self, mistakes: Mistakes) -> None:
        self.root: Node | None = None
        self.line = 1
        self._mistakes = mistakes
        self._open: list[_Open] = []
        self._documents = 0
        self._values = 0

    def take(self, event: Event) -> bool:
        """Take one event; False when reading must stop here."""
        self.line = event.start_mark.line + 1
        self._values += 1
        if self._values > MAX_VALUES:
            self._mistakes.add(self.line, f"more values than the limit of {MAX_VALUES}; split it into one file a law")
            return False
        if isinstance(event, StreamEndEvent):
            return True
        if isinstance(event, DocumentStartEvent):
            return self._start_document()
        if isinstance(event, AliasEvent):
            self._mistakes.add(self.line, f"an alias *{shown(str(event.anchor))}; write the value out in full")
            self._put(Scalar(self.line, f"*{event.anchor}", plain=False))
        elif isinstance(event, ScalarEvent):
            self._refuse_marks(event)
            self._scalar(event)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self._refuse_marks(event)
            return self._start(isinstance(event, MappingStartEvent))
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self._end()
        return True

    def _start_document(self) -> bool:
        self._documents += 1
        if self._documents > 1:
            self._mistakes.add(self.line, "a second document begins; delete the --- line or make it a file of its own")
        return self._documents == 1

    def _refuse_marks(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        if event.anchor is not None:
            self._mistakes.add(self.line, f"an anchor &{shown(str(event.anchor))}; delete it, nothing may refer to it")
        if event.tag is not None:
            self._mistakes.add(self.line, f"a tag {shown(str(event.tag))}; delete it")

    def _scalar(self, event: ScalarEvent) -> None:
        text = str(event.value)
        unseen = _UNSEEN.search(text)
        if unseen:
            self._mistakes.add(self.line, f"an invisible character U+{ord(unseen.group()):04X}; delete the escape")
            text = _UNSEEN.sub("", text)
        self._put(Scalar(self.line, text, plain=event.style is None or event.style == ""))

    def _start(self, is_mapping: bool) -> bool:
        if len(self._open) == MAX_DEPTH:
            self._mistakes.add(self.line, f"nested deeper than the limit of {MAX_DEPTH}; write it flatter")
            return False
        self._open.append(_Open(self.line, is_mapping))
        return True

    def _end(self) -> None:
        done = self._open.pop()
        self._put(Mapping(done.line, done.entries) if done.is_mapping else Listing(done.line, tuple(done.items)))

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        top = self._open[-1]
        if not top.is_mapping:
            top.items.append(node)
        elif top.expects_key:
            top.key, top.expects_key = self._as_key(node), False
        else:
            self._enter(top, node)
            top.key, top.expects_key = None, True

    def _as_key(self, node: Node) -> Scalar | None:
        if not isinstance(node, Scalar):
            self._mistakes.add(node.line, "a list or mapping as a key; a key is one word")
            return None
        if node.plain and node.text == "<<":
            self._mistakes.add(node.line, "a merge key <<; write the entries out in full")
            return None
        kind = kind_of_plain(node.text) if node.plain else ""
        if kind:
            self._mistakes.add(node.line, f"the key {shown(node.text) or 'of this line'} is {kind}; {_quoted(node)}")
            return None
        return node

    def _enter(self, top: _Open, node: Node) -> None:
        if top.key is None:
            return
        earlier = top.entries.get(top.key.text)
        if earlier is None:
            top.entries[top.key.text] = (top.key, node)
            return
        message = f"the key {shown(top.key.text)} is given twice (first in line {earlier[0].line}); keep one of them"
        self._mistakes.add(top.key.line, message)


_KINDS_OF_PLAIN = (
    (re.compile(r"\d{1,2}:\d{2}"), "an unquoted time"),
    (re.compile(r"(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d)"), "an unquoted date"),
    (re.compile(r"^\d{2}-\d{2}$"), "an unquoted date"),
    (re.compile(r"^[A-Z]{2}(-[A-Z0-9]{1,4}){0,2}$"), "an unquoted country code"),
    (re.compile(r"^[-+]?(\d[\d_]*\.?[\d_]*|\.\d+)([eE][-+]?\d+)?$|^0[xob][\da-fA-F]+$"), "an unquoted number"),
    (re.compile(r"^[-+]?\.(inf|nan)$", re.IGNORECASE), "an unquoted number"),
    (re.compile(r"^(y|n|yes|no|on|off|true|false)$", re.IGNORECASE), "an unquoted yes or no"),
    (re.compile(r"^(null|~|)$", re.IGNORECASE), "empty"),
)
#: `on` is the key of a review's date; YAML 1.2 reads it as text.
_PLAIN_KEYS = ("on",)


def kind_of_plain(text: str) -> str:
    """What an unquoted scalar may be taken for instead of text, e.g. 'an unquoted time'; "" if it is text for sure."""
    if text in _PLAIN_KEYS:
        return ""
    return next((kind for pattern, kind in _KINDS_OF_PLAIN if pattern.search(text)), "")


def _quoted(node: Scalar) -> str:
    return f'write "{shown(node.text)}"' if node.text else "write a key"
