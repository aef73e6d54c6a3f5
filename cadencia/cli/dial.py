"""`cadencia dial`: what the law says of a dialer's own figures."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

_LANGUAGES = ("en", "es", "pt")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The sub-command with its verb. Exit codes: 0 within every cap, 1 a cap exceeded, 2 wrong usage or a bad log."""
    dial = commands.add_parser("dial", help="the abandonment rate of a call log, by each law", description=__doc__)
    verbs = dial.add_subparsers(dest="verb", required=True, metavar="VERB")
    text = "the abandonment rate of a call log by the formula of each law, and how many more calls may be abandoned"
    one = verbs.add_parser("abandonment", help=text, description=text[0].upper() + text[1:] + ". " + _COLUMNS)
    one.add_argument("log", metavar="LOG.csv", help="answered calls, one a line; - for standard input")
    one.add_argument(
        "--jurisdiction", action="append", required=True, metavar="CODE", help="whose law, e.g. US; may be repeated"
    )
    one.add_argument("--purpose", choices=("collections", "servicing", "marketing"), default="collections")
    one.add_argument("--at", required=True, metavar="ISO", help="the instant of the figure: 2026-11-16T12:00-05:00")
    one.add_argument("--zone", metavar="IANA", help="whose days are counted, where the place has several zones")
    one.add_argument(
        "--persons-among-machines", type=_share, default=0.0, metavar="SHARE",
        help="estimated share of calls taken for a machine that a person had answered, e.g. 0.04",
    )  # fmt: skip
    one.add_argument(
        "--machines-among-abandoned", type=_share, default=0.0, metavar="SHARE",
        help="estimated share of abandoned calls that a machine had answered",
    )  # fmt: skip
    one.add_argument("--policy", action="append", default=[], metavar="NAME|FILE", help="a house policy to lay over")
    one.add_argument("--lang", choices=_LANGUAGES, default="en")
    one.add_argument("--json", action="store_true", help="one JSON line a campaign and rule")
    one.add_argument("--root", type=Path, metavar="DIR", help="folder of law (default: the one that is shipped)")
    one.set_defaults(run=run, action="dial_abandonment.abandonment")


_COLUMNS = (
    "Columns: campaign, answered_at, greeted_at, agent_at, ended_at (ISO instants with an offset; empty: not known), "
    "machine (yes or no; empty: not known, and such a call counts only if it was abandoned)."
)


def run(args: argparse.Namespace) -> int:
    """Run the verb; only its own module is loaded."""
    module, name = args.action.split(".")
    return int(getattr(importlib.import_module(f"cadencia.cli.{module}"), name)(args))


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share; write a number from 0 to 1, for example 0.04")
    return share
