"""Options that the commands over a ledger share, and how its secret is read."""

from __future__ import annotations

import argparse
import functools
import stat
import sys
from pathlib import Path

LANGUAGES = ("es", "en", "pt")
_SECRET_BYTES = 32
_CONSORTIUM = "within which tenants share counters, as the ledger was begun; left out: each tenant counts alone"
_SECRET = "file with the ledger's secret, 32 bytes or more in hexadecimal"


class UsageError(ValueError):
    """What was asked cannot be meant; the text says what to write."""


def add_ledger(verb: argparse.ArgumentParser, *, positional: bool = False) -> None:
    """Which ledger and under which secret."""
    if positional:
        verb.add_argument("ledger", type=Path, nargs="?", metavar="FILE", help="the ledger")
        verb.add_argument("--dsn", metavar="URL", help="instead of FILE: a ledger on PostgreSQL, as libpq takes it")
        verb.add_argument("--schema", default="cadencia", metavar="NAME", help="where its tables are (cadencia)")
    else:
        verb.add_argument("--ledger", type=Path, required=True, metavar="FILE", help="the ledger, which may be in use")
    verb.add_argument("--secret", type=Path, required=True, metavar="FILE", help=_SECRET)
    verb.add_argument("--consortium", type=_consortium, metavar="NAME", help=_CONSORTIUM)


def _consortium(text: str) -> str:
    if not text or not text.isprintable():
        raise argparse.ArgumentTypeError(f"{text!r} is no name; write the consortium's, or leave --consortium out")
    return text


def read_ledger_secret(path: Path) -> bytes:
    """The bytes of a secret's file. UsageError when it does not hold one, OSError when it cannot be read."""
    _warn_if_open(path)
    try:
        secret = bytes.fromhex(path.read_text(encoding="utf-8").strip())
    except ValueError:
        raise UsageError(f"{path} does not hold hexadecimal digits; write the ledger's secret as such") from None
    if len(secret) < _SECRET_BYTES:
        raise UsageError(f"{path} holds {len(secret)} bytes; a secret has {_SECRET_BYTES} or more, from a good source")
    return secret


@functools.cache  # a command reads its secret more than once
def _warn_if_open(path: Path) -> None:
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        sys.stderr.write(f"{path}: others may read this secret, and with it the ledger; chmod 600 {path}\n")
