"""`cadencia rules list`: every file of law, its versions, their force and review."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date
from typing import Any

import msgspec

from cadencia.cli.columns import print_rows
from cadencia.cli.rules_scope import open_scope
from cadencia.rules.lint import with_ends
from cadencia.rules.model import FORCES, JurisdictionFile, Version

_HEADS = ("jurisdiction", "file", "from", "until", "status", "review", "rules", "tests", "force", "title")


def list_files(args: argparse.Namespace) -> int:
    """One row a version; with `--at` only those in force on that day. 1 when a file could not be read."""
    scope = open_scope(args.root, args.target)
    rows = [
        _row(file, version, ends)
        for file in sorted(scope.files, key=lambda file: (file.jurisdiction, file.path))
        for version, ends in with_ends(file)
        if args.at is None or in_force(version, ends, args.at)
    ]
    if args.json:
        sys.stdout.write(msgspec.json.encode(rows).decode() + "\n")
    else:
        print_rows(_HEADS, [[_cell(row[head]) for head in _HEADS] for row in rows])
        places = len({row["jurisdiction"] for row in rows})
        where = f"{places} jurisdiction{'' if places == 1 else 's'}"
        versions = f"{len(rows)} version{'' if len(rows) == 1 else 's'}"
        n = sum(row["rules"] for row in rows)
        sys.stdout.write(f"{versions} in {where}, {n} rule{'' if n == 1 else 's'}\n")
    for problem in scope.loaded.problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if any(problem.severity == "error" for problem in scope.loaded.problems) else 0


def in_force(version: Version, ends: date | None, day: date) -> bool:
    """Does the version bind on that day?"""
    return version.status == "in_force" and version.from_ <= day and (ends is None or day < ends)


def _row(file: JurisdictionFile, version: Version, ends: date | None) -> dict[str, Any]:
    forces = Counter(rule.force for rule in version.rules)
    return {
        "jurisdiction": file.jurisdiction,
        "file": file.path,
        "title": file.title,
        "from": version.from_.isoformat(),
        "until": ends.isoformat() if ends else None,
        "status": version.status,
        "review": f"{version.reviewed_by} {version.reviewed_on or ''}".strip() or "unreviewed",
        "rules": len(version.rules),
        "tests": len(version.tests),
        "force": {force: forces[force] for force in FORCES if forces[force]},
    }


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{n} {name}" for name, n in value.items())
    return "-" if value is None else str(value)
