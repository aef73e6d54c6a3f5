"""A body turned into the type of its route, or the problem that says where it is wrong."""

from __future__ import annotations

import asyncio
import re
import zlib
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import zstandard
from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError

from cadencia.api.problem import Problem, Wrong
from cadencia.api.repeats import repeated

JSON = "application/json"
MSGPACK = ("application/msgpack", "application/vnd.msgpack", "application/x-msgpack")
MEDIA = (JSON, MSGPACK[0])


async def received(request: web.BaseRequest, most_bytes: int, seconds: float) -> bytes:
    """The whole body, unpacked. Problem when it is too large, too slow or in an encoding that is not taken."""
    content = request.content
    if content.is_eof():
        body = content.read_nowait()
    else:
        if (request.content_length or 0) > most_bytes:
            raise Problem("body_too_large", values={"bytes": str(most_bytes)})
        try:
            async with asyncio.timeout(seconds):
                body = await _whole(request, most_bytes)
        except TimeoutError:
            raise Problem("too_slow") from None
        except RequestPayloadError:
            raise Problem("malformed_body") from None
    if len(body) > most_bytes:
        raise Problem("body_too_large", values={"bytes": str(most_bytes)})
    encoding = request.headers.get("Content-Encoding")
    return body if encoding is None else _unpacked(body, encoding.strip().lower(), most_bytes)


async def _whole(request: web.BaseRequest, most_bytes: int) -> bytes:
    parts, size = [], 0
    while part := await request.content.readany():
        parts.append(part)
        size += len(part)
        if size > most_bytes:
            raise Problem("body_too_large", values={"bytes": str(most_bytes)})
    return b"".join(parts)


def _unpacked(body: bytes, encoding: str, most_bytes: int) -> bytes:
    """Never more than is taken, whatever the body would unpack to."""
    try:
        if encoding == "gzip":
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
            plain = unpacker.decompress(body, most_bytes + 1)
            whole = unpacker.eof and not unpacker.unused_data
        elif encoding == "zstd":
            reader = zstandard.ZstdDecompressor(max_window_size=1 << 23).stream_reader(body)
            plain, whole = reader.read(most_bytes + 1), True
        elif encoding == "identity":
            return body
        else:
            raise Problem("unsupported_encoding")
    except (zlib.error, zstandard.ZstdError):
        raise Problem("malformed_body") from None
    if len(plain) > most_bytes:
        raise Problem("body_too_large", values={"bytes": str(most_bytes)})
    if not whole:
        raise Problem("malformed_body")
    return plain


class Reader:
    """Reads bodies of one type."""

    def __init__(self, body: type) -> None:
        self._json: msgspec.json.Decoder[Any] = msgspec.json.Decoder(body)
        self._msgpack: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(body)

    def read(self, body: bytes, media: str | None) -> Any:
        """The value. Problem: malformed_body, duplicate_field, invalid_fields or unsupported_media."""
        try:
            if media == JSON or plain_media(media) == JSON:
                value = self._json.decode(body)
                if repeated(body):
                    raise Problem("duplicate_field")
                return value
            if plain_media(media) in MSGPACK:
                return self._msgpack.decode(body)
        except msgspec.ValidationError as problem:
            raise Problem("invalid_fields", [_wrong(str(problem))]) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Problem("malformed_body") from None
        raise Problem("unsupported_media", values={"media": ", ".join(MEDIA)})


def read_query(text: str, kind: type) -> Any:
    """The parameters behind the `?` as a struct. Problem: invalid_fields."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=50, errors="strict")
    except ValueError:
        raise Problem("invalid_fields", [Wrong("?", "wrong_type", {"expected": "name=value&…"})]) from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Problem("duplicate_field")
    try:
        return msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError as problem:
        wrong = _wrong(str(problem))
        raise Problem("invalid_fields", [wrong._replace(where="?" + wrong.where.lstrip("/"))]) from None


@lru_cache(maxsize=256)
def plain_media(media: str | None) -> str:
    """The media type without its parameters; "" for a charset that is not UTF-8."""
    name, _, more = (media or "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\";\s]+)", more, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        return ""
    return name.strip().lower()


_PATH = re.compile(r" - at (?:`key` in )?`\$(.*)`$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_MISSING = re.compile(r"Object missing required field `(.*)`$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`$", re.DOTALL)
_TYPE = re.compile(r"Expected `([^`]*)`, got `[^`]*`$")
_WORD = re.compile(r"Invalid enum value", re.DOTALL)


def _wrong(said: str) -> Wrong:
    """What msgspec says, as a pointer and a code; no value of what was sent is repeated."""
    at = _PATH.search(said)
    where = _pointer(at[1]) if at else ""
    text = said[: at.start()] if at else said
    if found := _UNKNOWN.match(text):
        return Wrong(f"{where}/{_escaped(found[1])}", "unknown_field")
    if found := _MISSING.match(text):
        return Wrong(f"{where}/{_escaped(found[1])}", "missing_field")
    if found := _TYPE.match(text):
        return Wrong(where, "wrong_type", {"expected": found[1].replace("object", "{}").replace(" | ", ", ")})
    if _WORD.match(text):
        return Wrong(where, "not_a_word", {"words": "see /openapi.json"})
    return Wrong(where, "out_of_range", {"expected": text.removeprefix("Expected ").replace("`", "")})


def _pointer(path: str) -> str:
    """`.facts[2].name` as /facts/2/name."""
    return "".join(f"/{_escaped(name or index)}" for name, index in _STEP.findall(path))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")[:255]
