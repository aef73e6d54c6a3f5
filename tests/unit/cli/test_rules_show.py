"""`cadencia rules show`, `list`, `coverage`, `pages` and `translations` on a small folder of law."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import pytest

from cadencia.cli import rules
from cadencia.cli.rules_coverage_words import COVERAGE_WORDS
from cadencia.rules.translations import text_hash

STATE = """\
jurisdiction: "US-XX"
title: "XX: a law"
timezone: "America/New_York"
holidays: none
versions:
  - from: "2020-01-01"
    review: {by: "A. Counsel", on: "2026-06-01"}
    source: "https://example.org/old"
    checked: "2026-01-01"
    confidence: high
    rules:
      hours:
        channels: [call]
        contact_window: {every-day: "09:00-20:00"}
        cite: "XX Code 1"
    tests:
      - {when: "Fri 2025-03-07 20:00", try: call, expect: deny, by: hours}
      - {when: "Fri 2025-03-07 19:59", try: call, expect: allow}
  - from: "2026-02-01"
    source: "https://example.org/new"
    checked: "2026-03-02"
    confidence: high
    rules:
      hours:
        channels: [call]
        contact_window: {every-day: "07:00-21:00"}
        cite: "XX Code 1, 2 and 3"
        confidence: medium
        looser_than: ["US.federal.hours"]
        reading: "Local time of the person."
      who-speaks:
        channels: [call]
        script: {blocks: [identity]}
        cite: "XX Code 1, 2 and 3"
    tests:
      - {when: "Fri 2026-03-06 21:00", try: call, expect: deny, by: hours}
      - {when: "Fri 2026-03-06 06:59", try: call, expect: deny, by: hours}
      - {when: "Fri 2026-03-06 12:00", try: call, expect: allow}
  - from: "2027-01-01"
    rules:
      hours:
        channels: [call]
        contact_window: {every-day: "09:00-18:00"}
        cite: "XX Code 1 as of 2027"
  - from: "2028-01-01"
    status: draft
    rules:
      no-calls:
        channels: [call]
        channel_ban: closed
        cite: "XX bill 5"
"""
FEDERAL = """\
jurisdiction: "US"
title: "United States: a law"
timezone: person
holidays: none
versions:
  - from: "1978-03-20"
    rules:
      hours:
        channels: [call]
        contact_window: {every-day: "08:00-21:00"}
        cite: "US Code 8"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    law = tmp_path / "law"
    spanish = (
        f'"us/xx.yaml":\n  title: {{of: "{text_hash("XX: a law")}", is: "XX: una ley"}}\n'
        f'  cites: [{{of: "{text_hash("XX Code 1, 2 and 3")}", is: "XX Code 1, 2 y 3"}}]\n  rules:\n'
        f'    hours:\n      heading: "Horario"\n      readings:\n'
        f'        - {{of: "{text_hash("Local time of the person.")}", is: "Hora local de la persona."}}\n'
    )
    files = (("us/xx.yaml", STATE), ("us/federal.yaml", FEDERAL), ("translations/es/us.yaml", spanish))
    for path, text in files:
        (law / path).parent.mkdir(parents=True, exist_ok=True)
        (law / path).write_text(text, encoding="utf-8")
    return law


