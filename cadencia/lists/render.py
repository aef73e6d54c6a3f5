"""The report of a screening as tables for a terminal. Nothing is printed here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cadencia.lists.phrases import phrase
from cadencia.lists.screen import ScreenReport
from cadencia.lists.unlock import NOW, WITHOUT

MAX_RULES, MAX_COUNTRIES, MAX_QUARTERS, MAX_DAYS = 15, 20, 24, 7
_BAR = 24
_PERSONAL = ("ref", "person", "phone", "phones", "debt", "debts", "address", "creditor", "caller_id")


class Summary:
    """The tables of one report in one language."""

    def __init__(self, report: ScreenReport, language: str) -> None:
        self._report, self._language = report, language

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

    def _head(self) -> Text:
        report = self._report
        at = report.at.isoformat(timespec="minutes")
        rulebook = report.rulebook.removeprefix("sha256:")[:12]
        return Text(f"{self._say('at')} {at} · {self._say('rulebook')} {rulebook}")

    def _counts(self) -> Table:
        report, say = self._report, self._say
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        table.add_row(
            say("lines"), f"{report.lines:,} {say('read')}", f"= {report.tally.lines_allowed:,} {say('with_some')}",
            f"+ {report.tally.lines_denied:,} {say('with_none')}", f"+ {report.bad_lines:,} {say('bad')}",
        )  # fmt: skip
        table.add_row(
            say("contacts"), f"{report.queries:,}", f"= {report.allowed:,} {say('allowed')}",
            f"+ {report.denied:,} {say('denied')}", f"({say('contacts_are')})",
        )  # fmt: skip
        return table

    def _table(self, title: str, *columns: str, left: int = 1) -> Table:
        table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
        for number, column in enumerate(columns):
            table.add_column(column, justify="left" if number < left else "right", overflow="fold")
        return table

    def _why_not(self) -> Table:
        say = self._say
        table = self._table(say("why_not"), say("rule"), say("citation"), say("blocks"), say("alone"), left=2)
        reasons = sorted(self._report.tally.reasons.values(), key=lambda reason: (-reason.blocks, reason.rule))
        for reason in reasons[:MAX_RULES]:
            citation = reason.citation or f"({say('engine')})"
            table.add_row(escape(reason.rule), escape(citation), f"{reason.blocks:,}", f"{reason.alone:,}")
        if len(reasons) > MAX_RULES:
            table.add_row(f"… {len(reasons) - MAX_RULES} {say('more_rules')}")
        return table

    def _countries(self) -> Table:
        say = self._say
        table = self._table(
            say("by_country"), say("country"), say("contacts"), say("allowed"), "%", say("denied"), say("first_reason")
        )
        table.columns[-1].justify = "left"
        ordered = sorted(self._report.tally.countries.items(), key=lambda item: -item[1].allowed - item[1].denied)
        for name, count in ordered[:MAX_COUNTRIES]:
            total = count.allowed + count.denied
            first = ", ".join(f"{rule} {n:,}" for rule, n in count.rules.most_common(1))
            share = f"{100 * count.allowed / total:.0f}" if total else "-"
            table.add_row(name, f"{total:,}", f"{count.allowed:,}", share, f"{count.denied:,}", escape(first))
        if len(ordered) > MAX_COUNTRIES:
            rest = ordered[MAX_COUNTRIES:]
            free, shut = sum(count.allowed for _, count in rest), sum(count.denied for _, count in rest)
            table.add_row(f"{say('others')} ({len(rest)})", f"{free + shut:,}", f"{free:,}", "", f"{shut:,}")
        return table

    def _unlock(self) -> Table:
        """Quarters of an hour for the next day, then days, then those that open at no known time."""
        say, at = self._say, self._report.at
        zone = at.utcoffset() or timedelta(0)
        table = self._table(
            say("unlock"), f"{say('from')} ({at.strftime('%z') or 'Z'})", say("opens"), say("so_far"), ""
        )
        table.columns[-1].justify = "left"
        total = self._report.tally.curve.total
        rows = self._report.tally.curve.rows(zone)
        most = max([int(total[NOW]), *(count for _, _, count in rows), 1])
        sum_so_far = int(total[NOW])
        table.add_row(say("now"), f"{sum_so_far:,}", f"{sum_so_far:,}", _bar(sum_so_far, most))
        shown, limits = {True: 0, False: 0}, {True: MAX_QUARTERS, False: MAX_DAYS}
        left_out = 0
        for start, width, count in rows:
            quarter = width < timedelta(days=1)
            sum_so_far += count
            if shown[quarter] == limits[quarter]:
                left_out += count
                continue
            shown[quarter] += 1
            label = start.strftime("%a %H:%M" if quarter else "%Y-%m-%d %H:%M")
            table.add_row(label, f"{count:,}", f"{sum_so_far:,}", _bar(count, most))
        if left_out:
            table.add_row("…", f"{left_out:,}", f"{sum_so_far:,}")
        for reason, code in WITHOUT.items():
            if total[code]:
                table.add_row(say(reason.name), f"{int(total[code]):,}")
        return table

    def _bad(self) -> Table:
        say, report = self._say, self._report
        where = f" ({say('all_in')} {report.bad_path})" if report.bad_path else ""
        table = self._table(escape(say("bad_lines") + where), say("field"), say("mistakes"), say("example"))
        table.columns[-1].justify = "left"
        for (source, field), count in sorted(report.bad_by_field.items(), key=lambda item: -item[1]):
            first = next((bad for bad in report.first_bad if (bad.source, bad.field) == (source, field)), None)
            # a terminal ends up in logs: no numbers or names of persons there, the file has them
            found = "" if first is None or field in _PERSONAL else f"{first.found}; "
            told = f"{say('line')} {first.line}: {found}{first.cure}" if first else ""
            table.add_row(escape(f"{say(source)} {field}"), f"{count:,}", escape(told))
        return table

    def _history(self) -> Text:
        told, say = self._report.history, self._say
        if told is None:
            return Text("")
        parts = [f"{told.events:,} {say('events')}, {told.persons:,} {say('persons')}"]
        counts = {"repeated": told.repeated, "never_met": self._report.never_met, "unattributed": told.unattributed}
        parts += [f"{count:,} {say(name)}" for name, count in counts.items() if count]
        return Text(f"{say('history')}: " + "; ".join(parts))

    def _time(self) -> Text:
        spent = self._report.seconds
        total = sum(spent.values())
        rate = f"{self._report.lines / total:,.0f} {self._say('lines').lower()}/s · " if total else ""
        return Text(
            f"{rate}{self._say('time')}: " + ", ".join(f"{name} {part:.2f} s" for name, part in spent.items()),
            style="dim",
        )


def _bar(count: int, most: int) -> str:
    return "█" * max(round(_BAR * count / most), count > 0)
