"""GET /v1/stream: what is sent to whoever watches."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from cadencia.api.wire.decisions import Asked, Book


class Watching(Asked, frozen=True, kw_only=True):
    """`topics`: first words of types of events, with commas between; empty for all."""

    topics: Annotated[str, Meta(max_length=200, examples=["contact,optout"])] = ""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The first message: how things stand. Deltas follow, each an event after `after`. `missed`: so many after the
    Last-Event-ID that was sent are kept no longer."""

    now: datetime
    after: int
    degraded: tuple[str, ...]
    rulebook: Book
    missed: int = 0


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """Sent when nothing else was for a while."""

    now: datetime
