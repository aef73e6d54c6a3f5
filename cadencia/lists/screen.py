"""A whole list through the engine: read, validate, locate, join the history, decide, write. Memory stays flat."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from cadencia.engine.batch import Batch, Screened
from cadencia.engine.history import seconds
from cadencia.lists import queries as asking
from cadencia.lists import unlock
from cadencia.lists.answers import OUTPUT, Clocks, tell
from cadencia.lists.columns import ids
from cadencia.lists.history import History, Joined, Told, read_history
from cadencia.lists.keys import SeenBefore, text_keys
from cadencia.lists.queries import Defaults, Lines, Queries
from cadencia.lists.read import Chunk, format_of, read_rows
from cadencia.lists.schema import TAKEN, BadLine, ListError, history_schema, in_line_order, list_schema, shown
from cadencia.lists.summary import Tally
from cadencia.lists.target import check_paths, is_plain
from cadencia.lists.versions import Versions
from cadencia.lists.where import Where, check_clues, country_of, find_places
from cadencia.lists.write import AnswerSink, BadLineSink, BadLineWriter, TableWriter

STAGES = ("read", "validate", "locate", "history", "decide", "write")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to screen. Formats that are None go by the file's ending. `bad`: file of bad lines (OUT.bad.csv)."""

    at: datetime
    defaults: Defaults = field(default_factory=Defaults)
    format: str | None = None
    out_format: str | None = None
    bad: str | None = None
    ignore: tuple[str, ...] = ()
    threads: int = 1
    language: str = "en"  # of the file of bad lines: es, en or pt


@dataclass(repr=False)
class ScreenReport:
    """What came of a list. lines = lines_allowed + lines_denied + bad_lines; queries = allowed + denied."""

    at: datetime
    rulebook: str
    tally: Tally
    lines: int = 0
    bad_lines: int = 0
    bad_by_field: dict[tuple[str, str], int] = field(default_factory=dict)  # (list or history, field) -> mistakes
    first_bad: list[BadLine] = field(default_factory=list)  # the first of each field
    bad_path: str | None = None
    history: Told | None = None
    never_met: int = 0  # persons of the history that are not in the list
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))

    def __repr__(self) -> str:
        return (
            f"<ScreenReport at {self.at.isoformat()}: lines {self.lines} ({self.bad_lines} bad), "
            f"contacts {self.queries}, allowed {self.allowed}, denied {self.denied}>"
        )

    @property
    def allowed(self) -> int:
        return self.tally.allowed

    @property
    def denied(self) -> int:
        return self.tally.denied

    @property
    def queries(self) -> int:
        return self.tally.allowed + self.tally.denied

    @property
    def some_bad(self) -> bool:
        """Whether a line of the list or of the history was refused."""
        return bool(self.bad_lines or (self.history and self.history.bad_lines))


#: Told of progress: lines done, and bytes (rows, for Parquet) read.
OnProgress = Callable[[int, int], None]


def screen_file(
    engine: Any,
    path: str,
    out: str,
    settings: Settings,
    *,
    history: str | None = None,
    on_progress: OnProgress | None = None,
) -> ScreenReport:
    """Screens the list at `path` into `out`. ListError if a file as a whole is of no use; `out` is then not touched."""
    if settings.at.tzinfo is None:
        raise ListError("the instant `at` needs its offset: 2026-05-18T09:00-05:00")
    bad_path = settings.bad or (f"{out}.bad.csv" if is_plain(out) else None)
    _check_paths(path, out, bad_path, history)
    out_format = settings.out_format or format_of(out, None, "--output-format")
    with _writers(out, out_format, bad_path, settings.language) as (answers, bad):
        screening = Screening(engine, settings, answers, bad)
        if history is not None:
            past = history_schema(settings.ignore)
            screening.load_history(read_rows(history, format_of(history, None, ""), past))
        format_ = format_of(path, settings.format)
        read = [0]
        schema = list_schema(settings.ignore)
        for chunk in screening.timed("read", read_rows(path, format_, schema, lambda n: read.__setitem__(0, n))):
            screening.add(chunk)
            if on_progress:
                on_progress(screening.report.lines, read[0])
        report = screening.finish()
    report.bad_path = bad_path
    return report


