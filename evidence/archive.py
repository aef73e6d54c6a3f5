"""The archive: every rulebook that was ever in use, as the files it was made from, and the seals of the ledger.

A folder beside the ledger. A text lies under its SHA-256 (`texts/`), a publication under the rulebook's hash
(`publications/`), a seal under the entry it was made at (`seals/`). Nothing in it is changed or removed, so copies of
it can be put together file by file.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cadencia.engine.tables import Rulebook
from cadencia.evidence.caps import simple_caps, told_rules, zone_spans
from cadencia.evidence.seal import EvidenceError, Seal

if TYPE_CHECKING:
    from cadencia.rules.load import Loaded
    from cadencia.rules.translations import Translations

_BOOK = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """What a rulebook was made from. files: path -> SHA-256 of the text. calendars: path of a law -> those it names.
    tables: SHA-256 of its compiled rules and calendars. zones: (from when, seconds ahead of UTC), from 2020 to 2060.
    rules and caps: see caps.py."""

    rulebook: str
    zone_version: str
    tables: str
    files: dict[str, str]
    calendars: dict[str, list[str]]
    zones: dict[str, list[tuple[int, int]]]
    rules: dict[str, dict[str, dict[str, object]]]
    caps: dict[str, dict[str, dict[str, object]]]


class Archive:
    """The archive in a folder; made when something is first kept there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def publish(self, loaded: Loaded, rulebook: Rulebook, *, translations: Iterable[Translations] = ()) -> Publication:
        """Keeps what the rulebook was compiled from, with readings as they are translated; it is on disk when this
        returns. EvidenceError when it was made from other files."""
        publication = publication_of(loaded, rulebook, translations=tuple(translations))
        if book_hash(publication) != rulebook.hash:
            raise EvidenceError(
                f"these files do not make the rulebook {rulebook.hash}; publish those that it was made from"
            )
        kept = self.publication(rulebook.hash)
        for text in loaded.texts.values():
            data = text.encode()
            self._keep(f"texts/{hashlib.sha256(data).hexdigest()}", data)
        self._sync("texts")  # a publication that is there has its texts
        if kept is None:
            self._keep(f"publications/{_name(rulebook.hash)}.json", msgspec.json.encode(publication, order="sorted"))
        self._sync("publications", ".", "..")
        return kept or publication

    def holds(self, rulebook: str) -> bool:
        """Whether a rulebook is kept with all its texts. EvidenceError when its publication was altered."""
        found = self.publication(rulebook)
        return found is not None and all((self._folder / "texts" / sha).exists() for sha in found.files.values())

    def publication(self, rulebook: str) -> Publication | None:
        """What is kept of a rulebook; None if nothing is. EvidenceError when it was altered."""
        data = self._read(f"publications/{_name(rulebook)}.json")
        if data is None:
            return None
        try:
            found = msgspec.json.decode(data, type=Publication)
            whole = found.rulebook == rulebook == book_hash(found)
        except (msgspec.DecodeError, ValueError):
            whole = False
        if not whole:
            raise EvidenceError(
                f"the archive's publication of {rulebook} was altered; move it away and publish its files again"
            )
        return found

    def text(self, sha: str) -> bytes:
        """The text with this SHA-256. EvidenceError when it is not there or was altered."""
        data = self._read(f"texts/{sha}") if _SHA.fullmatch(sha) else None
        if data is None or hashlib.sha256(data).hexdigest() != sha:
            raise EvidenceError(f"the archive's text {sha} is missing or was altered; publish its files again")
        return data

    def add_seal(self, seal: Seal) -> None:
        """Keeps a seal. EvidenceError when another one was made at the same entry."""
        self._keep(f"seals/{seal.n:020}.json", msgspec.json.encode(seal, order="sorted"))

    def seals(self) -> list[Seal]:
        """All seals, oldest first. EvidenceError when one cannot be read."""
        found = []
        for path in sorted((self._folder / "seals").glob("*.json")):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Seal))
            except (msgspec.DecodeError, OSError) as problem:
                raise EvidenceError(f"the archive's seal {path.name} cannot be read: {problem}") from None
        return found

    def _sync(self, *names: str) -> None:
        """What was put into these folders stays in them, whatever happens to the machine."""
        for name in names:
            descriptor = os.open(self._folder / name, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def _keep(self, name: str, data: bytes) -> None:
        """Writes a file whole or not at all; one that is there must say the same."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            if path.read_bytes() != data:
                raise EvidenceError(f"the archive holds another {name}; nothing in an archive is changed")
            return
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.link(part, path)  # unlike a rename, it does not replace what somebody else has just put there
        finally:
            os.unlink(part)


def publication_of(loaded: Loaded, rulebook: Rulebook, *, translations: Iterable[Translations] = ()) -> Publication:
    """What is kept of a rulebook and the files it was compiled from."""
    tables = msgspec.msgpack.encode((rulebook.rules, rulebook.calendars))
    calendars: dict[str, set[str]] = {}
    for file in loaded.files:
        if file.holidays:
            calendars.setdefault(file.path, set()).add(file.holidays)
    return Publication(
        rulebook=rulebook.hash,
        zone_version=rulebook.zone_version,
        tables=hashlib.sha256(tables).hexdigest(),
        files={path: hashlib.sha256(text.encode()).hexdigest() for path, text in sorted(loaded.texts.items())},
        calendars={path: sorted(names) for path, names in sorted(calendars.items())},
        zones=zone_spans(rulebook),
        rules=told_rules(rulebook, translations),
        caps=simple_caps(rulebook),
    )


def book_hash(publication: Publication) -> str:
    """The rulebook's hash as rules/compile.py makes it; ValueError when a hash in the publication is none."""
    total = hashlib.sha256()
    for path, sha in sorted((path.encode(), bytes.fromhex(sha)) for path, sha in publication.files.items()):
        for part in (path, sha):
            total.update(len(part).to_bytes(8, "big") + part)
    parts = [hashlib.sha256(part.encode()).digest() for part in (total.hexdigest(), publication.zone_version)]
    return "sha256:" + hashlib.sha256(b"".join([*parts, bytes.fromhex(publication.tables)])).hexdigest()


def _name(rulebook: str) -> str:
    match = _BOOK.fullmatch(rulebook)
    if not match:
        raise EvidenceError(f"{rulebook!r} is not the hash of a rulebook; it is sha256: and 64 hexadecimal digits")
    return match[1]
