"""Seals: entries that say what the chain's hash was, signed where there is a key.

Whoever cuts off the end of a ledger leaves a chain that is whole. A seal that was handed to somebody else, or signed
with a key that the ledger's keeper does not hold, shows it."""

from __future__ import annotations

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cadencia.store.entry import Draft, Entry

EVERY = 10_000  # entries of a segment
_CONTEXT = b"cadencia seal 1\0"


class Seal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The payload of a `sealed` entry. chain: the hash, in hex, of entry n, the last one that it seals. signature and
    signer (Ed25519, public key), in hex: empty if nobody signed."""

    n: int
    chain: str
    signature: str = ""
    signer: str = ""


class Sealer:
    """Says when a segment ends and writes its seal. key: the 32 bytes of an Ed25519 private key, or None."""

    def __init__(self, *, every: int = EVERY, key: bytes | None = None) -> None:
        if every < 1:
            raise ValueError(f"a segment of {every} entries; at least 1")
        self.every = every
        self._key = None if key is None else Ed25519PrivateKey.from_private_bytes(key)

    def draft(self, n: int, chain: bytes, at: int) -> Draft:
        """The entry that seals everything up to entry `n`, whose hash is `chain`."""
        seal = Seal(n=n, chain=chain.hex())
        if self._key is not None:
            signature, signer = self._key.sign(_signed(n, chain)), self._key.public_key().public_bytes_raw()
            seal = Seal(n=n, chain=chain.hex(), signature=signature.hex(), signer=signer.hex())
        return Draft(at=at, tenant="", kind="sealed", payload=msgspec.json.encode(seal))


def seal_fault(entry: Entry, previous: bytes) -> str | None:
    """What is wrong with a `sealed` entry that stands after the hash `previous`; None if nothing is. Whether the signer
    is the right one is for the reader to say."""
    try:
        seal = msgspec.json.decode(entry.payload, type=Seal)
        signature, signer = bytes.fromhex(seal.signature), bytes.fromhex(seal.signer)
    except (msgspec.DecodeError, ValueError):
        return "the seal cannot be read"
    if seal.n != entry.n - 1 or seal.chain != previous.hex():
        return "the seal is of another chain"
    if signature or signer:
        try:
            Ed25519PublicKey.from_public_bytes(signer).verify(signature, _signed(seal.n, previous))
        except (InvalidSignature, ValueError):
            return "the seal's signature does not fit"
    return None


def _signed(n: int, chain: bytes) -> bytes:
    return _CONTEXT + n.to_bytes(8, "big") + chain
