"""A gate for a program of one's own: over a SQLite file or PostgreSQL, with this machine's clocks and chance."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cadencia.dialer.gate import Gate
from cadencia.dialer.names import names_of
from cadencia.dialer.request import Surroundings
from cadencia.engine.decide import Engine
from cadencia.engine.tables import Rulebook
from cadencia.store.postgres import PostgresLedger
from cadencia.store.sqlite import SqliteLedger

_URLS = ("postgresql://", "postgres://")


@asynccontextmanager
async def open_gate(
    place: str | os.PathLike[str], rulebook: Rulebook, *, secret: bytes, consortium: str = ""
) -> AsyncIterator[Gate]:
    """A gate over the ledger at `place`, closed afterwards: a SQLite file, made if there is none, or the URL of a
    PostgreSQL database. secret: 32 random bytes, always the same ones for a ledger. consortium: the name of the one
    whose tenants share counters. LedgerError when the ledger cannot be used, or is another process's."""
    if str(place).startswith(_URLS):
        ledger: SqliteLedger | PostgresLedger = await PostgresLedger.open(
            str(place), secret=secret, consortium=consortium
        )
    else:
        ledger = await SqliteLedger.open(Path(place), secret=secret, consortium=consortium)
    try:
        gate = await Gate.open(Engine(rulebook), ledger, surroundings(secret, consortium))
        try:
            yield gate
        finally:
            await gate.close()
    finally:
        await ledger.close()


def surroundings(secret: bytes, consortium: str = "") -> Surroundings:
    """The machine's clocks and chance."""
    names = names_of(secret, consortium)
    return Surroundings(names=names, secret=secret, wall=wall, steady=steady, entropy=os.urandom)


def wall() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1_000


def steady() -> int:
    """Microseconds since any instant; never set, running while the machine sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000
