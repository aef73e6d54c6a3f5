"""A list on its whole way: formats agree, sums reconcile, what cannot be evaluated is not allowed."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cadencia.engine.batch import Screened
from cadencia.lists import Defaults, ListError, ScreenReport, Settings, screen_file
from cadencia.lists.answers import LISTED
from cadencia.lists.screen import STAGES

LIST = """ref,person,debts,phones,facts
L1,P1,D1;D2,+573001234567;+573001234568,
L2,P2,D1,+34600123456,opt_out
L3,P3,D1,+34600123457,opt_out@sms
L4,P4,D1,,
L1,P5,D1,+573001234567,
L6,P6,D1,+9991234567,
L7,P7,D1,+573001234567,angry
L8,P8,D1
L9,P9,D1,+573001234569,
"""
HISTORY = """person,at,channel,kind,debt,address
P1,2026-05-17T10:00-05:00,call,no_answer,D1,+573001234567
P9,2026-05-19T10:00-05:00,call,no_answer,,
P0,2026-05-17T10:00-05:00,call,no_answer,,
"""


def screen(
    folder: Path, engine, at: datetime, text: str = LIST, history: str | None = HISTORY, **settings
) -> ScreenReport:
    (folder / "list.csv").write_text(text)
    if history:
        (folder / "history.csv").write_text(history)
    past = str(folder / "history.csv") if history else None
    return screen_file(
        engine, str(folder / "list.csv"), str(folder / "out.csv"), Settings(at=at, **settings), history=past
    )


def answers(folder: Path, name: str = "out.csv") -> list[dict[str, str]]:
    with (folder / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_verdicts_are_those_of_the_engine_for_each_query(tmp_path: Path, engine, at):
    screen(tmp_path, engine, at)
    found = [(row["ref"], row["debt"], row["address"], row["verdict"], row["reasons"]) for row in answers(tmp_path)]
    assert found == [
        ("L1", "D1", "+573001234567", "deny", "CO.law.cap"),
        ("L1", "D2", "+573001234567", "allow", ""),
        ("L1", "D1", "+573001234568", "allow", ""),
        ("L1", "D2", "+573001234568", "allow", ""),
        ("L2", "D1", "+34600123456", "deny", "ES.law.optout"),
        ("L3", "D1", "+34600123457", "allow", ""),
        ("L4", "D1", "", "deny", "zone_unknown"),
    ]
    assert [row["unlock"] for row in answers(tmp_path)][:2] == ["2026-05-18T15:00Z/PT15M", "now"]


def test_bad_lines_are_told_by_line_field_and_cure(tmp_path: Path, engine, at):
    screen(tmp_path, engine, at)
    found = {(row["source"], int(row["line"]), row["field"]) for row in answers(tmp_path, "out.csv.bad.csv")}
    assert found == {
        ("list", 6, "ref"), ("list", 7, "phones"), ("list", 8, "facts"), ("list", 9, "line"), ("list", 10, "person"),
        ("history", 3, "at"),
    }  # fmt: skip


def test_sums_reconcile(tmp_path: Path, engine, at):
    report = screen(tmp_path, engine, at)
    assert report.lines == 9
    assert report.lines == report.tally.lines_allowed + report.tally.lines_denied + report.bad_lines
    assert (report.tally.lines_allowed, report.tally.lines_denied, report.bad_lines) == (2, 2, 5)
    assert report.queries == report.allowed + report.denied == len(answers(tmp_path)) == 7
    assert int(report.tally.curve.total.sum()) == report.queries
    assert sum(count.allowed + count.denied for count in report.tally.countries.values()) == report.queries
    assert (report.history.lines, report.history.events, report.history.bad_lines, report.never_met) == (3, 2, 1, 1)
    assert report.some_bad


def test_reasons_are_counted_with_those_that_alone_block(tmp_path: Path, engine, at):
    history = HISTORY + "P2,2026-05-17T10:00-05:00,call,no_answer,,\n"
    reasons = screen(tmp_path, engine, at, history=history).tally.reasons
    assert {name: (reason.blocks, reason.alone) for name, reason in reasons.items()} == {
        "CO.law.cap": (1, 1), "ES.law.cap": (1, 0), "ES.law.optout": (1, 0), "zone_unknown": (1, 1),
    }  # fmt: skip
    assert reasons["CO.law.cap"].citation == "art. cap"


def test_formats_agree(tmp_path: Path, engine, at):
    screen(tmp_path, engine, at)
    expected = answers(tmp_path)
    lines = [row for row in csv.DictReader(LIST.splitlines()) if None not in row.values()]
    (tmp_path / "list.ndjson").write_text(
        "".join(json.dumps({k: v for k, v in row.items() if v}) + "\n" for row in lines)
    )
    pq.write_table(pa.Table.from_pylist(lines), tmp_path / "list.parquet")
    for name in ("list.ndjson", "list.parquet"):
        for out in ("o.csv", "o.ndjson", "o.parquet"):
            screen_file(
                engine,
                str(tmp_path / name),
                str(tmp_path / out),
                Settings(at=at),
                history=str(tmp_path / "history.csv"),
            )
        rows = [json.loads(line) for line in (tmp_path / "o.ndjson").read_text().splitlines()]
        assert pq.read_table(tmp_path / "o.parquet").to_pylist() == rows
        strip = [{k: v for k, v in row.items() if k != "line"} for row in answers(tmp_path, "o.csv")]
        assert strip == [{k: v for k, v in row.items() if k != "line"} for row in expected]
        assert all(isinstance(row[name], list) for row in rows for name in LISTED)
        assert [{k: text(v) for k, v in row.items() if k != "line"} for row in rows] == strip


def text(value: object) -> str:
    """A value as a cell of CSV has it."""
    return ";".join(value) if isinstance(value, list) else str(value or "")


def test_a_list_cut_into_small_chunks_has_the_same_answers(tmp_path: Path, engine, at, monkeypatch):
    text = "ref,phones\n" + "".join(f"L{i % 400},+57300{i:07d};+34600{i % 10**6:06d}\n" for i in range(500))
    screen(tmp_path, engine, at, text, None)
    whole, bad = (tmp_path / "out.csv").read_bytes(), (tmp_path / "out.csv.bad.csv").read_bytes()
    monkeypatch.setattr("cadencia.lists.lines.BLOCK_BYTES", 512)
    monkeypatch.setattr("cadencia.lists.queries.MAX_QUERIES_AT_ONCE", 7)
    report = screen(tmp_path, engine, at, text, None)
    assert (report.lines, report.bad_lines) == (500, 100)
    assert (tmp_path / "out.csv").read_bytes() == whole
    assert (tmp_path / "out.csv.bad.csv").read_bytes() == bad


def test_the_time_is_told_by_stage(tmp_path: Path, engine, at):
    assert set(screen(tmp_path, engine, at).seconds) == set(STAGES)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "is empty"), ("ref,phone\n", "has no lines below its header"), ("phone\n+57\n", "column 'ref' is missing")],
)
def test_a_list_of_no_use_leaves_the_old_answers_alone(tmp_path: Path, engine, at, text: str, message: str):
    (tmp_path / "out.csv").write_text("of yesterday")
    with pytest.raises(ListError, match=message):
        screen(tmp_path, engine, at, text)
    assert (tmp_path / "out.csv").read_text() == "of yesterday"
    assert not (tmp_path / "out.csv.part").exists() and not (tmp_path / "out.csv.bad.csv").exists()


def test_a_failure_inside_leaves_nothing_half_written(tmp_path: Path, engine, at):
    class Failing(type(engine)):  # type: ignore[misc]
        def screen(self, batch, **options) -> Screened:
            raise RuntimeError("out of order")

    with pytest.raises(RuntimeError, match="out of order"):
        screen(tmp_path, Failing(), at)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.csv", "list.csv"]


def test_a_naive_instant_is_refused(tmp_path: Path, engine, at):
    with pytest.raises(ListError, match="needs its offset"):
        screen(tmp_path, engine, at.replace(tzinfo=None))


def test_a_file_is_not_read_and_written_at_once(tmp_path: Path, engine, at):
    (tmp_path / "list.csv").write_text(LIST)
    with pytest.raises(ListError, match=r"is read as well \(the list\)"):
        screen_file(engine, str(tmp_path / "list.csv"), str(tmp_path / "list.csv"), Settings(at=at))


def test_facts_dates_and_hours_reach_the_engine(tmp_path: Path, engine, at):
    header, facts = "ref,phone,facts,days_past_due,wanted_hours\n", "hold<2026-06-01T00:00Z,10,18:00-20:00"
    text = f"{header}L1,+573001234567,{facts}\nL2,+573001234568,,,\n"
    screen(tmp_path, engine, at, text, None, defaults=Defaults(channel="sms"))
    [batch] = engine.batches
    assert batch.timed_from is not None and (batch.timed_to - batch.timed_from).tolist() == [1, 0]
    assert batch.hours is not None and batch.hours[1] == -1
    assert batch.person_hours[batch.hours[0]].wanted[0].opens == "18:00"
    assert batch.dates is not None and (batch.dates[:, 0] > 0).tolist() == [True, False]
    assert (batch.selectors & np.uint32(7)).tolist() == [2, 2]
    assert batch.facts_true is None and batch.event_at is None


def test_settings_are_values(at):
    assert replace(Settings(at=at), threads=2) == Settings(at=at, threads=2)
