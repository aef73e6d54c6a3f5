"""Who asks the gate with which key at this moment: of several with one key only the first is decided."""

from __future__ import annotations

import asyncio

from cadencia.dialer.refusals import GateError
from cadencia.dialer.request import Reserved

Slot = tuple[str, str]  # tenant, key
Told = tuple[str, Reserved]  # the digest of the first request, and its answer


class Asking:
    """Whoever is first is in `begun` and ends with `tell` or `fail`. A future is made only for those who wait."""

    def __init__(self) -> None:
        self._waiting: dict[Slot, list[asyncio.Future[Told]]] = {}

    def begun(self, slot: Slot) -> bool:
        """Whether nobody is being answered with this key: from now on the caller is."""
        if slot in self._waiting:
            return False
        self._waiting[slot] = []
        return True

    async def answer(self, slot: Slot) -> Told:
        """What the first was told; raises what it raised, GateError when it was given up."""
        told: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting[slot].append(told)
        return await told

    def tell(self, slot: Slot, digest: str, answer: Reserved) -> None:
        """The key is answered."""
        for told in self._waiting.pop(slot):
            if not told.done():  # done: who waited has given up
                told.set_result((digest, answer))

    def fail(self, slot: Slot, problem: BaseException) -> None:
        """The key has no answer."""
        for told in self._waiting.pop(slot):
            if not told.done():
                told.set_exception(problem if isinstance(problem, Exception) else GateError("the request was given up"))
                told.exception()  # whoever waits has it; nobody need
