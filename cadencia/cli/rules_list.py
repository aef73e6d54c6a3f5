"""`cadencia rules list`: every file of law, its versions, how firm and how sure they are, and who looked when."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from cadencia.cli.columns import print_rows
from cadencia.cli.rules_scope import open_scope, switched_on
from cadencia.pages.words import Words
from cadencia.rules.binding import confidence_of
from cadencia.rules.explain import phrases
from cadencia.rules.lint import with_ends
from cadencia.rules.lint_force import in_force
from cadencia.rules.model import FORCES, JurisdictionFile, Version

_HEADS = ("jurisdiction", "file", "from", "until", "status", "force", "confidence", "review", "rules", "tests",
          "checked")  # fmt: skip
_HEADINGS: dict[str, tuple[str, ...]] = {
    "en": _HEADS,
    "es": ("jurisdicción", "archivo", "desde", "hasta", "estado", "fuerza", "confianza", "revisión", "reglas",
           "pruebas", "consultada"),
    "pt": ("jurisdição", "arquivo", "desde", "até", "situação", "força", "confiança", "revisão", "regras", "testes",
           "consultada"),
}  # fmt: skip
_STATUS = {
    "en": {"in_force": "in_force", "draft": "draft", "unreviewed": "unreviewed", "policy": "policy"},
    "es": {"in_force": "vigente", "draft": "proyecto", "unreviewed": "sin revisar", "policy": "política interna"},
    "pt": {"in_force": "em vigor", "draft": "projeto", "unreviewed": "não revisado", "policy": "política interna"},
}
_TOTALS = {
    "en": "{n} version{s} in {places} jurisdiction{p}, {rules} rule{r}",
    "es": "versiones: {n}; jurisdicciones: {places}; reglas: {rules}",
    "pt": "versões: {n}; jurisdições: {places}; regras: {rules}",
}


def list_files(args: argparse.Namespace) -> int:
    """One row a version; with `--at` only those in force on that day. 1 when a file could not be read."""
    scope = open_scope(args.root, args.target, switched_on(args.policy) if args.policy else ())
    rows = [
        _row(file, version, ends)
        for file in sorted(scope.files, key=lambda file: (file.jurisdiction, file.path))
        for version, ends in with_ends(file)
        if args.at is None or in_force(version, ends, args.at)
    ]
    if args.json:
        sys.stdout.write(msgspec.json.encode(rows).decode() + "\n")
    else:
        print_rows(_HEADINGS[args.lang], [_cells(row, args.lang) for row in rows])
        sys.stdout.write(_totals(rows, args.lang) + "\n")
    for problem in scope.loaded.problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if any(problem.severity == "error" for problem in scope.loaded.problems) else 0


def _totals(rows: list[dict[str, Any]], language: str) -> str:
    places, rules = len({row["jurisdiction"] for row in rows}), sum(row["rules"] for row in rows)
    s, p, r = ("" if n == 1 else "s" for n in (len(rows), places, rules))
    return _TOTALS[language].format(n=len(rows), s=s, places=places, p=p, rules=rules, r=r)


def _row(file: JurisdictionFile, version: Version, ends: date | None) -> dict[str, Any]:
    """All that is known of a version, as `--json` gives it."""
    return {
        "jurisdiction": file.jurisdiction,
        "file": file.path,
        "title": file.title,
        "policy": file.policy or None,
        "parents": list(file.parents),
        "timezone": file.timezone or "person",
        "holidays": file.holidays or None,
        "covers": list(file.covers),
        "from": version.from_.isoformat(),
        "until": _iso(ends),
        "known_since": _iso(version.known_since),
        "status": version.status,
        "review": f"{version.reviewed_by} {version.reviewed_on or ''}".strip()
        or ("policy" if file.policy else "unreviewed"),
        "source": version.source,
        "checked": _iso(version.checked),
        "rules": len(version.rules),
        "tests": len(version.tests),
        "force": _counted((rule.force for rule in version.rules), FORCES),
        "confidence": confidence_of(version),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _counted(words: Iterable[str], order: tuple[str, ...]) -> dict[str, int]:
    found = Counter(words)
    return {word: found[word] for word in order if found[word]}


def _cells(row: dict[str, Any], language: str) -> list[str]:
    p, status = phrases(language), _STATUS[language]
    shown = row | {
        "status": status[row["status"]],
        "review": status.get(row["review"], row["review"]),
        "force": ", ".join(f"{n} {p.forces[name]}" for name, n in row["force"].items()),
        "confidence": Words(language).confidence(row["confidence"]),
    }
    return ["-" if shown[head] is None else str(shown[head]) for head in _HEADS]
