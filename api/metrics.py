"""What is counted of requests and decisions, as OpenMetrics. Counting is adding to a number; it is put into words when
somebody asks."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from cadencia.api.telling import code_of
from cadencia.dialer.gate import Gate
from cadencia.engine.decision import Decision

MEDIA = CONTENT_TYPE_LATEST
_BOUNDS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics(Collector):
    """Belongs to the event loop, as the gate does."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._decided: dict[tuple[str, str], int] = defaultdict(int)
        self._requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self._seconds: dict[str, list[int]] = defaultdict(lambda: [0] * (len(_BOUNDS_S) + 1))
        self._sums: dict[str, float] = defaultdict(float)
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def decided(self, decision: Decision) -> None:
        """Counts the verdict, under every reason that blocked."""
        if decision.verdict == "allow":
            self._decided["allow", ""] += 1
        else:
            for reason in decision.reasons:
                self._decided["deny", code_of(reason)] += 1

    def answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """Counts a request; path: the route's, with names in braces."""
        self._requests[method, path, status] += 1
        self._seconds[path][bisect_left(_BOUNDS_S, seconds)] += 1
        self._sums[path] += seconds

    def text(self) -> bytes:
        """All of it as OpenMetrics."""
        text: bytes = generate_latest(self._registry)  # type: ignore[no-untyped-call]
        return text

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]:
        decisions = CounterMetricFamily(
            "contact_decisions", "Decisions by verdict; a refusal counts under each reason", labels=["verdict", "rule"]
        )
        for (verdict, rule), count in self._decided.items():
            decisions.add_metric([verdict, rule], count)
        requests = CounterMetricFamily("http_requests", "Requests answered", labels=["method", "route", "status"])
        for (method, path, status), count in self._requests.items():
            requests.add_metric([method, path, str(status)], count)
        seconds = HistogramMetricFamily("http_request_seconds", "From the request read to its answer", labels=["route"])
        for path, counts in self._seconds.items():
            seconds.add_metric([path], _buckets(counts), self._sums[path])
        flight = GaugeMetricFamily("contacts_in_flight", "Attempts reserved or placed without an outcome")
        flight.add_metric([], self._gate.in_flight)
        yield from (decisions, requests, seconds, flight)


def _buckets(counts: list[int]) -> list[tuple[str, int]]:
    bounds = [*(str(bound) for bound in _BOUNDS_S), "+Inf"]
    return [(bound, sum(counts[: n + 1])) for n, bound in enumerate(bounds)]
