"""What is asked: one contact that somebody wants to make now, with all that is known."""

from __future__ import annotations

from datetime import date, datetime

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt of the past, as it ended. `at` has its zone. None as an id matches every one."""

    at: datetime
    channel: str = "call"
    kind: str = "placed"
    party: str = "debtor"
    place: str = "unknown"
    actor: str = "third_party_collector"
    purpose: str = "collections"
    inbound: bool = False
    consented: bool = False
    debt: str | None = None
    creditor: str | None = None
    address: str | None = None


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something known of the person, debt or address. `channel` narrows it to one channel; `from_`/`until` date it."""

    name: str
    value: bool = True
    channel: str | None = None
    from_: datetime | None = msgspec.field(name="from", default=None)
    until: datetime | None = None


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of the local day that the person named: [opens, closes) as "HH:MM", on the weekdays 0..6 (Monday 0)."""

    opens: str
    closes: str
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


class Query(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One contact: a (person, debt, address) at an instant.

    Where: `phone` (E.164), `country`, `region` (ISO 3166-2), `postal_code`, `locality` and `zone` (IANA) are clues, all
    count; `jurisdictions` and `zones`, when given, are taken as the answer instead.

    `initiator` left out is `predictive`, which the law binds most; test vectors and tests in rule files, which speak of
    the law for people, assume `preview`. The engine counts every event of `history`, also one after `at`.

    `household`, `workplace` and `account` are ids that a ledger keeps histories under (engine/decider.py). A `history`
    that comes with the query is counted as it is, for every rule.
    """

    channel: str = "call"
    at: datetime | None = None
    phone: str | None = None
    phone_type: str | None = None
    country: str | None = None
    region: str | None = None
    postal_code: str | None = None
    locality: str | None = None
    zone: str | None = None
    jurisdictions: tuple[str, ...] | None = None
    zones: tuple[str, ...] | None = None
    actor: str = "third_party_collector"
    purpose: str = "collections"
    party: str = "debtor"
    place: str = "unknown"
    initiator: str = "predictive"
    debt_type: str = "unknown"
    stage: str = "unknown"
    debt: str | None = None
    creditor: str | None = None
    address: str | None = None
    facts: tuple[Fact, ...] = ()
    dates: dict[str, date] = msgspec.field(default_factory=dict)
    numbers: dict[str, float] = msgspec.field(default_factory=dict)
    history: tuple[Event, ...] = ()
    wanted_hours: tuple[Hours, ...] = ()
    unwanted_hours: tuple[Hours, ...] = ()
    caller_id: str | None = None
    household: str | None = None
    workplace: str | None = None
    account: str | None = None
