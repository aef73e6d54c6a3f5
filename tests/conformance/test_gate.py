"""The gate answers the same whatever its ledger is kept on: races, bad input, a restart in the same counters."""

from __future__ import annotations

import asyncio

import pytest

from cadencia.dialer.gate import Gate
from cadencia.dialer.refusals import GateError
from cadencia.engine.words import EventKind, Wider
from tests.conformance.stores import Store
from tests.unit.dialer.doors import TOLD, Times, counted, opened, wanted, why
from tests.unit.dialer.test_wider_histories import alone
from tests.unit.engine.books import ALL_DAY, cap, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
ONCE = rule("once", cap(n=7), kind="frequency_cap")
TALK_ONCE = rule("talk-once", cap(n=7, kinds=1 << EventKind.conversation), kind="frequency_cap")
LOCK = rule("lock", cap(other_channels=True, n=7), kind="channel_lock")
PARALLEL = 1_000
SHARING = 300


@pytest.mark.parametrize("limit", [ONCE, TALK_ONCE], ids=["attempts", "conversations"])
async def test_of_all_in_parallel_one_is_allowed(store: Store, limit: object) -> None:
    ledger = await store.open()
    gate, _ = await opened(OPEN, limit, ledger=ledger)  # type: ignore[arg-type]
    answers = await asyncio.gather(*(gate.reserve(wanted(), key=f"k{i}") for i in range(PARALLEL)))
    assert [answer.verdict for answer in answers].count("allow") == 1
    assert sum(answer.permit is not None for answer in answers) == 1
    assert len([e async for e in ledger.entries(kinds=("reserved",))]) == 1
    await gate.close()
    await ledger.close()


async def test_two_channels_under_a_lock_let_one_through(store: Store) -> None:
    ledger = await store.open()
    gate, _ = await opened(OPEN, LOCK, ledger=ledger)
    requests = [wanted(channel=("call", "sms")[i % 2]) for i in range(PARALLEL)]
    answers = await asyncio.gather(*(gate.reserve(one, key=f"k{i}") for i, one in enumerate(requests)))
    assert len({one.query.channel for one, a in zip(requests, answers, strict=True) if a.permit}) == 1
    await gate.close()
    await ledger.close()


async def refused(gate: Gate, times: Times) -> list[str]:
    """The name of each error, in the order of what was wrong."""
    codes = []
    permit = (await gate.reserve(wanted(), key="a")).permit
    idle = (await gate.reserve(wanted("p2"), key="b")).permit
    assert permit is not None and idle is not None
    await gate.place(permit)
    times.go(60)
    unknown = permit.attempt[:-4] + "beef"
    for ask in (
        lambda: gate.settle(unknown, "busy", times.now),
        lambda: gate.settle(idle, "busy", times.now),
        lambda: gate.settle(permit, "busy", times.ago(61)),
        lambda: gate.settle(permit, "busy", times.ago(-1)),
        lambda: gate.correct(permit, "busy", times.now),
        lambda: gate.settle(permit, "busy", times.now),
        lambda: gate.settle(permit, "busy", times.now),
        lambda: gate.correct(permit, "no_answer", times.now),
        lambda: gate.correct(permit, "busy", times.now),
        lambda: gate.place(permit),
        lambda: gate.release(permit),
        lambda: gate.reserve(wanted("p3"), key="a"),
        lambda: gate.timeline("t", "nobody"),
        lambda: gate.record_fact("t", "p1", "nonsense", source=TOLD),
    ):
        try:
            await ask()
            codes.append("")
        except GateError as problem:
            codes.append(problem.code)
    return codes


async def test_bad_input_has_the_same_named_error_and_no_effect(store: Store) -> None:
    ledger = await store.open()
    gate, times = await opened(OPEN, rule("cap", cap(9, n=7)), ledger=ledger)
    assert await refused(gate, times) == [
        "unknown_attempt", "not_placed", "impossible_time", "impossible_time", "not_settled", "", "already_settled", "",
        "already_corrected", "permit_spent", "permit_spent", "key_reused", "unknown_person", "bad_request",
    ]  # fmt: skip
    await gate.close()
    kinds = [e.kind async for e in ledger.entries()]
    assert kinds == ["published", "reserved", "reserved", "placed", "settled", "corrected"]
    await ledger.close()


async def test_a_restart_ends_in_the_same_counters(disk: Store) -> None:
    ledger, times = await disk.open(), Times()
    rules = (OPEN, rule("cap", cap(99, n=7)), rule("talks", cap(99, n=7, kinds=1 << EventKind.conversation)))
    gate, _ = await opened(*rules, ledger=ledger, times=times)
    for k in range(12):
        permit = (await gate.reserve(wanted(debts=("d2",)), key=f"k{k}")).permit
        assert permit is not None
        if k % 3:
            await gate.place(permit)
            times.go(5)
        if k % 3 == 2:
            await gate.settle(permit, ("busy", "conversation")[k % 2], times.now)
    await gate.hold("t", "p9", "attorney", source=TOLD)
    used = await counted(gate)
    await gate.close()
    await ledger.close()
    again_on = await disk.open()
    again, _ = await opened(*rules, ledger=again_on, times=times)
    assert await counted(again) == used
    assert why(await again.check(wanted("p9"))) == ["hold"]
    assert (await again.reserve(wanted(debts=("d2",)), key="k0")).replayed
    await again.close()
    await again_on.close()


@pytest.mark.parametrize("kind", Wider, ids=lambda kind: kind.name)
async def test_of_all_who_share_a_subject_one_is_allowed(store: Store, kind: Wider) -> None:
    """Also between two gates on one ledger, and each of another person."""
    once = rule("once", cap(n=7, wider=int(kind)), kind="frequency_cap")
    ledgers = [await store.open()]
    if ledgers[0].shared:  # another process on the same tables
        ledgers.append(await store.open())
    gates = [(await opened(OPEN, once, ledger=ledger))[0] for ledger in ledgers]
    answers = await asyncio.gather(*(
        gates[i // 2 % len(gates)].reserve(alone(f"p{i}", kind), key=f"k{i}") for i in range(SHARING)
    ))  # fmt: skip
    assert [answer.verdict for answer in answers].count("allow") == 1
    assert {tuple(why(answer.decision)) for answer in answers if not answer.permit} <= {("once",), ("busy",)}
    assert len([e async for e in ledgers[0].entries(kinds=("reserved",))]) == 1
    for gate, ledger in zip(gates, ledgers, strict=True):
        await gate.close()
        await ledger.close()


async def test_of_two_spouses_in_parallel_one_is_allowed(store: Store) -> None:
    of_household = rule("household", cap(n=7, wider=int(Wider.household)), kind="frequency_cap")
    ledgers = [await store.open()]
    if ledgers[0].shared:  # another process on the same tables
        ledgers.append(await store.open())
    gates = [(await opened(OPEN, of_household, ledger=ledger))[0] for ledger in ledgers]
    answers = await asyncio.gather(*(
        gates[i // 2 % len(gates)].reserve(wanted(("ana", "luis")[i % 2], household="h"), key=f"k{i}")
        for i in range(PARALLEL)
    ))  # fmt: skip
    assert [answer.verdict for answer in answers].count("allow") == 1
    assert len([e async for e in ledgers[0].entries(kinds=("reserved",))]) == 1
    for gate, ledger in zip(gates, ledgers, strict=True):
        await gate.close()
        await ledger.close()
