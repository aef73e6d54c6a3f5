"""Whoever asks the gate and gives up waiting, at whichever await, leaves nothing half done: what was asked is counted
and on record, or it never was, and asking again says which."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cadencia.dialer.gate import Gate
from cadencia.dialer.permits import Permit
from cadencia.dialer.refusals import GateError
from cadencia.engine.decide import Engine
from cadencia.store.ledger import Ledger
from tests.conformance.stores import SqliteStore, Store
from tests.unit.dialer.doors import TOLD, Times, counted, opened, surroundings, wanted, why
from tests.unit.dialer.test_restart import events
from tests.unit.engine.books import ALL_DAY, book, cap, rule, window

RULES = (rule("hours", window(ALL_DAY), kind="contact_window"), rule("twice", cap(2, n=7), kind="frequency_cap"))
#: Turns of the loop before giving up. The first few cut the way to the ledger, the others the wait for it.
TURNS = (*range(12), 20, 50)


async def given_up(work: Coroutine[Any, Any, object], turns: int) -> None:
    """Begins it, and gives up after so many turns of the loop, unless it has ended by then."""
    task = asyncio.ensure_future(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])


async def same_as_anew(gate: Gate, ledger: Ledger, times: Times) -> None:
    """What the gate counts is what one counts that reads the ledger anew."""
    again = (await opened(*RULES, ledger=ledger, times=times))[0]
    for k in range(max(TURNS) + 1):
        assert events(again, f"p{k}") == events(gate, f"p{k}"), k


async def reserved(ledger: Ledger) -> list[str]:
    return [entry.key async for entry in ledger.entries(kinds=("reserved",))]


async def test_who_asks_again_reserves_nothing_twice_and_may_dial(store: Store) -> None:
    ledger = await store.open()
    gate, times = await opened(*RULES, ledger=ledger)
    for turns in TURNS:
        person = wanted(f"p{turns}")
        await given_up(gate.reserve(person, key=f"k{turns}"), turns)
        again = await gate.reserve(person, key=f"k{turns}")  # at once: the first may still be on its way
        assert again.permit is not None, turns
        assert (await gate.place(again.permit)).placed
        await gate.settle(again.permit, "busy", times.now)
        assert (await counted(gate, person))["twice"] == 1
    assert await reserved(ledger) == [f"k{turns}" for turns in TURNS]
    await gate.close()
    await same_as_anew(gate, ledger, times)
    await ledger.close()


async def test_who_never_asks_again_is_counted_or_is_not_on_record(store: Store) -> None:
    ledger = await store.open()
    gate, times = await opened(*RULES, ledger=ledger)
    for turns in TURNS:
        await given_up(gate.reserve(wanted(f"p{turns}"), key=f"k{turns}"), turns)
    await gate.close()
    keys = await reserved(ledger)
    for turns in TURNS:
        assert len(events(gate, f"p{turns}")) == keys.count(f"k{turns}") <= 1
    await same_as_anew(gate, ledger, times)
    await gate.close()
    await ledger.close()


async def test_of_two_who_ask_the_same_one_gives_up(store: Store) -> None:
    ledger = await store.open()
    gate, _ = await opened(*RULES, ledger=ledger)
    for turns in TURNS:
        person, key = wanted(f"p{turns}"), f"k{turns}"
        others = [asyncio.ensure_future(gate.reserve(person, key=key)) for _ in range(3)]
        for _ in range(turns):
            await asyncio.sleep(0)
        others.pop(0).cancel()
        permits = {(await one).permit for one in others}
        assert len(permits) == 1 and None not in permits
    assert len(await reserved(ledger)) == len(TURNS)
    await gate.close()
    await ledger.close()


def asked(gate: Gate, verb: str, permit: Permit, person: str, at: datetime) -> Coroutine[Any, Any, object]:
    """One of the gate's verbs about a person."""
    if verb == "record_fact":
        return gate.record_fact("t", person, "opt_out", source=TOLD)
    if verb == "inbound":
        return gate.inbound("t", person, at, debt="d1", creditor="c1")
    if verb in ("settle", "correct"):
        outcome = {"settle": "busy", "correct": "conversation"}[verb]
        return getattr(gate, verb)(permit.attempt, outcome, at)  # type: ignore[no-any-return]
    return getattr(gate, verb)(permit)  # type: ignore[no-any-return]


@pytest.mark.parametrize("verb", ["place", "release", "settle", "correct", "record_fact", "inbound"])
async def test_every_verb_given_up_is_done_or_not(store: Store, verb: str) -> None:
    ledger = await store.open()
    gate, times = await opened(*RULES, ledger=ledger)
    for turns in TURNS:
        person = f"p{turns}"
        permit = (await gate.reserve(wanted(person), key=person)).permit
        assert permit is not None
        if verb in ("settle", "correct"):
            assert (await gate.place(permit)).placed
        if verb == "correct":
            await gate.settle(permit, "busy", times.now)
        await given_up(asked(gate, verb, permit, person, times.now), turns)
        try:
            await asked(gate, verb, permit, person, times.now)
        except GateError as refused:
            assert refused.code in ("permit_spent", "already_settled", "already_corrected")
    await gate.close()  # what was given up is written by then
    steps = [entry.attempt async for entry in ledger.entries(kinds=("placed", "released", "settled", "corrected"))]
    ended = {"place": 1, "release": 1, "settle": 2, "correct": 3}.get(verb, 0)
    assert {steps.count(attempt) for attempt in steps} == ({ended} if ended else set())
    if verb == "record_fact":
        assert why(await gate.check(wanted("p0"))) == ["opt_out"]
    await same_as_anew(gate, ledger, times)
    await ledger.close()


async def test_a_checkpoint_holds_what_was_given_up(tmp_path: Path) -> None:
    """As a server that is ended does: all that is under way is cancelled, then the checkpoint is written."""
    store = SqliteStore(tmp_path)
    ledger = await store.open()
    gate, times = await opened(*RULES, ledger=ledger)
    under_way = [asyncio.ensure_future(gate.reserve(wanted(f"p{k}"), key=f"k{k}")) for k in range(30)]
    for _ in range(3):
        await asyncio.sleep(0)
    for one in under_way:
        one.cancel()
    await asyncio.wait(under_way)
    await gate.checkpoint(tmp_path / "checkpoint")
    assert len(await reserved(ledger)) == 30
    path = tmp_path / "checkpoint"
    again = await Gate.open(Engine(book(*RULES)), ledger, surroundings(times), checkpoint=path)
    assert again.rebuilt == ""
    await same_as_anew(gate, ledger, times)
    await same_as_anew(again, ledger, times)
    await gate.close()
    await ledger.close()
