"""`cadencia rules pages`: the law on file as pages, in three languages; `make docs` calls it for docs/law."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cadencia.cli.rules_scope import UsageError, root_of
from cadencia.pages.book import open_book
from cadencia.pages.render import render
from cadencia.rules.binding import last_look
from cadencia.rules.compile import CompileError
from cadencia.rules.load import load_tree

_OURS = (".md", ".svg")


def pages(args: argparse.Namespace) -> int:
    """Writes all pages, and deletes those of places that are gone. The law is seen from the last day on which a source
    was looked at, or from `--at`. 1 when the files have mistakes."""
    root = root_of(args.root)
    loaded = load_tree(root)
    day = args.at or last_look(loaded.files)
    if day is None:
        raise UsageError("no version says when its source was checked; add --at with the day to see the law from")
    try:
        made = render(open_book(loaded, root, day))
    except CompileError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    n = write_pages(args.out, made)
    sys.stdout.write(f"{len(made)} pages in {args.out}, {n} of them changed\n")
    return 0


def write_pages(folder: Path, made: dict[str, str]) -> int:
    """Writes what differs, deletes pages that are no longer made; how many files changed."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.suffix in _OURS}
    for name in there.keys() - made.keys():
        there[name].unlink()
    same = {name for name, path in there.items() if path.is_file() and path.read_bytes() == made.get(name, "").encode()}
    changed = {name: text for name, text in made.items() if name not in same}
    for name, text in changed.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return len(changed)
