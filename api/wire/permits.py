"""Placing a permit, or giving it back."""

from __future__ import annotations

from datetime import datetime

import msgspec

from cadencia.api.wire.decisions import Asked, Book, Reason
from cadencia.api.wire.words import Text


class Releasing(Asked, frozen=True, kw_only=True):
    """Why it was not placed."""

    why: Text = ""


class Placing(Asked, frozen=True, kw_only=True):
    """Nothing need be said."""


class PlacedAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether it leaves now: only when `placed` is true may it."""

    placed: bool
    attempt: str
    at: datetime
    rulebook: Book
    retry_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """It counts no longer."""

    released: bool
