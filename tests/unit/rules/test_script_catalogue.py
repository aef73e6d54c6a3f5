"""The shipped catalogue is whole in three languages, and a damaged one is refused with line and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadencia.rules.cache import jurisdictions_folder, policy_folder
from cadencia.rules.load import load_tree
from cadencia.rules.model import BANS, Script
from cadencia.rules.policy import with_policies
from cadencia.rules.script_bans import BanFinder
from cadencia.rules.script_catalogue import (
    LANGUAGES,
    CatalogueError,
    ban_name,
    block_name,
    open_names,
    open_signs,
    read_names,
    read_signs,
)

BLOCKS = """
placeholders: {amount: [monto]}
blocks:
  one: ["le habla"]
  two: {same_as: one}
  three: {not_in_text: "it is conduct"}
"""
WORDS = """
negations: ["no"]
bans:
  threat: {words: ["preso"]}
"""


def scripts_on_file() -> list[Script]:
    root = jurisdictions_folder()
    loaded = with_policies(load_tree(root), root, sorted(policy_folder().glob("*.yaml")))
    versions = [version for file in loaded.files for version in file.versions]
    return [rule.body for version in versions for rule in version.rules if isinstance(rule.body, Script)]


def test_every_block_and_ban_of_the_shipped_rules_has_names_and_signs() -> None:
    scripts = scripts_on_file()
    blocks = {block for script in scripts for block in script.blocks}
    assert len(scripts) > 40
    assert blocks - open_names().blocks.keys() == set()
    assert {ban for script in scripts for ban in script.bans} <= set(BANS)
    for language in LANGUAGES:
        signs = open_signs(language)
        assert blocks - signs.blocks.keys() == set(), language
        assert set(signs.bans) == set(BANS), language


def test_names_and_signs_are_of_the_same_blocks() -> None:
    for language in LANGUAGES:
        assert open_signs(language).blocks.keys() == open_names().blocks.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_is_in_words_and_a_name_of_ones_own_as_written(language: str) -> None:
    assert all("«" not in block_name(block, language) for block in open_names().blocks)
    assert len({ban_name(ban, language) for ban in BANS}) == len(BANS)
    assert block_name("house-greeting", language) == "«house-greeting»"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_has_wording(language: str) -> None:
    signs = open_signs(language)
    assert len(BanFinder(signs).needles) > 5_000
    assert {name for name, ban in signs.bans.items() if len(ban.words) < 5} == set()


def test_a_language_without_signs_names_those_there_are() -> None:
    with pytest.raises(CatalogueError, match="'fr'; there are some for en, es, pt"):
        open_signs("fr")
    with pytest.raises(CatalogueError, match="no signs"):
        open_signs("../es")


def folder(tmp_path: Path, blocks: str = BLOCKS, words: str = WORDS) -> Path:
    (tmp_path / "blocks-xx.yaml").write_text(blocks, encoding="utf-8")
    (tmp_path / "bans-xx.yaml").write_text(words, encoding="utf-8")
    return tmp_path


def test_a_small_catalogue_is_read(tmp_path: Path) -> None:
    signs, problems = read_signs(folder(tmp_path), "xx")
    assert problems == []
    assert signs.blocks["two"] == signs.blocks["one"]
    assert signs.blocks["three"].not_in_text == "it is conduct"
    assert signs.bans["threat"].words == ("preso",)


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        (BLOCKS.replace("le habla", "(le habla"), "blocks-xx.yaml:4 one: signs: a bracket is not closed"),
        (BLOCKS.replace("same_as: one", "same_as: four"), "blocks-xx.yaml:5 two: same_as: four is not known"),
        (BLOCKS.replace("amount:", "amuont:"), "amuont is not a shape; write amount"),
        (BLOCKS.replace("same_as: one", "order: [[a]]"), "order is not of two lists"),
        (BLOCKS.replace("  one:", "  One!:"), "One! is not a name"),
        ("blocks: [", "cannot be read as YAML"),
    ],
)
def test_mistakes_in_the_signs_of_blocks(tmp_path: Path, blocks: str, says: str) -> None:
    _, problems = read_signs(folder(tmp_path, blocks=blocks), "xx")
    assert any(says in str(problem) for problem in problems), [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (WORDS.replace("threat", "threats"), "threats is not a class; write threat"),
        (WORDS.replace("preso", "preso <amount>"), "banned wording knows only #"),
        (WORDS.replace("words:", "wrods:"), "wrods is not a key"),
        (WORDS.replace('["preso"]', "[]"), "an empty list"),
    ],
)
def test_mistakes_in_the_banned_wording(tmp_path: Path, words: str, says: str) -> None:
    _, problems = read_signs(folder(tmp_path, words=words), "xx")
    assert any(says in str(problem) for problem in problems), [str(problem) for problem in problems]


def test_names_without_a_language_or_a_class_are_refused(tmp_path: Path) -> None:
    (tmp_path / "names.yaml").write_text('blocks:\n  one: {en: "a", es: "b"}\nbans: {}\n', encoding="utf-8")
    problems = [str(problem) for problem in read_names(tmp_path)[1]]
    assert any("one has no pt" in problem for problem in problems)
    assert sum("is missing; add its words" in problem for problem in problems) == len(BANS)


def test_a_catalogue_that_is_not_there_is_said(tmp_path: Path) -> None:
    _, problems = read_signs(tmp_path, "xx")
    assert [problem.path for problem in problems] == ["scripts/blocks-xx.yaml", "scripts/bans-xx.yaml"]
