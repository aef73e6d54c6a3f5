"""What people said and what is known of them: recorded in the ledger, and obeyed from that moment."""

from __future__ import annotations

import re
from datetime import datetime

from cadencia.api.call import Answer, Call
from cadencia.api.problem import invalid
from cadencia.api.route import Handler, Route
from cadencia.api.routes.decisions import E164, PHONES
from cadencia.api.wire.facts import CameIn, Consenting, Holding, Knowing, Promising, Recorded, Recording, Refusing
from cadencia.dialer.notes import Source
from cadencia.dialer.people import HOLDS
from cadencia.store.projection import as_datetime

_LIKE_A_NUMBER = re.compile(r"[+\d\s().\-/]+")


async def known(call: Call) -> Answer:
    """A consent, or any other fact."""
    told: Consenting | Knowing = call.body
    if told.debt is not None and told.address is not None:
        raise invalid("/address", "one_of_two", words="debt, address")
    scope = "debt" if told.debt is not None else "person" if told.address is None else "address"
    return await _record(call, told, told.name, scope, told.debt or told.address)


async def opt_out(call: Call) -> Answer:
    """The person refuses a channel, an address or everything."""
    return await _refusal(call, "opt_out")


async def suppress(call: Call) -> Answer:
    """A list or register forbids it."""
    return await _refusal(call, "do_not_call")


async def hold(call: Call) -> Answer:
    """A lawyer, a bankruptcy, a death, a dispute or hardship: set or lifted."""
    told: Holding = call.body
    if told.debt is not None and HOLDS[told.kind][1] == "person":
        raise invalid("/debt", "about_the_person")
    await call.parts.gate.hold(call.principal.tenant, told.person, told.kind, source=source_of(call, told),
                               debt=told.debt, on=told.value, until=told.until)  # fmt: skip
    return recorded(call)


async def promise(call: Call) -> Answer:
    """The person promises to pay on a day, or says that it is not possible before one."""
    told: Promising = call.body
    gate, tenant, source = call.parts.gate, call.principal.tenant, source_of(call, told)
    if (told.due is None) == (told.cannot_pay_until is None):
        raise invalid("/due", "one_of_two", words="due, cannot_pay_until")
    if told.cannot_pay_until is not None:
        for name in ("amount", "attempt"):
            if getattr(told, name) is not None:
                raise invalid(f"/{name}", "only_with_due")
        await gate.cannot_pay_until(tenant, told.person, told.cannot_pay_until, source=source, debt=told.debt)
        return recorded(call)
    assert told.due is not None
    attempt = "" if told.attempt is None else call.parts.ids.read_attempt(tenant, told.attempt)
    amount = "" if told.amount is None else f"{told.amount.amount} {told.amount.currency}"
    await gate.promise(tenant, told.person, told.due, source=source, debt=told.debt, amount=amount, attempt=attempt)
    return recorded(call)


async def came_in(call: Call) -> Answer:
    """The person contacted us."""
    told: CameIn = call.body
    _check_address(told.channel, told.address)
    await call.parts.gate.inbound(
        call.principal.tenant, told.person, told.at, channel=told.channel, outcome=told.outcome, debt=told.debt,
        creditor=told.creditor, address=told.address, household=told.household, workplace=told.workplace,
        account=told.account, party=told.party, actor=told.actor, purpose=told.purpose, source=told.source,
    )  # fmt: skip
    return recorded(call)


async def _refusal(call: Call, fact: str) -> Answer:
    told: Refusing = call.body
    return await _record(call, told, fact, "person" if told.address is None else "address", told.address)


async def _record(
    call: Call, told: Consenting | Knowing | Refusing, fact: str, scope: str, id: str | None
) -> Answer:  # fmt: skip
    _check_address(told.channel, told.address)
    check_span(told.from_, told.until)
    await call.parts.gate.record_fact(
        call.principal.tenant, told.person, fact, told.value, source=source_of(call, told), scope=scope, id=id,
        channel=told.channel, from_=told.from_, until=told.until,
    )  # fmt: skip
    return recorded(call)


def source_of(call: Call, told: Recording) -> Source:
    """Where it comes from; by: whoever has the key."""
    return Source(source=told.source, evidence=told.evidence, by=call.principal.who)


def recorded(call: Call) -> Answer:
    """That it is."""
    return Answer(Recorded(recorded=True, at=as_datetime(call.now)), status=201)


def check_span(start: datetime | None, end: datetime | None) -> None:
    """Problem for an end that is not behind its beginning."""
    if start is not None and end is not None and end <= start:
        raise invalid("/until", "not_after_from")


def _check_address(channel: str | None, address: str | None) -> None:
    """A number that is written otherwise than decisions have it would stop nothing."""
    if address is None:
        return
    is_number = channel in PHONES or (channel is None and _LIKE_A_NUMBER.fullmatch(address))
    if is_number and not E164.fullmatch(address):
        raise invalid("/address", "not_e164")


def _post(path: str, handler: Handler, body: type, summary: str, *problems: str) -> Route:
    return Route(method="POST", path=path, handler=handler, scope="facts", body=body, answer=Recorded, status=201,
                 needs_key=True, summary=summary, problems=("ledger_unavailable", *problems))  # fmt: skip


ROUTES = (
    _post("/v1/consents", known, Consenting, "Record a consent, or that it was refused or withdrawn"),
    _post("/v1/facts", known, Knowing, "Record anything else that the rules ask about a person, debt or address"),
    _post("/v1/opt-outs", opt_out, Refusing, "Record that a person refuses a channel, an address or everything"),
    _post("/v1/suppressions", suppress, Refusing, "Record that a list or register forbids calling a person"),
    _post("/v1/claims", hold, Holding, "Set or lift a hold: lawyer, bankruptcy, death, dispute, hardship"),
    _post("/v1/promises", promise, Promising, "Record a promise to pay, or that it is not possible before a day",
          "unknown_attempt"),
    _post("/v1/inbound", came_in, CameIn, "Record that a person contacted us", "impossible_time"),
)  # fmt: skip
