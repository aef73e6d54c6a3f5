"""`cadencia ledger import`: attempts of the past, from a history as docs/lists.md has it, each taken in once however
often it is imported."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from cadencia.cli.ledger_import_ways import way_in
from cadencia.cli.ledger_options import UsageError, read_ledger_secret
from cadencia.dialer.names import names_of
from cadencia.engine.tables import UNIX_OF_EPOCH
from cadencia.engine.words import Channel, EventKind
from cadencia.gates import wall
from cadencia.lists.cures import in_language
from cadencia.lists.history import Written, read_written
from cadencia.lists.read import Chunk, format_of, read_rows
from cadencia.lists.schema import BadLine, history_schema, in_line_order, shown
from cadencia.lists.target import check_paths
from cadencia.lists.write import BadLineWriter
from cadencia.store.entry import Draft
from cadencia.store.identity import Pseudonyms
from cadencia.store.ledger import Ledger
from cadencia.store.projection import MICROSECONDS, Past, as_datetime, read, written

GOOD, SOME_BAD = 0, 3
_MARK = "import:"
_ERASED = "the person was erased and is not taken in again; take the line out"


@dataclass
class Taken:
    """What came of an import. again: lines that were in the ledger before, or came before in the file under one
    event_id."""

    lines: int = 0
    imported: int = 0
    again: int = 0
    bad: int = 0
    unattributed: int = 0
    incomplete: set[bytes] = field(default_factory=set)  # subjects with a bad line


def run_import(args: argparse.Namespace) -> int:
    """0 all lines good, 3 some bad and told of; the good ones are in."""
    country = args.default_country
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise UsageError(f"--default-country {country}: two letters of ISO 3166-1, such as CO")
    secret = read_ledger_secret(args.secret)
    format_ = format_of(args.history, args.format)
    path = args.bad or ("history.bad.csv" if args.history == "-" else f"{args.history}.bad.csv")
    inputs = {"the history": args.history} | ({"the ledger": str(args.ledger)} if args.ledger else {})
    check_paths(inputs, {"the bad lines": path})
    rows = read_rows(args.history, format_, history_schema(tuple(args.ignore)))
    bad = BadLineWriter(path, args.lang)
    try:
        taken = asyncio.run(_import(secret, args, rows, bad, country.upper() if country else None))
        bad.finish()
    except BaseException:
        bad.discard()
        raise
    if taken.bad:
        bad.place()
    else:
        bad.discard()
    _tell(taken, bad.first, path, args.lang)
    return SOME_BAD if taken.bad else GOOD


async def _import(
    secret: bytes, args: argparse.Namespace, rows: Iterable[Chunk], bad: BadLineWriter, country: str | None
) -> Taken:
    taken = Taken()
    async with way_in(args, secret) as (ledger, way):
        importing = await Importing.begin(ledger, secret, args.tenant, taken, consortium=args.consortium or "")
        batch = f"{Path(args.history).name} {as_datetime(wall()).isoformat(timespec='seconds')}"
        for chunk in rows:
            drafts, mistakes = importing.drafts(chunk, country, wall(), args.source, batch)
            done = await way.take_in(args.tenant, [draft for _, draft in drafts])
            bad.write(in_line_order(mistakes, importing.refused([drafts[place] for place in done.erased])))
            taken.imported += done.imported
            taken.again += done.again
            if not args.quiet and sys.stderr.isatty():
                sys.stderr.write(f"\r{taken.lines:,} lines, {taken.imported:,} imported")
                sys.stderr.flush()
    return taken


class Importing:
    """Turns lines into drafts; knows what the ledger has. About 100 bytes a line in memory."""

    def __init__(self, secret: bytes, tenant: str, taken: Taken, *, consortium: str = "") -> None:
        self._tenant, self._names, self._taken = tenant, names_of(secret, consortium)(tenant), taken
        self._content = hmac.digest(secret, b"cadencia import", "sha256")
        self._known: set[bytes] = set()
        self._erased: set[bytes] = set()
        self._seen: set[bytes] = set()
        self._repeats: dict[bytes, int] = {}

    @classmethod
    async def begin(
        cls, ledger: Ledger, secret: bytes, tenant: str, taken: Taken, *, consortium: str = ""
    ) -> Importing:
        """Reads which lines of a tenant are in the ledger, and who was erased."""
        importing = cls(secret, tenant, taken, consortium=consortium)
        async for entry in ledger.entries(kinds=("imported", "erased"), payloads=()):
            if entry.tenant != tenant:
                continue
            if entry.kind == "erased":
                importing._erased.add(entry.subject)
            elif entry.key.startswith(_MARK):
                importing._known.add(bytes.fromhex(entry.key.removeprefix(_MARK)))
        return importing

    def drafts(
        self, chunk: Chunk, country: str | None, now: int, source: str, batch: str
    ) -> tuple[list[tuple[int, Draft]], list[BadLine]]:
        """The drafts of a chunk's good lines that are new, each with its line's number, and the chunk's mistakes in the
        order of the lines."""
        self._taken.lines += len(chunk) + len(chunk.bad)
        self._taken.bad += len(chunk.bad)
        self._taken.unattributed += len(chunk.bad)
        if not len(chunk):
            return [], chunk.bad
        lines, marks = read_written(chunk, as_datetime(now), country)
        subjects = _subjects(self._names, lines.person)
        gone = [row for row, subject in enumerate(subjects) if subject in self._erased]
        marks.mark_rows(np.array(gone, np.int64), "person", _ERASED)
        self._note_bad(marks.wrong, subjects)
        good = np.flatnonzero(~marks.wrong)
        new = self._new(lines, good, subjects, now, source, batch)
        return [(int(chunk.lines[row]), draft) for row, draft in new], in_line_order(chunk.bad, marks.bad)

    def refused(self, erased: Sequence[tuple[int, Draft]]) -> list[BadLine]:
        """What to say of lines whose persons were erased while the import ran."""
        self._taken.bad += len(erased)
        self._taken.incomplete.update(draft.subject for _, draft in erased)
        return [
            BadLine(line, "", "person", shown(read(draft, Past).person), _ERASED, "history") for line, draft in erased
        ]

    def _new(
        self, lines: Written, rows: np.ndarray, subjects: Sequence[bytes], now: int, source: str, batch: str
    ) -> Iterator[tuple[int, Draft]]:
        """The rows that the ledger has not, and their drafts."""
        columns = (lines.person, lines.debt, lines.creditor, lines.address, lines.own_id, lines.household,
                   lines.workplace, lines.account)  # fmt: skip
        texts = zip(*(column.take(pa.array(rows)).to_pylist() for column in columns), strict=True)
        at, attrs, names = lines.at[rows].tolist(), lines.attributes[rows].tolist(), self._names
        for row, when, attr, (person, debt, creditor, address, own_id, household, workplace, account) in zip(
            rows.tolist(), at, attrs, texts, strict=True
        ):
            ids = (names.debt(debt), names.address(address), names.creditor(creditor))
            wider = (names.household(household), names.workplace(workplace), names.account(account))
            # left out where none is stated: lines that were imported before there were any keep their keys
            said = (subjects[row], when, attr, *ids, own_id or "", *(wider if any(wider) else ()))
            key = self._key(said, named=own_id is not None)
            if key is None or key in self._known:
                self._taken.again += 1
                continue
            self._known.add(key)
            past = Past(
                person=person, channel=Channel(attr & 7).name, outcome=EventKind(attr >> 3 & 15).name,
                at=as_datetime((when + UNIX_OF_EPOCH) * MICROSECONDS), debt=debt, creditor=creditor, address=address,
                household=household, workplace=workplace, account=account, source=source, batch=batch,
            )  # fmt: skip
            yield row, Draft(
                at=now, tenant=self._tenant, kind="imported", subject=subjects[row], event_at=when, event_attr=attr,
                debts=ids[:1] if debt else (), address=ids[1], creditor=ids[2], household=wider[0],
                workplace=wider[1], account=wider[2], key=_MARK + key.hex(), payload=written(past),
            )  # fmt: skip

    def _note_bad(self, wrong: np.ndarray, subjects: Sequence[bytes]) -> None:
        rows = np.flatnonzero(wrong).tolist()
        self._taken.bad += len(rows)
        self._taken.unattributed += sum(not subjects[row] for row in rows)
        self._taken.incomplete.update(subjects[row] for row in rows if subjects[row])

    def _key(self, said: tuple[object, ...], *, named: bool) -> bytes | None:
        """What stands for a line: of lines alike in everything the second, third … have keys of their own, as they
        count; None for one that came before under the same event_id."""
        content = self._hashed(repr(said).encode())
        if content not in self._seen:
            self._seen.add(content)
            return content
        if named:
            return None
        self._repeats[content] = number = self._repeats.get(content, 0) + 1
        return self._hashed(content + number.to_bytes(8, "big"))

    def _hashed(self, content: bytes) -> bytes:
        return hashlib.blake2b(content, key=self._content, digest_size=16).digest()


def _subjects(names: Pseudonyms, persons: pa.Array) -> list[bytes]:
    """The subject of each line, empty where it names nobody."""
    encoded = persons.dictionary_encode()
    distinct = [names.subject(person) for person in encoded.dictionary.to_pylist()]
    return [b"" if code is None else distinct[code] for code in encoded.indices.to_pylist()]


def _tell(taken: Taken, first: Sequence[BadLine], path: str, language: str) -> None:
    """The sums: lines = imported + there before + bad."""
    sums, line, rest = _WORDS[language]
    end = "\n" if sys.stderr.isatty() else ""
    sys.stderr.write(end + sums.format(taken.lines, taken.imported, taken.again, taken.bad) + "\n")
    for one in first:
        sys.stderr.write(f"{line} {one.line}, {one.field}: {in_language(one.cure, language)}\n")
    if taken.bad:
        sys.stderr.write(rest.format(path, len(taken.incomplete), taken.unattributed) + "\n")


_WORDS = {
    "en": (
        "{} lines: {} imported, {} there before, {} bad", "line",
        "all bad lines: {}. Of {} persons, and of {} lines that say not whose, too little is counted: put them right "
        "and import the same file again",
    ),
    "es": (
        "{} líneas: {} importadas, {} ya estaban, {} malas", "línea",
        "todas las líneas malas: {}. De {} personas, y de {} líneas que no dicen de quién son, se cuenta de menos: "
        "corríjalas e importe el mismo archivo otra vez",
    ),
    "pt": (
        "{} linhas: {} importadas, {} já estavam, {} ruins", "linha",
        "todas as linhas ruins: {}. De {} pessoas, e de {} linhas que não dizem de quem são, conta-se de menos: "
        "corrija-as e importe o mesmo arquivo outra vez",
    ),
}  # fmt: skip
