"""`cadencia ledger check`: the chain walked, the counters counted anew from the record in another way than the gate
does, and both compared with what the gate would count with."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from cadencia.cli.ledger_open import Files, ledger_asked
from cadencia.cli.ledger_options import read_ledger_secret
from cadencia.dialer.checkpoint import load as load_checkpoint
from cadencia.dialer.commits import Commits
from cadencia.dialer.keys import Keys
from cadencia.dialer.state import State
from cadencia.engine.histories import Histories, wider_subject
from cadencia.engine.history import ADDRESS, CREDITOR, DEBT, SAME_ATTEMPT, SAME_CREDITOR
from cadencia.engine.words import Subject, Wider
from cadencia.evidence.archive import Archive
from cadencia.evidence.seal import Seal
from cadencia.store.checkpoint import CheckpointError
from cadencia.store.entry import Entry
from cadencia.store.ledger import Ledger, LedgerError
from cadencia.store.walk import Found
from cadencia.store.wider import wider_id, wider_subjects

WHOLE, DIFFERENT = 0, 1
_BYTE, _FIVE = 255, 31
#: What the record says of an event: channel to consent.
_SAID = (1 << DEBT) - 1
_TRIES = 1
#: Compared besides persons' histories, with no id told apart: those that entries name only where somebody states them.
_WIDER = {Wider.household: 0, Wider.workplace: 0, Wider.account: 0}
#: An event with its ids: seconds since 2000, attributes, debt, address, creditor.
Event = tuple[int, int, int, int, int]


class Walked(Ledger, Protocol):
    """Every ledger can walk its own chain."""

    async def verify(self, first: int = 1, last: int | None = None) -> Found: ...


class Checked(msgspec.Struct, kw_only=True):
    """What a check found. wrong: the first difference, empty if there is none."""

    entries: int = 0
    chain: str = ""
    persons: int = 0
    events: int = 0
    checkpoint: str = "none"
    wrong: str = ""


def run_check(args: argparse.Namespace) -> int:
    """0 all is as recorded, 1 a difference, which is named."""
    secret = read_ledger_secret(args.secret)
    checkpoint = args.checkpoint
    if checkpoint is None and args.ledger is not None:
        beside = Files(args.ledger, secret).checkpoint
        checkpoint = beside if beside.exists() else None
    seals = Archive(Files(args.ledger, secret).archive).seals() if args.ledger is not None else []

    async def check() -> Checked:
        async with ledger_asked(args, secret, looking=True) as ledger:
            return await checked(ledger, checkpoint, seals)

    found = asyncio.run(check())
    if args.json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        sys.stdout.write(told(found) + "\n")
    return DIFFERENT if found.wrong else WHOLE


def told(found: Checked) -> str:
    """The finding in lines."""
    if found.wrong:
        return f"DIFFERENT {found.wrong}"
    return (f"OK, {found.entries} entries, chain {found.chain}\n"
            f"counters equal the record: {found.events} events of {found.persons} persons\n"
            f"checkpoint: {found.checkpoint}")  # fmt: skip


async def checked(ledger: Walked, checkpoint: Path | None = None, seals: Sequence[Seal] = ()) -> Checked:
    """Walks and counts a ledger, and compares it with seals that were made of it before. LedgerError when it cannot be
    read."""
    walked = await ledger.verify()
    found = Checked(entries=walked.last, chain=walked.chain.hex())
    if walked.bad is not None:
        found.wrong = str(walked)
        return found
    upto = walked.last
    found.wrong = await _against_seals(ledger, seals, upto)
    if found.wrong:
        return found
    try:
        record = await recorded(_until(ledger, upto), _WIDER)
        histories = await _counted(ledger, upto)
    except LedgerError as problem:
        found.wrong = str(problem)
        return found
    persons = [counted for subject, counted in record.items() if wider_id(subject) is None]
    found.persons, found.events = len(persons), sum(counted.total() for counted in persons)
    found.wrong = _difference(record, histories, "the counters")
    if checkpoint is not None and not found.wrong:
        await _check_checkpoint(ledger, checkpoint, upto, found)
    return found


async def _against_seals(ledger: Ledger, seals: Sequence[Seal], upto: int) -> str:
    """The first seal that says something else; empty if there is none. Each chain binds all that is before it."""
    for seal in seals:
        if seal.n > upto:
            return (f"the seal of {seal.at} was made at entry {seal.n}, the ledger ends at {upto}: entries, or its log "
                    "(-wal), are missing; restore a whole copy")  # fmt: skip
        async for entry in ledger.entries(after=seal.n - 1, limit=1, payloads=()):
            if entry.chain.hex() != seal.chain:
                return f"the seal of {seal.at} has another chain at entry {seal.n}: the ledger was written anew"
    return ""


async def recorded(entries: AsyncIterator[Entry], kinds: Mapping[Wider, int]) -> dict[bytes, Counter[Event]]:
    """What the entries say is counted, by docs/ledger.md alone: of an attempt its newest entry with an event, of an
    attempt that the gate did not reserve each entry. It is counted of the person and of each wider subject of these
    kinds, there with the ids that are told apart (bits of engine/words.py Subject). A household has all that those have
    whom some entry names as of it."""
    alone: dict[bytes, Counter[Event]] = defaultdict(Counter)
    members: dict[bytes, set[bytes]] = defaultdict(set)
    newest: dict[str, Entry] = {}
    reserved: dict[str, Entry] = {}
    named: dict[Wider, int] = {kind: told for kind, told in kinds.items() if kind != Wider.household}
    async for entry in entries:
        if entry.household:
            members[wider_subject(Wider.household, entry.household)].add(entry.subject)
        if entry.attempt and (entry.event_at or entry.event_attr):
            reserved.setdefault(entry.attempt, entry)
            newest[entry.attempt] = entry
        elif entry.event_at or entry.event_attr:
            _count(alone, entry, entry, named)
    for attempt, entry in newest.items():
        _count(alone, reserved[attempt], entry, named)
    for household, persons in members.items() if Wider.household in kinds else ():
        for person in persons & alone.keys():
            alone[household].update(_told_apart(alone[person], kinds[Wider.household]))
    return alone


def _told_apart(events: Counter[Event], told: int) -> Counter[Event]:
    """A person's events without the ids that are not told apart; of several debts of an attempt one is left then."""
    debts, address, creditor = (told >> one & 1 for one in (Subject.debt, Subject.address, Subject.creditor))
    found = Counter[Event]()
    for (at, attr, debt, of_address, of_creditor), times in events.items():
        if debts or not attr & 1 << SAME_ATTEMPT:
            found[at, attr, debt * debts, of_address * address, of_creditor * creditor] += times
    return found


