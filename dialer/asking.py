"""Who asks the gate with which key at this moment: of several with one key only the first is decided."""

from __future__ import annotations

import asyncio

from cadencia.dialer.request import Reserved

Slot = tuple[str, str]  # tenant, key
Told = tuple[str, Reserved]  # the digest of the first request, and its answer


class AnsweredElsewhereError(Exception):
    """Another process was asked the same under this key, and has answered."""


class Asking:
    """Whoever is first is in `begun` and ends with `tell`, `fail` or `give_back`. A future is made only for those who
    wait."""

    def __init__(self) -> None:
        self._waiting: dict[Slot, list[asyncio.Future[Told | None]]] = {}
        self._made: dict[Slot, str] = {}

    def begun(self, slot: Slot) -> bool:
        """Whether nobody is being answered with this key: from now on the caller is."""
        if slot in self._waiting:
            return False
        self._waiting[slot] = []
        return True

    async def answer(self, slot: Slot) -> Told | None:
        """What the first was told; raises what it raised. None when it was given up before anything was written."""
        told: asyncio.Future[Told | None] = asyncio.get_running_loop().create_future()
        self._waiting[slot].append(told)
        return await told

    def make(self, slot: Slot, attempt: str) -> None:
        """The newest attempt that was made for the first."""
        self._made[slot] = attempt

    def made(self, slot: Slot, attempt: str) -> bool:
        """Whether this attempt was made for the first, not for somebody before."""
        return self._made.get(slot) == attempt

    def tell(self, slot: Slot, digest: str, answer: Reserved) -> None:
        """The key is answered."""
        for told in self._end(slot):
            told.set_result((digest, answer))

    def give_back(self, slot: Slot) -> None:
        """The key was given up: the next who asks is the first."""
        for told in self._end(slot):
            told.set_result(None)

    def fail(self, slot: Slot, problem: Exception) -> None:
        """The key has no answer."""
        for told in self._end(slot):
            told.set_exception(problem)
            told.exception()  # whoever waits has it; nobody need

    def _end(self, slot: Slot) -> list[asyncio.Future[Told | None]]:
        """Those who still wait."""
        self._made.pop(slot, None)
        return [told for told in self._waiting.pop(slot) if not told.done()]
