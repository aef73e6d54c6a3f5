"""A server of the tests, in a thread with a loop of its own, and a client that hides nothing of HTTP."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import os
import queue
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from cadencia.api.config import Config, Ledger, Limits, Listen, Sandbox
from cadencia.api.keys import Environment
from cadencia.api.main import Machine, running

NOW = "2026-05-19T15:00:00+00:00"  # a Tuesday, 10:00 in Bogotá
SECRET = "5e" * 32
_fresh = itertools.count()


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return msgspec.json.decode(self.raw)

    @property
    def code(self) -> str:
        """Of a problem."""
        assert self.headers["content-type"] == "application/problem+json", self
        return str(self.body["code"])


@dataclass
class Served:
    """One server. `ask` sends one request on a connection of its own."""

    config: Config
    address: str = ""
    key: str = ""
    host: str = ""
    port: int = 0
    _stop: Any = None
    _give: Any = None
    _thread: threading.Thread | None = None
    _told: queue.Queue[object] = field(default_factory=queue.Queue)

    def start(self) -> Served:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        found = self._told.get(timeout=120)
        if isinstance(found, BaseException):
            raise found
        if self.address.startswith("unix:"):
            return self
        host, _, port = self.address.rpartition("/")[2].rpartition(":")
        self.host, self.port = host, int(port)
        return self

    def stop(self) -> None:
        self._stop()
        assert self._thread is not None
        self._thread.join(60)
        assert not self._thread.is_alive()

    def give(self, tenant: str, *roles: str, environment: Environment = "test", **more: Any) -> str:
        """A key of the running server."""
        return str(self._give(tenant, environment, roles or ("producer",), **more))

    def ask(
        self, method: str, path: str, body: object = None, *, key: str | None = None,
        headers: dict[str, str] | None = None, raw: bytes | None = None,
    ) -> Reply:  # fmt: skip
        """body: sent as JSON; raw: sent as it is. key: left out, the sandbox's; "" for none."""
        sent = raw if raw is not None else None if body is None else json.dumps(body).encode()
        told = {} if key == "" else {"Authorization": f"Bearer {key or self.key}"}
        told |= {"Content-Type": "application/json"} if sent is not None else {}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body=sent, headers=told | (headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            try:
                runner.run(self._serve())
            except BaseException as problem:  # noqa: BLE001 - whoever waits for the start is told
                self._told.put(problem)

    async def _serve(self) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        steady = lambda: time.monotonic_ns() // 1_000  # noqa: E731
        machine = Machine(wall=lambda: time.time_ns() // 1_000, steady=steady, stopwatch=time.perf_counter,
                          entropy=os.urandom)  # fmt: skip
        async with running(self.config, machine, "0.test") as server:
            self.address, self.key = server.address, server.key
            self._stop = lambda: loop.call_soon_threadsafe(stop.set)

            def give(tenant: str, environment: Environment, roles: tuple[str, ...], **more: Any) -> str:
                asked = server.parts.keys.give(tenant, environment, roles, at=server.parts.now(), **more)
                return asyncio.run_coroutine_threadsafe(asked, loop).result(30)[0]

            self._give = give
            self._told.put(None)
            await stop.wait()


def config_of(folder: Path, *, postgres: str = "", **limits: Any) -> Config:
    """A sandbox on a free port, its ledger in the folder or in a schema of its own."""
    secret = folder / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    schema = f"api_{os.getpid()}_{next(_fresh)}"
    file = "" if postgres else str(folder / "ledger.db")
    return Config(
        ledger=Ledger(file=file, postgres=postgres, schema=schema, secret_file=str(secret)),
        listen=Listen(port=0), limits=Limits(**limits), sandbox=Sandbox(tenant="demo", clock=NOW),
    )  # fmt: skip


def asking(person: str, **more: object) -> dict[str, Any]:
    """A call to a Colombian at ten in the morning, which the law allows once a day."""
    return {
        "person": {"id": person, "country": "CO"}, "debt": {"id": f"d-{person}", "creditor": "acme"},
        "address": {"channel": "call", "value": "+573005550123"}, **more,
    }  # fmt: skip
