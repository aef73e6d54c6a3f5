"""`cadencia rules coverage`: article by article, the rules, their tests and edges, and how old the last look is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import structs

from cadencia.cli.columns import print_rows
from cadencia.cli.rules_check import rulebooks
from cadencia.cli.rules_coverage_words import COVERAGE_WORDS
from cadencia.cli.rules_scope import open_scope, switched_on
from cadencia.rules.coverage import Cover, covers
from cadencia.rules.translations import read_translations

#: A cell with nothing in it, so that it stands out in a pipe as well.
GAP = "— !"


def coverage(args: argparse.Namespace) -> int:
    """One row a rule, articles together. 0 whatever is missing: `check` decides what is a mistake; 1 when files cannot
    be read."""
    scope = open_scope(args.root, args.target, switched_on(args.policy) if args.policy else ())
    books, problem = rulebooks(scope)
    if problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    today = args.today or datetime.now().astimezone().date()
    files = sorted(scope.files, key=lambda file: (file.jurisdiction, file.path))
    found = list(covers(files, books, today))
    totals = _totals(found, sum(len(version.tests) for file in files for version in file.versions))
    if args.json:
        sys.stdout.write(msgspec.json.encode({"rules": found, "totals": totals}).decode() + "\n")
        return 0
    words = COVERAGE_WORDS[args.lang]
    translations = read_translations(scope.root, args.lang)
    said = [structs.replace(cover, article=translations.cite(cover.file, cover.article)) for cover in found]
    print_rows(words["heads"].split("|"), list(_rows(said, words)), gap=GAP)
    sys.stdout.write("\n".join((*_in_words(totals, words), "", *words["legend"].format(gap=GAP).splitlines())) + "\n")
    return 0


def _rows(found: list[Cover], words: dict[str, str]) -> Iterator[list[str]]:
    """The rules of each article together, in the order in which the file first cites it; what repeats is left out."""
    order: dict[tuple[object, ...], list[Cover]] = {}
    for cover in found:
        order.setdefault((cover.jurisdiction, cover.file, cover.version, cover.article), []).append(cover)
    law: tuple[object, ...] = ()
    for (*here, _), rules in order.items():
        for n, cover in enumerate(rules):
            same_law = tuple(here) == law
            law = tuple(here)
            draft = f" {words['draft']}" if cover.status == "draft" else ""
            head = ["", ""] if same_law else [cover.file, f"{cover.version}{draft}"]
            yield [*head, "" if n else cover.article, cover.rule, *_cells(cover, words)]


def _cells(cover: Cover, words: dict[str, str]) -> list[str]:
    return [
        words["duty"] if cover.denying is None else str(cover.denying or GAP),
        words["ban"] if cover.allowing is None else str(cover.allowing or GAP),
        "" if not cover.figures else f"{cover.figures_held}/{cover.figures}" if cover.figures_held else GAP,
        GAP if cover.checked_days is None else f"{cover.checked_days} d",
        f"{cover.reviewed_by} {cover.reviewed_days} d" if cover.reviewed_by else words["unreviewed"],
    ]


def _totals(found: list[Cover], tests: int) -> dict[str, Any]:
    unreviewed = sum(not cover.reviewed_by for cover in found)
    return {
        "articles": len({(cover.jurisdiction, cover.file, cover.version, cover.article) for cover in found}),
        "rules": len(found),
        "tests": tests,
        "rules_without_denying_test": sum(cover.denying == 0 for cover in found),
        "rules_without_allowing_test": sum(cover.allowing == 0 for cover in found),
        "edges": sum(cover.figures for cover in found),
        "edges_held": sum(cover.figures_held for cover in found),
        "unreviewed_rules": unreviewed,
        "unreviewed_share": unreviewed / len(found) if found else None,
    }


def _in_words(totals: dict[str, Any], words: dict[str, str]) -> list[str]:
    share = totals["unreviewed_share"]
    told = words["totals"].format(**totals, share="" if share is None else f" ({share:.0%})")
    return told.splitlines()
