"""`cadencia scripts`: does a text say what the law wants said, and nothing that it forbids? Which are approved?"""

from __future__ import annotations

import argparse
import importlib
from datetime import date
from pathlib import Path

_LANGUAGES = ("en", "es", "pt")
_EPILOG = """exit codes: 0 clean · 1 findings, or not approved · 2 cannot be checked: wrong usage, an unreadable text,
no law for the place (no_rules_known), or a language without signs"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The sub-command with its two verbs."""
    scripts = commands.add_parser("scripts", help="check texts against the law, approve them", description=__doc__)
    verbs = scripts.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = _verb(verbs, "check", "what a text lacks and what it must not say, with the article")
    check.add_argument("--approved", type=Path, metavar="REGISTER", help="is exactly this text approved, and by whom?")
    approve = _verb(verbs, "approve", "enters a text without findings into a register of approved texts")
    approve.add_argument("--by", required=True, metavar="NAME", help="who approves")
    approve.add_argument("--on", required=True, type=_day, metavar="DATE", help="the day of the approval")
    approve.add_argument("--register", required=True, type=Path, metavar="REGISTER", help="the file, one line a text")


def _verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", epilog=_EPILOG)
    verb.add_argument("file", metavar="FILE", help="the text in UTF-8; - for standard input")
    verb.add_argument("--jurisdiction", required=True, metavar="CODE", help="CO, US-MA; its parents' law holds too")
    verb.add_argument("--channel", required=True, help="call, voicemail, sms, whatsapp, email, letter or visit")
    verb.add_argument("--lang", required=True, metavar="CODE", help="the language of the text: es, en or pt")
    verb.add_argument("--at", type=_day, metavar="DATE", help="the law in force on that day (default: today)")
    for option, default in (
        ("purpose", "collections"), ("actor", "third_party_collector"), ("party", "debtor"), ("place", "mobile"),
        ("initiator", "preview"), ("debt-type", "consumer"),
    ):  # fmt: skip
        verb.add_argument(f"--{option}", default=default, help=f"default: {default}")
    verb.add_argument("--stage", default="unknown", help="of the claim; left out, the rules of every stage bind")
    verb.add_argument("--fact", action="append", default=[], help="a fact known to be true, such as prerecorded")
    verb.add_argument("--policy", action="append", default=[], metavar="NAME|FILE", help="a house policy to lay over")
    verb.add_argument("--root", type=Path, metavar="DIR", help="folder of law (default: the one that is shipped)")
    verb.add_argument("--say", choices=_LANGUAGES, help="the language of the findings (default: that of the text)")
    verb.add_argument("--json", action="store_true", help="one JSON object instead of text")
    verb.set_defaults(run=run, action=name)
    return verb


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write YYYY-MM-DD") from None


def run(args: argparse.Namespace) -> int:
    """Runs the verb; its exit code."""
    # imported here: the other commands should not wait for the reader of rules
    module = importlib.import_module("cadencia.cli.scripts_check")
    try:
        return int(getattr(module, args.action)(args))
    except module.CannotCheckError as problem:
        module.refuse(f"cadencia scripts {args.action}", problem, as_json=args.json)
        return 2
