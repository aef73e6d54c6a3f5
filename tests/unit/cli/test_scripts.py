"""`cadencia scripts` from the outside: findings in three languages, the register, exit codes and what is refused."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from cadencia.cli import main, scripts_words
from cadencia.cli.scripts_words import LANGUAGES, word
from cadencia.rules.script_register import read_register

LAW = """
jurisdiction: "CO"
title: "A law of a test"
timezone: person
holidays: none
versions:
  - from: "2020-01-01"
    source: "https://example.org/law"
    rules:
      wording:
        script: {bans: [asks-reason], phrases_banned: ["lista de deudores"], languages: [es]}
        cite: "art. 1"
      contents:
        script: {blocks: [identity, plain-envelope]}
        cite: "art. 2"
    tests:
      - {when: "Tue 2026-05-19 10:00 America/Bogota", try: sms, expect: deny, by: wording,
         facts: ["not script_language_ok"]}
"""
GOOD, BAD = "Le escribe Recaudos SA.\n", "Hola.\n¿Por qué no ha pagado?\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "law" / "co").mkdir(parents=True)
    (tmp_path / "law" / "co" / "law.yaml").write_text(LAW, encoding="utf-8")
    return tmp_path


def run(root: Path, verb: str, text: str | bytes, *more: str) -> int:
    file = root / "text.txt"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return main([
        "scripts", verb, str(file), "--jurisdiction", "CO", "--channel", "letter", "--lang", "es",
        "--at", "2026-05-19", "--root", str(root / "law"), *more,
    ])  # fmt: skip


def approve(root: Path, text: str, *more: str) -> int:
    register = str(root / "approved.ndjson")
    return run(root, "approve", text, "--by", "A. Lawyer", "--on", "2026-05-19", "--register", register, *more)


def test_findings_name_block_words_place_and_article(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "check", BAD) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "Observaciones: 2",
        "× falta: quién se comunica",
        "    [CO.law.contents; art. 2]",
        "× preguntas por el motivo del incumplimiento: «Por qué no ha pagado»  (línea 2, columna 2)",
        "    [CO.law.wording; art. 1]",
    ]
    assert "Lo debe cuidar una persona, ningún texto lo muestra: un sobre sin indicaciones  [CO.law.contents]" in lines


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "missing: who is contacting"), ("es", "falta: quién se comunica"), ("pt", "falta: quem entra em contato")],
)
def test_findings_are_said_in_three_languages(
    root: Path, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    assert run(root, "check", BAD, "--say", language) == 1
    assert said in capsys.readouterr().out


def test_a_clean_text(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "check", GOOD) == 0
    assert capsys.readouterr().out.startswith("Sin observaciones.\n")


def test_json_has_it_all(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "check", BAD, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["clean"], told["asked"]["channel"]) == (False, "letter")
    assert [(one["kind"], one["name"], one["rule"]) for one in told["findings"]] == [
        ("missing", "identity", "CO.law.contents"), ("words", "asks-reason", "CO.law.wording"),
    ]  # fmt: skip
    assert told["findings"][1]["place"] == {"line": 2, "column": 2, "end_line": 2, "end_column": 22}
    assert len(told["sha256"]) == 64


def test_a_phrase_of_the_rule_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "check", GOOD + "Está en la lista de deudores.", "--say", "en") == 1
    assert "× phrase that the rule names: «lista de deudores»  (line 2, column 12)" in capsys.readouterr().out


def test_invisible_signs_are_shown(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "check", GOOD + "por qué no ha pa\u200bgado") == 1
    assert "«por qué no ha pa\\u200bgado»" in capsys.readouterr().out


@pytest.mark.parametrize("sign", "\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
def test_a_text_shown_in_another_order_is_suspicious(
    root: Path, capsys: pytest.CaptureFixture[str], sign: str
) -> None:
    assert run(root, "check", GOOD + f"hoy {sign}ay\u2069") == 1
    told = capsys.readouterr().out
    assert told.startswith("Observaciones: 2\n")
    assert f"× sospechoso: el signo U+{ord(sign):04X} muestra" in told
    assert "(línea 2, columna 5)" in told
    assert approve(root, GOOD + f"hoy {sign}ay\u2069") == 1


def test_another_language_of_the_text(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "check", "This is Acme.", "--lang", "en") == 1
    assert "× the law does not allow a script in English" in capsys.readouterr().out


def test_the_text_may_come_from_standard_input(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    code = main([
        "scripts", "check", "-", "--jurisdiction", "co", "--channel", "sms", "--lang", "es", "--at", "2026-05-19",
        "--root", str(root / "law"),
    ])  # fmt: skip
    assert code == 1
    assert "2" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("text", "more", "says"),
    [
        (GOOD, ("--lang", "fr"), "no signs for the language 'fr'; there are some for en, es, pt; nothing was checked"),
        (GOOD, ("--jurisdiction", "ZZ"), "no_rules_known"),
        (GOOD, ("--at", "1990-01-01"), "no law on file of CO on texts was in force on 1990-01-01"),
        (GOOD, ("--channel", "fax"), "--channel fax is not known; one of: call, voicemail"),
        (GOOD, ("--debt-type", "gold"), "--debt-type gold is not known"),
        (GOOD, ("--fact", "rich"), "--fact rich is not known"),
        (GOOD, ("--policy", "none"), "there is no policy none"),
        (GOOD, ("--root", "nowhere"), "no such folder"),
        (GOOD, ("--approved", "nowhere"), "there is no register nowhere"),
        (b"\xff", (), "line 1: byte 0xff is not UTF-8; save the text as UTF-8"),
        ("", (), "the text is empty"),
        ("a" * (1 << 20) + "b", (), "over the limit"),
    ],
)
def test_what_cannot_be_checked_is_refused_with_its_cure(
    root: Path, capsys: pytest.CaptureFixture[str], text: str | bytes, more: tuple[str, ...], says: str
) -> None:
    assert run(root, "check", text, *more) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err
    assert run(root, "check", text, *more, "--json") == 2
    assert says in json.loads(capsys.readouterr().out)["error"]


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scripts", "check", "none.txt", "--jurisdiction", "CO", "--channel", "sms", "--lang", "es"]) == 2
    assert "none.txt cannot be read" in capsys.readouterr().err


def test_an_approved_text_is_known_by_its_every_letter(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    register = str(root / "approved.ndjson")
    assert approve(root, GOOD) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Inscrito como aprobado: ")
    assert run(root, "check", GOOD, "--approved", register) == 0
    assert "Aprobado por A. Lawyer el 2026-05-19." in capsys.readouterr().out
    assert run(root, "check", GOOD.replace("\n", "\r\n"), "--approved", register) == 0
    for text, more in ((GOOD.replace("SA", "Sa"), ()), (GOOD, ("--channel", "sms"))):
        assert run(root, "check", text, "--approved", register, *more) == 1
        assert "Exactamente este texto no está aprobado para este uso." in capsys.readouterr().out


def test_an_approval_is_of_today_or_before(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "approve", GOOD, "--by", "A. Lawyer", "--on", "2999-01-01", "--register", str(root / "r")) == 2
    assert "--on 2999-01-01 is in the future" in capsys.readouterr().err
    assert not (root / "r").exists()


def test_what_was_noted_stays_beside_the_approval(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert approve(root, GOOD + "Será embargado.") == 0
    assert "Será embargado" in capsys.readouterr().out
    assert read_register(root / "approved.ndjson")[0].noted == ("false-legal-threat",)


def test_a_text_with_findings_is_not_approved(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert approve(root, BAD) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "No se aprueba: corrija antes las observaciones."
    assert not (root / "approved.ndjson").exists()


def test_a_text_is_approved_once_and_never_into_garbage(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (approve(root, GOOD), approve(root, GOOD)) == (0, 2)
    assert "was approved already, by A. Lawyer on 2026-05-19" in capsys.readouterr().err
    (root / "approved.ndjson").write_text("garbage\n", encoding="utf-8")
    assert approve(root, GOOD) == 2
    assert "not an approval" in capsys.readouterr().err
    assert (root / "approved.ndjson").read_text(encoding="utf-8") == "garbage\n"


def test_a_name_is_needed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert approve(root, GOOD, "--by", " ") == 2
    assert "--by is empty" in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_in_every_language(language: str) -> None:
    slots = dict.fromkeys(("n", "name", "words", "line", "column", "by", "on", "sha256", "sign"), "x")
    assert all(word(name, language, **slots) for name in scripts_words.names())
