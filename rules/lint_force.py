"""Is anything of a place in force today? Law that has all ended, or is all to come, forbids nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from cadencia.rules.model import JurisdictionFile, Problem, Version

#: A version and the first date on which it no longer holds.
Held = tuple[JurisdictionFile, Version, date | None]


def force_problems(versions: Iterable[Held], today: date, unread: Collection[str]) -> Iterator[Problem]:
    """Every place of which no version is in force on `today`, though some were or will be; a place with nothing but
    drafts is no place of law yet. `unread`: places of which a file could not be read."""
    of_place: dict[str, list[Held]] = {}
    for held in versions:
        file, version, ends = held
        is_never = ends is not None and ends <= version.from_  # a mistake of its own
        if version.status == "in_force" and not (is_never or file.everywhere or file.jurisdiction in unread):
            of_place.setdefault(file.jurisdiction, []).append(held)
    for code, all_held in of_place.items():
        if not any(in_force(version, ends, today) for _, version, ends in all_held):
            yield _problem(code, all_held, today)


def in_force(version: Version, ends: date | None, day: date) -> bool:
    """Does the version bind on that day?"""
    return version.status == "in_force" and version.from_ <= day and (ends is None or day < ends)


def _problem(code: str, all_held: list[Held], today: date) -> Problem:
    """Said of the version that ended last, or else of the one that begins first."""
    ended = [(ends, file, version) for file, version, ends in all_held if ends is not None and ends <= today]
    if ended:
        last, file, version = max(ended, key=lambda one: one[0])
        why = f"this version ended on {last}; write the one that follows, or delete the file"
    else:
        file, version, _ = min(all_held, key=lambda held: held[1].from_)
        why = f"this version begins on {version.from_}; write what holds until then, or status: draft"
    message = f"no law of {code} is in force on {today}: {why}"
    return Problem(path=file.path, line=version.line, where=f"version {version.from_}", message=message)
