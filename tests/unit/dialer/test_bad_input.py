"""What is asked or told wrongly is a GateError that names the field, writes nothing and closes the ledger to nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
import pytest

from cadencia.dialer.notes import Source
from cadencia.dialer.past import PastAttempt
from cadencia.dialer.refusals import GateError
from cadencia.dialer.request import Request
from cadencia.dialer.wellformed import address
from cadencia.engine.query import Fact, Hours
from cadencia.store.entry import Draft
from cadencia.store.memory import MemoryLedger
from cadencia.store.projection import Known, Past, as_instant, written
from tests.unit.dialer.doors import TOLD, Times, opened, run, surroundings, wanted, why
from tests.unit.engine.books import ALL_DAY, TUESDAY, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
HALF = "\ud800"
NAIVE = datetime(2026, 1, 1)
SPACED = "+57 300 123 4567"
Call = Callable[[Any], Awaitable[object]]


def changed(**fields: Any) -> Request:
    """A call that is whole but for these fields of its own."""
    return msgspec.structs.replace(wanted(), **fields)


def past(**fields: Any) -> PastAttempt:
    told = Past(**({"person": "p1", "channel": "call", "outcome": "busy", "at": TUESDAY} | fields))
    return PastAttempt(key="k", event_attr=3 << 3, past=told)


TOLD_WRONGLY: dict[str, Call] = {
    "on: ": lambda gate: gate.record_date("t", "p1", "due_date", NAIVE, source=TOLD),
    "on: expected": lambda gate: gate.record_date("t", "p1", "due_date", 5, source=TOLD),
    "promise_due": lambda gate: gate.promise("t", "p1", "soon", source=TOLD),
    "cannot_pay_until": lambda gate: gate.cannot_pay_until("t", "p1", "never", source=TOLD),
    "amount": lambda gate: gate.promise("t", "p1", TUESDAY.date(), amount=5, source=TOLD),
    "value": lambda gate: gate.record_fact("t", "p1", "prior_consent", "yes", source=TOLD),
    "fact: 'rich'": lambda gate: gate.record_fact("t", "p1", "rich", source=TOLD),
    "fact: a text": lambda gate: gate.record_fact("t", "p1", ["opt_out"], source=TOLD),
    "hold": lambda gate: gate.record_fact("t", "p1", "dispute", hold="odd", source=TOLD),
    "hold: a text": lambda gate: gate.hold("t", "p1", None, source=TOLD),
    "channel": lambda gate: gate.record_fact("t", "p1", "opt_out", channel=5, source=TOLD),
    "until: a time": lambda gate: gate.record_fact("t", "p1", "opt_out", until="x", source=TOLD),
    "from: a time": lambda gate: gate.record_fact("t", "p1", "opt_out", from_=NAIVE, source=TOLD),
    "from, until": lambda gate: gate.record_fact("t", "p1", "opt_out", from_=TUESDAY, until=TUESDAY, source=TOLD),
    "id: it is empty": lambda gate: gate.record_fact("t", "p1", "prior_consent", scope="debt", id="", source=TOLD),
    "id: a text": lambda gate: gate.record_fact("t", "p1", "prior_consent", scope="debt", id=7, source=TOLD),
    "debt": lambda gate: gate.hold("t", "p1", "dispute", debt="", source=TOLD),
    "name": lambda gate: gate.record_date("t", "p1", None, TUESDAY.date(), source=TOLD),
    "source: a Source": lambda gate: gate.record_fact("t", "p1", "prior_consent", source="a letter"),
    "source: expected": lambda gate: gate.record_fact("t", "p1", "prior_consent", source=Source(source=5)),  # type: ignore[arg-type]
    "lone surrogate": lambda gate: gate.record_fact("t", "p1", "prior_consent", source=Source(source=HALF)),
    "person: .*surrogate": lambda gate: gate.record_fact("t", HALF, "prior_consent", source=TOLD),
    "tenant: a text": lambda gate: gate.record_fact(5, "p1", "prior_consent", source=TOLD),
    "wanted, unwanted: '99:99'": lambda gate: gate.record_hours("t", "p1", wanted=hours("99:99", "x"), source=TOLD),
    "end before": lambda gate: gate.record_hours("t", "p1", unwanted=hours("20:00", "08:00"), source=TOLD),
    "weekdays": lambda gate: gate.record_hours("t", "p1", wanted=hours("08:00", "20:00", (9, -1)), source=TOLD),
    "wanted": lambda gate: gate.record_hours("t", "p1", wanted=("x",), source=TOLD),
    "tenant: it is empty": lambda gate: gate.inbound("", "p1", TUESDAY),
    "person: it is empty": lambda gate: gate.inbound("t", "", TUESDAY),
    "inbound debt": lambda gate: gate.inbound("t", "p1", TUESDAY, debt=""),
    "inbound address": lambda gate: gate.inbound("t", "p1", TUESDAY, address="300 123 4567"),
    "inbound source": lambda gate: gate.inbound("t", "p1", TUESDAY, source=5),
    "inbound at": lambda gate: gate.inbound("t", "p1", NAIVE),
    "person": lambda gate: gate.timeline("t", ""),
    "tenant": lambda gate: gate.erase("", ""),
    "by": lambda gate: gate.use(gate._judge.engine, by=5),
    "a PastAttempt": lambda gate: gate.take_in("t", [None]),
    "attempt 0: source": lambda gate: gate.take_in("t", [past(source=5)]),
    "attempt 0: person": lambda gate: gate.take_in("t", [past(person=HALF)]),
}  # fmt: skip
ASKED_WRONGLY: dict[str, Any] = {
    "a Request is needed": None,
    "tenant": changed(tenant=""),
    "person: a text": changed(person=b"p1"),
    "lone surrogate": wanted(HALF),
    "surrogate": wanted(caller_id=HALF),
    "by: expected": changed(by=5),
    "trunk: expected": changed(trunk=None),
    "debt: it is empty": wanted(debt=""),
    "debts: it is empty": wanted(debts=("",)),
    "household": wanted(household=""),
    "account: a text": wanted(account=b"a"),
    "phone: write": wanted(phone=SPACED),
    "phone: .*E.164": wanted(phone="3001234567"),
    "address: write": wanted(phone=None, address=SPACED),
    "address: .*E.164": wanted(phone=None, address="300 123 4567"),
    "number: what is dialled": changed(number="+573009999999"),
    "numbers.*float": wanted(numbers={"amount_due": float("nan")}),
    "numbers": wanted(numbers={"amount_due": float("inf")}),
    "facts.opt_out": wanted(facts=(Fact(name="opt_out", from_=NAIVE),)),
    "query": changed(query=None),
}


def hours(opens: str, closes: str, weekdays: tuple[int, ...] = (0,)) -> tuple[Hours, ...]:
    return (Hours(opens=opens, closes=closes, weekdays=weekdays),)


@pytest.mark.parametrize("shared", [False, True], ids=["own", "shared"])
@pytest.mark.parametrize("named", TOLD_WRONGLY)
def test_what_is_told_wrongly_is_refused_and_not_written(named: str, shared: bool) -> None:
    async def test() -> None:
        ledger = MemoryLedger(shared=shared)
        gate, times = await opened(OPEN, ledger=ledger)
        before = await ledger.head()
        with pytest.raises(GateError, match=named.removeprefix("inbound ")):
            await TOLD_WRONGLY[named](gate)
        assert await ledger.head() == before
        again, _ = await opened(OPEN, ledger=ledger, times=times)
        for door in (gate, again):
            assert (await door.check(wanted())).allowed

    run(test)


@pytest.mark.parametrize("named", ASKED_WRONGLY)
def test_what_is_asked_wrongly_is_refused_and_not_written(named: str) -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, _ = await opened(OPEN, ledger=ledger)
        before, request = await ledger.head(), ASKED_WRONGLY[named]
        for ask in (
            lambda: gate.reserve(request, key="k"),
            lambda: gate.check(request),
            lambda: gate.allowances(request),
        ):
            with pytest.raises(GateError, match=named):
                await ask()
        await gate.close()
        assert await ledger.head() == before
        assert (await gate.reserve(wanted(), key="k")).verdict == "allow"

    run(test)


@pytest.mark.parametrize("key", [5, None, HALF, "k\0", "k" * 256])
def test_a_key_that_is_none_is_refused(key: Any) -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN)
        with pytest.raises(GateError, match="key"):
            await gate.reserve(wanted(), key=key)

    run(test)


@pytest.mark.parametrize("field", ["token", "attempt", "number", "expires"])
@pytest.mark.parametrize("value", ["ñ", HALF, None, object()])
def test_a_permit_of_nonsense_is_none(field: str, value: Any) -> None:
    async def test() -> None:
        gate, times = await opened(OPEN)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        forged = msgspec.structs.replace(permit, **{field: value})
        for ask in (gate.place, gate.release, lambda permit: gate.settle(permit, "busy", times.now)):
            with pytest.raises(GateError):
                await ask(forged)

    run(test)


@pytest.mark.parametrize("call", [
    lambda gate, permit, at: gate.settle(permit, ["busy"], at),
    lambda gate, permit, at: gate.settle(permit, "busy", "x"),
    lambda gate, permit, at: gate.settle(permit, "busy", at, source=5),
    lambda gate, permit, at: gate.correct(permit, "busy", at, source=HALF),
    lambda gate, permit, at: gate.release(permit, why=5), lambda gate, permit, at: gate.release(5),
    lambda gate, permit, at: gate.release(HALF), lambda gate, permit, at: gate.check(wanted(), id=5),
    lambda gate, permit, at: gate.check(wanted(at=NAIVE)),
])  # fmt: skip
def test_an_end_that_is_told_wrongly_ends_nothing(call: Callable[..., Awaitable[object]]) -> None:
    async def test() -> None:
        gate, times = await opened(OPEN)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        with pytest.raises(GateError):
            await call(gate, permit, times.now)
        assert (await gate.place(permit)).placed

    run(test)


def unreadable(kind: str, payload: bytes, person: str = "p1") -> Draft:
    """An entry as another program, or an earlier one, may have written it."""
    subject = surroundings(Times()).names("t").subject(person) if kind != "published" else b""
    tenant = "t" if kind != "published" else ""
    return Draft(at=as_instant(TUESDAY), tenant=tenant, kind=kind, subject=subject, payload=payload)


NO_HOURS = written(Known(person="p1", wanted=hours("99:99", "x")))


@pytest.mark.parametrize("payload", [b'{"date":"due_date","on":"garbage","person":"p1","v":1}', b"[]", b"{,", NO_HOURS])
@pytest.mark.parametrize("shared", [False, True], ids=["own", "shared"])
def test_a_note_that_cannot_be_read_denies_its_person_and_nobody_else(payload: bytes, shared: bool) -> None:
    async def test() -> None:
        ledger = MemoryLedger(shared=shared)
        gate, times = await opened(OPEN, ledger=ledger)
        await ledger.append([unreadable("fact", payload), unreadable("published", b"[]")])
        again, _ = await opened(OPEN, ledger=ledger, times=times)
        for door in (gate, again) if shared else (again,):
            assert why(await door.check(wanted())) == ["unreadable"]
            assert why((await door.reserve(wanted(), key="k")).decision) == ["unreadable"]
            assert (await door.check(wanted("p2"))).allowed

    run(test)


@pytest.mark.parametrize(("given", "kept"), [
    ("+57 300 123-45.67", "+573001234567"), (" +57 (300) 1234567", "+573001234567"), ("300 123 4567", None),
    ("0057 300 1234567", None), ("+57 300 123 456a", None), ("Calle 1 # 2-3", "Calle 1 # 2-3"),
    ("ana@example.org", "ana@example.org"), ("4711", "4711"), ("", None), (5, None),
])  # fmt: skip
def test_an_address_that_is_a_phone_number_has_one_spelling(given: Any, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(GateError):
            address("address", given)
    else:
        assert address("address", given) == kept