def cadencia(*words: object) -> int:
    parser = argparse.ArgumentParser(prog="cadencia")
    rules.add(parser.add_subparsers(required=True))
    args = parser.parse_args(["rules", *map(str, words)])
    return int(args.run(args))


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, as one line."""
    return " ".join(capsys.readouterr().out.split())


def test_show_tells_the_whole_stack_and_every_time(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("show", "US-XX", "--at", "2026-03-06", "--root", root) == 0
    out = said(capsys)
    assert "XX: a law (us/xx.yaml; in force from 2026-02-01 until 2027-01-01; not reviewed by counsel; " in out
    assert "source checked 2026-03-02)" in out
    assert "Source: XX Code 1, 2 and 3. Force: statute. Confidence: medium." in out
    assert "Looser than US.federal.hours, which binds as well." in out
    assert "Law of US, which holds there as well: United States: a law" in out
    assert "Opening hours on 2026-03-06, America/New_York" in out and "08:00-21:00 calls" in out
    coming, drafts, former = (out.index(words) for words in ("Not yet in force", "Drafts, never", "Former versions"))
    assert coming < drafts < former
    assert "hours: Calls: every day, public holidays included, 09:00 to 18:00. (XX Code 1 as of 2027)" in out
    assert "would hold from 2028-01-01" in out and "no-calls: Calls are not permitted. (XX bill 5)" in out
    assert "in force from 2020-01-01 until 2026-02-01; reviewed by A. Counsel on 2026-06-01" in out[former:]


def test_show_in_spanish_uses_the_translations(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("show", "us-xx", "--at", "2026-03-06", "--lang", "es", "--root", root) == 0
    out = said(capsys)
    assert "XX: una ley (us/xx.yaml; vigente desde 2026-02-01 hasta 2027-01-01; sin revisar por un abogado;" in out
    assert "Horario (hours): Llamadas: todos los días" in out and "Lectura: Hora local de la persona." in out
    assert "Fuente: XX Code 1, 2 y 3. Fuerza: ley. Confianza: media." in out
    assert "Proyectos, que nunca se aplican" in out and "Versiones anteriores" in out


def test_show_of_a_day_before_any_law(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("show", "US-XX", "--at", "1970-01-01", "--root", root) == 0
    assert "No law in force." in said(capsys)
    assert cadencia("show", "US-YY", "--root", root) == 2


def test_show_a_place_with_a_bill_alone_and_a_layer_without_a_zone(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bill = FEDERAL.replace('"US"', '"PA"').replace('"1978-03-20"', '"1978-03-20"\n    status: draft')
    layer = FEDERAL.replace('"US"', '"EU"')
    for path, text in (("pa/bill.yaml", bill), ("eu/layer.yaml", layer)):
        (root / path).parent.mkdir()
        (root / path).write_text(text, encoding="utf-8")
    assert cadencia("show", "PA", "--at", "2026-03-06", "--root", root) == 0
    out = said(capsys)
    assert "No law in force." in out and "Drafts, never applied" in out and "Opening hours" not in out
    assert cadencia("show", "EU", "--at", "2026-03-06", "--root", root) == 0
    assert "hours: Calls: every day" in said(capsys)
    assert cadencia("explain", "PA", "--at", "2026-03-06", "--root", root) == 2
    assert cadencia("explain", "EU", "--at", "2026-03-06", "--root", root) == 2
    assert "the time zone of EU is not known" in capsys.readouterr().err


def test_list_says_confidence_review_and_last_look(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("list", "US-XX", "--at", "2026-03-06", "--lang", "pt", "--root", root) == 0
    head, row, total = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["jurisdição", "arquivo", "desde"] and total == "versões: 1; jurisdições: 1; regras: 2"
    assert "em vigor" in row and "alta; 1 média" in row and row.endswith("2026-03-02")
    assert cadencia("list", "US-XX", "--json", "--root", root) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["confidence"] for row in rows] == [{"high": 1}, {"high": 1, "medium": 1}, {"": 1}, {"": 1}]
    assert rows[0]["review"] == "A. Counsel 2026-06-01" and rows[1]["source"] == "https://example.org/new"
    assert (rows[0]["until"], rows[3]["status"], rows[3]["checked"]) == ("2026-02-01", "draft", None)


def test_coverage_counts_tests_and_ages_by_article(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("coverage", "US-XX", "--today", "2026-03-07", "--json", "--root", root) == 0
    found = json.loads(capsys.readouterr().out)
    old, new, duty, later, bill = found["rules"]
    assert (old["denying"], old["allowing"], old["reviewed_by"], old["checked_days"]) == (1, 1, "A. Counsel", 65)
    assert (new["denying"], new["allowing"], new["figures"], new["checked_days"]) == (2, 1, 2, 5)
    assert (duty["denying"], duty["allowing"]) == (None, 1)
    assert (later["denying"], later["checked_days"]) == (0, None)
    assert (bill["denying"], bill["allowing"], bill["status"]) == (0, None, "draft")
    assert found["totals"]["rules"] == 5 and found["totals"]["rules_without_denying_test"] == 2
    assert found["totals"]["articles"] == 4 and found["totals"]["unreviewed_share"] == pytest.approx(0.8)


def test_coverage_marks_what_is_empty(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("coverage", "US-XX", "--today", "2026-03-07", "--root", root) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["law", "from", "article", "rule", "denying", "allowing", "edges", "checked", "review"]
    assert "A. Counsel -86 d" in lines[1] and "1/2" in lines[1]
    assert lines[2].count("— !") == 1
    assert "duty" in lines[3] and "us/xx.yaml" not in lines[3]
    assert lines[4].count("— !") == 4 and "ban" in lines[5]
    assert "unreviewed 4 of 5 rules (80%)" in lines[-6]
    assert lines[-1].endswith("— !: nothing there, to be mended")


def test_coverage_speaks_three_languages_and_explains_its_marks(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cadencia("coverage", "US-XX", "--today", "2026-03-07", "--lang", "es", "--root", root) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split()[:3] == ["norma", "desde", "artículo"] and "XX Code 1, 2 y 3" in out
    assert "sin revisar 4 de 5 reglas (80%)" in out and "deber: solo impone deberes" in out
    marks = [set(re.findall(r"\{\w+\}", words["totals"] + words["legend"])) for words in COVERAGE_WORDS.values()]
    assert marks[0] == marks[1] == marks[2]
    assert all(words.keys() == COVERAGE_WORDS["en"].keys() for words in COVERAGE_WORDS.values())
    assert all(len(words["heads"].split("|")) == 9 for words in COVERAGE_WORDS.values())


def test_a_country_is_called_by_its_name_in_three_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("Colombia", "Brasil", "Brazil"):
        assert cadencia("list", name) == 0
    out = capsys.readouterr().out
    assert "co/ley-2300.yaml" in out and "br/cdc.yaml" in out and "us/reg-f.yaml" not in out
    assert cadencia("show", "Estados Unidos") == 0
    assert cadencia("explain", "pr", "--zone", "America/Puerto_Rico") == 0
    assert " - US-PR" in capsys.readouterr().out
    assert cadencia("show", "Narnia") == 2
    told = capsys.readouterr().err
    assert "KZ, LK, …; " in told and "see: cadencia rules list" in told
    assert "write its law in jurisdictions/" in told and " /" not in told


def test_a_holiday_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("explain", "GR", "--at", "2027-10-28") == 0
    assert "- public holiday: Ημέρα του Όχι (Ohi Day)" in said(capsys)


@pytest.mark.parametrize("language", ["es", "pt"])
def test_list_has_no_english_word_for_a_policy(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("list", "UY", "--policy", "cautious", "--lang", language) == 0
    out = capsys.readouterr().out
    assert "política interna" in out and not re.search(r"\bpolicy\b(?!/)", out)


def test_pages_are_written_and_old_ones_go(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "pages"
    (out / "en").mkdir(parents=True)
    (out / "en" / "gone.md").write_text("x", encoding="utf-8")
    (out / "kept.txt").write_text("x", encoding="utf-8")
    assert cadencia("pages", "--out", out, "--root", root) == 0
    assert "0 of them changed" not in capsys.readouterr().out
    assert not (out / "en" / "gone.md").exists() and (out / "kept.txt").exists()
    page = (out / "es" / "us-xx.md").read_text(encoding="utf-8")
    assert "# XX (US-XX)" in page and "**Horario.**" in page and "Normas de [Estados Unidos](us.md)" in page
    assert "todos los días 08:00–21:00" in page and (out / "es" / "us-xx.svg").exists()
    assert cadencia("pages", "--out", out, "--root", root) == 0
    assert capsys.readouterr().out.endswith(", 0 of them changed\n")


def test_pages_need_a_day_to_see_the_law_from(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "us" / "xx.yaml").unlink()
    assert cadencia("pages", "--out", tmp_path / "pages", "--root", root) == 2
    assert "add --at with the day" in capsys.readouterr().err
    assert cadencia("pages", "--out", tmp_path / "pages", "--at", "2026-01-01", "--root", root) == 0


def test_translations_say_what_is_missing_and_print_entries(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("translations", "es", "--root", root) == 1
    out = capsys.readouterr().out
    assert "cites is not translated; add of: " in out and "XX Code 1 as of 2027" in out
    assert "the rule who-speaks has no heading" in out and "the rule no-calls has no heading" in out
    assert out.endswith("1 of 2 laws translated, 3 things to mend\n")
    assert cadencia("translations", "pt", "us/federal.yaml", "--root", root) == 0
    out = capsys.readouterr().out
    title = f'  title: {{of: "{text_hash("United States: a law")}", is: "United States: a law"}}'
    assert title in out.splitlines() and '      heading: "Hours"' in out
    (root / "translations" / "pt").mkdir()
    entry = out.rpartition("\n0 of")[0]
    (root / "translations" / "pt" / "us.yaml").write_text(entry + "\n", encoding="utf-8")
    assert cadencia("translations", "pt", "--root", root) == 0
    assert capsys.readouterr().out == "1 of 2 laws translated, 0 things to mend\n"
