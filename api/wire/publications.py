"""Publications: a draft that decides from an instant on, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from cadencia.api.wire.decisions import Asked

LocalOrInstant = Annotated[str, Meta(min_length=10, max_length=40, examples=["2026-06-08T00:00:00"])]
Reason = Annotated[str, Meta(min_length=1, max_length=4_000)]


class Publishing(Asked, frozen=True, kw_only=True):
    """Publishes a draft. `effective_from`: on the clock of `zone`, or with an offset and without a zone; left out,
    now."""

    draft: Annotated[str, Meta(min_length=1, max_length=64)]
    effective_from: LocalOrInstant | None = None
    zone: Annotated[str, Meta(min_length=1, max_length=64, examples=["America/Santiago"])] | None = None


class RollingBack(Asked, frozen=True, kw_only=True):
    """Why."""

    reason: Reason


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """Who took it back."""

    by: str
    at: datetime
    reason: str


class PublicationTold(msgspec.Struct, frozen=True, kw_only=True):
    """A publication. `state`: coming until `effective_at`, in_force, former after another one took over, or
    rolled_back. `base`: what it was made over."""

    id: str
    draft: str
    title: str
    rulebook: str
    base: str
    state: Literal["coming", "in_force", "former", "rolled_back"]
    effective_at: datetime
    effective_from: str
    zone: str | None
    published_at: datetime
    published_by: str
    approved_by: tuple[str, ...]
    verdict: Literal["same", "tightens", "loosens", "unproven"]
    rolled_back: Back | None


class PublicationList(msgspec.Struct, frozen=True, kw_only=True):
    """All, the oldest first."""

    publications: tuple[PublicationTold, ...]
