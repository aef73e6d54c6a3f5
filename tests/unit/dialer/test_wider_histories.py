"""Whose history is counted: of all who share a household, place of work, address, debt or account."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadencia.dialer.gate import Gate
from cadencia.dialer.refusals import GateError
from cadencia.dialer.request import Request
from cadencia.engine.decide import Engine
from cadencia.engine.histories import wider_subject
from cadencia.engine.words import EventKind, Subject, Wider
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import Times, counted, opened, run, surroundings, wanted, why
from tests.unit.engine.books import ALL_DAY, book, cap, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
SHARED = {
    Wider.household: {"household": "h"}, Wider.workplace: {"workplace": "w"}, Wider.address: {"phone": "+573001234567"},
    Wider.debt: {"debt": "d"}, Wider.account: {"account": "a"},
}  # fmt: skip
EVERY_KIND = pytest.mark.parametrize("kind", Wider, ids=lambda kind: kind.name)


def wide(kind: Wider, at_most: int = 1, name: str = "", **fields: Any) -> Any:
    return rule(name or f"by-{kind.name}", cap(at_most, n=7, wider=int(kind), **fields), kind="frequency_cap")


def alone(person: str, kind: Wider, **fields: Any) -> Request:
    """A contact that shares nothing but what is given with other persons."""
    own = {"debt": f"d-{person}", "phone": f"+57300{int(person[1:]):07d}"}
    return wanted(person, **own | SHARED[kind] | fields)


def wide_events(gate: Gate, kind: Wider) -> list[tuple[bytes, int, int]]:
    """What is counted in the histories of this kind, without the numbers of attempts."""
    return sorted(
        (subject, int(when), int(what) & ~(0x1FFFF << 42))
        for subject in gate._histories.subjects()
        if subject[:7] == wider_subject(kind, 1)[:7]
        for when, what in zip(*gate._histories.rows(subject), strict=True)
    )


@EVERY_KIND
def test_of_a_thousand_in_parallel_one_is_allowed(kind: Wider) -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, wide(kind))
        tries = [gate.reserve(alone(f"p{k}", kind), key=str(k)) for k in range(1_000)]
        answers = await asyncio.gather(*tries)
        assert [answer.verdict for answer in answers].count("allow") == 1
        assert {why(answer.decision)[0] for answer in answers if not answer.permit} == {f"by-{kind.name}"}

    run(test)


@EVERY_KIND
def test_who_shares_nothing_is_counted_alone(kind: Wider) -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, wide(kind))
        assert (await gate.reserve(alone("p1", kind), key="a")).permit
        other = alone("p2", kind, **{name: f"{text}9" for name, text in SHARED[kind].items()})
        assert (await gate.reserve(other, key="b")).permit
        assert not (await gate.reserve(alone("p3", kind), key="c")).permit

    run(test)


@EVERY_KIND
def test_placing_leaves_the_own_reservation_out_of_every_history(kind: Wider) -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, wide(kind, 1), wide(kind, 1, "talks", kinds=1 << EventKind.conversation))
        permit = (await gate.reserve(alone("p1", kind), key="a")).permit
        assert permit is not None and (await gate.place(permit)).placed
        times.go(60)
        assert await counted(gate, alone("p1", kind)) == {
            f"by-{kind.name}": 1, "talks": 1,
        }  # fmt: skip
        await gate.settle(permit, "busy", times.now)
        assert await counted(gate, alone("p1", kind)) == {f"by-{kind.name}": 1, "talks": 0}
        await gate.correct(permit, "conversation", times.now)  # long ended: of the household nothing is remembered
        assert await counted(gate, alone("p1", kind)) == {f"by-{kind.name}": 1, "talks": 1}

    run(test)


def test_released_of_one_spouse_is_free_for_the_other() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, wide(Wider.household))
        permit = (await gate.reserve(alone("p1", Wider.household), key="a")).permit
        assert permit is not None
        await gate.release(permit)
        assert (await gate.reserve(alone("p2", Wider.household), key="b")).permit

    run(test)


def test_the_record_says_what_was_counted_before_and_after() -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, _ = await opened(OPEN, wide(Wider.household, 5), ledger=ledger)
        await gate.reserve(alone("p1", Wider.household), key="a")
        await gate.reserve(alone("p2", Wider.household), key="b")
        told = [msgspec.json.decode(entry.payload) async for entry in ledger.entries(kinds=("reserved",))]
        used = [[one["used"] for when in ("before", "after") for one in each["counters"][when]] for each in told]
        assert used == [[0, 1], [1, 2]]

    run(test)


def test_a_place_of_work_may_have_more_debts_than_a_history_has_slots() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, wide(Wider.workplace, 400))
        for k in range(300):
            one = alone(f"p{k}", Wider.workplace, creditor=f"c{k}")
            assert (await gate.reserve(one, key=str(k))).permit
        assert await counted(gate, one) == {"by-workplace": 300}

    run(test)


def test_within_a_household_debts_are_told_apart_where_a_rule_does() -> None:
    by_debt = wide(Wider.household, 1, same=1 << Subject.debt)

    async def test() -> None:
        gate, times = await opened(OPEN, by_debt)
        both = alone("p1", Wider.household, debt="x", debts=("y",))
        permit = (await gate.reserve(both, key="a")).permit
        assert permit is not None
        for debt, allowed in (("x", False), ("y", False), ("z", True)):
            answer = await gate.check(alone("p2", Wider.household, debt=debt))
            assert answer.allowed is allowed
        await gate.place(permit)
        await gate.settle(permit, "busy", times.now)
        assert len(wide_events(gate, Wider.household)) == 2

    run(test)


def test_a_rulebook_that_counts_wider_counts_the_past_too() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(), Times()
        gate, _ = await opened(OPEN, ledger=ledger, times=times)
        permits = []
        for k in range(4):
            permits.append((await gate.reserve(alone(f"p{k}", Wider.household), key=str(k))).permit)
        assert permits[0] is not None and permits[1] is not None
        await gate.place(permits[0])
        await gate.release(permits[1])
        tries = [gate.reserve(alone(f"p{k}", Wider.household), key=f"with {k}") for k in range(10, 20)]
        talks = wide(Wider.household, 99, "talks", kinds=1 << EventKind.conversation)
        used = gate.use(Engine(book(OPEN, wide(Wider.household, 99), talks)))
        await asyncio.gather(used, *tries)
        assert await counted(gate, alone("p2", Wider.household)) == {"by-household": 13, "talks": 13}
        await gate.settle(permits[0], "busy", times.now)
        assert await counted(gate, alone("p2", Wider.household)) == {"by-household": 13, "talks": 12}
        again, _ = await opened(OPEN, wide(Wider.household, 99), talks, ledger=ledger, times=times)
        assert wide_events(again, Wider.household) == wide_events(gate, Wider.household)

    run(test)


def test_two_gates_that_share_a_ledger_count_a_household_together() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(shared=True), Times()
        gates = [(await opened(OPEN, ledger=ledger, times=times))[0] for _ in range(2)]
        for gate in gates:
            await gate.use(Engine(book(OPEN, wide(Wider.household, 3))))
        tries = [gates[k % 2].reserve(alone(f"p{k}", Wider.household), key=str(k)) for k in range(40)]
        answers = await asyncio.gather(*tries)
        allowed = [(k, answer.permit) for k, answer in enumerate(answers) if answer.permit]
        assert len(allowed) == 3
        k, permit = allowed[0]
        assert permit is not None and (await gates[k % 2].place(permit)).placed
        await gates[1 - k % 2].settle(permit.attempt, "busy", times.now)
        for gate in gates:
            assert await counted(gate, alone(f"p{k}", Wider.household)) == {"by-household": 3}
        assert wide_events(gates[0], Wider.household) == wide_events(gates[1], Wider.household)

    run(test)


def test_a_checkpoint_without_the_histories_that_are_needed_is_said_and_rebuilt(tmp_path: Path) -> None:
    async def test() -> None:
        ledger, times, path = MemoryLedger(), Times(), tmp_path / "histories"
        gate, _ = await opened(OPEN, wide(Wider.household, 9), ledger=ledger, times=times)
        for k in range(3):
            await gate.reserve(alone(f"p{k}", Wider.household), key=str(k))
        await gate.checkpoint(path)
        held = await Gate.open(gate._judge.engine, ledger, surroundings(times), checkpoint=path)
        more = Engine(book(OPEN, wide(Wider.household, 9), wide(Wider.account, 9)))
        lacking = await Gate.open(more, ledger, surroundings(times), checkpoint=path)
        assert held.rebuilt == "" and "holds no histories by account" in lacking.rebuilt
        for one in (held, lacking):
            assert wide_events(one, Wider.household) == wide_events(gate, Wider.household)

    run(test)


RULES = (
    OPEN, *(wide(kind, 1_000) for kind in Wider), rule("all", cap(1_000, n=7)),
    wide(Wider.household, 1_000, "talks", kinds=1 << EventKind.conversation),
    wide(Wider.account, 1_000, "debts", same=1 << Subject.debt),
    wide(Wider.workplace, 1_000, "tries", kinds=1 << EventKind.no_answer, same=1 << Subject.creditor),
)  # fmt: skip
ENDS = ("no_answer", "busy", "conversation", "machine")
#: of each attempt: whose it is, a further debt, how it ended, whether it was corrected to something else
attempts = st.lists(
    st.tuples(st.sampled_from(("p1", "p2")), st.sampled_from(((), ("e",))), st.sampled_from(ENDS),
              st.none() | st.sampled_from(ENDS)), min_size=1, max_size=6,
)  # fmt: skip
EVERYTHING = {name: text for shared in SHARED.values() for name, text in shared.items()}


async def told(plan: list[Any], order: list[int], shared: bool) -> tuple[list[Gate], list[Any]]:
    """Places every attempt, in pairs of one second, then tells its outcomes in this order and again in theirs; of
    several gates each does its share."""
    ledger, times = MemoryLedger(shared=shared), Times()
    gates = [(await opened(*RULES, ledger=ledger, times=times))[0] for _ in range(1 + shared)]
    permits: list[Any] = []
    for k, (person, debts, _, _) in enumerate(plan):
        gate = gates[k % len(gates)]
        permit = (await gate.reserve(wanted(person, debts=debts, **EVERYTHING), key=str(k))).permit
        assert permit is not None and (await gate.place(permit)).placed
        permits.append(permit)
        times.go(k % 2)
    times.go(30)
    at = times.now
    for turn, step in enumerate((*order, *range(2 * len(plan)))):
        k, correction = divmod(step, 2)
        end = plan[k][2 + correction]
        gate = gates[turn % len(gates)]
        if end is not None:
            try:
                await (gate.correct if correction else gate.settle)(permits[k].attempt, end, at)
            except GateError as refused:
                assert refused.code in ("already_settled", "already_corrected", "not_settled")
        times.go(3)
    for gate in gates:
        await counted(gate, wanted(plan[0][0], **EVERYTHING))  # takes in what the other did last
    again, _ = await opened(*RULES, ledger=ledger, times=times)
    events = [[wide_events(gate, kind) for kind in (*Wider,)] for gate in (*gates, again)]
    assert all(one == events[0] for one in events)
    return gates, events[0]


@settings(max_examples=40, deadline=None)
@given(plan=attempts, shared=st.booleans(), data=st.data())
def test_outcomes_in_any_order_end_in_the_same_counters(plan: list[Any], shared: bool, data: st.DataObject) -> None:
    order = data.draw(st.lists(st.integers(0, 2 * len(plan) - 1), max_size=4 * len(plan)))

    async def test() -> None:
        ordered, events = await told(plan, [], False)
        anyhow, same = await told(plan, order, shared)
        assert same == events
        request = wanted(plan[0][0], **EVERYTHING)
        assert await counted(ordered[0], request) == await counted(anyhow[-1], request)

    run(test)
