"""What a handler is given and what it gives back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from cadencia.api.keys import Principal
from cadencia.api.problem import Problem, Wrong
from cadencia.api.problem_texts import LANGUAGES

if TYPE_CHECKING:
    from aiohttp import web

    from cadencia.api.parts import Parts

NOBODY = Principal(tenant="", environment="test", scopes=frozenset(), roles=(), who="")
_LONGEST_KEY = 200


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What is sent back. body: a struct or plain values, written in the media type that the client asked for; or bytes
    or text with their own `media`; or an iterator of bytes, sent as fast as the client reads. None: no body."""

    body: Any = None
    status: int = 200
    headers: Sequence[tuple[str, str]] = ()
    media: str | None = None


class Call:
    """One request. principal: who asks, NOBODY where the route asks for no key. values: of the path. query, body: as
    the route's types; None where it has none. raw: the body as it came, unpacked. rated: headers that
    say how often it may be asked. now: microseconds since 1970."""

    __slots__ = ("_trace", "body", "now", "parts", "principal", "query", "rated", "raw", "request", "values")

    def __init__(
        self, parts: Parts, principal: Principal, values: dict[str, str], query: Any, body: Any,
        request: web.BaseRequest, now: int, raw: bytes = b"",
        rated: Sequence[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        self.parts, self.principal, self.values, self.query, self.body = parts, principal, values, query, body
        self.request, self.now, self.raw, self.rated = request, now, raw, rated
        self._trace: str | None = None

    @property
    def language(self) -> str:
        """en, es or pt, as the client prefers."""
        return language_of(self.request.headers.get("Accept-Language"))

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits, in every log line and problem of this request; the client's own where it sent
        `traceparent`."""
        if self._trace is None:
            self._trace = trace_of(self.request.headers.get("traceparent")) or self.parts.entropy(16).hex()
        return self._trace

    @property
    def idempotency_key(self) -> str:
        """Problem idempotency_key_missing, invalid_fields."""
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            raise Problem("idempotency_key_missing")
        if not 1 <= len(key) <= _LONGEST_KEY or not key.isprintable():
            raise Problem("invalid_fields", [Wrong("header:Idempotency-Key", "bad_header")])
        return key

    def received(self) -> AsyncIterator[bytes]:
        """The body of a stream, in the parts in which it comes."""
        return self.request.content.iter_any()


@lru_cache(maxsize=1_024)
def language_of(header: str | None) -> str:
    """The language that an Accept-Language prefers among ours; English when it names none."""
    best, weight = "en", 0.0
    for part in (header or "")[:255].split(","):
        tag, _, more = part.strip().partition(";")
        name = tag.strip().lower().split("-")[0]
        try:
            asked = float(more.strip().removeprefix("q=")) if more.strip() else 1.0
        except ValueError:
            continue
        if name in LANGUAGES and asked > weight:
            best, weight = name, asked
    return best


def trace_of(traceparent: str | None) -> str:
    """The trace id of a W3C traceparent; "" when it is none."""
    parts = (traceparent or "").split("-")
    if len(parts) < 4 or len(parts[1]) != 32 or set(parts[1]) - set("0123456789abcdef") or set(parts[1]) == {"0"}:
        return ""
    return parts[1]
