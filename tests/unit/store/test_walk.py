"""The walk of the chain names the first entry that does not fit."""

from __future__ import annotations

import msgspec
import pytest

from cadencia.store.entry import GENESIS, Draft, Entry, numbered
from cadencia.store.seal import Sealer
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


def sealed(entries: list[Entry], since: int, chains: list[bytes] | None = None) -> list[Entry]:
    chains = chains or [entry.chain for entry in entries[since - 1 :]]
    seal = Sealer().draft(since, chains, 9)
    return [*entries, numbered(entries[-1].chain, len(entries) + 1, seal, b"s" * 16)]


def test_the_root_of_each_segment_is_counted_anew() -> None:
    entries = sealed(sealed(chain(5), 1), 6)
    assert walked(entries).bad is None
    assert walked(sealed(chain(5), 2)).why == "the seal's root is not that of its segment"
    other = [entry.chain for entry in (*chain(3), *chain(5)[3:4], chain(5)[4])]
    assert walked(sealed(chain(5), 1, [*other[:2], other[3], *other[3:]])).bad == 6


def test_a_walk_that_begins_inside_a_segment_checks_the_next_one() -> None:
    entries = sealed(sealed(sealed(chain(5), 1), 6), 7)
    walk = Walk(3, entries[1].chain)
    assert [walk.step(entry, excused=False) for entry in entries[2:]] == [None] * 6
    wrong = sealed(sealed(sealed(chain(5), 1), 6), 6)
    walk = Walk(3, wrong[1].chain)
    assert [found and found.bad for found in (walk.step(entry, excused=False) for entry in wrong[2:])][-1] == 8
