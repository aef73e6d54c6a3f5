"""What is wrong between rules, versions and files that were each read without a mistake.

Every mistake is noted, in the order of files and lines. Files that could not be read are left out; what would be said
only because they are missing is not said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from msgspec import structs

from cadencia.rules.lint_force import force_problems
from cadencia.rules.lint_parents import Bound, parent_problems
from cadencia.rules.lint_rules import calendar_need, rule_problems
from cadencia.rules.lint_tests import test_problems
from cadencia.rules.load import Loaded
from cadencia.rules.model import HolidayFile, JurisdictionFile, Problem, Version
from cadencia.rules.read_fields import known_zones

#: How far ahead of today a contact may be planned: calendars must cover it, so far as the days can be known.
_PLANNED_AHEAD = timedelta(days=400)
_DECREED_AHEAD = timedelta(days=60)
#: After so long a source should be looked at again.
_SOURCE_KEEPS = timedelta(days=731)
#: A reviewer's date may be one ahead of the date where the check runs.
_DATE_LINE = timedelta(days=1)


def lint(loaded: Loaded, *, today: date | None = None, named_elsewhere: Collection[str] = ()) -> list[Problem]:
    """Every problem between the loaded files, sorted by file and line; errors and warnings. Reviews dated after `today`
    are mistakes, and so are places with no law in force on it, and calendars that end before the year of the day 400
    days later (60 where the days are decreed each year); without it none of these is looked at. `named_elsewhere`:
    calendars that house policies name which are not switched on."""
    stacks = Stacks(loaded)
    problems: list[Problem] = []
    for file in _once(loaded.files):
        if not file.policy:  # with_policies says what is wrong with those
            problems += _at_their_keys(_file_problems(file, loaded, stacks), loaded)
        for version, ends in with_ends(file):
            problems += [] if file.policy else _version_problems(file, version)
            problems += [*_review_problems(file, version, today), *_checked_problems(file, version, today)]
            problems += test_problems(file, version, ends, stacks.rule_names(file))
    problems += _same_ids(loaded)
    if today is not None:
        versions = ((file, *held) for file in loaded.files for held in with_ends(file))
        problems += force_problems(versions, today, loaded.unread.values())
    problems += _loosened(loaded, stacks)
    problems += _at_their_keys(_calendar_problems(loaded, today, {*named_elsewhere}), loaded)
    return sorted(problems, key=lambda problem: (problem.path, problem.line, problem.where, problem.message))


def _once(files: Iterable[JurisdictionFile]) -> Iterator[JurisdictionFile]:
    """The files of law; of a house policy, which is one file for many places, the first place of each section."""
    seen: set[tuple[str, int]] = set()
    for file in files:
        key = (file.path, id(file.versions))  # places of one section share them; lines may be shared by sections
        if not file.policy or key not in seen:
            seen.add(key)
            yield file


def policy_problems(loaded: Loaded) -> list[Problem]:
    """What is wrong between the house policies and what they are laid over, and within their rules: all but what their
    tests lack. Each problem of a place stands at the line that names it."""
    stacks = Stacks(loaded)
    policies = [file for file in loaded.files if file.policy]
    problems: list[Problem] = []
    for file in policies:
        named = [] if file.everywhere else _file_problems(file, loaded, stacks)
        problems += [structs.replace(problem, where=f"places {file.jurisdiction}") for problem in named]
        if not file.everywhere and not file.holidays:
            problems += _without_calendar(file)
    for file in _once(policies):
        problems += _order_problems(file)
        for version in file.versions:
            problems += _version_problems(file, version)
    return sorted(problems, key=lambda problem: (problem.path, problem.line, problem.where, problem.message))


def _without_calendar(file: JurisdictionFile) -> Iterator[Problem]:
    """The rules of a policy's section that ask for a calendar in a place that names none."""
    for rule in (rule for version in file.versions for rule in version.rules):
        if need := calendar_need(rule):
            message = f"{rule.name} uses {need} while the place says holidays: none; name a calendar"
            yield _problem(file, file.place_line, f"places {file.jurisdiction}", message)


