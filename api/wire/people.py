"""What is left of a person's allowances, and what was done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from cadencia.api.wire.decisions import Asked, Hours, Retry
from cadencia.api.wire.words import (
    Actor,
    Channel,
    Country,
    DateName,
    DebtType,
    Id,
    Initiator,
    Party,
    Place,
    Purpose,
    Region,
    Stage,
    Text,
)


class Allowing(Asked, frozen=True, kw_only=True):
    """The contact that somebody thinks of, without its address: numbers are in no path and no query."""

    channel: Channel
    country: Country | None = None
    region: Region | None = None
    postal_code: Text | None = None
    locality: Text | None = None
    zone: Text | None = None
    party: Party = "debtor"
    household: Id | None = None
    workplace: Id | None = None
    debt: Id | None = None
    creditor: Id | None = None
    account: Id | None = None
    debt_type: DebtType = "unknown"
    stage: Stage = "unknown"
    place: Place = "unknown"
    initiator: Initiator = "predictive"
    purpose: Purpose = "collections"
    actor: Actor = "third_party_collector"


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """What one counting rule leaves. `next_at`: from when it alone allows one more; null, `retry` says why. `counted`:
    whose contacts."""

    rule: str
    debt: str | None
    used: int
    limit: int
    left: int
    next_at: datetime | None
    retry: Retry
    counted: str


class Allowances(msgspec.Struct, frozen=True, kw_only=True):
    """Of every counting rule that binds the contact."""

    at: datetime
    allowances: tuple[Allowance, ...]


class Page(Asked, frozen=True, kw_only=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(pattern="^[0-9]{1,18}-[0-9]{1,18}$")] | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class Moment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened, without numbers and addresses. `entry`: its number in the ledger. `erased`: what was
    personal of it is destroyed. `rules`: that blocked."""

    at: datetime
    entry: int
    kind: str
    channel: str = ""
    outcome: str = ""
    attempt: str = ""
    decision_id: str = ""
    rules: tuple[str, ...] = ()
    fact: str = ""
    value: bool | None = None
    debt: str | None = None
    due: date | None = None
    source: str = ""
    by: str = ""
    erased: bool = False


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """In order of time; `next` asks for what follows, null at the end."""

    moments: tuple[Moment, ...]
    next: str | None


class Changing(Asked, frozen=True, kw_only=True):
    """What is left out stays. Each list of hours replaces the one before; dates are those of `debt`, or of the
    person."""

    source: Id
    evidence: Text = ""
    wanted_hours: Annotated[tuple[Hours, ...], Meta(max_length=50)] | None = None
    unwanted_hours: Annotated[tuple[Hours, ...], Meta(max_length=50)] | None = None
    dates: dict[DateName, date] = msgspec.field(default_factory=dict)
    debt: Id | None = None


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """How many entries lost what was personal. Counts stay, and nobody contacts the person any more."""

    entries: int
