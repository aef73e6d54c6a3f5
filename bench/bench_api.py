"""The service over HTTP beside an aiohttp echo server: the same body, the same load (wrk), round by round.

Echo is aiohttp's own Application on uvloop, which reads the body and sends it back; ours reads a decision, decides it
by the shipped law, records it and answers. Both are processes of their own, one at work at a time; wrk shares the
machine with them. `wrk` must be installed (Debian, Ubuntu: apt-get install wrk).
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Figure, Spread, Target

ROUNDS = 5
SECONDS = 3
PORT = 8190
CONNECTIONS, CALLERS = 64, 256
ECHO = """
import asyncio, sys, uvloop
from aiohttp import web

async def echo(request):
    return web.Response(body=await request.read(), content_type="application/json")

async def main():
    app = web.Application()
    app.router.add_post("/v1/decisions", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    print("listening", flush=True)
    await asyncio.Event().wait()

uvloop.run(main())
"""
BODY = {
    "person": {"id": "p", "region": "CO-DC"}, "debt": {"id": "d_77", "creditor": "acme", "stage": "extrajudicial"},
    "address": {"channel": "call", "value": "+573005550123"},
}  # fmt: skip
#: Every request is about another person, and a reservation has a key of its own.
SCRIPT = """
local body, key, reserve, salt = [==[%s]==], "%s", "%s" == "reserve", "%s"
local n = 0
request = function()
  n = n + 1
  local id = salt .. n
  local told = string.gsub(body, '"id": "p"', '"id": "' .. id .. '"')
  local headers = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. key}
  if reserve then headers["Idempotency-Key"] = id end
  return wrk.format("POST", "/v1/decisions", headers, told)
end
"""


class WrkError(RuntimeError):
    """The load cannot be made, or not every answer was one."""


@dataclass(frozen=True)
class Load:
    """What one run of wrk measured."""

    per_second: float
    p99_ms: float


def run() -> list[Figure]:
    """Checks and reservations against echo."""
    if shutil.which("wrk") is None:
        raise WrkError("wrk is not installed; apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with server(folder) as (ours, key), echo(folder) as other:
            check = rounds(folder, "check", key, CONNECTIONS, {"echo": other, "cadencia": ours})
            reserve = rounds(folder, "reserve", key, CALLERS, {"echo": other, "cadencia": ours})
    return [
        figure("check over HTTP", check, CONNECTIONS, Target(at_least=0.75)),
        figure("reserve over HTTP, durable", reserve, CALLERS, Target(at_least=0.4)),
        slowest(check),
    ]


def rounds(folder: Path, intent: str, key: str, connections: int, ports: dict[str, int]) -> dict[str, list[Load]]:
    """Each side in each round, after one not counted."""
    found: dict[str, list[Load]] = {name: [] for name in ports}
    for number in range(ROUNDS + 1):
        for name, port in ports.items():
            load = wrk(folder, intent, key, connections, port, f"{name}{number}-")
            if number:
                found[name].append(load)
    return found


def wrk(folder: Path, intent: str, key: str, connections: int, port: int, salt: str) -> Load:
    """One run. WrkError when an answer was no 200."""
    body = json.dumps({**BODY, "intent": intent})
    script = folder / "load.lua"
    script.write_text(SCRIPT % (body, key, intent, intent + salt), encoding="utf-8")
    said = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}", "--timeout", "30s", "--latency", "-s", script, f"http://127.0.0.1:{port}"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in said or "Socket errors" in said:
        raise WrkError(f"not every request was answered: {said}")
    rate, p99 = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    if rate is None or p99 is None:
        raise WrkError(f"wrk said something else: {said}")
    return Load(float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[p99[2]])


def figure(name: str, loads: dict[str, list[Load]], connections: int, target: Target) -> Figure:
    """Requests a second of ours over those of echo."""
    ratios = [a.per_second / b.per_second for a, b in zip(loads["cadencia"], loads["echo"], strict=True)]
    return Figure(
        group="api", name=name, unit="requests/s", repeats=ROUNDS, target=target, value=Spread.of(ratios),
        value_unit="of the requests/s of an aiohttp echo server",
        input=f"wrk, one thread, {connections} connections, {SECONDS} s a round; each request another person; SQLite",
        sides={side: Spread.of([load.per_second for load in of]) for side, of in loads.items()},
        note="wrk shares the machine; the shipped law, located by region and number; each decision is recorded",
    )  # fmt: skip


def slowest(loads: dict[str, list[Load]]) -> Figure:
    """The slowest hundredth at full load, ours over echo's."""
    ratios = [a.p99_ms / b.p99_ms for a, b in zip(loads["cadencia"], loads["echo"], strict=True)]
    return Figure(
        group="api", name="the slowest hundredth of checks, at saturation", unit="ms", repeats=ROUNDS,
        input=f"the rounds of checks with {CONNECTIONS} connections", value=Spread.of(ratios),
        value_unit="of the p99 of echo", note="not yet measured at half the load: wrk has no fixed rate",
        sides={side: Spread.of([load.p99_ms for load in of]) for side, of in loads.items()},
    )  # fmt: skip


@contextlib.contextmanager
def server(folder: Path) -> Iterator[tuple[int, str]]:
    """Ours on SQLite, its port and a key."""
    (folder / "secret").write_text("5e" * 32, encoding="utf-8")
    (folder / "cadencia.toml").write_text(
        f'[listen]\nport = {PORT}\n[ledger]\nfile = "{folder / "ledger.db"}"\nsecret_file = "{folder / "secret"}"\n'
        '[sandbox]\ntenant = "bench"\nclock = "2026-05-19T15:00:00+00:00"\n', encoding="utf-8",
    )  # fmt: skip
    command = [sys.executable, "-P", "-m", "cadencia", "serve", "--config", str(folder / "cadencia.toml")]
    with started(command, folder) as process:
        assert process.stdout is not None
        found = None
        while found is None:
            line = process.stdout.readline()
            if not line:
                raise WrkError("the server did not start; see what it wrote above")
            found = re.search(r"Bearer (\S+)'", line)
        yield PORT, found[1]


@contextlib.contextmanager
def echo(folder: Path) -> Iterator[int]:
    """The other side, on the port behind ours."""
    with started([sys.executable, "-c", ECHO, str(PORT + 1)], folder) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield PORT + 1


@contextlib.contextmanager
def started(command: list[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is told to end afterwards, and waited for."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)
