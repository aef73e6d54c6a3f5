"""Answers as bytes. A short one is written in one piece, its head prepared beforehand; streams go as fast as the client
reads."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from functools import lru_cache
from http import HTTPStatus

import msgspec
from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from cadencia.api.reading import JSON, MSGPACK

_JSON = msgspec.json.Encoder()
_MSGPACK = msgspec.msgpack.Encoder()
HTML = "text/html; charset=utf-8"
_NO_BODY = (204, 304)


def encoded(body: object, accept: str | None) -> tuple[bytes, str]:
    """The body in the media type that the client prefers, JSON where it does not say."""
    if accept is not None and accept != "*/*" and prefers_msgpack(accept):
        return _MSGPACK.encode(body), MSGPACK[0]
    return _JSON.encode(body), JSON


@lru_cache(maxsize=256)
def prefers_msgpack(accept: str) -> bool:
    """Whether an Accept names MessagePack before JSON."""
    names = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    known = [name for name in names if name in (JSON, *MSGPACK, "*/*", "application/*")]
    return bool(known) and known[0] in MSGPACK


class Whole(web.StreamResponse):
    """An answer of which every byte is known: handed to the transport at once, without a dictionary of headers."""

    def __init__(self, status: int, media: str, body: bytes, headers: Sequence[tuple[str, str]], unread: int) -> None:
        self._whole_status, self._media, self._bytes, self._more = status, media, body, headers
        self._unread, self._keep_alive = unread, True

    @property
    def status(self) -> int:
        return self._whole_status

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Writes it. ConnectionResetError when the client has gone, or reads nothing of what it asks for."""
        self._keep_alive = bool(request.keep_alive) and self._keep_alive
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the client has gone")
        head = _head(self._whole_status, self._media, request.version.minor, self._keep_alive)
        more = "".join([f"{name}: {_one_line(value)}\r\n" for name, value in self._more])
        length = "" if self._whole_status in _NO_BODY else f"Content-Length: {len(self._bytes)}\r\n"
        transport.write(f"{head}{more}{length}\r\n".encode("latin-1") + self._bytes)
        if transport.get_write_buffer_size() > self._unread:
            transport.abort()
            raise ConnectionResetError("the client does not read")
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """All of it is written."""

    def close_after(self) -> None:
        """No further request on this connection."""
        self._keep_alive = False


@lru_cache(maxsize=512)
def _head(status: int, media: str, minor: int, keep_alive: bool) -> str:
    kept = "" if keep_alive == (minor == 1) else f"Connection: {'keep-alive' if keep_alive else 'close'}\r\n"
    kind = "" if status in _NO_BODY else f"Content-Type: {media}\r\n"
    safe = "".join(f"{name}: {value}\r\n" for name, value in _safe(media))
    return f"HTTP/1.{minor} {status} {HTTPStatus(status).phrase}\r\n{kind}{safe}{kept}"


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("a header has a control character")
    return value


async def streamed(
    request: web.BaseRequest, parts: AsyncIterator[bytes], status: int, media: str, headers: Sequence[tuple[str, str]]
) -> web.StreamResponse:
    """Sends the parts, waiting while the client does not read."""
    response = web.StreamResponse(status=status, headers=[("Content-Type", media), *_safe(media), *headers])
    await response.prepare(request)
    try:
        async for part in parts:
            await response.write(part)
    finally:
        if isinstance(parts, AsyncGenerator):
            await parts.aclose()  # also when the client has gone
    await response.write_eof()
    return response


def _safe(media: str) -> list[tuple[str, str]]:
    """No copy is kept, and a page brings nothing from elsewhere and no script."""
    styles = " style-src 'unsafe-inline';" if media == HTML else ""
    return [
        ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Content-Security-Policy", f"default-src 'none';{styles} frame-ancestors 'none'"),
    ]  # fmt: skip
