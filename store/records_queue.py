"""Group commit: while one group of writes is under way the next gathers, and one sync serves all of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from cadencia.store.records import ClashError, Drop, RecordsError, Write, Written

MAX_GROUP = 512  # writes of one transaction
MAX_GROUP_BYTES = 32 << 20
CLOSED = "the records are closed; open them again"

Result = Written | ClashError
#: keeps a group in one transaction and answers each write; a RecordsError fails them all
Keep = Callable[[Sequence[Write]], Awaitable[Sequence[Result]]]


class Queue:
    """Of one event loop: writes in the order in which they were asked."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._waiting: deque[tuple[Write, asyncio.Future[Written]]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def ask(self, write: Write) -> Written:
        """What was kept; ClashError, RecordsError. Whoever is cancelled does not know whether it was."""
        if self._closed:
            raise RecordsError(CLOSED)
        answer: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._empty(), name="records writer")
        return await answer

    async def close(self) -> None:
        """Writes what waits; nothing is taken any more."""
        self._closed = True
        if self._task:
            await asyncio.wait([self._task])

    async def _empty(self) -> None:
        try:
            while group := self._take():
                await self._write(group)
        finally:
            self._task = None
            for _, answer in self._waiting:  # none is left, unless this task was cancelled
                _fail(answer, "the writer has ended; open the records again")
            self._waiting.clear()

    def _take(self) -> list[tuple[Write, asyncio.Future[Written]]]:
        taken: list[tuple[Write, asyncio.Future[Written]]] = []
        size = 0
        while self._waiting and len(taken) < MAX_GROUP:
            write, answer = self._waiting[0]
            size += _size(write)
            if taken and size > MAX_GROUP_BYTES:
                break
            self._waiting.popleft()
            if not answer.done():  # whoever asked has gone
                taken.append((write, answer))
        return taken

    async def _write(self, group: Sequence[tuple[Write, asyncio.Future[Written]]]) -> None:
        said = "the writer has ended; open the records again"
        results: Sequence[Result] = ()
        try:
            results = await self._keep([write for write, _ in group])
        except RecordsError as error:
            said = str(error)
        finally:
            for (_, answer), result in zip(group, results, strict=False):
                _settle(answer, result)
            for _, answer in group[len(results) :]:
                _fail(answer, said)


def _size(write: Write) -> int:
    bodies = [change.body for change in write.changes if not isinstance(change, Drop)]
    return sum(map(len, bodies)) + sum(len(event.body) for event in write.events)


def _settle(answer: asyncio.Future[Written], result: Result) -> None:
    if answer.done():
        return
    if isinstance(result, ClashError):
        answer.set_exception(result)
    else:
        answer.set_result(result)


def _fail(answer: asyncio.Future[Written], said: str) -> None:
    if not answer.done():
        answer.set_exception(RecordsError(said))
