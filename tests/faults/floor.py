"""Callers of a gate while something fails: what they were told, and whether the ledger bears it out."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest

from cadencia.cli.ledger_check import Walked, checked
from cadencia.cli.ledger_race import TENANT, Course, ledger_of, request, rulebook
from cadencia.dialer.gate import Gate
from cadencia.dialer.notes import Source
from cadencia.dialer.request import Reserved
from cadencia.engine.decide import Engine
from cadencia.gates import surroundings
from cadencia.store.ledger import LedgerError

CAP = 2


def course(store: str, at: str, schema: str = "floor") -> Course:
    """A cap of two attempts a person."""
    return Course(cap=CAP, parallel=1, limit="attempts", store=store, secret=os.urandom(32), at=at, schema=schema)


@asynccontextmanager
async def gate_on(one: Course) -> AsyncIterator[tuple[Gate, Walked]]:
    """The gate and its ledger, closed as far as that goes."""
    async with ledger_of(one) as ledger:
        gate = await Gate.open(Engine(rulebook(one)), ledger, surroundings(one.secret))
        yield gate, ledger
        await gate.close()


class Floor:
    """Callers who reserve for person after person and place, until they are refused. What each key was told outlives
    the gate."""

    def __init__(self, one: Course) -> None:
        self.course = one
        self.told: dict[str, str] = {}  # key -> attempt
        self.doubtful: set[str] = set()  # keys whose caller was denied because the ledger failed
        self._next = 0

    async def work(self, gate: Gate, callers: int = 20, most: int = 1_000_000) -> None:
        """All callers until the first refusal of each, or until so many reservations were told."""
        await asyncio.gather(*(self._caller(gate, most) for _ in range(callers)))

    async def _caller(self, gate: Gate, most: int) -> None:
        while len(self.told) < most:
            self._next += 1
            key = str(self._next)
            answer = await self.ask(gate, key)
            if answer.permit is None:
                return
            with suppress(LedgerError):  # it does not leave then
                await gate.place(answer.permit)

    async def ask(self, gate: Gate, key: str) -> Reserved:
        """One key; a key has one answer for ever."""
        answer = await gate.reserve(request(self.course, f"person {key}", 0), key=key)
        if answer.permit is None:
            assert [reason.rule for reason in answer.decision.reasons] == ["read_only"]
            self.doubtful.add(key)
        else:
            assert self.told.setdefault(key, answer.permit.attempt) == answer.permit.attempt
        return answer

    async def bears_out(self) -> int:
        """Opened anew: all that was told is on record once, the doubtful keys can be asked again, and the counters
        equal the record. How many reservations there are."""
        async with gate_on(self.course) as (gate, ledger):
            for key in sorted(self.doubtful):
                assert (await self.ask(gate, key)).permit is not None, f"{key} cannot be asked again"
            self.doubtful.clear()
            on_record = {entry.key: entry.attempt async for entry in ledger.entries(kinds=("reserved",))}
            count = sum([1 async for _ in ledger.entries(kinds=("reserved",))])
            assert on_record == self.told and count == len(self.told)
            assert (await checked(ledger)).wrong == ""
        return count


async def refuses_everything(gate: Gate, floor: Floor) -> None:
    """A gate whose ledger failed allows nothing, and says why."""
    assert (await floor.ask(gate, f"after {len(floor.told)}")).permit is None
    with suppress(LedgerError):  # where what others wrote cannot be read
        assert [one.rule for one in (await gate.check(request(floor.course, "anyone", 0))).reasons] == ["read_only"]
    with pytest.raises(LedgerError):
        await gate.settle(next(iter(floor.told.values())), "busy", datetime.now(UTC))
    with pytest.raises(LedgerError):
        await gate.record_fact(TENANT, "anyone", "opt_out", source=Source(source="a test"))
