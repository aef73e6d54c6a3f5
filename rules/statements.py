"""A rule as an officer reads it: a heading, a sentence, where it is written, how firm it is, and how it was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cadencia.rules.explain import phrases, sentence
from cadencia.rules.model import JurisdictionFile, Rule, Version
from cadencia.rules.translations import Said, Translations


@dataclass(frozen=True)
class Statement:
    """One rule in one language. `force` is in words; `confidence` is high, medium or empty, as the file says."""

    name: str
    heading: str
    sentence: str
    cite: str
    force: str
    confidence: str
    looser_than: tuple[str, ...]
    reading: Said  # empty text: nothing was in doubt


def statements(file: JurisdictionFile, version: Version, translations: Translations) -> Iterator[Statement]:
    """Every rule of a version, in the order of the file."""
    for rule in version.rules:
        yield _statement(file, version, rule, translations)


def _statement(file: JurisdictionFile, version: Version, rule: Rule, translations: Translations) -> Statement:
    language = translations.language
    return Statement(
        name=rule.name,
        heading=translations.heading(file.path, rule.name),
        sentence=sentence(rule, language),
        cite=translations.cite(file.path, rule.cite),
        force=phrases(language).forces[rule.force],
        confidence=rule.confidence or version.confidence,
        looser_than=rule.looser_than,
        reading=translations.text(file.path, rule.reading),
    )
