"""What happened, after a cursor."""

from __future__ import annotations

from urllib.parse import urlencode

from cadencia.api.call import Answer, Call
from cadencia.api.events import TYPES, cloud
from cadencia.api.problem import invalid
from cadencia.api.route import Route
from cadencia.api.wire.events import AfterCursor, Events


async def events(call: Call) -> Answer:
    """A page of the tenant's events, oldest first."""
    asked: AfterCursor = call.query
    wanted = types_of(asked.types)
    records, tenant = call.parts.records, call.principal.tenant
    found = await records.events(tenant, after=asked.after, limit=asked.limit)
    if not found and asked.wait_s and await records.wait(tenant, after=asked.after, timeout_s=asked.wait_s):
        found = await records.events(tenant, after=asked.after, limit=asked.limit)
    after = found[-1].n if found else asked.after
    told = Events(
        events=tuple(cloud(event) for event in found if not wanted or event.type in wanted), after=after,
        next="/v1/events?" + urlencode({"after": after, "limit": asked.limit, "types": asked.types}),
        missed=found[0].n - asked.after - 1 if found else 0,
    )  # fmt: skip
    return Answer(told)


def types_of(text: str) -> frozenset[str]:
    """The types that are named; empty for all. Problem invalid_fields for one that is none."""
    names = frozenset(text.split(",")) if text else frozenset()
    if names - set(TYPES):
        raise invalid("?types", "not_a_word", words=", ".join(TYPES))
    return names


ROUTES = (
    Route(method="GET", path="/v1/events", handler=events, scope="read", query=AfterCursor, answer=Events,
          summary="What happened, after a cursor"),
)  # fmt: skip
