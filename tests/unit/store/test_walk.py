"""The walk of the chain names the first entry that does not fit."""

from __future__ import annotations

import msgspec
import pytest

from cadencia.store.entry import GENESIS, Draft, Entry, numbered
from cadencia.store.walk import Found, Walk


def chain(count: int) -> list[Entry]:
    entries: list[Entry] = []
    for n in range(1, count + 1):
        draft = Draft(at=n, tenant="acme", kind="reserved", subject=b"p" * 16, attempt=f"a{n}", debts=(n, n + 1))
        entries.append(numbered(entries[-1].chain if entries else GENESIS, n, draft, bytes([n]) * 16))
    return entries


def walked(entries: list[Entry], *, excused: bool = False) -> Found:
    walk = Walk(1, GENESIS)
    for entry in entries:
        if wrong := walk.step(entry, excused=excused):
            return wrong
    return walk.found()


def test_a_whole_chain_fits() -> None:
    entries = chain(5)
    assert walked(entries) == Found(first=1, last=5, chain=entries[-1].chain)
    assert str(walked(entries)) == "entries 1 to 5 fit the chain"
    assert str(walked([])) == "the ledger is empty"


@pytest.mark.parametrize(
    "change",
    [
        {"at": 9}, {"tenant": "x"}, {"kind": "placed"}, {"subject": b"q" * 16}, {"attempt": "x"}, {"event_at": 1},
        {"event_at": 1 << 32}, {"event_at": -1}, {"event_attr": 1},
        {"debts": (3,)}, {"debts": (4, 3)}, {"address": 1}, {"creditor": 1}, {"key": "x"},
        {"payload": b"{} "}, {"salt": b"x" * 16}, {"digest": b"x" * 32}, {"chain": b"x" * 32},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_whatever_is_altered_in_an_entry_is_found_at_that_entry(change: dict[str, object]) -> None:
    entries = chain(5)
    entries[2] = msgspec.structs.replace(entries[2], **change)
    found = walked(entries)
    assert (found.bad, found.last, found.chain) == (3, 2, entries[1].chain)
    assert "altered" in str(found) and str(found).startswith("entry 3: ")


def test_entries_left_out_turned_round_or_twice_are_found() -> None:
    one, two, three, four = chain(4)
    assert walked([one, two, four]).bad == 3
    assert walked([one, three, two, four]).bad == 2
    assert walked([one, two, two]).why == "its number came before"


def test_a_payload_that_is_gone_needs_an_excuse() -> None:
    entries = chain(3)
    entries[1] = msgspec.structs.replace(entries[1], payload=b"", salt=b"")
    assert walked(entries).bad == 2
    assert "gone" in walked(entries).why
    assert walked(entries, excused=True).bad is None
