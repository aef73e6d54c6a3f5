"""What people said, and what is known of them: consents, objections, holds, promises, contacts of their own."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from cadencia.api.wire.decisions import Asked
from cadencia.api.wire.words import (
    Actor,
    Channel,
    FactName,
    Id,
    Instant,
    Outcome,
    Party,
    Purpose,
    Text,
    Token,
)
from cadencia.dialer.people import HOLDS
from cadencia.engine import words

if TYPE_CHECKING:
    Consent: TypeAlias = str
    Hold: TypeAlias = str
else:
    Consent = Literal[tuple(name for name in words.FACTS if "consent" in name)]
    Hold = Literal[tuple(HOLDS)]

#: A phone number in E.164, a mailbox, or an address as it is written in decisions.
AddressValue = Annotated[str, Meta(min_length=1, max_length=320)]


class Recording(Asked, frozen=True, kw_only=True):
    """`source`: how it is known, as a call, a letter or a register. `evidence`: where the proof is kept."""

    person: Id
    source: Id
    evidence: Text = ""


class Consenting(Recording, frozen=True, kw_only=True):
    """`value` false: refused or withdrawn. About one debt or one address if it is named, else about the person."""

    name: Consent = "prior_consent"
    value: bool = True
    channel: Channel | None = None
    debt: Id | None = None
    address: AddressValue | None = None
    from_: Instant | None = msgspec.field(name="from", default=None)
    until: Instant | None = None


class Knowing(Recording, frozen=True, kw_only=True):
    """Any fact that the rules know. About one debt or one address if it is named, else about the person."""

    name: FactName
    value: bool = True
    channel: Channel | None = None
    debt: Id | None = None
    address: AddressValue | None = None
    from_: Instant | None = msgspec.field(name="from", default=None)
    until: Instant | None = None


class Refusing(Recording, frozen=True, kw_only=True):
    """`channel`, `address`: left out, all of them. `value` false: it is taken back."""

    value: bool = True
    channel: Channel | None = None
    address: AddressValue | None = None
    from_: Instant | None = msgspec.field(name="from", default=None)
    until: Instant | None = None


class Holding(Recording, frozen=True, kw_only=True):
    """`debt`: only a dispute or hardship may be about one. `value` false: it is lifted."""

    kind: Hold
    value: bool = True
    debt: Id | None = None
    until: Instant | None = None


class Money(Asked, frozen=True, kw_only=True):
    """An amount in a currency of ISO 4217."""

    amount: Annotated[str, Meta(pattern=r"^[0-9]{1,15}(\.[0-9]{1,4})?$", examples=["125000.00"])]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["CLP"])]


class Promising(Recording, frozen=True, kw_only=True):
    """Exactly one of `due`, the local day of a promised payment, and `cannot_pay_until`. `attempt`: in which it was
    said."""

    due: date | None = None
    cannot_pay_until: date | None = None
    debt: Id | None = None
    amount: Money | None = None
    attempt: Token | None = None


class CameIn(Asked, frozen=True, kw_only=True):
    """The person contacted us. `outcome`: what became of it, if more is known than that."""

    person: Id
    at: Instant
    channel: Channel = "call"
    outcome: Outcome | Literal["inbound"] = "inbound"
    debt: Id | None = None
    creditor: Id | None = None
    address: AddressValue | None = None
    household: Id | None = None
    workplace: Id | None = None
    account: Id | None = None
    party: Party = "debtor"
    actor: Actor = "third_party_collector"
    purpose: Purpose = "collections"
    source: Text = ""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """It is durable and counts from now on, for permits already given too."""

    recorded: bool
    at: datetime
