"""The gate's time. It follows a steady clock, so that setting the machine's clock back or forward moves nothing."""

from __future__ import annotations

from collections.abc import Callable

#: Microseconds that the clock on the wall may be off before the gate stops trusting either.
TOLERANCE = 2_000_000

#: An instant, or a count that only goes up, in microseconds.
Clock = Callable[[], int]


class Watch:
    """wall: microseconds since 1970; steady: microseconds since any instant, never set, running while the machine
    sleeps. not_before: the newest instant in the ledger: an earlier one is a wall clock that was set back."""

    def __init__(self, wall: Clock, steady: Clock, not_before: int = 0) -> None:
        self._wall, self._steady, self._not_before = wall, steady, not_before
        self._behind = wall() - steady()

    def now(self) -> int:
        """Microseconds since 1970; never less than it was."""
        return max(self._steady() + self._behind, self._not_before)

    def stepped(self) -> bool:
        """Whether the wall clock was set since, or runs behind the ledger: what the date is, nobody can say."""
        shown = self._wall()
        off = shown - (self._steady() + self._behind)
        return not -TOLERANCE <= off <= TOLERANCE or shown < self._not_before - TOLERANCE
