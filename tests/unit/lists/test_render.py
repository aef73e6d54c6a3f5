"""The summary says the counts, in three languages, and no number of a person."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from cadencia.lists import ScreenReport, Settings, screen_file
from cadencia.lists.phrases import LANGUAGES, phrase
from cadencia.lists.render import Summary

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


def told(report: ScreenReport, language: str) -> str:
    out = io.StringIO()
    console = Console(file=out, width=160)
    for part in Summary(report, language):
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
        "Mon 10:00",
        "needs a fact",
    ):
        assert expected in text
    assert "1 persons that are not in the list" in text


def test_no_number_of_a_person_is_shown(report):
    text = told(report, "en")
    assert "5550000" not in text and "line 5" in text


@pytest.mark.parametrize(("language", "word"), [("es", "Por qué no"), ("en", "Why not"), ("pt", "Por que não")])
def test_three_languages(report, language: str, word: str):
    assert word in told(report, language)


def test_every_phrase_is_in_every_language():
    assert {phrase("never", language) for language in LANGUAGES} == {"nunca", "never"}
    with pytest.raises(KeyError):
        phrase("never", "fr")
