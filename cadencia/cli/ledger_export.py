"""`cadencia ledger export`: the ledger as Parquet, one file a day; and the erasure of a person from what was
exported.

A folder that is exported to is noted beside the ledger, so that an erasure finds it. A copy made of it elsewhere it
cannot find."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cadencia.cli.ledger_open import Files, ledger_asked
from cadencia.cli.ledger_options import UsageError, read_ledger_secret
from cadencia.dialer.names import names_of
from cadencia.engine.tables import UNIX_OF_EPOCH
from cadencia.engine.words import Channel, EventKind
from cadencia.lists.target import Target
from cadencia.store.entry import Entry

_ROWS = 10_000  # of a row group
_DAY = 86_400_000_000  # microseconds
SCHEMA = pa.schema([
    ("n", pa.int64()), ("at", pa.timestamp("us", "UTC")), ("tenant", pa.string()), ("kind", pa.string()),
    ("subject", pa.string()), ("attempt", pa.string()), ("event_at", pa.timestamp("s", "UTC")),
    ("event_attr", pa.uint64()), ("channel", pa.string()), ("outcome", pa.string()),
    ("debts", pa.list_(pa.string())), ("address", pa.string()), ("creditor", pa.string()), ("key", pa.string()),
    ("household", pa.string()), ("workplace", pa.string()), ("account", pa.string()),
    ("payload", pa.string()), ("salt", pa.string()), ("digest", pa.string()), ("chain", pa.string()),
])  # fmt: skip


def run_export(args: argparse.Namespace) -> int:
    """Writes all days; those that were exported before are written anew."""
    secret = read_ledger_secret(args.secret)
    if args.out.exists() and not args.out.is_dir():
        raise UsageError(f"{args.out} is no folder; name one")
    if args.ledger is not None and not args.ledger.is_file():
        raise UsageError(f"{args.ledger}: no such file; name the ledger")
    with contextlib.ExitStack() as until_the_end:
        if args.ledger is not None:
            files = Files(args.ledger, secret)
            folders = until_the_end.enter_context(_noted(files))
            folders.add(args.out.resolve())
            _note(files, folders)
        entries, days = asyncio.run(_export(args, secret))
    if args.dsn is not None:
        sys.stderr.write(f"{args.out}: erasing a person does not reach it; export anew when somebody was erased\n")
    sys.stderr.write(f"{args.out}: {entries} entries, {days} files; they hold payloads, readable by you alone\n")
    return 0


async def _export(args: argparse.Namespace, secret: bytes) -> tuple[int, int]:
    entries, days = 0, Days(args.out)
    try:
        async with ledger_asked(args, secret, looking=True) as ledger:
            args.out.mkdir(parents=True, exist_ok=True)
            async for entry in ledger.entries():
                days.take(entry)
                entries += 1
        days.finish()
    except BaseException:
        days.discard()
        raise
    return entries, len(days.written)


class Days:
    """One file a day by when an entry was recorded (UTC). A day that comes again after another, because a clock was
    set, has a second file."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._day = -1
        self._rows: list[dict[str, Any]] = []
        self._target: Target | None = None
        self._writer: pq.ParquetWriter | None = None
        self.written: list[str] = []

    def take(self, entry: Entry) -> None:
        """The next entry, in the order of the ledger."""
        if entry.at // _DAY != self._day:
            self.finish()
            self._day = entry.at // _DAY
            self._begin()
        self._rows.append(_row(entry))
        if len(self._rows) >= _ROWS:
            self._flush()

    def finish(self) -> None:
        """The file of the day gets its name."""
        if self._target is None or self._writer is None:
            return
        self._flush()
        self._writer.close()
        self._target.finish()
        self._target.place()
        self._target = self._writer = None

    def discard(self) -> None:
        """Nothing is left of a file that is not whole."""
        if self._target is not None:
            self._target.discard()

    def _begin(self) -> None:
        day = datetime.fromtimestamp(self._day * 86_400, UTC).date().isoformat()
        again = sum(name.startswith(day) for name in self.written)
        name = f"{day}.{again + 1}.parquet" if again else f"{day}.parquet"
        self.written.append(name)
        self._target = Target(str(self._out / name), private=True)
        self._writer = pq.ParquetWriter(self._target.stream, SCHEMA, compression="zstd")

    def _flush(self) -> None:
        if self._rows and self._writer is not None:
            self._writer.write_table(pa.Table.from_pylist(self._rows, SCHEMA))
            self._rows = []


