"""Facts, holds, promises, hours, contacts of the person's own, erasing and the timeline."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cadencia.dialer.people import HOLDS
from cadencia.dialer.refusals import GateError, ImpossibleTimeError, KeyReusedError
from cadencia.engine.query import Fact, Hours, Query
from cadencia.engine.tables import DateCheck, FactCheck
from cadencia.engine.words import DATES, FACTS, EventKind, bit_of_fact
from cadencia.store.identity import Pseudonyms, Scope
from cadencia.store.memory import MemoryLedger
from cadencia.store.projection import Asked, read
from tests.unit.dialer.doors import SECRET, TOLD, counted, opened, run, wanted, why
from tests.unit.engine.books import ALL_DAY, TUESDAY, cap, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")
CONSENT = rule("consent", FactCheck(requires=1 << bit_of_fact("consent_time")))
DISPUTE = rule("dispute", FactCheck(forbids=1 << bit_of_fact("dispute")))
ONCE = rule("once", cap(), kind="frequency_cap")
PHONE = "+573009999999"


@pytest.mark.parametrize("hold", list(HOLDS))
def test_a_hold_stops_contact_whatever_the_law_says_until_it_is_lifted(hold: str) -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN)
        await gate.hold("t", "p1", hold, source=TOLD)
        decision = (await gate.reserve(wanted(), key="a")).decision
        assert why(decision) == ["hold"]
        assert decision.reasons[0].message.endswith(hold)
        assert (await gate.check(wanted("p2"))).allowed
        await gate.hold("t", "p1", hold, source=TOLD, on=False)
        assert (await gate.reserve(wanted(), key="b")).verdict == "allow"

    run(test)


def test_the_lawyer_may_be_contacted_and_a_dispute_is_about_its_debt() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, DISPUTE)
        await gate.hold("t", "p1", "attorney", source=TOLD)
        assert not (await gate.check(wanted())).allowed
        assert (await gate.check(wanted(party="attorney"))).allowed
        await gate.hold("t", "p2", "dispute", source=TOLD, debt="d1")
        assert why(await gate.check(wanted("p2"))) == ["dispute", "hold"]
        assert (await gate.check(wanted("p2", debt="d2"))).allowed
        assert not (await gate.check(wanted("p2", debt=None))).allowed
        assert not (await gate.check(wanted("p2", debt="d2", debts=("d1",)))).allowed

    run(test)


@pytest.mark.parametrize("fact", ["opt_out", "do_not_call"])
def test_an_objection_to_a_channel_or_address_stops_it_and_no_other(fact: str) -> None:
    async def test() -> None:
        gate, times = await opened(OPEN)
        await gate.record_fact("t", "p1", fact, source=TOLD, id="+573001234567")
        assert why(await gate.check(wanted())) == [fact]
        assert (await gate.check(wanted(phone="+573007654321"))).allowed
        assert (await gate.check(wanted(facts=(Fact(name="legal_notice"),)))).allowed
        await gate.record_fact("t", "p2", fact, source=TOLD, channel="sms", until=times.ago(-60))
        assert (await gate.check(wanted("p2"))).allowed
        assert why(await gate.check(wanted("p2", channel="sms"))) == [fact]
        times.go(60)
        assert (await gate.check(wanted("p2", channel="sms"))).allowed

    run(test)


@pytest.mark.parametrize("spelt", [PHONE, "+57 300 999-9999"])
@pytest.mark.parametrize("fact", ["opt_out", "do_not_call"])
def test_an_objection_to_a_number_holds_beside_an_address_and_however_it_was_spelt(fact: str, spelt: str) -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN)
        await gate.record_fact("t", "p1", fact, source=TOLD, scope="address", id=spelt)
        for fields in ({"phone": PHONE}, {"phone": PHONE, "address": "Calle 1"}, {"phone": None, "address": PHONE}):
            assert why(await gate.check(wanted(**fields))) == [fact]
        assert (await gate.check(wanted(address="Calle 1"))).allowed
        await gate.record_fact("t", "p1", fact, False, source=TOLD, scope="address", id=PHONE)
        assert (await gate.check(wanted(phone=PHONE))).allowed

    run(test)


def test_a_consent_for_a_number_opens_nothing_at_an_address_beside_it() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, CONSENT)
        await gate.record_fact("t", "p1", "consent_time", source=TOLD, scope="address", id=PHONE)
        assert (await gate.check(wanted(phone=PHONE))).allowed
        assert not (await gate.check(wanted(phone=PHONE, address="Calle 1"))).allowed

    run(test)


@pytest.mark.parametrize(("fact", "opens"), [
    (Fact(name="legal_notice", channel="letter"), False), (Fact(name="legal_notice", channel="call"), True),
    (Fact(name="legal_notice", until=TUESDAY), False), (Fact(name="legal_notice", from_=TUESDAY), True),
    (Fact(name="legal_notice", from_=TUESDAY + timedelta(seconds=1)), False), (Fact(name="legal_notice"), True),
    (Fact(name="legal_notice", value=False), False),
])  # fmt: skip
def test_a_notice_of_the_law_opens_its_own_channel_and_time(fact: Fact, opens: bool) -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN)
        await gate.record_fact("t", "p1", "opt_out", source=TOLD)
        answer = await gate.reserve(wanted(facts=(fact,)), key="k")
        assert (answer.verdict == "allow") == opens, why(answer.decision)

    run(test)


def test_a_consent_holds_while_it_lasts_and_the_newest_word_counts() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, CONSENT)
        assert why(await gate.check(wanted())) == ["consent"]
        await gate.record_fact("t", "p1", "consent_time", source=TOLD, until=times.ago(-60))
        assert (await gate.check(wanted())).allowed
        await gate.record_fact("t", "p1", "consent_time", False, source=TOLD)
        assert not (await gate.check(wanted())).allowed
        await gate.record_fact("t", "p1", "consent_time", source=TOLD, until=times.ago(-60))
        times.go(61)
        assert not (await gate.check(wanted())).allowed

    run(test)


def test_of_two_scopes_the_stricter_word_holds() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN, CONSENT)
        await gate.record_fact("t", "p1", "consent_time", source=TOLD, until=times.ago(-60))
        await gate.record_fact("t", "p1", "consent_time", False, source=TOLD, scope="debt", id="d1")
        assert not (await gate.check(wanted())).allowed
        assert (await gate.check(wanted(debt="d2"))).allowed
        assert not (await gate.check(wanted(debt=None))).allowed

    run(test)


def test_a_request_cannot_talk_a_record_away() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN, DISPUTE)
        await gate.record_fact("t", "p1", "dispute", source=TOLD)
        said = Fact(name="dispute", value=False)
        denied = (await gate.reserve(wanted(facts=(said,)), key="k")).decision
        assert why(denied) == ["fact_conflict"]
        assert why(await gate.check(wanted(facts=(Fact(name="dispute"),)))) == ["dispute"]
        await gate.promise("t", "p1", date(2026, 6, 1), source=TOLD)
        assert why(await gate.check(wanted(dates={"promise_due": date(2026, 5, 1)}))) == ["fact_conflict"]

    run(test)


@pytest.mark.parametrize("name", ["promise_due", "cannot_pay_until"])
def test_a_promise_is_a_date_that_rules_read(name: str) -> None:
    waits = rule("waits", DateCheck(date=DATES.index(name), at_least_days=0, unknown_denies=False))

    async def test() -> None:
        gate, _ = await opened(OPEN, waits)
        record: Any = gate.promise if name == "promise_due" else gate.cannot_pay_until
        await record("t", "p1", date(2026, 5, 25), source=TOLD, debt="d1")
        assert why(await gate.check(wanted())) == ["waits"]
        assert (await gate.check(wanted(debt="d2"))).allowed
        assert not (await gate.check(wanted(debt=None))).allowed
        await record("t", "p1", date(2026, 5, 19), source=TOLD, debt="d1")
        assert (await gate.check(wanted())).allowed
        await gate.record_date("t", "p1", name, date(2026, 5, 30), source=TOLD)
        assert not (await gate.check(wanted())).allowed

    run(test)


def test_the_persons_own_hours_bind() -> None:
    async def test() -> None:
        gate, _ = await opened(OPEN)
        await gate.record_hours("t", "p1", source=TOLD, wanted=(Hours(opens="14:00", closes="15:00"),))
        assert not (await gate.check(wanted())).allowed
        other = (Hours(opens="09:00", closes="18:00"),)
        assert why(await gate.check(wanted(wanted_hours=other))) == ["fact_conflict"]
        await gate.record_hours("t", "p1", source=TOLD, wanted=())
        assert (await gate.check(wanted())).allowed

    run(test)


def test_a_contact_of_the_persons_own_counts_where_a_rule_says_so() -> None:
    talks = rule("talks", cap(kinds=1 << EventKind.conversation, direction=2, n=7), kind="cooling_off")

    async def test() -> None:
        gate, times = await opened(OPEN, ONCE, talks)
        await gate.inbound("t", "p1", times.ago(60), outcome="conversation")
        assert await counted(gate) == {"once": 0, "talks": 1}
        with pytest.raises(ImpossibleTimeError):
            await gate.inbound("t", "p1", times.ago(-60))
        with pytest.raises(GateError, match="channel"):
            await gate.inbound("t", "p1", times.now, channel="pigeon")

    run(test)


def test_wrong_notes_are_refused() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN)
        for wrong in (
            gate.record_fact("t", "p", "likes_tea", source=TOLD),
            gate.record_fact("t", "p", "dispute", source=TOLD, scope="debt"),
            gate.record_fact("t", "p", "dispute", source=TOLD, scope="moon", id="x"),
            gate.record_fact("t", "p", "dispute", source=TOLD, channel="pigeon"),
            gate.record_fact("t", "p", "dispute", source=TOLD, from_=times.now, until=times.ago(5)),
            gate.record_fact("t", "", "dispute", source=TOLD),
            gate.hold("t", "p", "boredom", source=TOLD),
            gate.hold("t", "p", "deceased", source=TOLD, debt="d1"),
            gate.record_date("t", "p", "birthday", date(2000, 1, 1), source=TOLD),
            gate.inbound("t", "p", times.now.replace(tzinfo=None)),
            gate.inbound("t" * 300, "p", times.now),
        ):
            with pytest.raises(GateError):
                await wrong

    run(test)


def test_who_was_erased_is_not_contacted_and_the_counts_stay() -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, times = await opened(OPEN, ONCE, ledger=ledger)
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        await gate.record_fact("t", "p1", "opt_out", source=TOLD)
        assert await gate.erase("t", "p1") == 2
        refused = await gate.place(permit)
        assert (refused.placed, why(refused.decision)) == (False, ["permit_expired"])
        for door in (gate, (await opened(OPEN, ONCE, ledger=ledger, times=times))[0]):
            assert why(await door.check(wanted())) == ["erased"]
        with pytest.raises(KeyReusedError, match="erased"):
            await gate.reserve(wanted(), key="k")
        assert all(moment.told is None for moment in await gate.timeline("t", "p1") if moment.n < 4)

    run(test)


def test_nothing_personal_is_written_anew_of_who_was_erased() -> None:
    async def test() -> None:
        ledger = MemoryLedger()
        gate, times = await opened(OPEN, ledger=ledger)
        await gate.reserve(wanted(), key="k")
        await gate.erase("t", "p1")
        upto = (await ledger.head())[0]
        request = wanted(address="Calle 1", household="h", facts=(Fact(name="dispute"),), caller_id="+573005550000")
        for _ in range(2):
            assert why((await gate.reserve(request, key="Ana")).decision) == ["erased"]
        assert why(await gate.check(request, id="check-1")) == ["erased"]
        times.step(86_400)
        assert why((await gate.reserve(request, key="Ana")).decision) == ["clock_stepped"]
        await gate.close()
        anew = [entry async for entry in ledger.entries(after=upto)]
        assert [entry.kind for entry in anew] == ["decided"] * 4
        for entry in anew:
            assert (entry.key, entry.debts, entry.address, entry.household) == ("", (), 0, 0)
            told = read(entry, Asked)
            assert (told.person, told.asked, told.decision.verdict) == ("", "", "deny")
            assert told.query == Query(at=told.query.at, channel="call", initiator="predictive")
        assert [read(entry, Asked).id for entry in anew].count("check-1") == 1

    run(test)


def test_the_timeline_is_in_order_of_time_across_channels() -> None:
    async def test() -> None:
        gate, times = await opened(OPEN)
        permit = (await gate.reserve(wanted(channel="sms"), key="k")).permit
        assert permit is not None
        await gate.place(permit)
        times.go(60)
        await gate.settle(permit, "message_delivered", times.now)
        await gate.inbound("t", "p1", times.ago(3600), channel="whatsapp")
        await gate.record_fact("t", "p1", "opt_out", source=TOLD, channel="sms")
        line = [(m.kind, m.channel, m.outcome) for m in await gate.timeline("t", "p1")]
        assert line == [
            ("inbound", "whatsapp", "inbound"), ("reserved", "sms", "pending"), ("placed", "sms", "pending"),
            ("settled", "sms", "message_delivered"), ("fact", "sms", ""),
        ]  # fmt: skip

    run(test)


def test_every_hold_is_a_fact_of_the_law() -> None:
    assert {fact for fact, _ in HOLDS.values()} <= set(FACTS)


def test_a_consortium_shares_counters_and_not_what_people_said() -> None:
    shared = Pseudonyms(SECRET, Scope.consortium, "all", b"salt of the consortium")

    async def test() -> None:
        gate, _ = await opened(OPEN, ONCE, names=lambda tenant: shared)
        await gate.record_fact("t", "p2", "opt_out", source=TOLD)
        assert (await gate.check(wanted("p2", tenant="u"))).allowed
        assert (await gate.reserve(wanted(), key="k")).verdict == "allow"
        assert why((await gate.reserve(wanted(tenant="u"), key="k")).decision) == ["once"]
        assert [moment.kind for moment in await gate.timeline("u", "p1")] == ["decided"]

    run(test)
