"""`cadencia rules`: an officer's tools over the files of law: check, test, explain, show, compare, list and more."""

from __future__ import annotations

import argparse
import importlib
import sys
from datetime import date
from pathlib import Path

_LANGUAGES = ("en", "es", "pt")
POLICY_HELP = "switch on a house policy: cautious, or the path of a .yaml file; may be given many times"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The sub-command with its verbs. Exit codes: 0 fine, 1 something to mend, 2 wrong usage."""
    rules = commands.add_parser("rules", help="check, test, explain, compare and list the law", description=__doc__)
    verbs = rules.add_subparsers(dest="verb", required=True, metavar="VERB")

    one = _verb(verbs, "check", "rules_check.check", "all mistakes of the files, and their embedded tests")
    one.add_argument(
        "target", nargs="?", metavar="CODE|PATH",
        help="a code (co, US-MA), a country's name, a folder or a file; default all",
    )  # fmt: skip

    one = _verb(verbs, "test", "rules_check.test", "the embedded tests alone")
    one.add_argument("target", nargs="?", metavar="CODE|PATH", help="as for check")
    one.add_argument("--engine", choices=("fast", "reference"), default="fast")

    one = _verb(verbs, "explain", "rules_explain.explain", "the law in force in a place on a day, as sentences")
    one.add_argument("code", metavar="CODE", help="a jurisdiction, for example CO, US-MA or Colombia")
    one.add_argument(
        "--at", metavar="ISO", help="a day, or an instant with its offset: 2026-05-18T09:00-05:00; default now"
    )
    one.add_argument("--zone", metavar="IANA", help="the person's zone, where the place has several")
    one.add_argument("--channel", default="call", help="the contact that is asked about (default: call)")
    one.add_argument("--lang", choices=_LANGUAGES, default="en")

    one = _verb(verbs, "show", "rules_explain.show", "all law on file for a place: in force, to come, drafts, former")
    one.add_argument("code", metavar="CODE", help="a jurisdiction, for example CO, US-MA or Colombia")
    one.add_argument("--at", metavar="DATE", help="the day that is asked about; default today")
    one.add_argument("--zone", metavar="IANA", help="the person's zone, where the place has several")
    one.add_argument("--lang", choices=_LANGUAGES, default="en")
    one.set_defaults(channel="call")

    one = _verb(
        verbs, "diff", "rules_diff.show", "what changed between two files or folders, and which way", root=False
    )
    one.add_argument("old", type=Path, metavar="OLD")
    one.add_argument("new", type=Path, metavar="NEW")
    one.add_argument("--lang", choices=_LANGUAGES, default="en")
    one.add_argument("--json", action="store_true")

    one = _verb(verbs, "list", "rules_list.list_files", "every file with its versions, force, review, rules and tests")
    one.add_argument("target", nargs="?", metavar="CODE|PATH", help="as for check")
    one.add_argument("--at", type=_day, metavar="DATE", help="only what is in force on that day")
    one.add_argument("--lang", choices=_LANGUAGES, default="en")
    one.add_argument("--json", action="store_true")

    one = _verb(verbs, "coverage", "rules_coverage.coverage", "each article: its rules, their tests, the age of review")
    one.add_argument("target", nargs="?", metavar="CODE|PATH", help="as for check")
    one.add_argument("--lang", choices=_LANGUAGES, default="en")
    one.add_argument("--today", type=_day, metavar="DATE", help="the day from which ages are counted (default: today)")
    one.add_argument("--json", action="store_true")

    told = "texts of the law that lack their Spanish or Portuguese, or have changed since"
    one = _verb(verbs, "translations", "rules_translations.translations", told)
    one.add_argument("language", choices=_LANGUAGES[1:])
    one.add_argument("target", nargs="?", metavar="CODE|PATH", help="as for check; prints entries for laws not begun")

    one = _verb(verbs, "pages", "rules_pages.pages", "the law as pages: docs/law is made by it")
    one.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write; other pages in it go")
    one.add_argument("--at", type=_day, metavar="DATE", help="the law as of that day (default: of the last look)")


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    action: str,
    text: str,
    *,
    root: bool = True,
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    if root:
        verb.add_argument("--root", type=Path, metavar="DIR", help="folder of law (default: the one that is shipped)")
        verb.add_argument("--policy", action="append", default=[], metavar="NAME|FILE", help=POLICY_HELP)
    verb.set_defaults(run=run, action=action)
    return verb


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write YYYY-MM-DD") from None


def run(args: argparse.Namespace) -> int:
    """Runs the verb; 2 and a message when what it was asked about does not exist."""
    # imported here: the other commands should not wait for the reader of files
    from cadencia.cli.rules_scope import UsageError

    module, _, function = args.action.partition(".")
    action = getattr(importlib.import_module(f"cadencia.cli.{module}"), function)
    try:
        return int(action(args))
    except UsageError as problem:
        sys.stderr.write(f"cadencia rules {args.verb}: {problem}\n")
        return 2
