"""Of several who ask with one key at once, one is decided and all are told the same."""

from __future__ import annotations

import asyncio

from cadencia.dialer.refusals import KeyReusedError
from cadencia.store.ledger import Appended
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import opened, run, wanted
from tests.unit.engine.books import ALL_DAY, rule, window

HOURS = rule("hours", window(ALL_DAY), kind="contact_window")


class Held(MemoryLedger):
    """Appends when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def append(self, drafts, expected=None):  # type: ignore[no-untyped-def]
        done = await super().append(drafts, expected)
        if any(draft.kind == "reserved" for draft in drafts):
            await self.go_on.wait()
        assert isinstance(done, Appended)
        return done


def test_who_waits_is_told_what_the_first_is_told() -> None:
    async def test() -> None:
        ledger = Held()
        gate, _ = await opened(HOURS, ledger=ledger)
        asked = [asyncio.ensure_future(gate.reserve(wanted(), key="k")) for _ in range(4)]
        other = asyncio.ensure_future(gate.reserve(wanted("p2"), key="k"))
        await asyncio.sleep(0)
        asked[2].cancel()  # who waits may give up; nobody else notices
        ledger.go_on.set()
        first, second, third, fourth, reused = await asyncio.gather(*asked, other, return_exceptions=True)
        assert first.permit == second.permit == fourth.permit and first.permit is not None
        assert (first.replayed, second.replayed, fourth.replayed) == (False, True, True)
        assert isinstance(third, asyncio.CancelledError)
        assert isinstance(reused, KeyReusedError)
        assert gate.in_flight == 1

    run(test)


def test_when_the_first_gives_up_who_waits_is_told_what_became_of_it() -> None:
    async def test() -> None:
        ledger = Held()
        gate, _ = await opened(HOURS, ledger=ledger)
        first, second = (asyncio.ensure_future(gate.reserve(wanted(), key="k")) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        told = await second  # what the first reserved was on its way: it is found
        again = await gate.reserve(wanted(), key="k")
        assert told.replayed and again.replayed and told.permit == again.permit is not None
        assert gate.in_flight == 1

    run(test)
