"""The notation of phrases, and the phrases found in words."""

from __future__ import annotations

import pytest

from cadencia.rules.script_phrases import Hit, PhraseError, PhraseSet, forms
from cadencia.rules.script_text import words_of


def hits(phrase: str, text: str) -> list[str]:
    words = words_of(text)
    return sorted({words[hit.start : hit.end] for hit in PhraseSet([(7, phrase)]).hits(words)})


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("Cárcel", (("carcel",),)),
        ("(a|b) c [d]", (("a c d", "a c", "b c d", "b c"),)),
        ("[(a|b)] c", (("a c", "b c", "c"),)),
        ("a ... (b|c*)", (("a",), ("b", "c*"))),
        ("juzgado <number>", (("juzgado ǂnumber",),)),
    ],
)
def test_forms(phrase: str, expected: tuple[tuple[str, ...], ...]) -> None:
    assert forms(phrase) == expected


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("(a|b", "is not closed"), ("a)", r"\) stands alone"), ("a | b", r"\| stands alone"),
        ("a ... ", "may be empty"), ("[a]", "may be empty"), ("cas* nueva", "inside"), ("# a", "inside"),
        ("<telefono>", "is not a shape"), ("(a|b)" * 13, "forms"), ("a" * 2001, "limit"),
    ],
)  # fmt: skip
def test_notation_that_cannot_be_read_is_refused(phrase: str, says: str) -> None:
    with pytest.raises(PhraseError, match=says):
        forms(phrase)


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("embargo", "el embargo", ["embargo"]),
        ("embargo", "desembargo embargos", []),
        ("embarg*", "lo embargarán ya", ["embargarán"]),
        ("caso #", "caso 44 y caso x", ["caso 44"]),
        ("llamar* ... (jefe|patron)", "llamaremos hoy mismo a su jefe", ["llamaremos hoy mismo a su jefe"]),
        ("llamar* ... jefe", "llamaremos hoy. su jefe", []),
        ("llamar* ... jefe", "llamaremos " + "x " * 6 + "jefe", ["llamaremos " + "x " * 6 + "jefe"]),
        ("llamar* ... jefe", "llamaremos " + "x " * 7 + "jefe", []),
        ("a ... b ... c", "a b x c", ["a b x c"]),
        ("a ... b", "b a", []),
        ("nunca ...", "hoy nunca llamamos. ya", ["nunca llamamos"]),
    ],
)
def test_phrases_found(phrase: str, text: str, expected: list[str]) -> None:
    assert hits(phrase, text) == expected


def test_every_key_of_a_phrase_is_told() -> None:
    both = PhraseSet([(1, "a b"), (2, "(a|c) b")])
    assert set(both.hits(" | a b | ")) == {Hit(1, 3, 6), Hit(2, 3, 6)}


def test_no_phrases_find_nothing() -> None:
    assert list(PhraseSet([]).hits(" | a | ")) == []


def test_the_first_place_of_a_phrase_may_be_enough_and_gaps_need_all() -> None:
    words = words_of("uno dos uno dos uno tres")
    plain = PhraseSet([(1, "uno"), (2, "dos ... tres")])
    assert len([hit for hit in plain.hits(words) if hit.key == 1]) == 3
    once = list(plain.hits(words, first=True))
    assert [words[hit.start :][:3] for hit in once if hit.key == 1] == ["uno"]
    assert min(hit.start for hit in once if hit.key == 1) == words.index("uno")
    assert {hit for hit in once if hit.key == 2} == {hit for hit in plain.hits(words) if hit.key == 2}
