"""A clock that is set back or forward allows nothing by mistake."""

from __future__ import annotations

import pytest

from cadencia.dialer.watch import Watch
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import Times, opened, run, wanted, why
from tests.unit.engine.books import ALL_DAY, cap, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
ONCE = rule("once", cap(), kind="frequency_cap")


@pytest.mark.parametrize("by", [-3 * 86_400, -60, 60, 86_400, 8 * 86_400])
def test_a_step_denies_until_it_is_undone(by: int) -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, ONCE)
        await gate.reserve(wanted(), key="a")
        free = (await gate.reserve(wanted("p2"), key="b")).permit
        assert free is not None
        times.step(by)
        assert why((await gate.reserve(wanted(), key="c")).decision) == ["clock_stepped"]
        assert why((await gate.place(free)).decision) == ["clock_stepped"]
        times.step(-by)
        assert why((await gate.reserve(wanted(), key="d")).decision) == ["once"]

    run(test)


def test_a_step_back_does_not_make_a_permit_last_longer() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN)
        permit = (await gate.reserve(wanted(), key="a")).permit
        assert permit is not None
        times.go(19)
        times.step(-10)
        times.go(2)
        assert why((await gate.place(permit)).decision) == ["permit_expired"]

    run(test)


def test_a_clock_behind_the_ledger_denies_until_it_has_caught_up() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(), Times()
        gate, _ = await opened(OPEN, ONCE, ledger=ledger, times=times)
        await gate.reserve(wanted(), key="a")
        times.step(-3600)
        late, _ = await opened(OPEN, ONCE, ledger=ledger, times=times)
        assert why((await late.reserve(wanted("p2"), key="b")).decision) == ["clock_stepped"]
        times.go(3600)
        assert (await late.reserve(wanted("p2"), key="c")).verdict == "allow"

    run(test)


def test_small_differences_are_not_steps_and_time_never_goes_back() -> None:
    times = Times()
    watch = Watch(lambda: times.wall, lambda: times.steady)
    before = watch.now()
    times.step(-1.5)
    assert not watch.stepped() and watch.now() == before
    times.go(5)
    assert watch.now() == before + 5_000_000
