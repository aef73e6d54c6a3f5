"""A pending attempt counts as every outcome that it may still become, and in flight until it has one."""

from __future__ import annotations

import pytest

from cadencia.engine.tables import CountCheck
from cadencia.engine.words import EventKind, WindowUnit
from tests.unit.dialer.doors import counted, opened, run, wanted, why
from tests.unit.engine.books import ALL_DAY, cap, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
TALK = 1 << EventKind.conversation
SEPARATED = cap(unit=WindowUnit.seconds, n=7_200)
COOLING = cap(unit=WindowUnit.civil_days, n=7, kinds=TALK)


@pytest.mark.parametrize(
    ("kind", "check", "left"),
    [("separation", SEPARATED, 1), ("cooling_off", COOLING, 0)],
    ids=["separation", "cooling-off"],
)
def test_it_separates_and_cools_off_until_its_outcome_says_otherwise(kind: str, check: CountCheck, left: int) -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, rule("apart", check, kind=kind))
        permit = (await gate.reserve(wanted(), key="1")).permit
        assert permit is not None
        assert why((await gate.reserve(wanted(), key="2")).decision) == ["apart"]
        await gate.place(permit)
        assert why((await gate.reserve(wanted(), key="3")).decision) == ["apart"]
        times.go(3)
        await gate.settle(permit, "no_answer", times.now)
        assert await counted(gate) == {"apart": left}
        assert (await gate.reserve(wanted(), key="4")).decision.allowed is (left == 0)

    run(test)


def test_it_is_in_flight_from_its_reservation_to_its_outcome() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN)
        first, second = [(await gate.reserve(wanted(), key=key)).permit for key in "12"]
        assert first is not None and second is not None and gate.in_flight == 2
        await gate.release(second)
        assert gate.in_flight == 1
        await gate.place(first)
        times.go(3_600)
        assert gate.in_flight == 1
        await gate.settle(first, "no_answer", times.now)
        assert gate.in_flight == 0

    run(test)
