"""GET /v1/events: what happened, as CloudEvents, after a cursor."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from cadencia.api.wire.decisions import Asked

Cursor = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]
Types = Annotated[str, Meta(max_length=1_000, examples=["contact.attempted,optout.recorded"])]


class AfterCursor(Asked, frozen=True, kw_only=True):
    """`after`: the last number that is known, 0 for all that is kept. `types`: names with commas between; empty for
    all. `wait_s`: so long is waited for a first one when there is none."""

    after: Cursor = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    types: Types = ""
    wait_s: Annotated[float, Meta(ge=0, le=30)] = 0


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """CloudEvents 1.0. `sequence`: its number in the tenant, from 1 without gaps; `source` and `id` name it."""

    id: str
    source: str
    type: str
    time: datetime
    sequence: int
    data: dict[str, object]
    specversion: str = "1.0"
    datacontenttype: str = "application/json"


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """`after`: the cursor for the next question; `next`: that question. `missed`: so many between the cursor that was
    sent and the first one here are kept no longer."""

    events: tuple[CloudEvent, ...]
    after: int
    next: str
    missed: int = 0
