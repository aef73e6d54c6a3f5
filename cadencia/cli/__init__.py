"""The command line: one file a sub-command, each with `add(subparsers)` and `run(args) -> int`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import NoReturn

from cadencia import __version__

COMMANDS = ("screen", "decide", "rules", "cases", "scripts", "dial", "evidence", "ledger", "serve")


class _Parser(argparse.ArgumentParser):
    """Tells a mistake in one line, as the commands themselves do; the whole usage would hide it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see: {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="cadencia", description="Lawful contact: decide, screen, and read the law as data.")
    top.add_argument("--version", action="version", version=f"cadencia {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"cadencia.cli.{name}").add(commands)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code says how it went (see each command's --help)."""
    args = parser().parse_args(sys.argv[1:] if argv is None else argv)
    try:
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # whoever read our output stopped reading (`| head`): nothing is wrong, and there is nobody left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
