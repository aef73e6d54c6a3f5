"""Which idempotency keys were surely never used: a Bloom filter, so that a new request need not ask the ledger."""

from __future__ import annotations

import hashlib
import struct
from functools import lru_cache

_BITS = 27  # 16 MiB; of 10 million keys one new one in 250 is looked up in vain, of 50 million one in three
_MASK = (1 << _BITS) - 1
_FOUR = struct.Struct("<4I")


class Keys:
    """`bits` are those of an earlier one. ValueError when they are of another size."""

    def __init__(self, bits: bytes | None = None) -> None:
        self._bits = bytearray(1 << _BITS - 3) if bits is None else bytearray(bits)
        if len(self._bits) != 1 << _BITS - 3:
            raise ValueError(f"a filter of keys has {1 << _BITS - 3} bytes, not {len(self._bits)}")

    def add(self, tenant: str, key: str) -> None:
        """From now on it may have been used."""
        for bit in _places(tenant, key):
            self._bits[bit >> 3] |= 1 << (bit & 7)

    def may_have(self, tenant: str, key: str) -> bool:
        """False: it was never added."""
        bits, (a, b, c, d) = self._bits, _places(tenant, key)
        every = bits[a >> 3] >> (a & 7) & bits[b >> 3] >> (b & 7) & bits[c >> 3] >> (c & 7) & bits[d >> 3] >> (d & 7)
        return bool(every & 1)

    def frozen(self) -> bytes:
        """The bits, to begin with another time."""
        return bytes(self._bits)


@lru_cache(maxsize=1)  # a key that is new is asked about and added at once
def _places(tenant: str, key: str) -> tuple[int, int, int, int]:
    digest = hashlib.blake2b(f"{len(tenant)}:{tenant}{key}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
    a, b, c, d = _FOUR.unpack(digest)
    return a & _MASK, b & _MASK, c & _MASK, d & _MASK
