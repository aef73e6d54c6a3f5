"""How the gate writes: what is decided is counted and appended in one step, and the caller waits for the group
commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import TypeVar

from cadencia.dialer.attempts import Attempt, Dealer
from cadencia.dialer.keys import Keys
from cadencia.dialer.refusals import BusyError, GateError, UnknownAttemptError
from cadencia.dialer.state import ENDED, TOLD, State
from cadencia.engine.histories import Histories
from cadencia.engine.words import Wider
from cadencia.store.entry import Draft, Entry, check_drafts
from cadencia.store.ledger import Appended, Ledger, LedgerError, Moved
from cadencia.store.wider import wider_id, wider_subjects

Result = TypeVar("Result")
#: Kinds that the gate did not reserve: they carry the household that is known of the person.
PAST = ("inbound", "imported")
_SUBJECT = 32  # hexadecimal digits of a subject at the head of an attempt's id


class Commits:
    """Writes to one ledger and keeps the state in step with it. tries: how often to decide anew when others came
    between.

    Where the ledger is the gate's own, an entry counts from the moment it is handed over. Where it is shared, it
    counts once it is appended: only if nobody wrote since about the same person, or about a household, … whose
    history is counted, so that either way nobody decides without it."""

    def __init__(self, ledger: Ledger, state: State, keys: Keys, tries: int) -> None:
        self.ledger, self.state, self.keys = ledger, state, keys
        self.failed = ""
        self.writing = self.written = 0  # appends under way, and done
        self._tries = tries
        self._versions: dict[bytes, int] = {}  # of persons, and of wider subjects whose histories are kept
        self._upto = 0  # the newest entry that `load` has read
        self._resumed: asyncio.Event | None = None  # while nothing may be written
        self._meanwhile: list[Draft] = []  # appended behind while the ledger was counted anew
        self._riding: list[Draft] = []
        self._flushes: set[asyncio.Task[None]] = set()
        self._asked_for: dict[tuple[str, str], bool] = {}  # keys being asked: did another process write them

    async def load(self, after: int = 0) -> int:
        """Takes in the ledger behind entry `after`; the newest instant in it."""
        async for entry in self.ledger.entries(kinds=("corrected",), after=after, payloads=TOLD):
            if entry.attempt not in self.state.attempts and after:
                await self._recall_into(entry.subject, entry.attempt, after + 1)
            self.state.keep(entry.attempt)
        newest = 0
        async for entry in self.ledger.entries(after=max(after - 1, 0), payloads=TOLD):
            newest, self._upto = max(newest, entry.at), entry.n
            if entry.n <= after:
                continue
            if entry.key:
                self.keys.add(entry.tenant, entry.key)
            self.state.apply(entry)
            if entry.kind in ENDED:
                self.state.forget([entry])
            if self.ledger.shared and entry.subject:
                self._versions[entry.subject] = entry.n
                self._versions |= dict.fromkeys(wider_subjects(entry, self.state.wider.kinds), entry.n)
        self.state.keep(None)
        return newest

    async def recount(self, kinds: Mapping[Wider, int]) -> None:
        """Counts the whole ledger anew, from now on also in histories of these kinds. All goes on meanwhile; towards
        the end whoever writes waits. BusyError when other processes write faster than is counted; LedgerError."""
        await self.ledger.count_for(kinds)
        anew = Commits(self.ledger, State(Histories(), wider=kinds), Keys(), self._tries)
        await anew.load()
        resumed = self._resumed = asyncio.Event()
        try:
            await self.settle_down()
            await self.written_so_far()
            for _ in range(self._tries):
                await anew.load(anew._upto)
                await self._follow_to(anew)
                if self._persons() == anew._persons():
                    return self._adopt(anew)
            raise BusyError("others keep writing: put the rulebook in use when there is less to do")
        finally:
            self._resumed, self._meanwhile = None, []
            resumed.set()

    async def _follow_to(self, other: Commits) -> None:
        """Takes in what the other has of each person, and no more."""
        for person, n in other._persons().items():
            after = self._versions.get(person, 0)
            if after < n:
                theirs = [entry async for entry in self.ledger.entries(after=after, subject=person)]
                await self._follow([entry for entry in theirs if entry.n <= other._upto], (person,))

    def _persons(self) -> dict[bytes, int]:
        return {subject: n for subject, n in self._versions.items() if not wider_id(subject)}

    def _adopt(self, other: Commits) -> None:
        """The histories of the other, which has taken in the same entries."""
        for attempt in other.state.attempts.values():
            if attempt.id in self.state.attempts:
                self.state.attempts[attempt.id].sequence = attempt.sequence
        self.state.histories, self.state.wider = other.state.histories, other.state.wider
        self._versions |= other._versions
        self._take_in(self._meanwhile)

    async def writable(self) -> None:
        """Returns when nothing is being recounted."""
        while self._resumed is not None:
            await self._resumed.wait()

    async def write(self, subject: bytes, make: Callable[[], tuple[Sequence[Draft], Result]]) -> Result:
        """Appends what `make` decides and returns its result when that is durable. `make` runs again when others wrote
        about the subject in between; BusyError when they kept doing so. LedgerError when it cannot be made sure."""
        for _ in range(self._tries):
            await self.writable()
            if self.failed:
                raise LedgerError(self.failed)
            drafts, result = make()
            if not drafts:
                return result
            drafts = [self.state.wider.housed(one) if one.kind in PAST else one for one in drafts]
            checked(drafts)
            if not self.ledger.shared:
                self._take_in(drafts)
                await self._append(drafts)
                return result
            if not subject or all(draft.kind == "decided" for draft in drafts):  # they count nothing: nothing can move
                self._take_in(drafts if subject else ())
                await self._append(drafts)
                return result
            expected = {one: self._versions.get(one, 0) for one in (subject, *self._beside(drafts))}
            done = await self._append(drafts, expected)
            await self._follow(done.newer if isinstance(done, Moved) else done.entries, expected)
            if isinstance(done, Appended):
                return result
        raise BusyError(f"others wrote about this person {self._tries} times in between: ask again")

    def _beside(self, drafts: Sequence[Draft]) -> list[bytes]:
        """The wider subjects that the drafts count in; of what may leave also all who share a household with its
        person, for what they had elsewhere counts there, too."""
        wider = self.state.wider
        found = {one for draft in drafts for one in wider.subjects(draft)}
        leaving = [draft for draft in drafts if draft.kind in ("reserved", "placed")]
        return sorted(found.union(*(wider.housemates(draft.subject, draft.household) for draft in leaving)))

    def ride(self, drafts: Sequence[Draft]) -> None:
        """Counts at once and goes to disk with the next group; nobody waits. For a ledger of the gate's own."""
        checked(drafts)
        self._take_in(drafts)
        idle, self._riding = not self._riding, [*self._riding, *drafts]
        if idle and drafts:
            asyncio.get_running_loop().call_soon(self._start_flush)

    def behind(self, draft: Draft) -> bool:
        """Appended soon; False when the ledger fails: then everything is denied."""
        checked([draft])
        try:
            self.ledger.append_behind([draft])
        except LedgerError as problem:
            self.failed = str(problem)
            return False
        self._take_in([draft])
        if self._resumed is not None:
            self._meanwhile.append(draft)
        return True

    async def catch_up(self, *subjects: bytes) -> None:
        """Takes in what other processes wrote about the subjects, a person or wider ones."""
        if self.ledger.shared:
            for subject in subjects:
                after = self._versions.get(subject, 0)
                entries = [entry async for entry in self.ledger.entries(after=after, subject=subject)]
                await self._follow(entries, (subject,))

    def may_have(self, tenant: str, key: str) -> bool:
        """False: this key was surely never used."""
        return self.ledger.shared or self.keys.may_have(tenant, key)

    async def answered(self, tenant: str, key: str) -> Entry | None:
        """The entry of a key that was used before. Until `answer_came` says otherwise, that stays so."""
        if self.ledger.shared:
            self._asked_for[tenant, key] = False
        return await self.ledger.answered(tenant, key)

    def answer_came(self, tenant: str, key: str) -> bool:
        """Whether an entry of this key was taken in since it was asked for: another process was asked the same."""
        return self._asked_for.get((tenant, key), False)

    def forget_key(self, tenant: str, key: str) -> None:
        """Nobody asks for it any more."""
        self._asked_for.pop((tenant, key), None)

    async def attempt(self, attempt: str) -> Attempt:
        """The attempt of this id, also one that ended long ago. UnknownAttemptError."""
        subject = subject_of(attempt)
        await self.catch_up(subject)
        found = self.state.attempts.get(attempt)
        if found is None:
            with self.state.held(attempt):  # what is corrected while it is read must not be missed
                await self.settle_down()
                recalled = await self._recalled(subject)
                found = self.state.attempts.get(attempt) or recalled.get(attempt)
        if found is None:
            raise UnknownAttemptError("no attempt has this id; take it from the permit or the timeline")
        return found

    def forget(self, tenant: str, subject: bytes) -> None:
        """The person is being erased: nothing personal stays in memory."""
        self.state.people.forget(tenant, subject)
        for attempt in self.state.attempts.values():
            if (attempt.draft.tenant, attempt.draft.subject) == (tenant, subject):
                attempt.asked = None

    async def settle_down(self) -> None:
        """Waits until all that rides is written."""
        while self._riding or self._flushes:
            self._start_flush()
            if self._flushes:
                await asyncio.wait(self._flushes)  # whoever gives up waiting stops none of them

    def follow_up(self, work: Coroutine[None, None, None]) -> None:
        """Does this in any case; `settle_down` waits for it."""
        task = asyncio.ensure_future(work)
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)

    async def written_so_far(self) -> None:
        """Returns when all that was handed to the ledger until now is durable. LedgerError."""
        await self.ledger.append([])

    def _take_in(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self.state.apply(draft)

    async def _append(self, drafts: Sequence[Draft], expected: dict[bytes, int] | None = None) -> Appended | Moved:
        riding, self._riding = self._riding, []
        if self.failed:
            raise LedgerError(self.failed)
        self._note_keys(drafts)
        self.writing += 1
        try:
            done = await self.ledger.append([*riding, *drafts], expected)
        except asyncio.CancelledError:
            self.follow_up(self._given_up([*riding, *drafts]))
            raise
        except LedgerError as problem:
            self.writing, self.failed = self.writing - 1, str(problem)
            raise
        self.writing, self.written = self.writing - 1, self.written + 1
        if isinstance(done, Appended):
            self.state.forget(done.entries)
        return done

    async def _given_up(self, drafts: Sequence[Draft]) -> None:
        """Nobody waits for these any more, and they are written all the same."""
        try:
            await self.written_so_far()
            if not self.ledger.shared:
                self.state.forget(drafts)
        except LedgerError as problem:
            self.failed = str(problem)
        finally:
            self.writing, self.written = self.writing - 1, self.written + 1

    def _note_keys(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            if draft.key:
                self.keys.add(draft.tenant, draft.key)

    def _start_flush(self) -> None:
        if self._riding:
            self.follow_up(self._flush())

    async def _flush(self) -> None:
        if not self._riding:
            return
        try:
            await self._append([])
        except LedgerError as problem:  # nobody waits; from here on everything is denied
            self.failed = str(problem)

    async def _follow(self, entries: Sequence[Entry], subjects: Collection[bytes] = ()) -> None:
        """Takes in entries of other processes and our own, each once, in order: all that is new of these subjects. Of
        another person, who shares a household with one of them, all entries are taken in, up to these at least."""
        wider = [subject for subject in subjects if wider_id(subject)]
        for entry in entries if wider else ():
            if entry.subject not in subjects and entry.n > self._versions.get(entry.subject, 0):
                await self.catch_up(entry.subject)
        for entry in entries:
            n = entry.n
            if n <= self._versions.get(entry.subject, 0):
                continue
            if entry.kind == "corrected" and entry.attempt not in self.state.attempts:
                recalled = await self._recalled(entry.subject, n)
                if n <= self._versions.get(entry.subject, 0):  # somebody else took it in while this was read
                    continue
                if entry.attempt in recalled:
                    self.state.attempts.setdefault(entry.attempt, recalled[entry.attempt])
            if (entry.tenant, entry.key) in self._asked_for:
                self._asked_for[entry.tenant, entry.key] = True
            self.state.apply(entry)
            self.state.forget([entry])
            self._versions[entry.subject] = n
        for subject in wider:
            newest = max((entry.n for entry in entries if subject in wider_subjects(entry)), default=0)
            self._versions[subject] = max(newest, self._versions.get(subject, 0))

    async def _recall_into(self, subject: bytes, attempt: str, before: int) -> None:
        found = (await self._recalled(subject, before)).get(attempt)
        if found is not None:
            self.state.attempts[attempt] = found

    async def _recalled(self, subject: bytes, before: int | None = None) -> dict[str, Attempt]:
        """The person's attempts, from the ledger: what is long ended is not kept in memory."""
        past = State(Dealer(), remember=True)
        async for entry in self.ledger.entries(subject=subject, payloads=TOLD):
            if before is not None and entry.n >= before:
                break
            past.apply(entry)
        return past.attempts


def checked(drafts: Sequence[Draft]) -> None:
    """GateError for what no ledger takes, before it counts."""
    try:
        check_drafts(drafts)
    except ValueError as problem:
        raise GateError(str(problem)) from None


def attempt_id(subject: bytes, token: bytes) -> str:
    """Of the person's subject and random bytes: whoever has the id finds the person's entries."""
    return f"{subject.hex()}-{token.hex()}"


def subject_of(attempt: str) -> bytes:
    """The subject of an attempt. UnknownAttemptError when it is no id of ours."""
    try:
        subject = bytes.fromhex(attempt[:_SUBJECT])
    except ValueError:
        subject = b""
    if len(subject) != _SUBJECT // 2 or attempt[_SUBJECT : _SUBJECT + 1] != "-":
        raise UnknownAttemptError("this is no id of an attempt; take it from the permit or the timeline")
    return subject
