"""The entries that the gate writes about attempts, see docs/ledger.md."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from cadencia.dialer.attempts import Attempt, with_kind
from cadencia.dialer.judge import Contact, Judge, Judged
from cadencia.dialer.permits import Permit
from cadencia.dialer.refusals import GateError
from cadencia.dialer.request import Request
from cadencia.dialer.state import State
from cadencia.engine.decision import Decision
from cadencia.engine.history import attributes, word
from cadencia.engine.query import Query
from cadencia.engine.words import Actor, Channel, EventKind, Party, Place, Purpose
from cadencia.store.entry import Draft
from cadencia.store.projection import Asked, Counters, Step, as_datetime, as_instant, as_second, written

#: How an attempt may end. `placed`: it is only known that it left.
OUTCOMES = tuple(kind.name for kind in EventKind if kind.name not in ("pending", "void", "inbound"))


def outcome_of(name: str) -> EventKind:
    """GateError for a word that is no outcome."""
    if name not in OUTCOMES:
        raise GateError(f"outcome: {name!r} is none; one of: {', '.join(OUTCOMES)}")
    return EventKind[name]


def decided(
    request: Request, contact: Contact, judged: Judged, judge: Judge, at: int, *, about: int, erased: bool,
    key: str = "", digest: str = "", id: str = "",
) -> Draft:  # fmt: skip
    """A decision at `at` about the instant `about` that reserves nothing. Of who was erased nothing personal is said
    anew, so it answers no key."""
    if erased:
        return _decided_of_nobody(request, contact, judged, at, about, id=id)
    before = judge.counters(judged, contact.subject, about)
    asked = _asked(request, judged, judge, Counters(before), digest, id=id)
    return Draft(
        at=at, tenant=request.tenant, kind="decided", subject=contact.subject, debts=contact.debts,
        **_ids(contact), key=key, payload=written(asked),
    )  # fmt: skip


def _decided_of_nobody(request: Request, contact: Contact, judged: Judged, at: int, about: int, *, id: str) -> Draft:
    asked = request.query
    query = Query(at=as_datetime(about).replace(microsecond=0), channel=asked.channel, purpose=asked.purpose,
                  initiator=asked.initiator)  # fmt: skip
    told = Asked(person="", id=id, query=query, decision=judged.decision, initiator=asked.initiator, by=request.by)
    return Draft(at=at, tenant=request.tenant, kind="decided", subject=contact.subject, payload=written(told))


def reserved(
    request: Request, contact: Contact, judged: Judged, judge: Judge, state: State, at: int, permit: Permit,
    *, key: str, digest: str,
) -> Draft:  # fmt: skip
    """A pending attempt, dated when its permit ends. SlotError when it does not fit into the histories."""
    before = judge.counters(judged, contact.subject, at)
    draft = Draft(
        at=at, tenant=request.tenant, kind="reserved", subject=contact.subject, attempt=permit.attempt,
        event_at=as_second(permit.expires), event_attr=judged.prepared[0].attributes, debts=contact.debts,
        **_ids(contact), key=key,
    )  # fmt: skip
    tried = state.try_on(draft)
    after = judge.counters(judged, contact.subject, at)
    state.take_off(tried)
    asked = _asked(
        request, judged, judge, Counters(before, after), digest, attempt=permit.attempt,
        expires=as_datetime(permit.expires), number=permit.number, caller_id=permit.caller_id, trunk=permit.trunk,
    )  # fmt: skip
    return msgspec.structs.replace(draft, payload=written(asked))


def step(attempt: Attempt, kind: str, event: EventKind, at: int, event_at: int, **told: object) -> Draft:
    """What became of an attempt: from here on it counts as `event`, in the second `event_at`."""
    was = attempt.draft
    return Draft(
        at=at, tenant=was.tenant, kind=kind, subject=was.subject, attempt=attempt.id, event_at=event_at,
        event_attr=with_kind(was.event_attr, event), debts=was.debts, address=was.address, creditor=was.creditor,
        household=was.household, workplace=was.workplace, account=was.account,
        payload=written(Step(attempt=attempt.id, **told)),  # type: ignore[arg-type]
    )  # fmt: skip


def placed(attempt: Attempt, permit: Permit, decision: Decision, at: int) -> Draft:
    """It leaves now; until it is settled it counts as everything."""
    return step(attempt, "placed", EventKind.pending, at, as_second(at), decision=decision, number=permit.number,
                caller_id=permit.caller_id, trunk=permit.trunk)  # fmt: skip


def ended(
    attempt: Attempt, kind: str, outcome: EventKind, at: int, when: int, *, was: str = "", source: str = ""
) -> Draft:
    """`settled` or `corrected`. Of an attempt whose placing was not recorded before a crash it is only known that it
    left while its permit held, and before it ended."""
    event_at = attempt.draft.event_at
    if attempt.placed_at is None:
        event_at = min(event_at, as_second(when))
    told: dict[str, object] = {"outcome": outcome.name, "ended": as_datetime(when), "was": was, "source": source}
    return step(attempt, kind, outcome, at, event_at, **told)


def event_of(
    kind: EventKind, channel: str, *, party: str = "debtor", place: str = "unknown", actor: str, purpose: str,
    inbound: bool = False, consent: bool = False,
) -> int:  # fmt: skip
    """The attributes of an event; ValueError names a word that is none."""
    return attributes(
        channel=word(Channel, channel), kind=kind, party=word(Party, party), place=word(Place, place),
        actor=word(Actor, actor), purpose=word(Purpose, purpose), inbound=inbound, consented=consent,
    )  # fmt: skip


def _ids(contact: Contact) -> dict[str, Any]:
    ids = contact.ids[0]
    return {
        "address": ids.address, "creditor": ids.creditor, "household": ids.household, "workplace": ids.workplace,
        "account": ids.account,
    }  # fmt: skip


def _asked(request: Request, judged: Judged, judge: Judge, counters: Counters, digest: str, **more: Any) -> Asked:
    return Asked(
        person=request.person, asked=digest, query=judged.queries[0], debts=request.debts, decision=judged.decision,
        versions=judge.from_days(judged.decision, counters.before), counters=counters,
        initiator=request.query.initiator, by=request.by, **more,
    )  # fmt: skip


def instant_of(at: datetime) -> int:
    """Microseconds since 1970; GateError for a naive time."""
    try:
        return as_instant(at)
    except (ValueError, AttributeError, TypeError, OverflowError):
        raise GateError("at: a time with its zone or offset is needed, like 2026-05-18T09:00-05:00") from None
