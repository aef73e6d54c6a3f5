"""Builds a pack: one zip with which a stranger can check what was decided about a person, by which law, and what
followed.

The same ledger, archive and request give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from cadencia.evidence import verify
from cadencia.evidence.archive import Archive, Publication
from cadencia.evidence.chosen import BEFORE, FILES, Asked, choose
from cadencia.evidence.history import Told, tell
from cadencia.evidence.proof import Proven, prove
from cadencia.evidence.report import reports
from cadencia.evidence.seal import EvidenceError, signature_of
from cadencia.evidence.zipped import zipped
from cadencia.store.entry import Entry
from cadencia.store.ledger import Ledger

LANGUAGES = ("es", "en", "pt")


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """A pack: its bytes, how many records it holds, how many of them are erased, and rulebooks that the archive
    lacks."""

    data: bytes
    records: int
    erased: int
    rulebooks_missing: tuple[str, ...]


async def build(
    ledger: Ledger, archive: Archive, asked: Asked, *, now: datetime, languages: Sequence[str] = LANGUAGES,
    secret: bytes | None = None, without_rules: bool = False,
) -> Packed:  # fmt: skip
    """The pack of what is asked for, as the ledger is at `now`. secret: the 32 bytes of an Ed25519 key that signs it.
    EvidenceError when there is nothing, when the ledger or the archive was altered, and, unless `without_rules`, when
    the archive lacks a rulebook that decided."""
    head, _ = await ledger.head()
    chosen = await choose(ledger, asked, head)
    made_at = stamp(now)
    proven = await prove(
        ledger, archive.seals(), [entry for entries in chosen.values() for entry in entries], head, made_at
    )
    last = proven.seals[-1]
    told = tell(asked, chosen, made_at=made_at, head=int(last["n"]), root=str(last["root"]))
    books, files, missing = rules_of(archive, told)
    if missing and not without_rules:
        raise EvidenceError(
            f"the archive lacks the rulebook {missing[0]}; publish the files it was made from, or build without rules"
        )
    files["rulebooks.json"] = verify.canonical(books) + b"\n"
    for file, entries in chosen.items():
        lines = [record_line(entry, proven, withheld=file == BEFORE) for entry in entries]
        files[file] = b"".join(line + b"\n" for line in lines)
    files |= reports(told, books, languages)
    files["verify.py"] = Path(verify.__file__).read_bytes()
    body: dict[str, object] = {
        "format": verify.FORMAT, "tenant": asked.tenant, "subject": asked.subject.hex(), "from": stamp(asked.since),
        "to": stamp(asked.until), "attempts": list(asked.attempts), "made_at": made_at, "seals": proven.seals,
        "rulebooks_missing": missing,
        "records": {file: [entry.n for entry in entries] for file, entries in chosen.items()},
        "files": {file: hashlib.sha256(data).hexdigest() for file, data in files.items()},
    }  # fmt: skip
    seal = verify.canonical(signature_of(body, secret)) + b"\n"
    ordered = [*sorted(file for file in files if "/" not in file), *sorted(file for file in files if "/" in file)]
    data = zipped({"seal.json": seal} | {file: files[file] for file in ordered})
    records = [entry for file in FILES for entry in chosen[file]]
    erased = sum(is_erased(entry) for entry in records)
    return Packed(
        data=data, records=len(records) + len(chosen[BEFORE]), erased=erased, rulebooks_missing=tuple(missing)
    )


def stamp(at: datetime) -> str:
    """An instant in RFC 3339, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def is_erased(entry: Entry) -> bool:
    """Whether an entry's payload is gone."""
    return not entry.salt


def record_line(entry: Entry, proven: Proven, *, withheld: bool) -> bytes:
    """An entry as a line of a pack; its payload last, byte for byte as it was chained. A payload that was erased, or
    that is withheld because it was not asked for, is null."""
    seal, path = proven.paths[entry.n]
    bare = withheld or is_erased(entry)
    plain = {
        "n": entry.n, "at": entry.at, "tenant": entry.tenant, "kind": entry.kind, "subject": entry.subject.hex(),
        "attempt": entry.attempt, "event_at": entry.event_at, "event_attr": entry.event_attr,
        "debts": list(entry.debts), "address": entry.address, "creditor": entry.creditor, "household": entry.household,
        "workplace": entry.workplace, "account": entry.account, "key": entry.key,
        "previous": proven.previous[entry.n].hex(), "digest": entry.digest.hex(),
        "salt": "" if bare else entry.salt.hex(),
        "proof": [step.hex() for step in path], "seal": seal,
    }  # fmt: skip
    payload = b"null" if bare else entry.payload
    if b"\n" in payload:
        raise EvidenceError(
            f"the payload of entry {entry.n} has a line break, so it is not canonical JSON; see docs/ledger.md"
        )
    head = json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode()
    return head[:-1] + b',"payload":' + payload + b"}"


def rules_of(archive: Archive, told: Told) -> tuple[dict[str, Any], dict[str, bytes], list[str]]:
    """(what rulebooks.json says, the files of law and calendars of the places of the decisions, rulebooks that are
    missing).

    A rulebook is of the whole world; the pack holds those of its files that can have mattered, and the hashes of
    all."""
    books: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    missing = []
    for name in sorted(told.rulebooks):
        publication = archive.publication(name)
        if publication is None:
            missing.append(name)
            continue
        rules = {rule: publication.rules[rule] for rule in sorted(told.rules) if rule in publication.rules}
        books[name] = {
            "files": publication.files, "zone_version": publication.zone_version, "tables": publication.tables,
            "caps": {rule: publication.caps[rule] for rule in rules if rule in publication.caps}, "rules": rules,
            "zones": {zone: publication.zones[zone] for zone in sorted(told.zones | _clocks(publication, rules))
                      if zone in publication.zones},
        }  # fmt: skip
        for path, sha in _mattered(publication, told.jurisdictions):
            files[packed_name(path, sha)] = archive.text(sha)
    return books, files, missing


def _clocks(publication: Publication, rules: Iterable[str]) -> set[str]:
    """Zones that the rules themselves name."""
    caps = [cap for rule in rules for cap in publication.caps.get(rule, {}).values()]
    return {str(cap["clock"]) for cap in caps if cap["clock"]}


def packed_name(path: str, sha: str) -> str:
    """Where a text lies in a pack: with the beginning of its hash, for two versions of one file may have decided."""
    stem = path.rpartition("/")[2] if path.startswith("/") else path
    clean = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-_/") else "-" for letter in stem[:-5]
    )
    folder = "" if clean.startswith("holidays/") else "rules/"
    return f"{folder}{clean}.{sha[:12]}.yaml".replace("holidays/", "calendars/", 1 if not folder else 0)


def _mattered(publication: Publication, jurisdictions: Iterable[str]) -> list[tuple[str, str]]:
    folders = {code.partition("-")[0].lower() for code in jurisdictions}
    paths = {path for path in publication.files if path.partition("/")[0] in folders}
    # house policies: whatever lies in no folder of a jurisdiction
    known = {path.partition("/")[0] for path in publication.files if len(path.partition("/")[0]) == 2}
    other = {"holidays", "scripts", "translations"}
    paths |= {path for path in publication.files if path.partition("/")[0] not in known | other}
    calendars = {
        f"holidays/{name}.yaml" for path in paths & set(publication.calendars) for name in publication.calendars[path]
    }
    paths |= calendars & set(publication.files)
    return sorted((path, publication.files[path]) for path in paths)
