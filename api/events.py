"""Events: what the ledger and the service say to whoever listens, numbered by tenant in the records.

What happens to contacts, facts and promises is taken from the ledger behind its writers, so nobody who decides waits
for it; each entry becomes an event once, whichever process takes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from cadencia.api.ids import Ids
from cadencia.api.wire.events import CloudEvent
from cadencia.store.entry import Entry
from cadencia.store.ledger import Ledger
from cadencia.store.projection import Known, Promise, Step, as_datetime, read
from cadencia.store.records import Event, MovedError, NewEvent, Put, Records, RecordsError

#: Every type that there is, and what its data say.
TYPES: dict[str, str] = {
    "contact.attempted": "it left: attempt",
    "contact.answered": "a person answered: attempt, outcome, ended",
    "contact.abandoned": "a person answered and nobody spoke in time: attempt, outcome, ended",
    "contact.ended": "it ended otherwise: attempt, outcome, ended",
    "contact.released": "given back before it left: attempt, why",
    "optout.recorded": "the person objected: person, fact, value, scope, channel, source",
    "fact.recorded": "anything else became known: as of an objection",
    "promise.created": "a promise to pay, or not to be able to: person, debt, due, cannot_pay_until, amount",
    "rulebook.published": "reviewed rules decide from an instant on: publication, rulebook, effective_at, approved_by",
    "rulebook.rolled_back": "the rules before decide again: publication, rulebook, reason",
    "audit.recorded": "somebody changed something of the service: who, did, what",
    "webhook.test": "asked for by whoever tries a webhook",
}  # fmt: skip
_ANSWERED = frozenset({"conversation", "right_party_contact", "wrong_party", "refusal", "promise"})
_KINDS = ("placed", "settled", "corrected", "released", "fact", "promise")
_KIND, _ID = "feed", "ledger"
_AT_ONCE = 500
_TRIES = 20


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the records keep it."""

    time: datetime
    data: dict[str, object]


class _Upto(msgspec.Struct, frozen=True):
    n: int


def new_event(type: str, at: int, **data: object) -> NewEvent:
    """An event to be written beside what it tells of."""
    assert type in TYPES, type
    return NewEvent(type, msgspec.json.encode(Body(time=as_datetime(at), data=data)))


def cloud(event: Event) -> CloudEvent:
    """An event as it leaves the house."""
    body = msgspec.json.decode(event.body, type=Body)
    return CloudEvent(id=f"ev_{event.n}", source=f"/tenants/{quote(event.tenant, safe='')}", type=event.type,
                      time=body.time, sequence=event.n, data=body.data)  # fmt: skip


class Feed:
    """Turns new entries of the ledger into events."""

    def __init__(self, ledger: Ledger, records: Records, ids: Ids, now: Callable[[], int]) -> None:
        self._ledger, self._records, self._ids, self._now = ledger, records, ids, now
        self._upto: int | None = None

    async def step(self) -> int:
        """Takes what is new; how many entries it has looked past. A ledger that is fed for the first time is fed from
        its end."""
        head, _ = await self._ledger.head()
        if self._upto is None:
            self._upto = await self._begin(head)
        began = self._upto
        while self._upto < head:
            found = [one async for one in self._ledger.entries(after=self._upto, kinds=_KINDS, limit=_AT_ONCE)]
            found = [one for one in found if one.n <= head]
            by_tenant: dict[str, list[Entry]] = {}
            for entry in found:
                by_tenant.setdefault(entry.tenant, []).append(entry)
            for tenant, entries in by_tenant.items():
                await self._write(tenant, entries)
            self._upto = found[-1].n if len(found) == _AT_ONCE else head
        if self._upto > began:
            await self._records.write("", [Put(_KIND, _ID, _said(self._upto))], at=self._now())
        return self._upto - began

    async def _begin(self, head: int) -> int:
        claimed = await self._records.claim("", _KIND, _ID, _said(head), until=None, at=self._now())
        return msgspec.json.decode(claimed.document.body, type=_Upto).n

    async def _write(self, tenant: str, entries: list[Entry]) -> None:
        """The events of those entries that no process has written yet: how far that is stands beside the events."""
        for _ in range(_TRIES):
            kept = await self._records.get(tenant, _KIND, _ID)
            upto = msgspec.json.decode(kept.body, type=_Upto).n if kept is not None else 0
            newer = [entry for entry in entries if entry.n > upto]
            if not newer:
                return
            put = Put(_KIND, _ID, _said(newer[-1].n), kept.version if kept is not None else 0)
            told = [event for entry in newer if (event := event_of(entry, self._ids)) is not None]
            try:
                await self._records.write(tenant, [put], told, at=self._now())
            except MovedError:
                continue  # another process was faster: see how far it came
            return
        raise RecordsError("the feed keeps moving; it is tried again")


def event_of(entry: Entry, ids: Ids) -> NewEvent | None:
    """What an entry says to its tenant; None where it was erased."""
    if not entry.salt:
        return None
    if entry.kind == "fact":
        return _fact(entry)
    if entry.kind == "promise":
        told = read(entry, Promise)
        return new_event("promise.created", entry.at, **_said_of(
            person=told.person, debt=told.debt, due=told.promise_due, cannot_pay_until=told.cannot_pay_until,
            amount=told.amount, attempt=told.attempt))  # fmt: skip
    step, attempt = read(entry, Step), ids.attempt(entry.tenant, entry.attempt)
    if entry.kind == "placed":
        return new_event("contact.attempted", entry.at, attempt=attempt)
    if entry.kind == "released":
        return new_event("contact.released", entry.at, **_said_of(attempt=attempt, why=step.why))
    abandoned = step.outcome == "abandoned"
    type = "contact.abandoned" if abandoned else "contact.answered" if step.outcome in _ANSWERED else "contact.ended"
    return new_event(type, entry.at, **_said_of(attempt=attempt, outcome=step.outcome, ended=step.ended, was=step.was,
                                                corrected=entry.kind == "corrected" or None))  # fmt: skip


def _fact(entry: Entry) -> NewEvent:
    told = read(entry, Known)
    type = "optout.recorded" if told.fact == "opt_out" and told.value else "fact.recorded"
    name = told.fact or told.date or "hours"
    return new_event(type, entry.at, **_said_of(
        person=told.person, fact=name, value=told.value, on=told.on, scope=told.scope, channel=told.channel,
        hold=told.hold, until=told.until, source=told.source))  # fmt: skip


def _said_of(**told: Any) -> dict[str, object]:
    return {name: value for name, value in told.items() if value not in (None, "")}


def _said(n: int) -> bytes:
    return msgspec.json.encode(_Upto(n))
