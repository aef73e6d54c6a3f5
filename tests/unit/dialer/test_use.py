"""Rulebooks that are put in use while contacts are decided."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from typing import Any

import pytest

from cadencia.engine.decide import Engine
from cadencia.engine.words import Wider
from cadencia.store.entry import Draft, Entry
from cadencia.store.ledger import Appended, Moved
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import counted, opened, run
from tests.unit.dialer.test_wider_histories import OPEN, alone, wide
from tests.unit.engine.books import book, cap, rule

HOUSEHOLD = Wider.household
CAP = rule("cap", cap(1_000), kind="frequency_cap")


class Slow(MemoryLedger):
    """As on a disk: others come in between while it is read or written."""

    async def entries(self, **asked: Any) -> AsyncIterator[Entry]:  # type: ignore[override]
        async for entry in super().entries(**asked):
            await asyncio.sleep(0)
            yield entry

    async def append(self, drafts: Sequence[Draft], expected: Mapping[bytes, int] | None = None) -> Appended | Moved:
        for _ in range(6):
            await asyncio.sleep(0)
        return await super().append(drafts, expected)


async def later(turns: int, work: Awaitable[Any]) -> Any:
    for _ in range(turns):
        await asyncio.sleep(0)
    return await work


@pytest.mark.parametrize("seed", range(20))
def test_two_that_are_put_in_use_at_once_lose_no_count(seed: int) -> None:
    async def test() -> None:
        turns = random.Random(seed).randrange
        gate, _ = await opened(OPEN, CAP, ledger=Slow())
        for k in range(10):
            await gate.reserve(alone(f"q{k}", HOUSEHOLD), key=f"q{k}")
        books = book(OPEN, wide(HOUSEHOLD, 1_000)), book(OPEN, wide(HOUSEHOLD, 1_000), wide(Wider.account, 1_000, "a"))
        uses = [later(turns(60), gate.use(Engine(one))) for one in books]
        asks = [later(turns(150), gate.reserve(alone(f"p{k}", HOUSEHOLD), key=f"p{k}")) for k in range(40)]
        answers = await asyncio.gather(*asks, *uses)
        allowed = 10 + sum(answer.permit is not None for answer in answers[: len(asks)])
        assert (await counted(gate, alone("q0", HOUSEHOLD)))["by-household"] == allowed

    run(test)
