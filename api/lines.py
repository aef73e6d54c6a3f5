"""A body of lines, each a JSON document: unpacked and cut as it comes, so that memory does not grow with it."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import NamedTuple, Protocol

import zstandard
from aiohttp.web_protocol import RequestPayloadError

from cadencia.api.call import Call
from cadencia.api.problem import Problem
from cadencia.api.reading import plain_media

MEDIA = "application/x-ndjson"
MOST_AT_ONCE = 256  # lines that are worked on together
MAX_LINE = 65_536  # bytes
#: What is packed may unpack to so many times its size, beyond the first MiB.
MAX_RATIO, FREE = 100, 1 << 20
_STEP = 1 << 18  # bytes unpacked at once
_SLICE = 64  # bytes handed to zstd at once: a block of 4 bytes may unpack to 128 KiB


class Line(NamedTuple):
    """number: from 1. raw: without its end; None when it was longer than is taken."""

    number: int
    raw: bytes | None


def check_stream(call: Call) -> None:
    """Problem for a body that is no stream of lines; before anything is answered."""
    if plain_media(call.request.headers.get("Content-Type")) != MEDIA:
        raise Problem("unsupported_media", values={"media": MEDIA})
    _unpacker(call)


async def grouped(call: Call) -> AsyncIterator[list[Line]]:
    """The lines in their order, blank ones left out, a few at a time. Problem when the rest cannot be read."""
    cutter, unpacker = Cutter(), _unpacker(call)
    async for packed in _parts(call):
        for part in unpacker.unpacked(packed):
            lines = cutter.cut(part)
            for start in range(0, len(lines), MOST_AT_ONCE):
                yield lines[start : start + MOST_AT_ONCE]
            await asyncio.sleep(0)  # others have their turn, also while nothing but blank lines come
    unpacker.end()
    if rest := cutter.end():
        yield rest


async def _parts(call: Call) -> AsyncIterator[bytes]:
    parts, seconds = call.received(), call.parts.config.limits.idle_s
    while True:
        try:
            async with asyncio.timeout(seconds):
                part = await anext(parts, None)
        except TimeoutError:
            raise Problem("too_slow") from None
        except RequestPayloadError:
            raise Problem("malformed_body") from None
        if part is None:
            return
        yield part


class Cutter:
    """Cuts bytes into lines, wherever their parts begin and end."""

    def __init__(self) -> None:
        self._number = 0
        self._begun: list[bytes] = []
        self._size = 0

    def cut(self, part: bytes) -> list[Line]:
        """The lines that are whole now."""
        first, *ends = part.split(b"\n")
        self._add(first)
        found = []
        for end in ends:
            if self._size:
                found += self._whole()
            else:
                self._number += 1
            if end:
                self._add(end)
        return found

    def end(self) -> list[Line]:
        """The last line, when it has no end of its own."""
        return self._whole() if self._size else []

    def _add(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= MAX_LINE:
            self._begun.append(part)

    def _whole(self) -> list[Line]:
        self._number += 1
        raw = None if self._size > MAX_LINE else b"".join(self._begun).strip(b" \t\r")
        self._begun, self._size = [], 0
        return [] if raw == b"" else [Line(self._number, raw)]


class Unpacker(Protocol):
    """Problem malformed_body for what does not unpack, body_too_large for what unpacks to far too much."""

    def unpacked(self, part: bytes) -> Iterator[bytes]:
        """What a part unpacks to, in pieces of bounded size."""

    def end(self) -> None:
        """The body is over; Problem when something is missing."""


def _unpacker(call: Call) -> Unpacker:
    encoding = call.request.headers.get("Content-Encoding", "identity").strip().lower()
    made: dict[str, Callable[[], Unpacker]] = {"identity": Plain, "gzip": Gzip, "zstd": Zstd}
    if encoding not in made:
        raise Problem("unsupported_encoding")
    return made[encoding]()


class Plain:
    """Not packed."""

    def unpacked(self, part: bytes) -> Iterator[bytes]:
        yield part

    def end(self) -> None:
        pass


class _Bounded:
    """Counts what goes in and comes out."""

    def __init__(self) -> None:
        self._taken = self._given = 0

    def _count(self, taken: int, given: int) -> None:
        self._taken, self._given = self._taken + taken, self._given + given
        if self._given > FREE + MAX_RATIO * self._taken:
            raise Problem("body_too_large", values={"bytes": f"{FREE} + {MAX_RATIO} × {self._taken}"})


class Gzip(_Bounded):
    """One member of gzip."""

    def __init__(self) -> None:
        super().__init__()
        self._inside = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def unpacked(self, part: bytes) -> Iterator[bytes]:
        self._count(len(part), 0)
        plain = b" " * _STEP
        while part or len(plain) == _STEP:  # as much as was asked for: there may be more
            try:
                plain = self._inside.decompress(part, _STEP)
            except zlib.error:
                raise Problem("malformed_body") from None
            part = self._inside.unconsumed_tail
            if self._inside.unused_data:
                raise Problem("malformed_body")
            self._count(0, len(plain))
            yield plain

    def end(self) -> None:
        if not self._inside.eof:
            raise Problem("malformed_body")


class Zstd(_Bounded):
    """One frame of zstd."""

    def __init__(self) -> None:
        super().__init__()
        self._inside = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()

    def unpacked(self, part: bytes) -> Iterator[bytes]:
        for start in range(0, len(part), _SLICE):
            packed = part[start : start + _SLICE]
            try:
                plain = self._inside.decompress(packed)
            except zstandard.ZstdError:
                raise Problem("malformed_body") from None
            if self._inside.unused_data:
                raise Problem("malformed_body")
            self._count(len(packed), len(plain))
            if plain:
                yield plain

    def end(self) -> None:
        if not self._inside.eof:
            raise Problem("malformed_body")
