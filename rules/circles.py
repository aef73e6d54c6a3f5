"""Places that stand above themselves by what several files say of their parents: no stack has a top then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cadencia.rules.model import JurisdictionFile, Problem


def circle_problems(files: Iterable[JurisdictionFile], texts: Mapping[str, str]) -> Iterator[Problem]:
    """Every named parent that stands below the place it is named for, at the line of its file's key `parents`."""
    read = list(files)
    above = _named(read)
    for file in read:
        for parent in file.parents:
            if file.jurisdiction in ancestors(parent, above):
                message = f"{parent} itself stands below {file.jurisdiction}; delete it here, or there"
                line = _line(texts.get(file.path, ""), parent)
                yield Problem(path=file.path, line=line, where="parents", message=message)


def ancestors(code: str, above: Mapping[str, Iterable[str]]) -> list[str]:
    """All that stand above a place, nearest first, each once and whatever circle the files make; in a circle the place
    itself is one of them. `above`: the parents that files name of a place."""
    found: list[str] = []
    waiting = _above_one(code, above)
    for one in waiting:
        if one not in found:
            found.append(one)
            waiting.extend(_above_one(one, above))
    return found


def _above_one(code: str, above: Mapping[str, Iterable[str]]) -> list[str]:
    prefix = code.rpartition("-")[0]
    return [*above.get(code, ()), *([prefix] if prefix else [])]


def _named(files: Iterable[JurisdictionFile]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for file in files:
        named.setdefault(file.jurisdiction, []).extend(file.parents)
    return named


def _line(text: str, parent: str) -> int:
    """The first line that names parents, this one if they stand on one line; 1 if the text does not show it."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if "parents:" in line]
    return next((number for number, line in lines if parent in line), lines[0][0] if lines else 1)
