"""Attempts of the past, from another system: each counts once, by the key that it comes with."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from cadencia.dialer.commits import Commits
from cadencia.dialer.entries import instant_of
from cadencia.dialer.refusals import GateError, ImpossibleTimeError
from cadencia.dialer.wellformed import text, told
from cadencia.engine.words import Channel, EventKind
from cadencia.store.entry import Draft
from cadencia.store.identity import Pseudonyms
from cadencia.store.projection import Past, as_second

MOST = 1_000  # attempts of one question


class PastAttempt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attempt. key: its own, the same whenever it is imported. event_attr: what it counts, as engine/history.py
    has it, its slots 0. past: what is told of it; channel and outcome are those of the event."""

    key: str
    event_attr: int
    past: Past


class TakenIn(msgspec.Struct, frozen=True):
    """What became of attempts: how many are new, how many were there before, and the places, from 0, of those whose
    person was erased and is not taken in again."""

    imported: int
    again: int
    erased: tuple[int, ...] = ()


def draft_of(one: PastAttempt, tenant: str, names: Pseudonyms, now: int) -> Draft:
    """The entry of an attempt. ImpossibleTimeError; GateError when what it counts is not what it tells."""
    if not isinstance(one, PastAttempt):
        raise GateError(f"a PastAttempt is needed, not {type(one).__name__}")
    past, when = one.past, as_second(instant_of(one.past.at))
    if not 0 < when <= as_second(now):
        raise ImpossibleTimeError("at: an attempt of the past lies between 2000 and now")
    text("key", one.key)
    text("person", past.person)
    counts = {"channel": Channel.__members__.get(past.channel), "outcome": EventKind.__members__.get(past.outcome)}
    if counts != {"channel": one.event_attr & 7, "outcome": one.event_attr >> 3 & 15} or past.outcome in _OWN:
        raise GateError("event_attr: its channel and outcome must be those that are told, the outcome one that ends")
    return Draft(
        at=now, tenant=tenant, kind="imported", subject=names.subject(past.person), event_at=when,
        event_attr=one.event_attr, debts=(names.debt(past.debt),) if past.debt else (),
        address=names.address(past.address), creditor=names.creditor(past.creditor),
        household=names.household(past.household), workplace=names.workplace(past.workplace),
        account=names.account(past.account), key=one.key, payload=told(past),
    )  # fmt: skip


class Intake:
    """Takes drafts of the past into the gate's ledger, one question at a time: two that bring the same attempt at once
    count it once."""

    def __init__(self, commits: Commits) -> None:
        self._commits = commits
        self._turn = asyncio.Lock()

    async def take_in(self, tenant: str, drafts: Sequence[Draft]) -> TakenIn:
        """Returns when all that is new is durable. LedgerError, BusyError."""
        async with self._turn:
            await self._commits.written_so_far()  # what somebody gave up waiting for is found by its key from here on
            places: dict[str, int] = {}
            for place, draft in enumerate(drafts):
                places.setdefault(draft.key, place)
            try:
                new = [drafts[place] for key, place in places.items() if not await self._known(tenant, key)]
                done = await asyncio.gather(*(self._write(subject, group) for subject, group in self._groups(new)))
            finally:
                for key in places:
                    self._commits.forget_key(tenant, key)
            kept = {draft.key for group in done for draft in group}
            erased = tuple(places[draft.key] for draft in new if draft.key not in kept and self._erased(draft))
            return TakenIn(len(kept), len(drafts) - len(kept) - len(erased), erased)

    async def _known(self, tenant: str, key: str) -> bool:
        return self._commits.may_have(tenant, key) and await self._commits.answered(tenant, key) is not None

    def _groups(self, drafts: Sequence[Draft]) -> list[tuple[bytes, list[Draft]]]:
        """What is written together: on a shared ledger others may move a person meanwhile, else nobody can."""
        groups: dict[bytes, list[Draft]] = {}
        for draft in drafts:
            groups.setdefault(draft.subject if self._commits.ledger.shared else b"", []).append(draft)
        return list(groups.items())

    async def _write(self, subject: bytes, drafts: Sequence[Draft]) -> list[Draft]:
        """Those that were taken in."""

        def make() -> tuple[list[Draft], list[Draft]]:
            new = [
                draft for draft in drafts
                if not self._erased(draft) and not self._commits.answer_came(draft.tenant, draft.key)
            ]  # fmt: skip
            return new, new

        return await self._commits.write(subject, make)

    def _erased(self, draft: Draft) -> bool:
        person = self._commits.state.people.of(draft.tenant, draft.subject)
        return person is not None and person.erased


_OWN = (EventKind.pending.name, EventKind.void.name)
