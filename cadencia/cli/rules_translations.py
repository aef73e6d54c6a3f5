"""`cadencia rules translations`: which texts of the law lack their Spanish or Portuguese, and which no longer fit."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from cadencia.cli.rules_scope import open_scope
from cadencia.rules.model import JurisdictionFile
from cadencia.rules.translations import FOLDER, english_texts, read_translations, stale, text_hash


def translations(args: argparse.Namespace) -> int:
    """0 when every law that has been begun is whole and fits its English; 1 when something is to be mended. With a
    target, laws of it that nobody has begun are printed as entries to fill in."""
    scope = open_scope(args.root, args.target)
    found = read_translations(scope.root, args.language)
    paths = {file.path for file in scope.files}
    if args.target is not None:
        countries = {path.split("/")[0] for path in paths}
        inside = [name for name in found.laws if name.split("/")[0] in countries]
        for name in found.laws.keys() - set(inside):
            del found.laws[name]
    problems = [*found.problems, *stale(scope.loaded.files, found)]
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    begun = [file for file in scope.files if file.path in found.laws]
    for file in scope.files if args.target is not None else ():
        if file.path not in found.laws:
            sys.stdout.write("\n".join(_entry(file, args.language)) + "\n")
    sys.stdout.write(f"{len(begun)} of {len(scope.files)} laws translated, {len(problems)} things to mend\n")
    return 1 if problems else 0


def _entry(file: JurisdictionFile, language: str) -> Iterator[str]:
    """The law's texts with their hashes, as jurisdictions/translations writes them; the English is to be replaced."""
    yield f"# into {FOLDER}/{language}/{file.path.split('/')[0]}.yaml"
    yield f'"{file.path}":'
    texts = list(english_texts(file))
    cites = [text for where, text in texts if where == "cites"]
    rules: dict[str, list[str]] = {rule.name: [] for version in file.versions for rule in version.rules}
    for where, text in texts:
        if where in rules:
            rules[where].append(text)
        elif where != "cites":
            yield f'  {where}: {{of: "{text_hash(text)}", is: {_quoted(text)}}}'
    if cites:
        yield "  cites:"
    yield from (f'    - {{of: "{text_hash(text)}", is: {_quoted(text)}}}' for text in cites)
    yield "  rules:"
    for name, readings in rules.items():
        yield f"    {name}:"
        yield f"      heading: {_quoted(name.replace('-', ' ').capitalize())}"
        if readings:
            yield "      readings:"
        yield from (f'        - {{of: "{text_hash(text)}", is: {_quoted(text)}}}' for text in readings)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
