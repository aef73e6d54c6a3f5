"""The law of a place as lines of text: what binds on a day, then what did, what will, and what is only a draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cadencia.cli.strip import SCALE, figures, strip
from cadencia.engine.decide import Engine
from cadencia.engine.tables import Rulebook
from cadencia.engine.words import Channel
from cadencia.pages.holidays import holiday_name
from cadencia.pages.words import Words
from cadencia.rules.binding import Held, Law, law_of, stack_of
from cadencia.rules.explain import phrases
from cadencia.rules.load import Loaded
from cadencia.rules.opening import Contact, Place, Spans, is_holiday, open_spans
from cadencia.rules.statements import Statement, statements
from cadencia.rules.translations import Translations


@dataclass(frozen=True)
class LawText:
    """Writes the law of one place on one day in one language."""

    code: str
    day: date
    loaded: Loaded
    rulebook: Rulebook
    translations: Translations

    @property
    def words(self) -> Words:
        return Words(self.translations.language)

    @property
    def law(self) -> Law:
        known = self.code in self.rulebook.jurisdictions
        return law_of(self.loaded.files, stack_of(self.code, self.rulebook) if known else (self.code,), self.day)

    def binding(self) -> Iterator[str]:
        """What binds on the day: the place's own laws, then its parents'."""
        yield self.words.say("in_force", day=self.day) + f" - {self.code}"
        yield from self._covered()
        held = self.law.binding
        if all(one.file.policy for one in held):
            yield self.words.say("none")
        above = ""
        for one in held:
            yield ""
            if one.file.jurisdiction not in (self.code, above):
                above = one.file.jurisdiction
                yield self.words.say("also", code=above) + ":"
            yield self._head(one)
            for statement in statements(one.file, one.version, self.translations):
                yield from self._whole(statement)

    def elsewhen(self) -> Iterator[str]:
        """Versions that will hold, drafts, and versions that held; nothing where there are none."""
        law = self.law
        for key, held in (("coming", law.coming), ("drafts", law.drafts)):
            if held:
                yield from ("", self.words.say(key))
            for one in held:
                yield f"  {self._head(one, draft=key == 'drafts')}"
                for statement in statements(one.file, one.version, self.translations):
                    yield f"    {self._named(statement)} ({statement.cite})"
        if law.former:
            yield from ("", self.words.say("former"))
            yield from (f"  {self._head(one)}" for one in law.former)

    def _covered(self) -> Iterator[str]:
        if any(file.jurisdiction == self.code and not file.policy for file in self.loaded.files):
            return
        above = list(self.rulebook.jurisdictions[self.code].parents)
        if not above:
            return  # a place that a house policy alone speaks of
        parents = phrases(self.words.language).both(above)
        yield self.words.say("covered", code=self.code, parents=parents)
        for file in self.loaded.files:
            if self.code in file.covers and file.covers_reading:
                said = self.translations.text(file.path, file.covers_reading)
                label = "reading" if said.language == self.words.language else "reading_english"
                yield f"  {self.words.say(label)}: {said.text}"

    def _head(self, held: Held, *, draft: bool = False) -> str:
        version, words = held.version, self.words
        since = words.say("draft_from" if draft else "from", day=version.from_)
        until = f" {words.say('until', day=held.ends)}" if held.ends else ""
        review = words.review(version.reviewed_by, version.reviewed_on)
        if held.file.policy:
            review = phrases(words.language).forces["policy"]
        parts = [held.file.path, since + until, review]
        if version.checked:
            parts.append(words.say("checked", day=version.checked))
        title = self.translations.text(held.file.path, held.file.title).text
        return f"{title} ({'; '.join(parts)})"

    def _whole(self, statement: Statement) -> Iterator[str]:
        words = self.words
        yield f"  {self._named(statement)}"
        firm = f"{words.say('cite')}: {statement.cite}. {words.say('force')}: {statement.force}."
        if statement.confidence:
            firm += f" {words.say('confidence')}: {words.say(statement.confidence)}."
        yield f"      {firm}"
        if statement.looser_than:
            yield f"      {words.looser(statement)}"
        if statement.reading.text:
            yield f"      {words.reading_label(statement)}: {statement.reading.text}"

    def _named(self, statement: Statement) -> str:
        """The sentence behind the rule's name; behind its heading too, in another language than the name's."""
        name = statement.name
        if self.words.language != "en" and statement.heading.lower() != name.replace("-", " "):
            name = f"{statement.heading} ({name})"
        return f"{name}: {statement.sentence}"


def hours_text(engine: Engine, place: Place, day: date, loaded: Loaded, language: str) -> Iterator[str]:
    """The strip of every channel for a day, channels with the same hours together; which holiday it is."""
    words, p = Words(language), phrases(language)
    holiday = ""
    if is_holiday(engine.rulebook, place.stack, day):
        name = holiday_name(loaded, place.stack, day, language)
        holiday = f" - {words.say('holiday')}" + (f": {name}" if name else "")
    yield words.say("hours", day=day, zone=place.zone) + holiday
    by_hours: dict[Spans, list[str]] = {}
    for channel in Channel.__members__:
        spans = open_spans(engine, place, day, Contact(channel))
        by_hours.setdefault(spans, []).append(p.channels[channel].many)
    yield f"  {SCALE}"
    for spans, names in by_hours.items():
        yield f"  {strip(spans)}  {figures(spans) or words.say('closed_all_day')}  {p.both(names)}"
