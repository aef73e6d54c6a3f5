"""The lines of an answer: wrapped between words, and the strip whole."""

from __future__ import annotations

import pytest

from cadencia.cli import main
from cadencia.cli.decide_text import wrapped


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_are_wrapped_between_words_and_the_strip_is_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    main(["decide", "--phone", "+573001234567", "--at", "2026-05-18T09:00-05:00"])
    lines = capsys.readouterr().out.splitlines()
    strip = [line for line in lines if len(line) > width and (line[2] in "█▒·" or line.startswith("  00  01"))]
    words = [line for line in lines if len(line) > width and line not in strip]
    assert len([line for line in lines if line.startswith("  00  01") and line.endswith("22  23")]) == 1
    assert all(" " not in line.strip() for line in words)  # a word that is longer than the line stays whole
    assert all(line == line.rstrip() for line in lines)
    assert any(line.startswith("      ") for line in lines)  # the sentence of the rule took more than one


@pytest.mark.parametrize(
    ("language", "blocks", "reading"),
    [
        ("en", "texts that must be there: who is contacting, a number to call back, a postal and an", "reading"),
        (
            "es",
            "textos que no pueden faltar: quién se comunica, un número al que",
            "lectura (en el idioma del archivo)",
        ),
        ("pt", "textos obrigatórios: quem entra em contato, um número para retornar", "leitura (no idioma do arquivo)"),
    ],
)
def test_script_blocks_are_in_words_and_readings_say_whose_language_they_have(
    capsys: pytest.CaptureFixture[str], language: str, blocks: str, reading: str
) -> None:
    where = ["--phone", "+12025550158", "--region", "US-DC"]
    main(["decide", *where, "--at", "2026-05-18T05:00-04:00", "--lang", language])
    told = " ".join(capsys.readouterr().out.split())
    assert blocks in told
    assert "callback-number" not in told and "us-fed-mini-miranda" not in told
    assert f" {reading}: " in told


def test_a_line_that_follows_stands_below_the_text() -> None:
    assert wrapped("    reading: one two three", 18) == ["    reading: one", "      two three"]
    assert wrapped("head one two", 8) == ["head one", "    two"]
    assert wrapped("  " + "█" * 96, 60) == ["  " + "█" * 96]


@pytest.mark.parametrize(
    ("language", "reading", "citation", "rate"),
    [
        ("es", "lectura: Como «Un solo canal por semana»", "arts. 3 y 7",
         "tasa de abandono: las llamadas abandonadas no pueden superar el 3 % de las llamadas"),
        ("pt", "leitura: Como em «Um só canal por semana»", "arts. 3 e 7",
         "taxa de abandono: as chamadas abandonadas não podem passar de 3% das chamadas atendidas por uma pessoa"),
        ("en", "reading: As one-channel-a-week", "arts. 3 and 7",
         "abandonment rate: abandoned calls may be at most 3% of calls answered by a person, over each calendar day"),
    ],
)  # fmt: skip
def test_readings_citations_and_duties_are_in_the_language_of_the_answer(
    capsys: pytest.CaptureFixture[str], language: str, reading: str, citation: str, rate: str
) -> None:
    main(["decide", "--phone", "+573001234567", "--at", "2026-05-19T09:00-05:00", "--lang", language,
          "--event", "2026-05-18T09:00-05:00 whatsapp message_delivered"])  # fmt: skip
    told = " ".join(capsys.readouterr().out.split())
    assert reading in told and rate in told
    assert f"Ley 2300/2023, {citation}]" in told
    assert "at_most" not in told and "where_law_is_silent" not in told


def test_english_does_not_read_the_translations(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadencia.rules.translations.read_translations", None)
    assert main(["decide", "--phone", "+573001234567", "--at", "2026-05-19T09:00-05:00"]) == 0
    assert "House policy on dialling, 1" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("language", "cure"),
    [("en", "File the law of the place in jurisdictions/, or switch on a house policy that covers it (--policy)."),
     ("es", "activar una política interna que lo cubra (--policy)."),
     ("pt", "ativar uma política interna que o cubra (--policy).")],
)  # fmt: skip
def test_a_place_without_law_says_the_cure_once_and_the_place_that_was_stated(
    capsys: pytest.CaptureFixture[str], language: str, cure: str
) -> None:
    main(["decide", "--jurisdiction", "UY", "--at", "2026-05-19T09:00-03:00", "--lang", language])
    told = " ".join(capsys.readouterr().out.split())
    assert told.count(cure) == 1
    assert "Waiting does not open it; something" not in told
    assert ": UY Rulebook" in told or ": UY Reglamento" in told or ": UY Regulamento" in told
