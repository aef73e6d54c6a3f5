"""Many drafts checked, numbered and encrypted at once, against the same done one by one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from cadencia.store.entry import KINDS, Draft, Entry, check_drafts, numbered, numbered_all, sealed_all
from cadencia.store.identity import NONCE, SALT, Drawn, sealed, unsealed

U64 = st.integers(0, (1 << 64) - 1)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
DRAFTS = st.lists(
    st.builds(
        Draft, at=st.integers(0, (1 << 63) - 1), tenant=TEXTS, kind=st.sampled_from(KINDS),
        subject=st.sampled_from([b"", bytes(16)]), attempt=TEXTS, event_at=st.integers(0, (1 << 32) - 1),
        event_attr=U64, debts=st.lists(U64, max_size=3).map(tuple), address=U64, creditor=U64, household=U64,
        workplace=U64, account=U64, key=TEXTS, payload=st.binary(min_size=2, max_size=400),
    ),
    max_size=6,
)  # fmt: skip
GOOD = Draft(at=1, tenant="acme", kind="fact", subject=bytes(16), debts=(1,), payload=b"{}")
LEAST_OR_MOST: list[dict[str, Any]] = [
    {"tenant": "t" * 255}, {"attempt": "é" * 255}, {"tenant": "t" * 200, "key": "k" * 200}, {"subject": b""},
    {"at": (1 << 63) - 1}, {"event_at": (1 << 32) - 1}, {"event_attr": (1 << 64) - (1 << 42)}, {"debts": (1,) * 255},
    {"account": (1 << 64) - 1}, {"payload": bytes(1 << 20)}, {"debts": ((1 << 64) - 1,)},
]  # fmt: skip
BEYOND: list[dict[str, Any]] = [
    {"tenant": "t" * 256}, {"attempt": "a\0"}, {"key": "\ud800"}, {"subject": bytes(15)}, {"kind": "sealed"},
    {"kind": "?"}, {"at": -1}, {"at": 1 << 63}, {"event_at": 1 << 32}, {"event_at": -1}, {"event_attr": 1 << 21},
    {"event_attr": 1 << 64}, {"debts": (0,)}, {"debts": (1 << 64,)}, {"debts": (1,) * 256}, {"address": -1},
    {"creditor": 1 << 64}, {"household": -1}, {"workplace": 1 << 64}, {"account": -1}, {"payload": b"1"},
    {"payload": bytes((1 << 20) + 1)},
]  # fmt: skip


def one_by_one(drafts: list[Draft], salts: bytes) -> list[Entry]:
    entries: list[Entry] = []
    for place, draft in enumerate(drafts):
        before = entries[-1].chain if entries else bytes(32)
        entries.append(numbered(before, 7 + place, draft, salts[place * SALT : (place + 1) * SALT]))
    return entries


@given(DRAFTS, st.randoms())
def test_many_entries_are_those_numbered_and_encrypted_one_by_one(drafts: list[Draft], chance: Any) -> None:
    salts, nonces = chance.randbytes(SALT * len(drafts)), chance.randbytes(NONCE * len(drafts))
    entries = numbered_all(Entry, bytes(32), 7, drafts, salts)
    assert entries == one_by_one(drafts, salts)
    keys = [(place, AESGCM(bytes([place]) * 32)) for place in range(len(drafts))]
    rows = sealed_all(keys, entries, nonces)
    assert rows == [
        (one.n, place, sealed(key, one.n, nonces[place * NONCE : (place + 1) * NONCE], one.salt, one.payload))
        for one, (place, key) in zip(entries, keys, strict=True)
    ]
    opened = [unsealed(key, n, raw) for (n, _, raw), (_, key) in zip(rows, keys, strict=True)]
    assert opened == [(entry.salt, entry.payload) for entry in entries]


def test_random_bytes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="15 bytes of salt for 1 drafts"):
        numbered_all(Entry, bytes(32), 1, [GOOD], bytes(15))
    entries = numbered_all(Entry, bytes(32), 1, [GOOD], bytes(16))
    for keys, nonces in (([], bytes(12)), ([(1, AESGCM(bytes(32)))], bytes(13))):
        with pytest.raises(ValueError, match="for 1 entries"):
            sealed_all(keys, entries, nonces)


@pytest.mark.parametrize("change", LEAST_OR_MOST, ids=lambda change: next(iter(change)))
def test_what_a_ledger_can_just_keep_is_taken(change: dict[str, Any]) -> None:
    check_drafts([GOOD, msgspec.structs.replace(GOOD, **change)])


@pytest.mark.parametrize("change", BEYOND, ids=lambda change: next(iter(change)))
def test_what_is_just_beyond_is_named_by_its_place(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^draft 1 \("):
        check_drafts([GOOD, msgspec.structs.replace(GOOD, **change)])


def test_random_bytes_are_fetched_in_bulk_and_each_given_once() -> None:
    fetched = bytearray()

    def entropy(n: int) -> bytes:
        more = bytes((len(fetched) + place) % 251 for place in range(n))
        fetched.extend(more)
        return more

    drawn = Drawn(entropy, pool=100)
    given = [drawn(size) for size in (10, 90, 0, 60, 60, 400, 30)]
    starts = [0, 10, 100, 100, 200, 300, 700]  # what is left of a pool too small for a question is thrown away
    assert given == [bytes(fetched[at : at + len(one)]) for at, one in zip(starts, given, strict=True)]
    assert len(fetched) == 800
