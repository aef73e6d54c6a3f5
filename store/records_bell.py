"""Wakes who waits for a tenant's newer events."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Bell:
    """Of one event loop."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, dict[asyncio.Future[None], int]] = defaultdict(dict)

    @property
    def tenants(self) -> list[str]:
        """Those that somebody waits for."""
        return list(self._waiting)

    def ring(self, tenant: str, newest: int) -> None:
        """Event `newest` is there."""
        for waiter, after in self._waiting.get(tenant, {}).items():
            if after < newest and not waiter.done():
                waiter.set_result(None)

    def fail(self, error: Exception) -> None:
        """Nobody will ring any more."""
        for waiters in self._waiting.values():
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_exception(error)

    def waiter(self, tenant: str, after: int) -> asyncio.Future[None]:
        """Done when an event with n > after rings. Whoever asks for it asks the store afterwards what is there."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[tenant][waiter] = after
        waiter.add_done_callback(lambda done: self._leave(tenant, done))
        return waiter

    def _leave(self, tenant: str, waiter: asyncio.Future[None]) -> None:
        del self._waiting[tenant][waiter]
        if not self._waiting[tenant]:
            del self._waiting[tenant]


async def rung(waiter: asyncio.Future[None], timeout_s: float) -> bool:
    """Whether it rang within so many seconds."""
    try:
        await asyncio.wait_for(waiter, timeout_s)
    except TimeoutError:
        return False
    return True
