"""Text folded for matching, and traced back to what was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.rules.script_text import Reading, folded, readings, words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cárcel", "carcel"), ("ﬁn", "fin"), ("Ｃａｒ", "car"), ("сárcеl", "carcel"), ("ca\u0301r\u200bcel", "carcel"),
        ("STRASSE ß", "strasse ss"), ("a|b", "a¦b"), ("años…", "anos."),
    ],
)  # fmt: skip
def test_folding(text: str, expected: str) -> None:
    assert folded(text).text == expected


@given(st.text(max_size=60))
def test_every_folded_character_has_a_place_in_the_text(text: str) -> None:
    traced = folded(text)
    places = [traced.origin(index) for index in range(len(traced.text))]
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@given(st.text(alphabet="ab0@.- |\n¿é\u0301", max_size=60))
def test_every_word_of_every_reading_has_a_place_in_the_text(text: str) -> None:
    for reading in readings(folded(text)):
        start = 0
        for word in reading.text.split():
            start = reading.text.index(word, start)
            if word != "|":
                first, last = reading.place(start, start + len(word))
                assert 0 <= first < last <= len(text)
            start += len(word)


def test_sentences_are_parted_and_abbreviations_are_not() -> None:
    assert words_of("hola. sr. ruiz, no 4: 3.5\n\nadios") == " | hola | sr ruiz no 4 3 5 | adios | "


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("d3m4nd@", "demanda"), ("c a r c e l", "carcel"), ("c.a.r.c.e.l", "carcel"), ("de-man-da", "demanda"),
        ("embarrrgo", "embargo"), ("1ra", "ira"), ("fa1so", "falso"), ("caarcel", "carcel"), ("carrrro", "carro"),
        ("no seas l o s e r, ok", "loser"), ("y a  l o s e r", "loser"),
    ],
)  # fmt: skip
def test_a_repaired_reading_has_the_word(text: str, word: str) -> None:
    assert any(f" {word} " in reading.text for reading in readings(folded(text)))


def test_wide_gaps_part_spaced_words() -> None:
    assert any(" llamaremos a su jefe " in one.text for one in readings(folded("l l a m a r e m o s  a  s u  j e f e")))


def test_a_plain_text_has_one_reading() -> None:
    assert [one.text for one in readings(folded("Le recordamos su cuota."))] == [" | le recordamos su cuota | "]


def test_places_point_at_the_words_as_written() -> None:
    text = "Sí: la  C.Á.R.C.E.L, ya"
    for reading in readings(folded(text)):
        found = reading.text.find(" carcel ")
        if found >= 0:
            first, last = reading.place(found + 1, found + 7)
            assert text[first:last] == "C.Á.R.C.E.L"
            return
    raise AssertionError("no reading has the word")


def test_place_of_several_words() -> None:
    reading = Reading(folded("uno,  dos tres"))
    start = reading.text.index("uno")
    assert reading.place(start, start + len("uno dos")) == (0, 9)
