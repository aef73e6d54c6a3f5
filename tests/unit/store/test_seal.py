"""Seals: what they say, who signed, and what a reader finds wrong."""

from __future__ import annotations

import msgspec
import pytest

from cadencia.store.entry import GENESIS, Draft, Entry, numbered
from cadencia.store.seal import Seal, Sealer, seal_fault

CHAIN = b"c" * 32


def entry_of(draft: Draft, n: int = 8, chain: bytes = CHAIN) -> Entry:
    return numbered(chain, n, draft, b"s" * 16)


@pytest.mark.parametrize("key", [None, b"k" * 32])
def test_a_seal_fits_where_it_stands(key: bytes | None) -> None:
    draft = Sealer(key=key).draft(7, CHAIN, 55)
    assert (draft.kind, draft.at, draft.tenant, draft.subject) == ("sealed", 55, "", b"")
    assert seal_fault(entry_of(draft), CHAIN) is None
    assert seal_fault(entry_of(draft, n=9), CHAIN) == "the seal is of another chain"
    assert seal_fault(entry_of(draft), GENESIS) == "the seal is of another chain"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"signature": "00" * 64}, "signature does not fit"), ({"signer": "00" * 32}, "signature does not fit"),
        ({"signature": ""}, "signature does not fit"), ({"signature": "zz"}, "cannot be read"),
    ],
)  # fmt: skip
def test_a_signature_that_does_not_fit_is_found(change: dict[str, str], says: str) -> None:
    seal = msgspec.json.decode(Sealer(key=b"k" * 32).draft(7, CHAIN, 0).payload, type=Seal)
    payload = msgspec.json.encode(msgspec.structs.replace(seal, **change))
    fault = seal_fault(entry_of(Draft(at=0, tenant="", kind="sealed", payload=payload)), CHAIN)
    assert fault is not None and says in fault


def test_a_seal_that_is_no_json_is_found() -> None:
    unread = Draft(at=0, tenant="", kind="sealed", payload=b"{{")
    assert seal_fault(entry_of(unread), CHAIN) == "the seal cannot be read"
