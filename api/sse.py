"""Live events to many readers. One task a tenant reads the records; a reader is only a cursor, so that five thousand of
them hold nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import NamedTuple

import msgspec

from cadencia.api.events import cloud
from cadencia.api.logs import LOG
from cadencia.store.records import Event, Records

_RECENT = 1_000  # frames kept for whoever is not far behind
_AT_ONCE = 200
_WAIT_S = 60.0
HEARTBEAT_S = 15.0


class Frame(NamedTuple):
    """An event as it is sent."""

    n: int
    topic: str
    text: bytes


def frame(name: str, id: int, data: bytes) -> bytes:
    """One message of an event stream; data: JSON, in one line."""
    return b"event: %s\nid: %d\ndata: %s\n\n" % (name.encode(), id, data)


class Hub:
    """The streams of this process."""

    def __init__(self, records: Records, *, most: int) -> None:
        self._records, self._most = records, most
        self._watches: dict[str, Watch] = {}
        self._closed = False

    @property
    def readers(self) -> int:
        """Streams that are open."""
        return sum(watch.readers for watch in self._watches.values())

    @property
    def full(self) -> bool:
        """Whether no more readers are taken."""
        return self._closed or self.readers >= self._most

    def join(self, tenant: str) -> Watch:
        """The tenant's watch, to be left again."""
        watch = self._watches.get(tenant)
        if watch is None or watch.over:
            watch = self._watches[tenant] = Watch(self._records, tenant)
        watch.readers += 1
        return watch

    def leave(self, watch: Watch) -> None:
        """The last one out ends it."""
        watch.readers -= 1
        if not watch.readers:
            watch.end()
            if self._watches.get(watch.tenant) is watch:
                del self._watches[watch.tenant]

    def close(self) -> None:
        """All streams end."""
        self._closed = True
        for watch in self._watches.values():
            watch.end()


class Watch:
    """What is new of one tenant. over: nothing will come any more."""

    def __init__(self, records: Records, tenant: str) -> None:
        self._records, self.tenant = records, tenant
        self.readers, self.over = 0, False
        self._recent: list[Frame] = []
        self._changed = asyncio.Event()
        self._begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._newest = 0
        self._task = asyncio.create_task(self._tail())

    async def newest(self) -> int:
        """The number of the newest event that readers are told of."""
        await asyncio.shield(self._begun)
        return self._newest

    async def behind(self, after: int) -> list[Frame]:
        """The next frames after a cursor; empty when there are none yet."""
        if after >= await self.newest():
            return []
        if self._recent and self._recent[0].n <= after + 1:
            first = after + 1 - self._recent[0].n
            return self._recent[first : first + _AT_ONCE]
        return [_framed(event) for event in await self._records.events(self.tenant, after=after, limit=_AT_ONCE)]

    async def news(self, after: int, timeout_s: float) -> bool:
        """Whether there is something after a cursor within so many seconds, or it is over."""
        if self.over or after < self._newest:
            return True
        try:
            await asyncio.wait_for(self._changed.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    def end(self) -> None:
        """Readers are woken and go."""
        self.over = True
        if not self._begun.done():
            self._begun.set_result(0)
        self._task.cancel()
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _tail(self) -> None:
        try:
            self._newest = await self._records.newest(self.tenant)
            self._begun.set_result(self._newest)
            while True:
                if await self._records.wait(self.tenant, after=self._newest, timeout_s=_WAIT_S):
                    self._take(await self._records.events(self.tenant, after=self._newest, limit=_AT_ONCE))
        except Exception as problem:  # noqa: BLE001 - readers are sent away and come again
            LOG.error("stream", extra={"told": {"work": "tail"}}, exc_info=problem)
            self.end()

    def _take(self, events: list[Event]) -> None:
        for event in events:
            if event.n != self._newest + 1:
                self._recent.clear()  # something between was swept
            self._recent.append(_framed(event))
            self._newest = event.n
        if len(self._recent) > 2 * _RECENT:
            del self._recent[:-_RECENT]
        self._wake()


async def told(watch: Watch, after: int, topics: frozenset[str]) -> AsyncGenerator[tuple[int, bytes], None]:
    """(cursor, what to send) for as long as the watch goes on: frames of these topics, all if there are none; empty
    when there is nothing for a while, so that the reader can be told that we are still here."""
    while not watch.over:
        found = await watch.behind(after)
        if found:
            after = found[-1].n
            text = b"".join(one.text for one in found if not topics or one.topic in topics)
            if text:
                yield after, text
        elif not await watch.news(after, HEARTBEAT_S):
            yield after, b""


def _framed(event: Event) -> Frame:
    return Frame(event.n, event.type.partition(".")[0], frame("delta", event.n, msgspec.json.encode(cloud(event))))
