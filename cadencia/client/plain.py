"""The client without asyncio: the same one, on a loop in a thread of its own, for any number of threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from cadencia.api.wire.decisions import Asking
from cadencia.api.wire.health import Health
from cadencia.api.wire.outcomes import Accepted, Happened
from cadencia.api.wire.permits import Released
from cadencia.client.aio import AsyncClient
from cadencia.client.verdict import Placement, Verdict

T = TypeVar("T")


class Client:
    """Asks one server with one key, within `with`; options and failures as AsyncClient has them. Open it after a fork,
    not before: the thread does not come along."""

    def __init__(self, address: str, key: str, **options: Any) -> None:
        self._client = AsyncClient(address, key, **options)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cadencia-client", daemon=True)
        self._thread.start()
        self._wait(self._client.__aenter__())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections and the thread."""
        if self._loop is None or self._thread is None:
            return
        self._wait(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None

    def check(self, asking: Asking) -> Verdict:
        """Whether the contact may be made; nothing is counted."""
        return self._wait(self._client.check(asking))

    def reserve(self, asking: Asking, *, key: str | None = None) -> Verdict:
        """Whether the contact may be made; if so it is counted, with a permit."""
        return self._wait(self._client.reserve(asking, key=key))

    def place(self, token: str) -> Placement:
        """Right before the contact leaves: may it?"""
        return self._wait(self._client.place(token))

    def release(self, token: str, *, why: str = "") -> Released:
        """Gives a reservation back that was not placed."""
        return self._wait(self._client.release(token, why=why))

    def report(self, happened: Happened) -> Accepted:
        """How an attempt ended."""
        return self._wait(self._client.report(happened))

    def health(self) -> Health:
        """What is degraded, what is unprotected."""
        return self._wait(self._client.health())

    def ask(self, method: str, path: str, *, answer: type[T], body: object = None, key: str = "") -> T:
        """Whatever else /openapi.json names."""
        return self._wait(self._client.ask(method, path, answer=answer, body=body, key=key))

    def _wait(self, asked: Coroutine[Any, Any, T]) -> T:
        loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            asked.close()
            raise RuntimeError("the client is not open in this process; use it within `with`, opened after the fork")
        return asyncio.run_coroutine_threadsafe(asked, loop).result()
