"""The ids that leave the house: permits that only we can read, attempts and decisions that only their tenant can
use."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cadencia.api.problem import Problem
from cadencia.dialer.permits import Permit

_NONCE, _TAG, _SUBJECT = 12, 8, 16


class Ids:
    """secret: the ledger's, at least 32 bytes; the same one reads what it wrote, also after a restart and in another
    process. A permit names a number, and its text travels in paths: so it is encrypted, and bound to its tenant."""

    def __init__(self, secret: bytes) -> None:
        self._permits = AESGCM(hmac.digest(secret, b"cadencia api permits", "sha256"))
        self._nonces = hmac.digest(secret, b"cadencia api nonces", "sha256")
        self._tags = hmac.digest(secret, b"cadencia api ids", "sha256")

    def permit(self, tenant: str, permit: Permit) -> str:
        """The token; the same permit has the same one, so that a repeated answer is the same."""
        plain = msgspec.msgpack.encode(permit)
        nonce = hashlib.blake2b(_whose(tenant) + plain, key=self._nonces, digest_size=_NONCE).digest()
        return "pm_" + _text(nonce + self._permits.encrypt(nonce, plain, _whose(tenant)))

    def read_permit(self, tenant: str, token: str) -> Permit:
        """Problem unknown_permit for what is none, or another tenant's."""
        try:
            raw = _bytes("pm_", token)
            plain = self._permits.decrypt(raw[:_NONCE], raw[_NONCE:], _whose(tenant))
            return msgspec.msgpack.decode(plain, type=Permit)
        except (InvalidTag, ValueError):
            raise Problem("unknown_permit") from None

    def attempt(self, tenant: str, attempt: str) -> str:
        """The id of one of the gate's attempts."""
        subject, _, token = attempt.partition("-")
        raw = bytes.fromhex(subject) + bytes.fromhex(token)
        return "at_" + _text(raw + self._tag(tenant, b"at", raw))

    def read_attempt(self, tenant: str, text: str) -> str:
        """The gate's id. Problem unknown_attempt for what is none, or another tenant's."""
        raw = self._checked(tenant, "at_", text)
        if raw is None:
            raise Problem("unknown_attempt")
        return f"{raw[:_SUBJECT].hex()}-{raw[_SUBJECT:].hex()}"

    def decision(self, tenant: str, subject: bytes, random: bytes) -> str:
        """A new id; it leads to the person's entries."""
        raw = subject + random
        return "dc_" + _text(raw + self._tag(tenant, b"dc", raw))

    def of_key(self, tenant: str, key: str) -> bytes:
        """What makes the id of a reservation: the same for the same Idempotency-Key."""
        return hashlib.blake2b(b"key" + _whose(tenant) + key.encode(), key=self._tags, digest_size=_TAG).digest()

    def read_decision(self, tenant: str, text: str) -> bytes:
        """The subject whose decision it is. Problem not_found."""
        raw = self._checked(tenant, "dc_", text)
        if raw is None:
            raise Problem("not_found")
        return raw[:_SUBJECT]

    def _checked(self, tenant: str, prefix: str, text: str) -> bytes | None:
        try:
            raw = _bytes(prefix, text)
        except ValueError:
            return None
        raw, tag = raw[:-_TAG], raw[-_TAG:]
        whole = len(raw) > _SUBJECT and hmac.compare_digest(tag, self._tag(tenant, prefix[:2].encode(), raw))
        return raw if whole else None

    def _tag(self, tenant: str, kind: bytes, raw: bytes) -> bytes:
        return hashlib.blake2b(kind + _whose(tenant) + raw, key=self._tags, digest_size=_TAG).digest()


@lru_cache(maxsize=4_096)
def _whose(tenant: str) -> bytes:
    name = tenant.encode()
    return len(name).to_bytes(4, "big") + name


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(prefix: str, text: str) -> bytes:
    """ValueError for any other text than the one that `_text` makes: one thing has one name."""
    if not text.startswith(prefix) or not text.isascii():
        raise ValueError("another kind of id")
    body = text[len(prefix) :]
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("no id") from None
    if _text(raw) != body:
        raise ValueError("no id of ours")
    return raw
