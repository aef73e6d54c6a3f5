"""House policies laid over the law: more files of the same rules, marked as policy. They may only tighten.

A policy that is looser than the law of one of its places is refused with a contact that shows it: the law would close
what the policy calls open, and whoever reads the policy would believe it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from cadencia.rules.cache import jurisdictions_folder, policy_folder, shown_path
from cadencia.rules.circles import circle_problems
from cadencia.rules.lint import Stacks, policy_problems, rule_id, with_ends
from cadencia.rules.lint_parents import Bound
from cadencia.rules.load import Loaded, load_holidays_text
from cadencia.rules.looser import looser
from cadencia.rules.model import HolidayFile, JurisdictionFile, Problem
from cadencia.rules.policy_opens import opened_without_hours
from cadencia.rules.read_policy import Place, Policy, files_of, read_policy
from cadencia.rules.yaml_reader import MAX_BYTES, Mistakes


def with_policies(
    loaded: Loaded, root: Path, paths: Iterable[Path], *, countries: Collection[str] | None = None
) -> Loaded:
    """The law with these policies laid over it, those that hold everywhere last; `problems` has their mistakes too.
    With `countries` (CO, US) only their places in these. Calendars are those of `root`, or else the shipped ones."""
    policies, texts, problems = _read(paths)
    everywhere = [one for one in policies if any(section.everywhere for section in one.sections)]
    files = list(loaded.files)
    for policy in [*(one for one in policies if one not in everywhere), *everywhere]:
        files += [file for file in files_of(policy, _roots(files), files) if _wanted(file, countries)]
    calendars, calendar_texts, missing = _calendars(policies, loaded, root)
    merged = replace(
        loaded, files=tuple(files), holidays=loaded.holidays | calendars,
        texts=loaded.texts | texts | calendar_texts, problems=[*loaded.problems, *problems, *missing],
    )  # fmt: skip
    said = {str(problem) for problem in merged.problems}
    circles = [problem for problem in circle_problems(merged.files, merged.texts) if str(problem) not in said]
    beside = [*policy_problems(merged), *opened_without_hours(merged)]
    merged.problems.extend([*circles, *beside, *_looser_than_law(merged)])
    return merged


def law_alone(loaded: Loaded) -> Loaded:
    """The same without its policies."""
    return replace(loaded, files=tuple(file for file in loaded.files if not file.policy))


def calendars_named() -> frozenset[str]:
    """The calendars that shipped policies name, whether they are switched on or not."""
    policies, _, _ = _read(sorted(policy_folder().glob("*.yaml")))
    return frozenset(place.holidays for _, place in _places(policies) if place.holidays)


def _wanted(file: JurisdictionFile, countries: Collection[str] | None) -> bool:
    return countries is None or file.jurisdiction.split("-")[0] in countries


def _roots(files: list[JurisdictionFile]) -> tuple[str, ...]:
    """The places at the top of every stack: countries with rules on file, not layers above them such as the EU."""
    layers = {parent for file in files for parent in file.parents}
    return tuple(sorted({file.jurisdiction.split("-")[0] for file in files} - layers))


def _read(paths: Iterable[Path]) -> tuple[list[Policy], dict[str, str], list[Problem]]:
    policies: list[Policy] = []
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in paths:
        shown = shown_path(path)
        mistakes = Mistakes(shown, found=problems)
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
            texts[shown] = data.decode()
        except OSError as error:
            mistakes.add(0, f"cannot be opened ({error.strerror}); make it a readable file")
            continue
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            mistakes.add(line, f"byte 0x{data[error.start]:02x} is not UTF-8; write the policy as text in UTF-8")
            continue
        policy, found = read_policy(texts[shown], shown)
        problems += found
        policies += [policy] if policy else []
    return policies, texts, problems


def _calendars(
    policies: list[Policy], loaded: Loaded, root: Path
) -> tuple[dict[str, HolidayFile], dict[str, str], list[Problem]]:
    """The calendars that policies name and the law did not, with their texts; those that there are not, as problems."""
    found: dict[str, HolidayFile] = {}
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for policy, place in _places(policies):
        name, path = place.holidays, f"holidays/{place.holidays}.yaml"
        if not name or name in loaded.holidays or path in texts or path in loaded.unread:
            continue
        source = next((p for p in (root / path, jurisdictions_folder() / path) if p.is_file()), None)
        if source is None:
            message = f"there is no {path}; write that file, or holidays: none"
            problems.append(Problem(path=policy.path, line=place.line, where=f"places {place.code}", message=message))
            continue
        texts[path] = source.read_text(encoding="utf-8")
        calendar, mistakes = load_holidays_text(texts[path], path)
        problems += mistakes
        if calendar is not None:
            found[name] = calendar
    return found, texts, problems


def _places(policies: list[Policy]) -> Iterator[tuple[Policy, Place]]:
    for policy in policies:
        for section in policy.sections:
            yield from ((policy, place) for place in section.places)


def _looser_than_law(merged: Loaded) -> Iterator[Problem]:
    """Every rule of a policy that leaves open what the law of its place, or of one above, closes."""
    stacks = Stacks(law_alone(merged))
    law = [bound for file in merged.files if not file.policy for bound in _bound(file)]
    for file in merged.files:
        if not file.policy or file.everywhere:
            continue
        stack = stacks.of(file.jurisdiction) | {code for parent in file.parents for code in stacks.of(parent)}
        above = [bound for bound in law if bound.file.jurisdiction in stack]
        for rule in _bound(file):
            yield from _looser(rule, above)


def _bound(file: JurisdictionFile) -> Iterator[Bound]:
    for version, ends in with_ends(file):
        if version.status == "in_force":
            for rule in version.rules:
                yield Bound(rule_id(file, rule.name), file, version, ends, rule)


def _looser(rule: Bound, law: list[Bound]) -> Iterator[Problem]:
    for one in law:
        found = looser(rule.rule, one.rule, rule.file.timezone) if rule.meets(one) else None
        if found is not None:
            closed = f"{found.example} is open here and closed by {one.id} ({one.rule.cite})"
            cure = f"write {found.write}, or take {rule.file.jurisdiction} out of the section"
            message = f"{closed}; a policy may only tighten: {cure}"
            yield Problem(path=rule.file.path, line=rule.rule.line, where=rule.id, message=message)
            return
