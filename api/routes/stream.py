"""What happens, as it happens: server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import msgspec

from cadencia.api.call import Answer, Call
from cadencia.api.events import TYPES
from cadencia.api.problem import Problem, Wrong, invalid
from cadencia.api.route import Route
from cadencia.api.sse import Watch, frame, told
from cadencia.api.wire.decisions import Book
from cadencia.api.wire.stream import Heartbeat, Snapshot, Watching
from cadencia.store.projection import as_datetime

MEDIA = "text/event-stream"
TOPICS = frozenset(name.partition(".")[0] for name in TYPES)
_LONGEST_ID = 18


async def stream(call: Call) -> Answer:
    """A snapshot, then deltas; a heartbeat with the server's time when there are none."""
    asked: Watching = call.query
    topics = frozenset(asked.topics.split(",")) if asked.topics else frozenset()
    if topics - TOPICS:
        raise invalid("?topics", "not_a_word", words=", ".join(sorted(TOPICS)))
    seen = _last_seen(call)
    if call.parts.hub.full:
        raise Problem("too_many_streams", headers=[("Retry-After", "5")])
    return Answer(_messages(call, topics, seen), media=MEDIA)


def _last_seen(call: Call) -> int | None:
    text = call.request.headers.get("Last-Event-ID", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID):
        raise Problem("invalid_fields", [Wrong("header:Last-Event-ID", "bad_header")])
    return int(text)


async def _messages(call: Call, topics: frozenset[str], seen: int | None) -> AsyncGenerator[bytes, None]:
    """Whoever does not read for too long is cut off."""
    loop, transport = asyncio.get_running_loop(), call.request.transport
    watch = call.parts.hub.join(call.principal.tenant)
    try:
        async for text in _texts(call, watch, topics, seen):
            patience = loop.call_later(call.parts.config.limits.unread_s, transport.abort) if transport else None
            try:
                yield text
            finally:
                if patience is not None:
                    patience.cancel()
    finally:
        call.parts.hub.leave(watch)


async def _texts(call: Call, watch: Watch, topics: frozenset[str], seen: int | None) -> AsyncGenerator[bytes, None]:
    newest = await watch.newest()
    after = newest if seen is None else min(seen, newest)
    yield frame("snapshot", after, msgspec.json.encode(await _snapshot(call, after)))
    async for cursor, text in told(watch, after, topics):
        after = cursor
        if text:
            yield text
        elif await _still_known(call):
            yield frame("heartbeat", after, msgspec.json.encode(Heartbeat(now=as_datetime(call.parts.now()))))
        else:
            return


async def _snapshot(call: Call, after: int) -> Snapshot:
    parts = call.parts
    kept = await parts.records.events(call.principal.tenant, after=after, limit=1)
    return Snapshot(
        now=as_datetime(parts.now()), after=after, degraded=(parts.gate.refuses,) if parts.gate.refuses else (),
        rulebook=Book(hash=parts.rulebook.hash), missed=kept[0].n - after - 1 if kept else 0,
    )  # fmt: skip


async def _still_known(call: Call) -> bool:
    """A key that was revoked since listens no longer."""
    if not call.principal.who.startswith("ky_"):
        return True
    header, address = call.request.headers.get("Authorization"), call.request.remote or ""
    try:
        await call.parts.keys.principal(header, address, call.parts.now())
    except Problem:
        return False
    return True


ROUTES = (
    Route(method="GET", path="/v1/stream", handler=stream, scope="read", query=Watching, media=MEDIA,
          summary="What happens, as it happens: server-sent events", problems=("too_many_streams",)),
)  # fmt: skip
