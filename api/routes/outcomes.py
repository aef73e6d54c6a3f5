"""How attempts ended."""

from __future__ import annotations

from cadencia.api.call import Answer, Call
from cadencia.api.problem import invalid
from cadencia.api.route import Route
from cadencia.api.wire.outcomes import Accepted, Happened


async def report(call: Call) -> Answer:
    """Settles an attempt; with `supersedes`, corrects what was reported before."""
    told: Happened = call.body
    if (told.permit is None) == (told.attempt is None):
        raise invalid("/attempt", "one_of_two", words="permit, attempt")
    parts, tenant = call.parts, call.principal.tenant
    if told.permit is not None:
        attempt = parts.ids.read_permit(tenant, told.permit).attempt
    else:
        attempt = parts.ids.read_attempt(tenant, told.attempt or "")
    gate, corrects = parts.gate, told.supersedes is not None
    await (gate.correct if corrects else gate.settle)(attempt, told.kind, told.at, source=told.event_id)
    return Answer(Accepted(accepted=True, attempt=parts.ids.attempt(tenant, attempt), corrected=corrects))


ROUTES = (
    Route(
        method="POST", path="/v1/outcomes", handler=report, scope="contact", body=Happened, answer=Accepted,
        takes_key=True,
        summary="Report how an attempt ended, or correct a report",
        problems=("unknown_permit", "unknown_attempt", "not_placed", "already_settled", "not_settled",
                  "already_corrected", "impossible_time", "ledger_unavailable"),
    ),
)  # fmt: skip
