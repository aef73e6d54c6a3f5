"""Seals of evidence: what the tree over a ledger was at some entry, signed where there is a key.

Given to somebody else on the day it was made, a seal shows any later change of what it covers: a pack proves each
record against the earliest seal that covers it.
"""

from __future__ import annotations

import re

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cadencia.evidence.verify import CONTEXT, canonical
from cadencia.store.entry import GENESIS, chained
from cadencia.store.ledger import Ledger
from cadencia.store.tree import Tree

_HEX = re.compile(r"(?:[0-9a-f]{2})+", re.ASCII)


class EvidenceError(RuntimeError):
    """No evidence can be made: what is missing or does not fit, and what to do."""


class Seal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The tree over entries 1 to n. at: when it was sealed, RFC 3339 in UTC. chain and root in hex. key and signature
    (Ed25519), in hex: empty if nobody signed."""

    n: int
    at: str
    chain: str
    root: str
    key: str = ""
    signature: str = ""


def signature_of(body: dict[str, object], secret: bytes | None) -> dict[str, object]:
    """The body with `key` and `signature` over all else, or as it is without a secret (32 bytes, Ed25519)."""
    if secret is None:
        return body
    if len(secret) != 32:
        raise EvidenceError(f"a signing key of {len(secret)} bytes; write the 32 bytes of an Ed25519 private key")
    key = Ed25519PrivateKey.from_private_bytes(secret)
    body = {**body, "key": key.public_key().public_bytes_raw().hex()}
    return {**body, "signature": key.sign(CONTEXT + canonical(body)).hex()}


async def read_tree(ledger: Ledger, tree: Tree, n: int) -> bytes:
    """Reads entries 1 to n into the tree and returns the chain there. Every entry must fit the chain: EvidenceError
    names the first that does not, for nothing is sealed over a ledger that was altered."""
    chain = GENESIS
    if not n:
        return chain
    async for entry in ledger.entries(limit=n):
        if entry.n != tree.size + 1 or chained(chain, entry.n, entry, entry.digest) != entry.chain:
            raise EvidenceError(
                f"entry {tree.size + 1} of the ledger does not fit its chain; see `cadencia ledger check`"
            )
        chain = entry.chain
        tree.add(chain)
    if tree.size != n:
        raise EvidenceError(f"the ledger ends at entry {tree.size}, {n} expected; see `cadencia ledger check`")
    return chain


async def seal_ledger(ledger: Ledger, *, at: str, secret: bytes | None = None) -> Seal:
    """A seal over the whole ledger as it is. EvidenceError when it is empty or does not fit its chain."""
    n, _ = await ledger.head()
    if not n:
        raise EvidenceError("the ledger is empty; there is nothing to seal")
    tree = Tree((n,))
    chain = await read_tree(ledger, tree, n)
    body: dict[str, object] = {"n": n, "at": at, "chain": chain.hex(), "root": tree.root(n).hex()}
    return msgspec.convert(signature_of(body, secret), Seal)


def read_secret(text: str) -> bytes:
    """The 32 bytes of a key file: 64 hexadecimal digits. EvidenceError otherwise; the text is not repeated."""
    text = text.strip()
    if len(text) != 64 or not _HEX.fullmatch(text):
        raise EvidenceError("the key file does not hold 64 hexadecimal digits, the 32 bytes of an Ed25519 private key")
    return bytes.fromhex(text)
