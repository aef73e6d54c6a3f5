"""POST /v1/decisions: one contact that somebody wants to make, and the answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from cadencia.api.wire.words import (
    Actor,
    Amount,
    Channel,
    ClockTime,
    Country,
    DateName,
    DebtType,
    FactName,
    Id,
    Initiator,
    Instant,
    NumberName,
    Party,
    Place,
    Purpose,
    Region,
    Stage,
    Text,
    Weekday,
)
from cadencia.engine.decision import Duty


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent. A field that is not known is refused."""


class Hours(Asked, frozen=True, kw_only=True):
    """Hours of the local day that the person named: from `opens` to just before `closes`, Monday is 0."""

    opens: ClockTime
    closes: ClockTime
    weekdays: Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)] = (0, 1, 2, 3, 4, 5, 6)


class Person(Asked, frozen=True, kw_only=True):
    """Whose counters they are, and clues to where the person is: all of them count. `household`, `workplace`: shared
    with others, for rules that count over all of them."""

    id: Id
    party: Party = "debtor"
    country: Country | None = None
    region: Region | None = None
    postal_code: Text | None = None
    locality: Text | None = None
    zone: Text | None = None
    household: Id | None = None
    workplace: Id | None = None
    wanted_hours: Annotated[tuple[Hours, ...], Meta(max_length=50)] = ()
    unwanted_hours: Annotated[tuple[Hours, ...], Meta(max_length=50)] = ()


class Debt(Asked, frozen=True, kw_only=True):
    """What the contact is about. `others`: further debts of the same creditor that the same contact is about."""

    id: Id | None = None
    creditor: Id | None = None
    type: DebtType = "unknown"
    stage: Stage = "unknown"
    account: Id | None = None
    others: Annotated[tuple[Id, ...], Meta(max_length=30)] = ()


class Address(Asked, frozen=True, kw_only=True):
    """Where the contact goes. `value` is a phone number in E.164 for call, voicemail, sms and whatsapp, else a mailbox
    or an address as the producer writes it; a reservation needs it."""

    channel: Channel
    value: Annotated[str, Meta(min_length=1, max_length=320)] | None = None
    place: Place = "unknown"
    phone_type: Literal["mobile", "landline", "voip", "unknown"] | None = None


class Fact(Asked, frozen=True, kw_only=True):
    """Something known of the person, the debt or the address."""

    name: FactName
    value: bool = True
    channel: Channel | None = None
    from_: Instant | None = msgspec.field(name="from", default=None)
    until: Instant | None = None


class Asking(Asked, frozen=True, kw_only=True):
    """`check` answers, `reserve` answers and counts the contact at once. `at`: for a check, another instant than
    now."""

    person: Person
    address: Address
    intent: Literal["check", "reserve"] = "check"
    debt: Debt = Debt()
    initiator: Initiator = "predictive"
    purpose: Purpose = "collections"
    actor: Actor = "third_party_collector"
    caller_id: Text | None = None
    trunk: Text = ""
    campaign: Text = ""
    facts: Annotated[tuple[Fact, ...], Meta(max_length=200)] = ()
    dates: dict[DateName, date] = {}
    numbers: dict[NumberName, Amount] = {}
    at: Instant | None = None


#: What it means when `retry_at` is null; `at` when it is an instant.
Retry = Literal["at", "never", "needs_fact", "beyond_horizon"]


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """The law's own place, and whether counsel has read our reading of it."""

    law: str
    status: Literal["reviewed", "unreviewed"]


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that blocks. `code` never changes; `message` is in the language asked for. `retry` says what it means
    when `retry_at` is null."""

    code: str
    rule: str
    message: str
    retry_at: datetime | None
    retry: Retry
    article: Article | None = None
    jurisdiction: str = ""
    force: str = ""
    reading: str = ""


class PermitGiven(msgspec.Struct, frozen=True, kw_only=True):
    """To be placed once, before `expires_at`."""

    token: str
    attempt: str
    expires_at: datetime
    max_uses: int = 1


class Jurisdiction(msgspec.Struct, frozen=True, kw_only=True):
    """A jurisdiction that applies, and by which clues."""

    code: str
    because: tuple[str, ...]


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """The rules that decided."""

    hash: str


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer. A refusal is an answer: status 200, `outcome` deny. `retry_at`: the first instant at which nothing
    blocks; null, `retry` says why there is none."""

    decision_id: str
    outcome: Literal["allow", "deny"]
    at: datetime
    retry_at: datetime | None
    retry: Retry
    rulebook: Book
    permit: PermitGiven | None = None
    reasons: tuple[Reason, ...] = ()
    obligations: tuple[Duty, ...] = ()
    jurisdictions: tuple[Jurisdiction, ...] = ()
    zones: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
