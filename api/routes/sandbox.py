"""The clock of a sandbox; without one these paths do nothing."""

from __future__ import annotations

from cadencia.api.call import Answer, Call
from cadencia.api.problem import Problem, invalid
from cadencia.api.route import Route
from cadencia.api.wire.health import Clock, SetClock
from cadencia.store.projection import as_datetime, as_instant


async def set_clock(call: Call) -> Answer:
    """Moves time forward."""
    clock = call.parts.sandbox
    if clock is None:
        raise Problem("not_found")
    asked: SetClock = call.body
    try:
        clock.set(as_instant(asked.now))
    except ValueError:
        raise invalid("/now", "earlier_than_it_was") from None
    await call.parts.publisher.due()
    return Answer(Clock(now=as_datetime(clock())))


ROUTES = (
    Route(method="POST", path="/v1/sandbox/clock", handler=set_clock, scope="operate", body=SetClock, answer=Clock,
          summary="Set the clock of a sandbox forward"),
)  # fmt: skip
