"""GET /v1/audit: who changed what, oldest first."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from cadencia.api.wire.decisions import Asked
from cadencia.api.wire.events import Cursor


class AuditAfter(Asked, frozen=True, kw_only=True):
    """`after`: the cursor of the page before, 0 for the first one."""

    after: Cursor = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class AuditLine(msgspec.Struct, frozen=True, kw_only=True):
    """`who`: the id of the key or user. `did`: like `key.made`. `what`: the id of what was changed."""

    id: str
    at: datetime
    who: str
    did: str
    what: str


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """`after`: the cursor for the next question; `next`: that question."""

    lines: tuple[AuditLine, ...]
    after: int
    next: str
