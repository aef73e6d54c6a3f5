"""What a decision quotes from the files of law, in the language of the answer where it has been translated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cadencia.engine.decision import Decision
from cadencia.engine.tables import Rulebook

if TYPE_CHECKING:
    from cadencia.rules.translations import Translations


@dataclass(frozen=True)
class Texts:
    """Readings and citations of rules in one language. Nothing is translated into English: `translations` is None."""

    language: str
    files: dict[str, str]  # path of the law file by the rule's id
    translations: Translations | None = None

    def reading(self, rule: str, text: str) -> tuple[str, bool]:
        """The reading, and whether it is in the language of the answer."""
        if self.translations is None:
            return text, self.language == "en"
        said = self.translations.text(self.files.get(rule, ""), text)
        return said.text, said.language == self.language

    def citation(self, rule: str, text: str) -> str:
        """The citation, as it is written where it has no translation."""
        return text if self.translations is None else self.translations.cite(self.files.get(rule, ""), text)


def texts_of(rulebook: Rulebook, decision: Decision, language: str, root: Path | None) -> Texts:
    """The texts of the rules that the decision names, of law under `root` (left out: the shipped law). Only the
    translations of their countries are read, and none for English."""
    named = {reason.rule for reason in decision.reasons} | {duty.rule for duty in decision.obligations}
    files = {rule.id: rule.file for rule in rulebook.rules if rule.id in named}
    if language == "en":
        return Texts(language, files)
    # imported here: an answer in English does not wait for the reader of files
    from cadencia.rules.cache import jurisdictions_folder
    from cadencia.rules.translations import read_translations

    folder = jurisdictions_folder() if root is None else root
    return Texts(language, files, read_translations(folder, language, only=files.values()))
