"""Who an entry is about, without saying it: keyed hashes of ids, and a key per person for what is personal.

**Hashes.** A person's id becomes a subject of 16 bytes, ids of debts, addresses, creditors, households, places of work
and accounts become 64 bits. Who has the ledger and not the secret can neither name a person nor test a guess. A scope
has a salt of its own: two tenants give one person two subjects; agencies of one consortium, which hold the consortium's
secret and salt, give it the same and so share its counters. Ids are taken as written: whoever calls has already brought
numbers to E.164 and trimmed accounts.

**Payloads.** Every (tenant, subject) has a random key of AES-256-GCM. The key is kept wrapped by a key derived from the
secret; a payload is encrypted together with its salt. To erase a person the key, the ciphertext and the salt are
destroyed: a copy of the ciphertext elsewhere can be read by nobody, as long as the copy has no copy of the key table.

**Nonces** are 96 random bits, never counted: after a failed commit or a restored backup a number could come again, and
one nonce used twice under a key gives both texts away. At 2^20 entries of one person a repetition has a chance below
2^-56."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from enum import Enum
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: n -> n random bytes; `os.urandom`, or a fake in tests.
Entropy = Callable[[int], bytes]

MIN_SECRET = 32
MIN_SALT = 16
SALT = 16
NONCE = 12
KEY = 32


class Drawn:
    """Entropy fetched in bulk: one call of the system for many small ones. For one thread at a time."""

    def __init__(self, entropy: Entropy, *, pool: int = 16_384) -> None:
        self._entropy, self._size = entropy, pool
        self._pool, self._at = b"", 0

    def __call__(self, n: int) -> bytes:
        start, end = self._at, self._at + n
        if end > len(self._pool):
            self._pool, start, end = self._entropy(max(n, self._size)), 0, n
        self._at = end
        return self._pool[start:end]


class AlteredError(ValueError):
    """A key or payload does not open: it was altered, or sealed under another secret."""


class Scope(Enum):
    """Within whom a person has one subject."""

    tenant = b"tenant"
    consortium = b"consortium"


class Pseudonyms:
    """The keyed hashes of one scope. secret: at least 32 bytes; salt: at least 16, the scope's own, never changed."""

    def __init__(self, secret: bytes, scope: Scope, name: str, salt: bytes) -> None:
        if len(salt) < MIN_SALT:
            raise ValueError(f"the salt of {scope.name} {name!r} has {len(salt)} bytes; at least {MIN_SALT}, random")
        key = _derived(secret, b"pseudonyms", scope.value, name.encode(), salt)
        self._subject = hashlib.blake2b(key=key, digest_size=16, person=b"subject")
        self._debt, self._address, creditor, self._household, self._workplace, self._account = (
            hashlib.blake2b(key=key, digest_size=8, person=kind)
            for kind in (b"debt", b"address", b"creditor", b"household", b"workplace", b"account")
        )
        # Creditors are few and no persons; ids of persons are not remembered, for they are to be forgotten.
        self._creditor = lru_cache(maxsize=4_096)(lambda text: _number(creditor, text, "creditor"))

    def subject(self, person: str) -> bytes:
        """The 16 bytes that stand for a person."""
        return _hashed(self._subject, person, "person")

    def debt(self, debt: str | None) -> int:
        """The 64 bits that stand for a debt; 0 for None, not stated, and for nothing else."""
        return _number(self._debt, debt, "debt")

    def address(self, address: str | None) -> int:
        """The same for a phone number, a mailbox or a street address."""
        return _number(self._address, address, "address")

    def creditor(self, creditor: str | None) -> int:
        """The same for a creditor."""
        return self._creditor(creditor)

    def household(self, household: str | None) -> int:
        """The same for those who live together."""
        return _number(self._household, household, "household")

    def workplace(self, workplace: str | None) -> int:
        """The same for a place of work."""
        return _number(self._workplace, workplace, "workplace")

    def account(self, account: str | None) -> int:
        """The same for an account, which several debts may belong to."""
        return _number(self._account, account, "account")


class Vault:
    """Makes, wraps and unwraps the persons' payload keys under a secret of at least 32 bytes."""

    def __init__(self, secret: bytes, entropy: Entropy) -> None:
        self._wrapper = AESGCM(_derived(secret, b"payload keys"))
        self._entropy = entropy
        #: what a ledger keeps to tell a wrong secret at once
        self.mark = _derived(secret, b"mark")[:16]

    def new_key(self, tenant: str, subject: bytes) -> tuple[AESGCM, bytes]:
        """A fresh key: to use, and wrapped, to keep. One secret wraps up to 2^32 of them."""
        random = self._entropy(KEY + NONCE)
        key, nonce = random[:KEY], random[KEY:]
        return AESGCM(key), nonce + self._wrapper.encrypt(nonce, key, _owner(tenant, subject))

    def unwrap(self, wrapped: bytes, tenant: str, subject: bytes) -> AESGCM:
        """The key that was wrapped for this person; AlteredError if it was not."""
        return AESGCM(_opened(self._wrapper, wrapped, _owner(tenant, subject), "a person's key"))


def owner_of(kind: str, subject: bytes) -> bytes:
    """Under whose key an entry's payload lies: its subject's. What says that a person was erased is no part of the
    person: it lies under the tenant's own key (no subject), and stays."""
    return b"" if kind == "erased" else subject


def sealed(key: AESGCM, n: int, nonce: bytes, salt: bytes, payload: bytes) -> bytes:
    """A payload with its salt (16 bytes) as it lies on disk: nonce, ciphertext, tag; bound to the entry's number."""
    return nonce + key.encrypt(nonce, salt + payload, n.to_bytes(8, "big"))


def unsealed(key: AESGCM, n: int, stored: bytes) -> tuple[bytes, bytes]:
    """(salt, payload) of what `sealed` gave; AlteredError if it did not."""
    plain = _opened(key, stored, n.to_bytes(8, "big"), f"the payload of entry {n}")
    return plain[:SALT], plain[SALT:]


def _opened(key: AESGCM, stored: bytes, bound_to: bytes, what: str) -> bytes:
    try:
        return key.decrypt(stored[:NONCE], stored[NONCE:], bound_to)
    except (InvalidTag, ValueError):  # ValueError: cut too short to hold a nonce
        raise AlteredError(f"{what} does not open: altered, or sealed under another secret") from None


def _derived(secret: bytes, *parts: bytes) -> bytes:
    """32 bytes for one use of a secret; every part is preceded by its length."""
    if len(secret) < MIN_SECRET:
        raise ValueError(f"the secret has {len(secret)} bytes; at least {MIN_SECRET}, random")
    text = b"".join(len(part).to_bytes(4, "big") + part for part in (b"cadencia 1", *parts))
    return hmac.digest(secret, text, "sha256")


def _owner(tenant: str, subject: bytes) -> bytes:
    return subject.ljust(16, b"\0") + tenant.encode()


def _hashed(start: hashlib.blake2b, text: str, what: str) -> bytes:
    if not text:
        raise ValueError(f"the id of a {what} is empty")
    total = start.copy()
    total.update(text.encode() if text.isascii() else unicodedata.normalize("NFC", text).encode())
    return total.digest()


def _number(start: hashlib.blake2b, text: str | None, what: str) -> int:
    # one id in 2^64 would become 0, "not stated"; it becomes 1
    return 0 if text is None else int.from_bytes(_hashed(start, text, what), "big") or 1
