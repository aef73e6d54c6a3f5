"""A gate over a ledger's file for one command: opened for writing or only for looking."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cadencia.cli.ledger_law import Law
from cadencia.cli.ledger_options import UsageError
from cadencia.dialer.gate import Gate
from cadencia.engine.decide import Engine
from cadencia.engine.tables import Rulebook
from cadencia.gates import surroundings
from cadencia.store.entry import Draft, Entry
from cadencia.store.ledger import Appended, LedgerError, Moved
from cadencia.store.postgres import PostgresLedger
from cadencia.store.sqlite import SqliteLedger

#: Decides nothing: for commands that only record or look, so that they need not read the law.
_NO_LAW = Rulebook(hash="", rules=(), jurisdictions={}, calendars=(), zones={})


@dataclass(frozen=True)
class Files:
    """A ledger's file, its secret and consortium. What lies beside it: a checkpoint, the owner's socket, the folders
    that were exported to, the archive of rulebooks and seals."""

    ledger: Path
    secret: bytes
    consortium: str = ""

    @property
    def checkpoint(self) -> Path:
        return self._beside(".checkpoint")

    @property
    def socket(self) -> Path:
        return self._beside(".sock")

    @property
    def exports(self) -> Path:
        return self._beside(".exports")

    @property
    def archive(self) -> Path:
        return self._beside(".archive")

    def _beside(self, ending: str) -> Path:
        return self.ledger.with_name(self.ledger.name + ending)


class Quiet:
    """A ledger for a gate that decides nothing, or may only look: that it was opened is not recorded as `published`.
    The protocol of store/ledger.py."""

    shared = False

    def __init__(self, ledger: SqliteLedger) -> None:
        self._ledger = ledger
        self.append_behind, self.settled_behind = ledger.append_behind, ledger.settled_behind
        self.count_for = ledger.count_for
        self.answered, self.erase, self.head, self.close = ledger.answered, ledger.erase, ledger.head, ledger.close

    async def append(self, drafts: Sequence[Draft], expected: Mapping[bytes, int] | None = None) -> Appended | Moved:
        """All but `published`."""
        kept = [draft for draft in drafts if draft.kind != "published"]
        return await self._ledger.append(kept, expected) if kept else Appended(())

    def entries(
        self, *, after: int = 0, subject: bytes | None = None, kinds: Sequence[str] = (), limit: int | None = None,
        payloads: Collection[str] | None = None,
    ) -> AsyncIterator[Entry]:  # fmt: skip
        """As the ledger has them."""
        return self._ledger.entries(after=after, subject=subject, kinds=kinds, limit=limit, payloads=payloads)


@asynccontextmanager
async def ledger_at(files: Files, *, looking: bool = False, make: bool = False) -> AsyncIterator[SqliteLedger]:
    """The ledger, closed afterwards. looking: for reading, beside whoever owns it. make: a new file if there is none.
    LedgerError."""
    if not make and not files.ledger.is_file():
        raise LedgerError(f"{files.ledger}: no such file; name the ledger")
    ledger = await SqliteLedger.open(files.ledger, secret=files.secret, read_only=looking, consortium=files.consortium)
    try:
        yield ledger
    finally:
        await ledger.close()


@asynccontextmanager
async def ledger_asked(
    args: argparse.Namespace, secret: bytes, *, looking: bool = False, make: bool = False
) -> AsyncIterator[SqliteLedger | PostgresLedger]:
    """The ledger of FILE or --dsn, as `ledger_at`. UsageError if not one of them is named."""
    if (args.ledger is None) == (args.dsn is None):
        raise UsageError("name the ledger: its FILE, or --dsn URL of PostgreSQL")
    if args.dsn is None:
        async with ledger_at(Files(args.ledger, secret, args.consortium or ""), looking=looking, make=make) as file:
            yield file
        return
    try:
        ledger = await PostgresLedger.open(
            args.dsn, secret=secret, schema=args.schema, read_only=looking, consortium=args.consortium or ""
        )
    except ValueError as problem:  # a name or URL that is none
        raise UsageError(f"--dsn, --schema: {problem}") from None
    try:
        yield ledger
    finally:
        await ledger.close()


@asynccontextmanager
async def gate_at(files: Files, law: Law | None, *, looking: bool = False, make: bool = False) -> AsyncIterator[Gate]:
    """A gate over the ledger, closed afterwards. law: None when nothing is decided; else it is in the archive before
    the ledger says that it is in use. EvidenceError."""
    async with ledger_at(files, looking=looking, make=make) as ledger:
        publishing = law is not None and not looking
        if law is not None and publishing:
            await asyncio.to_thread(law.keep, files.archive)
        engine, under = law.engine if law else Engine(_NO_LAW), ledger if publishing else Quiet(ledger)
        checkpoint = files.checkpoint if files.checkpoint.exists() else None
        around = surroundings(files.secret, files.consortium)
        gate = await Gate.open(engine, under, around, checkpoint=checkpoint)
        if gate.rebuilt:
            sys.stderr.write(f"counted anew from the ledger: {gate.rebuilt}\n")
        try:
            yield gate
        finally:
            if not looking:
                await gate.close()