def _count(alone: dict[bytes, Counter[Event]], first: Entry, entry: Entry, kinds: Mapping[Wider, int]) -> None:
    alone[entry.subject].update(_events(first, entry))
    for kind, told in kinds.items():
        bare = msgspec.structs.replace(
            first, debts=first.debts if told >> Subject.debt & 1 else (),
            address=first.address if told >> Subject.address & 1 else 0,
            creditor=first.creditor if told >> Subject.creditor & 1 else 0,
        )  # fmt: skip
        for subject in wider_subjects(first, (kind,)):
            alone[subject].update(_events(bare, entry))


async def _counted(ledger: Ledger, upto: int) -> Histories:
    """The histories as a gate would load them."""
    histories = Histories()
    state = State(histories, wider=_WIDER, remember=True)
    async for entry in _until(ledger, upto):
        state.apply(entry)
    return histories


async def _check_checkpoint(ledger: Ledger, path: Path, upto: int, found: Checked) -> None:
    """A start from the checkpoint and the ledger's tail must count the same."""
    try:
        start = await load_checkpoint(path, ledger)
    except CheckpointError as problem:
        found.checkpoint = f"not usable, the next start counts anew ({problem})"
        found.wrong = f"checkpoint: {problem}"
        return
    await Commits(ledger, start.state, Keys(), _TRIES).load(start.upto)
    record = await recorded(_until(ledger, upto), start.state.wider.kinds)
    if (await ledger.head())[0] == upto:
        found.wrong = _difference(record, start.histories, f"the checkpoint {path.name} with the tail")
    found.checkpoint = f"{path.name}, up to entry {start.upto}"


def _events(first: Entry, entry: Entry) -> list[Event]:
    """An event for each debt, one for none; the first is plain, the others are marked."""
    attr = first.event_attr & ~(15 << 3) | entry.event_attr & 15 << 3
    more = 1 << SAME_ATTEMPT | 1 << SAME_CREDITOR
    return [
        (entry.event_at, attr & _SAID | (more if place else 0), debt, first.address, first.creditor)
        for place, debt in enumerate(first.debts or (0,))
    ]


def _difference(record: dict[bytes, Counter[Event]], histories: Histories, what: str) -> str:
    """The first person, by subject, of whom the two say something else; empty if there is none."""
    kept = set(histories.subjects())
    for subject in sorted(kept | record.keys()):
        if histories.overflown(subject):
            continue  # too many ids: the engine denies the person, whatever is counted
        there = Counter(_held(histories, subject)) if subject in kept else Counter[Event]()
        wanted = record.get(subject, Counter[Event]())
        if there != wanted:
            return (f"{what} of subject {subject.hex()}: {sum((wanted - there).values())} recorded events are not "
                    f"counted, {sum((there - wanted).values())} counted events are not on record")  # fmt: skip
    return ""


def _held(histories: Histories, subject: bytes) -> list[Event]:
    at, attrs = histories.rows(subject)
    debts, addresses, creditors = ((0, *names) for names in histories.names(subject))
    more = 1 << SAME_ATTEMPT | 1 << SAME_CREDITOR
    return [
        (when, attr & (_SAID | more), debts[attr >> DEBT & _BYTE], addresses[attr >> ADDRESS & _BYTE],
         creditors[attr >> CREDITOR & _FIVE])
        for when, attr in zip(at.tolist(), attrs.tolist(), strict=True)
    ]  # fmt: skip


async def _until(ledger: Ledger, upto: int) -> AsyncIterator[Entry]:
    """The entries up to a number: others may append meanwhile."""
    async for entry in ledger.entries():
        if entry.n > upto:
            return
        yield entry
