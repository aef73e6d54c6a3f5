"""Seals: entries that say what the chain's hash was and the root of the tree over the segment before them, signed where
there is a key.

Whoever cuts off the end of a ledger leaves a chain that is whole. A seal that was handed to somebody else, or signed
with a key that the ledger's keeper does not hold, shows it. A segment goes from the seal before, which is part of it,
to the entry before the seal; a path of few steps leads from any of its entries to the root."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cadencia.store.entry import Draft, Entry
from cadencia.store.tree import Tree

EVERY = 10_000  # entries of a segment
_CONTEXT = b"cadencia evidence 1\0"  # a pack holds these seals beside those of its own: one way to check both
_CHAIN_ALONE = b"cadencia seal 1\0"


class Seal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The payload of a `sealed` entry, as canonical JSON. chain: the hash, in hex, of entry n, the last one that it
    seals. root: of the tree over the chain hashes of entries `since` to n. key and signature (Ed25519, over all else),
    in hex: empty if nobody signed. signer: in their place in old seals, which have no root and sign the chain alone."""

    n: int
    chain: str
    since: int = 0
    root: str = ""
    key: str = ""
    signature: str = ""
    signer: str = ""


class Sealer:
    """Says when a segment ends and writes its seal. key: the 32 bytes of an Ed25519 private key, or None."""

    def __init__(self, *, every: int = EVERY, key: bytes | None = None) -> None:
        if every < 1:
            raise ValueError(f"a segment of {every} entries; at least 1")
        self.every = every
        self._key = None if key is None else Ed25519PrivateKey.from_private_bytes(key)

    def draft(self, since: int, chains: Sequence[bytes], at: int) -> Draft:
        """The entry that seals the entries from number `since` on, whose chain hashes these are."""
        segment = Segment(since)
        for chain in chains:
            segment.add(chain)
        seal = Seal(n=since + len(chains) - 1, chain=chains[-1].hex(), since=since, root=segment.root.hex())
        if self._key is not None:
            seal = msgspec.structs.replace(seal, key=self._key.public_key().public_bytes_raw().hex())
            seal = msgspec.structs.replace(seal, signature=self._key.sign(_signed(seal)).hex())
        return Draft(at=at, tenant="", kind="sealed", payload=msgspec.json.encode(seal, order="sorted"))


class Segment:
    """The entries from number `since` on, as they are read."""

    def __init__(self, since: int) -> None:
        self.since = since
        self._tree = Tree(())

    def add(self, chain: bytes) -> None:
        """The next entry's chain hash."""
        self._tree.add(chain)

    @property
    def root(self) -> bytes:
        """Over all that were added; empty before the first."""
        return self._tree.top() if self._tree.size else b""


def seal_fault(entry: Entry, previous: bytes, segment: Segment | None = None) -> str | None:
    """What is wrong with a `sealed` entry that stands after the hash `previous`; None if nothing is. segment: what it
    should seal; None where that was not read. Whether the signer is the right one is for the reader to say."""
    try:
        seal = msgspec.json.decode(entry.payload, type=Seal)
        signature, key = bytes.fromhex(seal.signature), bytes.fromhex(seal.key or seal.signer)
    except (msgspec.DecodeError, ValueError):
        return "the seal cannot be read"
    if seal.n != entry.n - 1 or seal.chain != previous.hex():
        return "the seal is of another chain"
    if seal.root and segment and (seal.since, seal.root) != (segment.since, segment.root.hex()):
        return "the seal's root is not that of its segment"
    if signature or key:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, _signed(seal))
        except (InvalidSignature, ValueError):
            return "the seal's signature does not fit"
    return None


def _signed(seal: Seal) -> bytes:
    if not seal.root:
        return _CHAIN_ALONE + seal.n.to_bytes(8, "big") + bytes.fromhex(seal.chain)
    return _CONTEXT + msgspec.json.encode(msgspec.structs.replace(seal, signature=""), order="sorted")