class Stacks:
    """Which jurisdictions stand above a file, and the names of all rules that bind there."""

    def __init__(self, loaded: Loaded) -> None:
        self.codes = {file.jurisdiction for file in loaded.files} | set(loaded.unread.values())
        self._incomplete = {code for code in loaded.unread.values() if code}
        self._files = loaded.files
        self._named: dict[str, set[str]] = {}
        for file in loaded.files:
            self._named.setdefault(file.jurisdiction, set()).update(file.parents)

    def of(self, code: str) -> set[str]:
        """The code itself and all its ancestors, as far as files name them."""
        done: set[str] = set()
        waiting = [code]
        while waiting:
            one = waiting.pop()
            if one not in done:
                done.add(one)
                waiting += [*prefixes(one), *self._named.get(one, ())]
        return done

    def rule_names(self, file: JurisdictionFile) -> frozenset[str] | None:
        """Names and full ids of the rules that bind where this file does; None if one of their files was not read."""
        stack = self.of(file.jurisdiction)
        if stack & self._incomplete:
            return None
        names = set()
        for other in self._files:
            if other.jurisdiction in stack:
                for version in other.versions:
                    names |= {rule.name for rule in version.rules}
                    names |= {rule_id(other, rule.name) for rule in version.rules}
        return frozenset(names)

    def above(self, code: str) -> set[str] | None:
        """All ancestors of a code; None if one of their files was not read."""
        found = self.of(code) - {code}
        return None if found & self._incomplete else found


def rule_id(file: JurisdictionFile, name: str) -> str:
    """The full id of a rule: CO.ley-2300.contact-hours."""
    return f"{file.jurisdiction}.{stem(file)}.{name}"


def stem(file: JurisdictionFile) -> str:
    """The file's name without folder and ending: ley-2300."""
    return file.path.rsplit("/", 1)[-1].removesuffix(".yaml")


def prefixes(code: str) -> list[str]:
    """The codes that a code lies in by its own prefix: US-NY and US of US-NY-NYC."""
    parts = code.split("-")
    return ["-".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]


def with_ends(file: JurisdictionFile) -> Iterator[tuple[Version, date | None]]:
    """Each version with the first date it no longer holds: its `until`, or the next `from` if that is earlier. A draft
    is never applied, so it ends no version in force."""
    for version in file.versions:
        ends = [v.from_ for v in file.versions if v.from_ > version.from_ and v.status in ("in_force", version.status)]
        if version.until is not None:
            ends.append(version.until)
        yield version, min(ends, default=None)


def _problem(
    file: JurisdictionFile | HolidayFile, line: int, where: str, message: str, severity: str = "error"
) -> Problem:
    return Problem(path=file.path, line=line, where=where, message=message, severity=severity)


def _file_problems(file: JurisdictionFile, loaded: Loaded, stacks: Stacks) -> Iterator[Problem]:
    folder, country = file.path.split("/")[0], file.jurisdiction.split("-")[0].lower()
    line = file.place_line
    if "/" in file.path and folder != country and not file.policy:
        yield _problem(file, 1, "jurisdiction", f"{file.jurisdiction} lies in {folder}/; move the file to {country}/")
    for code in (*prefixes(file.jurisdiction), *file.parents):
        if code not in stacks.codes:
            cure = f"write {code.split('-')[0].lower()}/<law>.yaml, or mend the code"
            yield _problem(file, line, "parents", f"the parent {code} has no file; {cure}")
    calendar = f"holidays/{file.holidays}.yaml"
    if file.policy:
        return  # rules.policy looks for its calendars, and there is one order of versions for many places
    if file.holidays and file.holidays not in loaded.holidays and calendar not in loaded.unread:
        yield _problem(file, line, "holidays", f"there is no {calendar}; write that file, or holidays: none")
    yield from _order_problems(file)


def _at_their_keys(problems: Iterator[Problem], loaded: Loaded) -> Iterator[Problem]:
    """Problems of a whole file, moved to the line of the key they are about; line 1 if the text does not show it."""
    for problem in problems:
        lines = loaded.texts.get(problem.path, "").split("\n")
        at = [number for number, line in enumerate(lines, 1) if line.startswith(f"{problem.where}:")]
        yield structs.replace(problem, line=at[0]) if problem.line == 1 and at else problem


def _order_problems(file: JurisdictionFile) -> Iterator[Problem]:
    """Versions stand oldest first, begin once each, and end where the next begins or before."""
    for version in file.versions:
        if version.until is not None and version.until <= version.from_:
            cure = "write a later until, or delete the version"
            yield _problem(file, version.line, _where(version), f"until {version.until} is not after from; {cure}")
    for earlier, later in zip(file.versions, file.versions[1:], strict=False):
        if later.from_ == earlier.from_:
            message = f"a second version begins on {later.from_}; join the two, or mend one date"
            yield _problem(file, later.line, _where(later), message)
        elif later.from_ < earlier.from_:
            message = f"stands after the version of {earlier.from_}; write the versions oldest first"
            yield _problem(file, later.line, _where(later), message)
        elif earlier.until is not None and earlier.until > later.from_ and earlier.status == later.status:
            cure = f"delete until, or write {later.from_}"
            message = f"until {earlier.until} overlaps the version of {later.from_}; {cure}"
            yield _problem(file, earlier.line, _where(earlier), message)


def _where(version: Version) -> str:
    return f"version {version.from_}"


