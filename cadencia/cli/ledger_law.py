"""The law that a gate is opened with. Whoever puts a rulebook in use keeps its files: evidence of what it decides is
made from them, and nobody can find them again later."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cadencia.cli.rulebook import opened_rulebook
from cadencia.engine.decide import Engine

if TYPE_CHECKING:
    from cadencia.rules.load import Loaded
    from cadencia.rules.translations import Translations


@dataclass(frozen=True)
class Law:
    """A compiled law with what it was made from: the folder (None: as shipped) and the names of house policies."""

    engine: Engine
    root: Path | None = None
    policies: Sequence[str] = ()

    @classmethod
    def opened(cls, root: Path | None = None, policies: Sequence[str] = ()) -> Law:
        """The law of --root and --policy. RulebookError."""
        return cls(Engine(opened_rulebook(root, policies)), root, policies)

    def keep(self, folder: Path) -> None:
        """Puts the files into the archive in a folder, if they are not there; they are on disk when it returns.
        EvidenceError if the archive was altered, or if the files were changed after they were compiled."""
        from cadencia.evidence.archive import Archive

        archive, rulebook = Archive(folder), self.engine.rulebook
        if not archive.holds(rulebook.hash):
            loaded, translations = loaded_law(self.root, self.policies), translations_of(self.root)
            archive.publish(loaded, rulebook, translations=translations)


def loaded_law(root: Path | None, policies: Sequence[str | os.PathLike[str]]) -> Loaded:
    """The files of the law under a folder with the house policies, as a rulebook is compiled from. PolicyError."""
    from cadencia.rules.cache import jurisdictions_folder, policy_paths
    from cadencia.rules.load import load_tree
    from cadencia.rules.policy import with_policies

    folder = root or jurisdictions_folder()
    return with_policies(load_tree(folder), folder, policy_paths(policies))


def translations_of(root: Path | None) -> list[Translations]:
    """What is translated of the law under a folder."""
    from cadencia.rules.cache import jurisdictions_folder
    from cadencia.rules.translations import read_translations

    return [read_translations(root or jurisdictions_folder(), language) for language in ("es", "pt")]
