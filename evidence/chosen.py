"""Which entries of a ledger go into a pack, and into which of its files."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from cadencia.evidence.seal import EvidenceError
from cadencia.store.entry import Entry
from cadencia.store.ledger import Ledger

#: file -> the kinds of entry it holds; `before.ndjson` holds what else counts, without its payload
FILES: dict[str, tuple[str, ...]] = {
    "decisions.ndjson": ("decided", "reserved"),
    "attempts.ndjson": ("placed", "settled", "released", "expired", "corrected", "inbound", "imported"),
    "consents.ndjson": ("fact", "promise"),
    "ledger.ndjson": ("published", "erased", "sealed"),
}
BEFORE = "before.ndjson"
_FILE_OF = {kind: file for file, kinds in FILES.items() for kind in kinds}


class _Segment(msgspec.Struct):
    n: int
    since: int = 0
    root: str = ""


class _Person(msgspec.Struct):
    person: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack is asked for: a person (subject, 16 bytes), what was recorded from `since` until before `until`; or,
    if there are any, these attempts alone."""

    tenant: str
    subject: bytes
    since: datetime
    until: datetime
    attempts: tuple[str, ...] = ()


def micros(at: datetime) -> int:
    """Microseconds since 1970, as entries have them. ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError("a time needs its zone or offset")
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def instant(at: int) -> datetime:
    """The instant of an entry's `at`."""
    return datetime.fromtimestamp(at // 1_000_000, UTC).replace(microsecond=at % 1_000_000)


async def choose(ledger: Ledger, asked: Asked, head: int) -> dict[str, list[Entry]]:
    """The entries of each file, in order, none after `head`. EvidenceError when there is nothing about the person.

    Consents are all those known before `until`, whenever they were given; attempts go on to their end, even after it.
    What else of the person counts is chosen too, also what others of a consortium did, so that the counters of the
    decisions can be counted again."""
    counted = [entry async for entry in ledger.entries(subject=asked.subject) if entry.n <= head]
    own = [entry for entry in counted if entry.tenant == asked.tenant]
    chosen = [entry for entry in own if _wanted(asked, entry)]
    begun = {entry.attempt for entry in chosen if entry.kind == "reserved"} - {""}
    taken = {entry.n for entry in chosen}
    chosen += [entry for entry in own if entry.n not in taken and entry.attempt in begun]
    if not any(entry.kind != "erased" for entry in chosen):
        raise EvidenceError(
            "the ledger holds nothing of this person in that time; look at --person, --tenant, --from and --to"
        )
    taken = {entry.n for entry in chosen}
    before = [entry for entry in counted if entry.event_at and entry.n not in taken and entry.n < max(taken)]
    chosen += await _published(ledger, asked, chosen, head)
    chosen += await _sealed(ledger, [entry.n for entry in (*chosen, *before)], head)
    found: dict[str, list[Entry]] = {file: [] for file in (*FILES, BEFORE)}
    for entry in sorted(chosen, key=lambda entry: entry.n):
        found[_FILE_OF[entry.kind]].append(entry)
    return found | {BEFORE: before}


async def subject_of(ledger: Ledger, tenant: str, person: str) -> bytes:
    """The subject under which a person is in the ledger. Reads what is not erased until it is found. EvidenceError when
    it is not: then only the subject itself finds what is left."""
    written = msgspec.json.encode(person)
    async for entry in ledger.entries():
        if entry.tenant == tenant and entry.subject and entry.salt and written in entry.payload:
            try:
                told = msgspec.json.decode(entry.payload, type=_Person).person
            except msgspec.DecodeError:
                continue
            if told == person:
                return entry.subject
    raise EvidenceError(
        "the ledger has nobody of that id and tenant who was not erased; name an erased person by --subject"
    )


def _wanted(asked: Asked, entry: Entry) -> bool:
    if entry.kind == "erased":
        return True
    if asked.attempts:
        return entry.attempt in asked.attempts or (entry.kind in FILES["consents.ndjson"] and _recorded(asked, entry))
    if entry.kind in FILES["consents.ndjson"]:
        return _recorded(asked, entry)
    return micros(asked.since) <= entry.at and _recorded(asked, entry)


def _recorded(asked: Asked, entry: Entry) -> bool:
    return entry.at < micros(asked.until)


async def _published(ledger: Ledger, asked: Asked, chosen: Iterable[Entry], head: int) -> list[Entry]:
    """The rulebooks put in use in that time, and the one in use when it began."""
    first = min(entry.n for entry in chosen)
    found = [
        entry async for entry in ledger.entries(kinds=("published",))
        if entry.n <= head and entry.tenant in ("", asked.tenant) and _recorded(asked, entry)
    ]  # fmt: skip
    earlier = [entry for entry in found if entry.n < first]
    return earlier[-1:] + [entry for entry in found if entry.n >= first]


async def _sealed(ledger: Ledger, numbers: Iterable[int], head: int) -> list[Entry]:
    """The ledger's own seals over segments in which these entries are. EvidenceError when one cannot be read."""
    found, wanted = [], sorted(numbers)
    async for entry in ledger.entries(kinds=("sealed",)):
        if entry.n > head:
            break
        try:
            seal = msgspec.json.decode(entry.payload, type=_Segment)
        except msgspec.DecodeError:
            seal = _Segment(n=0)
        if not seal.root:  # of a time when seals were of the chain alone
            continue
        if not 0 < seal.since <= seal.n == entry.n - 1:
            raise EvidenceError(f"the seal at entry {entry.n} is of another place; see `cadencia ledger check`")
        first = bisect_left(wanted, seal.since)
        if first < len(wanted) and wanted[first] <= seal.n:
            found.append(entry)
    return found
