"""Names and codes of countries."""

from __future__ import annotations

import pytest

from cadencia.pages.world import country_code, country_name, without_law


@pytest.mark.parametrize(
    ("name", "code"),
    [("Colombia", "CO"), ("españa", "ES"), ("Brasil", "BR"), ("Brazil", "BR"), (" united states ", "US"),
     ("Papúa Nueva Guinea", "PG"), ("Kosovo", "XK"), ("Narnia", ""), ("", "")],
)  # fmt: skip
def test_a_country_is_found_by_its_name_in_three_languages(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_every_country_without_law_has_a_name(language: str) -> None:
    assert [code for code, name in without_law((), language) if code == name] == []
    assert country_name("PG", "es") == "Papúa Nueva Guinea"


def test_a_territory_is_on_file_when_the_state_that_it_is_is() -> None:
    assert {code for code, _ in without_law(["US", "US-PR"], "en")} & {"PR", "US"} == set()
    assert {"PR", "GU"} <= {code for code, _ in without_law(["US"], "en")}
