"""What is recorded of persons beside attempts: contacts of their own, consents, objections, holds, promises, hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from cadencia.dialer.commits import Commits
from cadencia.dialer.entries import event_of, instant_of, outcome_of
from cadencia.dialer.past import MOST, Intake, PastAttempt, TakenIn, draft_of
from cadencia.dialer.people import HOLDS, check_hours
from cadencia.dialer.refusals import GateError, ImpossibleTimeError, UnknownPersonError
from cadencia.dialer.request import Names
from cadencia.dialer.watch import Watch
from cadencia.dialer.wellformed import address as written_alike
from cadencia.dialer.wellformed import moment, stated, text, told
from cadencia.engine.query import Hours
from cadencia.engine.words import DATES, FACTS, Channel, EventKind
from cadencia.store.entry import Draft, Entry
from cadencia.store.projection import Known, Past, Promise, as_datetime, as_second, happened

SCOPES = ("person", "debt", "address")


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a person's timeline. at: when it happened; n: its entry; told: its payload, None once erased."""

    at: datetime
    n: int
    kind: str
    channel: str
    outcome: str
    attempt: str
    told: dict[str, Any] | None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where something comes from: `source` says how we know (a call, a letter, a register), `evidence` where the
    proof is kept, `by` who recorded it."""

    source: str
    evidence: str = ""
    by: str = ""


class Notes:
    """The part of the gate that records. Everything counts at once, for permits already given too, and is durable
    when the call returns. LedgerError when that cannot be made sure."""

    def __init__(self, commits: Commits, watch: Watch, names: Names) -> None:
        self._commits, self._watch, self._names = commits, watch, names
        self._intake = Intake(commits)

    @property
    def refuses(self) -> str:
        """Why everything is denied: `read_only`, `clock_stepped`; empty when nothing is."""
        return "read_only" if self._commits.failed else "clock_stepped" if self._watch.stepped() else ""

    @property
    def in_flight(self) -> int:
        """Attempts reserved or placed without an outcome: what pacing counts."""
        return self._commits.state.in_flight

    async def settled_behind(self) -> None:
        """Returns when the checks answered so far are recorded: whoever asks many waits for it now and then, for what
        is recorded behind has room for so much only."""
        await self._commits.ledger.settled_behind()

    async def record_fact(
        self, tenant: str, person: str, fact: str, value: bool = True, *, source: Source, scope: str | None = None,
        id: str | None = None, channel: str | None = None, from_: datetime | None = None,
        until: datetime | None = None, hold: str = "",
    ) -> None:  # fmt: skip
        """A consent, opt-out, do-not-call entry or any other fact of engine/words.py. scope: person, debt or address,
        with its `id`; left out, the scope that the fact's name has if an id is given, else the person. It replaces
        what was recorded of the same name, scope, id and channel. GateError for a word that is none."""
        if text("fact", fact) not in FACTS:
            raise GateError(f"fact: {fact!r} is none; see engine/words.py FACTS")
        scope = scope or (FACTS[fact][0] if id is not None else "person")
        if scope not in SCOPES or (scope == "person") != (id is None):
            raise GateError("scope: person without an id, or debt or address with the id that it is about")
        if hold and hold not in HOLDS:
            raise GateError(f"hold: {hold!r} is none; one of: {', '.join(HOLDS)}")
        if channel is not None and text("channel", channel) not in Channel.__members__:
            raise GateError(f"channel: {channel!r} is none; one of: {', '.join(Channel.__members__)}")
        for field, at in (("from", from_), ("until", until)):
            if at is not None:
                moment(field, at)
        if from_ and until and until <= from_:
            raise GateError("from, until: the end must lie behind the beginning; swap them")
        id = None if id is None else written_alike("id", id) if scope == "address" else text("id", id)
        known = Known(person=person, fact=fact, value=value, scope=scope, id=id, channel=channel, from_=from_,
                      until=until, hold=hold, **_told_by(source))  # fmt: skip
        await self._note(tenant, person, known, debt=id if scope == "debt" else None,
                         address=id if scope == "address" else None)  # fmt: skip

    async def hold(
        self, tenant: str, person: str, hold: str, *, source: Source, debt: str | None = None, on: bool = True,
        until: datetime | None = None,
    ) -> None:  # fmt: skip
        """An attorney, bankruptcy, deceased, dispute or hardship hold, set or (`on` false) lifted. A dispute or
        hardship may be about one debt; without it, it is about all of the person's."""
        if text("hold", hold) not in HOLDS:
            raise GateError(f"hold: {hold!r} is none; one of: {', '.join(HOLDS)}")
        fact, scope = HOLDS[hold]
        if stated("debt", debt) and scope == "person":
            raise GateError(f"debt: a hold of kind {hold} is about the person; leave the debt out")
        await self.record_fact(tenant, person, fact, on, source=source, scope="debt" if debt else "person", id=debt,
                               until=until, hold=hold)  # fmt: skip

    async def record_date(
        self, tenant: str, person: str, name: str, on: date, *, source: Source, debt: str | None = None
    ) -> None:
        """A dated fact of engine/words.py DATES, of one debt or of the person."""
        if text("name", name) not in DATES:
            raise GateError(f"date: {name!r} is none; one of: {', '.join(DATES)}")
        known = Known(person=person, date=name, on=on, scope="debt" if debt else "person", id=debt,
                      **_told_by(source))  # fmt: skip
        await self._note(tenant, person, known, debt=debt)

    async def record_hours(
        self, tenant: str, person: str, *, source: Source, wanted: tuple[Hours, ...] | None = None,
        unwanted: tuple[Hours, ...] | None = None,
    ) -> None:  # fmt: skip
        """The hours that the person named. Each list replaces the one before; None leaves it. GateError for hours that
        are none."""
        known = Known(person=person, wanted=wanted, unwanted=unwanted, **_told_by(source))
        told(known)
        try:
            check_hours(wanted, unwanted)
        except ValueError as problem:
            raise GateError(f"wanted, unwanted: {problem}") from None
        await self._note(tenant, person, known)

    async def promise(
        self, tenant: str, person: str, due: date, *, source: Source, debt: str | None = None, amount: str = "",
        attempt: str = "",
    ) -> None:  # fmt: skip
        """A promise to pay on a day. The talk in which it was given is counted by its outcome, not by this."""
        promise = Promise(person=person, debt=debt, promise_due=due, amount=amount, attempt=attempt,
                          source=_source(source).source, by=source.by)  # fmt: skip
        await self._note(tenant, person, promise, debt=debt, kind="promise")

    async def cannot_pay_until(
        self, tenant: str, person: str, until: date, *, source: Source, debt: str | None = None
    ) -> None:
        """The person said that payment is not possible before a day."""
        promise = Promise(person=person, debt=debt, cannot_pay_until=until, source=_source(source).source,
                          by=source.by)  # fmt: skip
        await self._note(tenant, person, promise, debt=debt, kind="promise")

    async def inbound(
        self, tenant: str, person: str, at: datetime, *, channel: str = "call", outcome: str = "inbound",
        debt: str | None = None, creditor: str | None = None, address: str | None = None,
        household: str | None = None, workplace: str | None = None, account: str | None = None, party: str = "debtor",
        actor: str = "third_party_collector", purpose: str = "collections", source: str = "",
    ) -> None:  # fmt: skip
        """The person contacted us: it counts where a rule says so. ImpossibleTimeError for a time after now."""
        when = instant_of(at)
        now = self._watch.now()
        if not 0 <= as_second(when) <= as_second(now):
            raise ImpossibleTimeError("at: a contact lies between 2000 and now; send when it happened")
        subject = self._whom(tenant, person)
        for field, id in (("debt", debt), ("creditor", creditor), ("household", household), ("workplace", workplace),
                          ("account", account)):  # fmt: skip
            stated(field, id)
        address = address if address is None else written_alike("address", address)
        kind = EventKind.inbound if outcome == "inbound" else outcome_of(outcome)
        try:
            attr = event_of(kind, channel, party=party, actor=actor, purpose=purpose, inbound=True)
        except ValueError as problem:
            raise GateError(str(problem)) from None
        past = Past(person=person, channel=channel, outcome=outcome, at=at, debt=debt, creditor=creditor,
                    address=address, household=household, workplace=workplace, account=account,
                    source=source)  # fmt: skip
        names = self._names(tenant)
        draft = Draft(
            at=now, tenant=tenant, kind="inbound", subject=subject, event_at=as_second(when),
            event_attr=attr, debts=(names.debt(debt),) if debt else (), address=names.address(address),
            creditor=names.creditor(creditor), household=names.household(household),
            workplace=names.workplace(workplace), account=names.account(account), payload=told(past),
        )  # fmt: skip
        await self._commits.write(draft.subject, lambda: ([draft], None))

    async def take_in(self, tenant: str, attempts: Sequence[PastAttempt]) -> TakenIn:
        """Attempts of the past from another system, at most 1,000 at a time; each counts once, by its key. All or
        none: GateError names the place, from 0, of one that cannot be."""
        text("tenant", tenant)
        if len(attempts) > MOST:
            raise GateError(f"attempts: {len(attempts)} are given; at most {MOST} at a time")
        now, names, drafts = self._watch.now(), self._names(tenant), list[Draft]()
        for place, one in enumerate(attempts):
            try:
                drafts.append(draft_of(one, tenant, names, now))
            except GateError as problem:
                raise type(problem)(f"attempt {place}: {problem}") from None
        return await self._intake.take_in(tenant, drafts)

    async def erase(self, tenant: str, person: str) -> int:
        """Destroys what is personal, as privacy law asks; how many entries lost their payload. Counts stay, and
        nobody can contact the person any more, for nothing can be evaluated. UnknownPersonError."""
        subject = self._whom(tenant, person)
        await self._must_know(tenant, subject)
        await self._commits.settle_down()
        self._commits.forget(tenant, subject)
        erased = await self._commits.ledger.erase(tenant, subject, self._watch.now())
        await self._commits.catch_up(subject)
        return erased

    async def timeline(self, tenant: str, person: str) -> list[Moment]:
        """All that is recorded of a person, across channels, in order of time. UnknownPersonError."""
        subject = self._whom(tenant, person)
        await self._commits.settle_down()
        await self._must_know(tenant, subject)
        written_of = self._commits.ledger.entries(subject=subject)
        rows = [entry async for entry in written_of if entry.tenant == tenant and entry.kind != "erased"]
        rows.sort(key=lambda entry: (happened(entry), entry.n))
        return [_moment(entry) for entry in rows]

    def _whom(self, tenant: str, person: str) -> bytes:
        """The person's subject."""
        return self._names(text("tenant", tenant)).subject(text("person", person))

    async def _must_know(self, tenant: str, subject: bytes) -> None:
        async for entry in self._commits.ledger.entries(subject=subject):
            if entry.tenant == tenant:
                return
        raise UnknownPersonError("person: nothing is recorded of this person; is the id written as in the requests?")

    async def _note(
        self, tenant: str, person: str, said: Known | Promise, *, debt: str | None = None, address: str | None = None,
        kind: str = "fact",
    ) -> None:  # fmt: skip
        subject = self._whom(tenant, person)
        stated("debt", debt)
        now, names = self._watch.now(), self._names(tenant)
        if isinstance(said, Known):
            said = msgspec.structs.replace(said, known_at=as_datetime(now))
        draft = Draft(
            at=now, tenant=tenant, kind=kind, subject=subject, debts=(names.debt(debt),) if debt else (),
            address=names.address(address), payload=told(said),
        )  # fmt: skip
        await self._commits.write(draft.subject, lambda: ([draft], None))


def _source(given: Source) -> Source:
    if not isinstance(given, Source):
        raise GateError(f"source: a Source is needed, that says how we know, not {type(given).__name__}")
    return given


def _told_by(source: Source) -> dict[str, Any]:
    return msgspec.structs.asdict(_source(source))


def _moment(entry: Entry) -> Moment:
    told = msgspec.json.decode(entry.payload, type=dict[str, Any]) if entry.payload else None
    outcome = (told or {}).get("outcome", "")
    if entry.event_attr or entry.event_at:
        channel = Channel(entry.event_attr & 7).name
        outcome = outcome or EventKind(entry.event_attr >> 3 & 15).name
    else:
        query = (told or {}).get("query") or {}
        channel = query.get("channel", "") or (told or {}).get("channel", "")
        outcome = outcome or ((told or {}).get("decision") or {}).get("verdict", "")
    return Moment(at=as_datetime(happened(entry)), n=entry.n, kind=entry.kind, channel=channel, outcome=outcome,
                  attempt=entry.attempt, told=told)  # fmt: skip
