"""One line of the ledger, and the chain of hashes that runs through all of them.

A ledger is one sequence of entries, numbered from 1 without gaps, never changed. What an entry counts (`event_at`,
`event_attr`) is the event of 12 bytes of engine/history.py with its slots left 0: ids are kept beside it as keyed hashes, and
a person's slots are dealt again, in the same order, whenever the histories are loaded.
"""

from __future__ import annotations

import hashlib
import struct

import msgspec

#: What an entry may say. Append-only: ledgers hold these words.
KINDS = (
    "decided",  # a check: a verdict that reserved nothing
    "reserved",  # an attempt is pending: counted as everything it may still become
    "placed",  # it left
    "settled",  # how it ended
    "released",  # given back unplaced: counts no longer
    "expired",  # its permit ran out unplaced: stays counted
    "corrected",  # how it ended, said anew
    "inbound",  # the person contacted us
    "imported",  # an attempt of the past, from another system
    "fact",  # something became known of a person, debt or address: consent, opt-out, hold …
    "promise",  # a promise to pay, or that payment is not possible before a day
    "published",  # another rulebook is in use from here on
    "erased",  # a person's payloads and key were destroyed
    "sealed",  # the chain's hash was signed or published
)
GENESIS = bytes(32)
_HEAD = struct.Struct(">QqIQ")


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An entry before it has a number.

    at: microseconds since 1970-01-01T00:00:00Z, when it was recorded. subject: the person's keyed hash, 16 bytes, empty if
    it is about nobody. attempt: the id of the attempt, empty if none. event_at: seconds since 2000, and event_attr with
    slots 0; both 0 when nothing is counted. debts, address, creditor: 64-bit keyed hashes of ids, 0 not stated. key: the
    caller's idempotency key, empty if none. payload: canonical JSON, the personal part; it goes when a person is erased."""

    at: int
    tenant: str
    kind: str
    subject: bytes = b""
    attempt: str = ""
    event_at: int = 0
    event_attr: int = 0
    debts: tuple[int, ...] = ()
    address: int = 0
    creditor: int = 0
    key: str = ""
    payload: bytes = b"{}"


class Entry(Draft, frozen=True, kw_only=True):
    """An entry as the ledger keeps it. salt: 16 random bytes, kept apart with the payload and erased with it. digest:
    SHA-256 of salt and payload, which stays. chain: SHA-256 over the chain before, the plain part and the digest."""

    n: int
    salt: bytes
    digest: bytes
    chain: bytes


def digest_of(salt: bytes, payload: bytes) -> bytes:
    """What stays of a payload after it is erased."""
    return hashlib.sha256(salt + payload).digest()


def chained(previous: bytes, n: int, draft: Draft, digest: bytes) -> bytes:
    """The chain's next hash. The plain part is laid out so that no two entries have the same bytes: every text and list is
    preceded by its length."""
    total = hashlib.sha256(previous)
    total.update(_HEAD.pack(n, draft.at, draft.event_at, draft.event_attr))
    for part in (draft.tenant.encode(), draft.kind.encode(), draft.subject, draft.attempt.encode(), draft.key.encode()):
        total.update(len(part).to_bytes(4, "big") + part)
    ids = (*draft.debts, draft.address, draft.creditor)
    total.update(len(ids).to_bytes(4, "big") + b"".join(one.to_bytes(8, "big") for one in ids))
    total.update(digest)
    return total.digest()


def numbered(previous: bytes, n: int, draft: Draft, salt: bytes) -> Entry:
    """The entry that a ledger keeps of a draft: number `n`, after the chain `previous`."""
    digest = digest_of(salt, draft.payload)
    fields = {name: getattr(draft, name) for name in Draft.__struct_fields__}
    return Entry(n=n, salt=salt, digest=digest, chain=chained(previous, n, draft, digest), **fields)
