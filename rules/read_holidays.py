"""Reading of a calendar file: a country's days of the `holidays` package, with dated days added and removed."""

from __future__ import annotations

import re

from cadencia.rules.model import HolidayFile
from cadencia.rules.read_fields import (
    Fields,
    as_date,
    described,
    items_of,
    read_match,
    read_text,
    read_texts,
    read_whole,
    read_word,
    read_words,
)  # fmt: skip
from cadencia.rules.read_windows import WEEKDAYS
from cadencia.rules.yaml_reader import Mapping, Mistakes, Node, shown

_KEYS = ("country", "subdivision", "categories", "add", "remove", "weekly", "yearly", "weekend", "until", "decreed")
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_SUBDIVISION = re.compile(r"[A-Za-z0-9 _-]{1,30}", re.ASCII)
_CATEGORY = re.compile(r"[a-z]+(_[a-z]+)*", re.ASCII)
_MONTH_DAY = re.compile(r"\d{2}-\d{2}", re.ASCII)


def read_holidays(tree: Node, path: str, mistakes: Mistakes) -> HolidayFile:
    """The calendar named by the file's stem. 2028 stands for every year when a day of `yearly` is checked."""
    fields = Fields(tree, _KEYS, "a calendar file", mistakes)
    country, subdivision = fields.get("country"), fields.get("subdivision")
    categories, weekend = fields.get("categories"), fields.get("weekend")
    weekly, yearly, until = fields.get("weekly"), fields.get("yearly"), fields.get("until")
    decreed = fields.get("decreed")
    if subdivision is not None and country is None:
        mistakes.add(subdivision.line, 'subdivision has no country; write country: "CO" above it')
    if isinstance(tree, Mapping) and not {"country", "add", "weekly", "yearly"} & set(fields.given()):
        mistakes.add(tree.line, 'the calendar names no holiday; write country: "CO", add, weekly or yearly')
    stem = path.rsplit("/", 1)[-1].removesuffix(".yaml")
    return HolidayFile(
        path=path,
        name=stem,
        country=_text(country, _COUNTRY, "country", '"CO"', mistakes),
        subdivision=_text(subdivision, _SUBDIVISION, "subdivision", '"SP"', mistakes),
        categories=_categories(categories, mistakes),
        add=_days(fields.get("add"), "add", mistakes),
        remove=_days(fields.get("remove"), "remove", mistakes),
        weekly=() if weekly is None else read_words(weekly, WEEKDAYS, "weekly", mistakes),
        yearly=() if yearly is None else _month_days(yearly, mistakes),
        weekend=("sat", "sun") if weekend is None else read_words(weekend, WEEKDAYS, "weekend", mistakes),
        until=2040 if until is None else read_whole(until, 2000, 2099, "until", mistakes),
        decreed=decreed is not None and bool(read_word(decreed, ("yearly",), "decreed", mistakes)),
    )


def _text(node: Node | None, pattern: re.Pattern[str], what: str, example: str, mistakes: Mistakes) -> str:
    return "" if node is None else read_match(node, pattern, what, example, mistakes)


def _categories(node: Node | None, mistakes: Mistakes) -> tuple[str, ...]:
    return ("public",) if node is None else read_texts(node, _CATEGORY, "categories", "[public]", mistakes)


def _days(node: Node | None, what: str, mistakes: Mistakes) -> dict[str, str]:
    """Dated days with the reason of each, as written."""
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        mistakes.add(node.line, f'{what} is {described(node)}; write "2026-07-13": "why, with its source" below it')
        return {}
    days: dict[str, str] = {}
    for key, (scalar, value) in node.entries.items():
        if as_date(key) is None:
            mistakes.add(scalar.line, f'{what}: "{shown(key)}" is not a date; write "YYYY-MM-DD", a day that exists')
        else:
            days[key] = read_text(value, f"{what} {key}", mistakes)
    return days


def _month_days(node: Node, mistakes: Mistakes) -> tuple[str, ...]:
    days: list[str] = []
    for item in items_of(node, "yearly", mistakes):
        day = read_match(item, _MONTH_DAY, "yearly", '"12-25"', mistakes)
        if day and as_date(f"2028-{day}") is None:
            mistakes.add(item.line, f'yearly: "{day}" is no day of any year; write "MM-DD"')
        elif day in days:
            mistakes.add(item.line, f'yearly says "{day}" twice; keep one of them')
        elif day:
            days.append(day)
    return tuple(days)
