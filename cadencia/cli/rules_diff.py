"""`cadencia rules diff`: what changed between two sets of files, and whether it tightens or loosens."""

from __future__ import annotations

import argparse
import sys

import msgspec

from cadencia.cli.paragraphs import line_width, wrapped
from cadencia.cli.rules_scope import UsageError, load_side
from cadencia.rules.diff import diff, overall, unchanged_rules
from cadencia.rules.diff_words import changes_text, summary_text


def show(args: argparse.Namespace) -> int:
    """A paragraph a change and a summary, or JSON. 0 whether or not there are changes, 1 when a side has mistakes."""
    one_file = args.new.is_file() and args.old.is_file()
    if args.old.exists() and args.new.exists() and args.old.is_file() != args.new.is_file():
        raise UsageError("a file and a folder are not compared; name two files or two folders")
    # two files are two states of one law, whatever they are called
    name = f"{args.new.resolve().parent.name}/{args.new.name}" if one_file else None
    old, new = load_side(args.old, name), load_side(args.new, name)
    problems = [
        f"{side}: {problem}" for side, loaded in (("OLD", old), ("NEW", new)) for problem in loaded.problems
        if problem.severity == "error"
    ]  # fmt: skip
    if problems:
        sys.stderr.write("\n".join(problems) + "\n")
        return 1
    changes, unchanged = diff(old, new), unchanged_rules(old, new)
    if args.json:
        found = {"effect": overall(changes), "rules_unchanged": unchanged, "changes": changes}
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return 0
    width, lines = line_width(), list[str]()
    for head, *said in changes_text(changes, args.lang):
        lines += wrapped(head, width, hanging="  ")
        for text in said:
            lines += wrapped(text, width, "  ", "    ")
    lines += wrapped(summary_text(changes, unchanged, args.lang), width)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