def _check_paths(path: str, out: str, bad: str | None, history: str | None) -> None:
    if bad == "-":
        raise ListError("bad lines cannot go to standard output; name a file")
    check_paths({"the list": path, "the history": history}, {"the answers": out, "the bad lines": bad})
    if path == history == "-":
        raise ListError("the list and the history cannot both be standard input")


@contextmanager
def _writers(
    out: str, format_: str, bad_path: str | None, language: str
) -> Iterator[tuple[TableWriter, BadLineWriter]]:
    """Both files: under their names if all goes well, and only when both are whole; else neither is left."""
    answers = TableWriter(out, format_, OUTPUT)
    try:
        bad = BadLineWriter(bad_path, language)
    except BaseException:
        answers.discard()
        raise
    try:
        yield answers, bad
        bad.finish()
        answers.finish()
        bad.place()
        answers.place()
    except BaseException:
        bad.discard()
        answers.discard()
        raise


class Screening:
    """One list on its way through the engine, chunk by chunk."""

    def __init__(self, engine: Any, settings: Settings, answers: AnswerSink, bad: BadLineSink) -> None:
        self._engine, self._settings, self._answers, self._bad = engine, settings, answers, bad
        self._at = seconds(settings.at)
        self._seen, self._clocks = SeenBefore(), Clocks(engine.rulebook)
        self._history: History | None = None
        self._labels = pa.array(unlock.labels(self._at), pa.string())
        self.report = ScreenReport(settings.at, engine.rulebook.hash, Tally(unlock.UnlockCurve(self._at)))

    def load_history(self, chunks: Iterable[Chunk]) -> None:
        """Reads the past; before the first chunk of the list."""
        settings = self._settings
        with self._stage("history"):
            self._history = read_history(chunks, settings.at, self._bad.write, country=settings.defaults.country)
        self.report.history = self._history.told

    def add(self, chunk: Chunk) -> None:
        """Screens the lines of a chunk."""
        for part in asking.parts(chunk):
            self.report.lines += len(part) + len({bad.line for bad in part.bad})
            self.report.bad_lines += len({bad.line for bad in part.bad})
            if len(part):
                self._add_part(part)
            else:
                self._bad.write(part.bad)

    def finish(self) -> ScreenReport:
        """The report, when all chunks are in."""
        self.report.bad_by_field, self.report.first_bad = self._bad.by_field, self._bad.first
        if self._history is not None:
            self.report.never_met = self._history.never_met
        return self.report

    def timed(self, stage: str, rows: Iterator[Chunk]) -> Iterator[Chunk]:
        """The chunks, with the time that each took booked on a stage."""
        while True:
            with self._stage(stage):
                chunk = next(rows, None)
            if chunk is None:
                return
            yield chunk

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.report.seconds[name] += time.perf_counter() - start

    def _add_part(self, chunk: Chunk) -> None:
        with self._stage("validate"):
            lines, queries = self._validate(chunk)
            queries = queries.of_lines(~lines.marks.wrong)
        with self._stage("locate"):
            where = find_places(self._engine.locator, lines, queries)
        with self._stage("history"):
            joined = self._join(lines, queries)
        bad = int(np.count_nonzero(lines.marks.wrong))
        self.report.bad_lines += bad
        self._bad.write(in_line_order(chunk.bad, lines.marks.bad))
        keep = ~lines.marks.wrong[queries.line]
        if not keep.all():
            queries, where = queries.take(keep), Where(where.place[keep], where.places)
            joined = joined.take(keep) if joined else None
        if len(queries):
            with self._stage("decide"):
                screened = self._engine.screen(self._batch(queries, where, joined), threads=self._settings.threads)
            with self._stage("write"):
                self._write(lines, queries, where, screened)

    def _validate(self, chunk: Chunk) -> tuple[Lines, Queries]:
        lines = asking.read_lines(chunk, self._settings.defaults, self._settings.at)
        keys = text_keys(ids(chunk, lines.marks, "ref"))
        first = np.where(keys == 0, 0, self._seen.first_lines(keys, chunk.lines))
        rows = np.flatnonzero(first).tolist()
        found = [f"{shown(chunk.columns['ref'][row].as_py())}{TAKEN}{first[row]}" for row in rows]
        lines.marks.mark(rows, "ref", found, ["give every line a name of its own"] * len(rows))
        check_clues(lines, self._engine.rulebook)
        return lines, asking.make_queries(lines)

    def _join(self, lines: Lines, queries: Queries) -> Joined | None:
        """The history of the queries; lines whose history cannot be counted are marked."""
        if self._history is None:
            return None
        joined = self._history.join(
            text_keys(lines.person), queries.line, queries.debt, queries.address, lines.creditor
        )
        rows = [row for row in sorted(joined.refused) if not lines.marks.wrong[row]]
        cure = "correct the history: without it a count might be too low, so nothing is allowed"
        lines.marks.mark(rows, "person", [joined.refused[row] for row in rows], [cure] * len(rows))
        return joined

    def _batch(self, queries: Queries, where: Where, joined: Joined | None) -> Batch:
        table, row = queries.facts, queries.fact_row
        batch = Batch(
            at=np.full(len(queries), self._at, np.int64), place=where.place, selectors=queries.selectors,
            places=where.places, dates=queries.dates, numbers=queries.numbers, hours=queries.hours,
            person_hours=queries.person_hours, caller=queries.caller, callers=queries.callers,
        )  # fmt: skip
        if table.known.any():
            batch.facts_true, batch.facts_known = table.true[row], table.known[row]
        if table.timed:
            batch.timed_from, batch.timed_to = table.timed_from[row], table.timed_to[row]
            batch.timed_fact = np.array([fact.bit for fact in table.timed], np.uint8)
            batch.timed_value = np.array([fact.value for fact in table.timed], np.uint8)
            batch.timed_since = np.array([fact.since for fact in table.timed], np.int64)
            batch.timed_until = np.array([fact.until for fact in table.timed], np.int64)
        if joined is not None and self._history is not None:
            batch.debt, batch.address, batch.creditor = joined.debt, joined.address, joined.creditor
            batch.ascending = True  # cadencia.lists.history sorts each person's events
            batch.event_from, batch.event_to = joined.event_from[queries.line], joined.event_to[queries.line]
            batch.event_at, batch.event_attr = self._history.event_at, self._history.event_attr
        return batch

    def _write(self, lines: Lines, queries: Queries, where: Where, screened: Screened) -> None:
        versions = Versions(self._engine.rulebook, self._engine.rules_of, self._at)
        told = tell(screened, versions, where.place, where.places, self._clocks)
        codes = unlock.buckets(self._at, screened.allowed, screened.retry, screened.retry_at)
        rows = pa.array(queries.line)
        told.columns.update(
            line=pa.array(lines.chunk.lines[queries.line]), ref=lines.chunk.columns["ref"].take(rows),
            person=lines.person.take(rows), debt=queries.debt, address=queries.address,
            address_index=pa.array(queries.address_index), unlock=self._labels.take(pa.array(codes)),
        )  # fmt: skip
        self._answers.write(told.columns)
        names = sorted({country_of(place) for place in where.places})
        index = np.array([names.index(country_of(place)) for place in where.places], np.int64)
        tally = self.report.tally
        tally.add(index[where.place], names, told.block, told.blocks, codes)
        free = np.bincount(queries.line, screened.allowed, minlength=len(lines.chunk)) > 0
        present = np.bincount(queries.line, minlength=len(lines.chunk)) > 0
        tally.add_lines(int(np.count_nonzero(free)), int(np.count_nonzero(present & ~free)))
