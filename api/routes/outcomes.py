"""How attempts ended."""

from __future__ import annotations

from cadencia.api.call import Answer, Call
from cadencia.api.problem import invalid
from cadencia.api.route import Route
from cadencia.api.wire.outcomes import Accepted, Happened


async def report(call: Call) -> Answer:
    """Settles an attempt; with `supersedes`, corrects what was reported before."""
    return Answer(await record(call, call.body))


async def record(call: Call, told: Happened) -> Accepted:
    """The same of any report; durable when it returns."""
    attempt = attempt_of(call, told)
    gate, corrects = call.parts.gate, told.supersedes is not None
    await (gate.correct if corrects else gate.settle)(attempt, told.kind, told.at, source=told.event_id)
    named = call.parts.ids.attempt(call.principal.tenant, attempt)
    return Accepted(accepted=True, attempt=named, corrected=corrects)


def attempt_of(call: Call, told: Happened) -> str:
    """The gate's id of it. Problem unknown_permit, unknown_attempt, or invalid_fields when it is not named once."""
    if (told.permit is None) == (told.attempt is None):
        raise invalid("/attempt", "one_of_two", words="permit, attempt")
    ids, tenant = call.parts.ids, call.principal.tenant
    if told.permit is not None:
        return ids.read_permit(tenant, told.permit).attempt
    return ids.read_attempt(tenant, told.attempt or "")


CAN = ("unknown_permit", "unknown_attempt", "not_placed", "already_settled", "not_settled", "already_corrected",
       "impossible_time", "ledger_unavailable")  # fmt: skip
ROUTES = (
    Route(
        method="POST", path="/v1/outcomes", handler=report, scope="contact", body=Happened, answer=Accepted,
        takes_key=True,
        summary="Report how an attempt ended, or correct a report",
        problems=CAN,
    ),
)  # fmt: skip
