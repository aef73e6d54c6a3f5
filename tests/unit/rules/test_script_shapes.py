"""Amounts, telephone numbers, links and placeholders recognised by their shape."""

from __future__ import annotations

import pytest

from cadencia.rules.script_catalogue import open_signs
from cadencia.rules.script_shapes import MARK, Placeholders, blanked, marked
from cadencia.rules.script_text import folded

SPANISH = Placeholders(open_signs("es").placeholders)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("$1.250.000", "amount"), ("S/ 530.00", "amount"), ("R$ 89,90", "amount"), ("54,30 €", "amount"),
        ("2,350 pesos", "amount"), ("£118.20", "amount"), ("500 usd", "amount"),
        ("55 4321 8765", "phone"), ("+57 601 555 0101", "phone"), ("0800 123 4567", "phone"),
        ("(11) 4004-1234", "phone"),
        ("ayuda@gestiona.es", "email"), ("https://pagos.example.org/abc", "url"), ("recaudos.com.co", "url"),
        ("20 %", "percent"), ("15/11", "date"), ("2026-11-22", "date"), ("contrato 4471-2", "contract"),
        ("account ending in 4421", "contract"), ("cnpj 12.345.678/0001-90", "taxid"), ("14", "number"),
    ],
)  # fmt: skip
def test_shapes(text: str, shape: str) -> None:
    assert f"{MARK}{shape}" in marked(folded(f"hola {text} gracias").text, SPANISH).split()


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("{monto}", "amount"), ("{{ monto_total }}", "amount"), ("%(telefono)s", "phone"),
        ("[NOMBRE DEL CLIENTE]", "person"),
        ("${empresa}", "firm"), ("<acreedor>", "creditor"), ("%empresa%", "firm"), ("{x9}", "other"),
        ("{{nombre}}", "person"),
    ],
)  # fmt: skip
def test_placeholders_of_templates(text: str, shape: str) -> None:
    assert marked(folded(f"a {text} b").text, SPANISH).split() == ["a", f"{MARK}{shape}", "b"]


@pytest.mark.parametrize("text", ["[va a ir preso]", "[irá preso don nombre]"])
def test_text_in_brackets_is_text(text: str) -> None:
    assert MARK not in marked(folded(text).text, SPANISH)
    assert blanked(folded(text), SPANISH).text == folded(text).text


def test_blanks_keep_every_other_character_in_its_place() -> None:
    text = folded("pague {monto} en www.example.org o a@b.co ya")
    blank = blanked(text, SPANISH).text
    assert len(blank) == len(text.text)
    assert blank.split() == ["pague", "en", "o", "ya"]
