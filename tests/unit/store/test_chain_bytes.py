"""The bytes that the chain takes in, against the same said slowly."""

from __future__ import annotations

import hashlib
import struct
from typing import Any

import msgspec
import pytest

from cadencia.store.entry import Draft, chained, plain_part

DRAFTS = [
    Draft(at=0, tenant="", kind="sealed"),
    Draft(at=(1 << 63) - 1, tenant="ñandú ☎", kind="fact", attempt="é" * 255, key="k", debts=((1 << 64) - 1, 1)),
    Draft(
        at=1_800_000_000_000_000, tenant="acme", kind="reserved", subject=bytes(range(16)), event_at=(1 << 32) - 1,
        event_attr=1 << 63, debts=tuple(range(1, 256)), address=(1 << 64) - 2, creditor=3,
    ),
    Draft(at=1, tenant="acme", kind="placed", subject=bytes(16), household=(1 << 64) - 1, workplace=1, account=1 << 63),
    Draft(at=1, tenant="acme", kind="imported", subject=bytes(16), account=7),
]  # fmt: skip


def slowly(draft: Draft) -> bytes:
    parts = [struct.pack(">qIQ", draft.at, draft.event_at, draft.event_attr)]
    for text in (draft.tenant.encode(), draft.kind.encode(), draft.subject, draft.attempt.encode(), draft.key.encode()):
        parts += [struct.pack(">I", len(text)), text]
    ids = (*draft.debts, draft.address, draft.creditor)
    parts += [struct.pack(">I", len(ids)), *(struct.pack(">Q", number) for number in ids)]
    wider = (draft.household, draft.workplace, draft.account)
    return b"".join([*parts, struct.pack(">IQQQ", 3, *wider) if any(wider) else b""])


def test_an_entry_that_names_no_wider_subject_is_chained_as_before_there_were_any() -> None:
    draft = Draft(at=1, tenant="acme", kind="placed", subject=bytes(16), debts=(5,), address=6, creditor=7)
    found = hashlib.sha256(plain_part(draft)).hexdigest()
    assert found == "e0e2cf97d46b5d5f28efe5d171fd0b18b3ec0876ff6f345c178fa3a4411bda9c"


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.kind)
def test_the_layout_is_the_written_one(draft: Draft) -> None:
    before, digest = b"b" * 32, b"d" * 32
    assert plain_part(draft) == slowly(draft)
    text = before + struct.pack(">Q", 258) + slowly(draft) + digest
    assert chained(before, 258, draft, digest) == hashlib.sha256(text).digest()


@pytest.mark.parametrize(
    ("name", "value"),
    [("event_at", 1 << 32), ("event_attr", -1), ("debts", (1 << 64,)), ("at", 1 << 63), ("creditor", -1),
     ("household", -1), ("account", 1 << 64)],
)  # fmt: skip
def test_a_number_out_of_range_is_never_cut_to_fit(name: str, value: Any) -> None:
    with pytest.raises(OverflowError):
        plain_part(msgspec.structs.replace(DRAFTS[0], **{name: value}))


@pytest.mark.parametrize("missing", ["subject", "debts", "tenant", "key"])
def test_what_is_missing_is_refused(missing: str) -> None:
    with pytest.raises(TypeError):
        plain_part(msgspec.structs.replace(DRAFTS[0], **{missing: None}))
