"""Strict reading of a house policy: rules of the same language, and the places for which they hold.

A policy is no law. Read into one jurisdiction file a place and section, so that everything that applies rules applies
it; what it must not do (open what law closes, deny everywhere) is refused here and in rules/policy.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import structs

from cadencia.rules.lint_tests import can_deny
from cadencia.rules.load import CODE, NAME, read_versions
from cadencia.rules.model import JurisdictionFile, Problem, Version
from cadencia.rules.read_fields import (
    Fields,
    described,
    items_of,
    read_match,
    read_parents,
    read_prose,
    read_texts,
    read_zone_of_place,
)  # fmt: skip
from cadencia.rules.yaml_reader import Listing, Mapping, Mistakes, Node, read_yaml, shown

EVERYWHERE = "everywhere"
_PLACE = '"UY": {timezone: "America/Montevideo", holidays: "uy"}'


class Place(NamedTuple):
    """A place for which a section holds."""

    code: str
    line: int
    timezone: str
    holidays: str
    parents: tuple[str, ...]
    listed: bool = False  # only its code is given: its zone and calendar are those of files before


class Section(NamedTuple):
    """Rules and where they hold: in `places`, or wherever rules are on file."""

    line: int
    places: tuple[Place, ...]
    everywhere: bool
    versions: tuple[Version, ...]


class Policy(NamedTuple):
    """One file of house policy."""

    name: str
    title: str
    path: str
    sections: tuple[Section, ...]


def read_policy(text: str, path: str) -> tuple[Policy | None, list[Problem]]:
    """The policy, or None and what is wrong with it. Its name must be the stem of `path`: rule ids carry it."""
    mistakes = Mistakes(path)
    tree = read_yaml(text, mistakes)
    policy = None if tree is None else _policy(tree, path, mistakes)
    return (None if mistakes.found else policy), sorted(mistakes.found, key=lambda found: (found.line, found.message))


def _policy(tree: Node, path: str, mistakes: Mistakes) -> Policy:
    fields = Fields(tree, ("policy", "title", "sections"), "a policy file", mistakes)
    stem = path.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".yaml")
    name_node, title = fields.need("policy", f"policy: {stem}"), fields.need("title", 'title: "House policy: …"')
    name = "" if name_node is None else read_match(name_node, NAME, "policy", stem, mistakes)
    if name and name_node is not None and name != stem:
        mistakes.add(name_node.line, f"policy is {name} in a file called {stem}.yaml; name both alike")
    sections = fields.need("sections", "sections: and a list, each beginning with - places:")
    nodes = () if sections is None else items_of(sections, "sections", mistakes)
    read = tuple(_section(node, mistakes) for node in nodes)
    _refuse_twice(read, mistakes)
    return Policy(name, "" if title is None else read_prose(title, "title", mistakes), path, read)


def _section(node: Node, mistakes: Mistakes) -> Section:
    fields = Fields(node, ("places", "versions"), "a section", mistakes)
    where = fields.need("places", f"places: {{{_PLACE}}}, or places: {EVERYWHERE}")
    versions = fields.need("versions", "versions: and a list of them")
    everywhere = getattr(where, "text", "") == EVERYWHERE
    places = () if where is None or everywhere else _places(where, mistakes)
    read = () if versions is None else read_versions(versions, mistakes)
    for version in read:
        _refuse_law(version, everywhere, mistakes)
    return Section(node.line, places, everywhere, read)


def _places(node: Node, mistakes: Mistakes) -> tuple[Place, ...]:
    """The places with their zone and calendar; a mere list of codes names none of its own."""
    if isinstance(node, Listing) and node.items:
        codes = read_texts(node, CODE, "places", '["UY", "BO"]', mistakes)
        return tuple(Place(code, node.line, "", "", (), listed=True) for code in codes)
    if not isinstance(node, Mapping) or not node.entries:
        mistakes.add(node.line, f"places is {described(node)}; write {_PLACE} below it, or {EVERYWHERE}")
        return ()
    places = []
    for code, (key, value) in node.entries.items():
        here = mistakes.at(f"places {shown(code)}")
        if not CODE.fullmatch(code):
            here.add(key.line, 'is not a jurisdiction; write for example "UY" or "CA-YT"')
        places.append(_place(code, key.line, value, here))
    return tuple(places)


def _place(code: str, line: int, node: Node, mistakes: Mistakes) -> Place:
    fields = Fields(node, ("timezone", "holidays", "parents"), "a place", mistakes)
    zone = fields.need("timezone", 'timezone: "America/Montevideo", or timezone: person')
    holidays = fields.need("holidays", 'holidays: "uy", or holidays: none')
    parents = fields.get("parents")
    calendar = "" if holidays is None else read_match(holidays, NAME, "holidays", '"uy", or none', mistakes)
    return Place(
        code=code, line=line,
        timezone="" if zone is None else read_zone_of_place(zone, mistakes),
        holidays="" if calendar == "none" else calendar,
        parents=() if parents is None else read_parents(parents, code, CODE, mistakes),
    )  # fmt: skip


def _refuse_law(version: Version, everywhere: bool, mistakes: Mistakes) -> None:
    """A policy is marked as one; what holds everywhere hands on duties and denies nothing."""
    for rule in version.rules:
        here = mistakes.at(rule.name)
        if rule.force != "policy":
            here.add(rule.line, f"force is {rule.force}; a rule of the house is no law: write force: policy")
        if rule.looser_than:
            here.add(rule.line, "looser_than: a policy may only tighten; delete it")
        if everywhere and can_deny(rule):
            here.add(rule.line, "can deny a contact everywhere; name the places, or hand on duties alone")


def _refuse_twice(sections: tuple[Section, ...], mistakes: Mistakes) -> None:
    """One place, one rule of a name: ids must tell them apart."""
    seen: set[tuple[str, str]] = set()
    for section in sections:
        names = {rule.name for version in section.versions for rule in version.rules}
        for place in section.places:
            for name in sorted(names):
                if (place.code, name) in seen:
                    mistakes.at(f"places {place.code}").add(place.line, f"has {name} of an earlier section; rename one")
            seen |= {(place.code, name) for name in names}


def files_of(
    policy: Policy, places_on_file: tuple[str, ...], before: Sequence[JurisdictionFile]
) -> tuple[JurisdictionFile, ...]:
    """The policy as jurisdiction files; what holds everywhere as one for each of `places_on_file`. A place of which the
    code alone is given has the zone and the calendar of the first file that names one, `before` or in a section above.
    """
    files: list[JurisdictionFile] = []
    for section in policy.sections:
        common = JurisdictionFile(
            path=policy.path, jurisdiction="", title=policy.title, versions=section.versions, policy=policy.name,
            everywhere=section.everywhere,
        )  # fmt: skip
        places = section.places
        if section.everywhere:
            places = tuple(Place(code, section.line, "", "", ()) for code in places_on_file)
        for place in places:
            own = [file for file in (*before, *files) if file.jurisdiction == place.code] if place.listed else []
            zone = next((file.timezone for file in own if file.timezone), place.timezone)
            calendar = next((file.holidays for file in own if file.holidays), place.holidays)
            files.append(
                structs.replace(
                    common, jurisdiction=place.code, timezone=zone, holidays=calendar, parents=place.parents,
                    place_line=place.line,
                )
            )  # fmt: skip
    return tuple(files)
