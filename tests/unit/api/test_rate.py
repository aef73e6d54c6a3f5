"""Nobody gets more than the budget, whatever the order of asking; what is said to be left is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.api.call import Answer, Call
from cadencia.api.config import Rates
from cadencia.api.problem import Problem
from cadencia.api.rate import WINDOW_S, Limiter, budget_of
from cadencia.api.route import Route
from cadencia.api.routes import all_routes


async def nothing(call: Call) -> Answer:
    return Answer()


def route(**more: object) -> Route:
    return Route(**{"method": "GET", "path": "/x", "handler": nothing, "summary": "", "scope": "read", **more})  # type: ignore[arg-type]


READ, CHANGE = route(), route(method="POST", scope="facts")


@given(st.integers(1, 100), st.lists(st.floats(0, 30), max_size=200))
def test_of_any_minute_at_most_twice_the_budget_and_on_the_long_run_the_budget(most: int, pauses: list[float]) -> None:
    now, taken = 0.0, 0
    limiter = Limiter(Rates(read=most), [READ], lambda: now)
    for pause in pauses:
        now += pause
        try:
            said = dict(limiter.take(READ, "ky_a"))
            taken += 1
            assert 0 <= int(said["RateLimit"].split(";")[1][2:]) < most
        except Problem as problem:
            assert (problem.code, problem.status) == ("rate_limited", 429)
            wait = int(dict(problem.headers)["Retry-After"])
            assert 1 <= wait <= WINDOW_S
        assert taken <= most + now * most / WINDOW_S + 1e-6


def test_after_the_wait_that_was_told_it_is_taken_again() -> None:
    now = 0.0
    limiter = Limiter(Rates(read=3), [READ], lambda: now)
    for left in (2, 1, 0):
        assert dict(limiter.take(READ, "k"))["RateLimit"].startswith(f'"read";r={left};')
    with pytest.raises(Problem) as found:
        limiter.take(READ, "k")
    now += int(dict(found.value.headers)["Retry-After"])
    limiter.take(READ, "k")


def test_keys_and_budgets_are_apart_and_none_is_no_limit() -> None:
    limiter = Limiter(Rates(read=1, change=1), [READ, CHANGE], lambda: 0.0)
    for one in ((READ, "a"), (READ, "b"), (CHANGE, "a")):
        assert limiter.take(*one)
    with pytest.raises(Problem):
        limiter.take(READ, "a")
    free = Limiter(Rates(read=0), [READ], lambda: 0.0)
    assert [free.take(READ, "a") for _ in range(9)] == [()] * 9


def test_every_route_has_the_budget_of_what_it_does() -> None:
    budgets = {(one.method, one.path): budget_of(one) for one in all_routes().all}
    assert budgets["POST", "/v1/decisions"] == budgets["POST", "/v1/outcomes"] == "decide"
    assert budgets["GET", "/v1/keys"] == "read" and budgets["POST", "/v1/keys"] == "change"
    assert budgets["GET", "/v1/health"] is None
