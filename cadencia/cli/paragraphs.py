"""Paragraphs on standard output, wrapped to the terminal, or to a fixed width in a pipe."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator

_PIPED_WIDTH = 100
_NARROWEST = 40


def line_width() -> int:
    """Columns of the terminal; in a pipe always the same, so that files do not depend on a window."""
    return max(shutil.get_terminal_size().columns, _NARROWEST) if sys.stdout.isatty() else _PIPED_WIDTH


def wrapped(text: str, width: int, indent: str = "", hanging: str | None = None) -> Iterator[str]:
    """The lines of a paragraph, without trailing blanks; the later ones begin with `hanging`. Words, and so links, rule
    ids and paths, are never broken."""
    return iter(textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False, break_on_hyphens=False,
    ))  # fmt: skip
