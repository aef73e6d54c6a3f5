"""The words and turns of phrase of one language, as `rules.explain` needs them; one module a language fills them in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cadencia.rules.model import Window


@dataclass(frozen=True)
class Noun:
    """A countable noun: one call, many calls; `feminine` matters where the language has gender."""

    one: str
    many: str
    feminine: bool = False


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """One language. The dictionaries are complete over `engine.words`; a test fails for a word without a phrase."""

    code: str
    channels: dict[str, Noun]
    events: dict[str, Noun]
    parties: dict[str, str]  # with article; stands behind "with"
    actors: dict[str, str]  # plural; stands behind "by"
    places: dict[str, str]  # with its preposition
    debt_types: dict[str, str]  # plural; stands behind "about"
    stages: dict[str, str]  # with its preposition
    purposes: dict[str, str]  # stands behind "for"
    initiators: dict[str, str]  # stands behind a plural noun
    facts: dict[str, tuple[str, str]]  # subject and predicate, in the indicative
    dates: dict[str, str]  # with article
    numbers: dict[str, str]  # with article
    subjects: dict[str, str]  # what a counter is kept for; stands behind "for each"
    answered_by_person: Noun  # a term of abandonment formulas that is no kind of event
    connected_or_abandoned: Noun  # and another
    languages: dict[str, str]
    retry: dict[str, str]  # RetryCode other than `at`
    refused: dict[str, str]  # kind of rule: why a contact was refused, short
    effects: dict[str, str]  # of a change, see rules.diff
    forces: dict[str, str]
    terms: dict[str, str]  # templates with {slots}; the keys are the same in every language
    both: Callable[[list[str]], str]  # "a, b and c"
    either: Callable[[list[str]], str]  # "a, b or c"
    count: Callable[[int, bool], str]  # a number in words up to ten, by gender
    a: Callable[[Noun], str]
    first: Callable[[Noun], str]
    last: Callable[[Noun], str]
    the_many: Callable[[Noun], str]
    of: Callable[[str], str]  # "of the …", contracted
    day_list: Callable[[list[int]], str]  # 0..6 Monday to Sunday, 7 holidays; ordered
    length: Callable[[int, str], str]  # 48, "hour" -> "48 hours"; units second minute hour day full_day business_day
    per: Callable[[Window], str]  # "a day", "in any 7 days (today included)"
    pause: Callable[[Window], str]  # "for 48 hours", "for the rest of that day"

    def say(self, key: str, **slots: object) -> str:
        """The template of that name with its slots filled. KeyError if there is no such template."""
        return self.terms[key].format(**slots)


def clock(minute: int) -> str:
    """A minute of the day as HH:MM; 1440 is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def listed(items: list[str], conjunction: str, *, comma: bool = False) -> str:
    """Items as "a, b and c". `comma` puts one before the conjunction of three or more."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])}{',' if comma and len(items) > 2 else ''} {conjunction} {items[-1]}"


def runs(days: list[int]) -> list[list[int]]:
    """Days split into stretches of neighbours, Monday to Sunday; holidays (7) stand alone."""
    found: list[list[int]] = []
    for day in days:
        if found and day < 7 and found[-1][-1] == day - 1:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def elapsed(seconds: int) -> tuple[int, str]:
    """Seconds in the largest unit that they fill, hours at most: (48, "hour")."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            return seconds // size, unit
    return seconds, "second"


def decimal(value: float, mark: str = ".") -> str:
    """A number without a needless fraction: 3, 0.5 or 0,5."""
    return f"{value:g}".replace(".", mark) if value < 1e6 else f"{value:.0f}"
