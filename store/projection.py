"""What is read out of entries: the payload of each kind as a type, one canonical way to write it. docs/ledger.md
tells."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeVar

import msgspec

from cadencia.engine.decision import Decision
from cadencia.engine.query import Hours, Query
from cadencia.engine.tables import UNIX_OF_EPOCH
from cadencia.store.entry import Draft

MICROSECONDS = 1_000_000
Day = date  # where a field is named date
_encoder = msgspec.json.Encoder(order="sorted")


class ErasedError(LookupError):
    """The payload is gone: the person was erased."""


class Payload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all payloads have: the version of their form."""

    v: int = 1


class Counter(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a counting rule was used: events that count, and at most how many there may be before it blocks. base:
    whose history was counted, `person` or a word of engine/words.py Wider."""

    rule: str
    used: int
    at_most: int
    debt: str | None = None
    base: str = "person"


class Counters(msgspec.Struct, frozen=True, omit_defaults=True):
    """The counting rules that bind the contact, before it and with it; `after` only where it was reserved."""

    before: tuple[Counter, ...] = ()
    after: tuple[Counter, ...] = ()


class Asked(Payload, frozen=True, kw_only=True):
    """`decided` and `reserved`: who asked for what, what was answered and why. id: the asker's name for a check."""

    person: str
    id: str = ""
    asked: str = ""
    query: Query
    debts: tuple[str, ...] = ()
    decision: Decision
    versions: dict[str, date] = msgspec.field(default_factory=dict)
    counters: Counters = Counters()
    initiator: str = ""
    by: str = ""
    attempt: str = ""
    expires: datetime | None = None
    number: str = ""
    caller_id: str | None = None
    trunk: str = ""


class Step(Payload, frozen=True, kw_only=True):
    """`placed`, `released`, `expired`, `settled`, `corrected`: what became of an attempt."""

    attempt: str
    outcome: str = ""
    was: str = ""
    ended: datetime | None = None
    source: str = ""
    why: str = ""
    decision: Decision | None = None
    expires: datetime | None = None
    number: str = ""
    caller_id: str | None = None
    trunk: str = ""


class Past(Payload, frozen=True, kw_only=True):
    """`inbound` and `imported`: a contact that the gate did not reserve."""

    person: str
    channel: str
    outcome: str
    at: datetime
    debt: str | None = None
    creditor: str | None = None
    address: str | None = None
    household: str | None = None
    workplace: str | None = None
    account: str | None = None
    source: str = ""
    batch: str = ""


class Known(Payload, frozen=True, kw_only=True):
    """`fact`: one of a fact, a dated fact, or the hours that the person named."""

    person: str
    source: str = ""
    by: str = ""
    evidence: str = ""
    known_at: datetime | None = None
    fact: str = ""
    value: bool = True
    date: str = ""
    on: Day | None = None
    wanted: tuple[Hours, ...] | None = None
    unwanted: tuple[Hours, ...] | None = None
    scope: str = "person"
    id: str | None = None
    channel: str | None = None
    from_: datetime | None = msgspec.field(name="from", default=None)
    until: datetime | None = None
    hold: str = ""


class Promise(Payload, frozen=True, kw_only=True):
    """`promise`: to pay on a day, or that payment is not possible before one."""

    person: str
    debt: str | None = None
    promise_due: date | None = None
    cannot_pay_until: date | None = None
    amount: str = ""
    attempt: str = ""
    source: str = ""
    by: str = ""


class Published(Payload, frozen=True, kw_only=True):
    """`published`: the rulebook in use from here on, by its hash."""

    rulebook: str
    by: str = ""


P = TypeVar("P", bound=Payload)
_decoders: dict[type, msgspec.json.Decoder[Payload]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Asked, Step, Past, Known, Promise, Published)
}


def written(payload: object) -> bytes:
    """Canonical JSON: keys sorted, no spaces, UTF-8."""
    return _encoder.encode(payload)


def read(draft: Draft, kind: type[P]) -> P:
    """The payload of an entry. ErasedError when it is gone; msgspec.ValidationError, without values, when it is
    none."""
    if not draft.payload:
        raise ErasedError(f"the payload of this {draft.kind!r} entry was erased")
    return read_raw(draft.payload, kind)


def read_raw(payload: bytes, kind: type[P]) -> P:
    """The same of the bytes of a payload."""
    found = _decoders[kind].decode(payload)
    assert isinstance(found, kind)
    return found


def as_datetime(at: int) -> datetime:
    """An instant in microseconds since 1970."""
    seconds, rest = divmod(at, MICROSECONDS)
    whole = _whole(seconds)
    return whole.replace(microsecond=rest) if rest else whole


@lru_cache(maxsize=4_096)
def _whole(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def as_second(at: int) -> int:
    """The second since 2000 of an instant in microseconds since 1970."""
    return at // MICROSECONDS - UNIX_OF_EPOCH


def as_instant(at: datetime) -> int:
    """Microseconds since 1970 of a time with its zone; ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no zone; write it with an offset, like 2026-05-18T09:00-05:00")
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * MICROSECONDS + since.microseconds


def happened(draft: Draft) -> int:
    """When what an entry tells of happened, in microseconds since 1970: of attempts when they left, else as
    recorded."""
    if draft.kind in ("inbound", "imported") and draft.event_at:
        return (draft.event_at + UNIX_OF_EPOCH) * MICROSECONDS
    return draft.at
