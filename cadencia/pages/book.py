"""The whole law on file, as the pages ask it: one day, one engine, three languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from cadencia.engine.decide import Engine
from cadencia.engine.tables import Rulebook
from cadencia.pages.words import LANGUAGES
from cadencia.pages.world import place_name
from cadencia.rules.binding import Law, law_of, stack_of
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import Loaded
from cadencia.rules.model import JurisdictionFile
from cadencia.rules.opening import Place, place_of
from cadencia.rules.translations import Translations, read_translations

_STAMP_WORDS = 3
_ANY_ZONE = "UTC"


@dataclass(frozen=True)
class Book:
    """Law without house policy, seen from `day`."""

    loaded: Loaded
    rulebook: Rulebook
    engine: Engine
    day: date
    translations: dict[str, Translations]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every place with a file, drafts too."""
        return tuple(sorted({file.jurisdiction for file in self.loaded.files}))

    def stack(self, code: str) -> tuple[str, ...]:
        """The place and its parents; the place alone when nothing binds there yet."""
        return stack_of(code, self.rulebook) if code in self.rulebook.jurisdictions else (code,)

    def law(self, code: str) -> Law:
        """Everything on file for the place and its parents."""
        return law_of(self.loaded.files, self.stack(code), self.day)

    def own_files(self, code: str) -> tuple[JurisdictionFile, ...]:
        """The laws of the place itself."""
        return tuple(file for file in self.loaded.files if file.jurisdiction == code)

    def name(self, code: str, language: str) -> str:
        """The place's name in a language."""
        files = self.own_files(code)
        return place_name(code, files[0].title if files else code, self.translations[language])

    def place(self, code: str) -> Place:
        """The place with a clock: its own, else that of a test of its law, which names one of its zones."""
        stack = self.stack(code)
        return place_of(stack, self._zone(stack), self.loaded.files)

    def _zone(self, stack: tuple[str, ...]) -> str:
        files = [file for code in stack for file in self.own_files(code)]
        for file in files:
            if file.timezone:
                return file.timezone
            stamps = (test.when.split() for version in file.versions for test in version.tests)
            named = [stamp[_STAMP_WORDS] for stamp in stamps if len(stamp) > _STAMP_WORDS]
            if named:
                return named[0]
        return _ANY_ZONE


def open_book(loaded: Loaded, root: Path, day: date) -> Book:
    """The book of the law that was loaded. compile.CompileError when its files have mistakes."""
    rulebook = compile_rulebook(loaded, locates=False)
    translations = {language: read_translations(root, language) for language in LANGUAGES}
    return Book(loaded, rulebook, Engine(rulebook), day, translations)
