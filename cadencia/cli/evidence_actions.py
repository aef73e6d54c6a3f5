"""What the verbs of `cadencia evidence` do."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from cadencia.cli.ledger_law import loaded_law, translations_of
from cadencia.cli.ledger_options import UsageError, read_ledger_secret
from cadencia.evidence import verify
from cadencia.evidence.archive import Archive
from cadencia.evidence.chosen import Asked, micros, subject_of
from cadencia.evidence.pack import LANGUAGES, stamp
from cadencia.evidence.pack import build as build_pack
from cadencia.evidence.seal import EvidenceError, read_secret, seal_ledger
from cadencia.rules.cache import PolicyError
from cadencia.rules.compile import CompileError, compile_rulebook
from cadencia.store.ledger import LedgerError
from cadencia.store.sqlite import SqliteLedger

Found = TypeVar("Found")


USAGE = (UsageError, PolicyError)
FAILED = (EvidenceError, LedgerError, CompileError, OSError)


def build(args: argparse.Namespace) -> int:
    """Writes a pack; what it holds is told on standard error."""
    now = _instant(args.at, "--at") or datetime.now(UTC)
    if bool(args.person) + bool(args.subject) + bool(args.attempt) != 1:
        raise UsageError("name whom it is about: one of --person, --subject and --attempt")
    since = _instant(args.since, "--from") or datetime(1970, 1, 1, tzinfo=UTC)
    until = _instant(args.until, "--to") or now
    if until <= since:
        raise UsageError(f"--to {stamp(until)} is not after --from {stamp(since)}")
    key = read_secret(args.key.read_text()) if args.key else None

    async def make(ledger: SqliteLedger) -> tuple[bytes, int, int, tuple[str, ...]]:
        asked = Asked(
            tenant=args.tenant,
            subject=await _subject(ledger, args),
            since=since,
            until=until,
            attempts=tuple(args.attempt),
        )
        packed = await build_pack(
            ledger, _archive(args), asked, now=now, languages=args.lang or LANGUAGES, secret=key,
            without_rules=args.without_rules,
        )  # fmt: skip
        return packed.data, packed.records, packed.erased, packed.rulebooks_missing

    data, records, erased, missing = _with_ledger(args, make)
    args.out.write_bytes(data)
    sys.stderr.write(f"{args.out}: {records} records, {erased} of them erased, {len(data)} bytes\n")
    for rulebook in missing:
        sys.stderr.write(f"the archive lacks {rulebook}: its rules are not in the pack\n")
    return 0


def check(args: argparse.Namespace) -> int:
    """What verify.py says of a pack, and its exit code."""
    return verify.main([str(args.pack)])


def seal(args: argparse.Namespace) -> int:
    """Seals the ledger, keeps the seal in the archive, and writes it as one line of JSON. Where nothing was written
    since the last seal, that one is said again."""
    now = _instant(args.at, "--at") or datetime.now(UTC)
    key = read_secret(args.key.read_text()) if args.key else None
    made = _with_ledger(args, lambda ledger: seal_ledger(ledger, at=stamp(now), secret=key))
    archive = _archive(args)
    held = next((one for one in archive.seals() if (one.n, one.root) == (made.n, made.root)), None)
    if held is not None and key is not None and not held.key:
        raise EvidenceError(f"entry {made.n} is sealed without a key; sign when something more was written")
    if held is None:
        archive.add_seal(made)
    made = held or made
    sys.stdout.write(msgspec.json.encode(made).decode() + "\n")
    return 0


def publish(args: argparse.Namespace) -> int:
    """Keeps the law of a folder in the archive and writes its rulebook's hash."""
    loaded = loaded_law(args.root, args.policy)
    rulebook = compile_rulebook(loaded, locates=False)
    Archive(args.archive).publish(loaded, rulebook, translations=translations_of(args.root))
    sys.stdout.write(rulebook.hash + "\n")
    return 0


def _archive(args: argparse.Namespace) -> Archive:
    return Archive(args.archive or args.ledger.with_name(args.ledger.name + ".archive"))


def _with_ledger(args: argparse.Namespace, ask: Callable[[SqliteLedger], Awaitable[Found]]) -> Found:
    """Asks a ledger that is opened for reading, beside whoever writes to it."""
    secret = read_ledger_secret(args.secret)
    if not args.ledger.is_file():
        raise UsageError(f"{args.ledger}: no such file; name the ledger")

    async def asked() -> Found:
        ledger = await SqliteLedger.open(args.ledger, secret=secret, read_only=True, consortium=args.consortium or "")
        try:
            return await ask(ledger)
        finally:
            await ledger.close()

    return asyncio.run(asked())


async def _subject(ledger: SqliteLedger, args: argparse.Namespace) -> bytes:
    named = args.subject or (args.attempt[0].partition("-")[0] if args.attempt else "")
    if not named:
        return await subject_of(ledger, args.tenant, args.person)
    try:
        subject = bytes.fromhex(named)
    except ValueError:
        subject = b""
    if len(subject) != 16:
        raise UsageError(
            f"{named!r} is no subject; it is 32 hexadecimal digits, and begins the ids of the person's attempts"
        )
    if any(attempt.partition("-")[0] != named for attempt in args.attempt):
        raise UsageError("the attempts are of several persons; a pack is of one")
    return subject


def _instant(text: str | None, option: str) -> datetime | None:
    """A day is its first instant in UTC."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if len(text) == 10 else at
        micros(at)
    except (ValueError, OverflowError):
        raise UsageError(f"{option} {text!r} is no instant; write 2026-05-18 or 2026-05-18T09:00-05:00") from None
    return at
