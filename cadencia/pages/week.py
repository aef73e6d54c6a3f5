"""The opening hours of an ordinary week, as the engine answers them: Monday to Sunday, and a holiday."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cadencia.pages.book import Book
from cadencia.rules.binding import Law
from cadencia.rules.opening import DAY_MINUTES, Contact, Place, Spans, is_holiday, open_spans, query_at

WEEK_DAYS = 7
_SATURDAY = 5
_LOOKED_AT = 366  # days ahead in which an ordinary day of each kind, and a holiday, is looked for
ALL_DAY: Spans = ((0, DAY_MINUTES),)

#: The contacts whose hours the pages show: the name of their words, and the contact.
ASKED = (
    ("collector", Contact()),
    ("creditor", Contact(actor="creditor")),
    ("marketing", Contact(actor="seller", purpose="marketing")),
)


@dataclass(frozen=True)
class Week:
    """Hours by day, Monday first; the eighth are a holiday's, absent where no calendar of the law has one. `known` is
    false where no law on file speaks of such a contact, which is then denied at any hour."""

    days: tuple[Spans, ...]
    known: bool = True

    @property
    def limited(self) -> bool:
        """Does some hour of the week stay closed by law?"""
        return self.known and any(day != ALL_DAY for day in self.days)


def weeks(book: Book, code: str) -> dict[str, Week]:
    """The week of each contact that is asked about; {} where nothing binds."""
    if code not in book.rulebook.jurisdictions:
        return {}
    days, place = _sample(book, code), book.place(code)
    return {
        name: Week(
            tuple(open_spans(book.engine, place, day, contact) for day in days), _known(book, place, days[0], contact)
        )
        for name, contact in ASKED
    }


def _known(book: Book, place: Place, day: date, contact: Contact) -> bool:
    """Does some law speak of the contact? The engine's own reasons say that it cannot be judged."""
    query = query_at(place, datetime.combine(day, time(12)), contact, book.rulebook)
    return not any(reason.kind == "engine" for reason in book.engine.decide(query).reasons)


def _sample(book: Book, code: str) -> list[date]:
    """One day of each weekday that is no holiday and keeps one clock all day, then a holiday on a working day; all
    under the law that binds on the day of the book, and ahead of it where there is such a day."""
    stack, zone = book.stack(code), zoneinfo.ZoneInfo(book.place(code).zone)
    ordinary: dict[int, date] = {}
    holidays: list[date] = []
    for day in _same_law(book.law(code), book.day):
        if is_holiday(book.rulebook, stack, day):
            holidays.append(day)
        elif _steady(day, zone):
            ordinary.setdefault(day.weekday(), day)
    working = [day for day in holidays if day.weekday() < _SATURDAY]
    return [ordinary[weekday] for weekday in sorted(ordinary)] + (working or holidays)[:1]


def _same_law(law: Law, day: date) -> Iterator[date]:
    """The day and those after it, then those before it, on which the same versions bind."""
    last = min([one.ends for one in law.binding if one.ends] + [one.version.from_ for one in law.coming], default=None)
    first = max([one.version.from_ for one in law.binding] + [one.ends for one in law.former if one.ends], default=day)
    ahead = (day + timedelta(days=n) for n in range(_LOOKED_AT))
    behind = (day - timedelta(days=n) for n in range(1, _LOOKED_AT))
    yield from (one for one in ahead if last is None or one < last)
    yield from (one for one in behind if one >= first)


def _steady(day: date, zone: zoneinfo.ZoneInfo) -> bool:
    """Does the clock neither skip nor repeat an hour on that day?"""
    midnights = (datetime.combine(one, time(), tzinfo=zone) for one in (day, day + timedelta(days=1)))
    return len({midnight.utcoffset() for midnight in midnights}) == 1
