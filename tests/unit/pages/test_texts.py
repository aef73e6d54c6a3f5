"""The three languages say the same things, with the same slots."""

from __future__ import annotations

import re

import pytest

from cadencia.pages.texts import PAGE_TEXTS
from cadencia.pages.words import LANGUAGES, Words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_with_its_slots(language: str) -> None:
    english = PAGE_TEXTS["en"]
    assert PAGE_TEXTS[language].keys() == english.keys()
    for key, text in english.items():
        assert sorted(re.findall(r"\{\w+\}", PAGE_TEXTS[language][key])) == sorted(re.findall(r"\{\w+\}", text)), key


def test_no_text_says_itself_twice() -> None:
    for texts in PAGE_TEXTS.values():
        for key, text in texts.items():
            sentences = text.split(". ")
            assert len(set(sentences)) == len(sentences) and text[: len(text) // 2] != text[len(text) // 2 :], key


def test_confidence_in_words() -> None:
    words = Words("en")
    assert words.confidence({"high": 3}) == "high"
    assert words.confidence({"high": 7, "medium": 2}) == "high; 2 medium"
    assert Words("pt").confidence({"": 1}) == "não indicada"
    assert words.confidence({}) == "-"
