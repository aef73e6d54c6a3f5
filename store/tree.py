"""The Merkle tree (RFC 9162) over the chain hashes of a ledger or a part of it: its root at any size, and the path of a
leaf to it.

The entries are read once, from the first to the last. Only the nodes that were asked for are kept, and the peaks of
what was read: 32 bytes for each step of a path, however many entries there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

Range = tuple[int, int]  # of leaves, from 0, half open


class Tree:
    """Reads chain hashes in order. `sizes` are those whose root is asked for, `leaves` the (number, size) whose path
    is: numbers from 1, each at most its size."""

    def __init__(self, sizes: Iterable[int], leaves: Iterable[tuple[int, int]] = ()) -> None:
        self._wanted: set[Range] = set()
        self._nodes: dict[Range, bytes] = {}
        self._peaks: list[tuple[int, bytes]] = []  # where each begins, and its hash
        self.size = 0
        for size in sizes:
            self._wanted.update(_perfect((0, size)))
        for number, size in leaves:
            for step in _path(number - 1, size):
                self._wanted.update(_perfect(step))

    def add(self, chain: bytes) -> None:
        """The next leaf."""
        low, node = self.size, hashlib.sha256(b"\0" + chain).digest()
        self.size += 1
        self._keep(low, node)
        ended = self.size
        while not ended & 1:  # two trees of one size become one
            low, left = self._peaks.pop()
            node = hashlib.sha256(b"\1" + left + node).digest()
            self._keep(low, node)
            ended >>= 1
        self._peaks.append((low, node))

    def root(self, size: int) -> bytes:
        """The root over the first `size` leaves; KeyError if it was not asked for or not read so far."""
        return self._hash((0, size))

    def top(self) -> bytes:
        """The root over all that was read so far; IndexError when nothing was."""
        return _folded([node for _, node in self._peaks])

    def path(self, number: int, size: int) -> list[bytes]:
        """What leads from leaf `number` to the root over the first `size`, from below; KeyError as for `root`."""
        return [self._hash(step) for step in _path(number - 1, size)]

    def _keep(self, low: int, node: bytes) -> None:
        if (low, self.size) in self._wanted:
            self._nodes[low, self.size] = node

    def _hash(self, leaves: Range) -> bytes:
        return _folded([self._nodes[part] for part in _perfect(leaves)])


def _folded(peaks: list[bytes]) -> bytes:
    """The root over whole trees that stand side by side, the smallest last."""
    root = peaks[-1]
    for node in reversed(peaks[:-1]):
        root = hashlib.sha256(b"\1" + node + root).digest()
    return root


def _split(leaves: Range) -> int:
    """Where RFC 9162 parts a tree: after the largest power of two that is smaller than it."""
    low, high = leaves
    return low + (1 << (high - low - 1).bit_length() - 1)


def _perfect(leaves: Range) -> list[Range]:
    """The whole trees, from left to right, of which this one is made."""
    found = []
    low, high = leaves
    while low < high:
        size = 1 << (high - low).bit_length() - 1
        found.append((low, low + size))
        low += size
    return found


def _path(leaf: int, size: int) -> list[Range]:
    """The trees beside the way from a leaf to the root, from below."""
    low, high, steps = 0, size, list[Range]()
    while high - low > 1:
        middle = _split((low, high))
        if leaf < middle:
            steps.append((middle, high))
            high = middle
        else:
            steps.append((low, middle))
            low = middle
    return steps[::-1]
