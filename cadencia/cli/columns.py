"""Rows on standard output: a table on a terminal, plain columns in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_GAP = "  "


def print_rows(heads: Sequence[str], rows: Sequence[Sequence[str]], *, gap: str = "") -> None:
    """The rows under their heads. In a pipe the last column is never cut and nothing is coloured; on a terminal cells
    that begin with `gap` are red."""
    if sys.stdout.isatty():
        table = Table(*heads, box=None, header_style="bold", pad_edge=False)
        for row in rows:
            table.add_row(*("[bold red]" * bool(gap and cell.startswith(gap)) + escape(cell) for cell in row))
        Console().print(table)
        return
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        sys.stdout.write(_GAP.join(cells).rstrip() + "\n")
