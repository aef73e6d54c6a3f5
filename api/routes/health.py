"""Is all well? What is degraded, and what the configuration leaves open."""

from __future__ import annotations

from cadencia.api.call import Answer, Call
from cadencia.api.parts import Parts
from cadencia.api.route import Route
from cadencia.api.wire.decisions import Book
from cadencia.api.wire.health import Health
from cadencia.store.projection import as_datetime

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


async def health(call: Call) -> Answer:
    """200 when contacts can be decided, 503 when all are denied."""
    gate = call.parts.gate
    degraded = tuple(filter(None, (gate.refuses, call.parts.publisher.failed)))
    told = Health(
        status="degraded" if degraded else "ok", version=call.parts.version, now=as_datetime(call.now),
        rulebook=Book(hash=call.parts.rulebook.hash), in_flight=gate.in_flight, degraded=degraded,
        unprotected=unprotected(call.parts),
    )  # fmt: skip
    return Answer(told, status=503 if degraded else 200)


def unprotected(parts: Parts) -> tuple[str, ...]:
    """What a careful operator would not leave so, by the option that does."""
    config, found = parts.config, []
    if not config.listen.tls_cert and not config.listen.unix and config.listen.host not in _LOOPBACK:
        found.append("listen.tls_cert: keys travel unencrypted")
    if not config.law.archive:
        found.append("law.archive: rulebooks in use are not kept, so no evidence can be made of them later")
    if parts.sandbox is not None:
        found.append("sandbox.clock: time stands still")
    if config.sandbox.tenant:
        found.append("sandbox.tenant: a key was printed at the start")
    return tuple(found)


ROUTES = (
    Route(method="GET", path="/v1/health", handler=health, scope=None, answer=Health,
          summary="What is degraded, what is unprotected"),
)  # fmt: skip
