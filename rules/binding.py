"""Which versions of which laws bind in a place on a day; which did, which will, and which are only drafts?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from cadencia.engine.tables import Rulebook
from cadencia.rules.lint import with_ends
from cadencia.rules.lint_force import in_force
from cadencia.rules.model import JurisdictionFile, Version


@dataclass(frozen=True)
class Held:
    """A version of a law. `ends` is the first day on which it no longer holds, None while no end is known."""

    file: JurisdictionFile
    version: Version
    ends: date | None


@dataclass(frozen=True)
class Law:
    """All that is on file for a place, seen from one day: the place's own law first, then its parents'."""

    binding: tuple[Held, ...]
    former: tuple[Held, ...]
    coming: tuple[Held, ...]
    drafts: tuple[Held, ...]


def stack_of(code: str, rulebook: Rulebook) -> tuple[str, ...]:
    """The place and all its parents, nearest first. KeyError for a place that the rulebook does not know."""
    return (code, *rulebook.jurisdictions[code].parents)


def law_of(files: Iterable[JurisdictionFile], stack: tuple[str, ...], day: date) -> Law:
    """The law of a stack of places on that day."""
    held = list(_held(files, stack))
    return Law(
        binding=tuple(one for one in held if in_force(one.version, one.ends, day)),
        former=tuple(one for one in held if _applied(one) and one.ends is not None and one.ends <= day),
        coming=tuple(one for one in held if _applied(one) and one.version.from_ > day),
        drafts=tuple(one for one in held if not _applied(one)),
    )


def last_look(files: Iterable[JurisdictionFile]) -> date | None:
    """The latest day on which any source was looked at; None where no file says one."""
    days = [version.checked for file in files for version in file.versions if version.checked]
    return max(days, default=None)


def confidence_of(version: Version) -> dict[str, int]:
    """How many rules are of each confidence, the version's own first; "" where neither rule nor version says one."""
    found: dict[str, int] = {version.confidence: 0} if version.confidence else {}
    for rule in version.rules:
        own = rule.confidence or version.confidence
        found[own] = found.get(own, 0) + 1
    return found


def _held(files: Iterable[JurisdictionFile], stack: tuple[str, ...]) -> Iterator[Held]:
    listed = list(files)
    for code in stack:
        for file in listed:
            if file.jurisdiction == code:
                yield from (Held(file, version, ends) for version, ends in with_ends(file))


def _applied(held: Held) -> bool:
    return held.version.status == "in_force"
