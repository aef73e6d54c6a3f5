"""Every mistake that a reader can find is told in three languages."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cadencia.engine.decide import Engine
from cadencia.lists import Settings, screen_file
from cadencia.lists.cures import TEXTS, in_language
from cadencia.rules.cache import open_rulebook

HEADER = "ref,phone,phones,country,region,postal_code,zone,facts,wanted_hours,due_date,days_past_due,amount_due,channel"
DIRT = (
    ",+573001234567", "a,+573001234567", "a,+573001234567", "b,,+573001234567;;+573001234568", "c,12", "d,,fax:12",
    "e,+57300", "f,+5730012345678901", "g,+999123456789", "h,,,XX", "i,,,COL", "j,,,,US-ZZ", "k,,,,Antioquia!",
    "l,,,US,,00000", "m,,,,,,Bogota", "n,+573001234567,,,,,,angry", "o,+573001234567,,,,,,hold<soon",
    "p,+573001234567,,,,,,hold;!hold", "q,+573001234567,,,,,,,9-5", "r,+573001234567,,,,,,,18:00-09:00",
    "s,+573001234567,,,,,,,,2026-02-30", "t,+573001234567,,,,,,,,2026-02-03,5", "u,+573001234567,,,,,,,,,-1",
    "v,+573001234567,,,,,,,,,,1.000,50", "w,+573001234567,,,,,,,,,,1,fax", 'x"y', "short", "z" * 101 + ",+573001234567",
    "A,300 123", "B,1234,,CO", f"C,,{'+573001234567;' * 40}", "D,,,,US-TX-9", "E,+573001234567,,,,,,opt_out@fax",
    "F,,,,,12345", "P,+573001234567",
)  # fmt: skip
PAST = (
    "P,2026-05-19T00:00Z,call,busy", "P,yesterday,call,busy", ",2026-05-01T00:00Z,call,busy", "P,,call,busy",
    "P,1999-05-01T00:00Z,call,busy", "P,2026-05-01T00:00Z,,busy", "P,2026-05-01T00:00Z,fax,busy",
)  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(open_rulebook())


def mistakes(folder: Path, engine: Engine, at, language: str) -> list[dict[str, str]]:
    width = HEADER.count(",")
    lines = [line + "," * max(0, width - line.count(",")) if line[0] not in "xs" else line for line in DIRT]
    (folder / "list.csv").write_text("\n".join([HEADER, *lines]))
    (folder / "past.csv").write_text("\n".join(["person,at,channel,kind", *PAST]))
    names = [str(folder / name) for name in ("list.csv", "out.csv", "past.csv")]
    screen_file(engine, *names[:2], Settings(at=at, language=language), history=names[2])
    with (folder / "out.csv.bad.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("language", ["es", "pt"])
def test_no_cure_stays_in_english(tmp_path: Path, engine, at, language: str):
    english, other = mistakes(tmp_path, engine, at, "en"), mistakes(tmp_path, engine, at, language)
    assert len(english) == len(other) > 35
    assert [row["cure"] for row, told in zip(english, other, strict=True) if row["cure"] == told["cure"]] == []
    assert [row["line"] for row in english] == [row["line"] for row in other]


def test_the_file_of_bad_lines_is_in_the_order_of_its_lines(tmp_path: Path, engine, at):
    for source in ("list", "history"):
        lines = [int(row["line"]) for row in mistakes(tmp_path, engine, at, "en") if row["source"] == source]
        assert lines == sorted(lines) and len(lines) > 5


@pytest.mark.parametrize("english", TEXTS)
def test_a_text_keeps_what_it_quotes(english: str):
    for told in TEXTS[english]:
        assert told.count("{}") == english.count("{}")
    said = english.format(*("Q1", "Q2", "Q3")[: english.count("{}")])
    for language in ("es", "pt"):
        assert all(quote in in_language(said, language) for quote in ("Q1", "Q2") if quote in said)


def test_what_is_no_text_of_ours_stays_as_it_is():
    assert in_language("L-1", "es") == "L-1"
    assert in_language("nothing", "en") == "nothing"
