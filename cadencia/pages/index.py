"""The table of the world: one row a place with law on file, then the places without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from cadencia.engine.query import Query
from cadencia.pages.book import Book
from cadencia.pages.limits import Limits
from cadencia.pages.markdown import plain, table
from cadencia.pages.page import file_name
from cadencia.pages.strip import hours_in_short
from cadencia.pages.week import Week
from cadencia.pages.words import LANGUAGE_NAMES, LANGUAGES, Words
from cadencia.pages.world import territories, without_law
from cadencia.rules.explain import phrases
from cadencia.rules.model import CONFIDENCES, FORCES, Recipient
from cadencia.rules.opening import Contact, query_at

_SHOWN_HOURS = ("mon_fri", "sat", "sun", "day_7")
_HEADS = ("code", "place", "languages", *_SHOWN_HOURS, "caps", "third", "force", "confidence", "look")
_SATURDAY = 5
_WEEKEND = (5, 6, 7)  # Saturday, Sunday, holiday
_NOON = time(12)
_MOST_LIMITS = 5  # in a cell


@dataclass(frozen=True)
class Index:
    """The table in one language. `weeks` are the opening hours of each place, by contact."""

    book: Book
    language: str
    weeks: dict[str, dict[str, Week]]

    @property
    def words(self) -> Words:
        return Words(self.language)

    def markdown(self) -> str:
        """The whole page."""
        words = self.words
        other_languages = [other for other in LANGUAGES if other != self.language]
        others = " · ".join(f"[{LANGUAGE_NAMES[other]}](../{other}/README.md)" for other in other_languages)
        known = {code for code in self.book.codes if code in self.book.rulebook.jurisdictions}
        bare = without_law(known, self.language)
        parts = [
            f"# {words.say('world')}", "", others, "",
            f"{words.say('disclaimer')} {words.say('as_of', day=self.book.day)}", "", words.say("world_note"), "",
            *table([words.say(key) for key in _HEADS], (list(self._row(code)) for code in sorted(known))), "",
            *self._also_called(known), f"## {words.say('unknown')}", "", words.say("unknown_note"), "",
            *table([words.say("code"), words.say("place")], ([code, self._bare(code, name)] for code, name in bare)),
        ]  # fmt: skip
        return "\n".join(parts) + "\n"

    def _also_called(self, known: set[str]) -> Iterator[str]:
        """Countries' codes that stand for a state of the table."""
        for code, state in territories(known):
            link = f"[{plain(self.book.name(state, self.language))}]({file_name(state)}.md)"
            yield from (self.words.say("stands_for", code=code, state=state, place=link), "")

    def _bare(self, code: str, name: str) -> str:
        if code not in self.book.codes:
            return plain(name)
        return f"[{plain(name)}]({file_name(code)}.md) ({self.words.say('drafts_only')})"

    def _row(self, code: str) -> Iterator[str]:
        page = f"{file_name(code)}.md"
        yield code
        yield f"[{plain(self.book.name(code, self.language))}]({page})"
        yield " ".join(f"[{other}](../{other}/{page})" for other in LANGUAGES if other != self.language)
        yield from self._hours(self.weeks[code]["collector"])
        yield self._limits(code)
        yield self._third_parties(code) if self.weeks[code]["collector"].known else "–"
        own = [one for one in self.book.law(code).binding if one.file.jurisdiction == code]
        forces = {rule.force for one in own for rule in one.version.rules}
        yield ", ".join(phrases(self.language).forces[force] for force in FORCES if force in forces) or "–"
        sure = {rule.confidence or one.version.confidence for one in own for rule in one.version.rules}
        yield ", ".join(self.words.say(name) for name in CONFIDENCES if name in sure) or "–"
        yield str(min((one.version.checked for one in own if one.version.checked), default="–"))

    def _hours(self, week: Week) -> Iterator[str]:
        """Monday to Friday, Saturday, Sunday and holiday."""
        if not week.known:
            yield from [self.words.say("denied"), *["–"] * len(_WEEKEND)]
            return
        if not week.limited:
            yield from [self.words.say("no_limit")] * len(_SHOWN_HOURS)
            return
        working = list(dict.fromkeys(hours_in_short(day, self.words) for day in week.days[:_SATURDAY]))
        yield " / ".join(working)
        for day in _WEEKEND:
            yield hours_in_short(week.days[day], self.words) if day < len(week.days) else "–"

    def _limits(self, code: str) -> str:
        """The limits of the place and of those above it; what does not fit is a number that leads to the page."""
        told = Limits(self.language).of(rule for one in self.book.law(code).binding for rule in one.version.rules)
        cell = [plain(text) for text in told[:_MOST_LIMITS]]
        if len(told) > _MOST_LIMITS:
            cell.append(f"[+{len(told) - _MOST_LIMITS}]({file_name(code)}.md)")
        return "; ".join(cell) or "–"

    # --- third parties ----------------------------------------------------------------------------------------------

    def _third_parties(self, code: str) -> str:
        """May a third party be called about the debt? What the engine answers, beyond what it says of a debtor."""
        words = self.words
        rules = [rule for one in self.book.law(code).binding for rule in one.version.rules]
        bodies = [rule.body for rule in rules if isinstance(rule.body, Recipient)]
        most = [body.third_party_at_most for body in bodies if body.third_party_at_most]
        if self._refused(code) == set():
            return words.say("tp_most", n=min(most)) if most else words.say("tp_free")
        opened = [key for fact, key in (("location_only", "tp_locate"), ("consent_third_party", "tp_consent"))
                  if not self._refused(code, fact)]  # fmt: skip
        told = " / ".join(words.say(key) for key in opened) or words.say("tp_no")
        return f"{told}, {words.say('tp_most', n=min(most))}" if opened and most else told

    def _refused(self, code: str, *facts: str) -> set[str]:
        """The rules that refuse a third party and not the debtor, at noon of the day of the book."""
        place, engine = self.book.place(code), self.book.engine
        noon = datetime.combine(self.book.day, _NOON)

        def reasons(party: str) -> set[str]:
            asked: Query = query_at(place, noon, Contact(party=party, facts=facts), self.book.rulebook)
            return {reason.rule for reason in engine.decide(asked).reasons}

        return reasons("third_party") - reasons("debtor")
