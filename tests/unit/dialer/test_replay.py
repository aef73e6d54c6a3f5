"""Story E-9: recorded traffic is given again by its own rules, and a decision that flips flips what follows."""

from __future__ import annotations

from cadencia.dialer.gate import Gate
from cadencia.dialer.replay import Replay, Result, in_order
from cadencia.dialer.wider import needed
from cadencia.engine.decide import Engine
from cadencia.engine.tables import CompiledRule
from cadencia.engine.words import Wider
from cadencia.store.entry import Entry
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import TOLD, Times, opened, run, surroundings, wanted
from tests.unit.engine.books import book, cap, rule


def most(n: int) -> CompiledRule:
    return rule("most", cap(n), kind="frequency_cap")


def a_day(law: CompiledRule) -> tuple[MemoryLedger, Engine, Times]:
    """Three persons are called, checked, refused and called again under a rule."""
    ledger, times = MemoryLedger(), Times()

    async def work() -> Engine:
        gate, _ = await opened(law, ledger=ledger, times=times)
        for person in ("p1", "p2", "p3"):
            for n in range(4):
                times.go(60)
                await gate.check(wanted(person), id=f"{person}-{n}")
                reserved = await gate.reserve(wanted(person), key=f"{person}-{n}")
                if reserved.permit is not None:
                    times.go(1)
                    placed = await gate.place(reserved.permit)
                    if placed.placed:
                        times.go(1)
                        await gate.settle(reserved.permit, "no_answer", times.now)
        await gate.record_fact("t", "p3", "opt_out", source=TOLD)
        times.go(60)
        await gate.check(wanted("p3"), id="after")
        await gate.close()
        return engine_of(gate)

    return ledger, run(work), times


def engine_of(gate: Gate) -> Engine:
    return gate._judge.engine  # the one that the test opened it with


def replayed(ledger: MemoryLedger, then: Engine, others: Engine | None, **more: object) -> Result:
    async def work() -> Result:
        wider = needed(then.rulebook) | (needed(others.rulebook) if others else {})
        found = {then.rulebook.hash: then}
        replay = Replay("t", surroundings(Times()).names, found.get, others, wider=wider, **more)  # type: ignore[arg-type]
        entries = [entry async for entry in ledger.entries()]
        replay.take(in_order(entries, [], last=True))
        return replay.result

    return run(work)


def test_the_rules_of_then_give_every_decision_again() -> None:
    ledger, engine, _ = a_day(most(2))
    result = replayed(ledger, engine, None)
    assert result.usable and result.compared == result.reproduced == 3 * (4 + 4 + 2) + 1
    assert replayed(ledger, engine, engine).changed == {}


def test_a_household_that_is_known_of_before_is_known_again() -> None:
    ledger, law = MemoryLedger(), rule("most", cap(2, wider=int(Wider.household)), kind="frequency_cap")

    async def work() -> Engine:
        gate, times = await opened(law, ledger=ledger)
        for n, household in enumerate((None, None, "h", None)):  # the last two are denied, first for what was before
            times.go(60)
            await gate.reserve(wanted("p1", household=household), key=f"a{n}")
            await gate.check(wanted("p2", household="h"), id=f"b{n}")
        await gate.close()
        return engine_of(gate)

    assert replayed(ledger, run(work), None).usable


def test_a_tighter_cap_flips_what_it_flips_and_what_follows() -> None:
    ledger, engine, _ = a_day(most(2))
    result = replayed(ledger, engine, Engine(book(most(1))))
    assert result.usable
    # of each person the second check and the second reservation; it then never left, so it is not asked at its placing
    assert result.changed["allow_to_deny"] == 3 * 2 and result.changed["deny_to_allow"] == 0
    assert {flip.step for flip in result.flips} == {"decided", "reserved"}


def test_a_looser_cap_counts_what_it_would_have_let_out() -> None:
    ledger, engine, _ = a_day(most(2))
    result = replayed(ledger, engine, Engine(book(most(3))))
    # the third check and the third reservation; the fourth is refused again, for the third would have counted
    assert result.changed["deny_to_allow"] == 3 * 2


def test_only_the_stretch_asked_for_is_compared_but_all_of_it_counts() -> None:
    ledger, engine, times = a_day(most(2))
    since = times.wall
    result = replayed(ledger, engine, Engine(book(most(1))), since=since)
    assert (result.compared, result.reproduced) == (1, 1)


def test_rules_that_nobody_has_make_it_unusable() -> None:
    ledger, engine, _ = a_day(most(2))

    async def work() -> Result:
        replay = Replay("t", surroundings(Times()).names, {}.get, engine, wider=needed(engine.rulebook))
        replay.take([entry async for entry in ledger.entries()])
        return replay.result

    result = run(work)
    assert not result.usable and result.lost == 31 and result.changed == {}


def test_another_tenants_decisions_are_not_asked_again() -> None:
    ledger, engine, _ = a_day(most(2))

    async def work() -> Result:
        replay = Replay("other", surroundings(Times()).names, {engine.rulebook.hash: engine}.get, engine,
                        wider=needed(engine.rulebook))  # fmt: skip
        replay.take([entry async for entry in ledger.entries()])
        return replay.result

    assert run(work).compared == 0


def test_an_erased_person_still_counts_and_is_told_as_erased() -> None:
    ledger, engine, times = a_day(most(2))

    async def work() -> None:
        gate = await Gate.open(engine, ledger, surroundings(times))
        await gate.erase("t", "p1")
        await gate.close()

    run(work)
    result = replayed(ledger, engine, Engine(book(most(1))))
    assert result.usable and result.erased == 8 and result.changed["allow_to_deny"] == 2 * 2


def test_a_check_recorded_late_is_taken_at_its_time() -> None:
    ledger, _, _ = a_day(most(2))

    async def work() -> None:
        entries = [entry async for entry in ledger.entries()]
        late = [*entries[:3], *entries[4:6], entries[3], *entries[6:]]
        held: list[Entry] = []
        found = [
            entry
            for n in range(0, len(late), 5)
            for entry in in_order(late[n : n + 5], held, last=False, window_us=90_000_000)
        ]
        found += in_order([], held, last=True)
        assert [entry.n for entry in found] == [entry.n for entry in entries] and not held

    run(work)
