"""Two gates on one ledger whose steps mix in any order: in the end both count what a third counts that reads the record
anew, no cap was passed, and no key, outcome or correction counted twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cadencia.dialer.gate import Gate
from cadencia.dialer.refusals import GateError
from cadencia.engine.words import EventKind
from cadencia.store.entry import Draft, Entry
from cadencia.store.ledger import Appended, Moved
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import TOLD, Times, opened, run, wanted
from tests.unit.dialer.test_restart import events
from tests.unit.engine.books import ALL_DAY, cap, rule, window

CAP, TALKS = 3, 2
RULES = (
    rule("hours", window(ALL_DAY), kind="contact_window"), rule("tries", cap(CAP, n=7), kind="frequency_cap"),
    rule("talks", cap(TALKS, n=7, kinds=1 << EventKind.conversation), kind="frequency_cap"),
)  # fmt: skip
PERSONS = ("p1", "p2")
ENDS = ("no_answer", "conversation", "machine")
#: of each caller: gate, person, key, which of its steps follow the reservation, how it ends, after how many turns of
#: the loop it gives up
callers = st.lists(
    st.tuples(
        st.integers(0, 1), st.sampled_from(PERSONS), st.sampled_from("abcd"),
        st.sampled_from(("", "place", "release", "place settle", "place settle correct", "check", "opt_out")),
        st.sampled_from(ENDS), st.none() | st.integers(0, 30),
    ),
    min_size=2, max_size=12,
)  # fmt: skip
waits = st.lists(st.integers(0, 5), min_size=1, max_size=30)


class Slow(MemoryLedger):
    """One gate's way to the ledger of both: every question waits for some turns of the loop, there and back."""

    def __init__(self, ledger: MemoryLedger, turns: Iterator[int]) -> None:
        super().__init__(shared=True)
        self._entries, self._of_subject, self._of_key = ledger._entries, ledger._of_subject, ledger._of_key
        self._turns = turns

    async def append(self, drafts: Sequence[Draft], expected: Mapping[bytes, int] | None = None) -> Appended | Moved:
        # as PostgreSQL's: what is on its way arrives, whoever waits for it
        work = asyncio.ensure_future(self._append(drafts, expected))
        return await asyncio.shield(work)

    async def entries(self, **asked: Any) -> AsyncIterator[Entry]:  # type: ignore[override]
        await self._wait()
        found = [entry async for entry in super().entries(**asked)]
        await self._wait()
        for entry in found:
            yield entry

    async def answered(self, tenant: str, key: str) -> Entry | None:
        await self._wait()
        found = await super().answered(tenant, key)
        await self._wait()
        return found

    async def _append(self, drafts: Sequence[Draft], expected: Mapping[bytes, int] | None) -> Appended | Moved:
        await self._wait()
        done = await super().append(drafts, expected)
        await self._wait()
        return done

    async def _wait(self) -> None:
        for _ in range(next(self._turns, 0)):
            await asyncio.sleep(0)


async def one_caller(gate: Gate, plan: Any, times: Times, told: dict[str, set[str]]) -> None:
    """Reserves, and goes on as planned; what was told under the key is remembered."""
    _, person, key, steps, outcome, _ = plan
    if steps == "opt_out":
        await gate.record_fact("t", person, "opt_out", source=TOLD)
        return
    answer = await gate.reserve(wanted(person), key=f"{person}{key}")
    told.setdefault(f"{person}{key}", set()).add(answer.permit.attempt if answer.permit else "")
    if answer.permit is None or not steps:
        return
    if steps == "check":
        await gate.check(wanted(person))
    if steps == "release":
        await gate.release(answer.permit)
    if "place" in steps and (await gate.place(answer.permit)).placed:
        if "settle" in steps:
            await gate.settle(answer.permit, outcome, times.now)
        if "correct" in steps:
            await gate.correct(answer.permit.attempt, ENDS[0], times.now)


async def some_callers(gates: list[Gate], plans: list[Any], times: Times) -> dict[str, set[str]]:
    """All at once; some give up. What every key was told."""
    told: dict[str, set[str]] = {}
    tasks = [asyncio.ensure_future(one_caller(gates[plan[0]], plan, times, told)) for plan in plans]
    for turn in range(31):
        for task, plan in zip(tasks, plans, strict=True):
            if plan[-1] == turn:
                task.cancel()
        await asyncio.sleep(0)
    for answer in await asyncio.gather(*tasks, return_exceptions=True):
        # what one of two who use a key did, the other is refused by name
        assert answer is None or isinstance(answer, GateError | asyncio.CancelledError), repr(answer)
    for gate in gates:
        await gate.close()
    return told


def on_record(ledger: MemoryLedger) -> None:
    """At every entry no more counted than the caps allow; nothing twice."""
    reserved = [entry for entry in ledger._entries if entry.kind == "reserved"]
    assert all(count == 1 for count in Counter((entry.tenant, entry.key) for entry in reserved).values())
    for kind in ("placed", "settled", "corrected", "released"):
        steps = Counter(entry.attempt for entry in ledger._entries if entry.kind == kind)
        assert all(count == 1 for count in steps.values()), kind
    counting: dict[bytes, dict[str, EventKind]] = {}
    for entry in ledger._entries:
        if entry.attempt:
            counting.setdefault(entry.subject, {})[entry.attempt] = EventKind(entry.event_attr >> 3 & 15)
        for kinds in counting.values():
            counted = [kind for kind in kinds.values() if kind != EventKind.void]
            assert len(counted) <= CAP
            if entry.kind == "reserved":
                may_talk = [kind for kind in counted if kind in (EventKind.pending, EventKind.conversation)]
                assert len(may_talk) <= TALKS


@settings(max_examples=150, deadline=None)
@given(plans=callers, turns=waits)
def test_two_gates_end_as_one_that_reads_the_record(plans: list[Any], turns: list[int]) -> None:
    async def test() -> None:
        ledger, times, again = MemoryLedger(shared=True), Times(), iter(turns * 40)
        gates = [(await opened(*RULES, ledger=Slow(ledger, again), times=times))[0] for _ in range(2)]
        told = await some_callers(gates, plans, times)
        on_record(ledger)
        for key, answers in told.items():
            assert len(answers - {""}) <= 1, f"{key} was told of several attempts"
        anew, _ = await opened(*RULES, ledger=ledger, times=times)
        for person in PERSONS:
            subject = anew._names("t").subject(person)
            for gate in gates:
                await gate._commits.catch_up(subject)
                assert events(gate, person) == events(anew, person)
        assert (await ledger.verify()).bad is None

    run(test)
