"""`cadencia evidence`: packs that prove what was decided, the seals they are held against, and the archive of
rulebooks."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from cadencia.cli.ledger_options import add_ledger

_LANGUAGES = ("es", "en", "pt")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The sub-command with its verbs. Exit codes: 0 made or verified, 1 altered or not to be made, 2 wrong usage."""
    evidence = commands.add_parser("evidence", help="packs that a stranger can verify", description=__doc__)
    verbs = evidence.add_subparsers(dest="verb", required=True, metavar="VERB")

    one = _verb(verbs, "build", "build", "a pack about one person, from a time to a time")
    _ledger(one)
    one.add_argument("--tenant", required=True, metavar="NAME", help="whose ledger it is")
    one.add_argument("--person", metavar="ID", help="the person, by the id under which contacts were asked for")
    one.add_argument(
        "--subject", metavar="HEX", help="instead: the person's keyed hash, the first 32 digits of attempts' ids"
    )
    one.add_argument(
        "--attempt", action="append", default=[], metavar="ID", help="instead: these attempts of one person"
    )
    one.add_argument("--from", dest="since", metavar="ISO", help="first instant or day (UTC); default: the beginning")
    one.add_argument("--to", dest="until", metavar="ISO", help="first instant or day no longer in it; default: now")
    one.add_argument("--lang", action="append", choices=_LANGUAGES, help="of the reports; default: all three")
    one.add_argument("--key", type=Path, metavar="FILE", help="sign with this Ed25519 key: 64 hexadecimal digits")
    one.add_argument(
        "--without-rules", action="store_true", help="even where the archive lacks a rulebook that decided"
    )
    one.add_argument("--at", metavar="ISO", help="when the pack is made; default: now")
    one.add_argument("-o", "--out", type=Path, required=True, metavar="PACK.zip")

    one = _verb(verbs, "verify", "check", "what verify.py says of a pack")
    one.add_argument("pack", type=Path, metavar="PACK.zip")

    one = _verb(
        verbs, "seal", "seal", "a seal over the whole ledger, kept in the archive and written out to be given away"
    )
    _ledger(one)
    one.add_argument("--key", type=Path, metavar="FILE", help="sign with this Ed25519 key: 64 hexadecimal digits")
    one.add_argument("--at", metavar="ISO", help="the instant of the seal; default: now")

    one = _verb(verbs, "publish", "publish", "keep the law as it is now in the archive, under the rulebook's hash")
    one.add_argument("--archive", type=Path, required=True, metavar="DIR", help="folder of rulebooks and seals")
    one.add_argument("--root", type=Path, metavar="DIR", help="folder of law (default: the one that is shipped)")
    one.add_argument("--policy", action="append", default=[], metavar="NAME|FILE", help="a house policy that is in use")


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, action: str, text: str
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    verb.set_defaults(run=run, action=action)
    return verb


def _ledger(verb: argparse.ArgumentParser) -> None:
    add_ledger(verb)
    verb.add_argument("--archive", type=Path, metavar="DIR", help="of rulebooks and seals; default: beside the ledger")


def run(args: argparse.Namespace) -> int:
    """Runs the verb; 1 and a message when no evidence can be made."""
    # imported here: the other commands should not wait for what reads ledgers
    actions = importlib.import_module("cadencia.cli.evidence_actions")
    try:
        return int(getattr(actions, args.action)(args))
    except actions.USAGE as problem:
        sys.stderr.write(f"cadencia evidence {args.verb}: {problem}\n")
        return 2
    except actions.FAILED as problem:
        sys.stderr.write(f"cadencia evidence {args.verb}: {problem}\n")
        return 1
