"""GET /v1/health, and the clock of the sandbox."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from cadencia.api.wire.decisions import Asked, Book
from cadencia.api.wire.words import Instant


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`ok`, or `degraded` with what is: contacts are denied while a part that decides is. `unprotected`: what the
    configuration leaves open."""

    status: Literal["ok", "degraded"]
    version: str
    now: datetime
    rulebook: Book
    in_flight: int
    degraded: tuple[str, ...]
    unprotected: tuple[str, ...]


class SetClock(Asked, frozen=True, kw_only=True):
    """The instant that it is from now on, in the sandbox; never earlier than it was."""

    now: Instant


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """What time it is in the sandbox."""

    now: datetime
