"""The clock of a sandbox: it stands still until it is set, and only forward."""

from __future__ import annotations


class SandboxClock:
    """Wall and steady clock at once, in microseconds since 1970."""

    def __init__(self, now: int) -> None:
        self._now = now

    def __call__(self) -> int:
        return self._now

    def set(self, now: int) -> None:
        """ValueError for an instant that is past."""
        if now < self._now:
            raise ValueError("the clock does not go back")
        self._now = now
