"""The page of one place: what binds there, its hours, every rule as a sentence, its past and future, its calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cadencia.pages.book import Book
from cadencia.pages.holidays import holidays_of, words_of_the_file
from cadencia.pages.markdown import plain, table
from cadencia.pages.strip import hours_in_short, picture
from cadencia.pages.week import Week
from cadencia.pages.words import LANGUAGE_NAMES, LANGUAGES, Words
from cadencia.rules.binding import Held, confidence_of
from cadencia.rules.calendars import WEEKDAYS
from cadencia.rules.model import HolidayFile
from cadencia.rules.statements import Statement, statements


def file_name(code: str) -> str:
    """The name of a place's page without its ending: us-ma."""
    return code.lower()


@dataclass(frozen=True)
class Page:
    """One place in one language. `weeks` are its opening hours by the contact they are for."""

    book: Book
    code: str
    language: str
    weeks: dict[str, Week]

    @property
    def words(self) -> Words:
        return Words(self.language)

    def markdown(self) -> str:
        """The whole page."""
        name = self.book.name(self.code, self.language)
        parts = [
            f"# {plain(name)} ({self.code})", "", *self._navigation(), "", *self._binds(), *self._week(),
            *self._rules(), *self._elsewhen(), *self._calendar(), *self._sources(), "---", "",
            f"{self.words.say('disclaimer')} {self.words.say('as_of', day=self.book.day)}",
        ]  # fmt: skip
        return "\n".join(parts) + "\n"

    def strip(self) -> str:
        """The picture of its weeks; empty where no hours bind."""
        name = self.book.name(self.code, self.language)
        blocks = [(names, week) for names, week in self._shown().items() if week.limited]
        return picture(f"{name}: {self.words.say('week')}", blocks, self.words) if blocks else ""

    def _navigation(self) -> Iterator[str]:
        others = " · ".join(
            f"[{LANGUAGE_NAMES[other]}](../{other}/{file_name(self.code)}.md)"
            for other in LANGUAGES
            if other != self.language
        )
        yield f"[{self.words.say('all_places')}](README.md) · {others}"

    # --- what binds -------------------------------------------------------------------------------------------------

    def _binds(self) -> Iterator[str]:
        words, law = self.words, self.book.law(self.code)
        yield from (f"## {words.say('binds')}", "")
        if not law.binding:
            yield from (words.say("not_known"), "")
        for code, held in groupby(law.binding, key=lambda one: one.file.jurisdiction):
            label = words.say("own")
            if code != self.code:
                link = f"[{plain(self.book.name(code, self.language))}]({file_name(code)}.md)"
                label = words.say("above", place=link)
            yield from (f"{label}:", "")
            yield from (f"- {self._title(one)}: {self._dates(one)}" for one in held)
            yield ""
        for file in self.book.own_files(self.code):
            if file.covers:
                yield words.say("alone", codes=", ".join(file.covers))
                said = self.book.translations[self.language].text(file.path, file.covers_reading)
                yield from (plain(said.text), "")

    def _title(self, held: Held) -> str:
        return plain(self.book.translations[self.language].text(held.file.path, held.file.title).text)

    def _dates(self, held: Held, *, draft: bool = False) -> str:
        since = self.words.say("draft_from" if draft else "from", day=held.version.from_)
        return f"{since} {self.words.say('until', day=held.ends)}" if held.ends else since

    # --- the week ---------------------------------------------------------------------------------------------------

    def _shown(self) -> dict[str, Week]:
        """Each week once, under the names of all contacts that have it."""
        names: dict[Week, list[str]] = {}
        for asked, week in self.weeks.items():
            names.setdefault(week, []).append(self.words.say(asked))
        joined = {week: ", ".join(listed) for week, listed in names.items()}
        return {text[0].upper() + text[1:]: week for week, text in joined.items()}

    def _week(self) -> Iterator[str]:
        if not self.weeks:
            return
        words, shown = self.words, self._shown()
        yield from (f"## {words.say('week')}", "")
        if any(week.limited for week in shown.values()):
            yield from (f"![{words.say('week')}]({file_name(self.code)}.svg)", "")
        yield from (f"- {names}: {self._hours(week)}." for names, week in shown.items())
        yield from ("", words.say("week_note"), "")

    def _hours(self, week: Week) -> str:
        if not week.known:
            return self.words.say("silent")
        if week.limited and len(set(week.days)) == 1:
            return f"{self.words.say('every_day')} {hours_in_short(week.days[0], self.words)}"
        return "; ".join(self._days_in_words(week)) if week.limited else self.words.say("no_hours")

    def _days_in_words(self, week: Week) -> Iterator[str]:
        """Neighbouring days with the same hours together; holidays alone."""
        for _, run in groupby(enumerate(week.days), key=lambda pair: (pair[0] == len(WEEKDAYS), pair[1])):
            days = list(run)
            first, last = days[0][0], days[-1][0]
            label = self._day(first)
            if last > first:
                label = self.words.say("days_to", first=self._short(first), last=self._short(last))
            yield f"{label} {hours_in_short(days[0][1], self.words)}"

    def _day(self, day: int) -> str:
        """A weekday within a sentence: only English writes it with a capital; a holiday has none anywhere."""
        name = self.words.say(f"day_{day}")
        return name if self.language == "en" and day < len(WEEKDAYS) else name.lower()

    def _short(self, day: int) -> str:
        """A weekday beside another: segunda, not segunda-feira."""
        return self._day(day).removesuffix("-feira")

    # --- the rules --------------------------------------------------------------------------------------------------

    def _rules(self) -> Iterator[str]:
        own = [one for one in self.book.law(self.code).binding if one.file.jurisdiction == self.code]
        if own:
            yield from (f"## {self.words.say('rules')}", "")
        for held in own:
            yield from self._law(held, "###")

    def _law(self, held: Held, level: str, *, draft: bool = False) -> Iterator[str]:
        words, version = self.words, held.version
        told = list(statements(held.file, version, self.book.translations[self.language]))
        facts = [self._dates(held, draft=draft), words.review(version.reviewed_by, version.reviewed_on)]
        if version.checked:
            facts.append(words.say("checked", day=version.checked))
        facts.append(f"{words.say('confidence').lower()}: {words.confidence(confidence_of(version))}")
        yield from (f"{level} {self._title(held)}", "", f"`{held.file.path}` · {'; '.join(facts)}.", "")
        if self._left_english(held, told):
            yield from (f"*{words.say('english_only')}*", "")
        for statement in told:
            yield from self._statement(statement)
        yield ""

    def _left_english(self, held: Held, told: list[Statement]) -> bool:
        """Is the title, a rule's name or a reading of the law left in the language of its file?"""
        translations = self.book.translations[self.language]
        if self.language == "en":
            return False
        said = [translations.text(held.file.path, held.file.title), *(one.reading for one in told if one.reading.text)]
        return held.file.path not in translations.laws or any(one.language != self.language for one in said)

    def _statement(self, statement: Statement) -> Iterator[str]:
        words = self.words
        yield f"- **{plain(statement.heading)}.** {plain(_without_heading(statement))}  "
        firm = [f"{words.say('cite')}: {plain(statement.cite)}", f"{words.say('force').lower()}: {statement.force}"]
        if statement.confidence:
            firm.append(f"{words.say('confidence').lower()}: {words.say(statement.confidence)}")
        # two blanks end a line within an item
        more = [words.looser(statement)] if statement.looser_than else []
        if statement.reading.text:
            more.append(f"*{words.say('reading')}:* {plain(statement.reading.text)}")
        yield "  " + "  \n  ".join([f"{'; '.join(firm)} (`{statement.name}`)", *more])

    def _elsewhen(self) -> Iterator[str]:
        law, words = self.book.law(self.code), self.words
        for key, found in (("coming", law.coming), ("drafts", law.drafts)):
            held = [one for one in found if one.file.jurisdiction == self.code]
            if held:
                yield from (f"## {words.say(key)}", "")
            for one in held:
                yield from self._law(one, "###", draft=key == "drafts")
        former = [one for one in law.former if one.file.jurisdiction == self.code]
        if former:
            yield from (f"## {words.say('former')}", "")
            for one in former:
                yield from self._law(one, "###")

    # --- calendar and sources ---------------------------------------------------------------------------------------

    def _calendar(self) -> Iterator[str]:
        names = dict.fromkeys(file.holidays for file in self.book.own_files(self.code) if file.holidays)
        for name in names:
            yield from self._days_of(self.book.loaded.holidays[name])

    def _days_of(self, calendar: HolidayFile) -> Iterator[str]:
        """What is left of the year's holidays, and those of the next."""
        words, today = self.words, self.book.day
        last = min(today.year + 1, calendar.until)
        years = range(min(today.year, last), last + 1)
        days = {day: name for year in years for day, name in holidays_of(calendar, year, self.language).items()}
        yield from (f"## {words.say('calendar', years=words.both(sorted({str(years[0]), str(last)})))}", "")
        if last <= today.year:
            yield from (words.say("calendar_open", year=today.year + 1), "")
        heads = [words.say(key) for key in ("date", "day", "name")]
        yield from table(
            heads, ([str(day), self._weekday(day), plain(name)] for day, name in days.items() if day >= today)
        )
        if calendar.weekly:
            named = ", ".join(words.say(f"day_{WEEKDAYS.index(word)}") for word in calendar.weekly)
            yield from ("", words.say("calendar_weekly", days=named))
        if said := words_of_the_file(self.book.loaded, calendar):
            yield from ("", f"*{words.say('calendar_words')}:* {plain(said)}")
        yield ""

    def _weekday(self, day: date) -> str:
        return self.words.say(f"day_{day.weekday()}")

    def _sources(self) -> Iterator[str]:
        law = self.book.law(self.code)
        own = [one for one in (*law.binding, *law.coming, *law.drafts, *law.former)
               if one.file.jurisdiction == self.code and one.version.source]  # fmt: skip
        if not own:
            return
        yield from (f"## {self.words.say('sources')}", "")
        for title, source, checked in dict.fromkeys((self._title(o), o.version.source, o.version.checked) for o in own):
            looked = f" ({self.words.say('checked', day=checked)})" if checked else ""
            yield f"- {title}: <{source}>{looked}"
        yield ""


def _without_heading(statement: Statement) -> str:
    """The sentence; where it begins with the very words of the heading, what follows them."""
    head, colon, rest = statement.sentence.partition(": ")
    if not colon or head.casefold() != statement.heading.casefold():
        return statement.sentence
    return rest[0].upper() + rest[1:]
