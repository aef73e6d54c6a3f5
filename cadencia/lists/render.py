"""The report of a screening as tables for a terminal. Nothing is printed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cadencia.engine.telling import STATED_HOURS
from cadencia.lists.cures import in_language
from cadencia.lists.phrases import number, phrase, weekday
from cadencia.lists.schema import EMPTY_VALUE, NOTHING, TAKEN, TOO_MANY, BadLine
from cadencia.lists.screen import ScreenReport
from cadencia.lists.unlock import NOW, WITHOUT

MAX_RULES, MAX_COUNTRIES, MAX_QUARTERS, MAX_DAYS = 15, 20, 24, 7
_BAR = 24
_WIDE = 100  # columns of a terminal from which on citations stand beside their rules
_ENOUGH_LINES, _ENOUGH_S = 1_000, 0.1  # below, a rate says nothing
_PERSONAL = ("ref", "person", "phone", "phones", "debt", "debts", "address", "creditor", "caller_id", "event_id")
#: how the words of the vocabularies, the codes of places and zones, dates with times, hours and small amounts are
#: written; a number or a person's document has more digits
_NO_FREE_TEXT = re.compile(
    r"""[a-z_]+ | [A-Z]{2,3}(-[A-Z0-9]{1,3})? | [A-Z][a-z]+/[A-Z][A-Za-z_]+ | -?[0-9]{1,4}([.,][0-9]{1,2})?
    | [0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?([+-][0-9]{2}:[0-9]{2}|Z)?)?
    | [0-9]{2}/[0-9]{2}/[0-9]{4} | [0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}""",
    re.VERBOSE,
)
_QUOTED = re.compile(r"column '.*' is not known")
_NOT_PERSONAL = re.compile(
    rf"{NOTHING}|{EMPTY_VALUE}|{TOO_MANY}|history_overflow: .*|line [0-9]+ of the history: [a-z_]+\b"
)


class Summary:
    """The tables of one report in one language, for a terminal of `width` columns."""

    def __init__(self, report: ScreenReport, language: str, width: int = _WIDE) -> None:
        self._report, self._language, self._wide = report, language, width >= _WIDE

    def __iter__(self) -> Iterator[RenderableType]:
        yield self._head()
        yield self._counts()
        if self._report.tally.reasons:
            yield self._why_not()
        if self._report.tally.countries:
            yield self._countries()
        yield self._unlock()
        if self._report.bad_by_field:
            yield self._bad()
        if self._report.history is not None:
            yield self._history()
        yield self._time()

    def _say(self, name: str) -> str:
        return phrase(name, self._language)

    def _number(self, value: int) -> str:
        return number(value, self._language)

    def _head(self) -> Text:
        report = self._report
        at = report.at.isoformat(timespec="minutes")
        rulebook = report.rulebook.removeprefix("sha256:")[:12]
        return Text(f"{self._say('at')} {at} · {self._say('rulebook')} {rulebook}")

    def _counts(self) -> RenderableType:
        report, say, n = self._report, self._say, self._number
        rows = (
            (say("lines"), f"{n(report.lines)} {say('read')}", f"= {n(report.tally.lines_allowed)} {say('with_some')}",
             f"+ {n(report.tally.lines_denied)} {say('with_none')}", f"+ {n(report.bad_lines)} {say('bad')}"),
            (say("contacts"), n(report.queries), f"= {n(report.allowed)} {say('allowed')}",
             f"+ {n(report.denied)} {say('denied')}", f"({say('contacts_are')})"),
        )  # fmt: skip
        if not self._wide:
            return Text("\n".join([" ".join(rows[0]), " ".join(rows[1][:-1]), rows[1][-1]]))
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        for row in rows:
            table.add_row(*row)
        return table

    def _table(self, title: str, *columns: str, left: int = 1, wrapped: int = -1) -> Table:
        """Columns, the first `left` of them on the left; only the one numbered `wrapped` is cut into lines."""
        table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
        for place, column in enumerate(columns):
            table.add_column(
                column, justify="left" if place < left else "right", overflow="fold", no_wrap=place != wrapped
            )
        return table

    def _why_not(self) -> Table:
        say, n = self._say, self._number
        names = (say("rule"), say("citation")) if self._wide else (f"{say('rule')}, {say('citation')}",)
        wrapped = len(names) - 1
        table = self._table(say("why_not"), *names, say("blocks"), say("alone"), left=len(names), wrapped=wrapped)
        reasons = sorted(self._report.tally.reasons.values(), key=lambda reason: (-reason.blocks, reason.rule))
        for reason in reasons[:MAX_RULES]:
            nobody = say("own_request" if reason.rule == STATED_HOURS else "engine")  # whose it is, without a law
            told = (escape(reason.rule), escape(reason.citation or f"({nobody})"))
            table.add_row(*(told if self._wide else ("\n  ".join(told),)), n(reason.blocks), n(reason.alone))
        if len(reasons) > MAX_RULES:
            table.add_row(f"… {len(reasons) - MAX_RULES} {say('more_rules')}")
        return table

    def _countries(self) -> Table:
        say, n = self._say, self._number
        names = ("country", "contacts", "allowed", "%", "denied", "first_reason")
        table = self._table(say("by_country"), *(name if name == "%" else say(name) for name in names), wrapped=5)
        table.columns[-1].justify = "left"
        ordered = sorted(self._report.tally.countries.items(), key=lambda item: -item[1].allowed - item[1].denied)
        for name, count in ordered[:MAX_COUNTRIES]:
            total = count.allowed + count.denied
            first = ", ".join(f"{rule} {n(blocks)}" for rule, blocks in count.rules.most_common(1))
            share = f"{100 * count.allowed / total:.0f}" if total else "-"
            table.add_row(name, n(total), n(count.allowed), share, n(count.denied), escape(first))
        if len(ordered) > MAX_COUNTRIES:
            rest = ordered[MAX_COUNTRIES:]
            free, shut = sum(count.allowed for _, count in rest), sum(count.denied for _, count in rest)
            table.add_row(f"{say('others')} ({len(rest)})", n(free + shut), n(free), "", n(shut))
        return table

    def _unlock(self) -> Table:
        """Quarters of an hour for the next day, then days, then those that open at no known time."""
        say, n, at = self._say, self._number, self._report.at
        table = self._table(
            say("unlock"), f"{say('from')} ({at.strftime('%z') or 'Z'})", say("opens"), say("so_far"), ""
        )
        table.columns[-1].justify = "left"
        total = self._report.tally.curve.total
        rows = self._report.tally.curve.rows(at.utcoffset() or timedelta(0))
        most = max([int(total[NOW]), *(count for _, _, count in rows), 1])
        sum_so_far = int(total[NOW])
        table.add_row(say("now"), n(sum_so_far), n(sum_so_far), _bar(sum_so_far, most))
        shown, limits = {True: 0, False: 0}, {True: MAX_QUARTERS, False: MAX_DAYS}
        left_out = 0
        for start, width, count in rows:
            quarter = width < timedelta(days=1)
            sum_so_far += count
            if shown[quarter] == limits[quarter]:
                left_out += count
                continue
            shown[quarter] += 1
            label = self._moment(start) if quarter else f"{say('a_day_from')} {self._moment(start)}"
            table.add_row(label, n(count), n(sum_so_far), _bar(count, most))
        if left_out:
            table.add_row(say("later"), n(left_out), n(sum_so_far))
        for reason, code in WITHOUT.items():
            if total[code]:
                table.add_row(say(reason.name), n(int(total[code])))
        return table

    def _moment(self, start: datetime) -> str:
        return f"{weekday(start, self._language)} {start:%Y-%m-%d %H:%M}"

    def _bad(self) -> Table:
        say, report = self._say, self._report
        where = f" ({say('all_in')} {report.bad_path})" if report.bad_path else ""
        columns = (say("field"), say("mistakes"), say("example"))
        table = self._table(escape(say("bad_lines") + where), *columns, wrapped=2)
        table.columns[-1].justify = "left"
        for (source, field), count in sorted(report.bad_by_field.items(), key=lambda item: -item[1]):
            first = next((bad for bad in report.first_bad if (bad.source, bad.field) == (source, field)), None)
            told = self._example(first) if first else ""
            name = field if _NO_FREE_TEXT.fullmatch(field) else veiled(field)
            table.add_row(escape(f"{say(source)} {name}"), self._number(count), escape(told))
        return table

    def _example(self, bad: BadLine) -> str:
        cure = "" if _QUOTED.match(bad.cure) and not _NO_FREE_TEXT.fullmatch(bad.field) else bad.cure
        told = [in_language(text, self._language) for text in (_fit(bad), cure) if text]
        return f"{self._say('line')} {bad.line}: " + "; ".join(told)

    def _history(self) -> Text:
        told, say, n = self._report.history, self._say, self._number
        if told is None:
            return Text("")
        parts = [f"{n(told.events)} {say('events')}, {n(told.persons)} {say('persons')}"]
        counts = {"repeated": told.repeated, "alike": told.alike, "never_met": self._report.never_met}
        counts["unattributed"] = told.unattributed
        parts += [f"{n(count)} {say(name)}" for name, count in counts.items() if count]
        return Text(f"{say('history')}: " + "; ".join(parts))

    def _time(self) -> Text:
        spent, language = self._report.seconds, self._language
        total = sum(spent.values())
        told = self._report.lines >= _ENOUGH_LINES and total >= _ENOUGH_S
        rate = f"{number(self._report.lines / total, language)} {self._say('lines').lower()}/s · " if told else ""
        stages = (f"{self._say(f'stage.{name}')} {number(part, language, 2)} s" for name, part in spent.items())
        return Text(f"{rate}{self._say('time')}: " + ", ".join(stages), style="dim")


def _fit(bad: BadLine) -> str:
    """What was found, fit for a log. What is wrong with a line as a whole, or with a key, quotes nothing."""
    if bad.field == "line" or _QUOTED.match(bad.cure):
        return bad.found
    plain = bad.field not in _PERSONAL and _NO_FREE_TEXT.fullmatch(bad.found)
    return bad.found if plain else veiled(bad.found)


def veiled(found: str) -> str:
    """What was found in a column of numbers or names, as its shape alone: a terminal ends up in logs, the file of bad
    lines has the rest."""
    plain = _NOT_PERSONAL.match(found)
    if plain:
        return plain[0]
    own, taken, line = found.partition(TAKEN)
    return re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "#", own)) + taken + line


def _bar(count: int, most: int) -> str:
    return "█" * max(round(_BAR * count / most), count > 0)
