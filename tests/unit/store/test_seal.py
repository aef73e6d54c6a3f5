"""Seals: what they say, who signed, and what a reader finds wrong."""

from __future__ import annotations

import json

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cadencia.evidence import verify
from cadencia.store.entry import GENESIS, Draft, Entry, numbered
from cadencia.store.seal import Seal, Sealer, Segment, seal_fault

CHAINS = [bytes([n]) * 32 for n in range(5)]
CHAIN = CHAINS[-1]
KEY = b"k" * 32


def entry_of(draft: Draft, n: int = 8, chain: bytes = CHAIN) -> Entry:
    return numbered(chain, n, draft, b"s" * 16)


def segment(since: int = 3, chains: list[bytes] = CHAINS) -> Segment:
    read = Segment(since)
    for chain in chains:
        read.add(chain)
    return read


@pytest.mark.parametrize("key", [None, KEY])
def test_a_seal_fits_where_it_stands(key: bytes | None) -> None:
    draft = Sealer(key=key).draft(3, CHAINS, 55)
    assert (draft.kind, draft.at, draft.tenant, draft.subject) == ("sealed", 55, "", b"")
    assert seal_fault(entry_of(draft), CHAIN, segment()) is None
    assert seal_fault(entry_of(draft), CHAIN) is None
    assert seal_fault(entry_of(draft, n=9), CHAIN) == "the seal is of another chain"
    assert seal_fault(entry_of(draft), GENESIS) == "the seal is of another chain"


@pytest.mark.parametrize("read", [segment(4), segment(3, CHAINS[::-1]), segment(3, CHAINS[1:]), Segment(3)])
def test_a_root_is_that_of_its_segment(read: Segment) -> None:
    draft = Sealer().draft(3, CHAINS, 55)
    assert seal_fault(entry_of(draft), CHAIN, read) == "the seal's root is not that of its segment"


def test_whoever_checks_packs_can_check_a_seal() -> None:
    payload = Sealer(key=KEY).draft(3, CHAINS, 55).payload
    told = json.loads(payload)
    assert verify.canonical(told) == payload
    signature = bytes.fromhex(told.pop("signature"))
    assert verify.signed(bytes.fromhex(told["key"]), verify.CONTEXT + verify.canonical(told), signature)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"signature": "00" * 64}, "signature does not fit"), ({"key": "00" * 32}, "signature does not fit"),
        ({"signature": ""}, "signature does not fit"), ({"signature": "zz"}, "cannot be read"),
        ({"root": "00" * 32}, "root is not that of its segment"), ({"since": 4}, "root is not that of its segment"),
        ({"root": "", "since": 0}, "signature does not fit"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_found(change: dict[str, str], says: str) -> None:
    seal = msgspec.json.decode(Sealer(key=KEY).draft(3, CHAINS, 0).payload, type=Seal)
    payload = msgspec.json.encode(msgspec.structs.replace(seal, **change))
    fault = seal_fault(entry_of(Draft(at=0, tenant="", kind="sealed", payload=payload)), CHAIN, segment())
    assert fault is not None and says in fault


@pytest.mark.parametrize("signs", [False, True])
def test_a_seal_of_before_there_were_roots_still_fits(signs: bool) -> None:
    key = Ed25519PrivateKey.from_private_bytes(KEY)
    signature = key.sign(b"cadencia seal 1\0" + (7).to_bytes(8, "big") + CHAIN).hex()
    by = {"signature": signature, "signer": key.public_key().public_bytes_raw().hex()} if signs else {}
    old = json.dumps({"n": 7, "chain": CHAIN.hex(), **by}).encode()
    draft = Draft(at=0, tenant="", kind="sealed", payload=old)
    assert seal_fault(entry_of(draft), CHAIN, segment()) is None
    altered = Draft(at=0, tenant="", kind="sealed", payload=old.replace(signature[:8].encode(), b"00000000"))
    assert (seal_fault(entry_of(altered), CHAIN, segment()) is not None) is signs


def test_a_seal_that_is_no_json_is_found() -> None:
    unread = Draft(at=0, tenant="", kind="sealed", payload=b"{{")
    assert seal_fault(entry_of(unread), CHAIN) == "the seal cannot be read"
