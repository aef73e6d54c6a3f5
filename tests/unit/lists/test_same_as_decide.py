"""A line of a list gets the answer that the engine gives to the same question asked alone."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from cadencia.engine.decide import Engine
from cadencia.engine.query import Event, Fact, Query
from cadencia.lists import Settings, screen_file, screen_table
from cadencia.lists.facts import read_hours
from cadencia.rules.cache import open_rulebook

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
EVERY = 29  # of the answers, one in so many is asked again


def fact(text: str) -> Fact:
    found = re.fullmatch(r"(!?)(\w+)(?:@(\w+))?(?:>([^<]+))?(?:<(.+))?", text)
    assert found is not None
    no, name, channel, since, until = found.groups()
    dated = [datetime.fromisoformat(text) if text else None for text in (since, until)]
    return Fact(name=name, value=not no, channel=channel, from_=dated[0], until=dated[1])


def event(row: dict[str, str]) -> Event:
    words = {name: row[name] for name in ("channel", "kind", "place", "debt", "creditor", "address") if row[name]}
    flags = {"inbound": row["direction"] == "inbound", "consented": row["consented"] == "true"}
    return Event(at=datetime.fromisoformat(row["at"]), **words, **flags)


def query(line: dict[str, str], answer: dict[str, str], history: tuple[Event, ...], at: datetime) -> Query:
    words = (
        "country",
        "region",
        "postal_code",
        "locality",
        "channel",
        "party",
        "actor",
        "debt_type",
        "stage",
        "creditor",
    )
    number = answer["address"] or None
    typed = next((text for text in line["phones"].split(";") if number and number in text), "")
    dates = {"due_date": at.date() - timedelta(days=int(line["days_past_due"]))}
    if line["notice_sent"]:
        dates["notice_sent"] = date.fromisoformat(line["notice_sent"])
    return Query(
        at=at, phone=number, address=number, debt=answer["debt"], place=typed.partition(":")[0] or "unknown",
        **{name: line[name] for name in words if line[name]}, dates=dates,
        facts=tuple(fact(text) for text in line["facts"].split(";") if text),
        numbers={name: float(line[name]) for name in ("amount_due", "instalments_overdue")}, history=history,
        wanted_hours=read_hours(line["wanted_hours"]), unwanted_hours=read_hours(line["unwanted_hours"]),
    )  # fmt: skip


@pytest.mark.parametrize("at", ["2026-05-18T09:00-05:00", "2026-05-19T18:30-05:00"])
def test_verdict_reasons_and_opening_are_the_same(tmp_path: Path, at: str):
    engine, instant = Engine(open_rulebook()), datetime.fromisoformat(at)
    files = [str(EXAMPLES / "portfolio.csv"), str(tmp_path / "out.csv")]
    screen_file(engine, *files, Settings(at=instant), history=str(EXAMPLES / "history.csv"))
    with open(EXAMPLES / "portfolio.csv", newline="", encoding="utf-8", errors="replace") as stream:
        lines = dict(enumerate((text for text in stream.read().split("\n")), start=1))
    header = lines[1].split(",")
    past: dict[str, list[Event]] = defaultdict(list)
    with (EXAMPLES / "history.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            if row["kind"] != "hung_up" and "T12:00:00," not in f"{row['at']},":
                past[row["person"]].append(event(row))
    with (tmp_path / "out.csv").open(newline="") as stream:
        answers = list(csv.DictReader(stream))[::EVERY]
    differ = []
    for answer in answers:
        line = dict(zip(header, next(csv.reader([lines[int(answer["line"])]])), strict=True))
        told = engine.decide(query(line, answer, tuple(past[line["person"]]), instant))
        opens = told.retry_at.strftime("%Y-%m-%dT%H:%M:%SZ") if told.retry_at else ""
        expected = (told.verdict, sorted(reason.rule for reason in told.reasons), opens, told.retry)
        found = (
            answer["verdict"],
            sorted(filter(None, answer["reasons"].split(";"))),
            answer["retry_at_utc"],
            answer["retry"],
        )
        if found != expected:
            differ.append((answer["ref"], found, expected))
    assert differ == []
    assert len({answer["verdict"] for answer in answers}) == 2 and len(answers) > 400


@pytest.mark.parametrize(
    ("phone", "at"),
    [
        ("+353851234567", "2024-11-15T23:00Z"),  # telephone hours under the code of 2012
        ("+353851234567", "2026-11-15T23:00Z"),  # and under the regulations that followed it
        ("+5511912345678", "2020-05-17T12:00-03:00"),  # São Paulo before its law of 2023
        ("+5511912345678", "2026-05-17T12:00-03:00"),
    ],
)
def test_the_citation_is_of_the_version_in_force_on_the_day(phone: str, at: str):
    engine, instant = Engine(open_rulebook()), datetime.fromisoformat(at)
    answers, report = screen_table(engine, pa.table({"ref": ["a"], "phone": [phone]}), at=instant)
    told = engine.decide(Query(phone=phone, address=phone, at=instant, channel="call", initiator="predictive"))
    cited = {reason.rule: reason.citation for reason in told.reasons}
    assert any(cited.values())
    assert {name: reason.citation for name, reason in report.tally.reasons.items()} == cited
    assert answers.column("citation").to_pylist() == [next(filter(None, (reason.citation for reason in told.reasons)))]
