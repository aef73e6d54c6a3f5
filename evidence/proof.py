"""How each entry of a pack is proven: a path of hashes from it to the root of the earliest seal that covers it.

A seal of evidence (seal.py) is over the whole ledger up to an entry. A seal in the ledger (store/seal.py) is over its
segment; the entry that holds it comes with the pack and is proven like any other, by a later seal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from cadencia.evidence.seal import EvidenceError, Seal, read_tree
from cadencia.store.entry import GENESIS, Entry
from cadencia.store.ledger import Ledger
from cadencia.store.tree import Tree


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of a pack with the chain before each, and the seals and paths that prove them."""

    previous: dict[int, bytes]
    seals: list[dict[str, Any]]
    paths: dict[int, tuple[int, list[bytes]]]  # number -> index of its seal, path


class _Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """A seal over entries `since` to `n`, as the pack tells it. inside: it stands in the ledger."""

    since: int
    n: int
    told: dict[str, Any]
    inside: bool = False

    @property
    def size(self) -> int:
        return self.n - self.since + 1


async def prove(ledger: Ledger, seals: Iterable[Seal], entries: Sequence[Entry], head: int, made_at: str) -> Proven:
    """Reads the whole ledger once: every entry fits its chain, every earlier seal is of this ledger, and each entry
    gets the path to the earliest seal that covers it. The pack's own seal is made if there are entries after all
    others. EvidenceError otherwise."""
    anchors = [*_earlier(seals, entries, head), _Anchor(since=1, n=head, told={"n": head, "at": made_at})]
    to = {entry.n: next(i for i, one in enumerate(anchors) if one.since <= entry.n <= one.n) for entry in entries}
    used = sorted(set(to.values()))
    segments = {i: _segment(anchors[i], [n for n, k in to.items() if k == i]) for i in used if anchors[i].inside}
    whole = _Watched(
        [one.n for one in anchors if not one.inside], [(n, anchors[i].n) for n, i in to.items() if i not in segments],
        {entry.n for entry in entries}, [(anchors[i], tree) for i, tree in segments.items()],
    )  # fmt: skip
    chain = await read_tree(ledger, whole, head)
    anchors[-1].told.update(chain=chain.hex(), root=whole.root(head).hex())
    for i, one in enumerate(anchors):
        if (not one.inside or i in segments) and segments.get(i, whole).root(one.size).hex() != one.told["root"]:
            raise EvidenceError(
                f"this is not the ledger that was sealed at entry {one.n}: its root is another; find out why"
            )
    paths = {
        n: (used.index(i), segments.get(i, whole).path(n - anchors[i].since + 1, anchors[i].size))
        for n, i in to.items()
    }
    return Proven(previous=whole.previous, seals=[anchors[i].told for i in used], paths=paths)


def _earlier(seals: Iterable[Seal], entries: Iterable[Entry], head: int) -> list[_Anchor]:
    """The seals that were made before, and those among the entries; the earliest first."""
    found = [_Anchor(since=1, n=seal.n, told=msgspec.to_builtins(seal)) for seal in seals]
    if found and found[-1].n > head:
        raise EvidenceError(
            f"a seal was made at entry {found[-1].n}, but the ledger ends at {head}: its end was cut off; find out why"
        )
    for entry in entries:
        if entry.kind == "sealed":
            told = msgspec.json.decode(entry.payload)
            found.append(_Anchor(since=told["since"], n=told["n"], told=told, inside=True))
    return sorted(found, key=lambda anchor: (anchor.n, anchor.inside))


def _segment(anchor: _Anchor, numbers: Iterable[int]) -> Tree:
    return Tree((anchor.size,), [(n - anchor.since + 1, anchor.size) for n in numbers])


class _Watched(Tree):
    """A tree that remembers the chain before some entries, and tells the trees of segments what is theirs."""

    def __init__(
        self, sizes: Iterable[int], leaves: Iterable[tuple[int, int]], watched: set[int],
        segments: Iterable[tuple[_Anchor, Tree]],
    ) -> None:  # fmt: skip
        super().__init__(sizes, leaves)
        self.previous: dict[int, bytes] = {}
        self._watched = watched
        self._last = GENESIS
        self._segments = sorted(segments, key=lambda one: one[0].n, reverse=True)

    def add(self, chain: bytes) -> None:
        n = self.size + 1
        if n in self._watched:
            self.previous[n] = self._last
        while self._segments and self._segments[-1][0].n < n:
            self._segments.pop()
        if self._segments and self._segments[-1][0].since <= n:
            self._segments[-1][1].add(chain)
        self._last = chain
        super().add(chain)
