"""Every country by its code, with its name in a language: those with law on file, and those without."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import phonenumbers
from phonenumbers.geodata.locale import LOCALE_DATA

from cadencia.rules.translations import Translations

_EU = {"en": "European Union", "es": "Unión Europea", "pt": "União Europeia"}


def country_name(code: str, language: str) -> str:
    """The country's name; the code itself where the names have none."""
    if code == "EU":
        return _EU[language]
    names = LOCALE_DATA.get(code, {})
    name = str(names.get(language, names.get("en", code)))
    # a name that is the same as in another language points to it: "*aa"
    return str(names.get(name[1:], code)) if name.startswith("*") else name


def place_name(code: str, title: str, translations: Translations) -> str:
    """The name of a country, state or city. A state's is what its law's title begins with, unless it is translated."""
    if "-" not in code:
        return translations.places.get(code) or country_name(code, translations.language)
    return translations.places.get(code) or title.partition(":")[0]


def without_law(on_file: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Countries and territories of which no law is on file, (code, name) by name."""
    missing = set(phonenumbers.SUPPORTED_REGIONS) - set(on_file)
    named = ((code, country_name(code, language)) for code in missing)
    return sorted(named, key=lambda pair: (_plain(pair[1]), pair[0]))


def _plain(name: str) -> str:
    """Letters without their accents, so that Á stands beside A."""
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower()