def erase_from_exports(files: Files, tenant: str, person: str) -> list[str]:
    """Takes a person's payloads and salts out of all that was exported; what was done, in lines."""
    subject, told = names_of(files.secret, files.consortium)(tenant).subject(person).hex(), []
    if not files.exports.exists():
        return []
    with _noted(files) as folders:
        for folder in sorted(folders):
            if not folder.is_dir():
                told.append(f"{folder}: the export is no longer there; erase the person wherever it was moved to")
                continue
            for left in folder.glob(".*.part"):  # of an export that was killed: nobody else writes here now
                left.unlink()
            days = [path for path in sorted(folder.glob("*.parquet")) if _erased(path, tenant, subject)]
            told.append(f"{folder}: {len(days)} files written anew")
    return told


def _erased(path: Path, tenant: str, subject: str) -> bool:
    """Writes a file anew without what is personal of one person; False if it has nothing of the kind."""
    with pq.ParquetFile(path) as file:
        if not any(pc.any(_theirs(batch, tenant, subject)).as_py()
                   for batch in file.iter_batches(columns=["tenant", "subject", "kind", "salt"])):  # fmt: skip
            return False
        target = Target(str(path), private=True)
        try:
            # the columns that it has: an export of before may have fewer
            with pq.ParquetWriter(target.stream, file.schema_arrow, compression="zstd") as writer:
                for batch in file.iter_batches():
                    writer.write_batch(_without(batch, tenant, subject))
            target.finish()
            target.place()
        except BaseException:
            target.discard()
            raise
    return True


def _theirs(batch: pa.RecordBatch, tenant: str, subject: str) -> pa.Array:
    """Which rows hold something personal of the person."""
    of_person = pc.and_(pc.equal(batch["tenant"], tenant), pc.equal(batch["subject"], subject))
    return pc.and_(pc.and_(of_person, pc.not_equal(batch["kind"], "erased")), pc.is_valid(batch["salt"]))


def _without(batch: pa.RecordBatch, tenant: str, subject: str) -> pa.RecordBatch:
    theirs, nothing = _theirs(batch, tenant, subject), pa.scalar(None, pa.string())
    columns = [
        pc.if_else(theirs, nothing, column) if name in ("payload", "salt") else column
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _row(entry: Entry) -> dict[str, Any]:
    counted = bool(entry.event_at or entry.event_attr)
    return {
        "n": entry.n, "at": entry.at, "tenant": entry.tenant, "kind": entry.kind, "subject": entry.subject.hex(),
        "attempt": entry.attempt, "event_at": entry.event_at + UNIX_OF_EPOCH if counted else None,
        "event_attr": entry.event_attr, "channel": Channel(entry.event_attr & 7).name if counted else None,
        "outcome": EventKind(entry.event_attr >> 3 & 15).name if counted else None,
        "debts": [f"{debt:016x}" for debt in entry.debts], "address": _id(entry.address),
        "creditor": _id(entry.creditor), "household": _id(entry.household), "workplace": _id(entry.workplace),
        "account": _id(entry.account), "key": entry.key, "payload": entry.payload.decode() if entry.salt else None,
        "salt": entry.salt.hex() or None, "digest": entry.digest.hex(), "chain": entry.chain.hex(),
    }  # fmt: skip


def _id(number: int) -> str | None:
    return f"{number:016x}" if number else None


@contextlib.contextmanager
def _noted(files: Files) -> Iterator[set[Path]]:
    """The folders that were exported to. One export or erasure at a time: a person erased while an export reads is
    taken out of it when it is done."""
    descriptor = os.open(files.exports, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r", encoding="utf-8", errors="surrogateescape") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield {Path(line) for line in file.read().splitlines() if line}


def _note(files: Files, folders: set[Path]) -> None:
    """Written in place, for the file is locked; before the first day is."""
    with files.exports.open("r+", encoding="utf-8", errors="surrogateescape") as file:
        file.writelines(f"{folder}\n" for folder in sorted(folders))
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
