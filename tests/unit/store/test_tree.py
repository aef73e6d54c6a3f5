"""The tree, against the definition of RFC 9162 written down as it stands there."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.evidence.verify import root_of
from cadencia.store.entry import Draft, Entry, numbered
from cadencia.store.tree import Tree


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(bytes([n % 256, n // 256])).digest() for n in range(count)]


def by_definition(chains: list[bytes]) -> bytes:
    if len(chains) == 1:
        return hashlib.sha256(b"\0" + chains[0]).digest()
    half = 1
    while half * 2 < len(chains):
        half *= 2
    return hashlib.sha256(b"\1" + by_definition(chains[:half]) + by_definition(chains[half:])).digest()


@given(st.integers(1, 70), st.data())
def test_the_root_at_any_size(count: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, count))
    tree = Tree((size, count))
    for chain in leaves(count):
        tree.add(chain)
    assert tree.root(size) == by_definition(leaves(count)[:size])
    assert tree.root(count) == by_definition(leaves(count))


@given(st.integers(1, 70), st.data())
def test_every_path_leads_to_its_root_and_to_no_other(count: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, count))
    n = data.draw(st.integers(1, size))
    previous, entries = bytes(32), []
    for k in range(1, count + 1):
        entries.append(numbered(previous, k, Draft(at=k, tenant="t", kind="decided"), bytes(16)))
        previous = entries[-1].chain
    tree = Tree((size,), [(n, size)])
    for entry in entries:
        tree.add(entry.chain)
    record = as_record(entries[n - 1], entries[n - 2].chain if n > 1 else bytes(32), tree.path(n, size))
    assert root_of(record, 1, size) == tree.root(size).hex()
    assert root_of(record | {"at": 0}, 1, size) != tree.root(size).hex()
    if record["proof"]:
        assert root_of(record | {"proof": record["proof"][1:]}, 1, size) != tree.root(size).hex()
    with pytest.raises(ValueError, match=r"^$"):
        root_of(record, 1, n - 1)


def as_record(entry: Entry, previous: bytes, path: list[bytes]) -> dict[str, object]:
    texts = {
        name: getattr(entry, name) for name in ("n", "at", "tenant", "kind", "attempt", "event_at", "event_attr", "key")
    }
    return texts | {
        "previous": previous.hex(), "subject": entry.subject.hex(), "debts": [], "address": 0, "creditor": 0,
        "household": 0, "workplace": 0, "account": 0,
        "digest": entry.digest.hex(), "proof": [step.hex() for step in path],
    }  # fmt: skip


def test_what_was_not_asked_for_is_not_known() -> None:
    tree = Tree((4,))
    for chain in leaves(3):
        tree.add(chain)
    with pytest.raises(KeyError):
        tree.root(4)
    tree.add(leaves(4)[3])
    assert tree.root(4) == by_definition(leaves(4))
    with pytest.raises(KeyError):
        tree.path(1, 3)
