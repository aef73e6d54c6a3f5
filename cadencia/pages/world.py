"""Every country by its code, with its name in a language: those with law on file, and those without."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import phonenumbers
from phonenumbers.geodata.locale import LOCALE_DATA

from cadencia.rules.places_regions import TERRITORIES
from cadencia.rules.translations import Translations

#: Names that the list of the telephone library lacks, or has wrong.
_NAMES: dict[str, dict[str, str]] = {
    "EU": {"en": "European Union", "es": "Unión Europea", "pt": "União Europeia"},
    "AC": {"en": "Ascension Island", "es": "Isla de la Ascensión", "pt": "Ilha de Ascensão"},
    "TA": {"en": "Tristan da Cunha", "es": "Tristán de Acuña", "pt": "Tristão da Cunha"},
    "XK": {"en": "Kosovo", "es": "Kosovo", "pt": "Kosovo"},
    "PG": {"en": "Papua New Guinea", "es": "Papúa Nueva Guinea", "pt": "Papua-Nova Guiné"},
}
_LANGUAGES = ("en", "es", "pt")


def country_name(code: str, language: str) -> str:
    """The country's name; the code itself where the names have none."""
    if code in _NAMES:
        return _NAMES[code][language]
    names = LOCALE_DATA.get(code, {})
    name = str(names.get(language, names.get("en", code)))
    # a name that is the same as in another language points to it: "*aa"
    return str(names.get(name[1:], code)) if name.startswith("*") else name


def place_name(code: str, title: str, translations: Translations) -> str:
    """The name of a country, state or city. A state's is what its law's title begins with, unless it is translated."""
    if "-" not in code:
        return translations.places.get(code) or country_name(code, translations.language)
    return translations.places.get(code) or title.partition(":")[0]


def country_code(name: str) -> str:
    """The code of the country that is called so in English, Spanish or Portuguese, whatever its accents and capitals;
    empty when none is."""
    wanted = _plain(name.strip())
    codes = (*_NAMES, *sorted(phonenumbers.SUPPORTED_REGIONS))
    return next((code for code in codes for each in _LANGUAGES if _plain(country_name(code, each)) == wanted), "")


def without_law(on_file: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Countries and territories of which no law is on file, (code, name) by name. `on_file` are codes of places; a
    territory with a country's code of its own is on file when the state that it is, is: PR of US-PR."""
    known = {code.split("-")[0] for code in on_file} | {code for code, _ in territories(on_file)}
    named = ((code, country_name(code, language)) for code in set(phonenumbers.SUPPORTED_REGIONS) - known)
    return sorted(named, key=lambda pair: (_plain(pair[1]), pair[0]))


def territories(on_file: Iterable[str]) -> list[tuple[str, str]]:
    """Country codes that stand for a state on file: (PR, US-PR)."""
    known = set(on_file)
    return sorted((code, state) for code, state in TERRITORIES.items() if state in known)


def _plain(name: str) -> str:
    """Letters without their accents, so that Á stands beside A."""
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower()
