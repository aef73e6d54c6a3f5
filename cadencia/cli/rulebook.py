"""How every command opens the law that it was told to decide by, and what it says when it cannot."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cadencia.cli.mistakes import mistakes_told

if TYPE_CHECKING:
    from cadencia.engine.tables import Rulebook


class RulebookError(ValueError):
    """There is no rulebook to decide by; the text says why and what to do."""


def opened_rulebook(root: str | os.PathLike[str] | None, policies: Sequence[str] = ()) -> Rulebook:
    """The rulebook of --root (None: the shipped law) with the policies of --policy. RulebookError."""
    # imported here: reading law needs large packages, and not every command comes to it
    from cadencia.rules.cache import PolicyError, open_rulebook
    from cadencia.rules.compile import CompileError

    folder = None if root is None else Path(root)
    if folder is not None and not folder.is_dir():
        raise RulebookError(f"--root {folder}: no such folder; name the one that holds the jurisdiction files")
    try:
        return open_rulebook(folder, policies=policies)
    except PolicyError as problem:
        raise RulebookError(f"--policy: {problem}") from None
    except CompileError as problem:
        raise RulebookError(mistakes_told(problem, policies)) from None
