"""One line of the ledger, and the chain of hashes that runs through all of them.

A ledger is one sequence of entries, numbered from 1 without gaps, never changed. What an entry counts (`event_at`,
`event_attr`) is the event of 12 bytes of engine/history.py with its slots left 0: ids are kept beside it as keyed
hashes, and a person's slots are dealt again, in the same order, whenever the histories are loaded."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from cadencia.store._entry import chained, numbered_all, plain_part, sealed_all, sound

__all__ = (
    "GENESIS", "KINDS", "OWN_KINDS", "Draft", "Entry", "chained", "check_drafts", "check_expected", "digest_of",
    "numbered", "numbered_all", "packed_ids", "plain_part", "sealed_all", "unpacked_ids",
)  # fmt: skip

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
#: Kinds that a ledger writes itself and takes from nobody.
OWN_KINDS = frozenset(("erased", "sealed"))
GENESIS = bytes(32)
MAX_TEXT = 255  # characters of a tenant, an attempt's id, an idempotency key
MAX_DEBTS = 255
MAX_PAYLOAD = 1 << 20  # bytes
_KINDS = frozenset(KINDS) - OWN_KINDS
_SLOTS = ((1 << 21) - 1) << 21  # the bits of debt, address and creditor slots, see engine/history.py
_U32, _U64, _I64 = 1 << 32, 1 << 64, 1 << 63


class Draft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An entry before it has a number.

    at: microseconds since 1970-01-01T00:00:00Z, when it was recorded. subject: the person's keyed hash, 16 bytes, empty
    if it is about nobody. attempt: the id of the attempt, empty if none. event_at: seconds since 2000, and event_attr
    with slots 0; both 0 when nothing is counted. debts, address, creditor, household, workplace, account: 64-bit keyed
    hashes of ids, 0 not stated. key: the caller's idempotency key, empty if none. payload: canonical JSON, the personal
    part; it goes when a person is erased."""

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
    household: int = 0
    workplace: int = 0
    account: int = 0
    key: str = ""
    payload: bytes = b"{}"


class Entry(Draft, frozen=True, kw_only=True, gc=False):
    """An entry as the ledger keeps it. salt: 16 random bytes, kept apart with the payload and erased with it. digest:
    SHA-256 of salt and payload, which stays. chain: SHA-256 over the chain before, the plain part and the digest."""

    n: int
    salt: bytes
    digest: bytes
    chain: bytes


def check_drafts(drafts: Sequence[Draft]) -> None:
    """ValueError that names the first draft no ledger can keep, by its place from 0, what is wrong and the cure."""
    for place, draft in enumerate(drafts):
        if sound(draft, _KINDS, MAX_TEXT, MAX_DEBTS, MAX_PAYLOAD, _SLOTS):
            continue
        wrong = _wrong(draft)
        if wrong:
            raise ValueError(f"draft {place} ({draft.kind!r}): {wrong}")


def check_expected(expected: Mapping[bytes, int]) -> None:
    """ValueError for versions that nothing can have."""
    for subject, version in expected.items():
        if len(subject) != 16 or version < 0:
            raise ValueError(f"expected: a subject of 16 bytes, got {len(subject)}, a version from 0 on, got {version}")


def _wrong(draft: Draft) -> str | None:
    """What keeps a draft out, None if nothing does. The same on every store: PostgreSQL has no NUL in a text and SQLite
    no unsigned numbers, so neither decides alone."""
    if draft.kind not in _KINDS:
        if draft.kind in OWN_KINDS:
            return "only the ledger itself writes this kind"
        return f"no kind; one of: {', '.join(kind for kind in KINDS if kind in _KINDS)}"
    together = draft.tenant + draft.attempt + draft.key
    if len(together) > MAX_TEXT or "\0" in together or not together.isascii():  # one of them may be wrong: look at each
        for name, text in (("tenant", draft.tenant), ("attempt", draft.attempt), ("key", draft.key)):
            if len(text) > MAX_TEXT or "\0" in text or not (text.isascii() or _encodes(text)):
                return f"{name} must be at most {MAX_TEXT} characters of Unicode without NUL"
    if len(draft.subject) not in (0, 16):
        return f"subject has {len(draft.subject)} bytes; a keyed hash of 16, or none (store/identity.py makes it)"
    if not 0 <= draft.at < _I64:
        return "at must be microseconds since 1970, not negative"
    if not 0 <= draft.event_at < _U32 or not 0 <= draft.event_attr < _U64 or draft.event_attr & _SLOTS:
        return "the event must be of engine/history.py with its slots 0; ids are given beside it"
    once = (draft.address, draft.creditor, draft.household, draft.workplace, draft.account)
    debts = draft.debts or (1,)
    if not (min(once) >= 0 and max(once) < _U64 and min(debts) > 0 and max(debts) < _U64):
        return "ids must be keyed hashes of 64 bits, a debt's not 0"
    if len(draft.debts) > MAX_DEBTS:
        return f"{len(draft.debts)} debts; at most {MAX_DEBTS}"
    if not 2 <= len(draft.payload) <= MAX_PAYLOAD:
        return f"payload has {len(draft.payload)} bytes; canonical JSON of 2 to {MAX_PAYLOAD}"
    return None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return True


def digest_of(salt: bytes, payload: bytes) -> bytes:
    """What stays of a payload after it is erased."""
    return hashlib.sha256(salt + payload).digest()


def packed_ids(ids: tuple[int, ...]) -> bytes:
    """Ids as bytes, 8 each, big-endian."""
    return _ids(len(ids)).pack(*ids)


def unpacked_ids(raw: bytes) -> tuple[int, ...]:
    """The ids of such bytes."""
    return _ids(len(raw) // 8).unpack(raw)


@lru_cache(maxsize=MAX_DEBTS + 3)
def _ids(count: int) -> struct.Struct:
    return struct.Struct(f">{count}Q")


def numbered(previous: bytes, n: int, draft: Draft, salt: bytes) -> Entry:
    """The entry that a ledger keeps of a draft: number `n`, after the chain `previous`."""
    digest = digest_of(salt, draft.payload)
    return Entry(
        n=n, salt=salt, digest=digest, chain=chained(previous, n, draft, digest), at=draft.at, tenant=draft.tenant,
        kind=draft.kind, subject=draft.subject, attempt=draft.attempt, event_at=draft.event_at,
        event_attr=draft.event_attr, debts=draft.debts, address=draft.address, creditor=draft.creditor,
        household=draft.household, workplace=draft.workplace, account=draft.account, key=draft.key,
        payload=draft.payload,
    )  # fmt: skip
