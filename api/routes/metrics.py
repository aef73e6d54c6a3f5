"""Counters for whoever watches the server."""

from __future__ import annotations

from cadencia.api.call import Answer, Call
from cadencia.api.metrics import MEDIA
from cadencia.api.route import Route


async def metrics(call: Call) -> Answer:
    """OpenMetrics."""
    return Answer(call.parts.metrics.text(), media=MEDIA)


ROUTES = tuple(
    Route(method="GET", path=path, handler=metrics, scope="operate", media=MEDIA, summary="Counters as OpenMetrics")
    for path in ("/v1/metrics", "/metrics")
)