def _version_problems(file: JurisdictionFile, version: Version) -> Iterator[Problem]:
    if version.status == "in_force" and not version.source and not file.policy:
        message = 'names no source; write source: "https://…", the official text'
        yield _problem(file, version.line, _where(version), message, "warning")
    for rule in version.rules:
        for message in rule_problems(rule):
            yield _problem(file, rule.line, rule.name, message)
        need = "" if file.policy else calendar_need(rule)
        if need and not file.holidays:
            message = f"uses {need} while the file says holidays: none; name a calendar, or write it without"
            yield _problem(file, rule.line, rule.name, message)
    for test in version.tests:
        zone = test.when.split()[3] if len(test.when.split()) == 4 else ""
        if zone and zone not in known_zones():
            message = f'"{zone}" is not a zone of the tzdata package; write an IANA name'
            yield _problem(file, test.line, f"test {test.when}", message)


def _review_problems(file: JurisdictionFile, version: Version, today: date | None) -> Iterator[Problem]:
    """Nobody reviewed a law before it was known, nor will have reviewed it."""
    on = version.reviewed_on
    if on is None:
        return
    if version.known_since is not None and on < version.known_since:
        message = f"reviewed on {on}, before the law was known ({version.known_since}); write the day of the review"
        yield _problem(file, version.line, _where(version), message)
    if today is not None and on > today + _DATE_LINE:
        message = f"reviewed on {on}, which is still to come; write the day of the review, or review: unreviewed"
        yield _problem(file, version.line, _where(version), message)


def _checked_problems(file: JurisdictionFile, version: Version, today: date | None) -> Iterator[Problem]:
    """Nobody looked at a source before it was known, nor will have looked; what was seen long ago is seen again."""
    on, where = version.checked, _where(version)
    if on is None:
        return
    if version.known_since is not None and on < version.known_since:
        message = f"checked on {on}, before the law was known ({version.known_since}); write the day of the last look"
        yield _problem(file, version.line, where, message)
    if today is not None and on > today + _DATE_LINE:
        message = f"checked on {on}, which is still to come; write the day on which the source was last looked at"
        yield _problem(file, version.line, where, message)
    if today is not None and on < today - _SOURCE_KEEPS:
        message = f"checked on {on}, over two years ago; look at the source again, and write that day"
        yield _problem(file, version.line, where, message, "warning")


def _loosened(loaded: Loaded, stacks: Stacks) -> Iterator[Problem]:
    """Rules that are looser than a parent's and do not say so, or say so of the wrong one."""
    by_code: dict[str, list[Bound]] = {}
    for file in (file for file in loaded.files if not file.policy):  # rules.policy compares those, and is stricter
        for version, ends in with_ends(file):
            rules = [Bound(rule_id(file, rule.name), file, version, ends, rule) for rule in version.rules]
            by_code.setdefault(file.jurisdiction, []).extend(rules)
    for code, rules in by_code.items():
        above = stacks.above(code)
        if above is None:
            continue
        parents = [rule for other in sorted(above) for rule in by_code.get(other, ())]
        for rule in rules:
            yield from parent_problems(rule, parents)


def _same_ids(loaded: Loaded) -> Iterator[Problem]:
    """Two files of one jurisdiction with the same stem would give two rules one id."""
    first: dict[str, str] = {}
    for file in loaded.files:
        seen: set[str] = set()
        for rule in (rule for version in file.versions for rule in version.rules):
            name = rule_id(file, rule.name)
            if rule.force == "policy" and not file.policy:
                yield _problem(file, rule.line, rule.name, "force: policy is no law; write it into a file of policy/")
            if name not in seen and name in first:
                yield _problem(file, rule.line, rule.name, f"{name} is also in {first[name]}; rename one of the files")
            seen.add(name)
        first |= dict.fromkeys(seen - first.keys(), file.path)


def _calendar_problems(loaded: Loaded, today: date | None, used: set[str]) -> Iterator[Problem]:
    used |= {file.holidays for file in loaded.files}
    for name, calendar in sorted(loaded.holidays.items()):
        needed = 0 if today is None else (today + (_DECREED_AHEAD if calendar.decreed else _PLANNED_AHEAD)).year
        if calendar.until < needed:
            cure = f"add the days of {calendar.until + 1} and raise it"
            if not calendar.decreed:
                cure += ", or write decreed: yearly if a government sets the days of each year"
            message = f"until {calendar.until} is before {needed}, for which contacts may be planned now; {cure}"
            yield _problem(calendar, 1, "until", message)
        for day in sorted(calendar.add.keys() & calendar.remove.keys()):
            yield _problem(calendar, 1, "add", f"{day} is both added and removed; keep one of them")
        if name not in used and not loaded.unread:
            message = f'no file names this calendar; write holidays: "{name}" where it binds, or delete it'
            yield _problem(calendar, 1, "", message, "warning")
