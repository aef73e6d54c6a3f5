"""What entries add up to: histories, attempts under way and facts. One path for new entries, a restart and other
writers, so that all three end in the same counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from cadencia.dialer.attempts import Attempt, Counting, Looked, kind_of
from cadencia.dialer.households import Households
from cadencia.dialer.judge import Contact
from cadencia.dialer.people import People
from cadencia.dialer.wider import WiderHistories
from cadencia.engine.decider import Without
from cadencia.engine.history import SlotError
from cadencia.engine.words import Wider
from cadencia.store.entry import Draft
from cadencia.store.ledger import LedgerError
from cadencia.store.projection import ErasedError, Published, read

ENDED = frozenset(("released", "settled", "corrected"))
#: Kinds that state a household; the steps of an attempt repeat what its reservation stated.
STATING = frozenset(("decided", "reserved", "inbound", "imported"))
#: Kinds of which `State.apply` reads the payload.
TOLD = frozenset(("fact", "promise", "published"))


class State:
    """wider: the histories wider than a person's that are kept beside them (dialer/wider.py `needed`). households: the
    members that are counted there already. remember: keep attempts that ended; else they are forgotten, for the ledger
    has them."""

    def __init__(
        self, histories: Counting, *, wider: Mapping[Wider, int] | None = None, households: Households | None = None,
        remember: bool = False,
    ) -> None:  # fmt: skip
        self.histories = histories
        self.wider = WiderHistories(cast(Looked, histories), wider or {}, households)
        self.people = People()
        self.attempts: dict[str, Attempt] = {}
        self.rulebook = ""
        self._all = remember
        self._kept: set[str] = set()
        self._held: Counter[str] = Counter()
        self._ended_meanwhile: set[str] = set()
        self._steps: dict[str, Callable[[Draft], None]] = {
            "reserved": self._reserved, "placed": self._step, "settled": self._step, "corrected": self._step,
            "released": self._step, "expired": self._step, "inbound": self._past, "imported": self._past,
            "fact": self.people.learn, "promise": self.people.learn, "published": self._published,
            "erased": lambda draft: self.people.forget(draft.tenant, draft.subject),
        }  # fmt: skip

    @property
    def in_flight(self) -> int:
        """Attempts reserved or placed and not ended: what pacing counts."""
        return sum(attempt.status in ("reserved", "placed") for attempt in self.attempts.values())

    def keep(self, attempt: str | None) -> None:
        """From now on this one is remembered when it ends, for its correction is still to come; None: none is."""
        if attempt:
            self._kept.add(attempt)
        else:
            self._kept = set()
            self.forget([one.draft for one in self.attempts.values()])

    @contextmanager
    def held(self, attempt: str) -> Iterator[None]:
        """Meanwhile this one is remembered, also when it ends."""
        self._held[attempt] += 1
        try:
            yield
        finally:
            self._held[attempt] -= 1
            if not self._held[attempt]:
                del self._held[attempt]
                if attempt in self._ended_meanwhile:
                    self._ended_meanwhile.discard(attempt)
                    self.attempts.pop(attempt, None)

    def forget(self, recorded: Iterable[Draft]) -> None:
        """Lets go of attempts that ended with these entries, now that they are durable: the ledger remembers them."""
        for draft in recorded:
            attempt = self.attempts.get(draft.attempt)
            if attempt is None or attempt.status not in ENDED or self._all or attempt.id in self._kept:
                continue
            if attempt.id in self._held:
                self._ended_meanwhile.add(attempt.id)
            else:
                del self.attempts[attempt.id]

    def try_on(self, draft: Draft) -> list[tuple[bytes, int]]:
        """Counts a reservation for the moment, until `take_off`; SlotError when it does not fit."""
        sequence = self.histories.append(
            draft.subject, draft.event_at, draft.event_attr, draft.debts, draft.address, draft.creditor, tentative=True
        )
        tried = [(draft.subject, sequence)]
        try:
            return [*self.wider.try_on(draft), *tried] if self.wider.kinds else tried
        except SlotError:
            self.take_off(tried)
            raise

    def take_off(self, tried: Iterable[tuple[bytes, int]]) -> None:
        """What was tried on counts no longer."""
        for subject, sequence in tried:
            self.histories.remove(subject, sequence)

    def housed(self, contact: Contact) -> Contact:
        """With the household that was last stated of the person, where the contact states none."""
        return contact.housed(self.wider.households.of(contact.subject))

    def supposing(self, contact: Contact) -> AbstractContextManager[None]:
        """Meanwhile the person is a member of the household that the contact states; from its entry on for good."""
        return self.wider.supposing(contact.subject, contact.household)

    def left_out(self, attempt: Attempt) -> int | Without:
        """What the engine leaves out of all histories, to decide as if the attempt had not been reserved."""
        if not self.wider.kinds:
            return attempt.sequence
        return Without(attempt.sequence, self.wider.sequences(attempt.draft))

    def apply(self, draft: Draft) -> None:
        """Takes one entry in. LedgerError for a step of an attempt that was never reserved."""
        if draft.household and draft.kind in STATING:
            self.wider.join(draft.subject, draft.household)
        step = self._steps.get(draft.kind)
        if step is not None:
            step(draft)

    def _reserved(self, draft: Draft) -> None:
        attempt = Attempt(_dated(draft, draft), self._append(draft, draft.event_at, draft.event_attr))
        self.attempts[attempt.id] = attempt

    def _past(self, draft: Draft) -> None:
        self._append(draft, draft.event_at, draft.event_attr)

    def _step(self, draft: Draft) -> None:
        attempt = self.attempts.get(draft.attempt)
        if attempt is None:
            raise LedgerError(f"a {draft.kind!r} entry is about attempt {draft.attempt}, of which no reservation is on "
                              "record; check the ledger before it is used")  # fmt: skip
        was, kind = attempt.draft, kind_of(draft.event_attr)
        if draft.event_at != was.event_at:
            self._remove(attempt)
            attempt.sequence = self._append(was, draft.event_at, draft.event_attr)
        elif kind != kind_of(was.event_attr):
            if attempt.sequence >= 0:
                self.histories.become(was.subject, attempt.sequence, kind)
            self.wider.become(was, kind)
        attempt.draft = _dated(was, draft)
        attempt.status = draft.kind
        if draft.kind == "placed":
            attempt.placed_at = draft.at
        elif draft.kind in ("settled", "corrected"):
            attempt.outcome = kind.name

    def _append(self, draft: Draft, at: int, attr: int) -> int:
        """The attempt's number among the person's, -1 when it does not fit: the histories then deny the person."""
        if self.wider.kinds:
            self.wider.append(draft, at, attr)
        try:
            return self.histories.append(draft.subject, at, attr, draft.debts, draft.address, draft.creditor)
        except SlotError:
            return -1

    def _remove(self, attempt: Attempt) -> None:
        if attempt.sequence >= 0:
            self.histories.remove(attempt.draft.subject, attempt.sequence)
        self.wider.remove(attempt.draft)

    def _published(self, draft: Draft) -> None:
        try:
            self.rulebook = read(draft, Published).rulebook
        except (ErasedError, ValueError):
            self.rulebook = ""  # which one it was nobody can say: the next start publishes its own


def _dated(was: Draft, step: Draft) -> Draft:
    """The reservation as it counts after the step, without what is personal."""
    return Draft(at=was.at, tenant=was.tenant, kind=was.kind, subject=was.subject, attempt=was.attempt,
                 event_at=step.event_at, event_attr=step.event_attr, debts=was.debts, address=was.address,
                 creditor=was.creditor, household=was.household, workplace=was.workplace, account=was.account,
                 key=was.key)  # fmt: skip
