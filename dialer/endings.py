"""How attempts end: given back unplaced, settled with an outcome, corrected; and that a permit ran out."""

from __future__ import annotations

from datetime import datetime

from cadencia.dialer import entries
from cadencia.dialer.attempts import Attempt
from cadencia.dialer.commits import Commits
from cadencia.dialer.notes import Notes
from cadencia.dialer.permits import Permit, Permits
from cadencia.dialer.refusals import (
    AlreadyCorrectedError,
    AlreadySettledError,
    ImpossibleTimeError,
    NotPlacedError,
    NotSettledError,
    PermitSpentError,
)
from cadencia.dialer.request import Names
from cadencia.dialer.watch import Watch
from cadencia.dialer.wellformed import text
from cadencia.engine.words import EventKind
from cadencia.store.entry import Draft
from cadencia.store.projection import as_datetime, as_second


class Endings(Notes):
    """The part of the gate that ends attempts."""

    def __init__(self, commits: Commits, watch: Watch, names: Names, permits: Permits) -> None:
        super().__init__(commits, watch, names)
        self._permits = permits

    async def release(self, permit: Permit | str, *, why: str = "") -> None:
        """Gives an unplaced reservation back, by its permit or id: it counts no longer. PermitSpentError once it is
        placed or ended, and for one of before this gate was opened on a ledger of its own: it may have left."""
        attempt = await self._attempt(permit)
        text("why", why, empty=True)

        def make() -> tuple[list[Draft], None]:
            if not attempt.unplaced or attempt.busy:
                raise PermitSpentError("this attempt has left or ended: settle it with how it ended")
            if self._may_have_left(attempt):
                raise PermitSpentError("this attempt is of before the gate was opened and may have left: settle it "
                                       "with how it ended")  # fmt: skip
            return [self._released(attempt, why=why)], None

        await self._commits.write(attempt.draft.subject, make)

    async def settle(self, permit: Permit | str, outcome: str, at: datetime, *, source: str = "") -> None:
        """How a placed attempt ended, and when. UnknownAttemptError, NotPlacedError, AlreadySettledError,
        ImpossibleTimeError; GateError for an outcome that is none."""
        attempt, kind, when = await self._attempt(permit), entries.outcome_of(outcome), entries.instant_of(at)
        text("source", source, empty=True)

        def make() -> tuple[list[Draft], None]:
            if attempt.status in ("settled", "corrected"):
                raise AlreadySettledError(f"this attempt ended as {attempt.outcome}; use correct to say it anew")
            if attempt.status == "released" or (attempt.unplaced and not self._may_have_left(attempt)):
                raise NotPlacedError("this attempt never left: place it first, or release it")
            now = self._possible(attempt, when)
            return [entries.ended(attempt, "settled", kind, now, when, source=source)], None

        await self._commits.write(attempt.draft.subject, make)

    async def correct(self, permit: Permit | str, outcome: str, at: datetime, *, source: str = "") -> None:
        """Says anew how a settled attempt ended; counters are counted anew. NotSettledError, AlreadyCorrectedError and
        what `settle` raises."""
        attempt, kind, when = await self._attempt(permit), entries.outcome_of(outcome), entries.instant_of(at)
        text("source", source, empty=True)

        def make() -> tuple[list[Draft], None]:
            if attempt.status == "corrected":
                raise AlreadyCorrectedError("this attempt was corrected before; a correction is not corrected again")
            if attempt.status != "settled":
                raise NotSettledError("this attempt has no outcome yet: settle it")
            now = self._possible(attempt, when)
            self._commits.state.attempts.setdefault(attempt.id, attempt)
            was = attempt.outcome
            return [entries.ended(attempt, "corrected", kind, now, when, was=was, source=source)], None

        await self._commits.write(attempt.draft.subject, make)

    def _expired(self, attempt: Attempt, permit: Permit, at: int) -> list[Draft]:
        """Says once that a permit ran out; the reservation stays counted."""
        if attempt.status == "expired" or at < permit.expires or self._commits.failed:
            return []
        expires = as_datetime(permit.expires)
        return [entries.step(attempt, "expired", EventKind.pending, at, attempt.draft.event_at, expires=expires)]

    def _released(self, attempt: Attempt, **told: object) -> Draft:
        return entries.step(attempt, "released", EventKind.void, self._watch.now(), attempt.draft.event_at, **told)

    def _may_have_left(self, attempt: Attempt) -> bool:
        """Whether an attempt may have left of which no placing is recorded. A gate's own ledger records a placing with
        the next group, which a crash may lose; on a shared one nothing leaves before it is recorded."""
        return not self._commits.ledger.shared and attempt.asked is None and not attempt.busy

    async def _attempt(self, permit: Permit | str) -> Attempt:
        if not isinstance(permit, str):
            self._permits.verify(permit)
        return await self._commits.attempt(permit if isinstance(permit, str) else permit.attempt)

    def _possible(self, attempt: Attempt, when: int) -> int:
        """Now. ImpossibleTimeError when an attempt cannot have ended at `when`; whole seconds are compared."""
        now, left = self._watch.now(), attempt.placed_at or attempt.draft.at
        if not as_second(left) <= as_second(when) <= as_second(now):
            raise ImpossibleTimeError("at: an attempt ends after it left and not after now; send when it ended")
        return now
