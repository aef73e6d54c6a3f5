"""One answer for one key: while it runs, after it failed, after its process died, and beside another process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cadencia.api.call import Answer, Call
from cadencia.api.idempotency import KEPT_US, KIND, LEASE_US, Repeats
from cadencia.api.keys import Principal
from cadencia.api.problem import Problem
from cadencia.api.route import Route
from cadencia.store.records_memory import MemoryRecords

SECRET = bytes(range(32))
NOW = 1_800_000_000_000_000
Run = Callable[[], Awaitable[tuple[Answer, bytes, str]]]


async def nothing(call: Call) -> Answer:
    return Answer()


ROUTE = Route(method="POST", path="/x", handler=nothing, summary="", scope="", needs_key=True)


def asked(key: str | None = "k", raw: bytes = b"{}", *, who: str = "ky_a", now: int = NOW, tenant: str = "t") -> Call:
    headers = {} if key is None else {"Idempotency-Key": key}
    request = cast(Any, SimpleNamespace(headers=headers, raw_path="/x"))
    principal = Principal(tenant=tenant, environment="test", scopes=frozenset(), roles=(), who=who)
    return Call(cast(Any, None), principal, {}, None, None, request, now, raw)


class Work:
    """A handler that counts how often it ran, and may be held or made to fail."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.ran, self.problem = 0, problem
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self.go.set()

    async def __call__(self) -> tuple[Answer, bytes, str]:
        self.ran += 1
        self.begun.set()
        await self.go.wait()
        if self.problem is not None:
            raise self.problem
        return Answer(status=201, headers=(("X", "y"),)), b'{"n":%d}' % self.ran, "application/json"


def repeats(records: MemoryRecords) -> Repeats:
    return Repeats(records, SECRET, os.urandom)


async def code_of(wait: Awaitable[Answer]) -> str:
    with pytest.raises(Problem) as found:
        await wait
    return found.value.code


def test_the_same_request_has_the_same_answer_and_another_none() -> None:
    async def run() -> None:
        records, work = MemoryRecords(), Work()
        first = await repeats(records).answer(asked(), ROUTE, work)
        again = await repeats(records).answer(asked(), ROUTE, work)  # as after a restart
        assert work.ran == 1
        assert (again.status, again.body, again.media) == (first.status, first.body, first.media)
        assert tuple(again.headers) == (("X", "y"), ("Idempotent-Replayed", "true"))
        assert await code_of(repeats(records).answer(asked(raw=b"[]"), ROUTE, work)) == "idempotency_key_reused"
        assert await code_of(repeats(records).answer(asked(None), ROUTE, work)) == "idempotency_key_missing"
        for other in (asked("l"), asked(who="ky_b"), asked(tenant="u"), asked(now=NOW + KEPT_US)):
            assert (await repeats(records).answer(other, ROUTE, work)).headers == (("X", "y"),)
        assert work.ran == 5

    asyncio.run(run())


def test_while_it_runs_a_repetition_is_told_to_wait() -> None:
    async def run() -> None:
        records, work = MemoryRecords(), Work()
        work.go.clear()
        running = asyncio.create_task(repeats(records).answer(asked(), ROUTE, work))
        await work.begun.wait()
        with pytest.raises(Problem) as found:
            await repeats(records).answer(asked(), ROUTE, work)
        assert (found.value.code, found.value.headers) == ("still_running", (("Retry-After", "1"),))
        work.go.set()
        await running
        assert (await repeats(records).answer(asked(), ROUTE, work)).body == b'{"n":1}'

    asyncio.run(run())


def test_who_failed_may_try_again() -> None:
    async def run() -> None:
        records = MemoryRecords()
        for problem in (Problem("not_found"), RuntimeError("disk")):
            with pytest.raises(type(problem)):
                await repeats(records).answer(asked(), ROUTE, Work(problem))
        assert (await repeats(records).answer(asked(), ROUTE, Work())).status == 201

    asyncio.run(run())


def test_a_process_that_died_holds_its_key_no_longer_than_its_lease() -> None:
    async def run() -> None:
        records, work = MemoryRecords(), Work()
        work.go.clear()
        dying = asyncio.create_task(repeats(records).answer(asked(), ROUTE, work))
        await work.begun.wait()
        dying.cancel()
        await asyncio.wait([dying])
        work.go.set()
        late = NOW + LEASE_US
        assert await code_of(repeats(records).answer(asked(now=late - 1), ROUTE, work)) == "still_running"
        both = (repeats(records).answer(asked(now=late), ROUTE, work) for _ in range(2))
        found = await asyncio.gather(*both, return_exceptions=True)
        assert sum(isinstance(one, Answer) for one in found) == 1  # one of them took it over
        assert work.ran == 2

    asyncio.run(run())


def test_nobody_reads_an_answer_in_the_records() -> None:
    async def run() -> None:
        records = MemoryRecords()

        async def secret() -> tuple[Answer, bytes, str]:
            return Answer(), b'"live_secret"', "application/json"

        await repeats(records).answer(asked("key-1"), ROUTE, secret)
        (kept,) = await records.page("t", KIND)
        assert b"secret" not in kept.body and "key-1" not in kept.id and b"key-1" not in kept.body

    asyncio.run(run())
