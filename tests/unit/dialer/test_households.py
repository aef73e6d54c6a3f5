"""A household's history is all that its members ever had, in whatever order contacts and memberships become known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadencia.cli.ledger_check import checked
from cadencia.dialer.entries import event_of
from cadencia.dialer.gate import Gate
from cadencia.dialer.past import PastAttempt
from cadencia.dialer.permits import Permit
from cadencia.engine.decide import Engine
from cadencia.engine.tables import CompiledRule
from cadencia.engine.words import EventKind, Subject, Wider
from cadencia.store.memory import MemoryLedger
from cadencia.store.projection import Past
from tests.unit.dialer.doors import Times, counted, opened, run, surroundings
from tests.unit.dialer.test_wider_histories import OPEN, alone, wide, wide_events
from tests.unit.engine.books import book

H = Wider.household
ONCE = wide(H)
MANY = wide(H, 1_000)
TALKS = wide(H, 1_000, "talks", kinds=1 << EventKind.conversation, same=1 << Subject.debt)
BOTH_GATES = pytest.mark.parametrize("shared", [False, True], ids=["own", "shared"])


@BOTH_GATES
@pytest.mark.parametrize("first", [None, "before"])
def test_what_a_person_had_elsewhere_counts_for_the_household_too(first: str | None, shared: bool) -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, ONCE, ledger=MemoryLedger(shared=shared))
        assert (await gate.reserve(alone("p1", H, household=first), key="1")).permit
        assert not (await gate.reserve(alone("p1", H), key="2")).permit
        assert not (await gate.reserve(alone("p2", H), key="3")).permit

    run(test)


@BOTH_GATES
def test_where_a_household_is_not_stated_the_last_one_that_was_is_meant(shared: bool) -> None:
    async def test() -> None:
        ledger = MemoryLedger(shared=shared)
        gate, times = await opened(OPEN, MANY, ledger=ledger)
        await gate.check(alone("p1", H, household="h0"))
        await gate.check(alone("p1", H))
        await gate.reserve(alone("p1", H, household=None), key="1")
        await gate.inbound("t", "p1", times.now)
        await gate.take_in("t", [imported("p1", None, times)])
        named = [entry.household async for entry in ledger.entries() if entry.subject]
        assert len(set(named[1:])) == 1 and named[0] != named[1]

    run(test)


def test_a_check_makes_a_member() -> None:
    async def test() -> None:
        ledger, times = MemoryLedger(), Times()
        gate, _ = await opened(OPEN, ONCE, ledger=ledger, times=times)
        await gate.reserve(alone("p1", H, household=None), key="1")
        await gate.check(alone("p1", H))
        again, _ = await opened(OPEN, ONCE, ledger=ledger, times=times)
        for one in (gate, again):
            assert not (await one.check(alone("p2", H))).allowed

    run(test)


def test_who_moves_is_counted_in_both() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, MANY)
        for number, household in enumerate(("a", "b", None, "a")):
            await gate.reserve(alone("p1", H, household=household), key=str(number))
        await gate.reserve(alone("p2", H, household="b"), key="of the other")
        assert await counted(gate, alone("p1", H, household="a")) == {"by-household": 4}
        assert await counted(gate, alone("p1", H, household="b")) == {"by-household": 5}

    run(test)


def test_placing_leaves_out_what_came_along() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, ONCE)
        permit = (await gate.reserve(alone("p1", H, household=None), key="1")).permit
        await gate.check(alone("p1", H))
        assert permit is not None and (await gate.place(permit)).placed
        assert not (await gate.check(alone("p2", H))).allowed
        await gate.settle(permit, "no_answer", times.now)
        assert len(wide_events(gate, H)) == 1

    run(test)


def test_what_is_only_asked_makes_nobody_a_member(tmp_path: Path) -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, _ = await opened(OPEN, MANY, TALKS, ledger=ledger)
        for number in range(3):
            await gate.reserve(alone("p1", H, household=None, debts=("x", "y")), key=str(number))
        assert await counted(gate, alone("p1", H)) == {"by-household": 3, "talks": 3}
        assert wide_events(gate, H) == [] and await counted(gate, alone("p1", H, household=None))
        with pytest.raises(ValueError, match="party"):
            await gate.check(alone("p1", H, party="nobody"))
        assert wide_events(gate, H) == []
        await gate.checkpoint(tmp_path / "histories")
        assert (await checked(ledger, tmp_path / "histories")).wrong == ""

    run(test)


def test_of_whom_not_everything_is_counted_the_household_is_denied() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, MANY)
        for number in range(40):  # more creditors than a person's history has room for
            await gate.inbound("t", "p1", times.now, creditor=f"c{number}")
        await gate.check(alone("p1", H))
        assert not (await gate.check(alone("p2", H))).allowed

    run(test)


def test_a_checkpoint_knows_the_members(tmp_path: Path) -> None:
    async def test() -> None:
        ledger, times, path = MemoryLedger(), Times(), tmp_path / "histories"
        gate, _ = await opened(OPEN, MANY, ledger=ledger, times=times)
        await gate.reserve(alone("p1", H, household="before"), key="1")
        await gate.check(alone("p1", H))
        await gate.checkpoint(path)
        again = await Gate.open(gate._judge.engine, ledger, surroundings(times), checkpoint=path)
        assert again.rebuilt == ""
        await again.reserve(alone("p1", H, household=None), key="2")
        await again.check(alone("p2", H, household="elsewhere"))
        assert await counted(again, alone("p2", H, household="before")) == {"by-household": 2}
        assert await counted(again, alone("p2", H)) == {"by-household": 2}

    run(test)


def test_a_checkpoint_of_before_members_were_kept_is_rebuilt(tmp_path: Path) -> None:
    async def test() -> None:
        ledger, times, path = MemoryLedger(), Times(), tmp_path / "histories"
        gate, _ = await opened(OPEN, MANY, ledger=ledger, times=times)
        await gate.reserve(alone("p1", H), key="1")
        await gate.checkpoint(path)
        beside = path.with_name(path.name + ".attempts")
        kept = msgspec.msgpack.decode(beside.read_bytes(), type=dict[str, msgspec.Raw])
        del kept["households"]
        beside.write_bytes(msgspec.msgpack.encode(kept))
        again = await Gate.open(gate._judge.engine, ledger, surroundings(times), checkpoint=path)
        assert "does not say who is of which household" in again.rebuilt

    run(test)


def imported(person: str, household: str | None, times: Times, key: str = "past") -> PastAttempt:
    at = times.ago(60)
    attr = event_of(EventKind.no_answer, "call", actor="third_party_collector", purpose="collections")
    return PastAttempt(key=key, event_attr=attr, past=Past(
        person=person, channel="call", outcome="no_answer", at=at, household=household))  # fmt: skip


class Twin:
    """What happened, counted the slow way."""

    def __init__(self) -> None:
        self.attempts: list[list[str]] = []  # of each the person, and how it stands
        self.households: dict[str, set[str]] = {}

    def state(self, person: str, household: str | None) -> None:
        if household:
            self.households.setdefault(household, set()).add(person)

    def used(self, household: str) -> dict[str, int]:
        members = self.households.get(household, set())
        stands = [status for person, status in self.attempts if person in members and status != "void"]
        talks = sum(status in ("pending", "conversation") for status in stands)
        return {"by-household": len(stands), "talks": talks}


PERSONS, HOUSEHOLDS = ("p1", "p2", "p3"), ("a", "b")
steps = st.lists(
    st.tuples(
        st.sampled_from((
            "reserve", "reserve", "check", "ask", "import", "release", "settle", "correct", "use", "anew"
        )),
        st.sampled_from(PERSONS), st.sampled_from((None, *HOUSEHOLDS)), st.integers(0, 9),
    ),
    max_size=16,
)  # fmt: skip


class Played:
    """Steps at gates over one ledger, and at the twin. Of several gates each does its share."""

    def __init__(self, ledger: MemoryLedger, folder: Path | None) -> None:
        self.ledger, self.folder, self.twin, self.times = ledger, folder, Twin(), Times()
        self.permits: list[tuple[Permit, list[str]]] = []
        self.gates: list[Gate] = []

    async def open(self, *rules: CompiledRule) -> Gate:
        engine, checkpoint = Engine(book(OPEN, *rules)), None
        if self.folder is not None and self.gates:
            checkpoint = self.folder / "histories"
            await self.gates[0].checkpoint(checkpoint)
        return await Gate.open(engine, self.ledger, surroundings(self.times), checkpoint=checkpoint)

    async def step(self, number: int, what: str, person: str, household: str | None, pick: int) -> None:
        gate, request = self.gates[number % len(self.gates)], alone(person, H, household=household, debts=("e",))
        self.times.go(1)
        if what == "reserve":
            permit = (await gate.reserve(request, key=str(number))).permit
            assert permit is not None
            stands = [person, "pending"]
            self.twin.attempts.append(stands)
            self.permits.append((permit, stands))
        elif what == "check":
            await gate.check(request)
        elif what == "import":
            await gate.take_in("t", [imported(person, household, self.times, str(number))])
            self.twin.attempts.append([person, "no_answer"])
        elif what == "use":
            await gate.use(Engine(book(OPEN, MANY, TALKS)))
        elif what == "anew":
            self.gates[number % len(self.gates)] = await self.open(MANY, TALKS)
        elif what == "ask":
            if any(theirs == person for theirs, _ in self.twin.attempts):
                await gate.allowances(request)
        elif self.permits:
            await self.end(gate, what, *self.permits[pick % len(self.permits)])
        if what in ("reserve", "check", "import"):
            self.twin.state(person, household)

    async def end(self, gate: Gate, what: str, permit: Permit, stands: list[str]) -> None:
        if what == "release" and stands[1] == "pending" and gate is self.gates[0]:
            await gate.release(permit)
            stands[1] = "void"
        elif what == "settle" and stands[1] == "pending":
            place = await self.gates[0].place(permit)
            if place.placed:
                await gate.settle(permit.attempt, "conversation", self.times.now)
                stands[1] = "conversation"
        elif what == "correct" and stands[1] == "conversation":
            await gate.correct(permit.attempt, "no_answer", self.times.now)
            stands[1] = "no_answer"


@settings(max_examples=30, deadline=None)
@given(plan=steps, shared=st.booleans(), late=st.booleans())
def test_counters_are_those_of_a_slow_twin(plan: list[Any], shared: bool, late: bool, tmp_path_factory: Any) -> None:
    """late: the gates begin with rules that count no household."""

    async def test() -> None:
        played = Played(MemoryLedger(shared=shared), None if shared else tmp_path_factory.mktemp("twin"))
        for _ in range(1 + shared):
            played.gates.append(await played.open(*(() if late else (MANY, TALKS))))
        for number, step in enumerate(plan):
            await played.step(number, *step)
        for gate in (*played.gates, await played.open(MANY, TALKS)):
            await gate.use(Engine(book(OPEN, MANY, TALKS)))
            await gate.check(alone("p9", H, household="elsewhere"))
            for household in HOUSEHOLDS:
                for person in PERSONS:  # takes in what the other gate did last
                    await gate._commits.catch_up(gate._names("t").subject(person))
                asking = alone("p9", H, household=household, debt="e")
                assert await counted(gate, asking) == played.twin.used(household)
        assert (await checked(played.ledger)).wrong == ""

    run(test)
