"""How often a key may ask: a bucket for each key and budget, which fills again steadily. Each process counts by
itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil
from typing import Literal

from cadencia.api.config import Rates
from cadencia.api.problem import Problem
from cadencia.api.route import Route

Budget = Literal["decide", "bulk", "read", "change"]
Headers = tuple[tuple[str, str], ...]
WINDOW_S = 60
_MOST_BUCKETS = 100_000
_DECIDING = frozenset({"decide", "contact"})


def budget_of(route: Route) -> Budget | None:
    """Which budget a route is taken from; None where no key is asked for."""
    if route.scope is None:
        return None
    if route.stream:
        return "bulk"
    if route.method == "GET":
        return "read"
    return "decide" if route.scope in _DECIDING else "change"


class Limiter:
    """stopwatch: seconds since any instant, also where the clock of a sandbox stands still."""

    def __init__(self, rates: Rates, routes: Iterable[Route], stopwatch: Callable[[], float]) -> None:
        most = {"decide": rates.decide, "bulk": rates.bulk, "read": rates.read, "change": rates.change}
        budgets = {(route.method, route.path): budget_of(route) for route in routes}
        self._of = {at: (budget, most[budget]) for at, budget in budgets.items() if budget and most[budget]}
        self._stopwatch = stopwatch
        self._buckets: dict[tuple[str, Budget], tuple[float, float]] = {}

    def take(self, route: Route, who: str) -> Headers:
        """One request of a key: the headers that say what is left, none where nothing is limited. Problem
        rate_limited."""
        found = self._of.get((route.method, route.path))
        if found is None:
            return ()
        budget, most = found
        now = self._stopwatch()
        left, then = self._buckets.get((who, budget), (float(most), now))
        a_second = most / WINDOW_S
        left = min(float(most), left + (now - then) * a_second)
        enough = left >= 1
        left -= enough
        self._keep((who, budget), left, now)
        headers = (
            ("RateLimit-Policy", f'"{budget}";q={most};w={WINDOW_S}'),
            ("RateLimit", f'"{budget}";r={int(left)};t={ceil((most - left) / a_second)}'),
        )
        if not enough:
            wait = max(1, ceil((1 - left) / a_second))
            raise Problem("rate_limited", headers=[*headers, ("Retry-After", str(wait))], values={"s": str(wait)})
        return headers

    def _keep(self, slot: tuple[str, Budget], left: float, now: float) -> None:
        if slot not in self._buckets and len(self._buckets) >= _MOST_BUCKETS:
            old = now - WINDOW_S  # whoever asked nothing since then has a full bucket
            self._buckets = {key: one for key, one in self._buckets.items() if one[1] > old}
        self._buckets[slot] = (left, now)
