"""Keys of machines. The key itself is in one answer only: the one that made it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from cadencia.api.roles import ROLES, SCOPES
from cadencia.api.wire.decisions import Asked
from cadencia.api.wire.words import Instant, Text

if TYPE_CHECKING:
    Role: TypeAlias = str
    Scope: TypeAlias = str
else:
    Role = Literal[tuple(ROLES)]
    Scope = Literal[tuple(SCOPES)]

Roles = Annotated[tuple[Role, ...], Meta(min_length=1, max_length=10)]
Scopes = Annotated[tuple[Scope, ...], Meta(max_length=20)]
#: Networks as 192.0.2.0/24 or 2001:db8::/32, or single addresses.
Networks = Annotated[tuple[Annotated[str, Meta(min_length=2, max_length=50)], ...], Meta(max_length=100)]


class Making(Asked, frozen=True, kw_only=True):
    """`environment`: left out, that of the asking key. `scopes`: if there are any, no others of the roles. `ends_at`:
    left out, it has no end. `addresses`: from where alone it is taken; none: from everywhere."""

    roles: Roles
    environment: Literal["test", "live"] | None = None
    scopes: Scopes = ()
    label: Text = ""
    ends_at: Instant | None = None
    addresses: Networks = ()


class Narrowing(Asked, frozen=True, kw_only=True):
    """What is left out stays. Roles and scopes are not changed: make another key. `ends_at` null: no end."""

    label: Text | msgspec.UnsetType = msgspec.UNSET
    ends_at: Instant | msgspec.UnsetType | None = msgspec.UNSET
    addresses: Networks | msgspec.UnsetType = msgspec.UNSET


class Rotating(Asked, frozen=True, kw_only=True):
    """For how many seconds the former key is still taken."""

    overlap_s: Annotated[int, Meta(ge=0, le=30 * 86_400)] = 86_400


class Listing(Asked, frozen=True, kw_only=True):
    """`after`: the `next` of the page before."""

    after: Annotated[int, Meta(ge=0, le=1 << 62)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a key. `prefix`: how it begins. `follows`: the key that it replaces."""

    id: str
    prefix: str
    environment: Literal["test", "live"]
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    label: str
    made_at: datetime
    ends_at: datetime | None
    revoked: bool
    addresses: tuple[str, ...]
    follows: str


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """`secret` is the whole key. It is kept nowhere: write it down now."""

    secret: str
    key: Key


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """In the order in which they were made; `next` asks for what follows, null at the end."""

    keys: tuple[Key, ...]
    next: int | None
