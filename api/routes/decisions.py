"""May this contact be made? And, if it may, count it at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from cadencia.api.call import Answer, Call
from cadencia.api.problem import Problem, invalid
from cadencia.api.route import Route
from cadencia.api.wire import decisions as wire
from cadencia.api.wire.decisions import Answered, Asking, PermitGiven
from cadencia.dialer.request import Request, Reserved
from cadencia.engine.query import Fact, Hours, Query
from cadencia.store.projection import as_datetime

#: So that the keys of clients never meet those of other users of the ledger.
KEYS = "api:"
PHONES = frozenset({"call", "voicemail", "sms", "whatsapp"})
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_RANDOM = 8


async def decide(call: Call) -> Answer:
    """Checks or reserves."""
    asking: Asking = call.body
    if asking.intent == "check":
        return Answer(await check(call, asking))
    told, replayed = await reserve(call, asking, lambda: call.idempotency_key)
    return Answer(told, headers=(("Idempotent-Replayed", "true"),) if replayed else ())


async def check(call: Call, asking: Asking) -> Answered:
    """The answer, with nothing counted."""
    parts, tenant = call.parts, call.principal.tenant
    subject = parts.names(tenant).subject(asking.person.id)
    id = parts.ids.decision(tenant, subject, parts.entropy(_RANDOM))
    decision = await parts.gate.check(request_of(tenant, asking), id=id)
    parts.metrics.decided(decision)
    return parts.tellings.answered(decision, call.language, id)


async def reserve(call: Call, asking: Asking, key_of: Callable[[], str]) -> tuple[Answered, bool]:
    """The answer, durable, with a permit if it is allowed; and whether the key had it before. The same key with the
    same request has the same answer."""
    if "contact" not in call.principal.scopes:
        raise Problem("scope_missing", values={"scope": "contact"})
    if asking.at is not None:
        raise invalid("/at", "not_when_reserving")
    if asking.address.value is None:
        raise invalid("/address/value", "needed_to_reserve")
    key = key_of()
    parts, tenant = call.parts, call.principal.tenant
    reserved = await parts.gate.reserve(request_of(tenant, asking), key=KEYS + key)
    id = parts.ids.decision(tenant, parts.names(tenant).subject(asking.person.id), parts.ids.of_key(tenant, key))
    if not reserved.replayed:
        parts.metrics.decided(reserved.decision)
    told = parts.tellings.answered(reserved.decision, call.language, id, permit_given(call, reserved))
    return told, reserved.replayed


def permit_given(call: Call, reserved: Reserved) -> PermitGiven | None:
    """The permit as the client gets it."""
    if reserved.permit is None:
        return None
    ids, tenant = call.parts.ids, call.principal.tenant
    return PermitGiven(
        token=ids.permit(tenant, reserved.permit), attempt=ids.attempt(tenant, reserved.permit.attempt),
        expires_at=as_datetime(reserved.permit.expires),
    )  # fmt: skip


def request_of(tenant: str, asking: Asking) -> Request:
    """What the gate is asked. Problem invalid_fields for what the types cannot say."""
    person, address, debt = asking.person, asking.address, asking.debt
    to_phone = address.channel in PHONES
    if to_phone and address.value is not None and not E164.fullmatch(address.value):
        raise invalid("/address/value", "not_e164")
    if debt.others and debt.id is None:
        raise invalid("/debt/others", "first_debt_missing")
    query = Query(
        channel=address.channel, at=asking.at, phone=address.value if to_phone else None,
        address=None if to_phone else address.value, phone_type=address.phone_type, country=person.country,
        region=person.region, postal_code=person.postal_code, locality=person.locality, zone=person.zone,
        actor=asking.actor, purpose=asking.purpose, party=person.party, place=address.place,
        initiator=asking.initiator, debt_type=debt.type, stage=debt.stage, debt=debt.id, creditor=debt.creditor,
        facts=tuple([_fact(one) for one in asking.facts]),
        dates=asking.dates, numbers=asking.numbers, wanted_hours=hours_of(person.wanted_hours),
        unwanted_hours=hours_of(person.unwanted_hours), caller_id=asking.caller_id, household=person.household,
        workplace=person.workplace, account=debt.account,
    )  # fmt: skip
    return Request(tenant=tenant, person=person.id, query=query, debts=debt.others, trunk=asking.trunk,
                   by=asking.campaign)  # fmt: skip


def _fact(told: wire.Fact) -> Fact:
    return Fact(name=told.name, value=told.value, channel=told.channel, from_=told.from_, until=told.until)


def hours_of(named: tuple[wire.Hours, ...]) -> tuple[Hours, ...]:
    """Hours as the engine has them."""
    return tuple([Hours(opens=one.opens, closes=one.closes, weekdays=one.weekdays) for one in named])


ROUTES = (
    Route(
        method="POST", path="/v1/decisions", handler=decide, scope="decide", body=Asking, answer=Answered,
        summary="Ask whether a contact may be made now, or reserve it",
        problems=("idempotency_key_missing", "idempotency_key_reused", "ledger_unavailable"),
    ),
)  # fmt: skip
