"""The one door: nothing leaves except through it. Decides and reserves in one step, durably; places, settles,
corrects.

Everything runs on one thread, the event loop: between deciding and counting nothing else runs. docs/ledger.md has
what is written, docs/architecture.md the path of one contact."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import msgspec

from cadencia.dialer import entries
from cadencia.dialer.asking import AnsweredElsewhereError, Asking
from cadencia.dialer.attempts import Attempt
from cadencia.dialer.checkpoint import Start, begin
from cadencia.dialer.checkpoint import dump as dump_checkpoint
from cadencia.dialer.commits import Commits, attempt_id
from cadencia.dialer.endings import Endings
from cadencia.dialer.judge import Contact, Judge, Judged, denied
from cadencia.dialer.permits import Permit, Permits
from cadencia.dialer.refusals import (
    BusyError,
    GateError,
    KeyReusedError,
    PermitSpentError,
)
from cadencia.dialer.request import Placed, Request, Reserved, Surroundings, replayed
from cadencia.dialer.watch import Watch
from cadencia.dialer.wellformed import text, told
from cadencia.dialer.wider import needed
from cadencia.engine.decide import Engine
from cadencia.engine.decider import Allowance, Without
from cadencia.engine.decision import Decision
from cadencia.engine.histories import Histories
from cadencia.engine.history import SlotError
from cadencia.store.entry import Draft
from cadencia.store.ledger import Ledger, LedgerError
from cadencia.store.projection import (
    MICROSECONDS,
    Asked,
    ErasedError,
    Published,
    as_instant,
    read,
)

_ID_BYTES = 8


class Gate(Endings):
    """Opened with `Gate.open`, closed with `close`. Belongs to one event loop. LedgerError from what records and
    cannot be made sure; from then on everything is denied, until the gate is opened anew."""

    def __init__(self, engine: Engine, commits: Commits, watch: Watch, s: Surroundings) -> None:
        super().__init__(commits, watch, s.names, Permits(s.secret))
        self._surroundings = s
        self._judge = Judge(engine, self._histories)
        self.rebuilt = ""
        self._asking = Asking()
        self._changing = asyncio.Lock()

    @classmethod
    async def open(
        cls, engine: Engine, ledger: Ledger, surroundings: Surroundings, *, checkpoint: Path | None = None
    ) -> Gate:
        """Reads the ledger: the counters are those of before, and what was pending still is. With a checkpoint only its
        tail is counted anew; one that cannot be used is not, and `rebuilt` says why. A ledger that is shared is always
        read whole. Another rulebook than the last one is recorded as `published`."""
        kinds = needed(engine.rulebook)
        await ledger.count_for(kinds)
        start, rebuilt = await begin(checkpoint, ledger, kinds)
        commits = Commits(ledger, start.state, start.keys, surroundings.tries)
        newest = await commits.load(start.upto)
        watch = Watch(surroundings.wall, surroundings.steady, newest)
        gate = cls(engine, commits, watch, surroundings)
        gate.rebuilt = rebuilt
        if commits.state.rulebook != engine.rulebook.hash:
            await gate.use(engine, by="start")
        return gate

    @property
    def _histories(self) -> Histories:
        return cast(Histories, self._commits.state.histories)

    @property
    def rulebook(self) -> str:
        """Hash of the one that decides."""
        return self._judge.engine.rulebook.hash

    async def close(self) -> None:
        """Writes what waits. The ledger is the caller's to close."""
        await self._commits.settle_down()
        await self.settled_behind()

    async def checkpoint(self, path: Path) -> None:
        """Writes what the next start need not read again. BusyError while others write; OSError."""
        await self.close()
        commits = self._commits
        written_before = commits.written
        upto, head = await commits.ledger.head()
        if commits.writing or commits.written != written_before:
            raise BusyError("entries are being written: stop reserving first, then write the checkpoint")
        dump_checkpoint(path, Start(commits.state, self._histories, commits.keys, upto), head)

    async def use(self, engine: Engine, *, by: str = "") -> None:
        """This rulebook decides, also over permits already given: from now on, or where it counts over histories that
        were not kept so far, as soon as the ledger is counted anew; until then the former one does."""
        payload = told(Published(rulebook=engine.rulebook.hash, by=text("by", by, empty=True)))
        async with self._changing:  # of two that count anew at once, one would count without the other's entries
            kept = self._commits.state.wider
            if not kept.cover(needed(engine.rulebook)):
                await self._commits.recount(kept.and_also(needed(engine.rulebook)))
            self._judge = Judge(engine, self._histories)
            draft = Draft(at=self._watch.now(), tenant="", kind="published", payload=payload)
            await self._commits.write(b"", lambda: ([draft], None))

    async def check(self, request: Request, *, id: str = "") -> Decision:
        """The answer without reserving anything, recorded behind it, under the id that the caller gives it. `query.at`
        may be another instant than now."""
        Request.check(request)
        text("id", id, empty=True)
        contact = await self._up_to_date(request)
        at = self._watch.now()
        about = at if request.query.at is None else entries.instant_of(request.query.at)
        with self._commits.state.supposing(contact):
            judged = self._judged(request, contact, about)
            entry = self._decided(request, contact, judged, at, about=about, id=id)
        if not self._commits.failed and not self._commits.behind(entry):
            return self._refused("read_only").decision
        return judged.decision

    async def reserve(self, request: Request, *, key: str) -> Reserved:
        """Decides at this instant and, if it is allowed, counts the attempt as everything it may still become;
        returns when that is durable. key: of the caller; the same key with the same request has the same answer, also
        for who gave up waiting and asks again; KeyReusedError with another. asked.QueryError when the query cannot be
        read."""
        Request.check(request)
        if request.query.at is not None:
            raise GateError("at: leave it out; the gate reads its own clock")
        if not text("key", key, empty=True):
            raise GateError("key: an idempotency key is needed, so that a repeated request reserves nothing twice")
        slot, digest = (request.tenant, key), request.digest()
        while not self._asking.begun(slot):
            told = await self._asking.answer(slot)
            if told is not None:
                return replayed(*told, digest)
        try:
            answer = await self._answer(request, key, digest)
        except asyncio.CancelledError:
            self._commits.follow_up(self._given_up(request, key, digest))
            raise
        except Exception as problem:
            self._asking.fail(slot, problem)
            raise
        finally:
            self._commits.forget_key(*slot)
        self._asking.tell(slot, digest, answer)
        return answer

    async def place(self, permit: Permit) -> Placed:
        """Consumes the permit: decides again under the rules and facts of this moment, its own reservation left out.
        Where that is stricter, or the permit has run out, nothing leaves; refused by rules it is released too.
        PermitSpentError for a second time, UnknownAttemptError for a permit that is none."""
        if not isinstance(permit, Permit):
            raise GateError("place takes a permit that `reserve` gave, not an id")
        attempt = await self._attempt(permit)
        if attempt.status not in ("reserved", "expired") or attempt.busy:
            raise PermitSpentError("this permit was placed, released or refused before; reserve again")
        attempt.busy = True
        try:
            return await self._place(permit, attempt)
        finally:
            attempt.busy = False

    async def allowances(self, request: Request) -> list[tuple[str | None, Allowance]]:
        """For each debt of the request, what every counting rule that binds it still allows now. UnknownPersonError."""
        Request.check(request)
        await self._must_know(request.tenant, request.contact(self._names).subject)
        contact = await self._up_to_date(request)
        at = self._watch.now()
        with self._commits.state.supposing(contact):
            judged = self._judged(request, contact, at)
            return self._judge.allowances(judged, contact.subject, at)

    async def _up_to_date(self, request: Request) -> Contact:
        """The contact, its household known, when all that others wrote about it is taken in."""
        contact = request.contact(self._names)
        if self._commits.ledger.shared:
            await self._commits.catch_up(contact.subject)
            contact = self._commits.state.housed(contact)
            await self._commits.catch_up(*contact.wider(self._commits.state.wider.kinds))
            await self._commits.catch_up(*self._commits.state.wider.housemates(contact.subject, contact.household))
        return self._commits.state.housed(contact)

    def _decided(self, request: Request, contact: Contact, judged: Judged, at: int, **told: Any) -> Draft:
        erased = self._commits.state.people.erased(request.tenant, contact.subject)
        return entries.decided(request, contact, judged, self._judge, at, erased=erased, **told)

    def _judged(self, request: Request, contact: Contact, at: int, *, without: int | Without | None = None) -> Judged:
        """What the gate itself denies, else what the rules say."""
        if self.refuses:
            return Judged(denied(at, self.refuses, rulebook=self._judge.engine.rulebook.hash), (request.query,))
        person = self._commits.state.people.of(request.tenant, contact.subject)
        return self._judge.judge(request.query, request.debts, contact, person, at, without=without)

    async def _answered(self, tenant: str, key: str, digest: str) -> Reserved | None:
        """The answer that this key had before. Denied when the ledger cannot say."""
        try:
            entry = await self._commits.answered(tenant, key)
        except LedgerError as problem:
            self._commits.failed = str(problem)
            return self._refused("read_only")
        if entry is None:
            return None
        try:
            asked = read(entry, Asked)
        except (ErasedError, msgspec.ValidationError):
            raise KeyReusedError("this key was used for a person since erased, or elsewhere: use another") from None
        if not entry.attempt:
            return replayed(asked.asked, Reserved(decision=asked.decision), digest)
        assert asked.expires is not None
        permit = self._permits.issue(
            attempt=entry.attempt, channel=asked.query.channel, number=asked.number, caller_id=asked.caller_id,
            trunk=asked.trunk, expires=as_instant(asked.expires),
        )  # fmt: skip
        return replayed(asked.asked, Reserved(decision=asked.decision, permit=permit), digest)

    async def _answer(self, request: Request, key: str, digest: str) -> Reserved:
        """What the key was told before, else what is decided now."""
        if self._commits.may_have(request.tenant, key):
            found = await self._answered(request.tenant, key, digest)
            if found is not None:
                return found
        try:
            return await self._reserve(request, key, digest)
        except AnsweredElsewhereError:
            return await self._answered(request.tenant, key, digest) or self._refused("busy")

    async def _given_up(self, request: Request, key: str, digest: str) -> None:
        """Whoever asked has gone. What became of it is the answer to who asks again."""
        slot, found = (request.tenant, key), None
        try:
            await self._commits.written_so_far()
            found = await self._answered(*slot, digest)
            if found is not None and found.permit and self._asking.made(slot, found.permit.attempt):
                contact = request.contact(self._names)
                await self._commits.catch_up(contact.subject)
                self._may_be_placed(found.permit, request, contact)
        except (GateError, LedgerError):
            found = None  # whoever asks again is told so
        finally:
            self._commits.forget_key(*slot)
            if found is None:
                self._asking.give_back(slot)
            else:
                self._asking.tell(slot, digest, found)

    def _may_be_placed(self, permit: Permit, request: Request, contact: Contact) -> None:
        attempt = self._commits.state.attempts.get(permit.attempt)
        if attempt is not None:  # else another process has ended it already
            attempt.asked = (request, contact)

    async def _reserve(self, request: Request, key: str, digest: str) -> Reserved:
        contact = request.contact(self._names)

        def make() -> tuple[list[Draft], Reserved]:
            if self._commits.answer_came(request.tenant, key):
                raise AnsweredElsewhereError
            housed = self._commits.state.housed(contact)
            with self._commits.state.supposing(housed):
                return self._decide(request, housed, key, digest)

        try:
            reserved = await self._commits.write(contact.subject, make)
        except LedgerError:
            return self._refused("read_only")
        except BusyError:
            refused = self._refused("busy")
            judged = Judged(refused.decision, (request.query,))
            at = self._watch.now()
            self._commits.behind(self._decided(request, contact, judged, at, about=at))
            return refused
        if reserved.permit is not None:
            self._may_be_placed(reserved.permit, request, contact)
        return reserved

    def _decide(self, request: Request, contact: Contact, key: str, digest: str) -> tuple[list[Draft], Reserved]:
        """What is to be appended, and the answer when that is done."""
        at = self._watch.now()
        judged = self._judged(request, contact, at)
        if not judged.decision.allowed:
            draft = self._decided(request, contact, judged, at, about=at, key=key, digest=digest)
            return [draft], Reserved(decision=judged.decision)
        permit = self._permit(request, contact, at)
        self._asking.make((request.tenant, key), permit.attempt)
        try:
            draft = entries.reserved(request, contact, judged, self._judge, self._commits.state, at, permit,
                                     key=key, digest=digest)  # fmt: skip
        except SlotError:
            return [], self._refused("history_overflow")
        return [draft], Reserved(decision=judged.decision, permit=permit)

    def _refused(self, rule: str) -> Reserved:
        return Reserved(decision=denied(self._watch.now(), rule, rulebook=self._judge.engine.rulebook.hash))

    def _permit(self, request: Request, contact: Contact, at: int) -> Permit:
        token = self._surroundings.entropy(_ID_BYTES)
        return self._permits.issue(
            attempt=attempt_id(contact.subject, token), channel=request.query.channel,
            number=request.number or request.query.phone or request.query.address or "",
            caller_id=request.query.caller_id, trunk=request.trunk,
            expires=at + self._surroundings.permit_seconds * MICROSECONDS,
        )  # fmt: skip

    async def _place(self, permit: Permit, attempt: Attempt) -> Placed:
        def make() -> tuple[list[Draft], Placed]:
            at = self._watch.now()
            if not attempt.unplaced:
                raise PermitSpentError("somebody else ended this attempt meanwhile")
            if attempt.asked is None or at >= permit.expires:
                decision = denied(at, "permit_expired", rulebook=self._judge.engine.rulebook.hash)
                return self._expired(attempt, permit, at), Placed(placed=False, decision=decision, attempt=attempt.id)
            request, contact = attempt.asked[0], self._commits.state.housed(attempt.asked[1])
            judged = self._judged(request, contact, at, without=self._commits.state.left_out(attempt))
            answer = Placed(placed=judged.decision.allowed, decision=judged.decision, attempt=attempt.id)
            if self._commits.failed:
                return [], answer
            if answer.placed:
                return [entries.placed(attempt, permit, judged.decision, at)], answer
            return [self._released(attempt, why="refused when it was placed", decision=judged.decision)], answer

        if not self._commits.ledger.shared:
            await self._commits.writable()
            drafts, answer = make()
            self._commits.ride(drafts)
            return answer
        try:
            return await self._commits.write(attempt.draft.subject, make)
        except (BusyError, LedgerError) as problem:
            rule = "busy" if isinstance(problem, BusyError) else "read_only"
            return Placed(placed=False, decision=self._refused(rule).decision, attempt=attempt.id)
