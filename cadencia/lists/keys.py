"""64-bit keys of text, and who has been seen before: a million names in 16 MB instead of 100."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_PRIME = np.uint64(0x9E37_79B9_7F4A_7C15)
_MIX = np.uint64(0xBF58_476D_1CE4_E5B9)
_SHIFT, _LATE = np.uint64(32), np.uint64(29)
#: byte masks of the last, partial word of a text: 0 to 8 bytes of it count
_PARTIAL = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)


def text_keys(column: pa.Array) -> np.ndarray:
    """uint64 per text, equal for equal texts; two different ones are equal once in 10^19. A null is 0, no text is.
    Texts are equal in Unicode's form NFC: one system writes é as one character, another as e and an accent."""
    if not len(column):
        return np.empty(0, np.uint64)
    if not _is_ascii(column):
        column = pc.utf8_normalize(column, "NFC")
    _, offsets_buffer, data_buffer = column.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    data = bytes(data_buffer[: int(offsets[-1])]) if data_buffer is not None else b""
    keys = _keys(data + b"\0" * 8, offsets[:-1], np.diff(offsets))
    if column.null_count:
        keys[column.is_null().to_numpy(zero_copy_only=False)] = 0
    return keys


def _is_ascii(column: pa.Array) -> bool:
    return bool(pc.all(pc.string_is_ascii(column)).as_py() is not False)


def _keys(padded: bytes, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    words = np.ndarray((len(padded) - 7,), "<u8", padded, 0, (1,))  # a word at every byte
    keys = (lengths.astype(np.uint64) + np.uint64(1)) * _PRIME
    rows = np.flatnonzero(lengths > 0)
    at = 0
    while len(rows):
        left = lengths[rows] - at
        keys[rows] = _stir(keys[rows], words[starts[rows] + at] & _PARTIAL[np.minimum(left, 8)])
        at += 8
        rows = rows[left > 8]
    return np.where(keys == 0, np.uint64(1), keys)


def _stir(keys: np.ndarray, words: np.ndarray) -> np.ndarray:
    keys = (keys ^ words) * _PRIME
    keys ^= keys >> _SHIFT
    keys *= _MIX
    keys ^= keys >> _LATE
    return keys


class SeenBefore:
    """Which keys came before, and on which line. Sorted runs, merged as they grow: 16 bytes a key."""

    def __init__(self) -> None:
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []

    def first_lines(self, keys: np.ndarray, lines: np.ndarray) -> np.ndarray:
        """For each row the line on which its key first came, 0 if that is this one. Remembers the keys."""
        order = np.argsort(keys, kind="stable")
        keys_sorted, lines_sorted = keys[order], lines[order]
        fresh = np.ones(len(keys), bool)
        fresh[1:] = keys_sorted[1:] != keys_sorted[:-1]
        group = np.cumsum(fresh) - 1
        distinct, firsts = keys_sorted[fresh], lines_sorted[fresh].copy()
        before = self._before(distinct)
        known = before > 0
        found = np.where(fresh & ~known[group], 0, np.where(known, before, firsts)[group])
        self._remember(distinct[~known], firsts[~known])
        out = np.empty(len(keys), np.int64)
        out[order] = found
        return out

    def _before(self, distinct: np.ndarray) -> np.ndarray:
        found = np.zeros(len(distinct), np.int64)
        for keys, lines in self._runs:
            at = np.minimum(np.searchsorted(keys, distinct), len(keys) - 1)
            hit = keys[at] == distinct
            found[hit] = lines[at[hit]]
        return found

    def _remember(self, keys: np.ndarray, lines: np.ndarray) -> None:
        while self._runs and len(self._runs[-1][0]) <= len(keys):
            more_keys, more_lines = self._runs.pop()
            keys, lines = np.concatenate([keys, more_keys]), np.concatenate([lines, more_lines])
            order = np.argsort(keys, kind="stable")
            keys, lines = keys[order], lines[order]
        if len(keys):
            self._runs.append((keys, lines))
