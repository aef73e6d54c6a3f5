"""Gates over small rulebooks, with clocks that only the test moves and ids that count up."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from cadencia.dialer.gate import Gate
from cadencia.dialer.notes import Source
from cadencia.dialer.request import Request, Surroundings
from cadencia.engine.decide import Engine
from cadencia.engine.decision import Decision
from cadencia.engine.tables import CompiledRule
from cadencia.store.identity import Pseudonyms, Scope
from cadencia.store.ledger import Ledger
from cadencia.store.memory import MemoryLedger
from cadencia.store.projection import as_datetime, as_instant
from tests.unit.engine.books import TUESDAY, asked, book

SECRET = b"of the tests, at least 32 bytes long"
TOLD = Source(source="test")
COUNT = itertools.count(1)
Result = TypeVar("Result")


class Times:
    """A wall clock and a steady one."""

    def __init__(self, at: datetime = TUESDAY) -> None:
        self.wall, self.steady = as_instant(at), 5_000_000

    def go(self, seconds: float) -> None:
        """Time goes on: both clocks."""
        self.wall += int(seconds * 1_000_000)
        self.steady += int(seconds * 1_000_000)

    def step(self, seconds: float) -> None:
        """Somebody sets the clock on the wall."""
        self.wall += int(seconds * 1_000_000)

    @property
    def now(self) -> datetime:
        return as_datetime(self.wall)

    def ago(self, seconds: float) -> datetime:
        return self.now - timedelta(seconds=seconds)


def surroundings(times: Times, **fields: Any) -> Surroundings:
    """With names of each tenant and ids that count up."""

    @lru_cache
    def names(tenant: str) -> Pseudonyms:
        return Pseudonyms(SECRET, Scope.tenant, tenant, b"salt of the tests")

    def entropy(n: int) -> bytes:
        return next(COUNT).to_bytes(n, "big")

    base: dict[str, Any] = {
        "names": names, "secret": SECRET, "wall": lambda: times.wall, "steady": lambda: times.steady,
        "entropy": entropy,
    }  # fmt: skip
    return Surroundings(**(base | fields))


async def opened(
    *rules: CompiledRule, ledger: Ledger | None = None, times: Times | None = None, **fields: Any
) -> tuple[Gate, Times]:
    """A gate over these rules."""
    times = times or Times()
    gate = await Gate.open(Engine(book(*rules)), ledger or MemoryLedger(), surroundings(times, **fields))
    return gate, times


def wanted(person: str = "p1", *, tenant: str = "t", debts: tuple[str, ...] = (), **fields: Any) -> Request:
    """A call to a person, in a place where the tests' rules apply."""
    base: dict[str, Any] = {"debt": "d1", "creditor": "c1", "phone": "+573001234567"}
    query = asked(**({"at": None} | base | fields))
    return Request(tenant=tenant, person=person, query=query, debts=debts, trunk="trunk-1")


def why(decision: Decision) -> list[str]:
    """The names of what blocks."""
    return [reason.rule.removeprefix("AA.law.") for reason in decision.reasons]


def run(test: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Runs one coroutine to its end."""
    return asyncio.run(test())


async def counted(gate: Gate, request: Request | None = None) -> dict[str, int]:
    """How often each counting rule is used."""
    found = await gate.allowances(request or wanted())
    return {one.rule.removeprefix("AA.law."): one.used for _, one in found}
