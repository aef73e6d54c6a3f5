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
