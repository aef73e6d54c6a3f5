"""Permits: placed when the contact leaves, released when it does not."""

from __future__ import annotations

from cadencia.api.call import Answer, Call
from cadencia.api.route import Route
from cadencia.api.wire.permits import PlacedAnswer, Released, Releasing


async def place(call: Call) -> Answer:
    """Decides again, under the rules and facts of this moment; only `placed` may leave."""
    parts, tenant = call.parts, call.principal.tenant
    placed = await parts.gate.place(parts.ids.read_permit(tenant, call.values["token"]))
    attempt = parts.ids.attempt(tenant, placed.attempt)
    return Answer(parts.tellings.placed(placed.placed, placed.decision, call.language, attempt))


async def release(call: Call) -> Answer:
    """Gives an unplaced reservation back."""
    asked: Releasing = call.body
    parts = call.parts
    await parts.gate.release(parts.ids.read_permit(call.principal.tenant, call.values["token"]), why=asked.why)
    return Answer(Released(released=True))


_CAN = ("unknown_permit", "unknown_attempt", "permit_spent", "ledger_unavailable")
ROUTES = (
    Route(
        method="POST", path="/v1/permits/{token}:place", handler=place, scope="contact", answer=PlacedAnswer,
        summary="The contact leaves now: consume the permit", problems=_CAN,
    ),
    Route(
        method="POST", path="/v1/permits/{token}:release", handler=release, scope="contact", body=Releasing,
        may_be_empty=True, takes_key=True, answer=Released,
        summary="The contact was not made: give the reservation back", problems=_CAN,
    ),
)  # fmt: skip
