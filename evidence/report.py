"""The report of a pack, for a compliance officer and a judge: who asked, what was decided, by which article, what
followed.

Made once as a document of sections and tables; report_html.py and report_pdf.py write it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from cadencia.evidence.history import Step, Told, decision_of
from cadencia.evidence.reason_words import own_reason
from cadencia.evidence.report_html import html
from cadencia.evidence.report_pdf import pdf
from cadencia.evidence.report_table import Document, Section, Table
from cadencia.evidence.report_words import word
from cadencia.evidence.verify import ALWAYS
from cadencia.rules.explain import phrases

MAX_ROWS = 2000  # of a table; whoever needs more reads the records


def reports(told: Told, books: Mapping[str, Any], languages: Sequence[str]) -> dict[str, bytes]:
    """The report's files in these languages."""
    made: dict[str, bytes] = {}
    for language in languages:
        document = Reporter(told, books, language).document()
        made[f"report.{language}.html"] = html(document)
        made[f"report.{language}.pdf"] = pdf(document)
    return made


class Reporter:
    """Writes one report in one language."""

    def __init__(self, told: Told, books: Mapping[str, Any], language: str) -> None:
        self._told, self._books, self._language = told, books, language
        self._zone = ZoneInfo(told.zone) if told.zone else None

    def document(self) -> Document:
        """The whole report."""
        told, say = self._told, self._say
        facts = [
            (say("person"), told.person or told.asked.subject.hex()),
            (say("tenant"), told.asked.tenant or say("unknown")),
            (say("stretch"), f"{self._when(told.asked.since)} – {self._when(told.asked.until)}"),
            (say("made_at"), told.made_at),
        ]
        if told.asked.attempts:
            facts.append((say("attempts_asked"), ", ".join(told.asked.attempts)))
        erased = [self._erasure()] if any(step.erased for step in self._steps()) else []
        return Document(
            language=self._language,
            title=say("title"),
            made_at=told.made_at,
            page=say("page", n="{n}", total="{total}"),
            root=told.root,
            facts=tuple(facts),
            note=say("times", zone=told.zone) if told.zone else say("times_utc"),
            sections=(
                self._summary(), self._decisions(), self._history(), self._consents(), *erased, self._law(),
                self._check(),
            ),
        )  # fmt: skip

    def _say(self, name: str, **values: object) -> str:
        return word(name, self._language, **values)

    def _when(self, at: datetime) -> str:
        """The instant to the second, local first."""
        text = f"{at:%Y-%m-%d %H:%M:%S}"
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M:%S} ({text})" if self._zone else text

    def _told_instant(self, text: object) -> str:
        try:
            return self._when(datetime.fromisoformat(str(text)))
        except (ValueError, TypeError):
            return str(text)

    def _steps(self) -> list[Step]:
        told = self._told
        return [*told.decisions, *(step for steps in told.attempts for step in steps), *told.consents]

    def _table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], file: str) -> Table:
        more = self._say("more", n=len(rows) - MAX_ROWS, file=file) if len(rows) > MAX_ROWS else ""
        shown = tuple(tuple(row) for row in rows[:MAX_ROWS])
        return Table(heads=tuple(self._say(head) for head in heads), rows=shown, widths=tuple(widths), more=more)

    def _summary(self) -> Section:
        told = self._told
        verdicts = [decision_of(step).get("verdict") for step in told.decisions]
        inbound = sum(steps[0].inbound for steps in told.attempts)
        figures = {
            "n_allowed": verdicts.count("allow"), "n_denied": verdicts.count("deny"),
            "n_attempts": len(told.attempts) - inbound, "n_inbound": inbound, "n_consents": len(told.consents),
            "n_erased": len({step.n for step in self._steps() if step.erased}), "n_earlier": told.earlier,
        }  # fmt: skip
        rows = [(self._say(name), str(figure)) for name, figure in figures.items()]
        return Section(title=self._say("summary"), tables=(Table(heads=(), rows=tuple(rows), widths=(75, 25)),))

    def _decisions(self) -> Section:
        rows = [self._decision(step) for step in self._told.decisions]
        heads = ("record", "when", "who", "channel", "verdict", "why", "counters")
        return self._section("decisions", self._table(heads, rows, (8, 13, 12, 8, 9, 32, 18), "decisions.ndjson"))

    def _section(self, name: str, table: Table) -> Section:
        empty = () if table.rows else (self._say("none"),)
        return Section(title=self._say(name), paragraphs=empty, tables=(table,) if table.rows else ())

    def _decision(self, step: Step) -> tuple[str, ...]:
        if step.erased:
            return (str(step.n), self._when(step.at), "", "", "", self._say("erased"), "")
        payload, decision = step.payload, decision_of(step)
        who = [self._say(str(payload["initiator"]))] if payload.get("initiator") else []
        who += [str(payload["by"])] if payload.get("by") else []
        begun = payload.get("versions") or {}
        why = [self._reason(reason, begun) for reason in decision.get("reasons", ())]
        if decision.get("verdict") == "deny" and decision.get("retry_at"):
            why.append(self._say("opens", at=self._told_instant(decision["retry_at"])))
        before = (payload.get("counters") or {}).get("before", ())
        counters = [self._counter(one) for one in before]
        return (
            str(step.n), self._told_instant(decision.get("at", step.at)), "\n".join(who) or self._say("unknown"),
            self._say(step.channel), self._say(str(decision.get("verdict", ""))), "\n".join(why), "\n".join(counters),
        )  # fmt: skip

    def _counter(self, one: Mapping[str, Any]) -> str:
        """How far a rule was used, and whose contacts it counted where these were not the person's alone."""
        used = self._say("used_of", used=one.get("used"), at_most=one.get("at_most"))
        base = one.get("base")
        return f"{one.get('rule')}: {used}" + (f" ({self._say(f'of_{base}')})" if base else "")

    def _reason(self, reason: Mapping[str, Any], begun: Mapping[str, str]) -> str:
        """The article, and what the rule says in this language, in the version that bound; as it was told then when the
        archive has no words for it."""
        rule = str(reason.get("rule", ""))
        told = self._version(rule, begun.get(rule, ALWAYS))
        said = told.get("sentences", {}).get(self._language) or own_reason(reason, self._language)
        article = told.get("cites", {}).get(self._language) or reason.get("citation") or rule
        text = f"{article}: {said or reason.get('message', '')}".removesuffix(": ")
        unreviewed = reason.get("kind") not in ("engine", "gate") and not reason.get("reviewed")
        return f"{text} [{self._say('unreviewed')}]" if unreviewed else text

    def _version(self, rule: str, since: str) -> dict[str, Any]:
        """What is kept of a version of a rule; empty if nothing is."""
        found = (book["rules"].get(rule, {}).get(since) for book in self._books.values() if book)
        return next(filter(None, found), {})

    def _history(self) -> Section:
        rows = []
        for steps in self._told.attempts:
            channel = next((step.channel for step in steps if step.channel), "")
            told = [f"{self._when(self._happened(step))}  {self._event(step)}" for step in steps]
            rows.append((", ".join(str(step.n) for step in steps), self._say(channel), "\n".join(told)))
        return self._section(
            "history", self._table(("record", "channel", "steps"), rows, (15, 12, 73), "attempts.ndjson")
        )

    def _happened(self, step: Step) -> datetime:
        """When it left, or was made; a permit is told when it was given, not when it ends."""
        return step.event_at if step.event_at and step.kind in ("placed", "inbound", "imported") else step.at

    def _event(self, step: Step) -> str:
        outcome = self._say(step.outcome)
        was = self._say(str(step.payload.get("was", ""))) or "?"
        text = self._say(step.kind, outcome=outcome, was=was)
        if step.kind == "inbound" and step.outcome not in ("inbound", ""):
            text += f": {outcome}"
        return f"{text} [{self._say('erased')}]" if step.erased else text

    def _consents(self) -> Section:
        rows = [self._consent(step) for step in self._told.consents]
        return self._section("consents", self._table(
            ("record", "known", "fact", "holds", "source"), rows, (8, 22, 34, 10, 26), "consents.ndjson"))  # fmt: skip

    def _consent(self, step: Step) -> tuple[str, ...]:
        payload = step.payload
        known = self._told_instant(payload.get("known_at", step.at))
        if step.erased:
            return (str(step.n), self._when(step.at), self._say("erased"), "", "")
        if payload.get("promise_due"):
            fact = self._say("promise_due", day=payload["promise_due"])
        elif payload.get("cannot_pay_until"):
            fact = self._say("cannot_pay", day=payload["cannot_pay_until"])
        elif payload.get("date"):
            fact = f"{self._say(str(payload['date']))}: {payload.get('on', '')}"
        else:
            fact = self._fact(str(payload.get("fact", "")))
        more = [self._say("as_hold")] if payload.get("hold") else []
        more += [f"{self._say(str(payload['scope']))}: {payload['id']}"] if payload.get("id") else []
        more += [self._say(str(payload["channel"]))] if payload.get("channel") else []
        more += [self._say(f"{name}_at", at=self._told_instant(payload[name])) for name in ("from", "until")
                 if payload.get(name)]  # fmt: skip
        hours = [self._hours(name, payload[name]) for name in ("wanted", "unwanted") if name in payload]
        # a payload leaves out what says nothing, and that a fact holds
        holds = self._say("yes" if payload.get("value", True) else "no") if payload.get("fact") else ""
        source = [str(payload[name]) for name in ("source", "by", "evidence") if payload.get(name)]
        return (
            str(step.n),
            known,
            "\n".join([fact, *more, *hours]).strip(),
            holds,
            "\n".join(source) or self._say("unknown"),
        )

    def _hours(self, name: str, spans: Sequence[Mapping[str, Any]]) -> str:
        days = phrases(self._language).day_list
        told = [f"{one.get('opens', '')}–{one.get('closes', '')} ({days(list(one.get('weekdays', range(7))))})"
                for one in spans]  # fmt: skip
        return f"{self._say(f'{name}_hours')}: {'; '.join(told) or self._say('taken_back')}"

    def _fact(self, name: str) -> str:
        subject, said = phrases(self._language).facts.get(name, ("", ""))
        return f"{name}: {subject} {said}" if said else self._say(name)

    def _erasure(self) -> Section:
        gone = len({step.n for step in self._steps() if step.erased})
        by = ", ".join(str(step.n) for step in self._told.ledger if step.kind == "erased")
        return Section(title=self._say("erasure"), paragraphs=(self._say("erased_text", n=gone, by=by),))

    def _law(self) -> Section:
        rows = [
            (f"{rule}\n{told['file']}:{told['line']}", told.get("cites", {}).get(self._language) or told["cite"],
             self._say("always") if since == ALWAYS else since,
             "\n".join(filter(None, (str(told["sentences"].get(self._language, "")), self._reading(told)))))
            for rule, since, told in sorted(self._versions(), key=lambda found: found[:2])
        ]  # fmt: skip
        books = tuple(
            f"{self._say('books')} {name}" + ("" if book else f": {self._say('book_missing')}")
            for name, book in sorted(self._books.items())
        )
        section = self._section(
            "law", self._table(("rule", "article", "since", "says"), rows, (24, 22, 12, 42), "rulebooks.json")
        )
        return msgspec.structs.replace(section, paragraphs=(*books, *section.paragraphs))

    def _reading(self, told: Mapping[str, Any]) -> str:
        """How we read the article, in this language or else as it is filed."""
        if not told["reading"]:
            return ""
        own = told["reading"] if self._language == "en" else told.get("readings", {}).get(self._language)
        return self._say("reading", text=own) if own else self._say("reading_english", text=told["reading"])

    def _versions(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Each version of a rule that is told, once, however many rulebooks have it."""
        found = {
            (rule, since): told
            for _, book in sorted(self._books.items()) for rule, versions in (book or {}).get("rules", {}).items()
            for since, told in versions.items() if self._in_stretch(since)
        }  # fmt: skip
        return [(rule, since, told) for (rule, since), told in found.items()]

    def _in_stretch(self, since: str) -> bool:
        # a local date may be a day ahead of UTC's
        return since < (self._told.asked.until + timedelta(days=1)).date().isoformat()

    def _check(self) -> Section:
        told = self._told
        sealed = self._say("sealed", head=told.head, root=told.root)
        return Section(title=self._say("check"), paragraphs=(self._say("check_text"), sealed))
