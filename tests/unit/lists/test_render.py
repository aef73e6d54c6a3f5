"""The summary says the counts, in three languages, and no number of a person."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from cadencia.engine.telling import STATED_HOURS
from cadencia.lists import ScreenReport, Settings, screen_file
from cadencia.lists.phrases import LANGUAGES, phrase
from cadencia.lists.render import MAX_DAYS, Summary, veiled
from cadencia.lists.summary import ReasonCount
from cadencia.lists.unlock import QUARTERS

LIST = "ref,phone,facts\nL1,+573001234567,\nL2,+34600123456,opt_out\nL3,+9995550000,\nL4,5550000,\n"


@pytest.fixture
def report(tmp_path: Path, engine, at) -> ScreenReport:
    (tmp_path / "list.csv").write_text(LIST)
    (tmp_path / "past.csv").write_text(
        "person,at,channel,kind\nL1,2026-05-18T08:00-05:00,call,busy\nX,2026-05-18T08:00-05:00,call,busy\n"
    )
    return screen_file(
        engine,
        str(tmp_path / "list.csv"),
        str(tmp_path / "out"),
        Settings(at=at, out_format="csv"),
        history=str(tmp_path / "past.csv"),
    )


def told(report: ScreenReport, language: str, width: int = 160) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width)
    for part in Summary(report, language, width):
        console.print(part)
    return out.getvalue()


def test_the_summary_has_every_count(report):
    text = told(report, "en")
    for expected in (
        "4 read",
        "= 0 with one allowed",
        "+ 2 with none",
        "+ 2 bad",
        "CO.law.cap",
        "art. optout",
        "Mon 2026-05-18 10:00",
        "needs a fact",
    ):
        assert expected in text
    assert "1 persons that are not in the list" in text


def test_no_number_of_a_person_is_shown(report):
    text = told(report, "en")
    assert "5550000" not in text and "line 4: +##########; no such country code" in text


@pytest.mark.parametrize(("language", "word"), [("es", "Por qué no"), ("en", "Why not"), ("pt", "Por que não")])
def test_three_languages(report, language: str, word: str):
    assert word in told(report, language)


def test_every_phrase_is_in_every_language():
    assert {phrase("never", language) for language in LANGUAGES} == {"nunca", "never"}
    with pytest.raises(KeyError):
        phrase("never", "fr")


def test_in_eighty_columns_rules_and_numbers_stay_whole(report):
    rule = "US.reg-f.a-rule-with-a-rather-long-name-for-a-narrow-screen"
    report.tally.reasons[rule] = ReasonCount(rule, "consent", ["12 CFR 1006.14(b)(2)(i)(A)"], 1234567, 1)
    lines = told(report, "en", 80).splitlines()
    [row] = [number for number, line in enumerate(lines) if rule in line]
    assert "1,234,567" in lines[row] and lines[row + 1].strip() == "12 CFR 1006.14(b)(2)(i)(A)"
    assert lines[1:4] == [
        "Lines 4 read = 0 with one allowed + 2 with none + 2 bad",
        "Contacts 2 = 0 allowed now + 2 not now",
        "(a contact is one person, one debt, one address)",
    ]


def test_hours_that_the_person_named_are_not_the_engines(report):
    report.tally.reasons[STATED_HOURS] = ReasonCount(STATED_HOURS, "contact_window", [], 3)
    assert re.search(r"person.stated-hours +\(asked by the person\) +3", told(report, "en"))


def test_a_day_of_the_curve_says_that_it_is_one_and_the_rest_that_it_comes_later(report):
    counts = report.tally.curve.by_country["CO"]
    counts[QUARTERS : QUARTERS + MAX_DAYS + 1] = 5
    text = told(report, "en")
    assert "24 h from Tue 2026-05-19 09:00" in text and "\nlater" in text
    assert "24 h desde mar 2026-05-19 09:00" in told(report, "es")
    assert "24 h a partir de ter 2026-05-19 09:00" in told(report, "pt")


def test_a_rate_is_told_of_a_list_that_is_long_enough_to_have_one(report):
    assert "lines/s" not in told(report, "en")
    report.lines, report.seconds = 2_000_000, dict.fromkeys(report.seconds, 0.25)
    assert "1,333,333 lines/s" in told(report, "en") and "1.333.333 linhas/s" in told(report, "pt")
    assert "0,25 s" in told(report, "es")


@pytest.mark.parametrize(
    ("found", "shape"),
    [
        ("nothing", "nothing"),
        ("an empty value between semicolons", "an empty value between semicolons"),
        ("+57 300 123", "+## ### ###"),
        ("María 2, already on line 520", "xxxxx #, already on line 520"),
        ("line 3 of the history: address +573001234567", "line 3 of the history: address"),
    ],
)
def test_what_was_found_is_told_without_whose_it_is(found: str, shape: str):
    assert veiled(found) == shape
