"""Translations of titles and readings: found by the text they translate, and dropped when it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadencia.rules.cache import jurisdictions_folder, policy_paths
from cadencia.rules.load import load_text, load_tree
from cadencia.rules.model import JurisdictionFile
from cadencia.rules.policy import with_policies
from cadencia.rules.translations import TRANSLATED, read_translations, stale, text_hash

LAW = """\
jurisdiction: "CO"
title: "Colombia: a law"
timezone: "America/Bogota"
holidays: none
versions:
  - from: "2023-10-10"
    rules:
      one-a-day:
        frequency_cap: {at_most: 1, count: placed, per: day, for_each: [person]}
        cite: "Law 1, arts. 3 and 5"
        reading: "An unanswered call counts."
"""
SPANISH = f"""\
places:
  "CO-ANT": "Antioquia"
"co/a.yaml":
  title: {{of: "{text_hash("Colombia: a law")}", is: "Colombia: una ley"}}
  cites:
    - {{of: "{text_hash("Law 1, arts. 3 and 5")}", is: "Ley 1, arts. 3 y 5"}}
  rules:
    one-a-day:
      heading: "Uno al día"
      readings:
        - {{of: "{text_hash("An unanswered call counts.")}", is: "Una llamada sin respuesta cuenta."}}
"""


def law(text: str = LAW) -> JurisdictionFile:
    file, problems = load_text(text, "co/a.yaml")
    assert file is not None and problems == []
    return file


def write(root: Path, text: str | bytes) -> Path:
    path = root / "translations" / "es" / "co.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def test_texts_are_found_by_the_english(tmp_path: Path) -> None:
    found = read_translations(write(tmp_path, SPANISH), "es")
    assert found.problems == () and list(stale([law()], found)) == []
    assert found.text("co/a.yaml", "An unanswered call counts.").text == "Una llamada sin respuesta cuenta."
    assert found.text("co/a.yaml", "An  unanswered\ncall counts. ").language == "es"
    assert found.heading("co/a.yaml", "one-a-day") == "Uno al día" and found.places == {"CO-ANT": "Antioquia"}
    assert found.cite("co/a.yaml", "Law 1, arts. 3 and 5") == "Ley 1, arts. 3 y 5"
    assert read_translations(tmp_path, "es", only=["us/a.yaml"]).laws == {}
    assert read_translations(tmp_path, "es", only=["co/a.yaml"]).laws.keys() == {"co/a.yaml"}


def test_a_citation_is_whole_in_one_language(tmp_path: Path) -> None:
    found = read_translations(write(tmp_path, SPANISH), "es")
    assert found.cite("gr/a.yaml", "Law 3758/2009, arts 4 and 9A(2)") == "Law 3758/2009, arts 4 and 9A(2)"
    other = law(LAW.replace("arts. 3 and 5", "arts. 3 and 6"))
    told = " ".join(str(problem) for problem in stale([other], found))
    assert "nothing in the law reads" in told and "cites is not translated" in told


def test_what_is_not_translated_stays_english(tmp_path: Path) -> None:
    found = read_translations(tmp_path, "pt")
    said = found.text("co/a.yaml", "An unanswered call counts.")
    assert (said.text, said.language) == ("An unanswered call counts.", "en")
    assert found.heading("co/a.yaml", "one-a-day") == "One a day"
    assert read_translations(tmp_path, "en").cite("co/a.yaml", "arts. 3 and 5") == "arts. 3 and 5"


def test_a_changed_text_makes_its_translation_stale(tmp_path: Path) -> None:
    found = read_translations(write(tmp_path, SPANISH), "es")
    changed = law(LAW.replace("An unanswered call counts.", "Only answered calls count."))
    assert found.text("co/a.yaml", "Only answered calls count.").language == "en"
    told = [str(problem) for problem in stale([changed], found)]
    assert len(told) == 2
    assert told[0].startswith("translations/es/co.yaml:11 co/a.yaml: nothing in the law reads ")
    assert "one-a-day is not translated; add of: " in told[1]


def test_rules_and_laws_that_are_gone_are_told(tmp_path: Path) -> None:
    found = read_translations(write(tmp_path, SPANISH), "es")
    renamed = law(LAW.replace("one-a-day", "one-each-day"))
    told = " ".join(str(problem) for problem in stale([renamed], found))
    assert "no rule is called one-a-day; delete its heading" in told
    assert "the rule one-each-day has no heading" in told
    assert "there is no such law file" in str(next(stale([], found)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "the file is a list"),
        ('"co/a.yaml":\n  titel: {of: "12345678", is: "x"}\n', "titel is not a key of the translation of a law"),
        ('"co/a.yaml":\n  title: {of: "xyz", is: "x"}\n', 'of: "xyz" has not the right form'),
        ('"co/a.yaml":\n  title: {of: "12345678"}\n', "title has no is"),
        ('"co/a.yaml":\n  rules: [x]\n', "rules is a list"),
        ('"co/a.yaml":\n  rules: {one: {}}\n', "one has no heading"),
        ("places: x\n", "places is x"),
        (b"\xff", "is not UTF-8"),
        (b"a" * (1 << 20 | 1), "over the limit"),
    ],
)
def test_mistakes_are_told_and_nothing_raises(tmp_path: Path, text: str | bytes, message: str) -> None:
    found = read_translations(write(tmp_path, text), "es")
    assert any(message in str(problem) for problem in found.problems), found.problems


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_shipped_translations_fit_the_law(language: str) -> None:
    found = read_translations(jurisdictions_folder(), language)
    assert found.problems == ()
    root = jurisdictions_folder()
    loaded = with_policies(load_tree(root), root, policy_paths(["cautious", "creditors"]))
    problems = [str(problem) for problem in stale(loaded.files, found)]
    assert problems == [], f"cadencia rules translations {language}"
    assert {file.path for file in loaded.files if file.policy} <= found.laws.keys()


def test_the_folder_of_translations_is_no_country() -> None:
    assert not any(path.startswith("translations/") for path in load_tree(jurisdictions_folder()).texts)
