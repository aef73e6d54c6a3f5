"""What runs beside the requests: events are taken from the ledger, and what has ended goes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from cadencia.api.logs import LOG
from cadencia.api.parts import Parts

_SWEEP_S = 3_600.0
_DAY = 86_400 * 1_000_000
_LONGEST_PAUSE_S = 60.0


@contextlib.asynccontextmanager
async def tended(parts: Parts) -> AsyncIterator[None]:
    """While it is open, the parts are kept in order."""

    async def sweep() -> object:
        now = parts.now()
        return await parts.records.sweep(now, events_before=max(0, now - parts.config.events.keep_days * _DAY))

    works = {"feed": (parts.feed.step, parts.config.events.every_s), "sweep": (sweep, _SWEEP_S)}
    tasks = [asyncio.create_task(_again(name, work, every_s)) for name, (work, every_s) in works.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _again(name: str, work: Callable[[], Awaitable[object]], every_s: float) -> None:
    """For ever; after a failure with longer and longer pauses, for what it works on may come back."""
    failures = 0
    while True:
        try:
            await work()
            failures = 0
        except Exception as problem:  # noqa: BLE001 - nobody else would see it
            failures += 1
            if failures == 1:
                LOG.error("background", extra={"told": {"work": name}}, exc_info=problem)
        await asyncio.sleep(min(every_s * 2**failures, max(every_s, _LONGEST_PAUSE_S)) if failures < 30 else _SWEEP_S)
