"""The one place that puts the parts together: configuration to ledger, rulebook, gate and keys; starts and stops
them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cadencia.api.background import tended
from cadencia.api.clock import SandboxClock
from cadencia.api.config import Config, ConfigError
from cadencia.api.config import Ledger as LedgerConfig
from cadencia.api.events import Feed
from cadencia.api.idempotency import Repeats
from cadencia.api.ids import Ids
from cadencia.api.keys import Environment, Keyring
from cadencia.api.law import opened_law
from cadencia.api.metrics import Metrics
from cadencia.api.openapi import contract
from cadencia.api.parts import Parts
from cadencia.api.publishing import Publisher
from cadencia.api.routes import all_routes
from cadencia.api.server import listening
from cadencia.api.sse import Hub
from cadencia.api.telling import Tellings
from cadencia.api.workshop import Workshop
from cadencia.dialer.gate import Gate
from cadencia.dialer.names import names_of
from cadencia.dialer.refusals import BusyError
from cadencia.dialer.request import Surroundings
from cadencia.dialer.watch import Clock
from cadencia.store.identity import MIN_SECRET, Entropy
from cadencia.store.ledger import Ledger
from cadencia.store.postgres import PostgresLedger
from cadencia.store.projection import as_instant
from cadencia.store.records import Records
from cadencia.store.records_postgres import PostgresRecords
from cadencia.store.records_sqlite import SqliteRecords
from cadencia.store.sqlite import SqliteLedger

SANDBOX_ROLES = ("producer", "operator")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What comes from the machine: clocks in microseconds, a stopwatch in seconds, chance."""

    wall: Clock
    steady: Clock
    stopwatch: Callable[[], float]
    entropy: Entropy


@dataclass(frozen=True)
class Running:
    """A server that answers: at `address`; `key` is the sandbox's, "" if there is none, and is told nowhere else."""

    address: str
    key: str
    parts: Parts


@contextlib.asynccontextmanager
async def running(config: Config, machine: Machine, version: str) -> AsyncIterator[Running]:
    """The whole server, stopped afterwards: what was acknowledged is durable. ConfigError; LedgerError;
    RecordsError."""
    secret = read_secret(config.ledger)
    sandbox = _sandbox(config)
    shipped = await asyncio.to_thread(opened_law, config.law)
    async with _ledger(config.ledger, secret) as ledger, _records(config.ledger) as records:
        wall, steady = (sandbox, sandbox) if sandbox is not None else (machine.wall, machine.steady)
        names = names_of(secret, config.ledger.consortium)
        workshop = Workshop(config.law)
        publisher = Publisher(records, workshop, config.law.keeper or config.sandbox.tenant, shipped, wall)
        engine = await publisher.opening()
        around = Surroundings(names=names, secret=secret, wall=wall, steady=steady, entropy=machine.entropy)
        checkpoint = _checkpoint(config.ledger)
        begun = checkpoint if checkpoint is not None and checkpoint.exists() else None
        gate = await Gate.open(engine, ledger, around, checkpoint=begun)
        routes, tellings = all_routes(), Tellings()
        tellings.learn(engine.rulebook)
        ids = Ids(secret)
        parts = Parts(
            config=config, gate=gate, names=names, ids=ids, feed=Feed(ledger, records, ids, wall),
            hub=Hub(records, most=config.limits.streams),
            records=records, repeats=Repeats(records, secret, machine.entropy),
            keys=Keyring(records, machine.entropy),
            tellings=tellings, metrics=Metrics(gate), now=wall, stopwatch=machine.stopwatch, entropy=machine.entropy,
            sandbox=sandbox, routes=routes, contract=contract(routes.all, version), version=version,
            rulebook=engine.rulebook, workshop=workshop, publisher=publisher,
        )  # fmt: skip
        publisher.start(parts)
        try:
            async with tended(parts), listening(parts) as address:
                try:
                    yield Running(address, await _sandbox_key(parts), parts)
                finally:
                    parts.hub.close()
        finally:
            await publisher.stop()
            await _put_down(gate, checkpoint)


async def make_key(
    config: Config, machine: Machine, tenant: str, environment: Environment, roles: tuple[str, ...]
) -> str:
    """A key for a tenant, to be shown this once. RecordsError while another process owns the records."""
    async with _records(config.ledger) as records:
        keys = Keyring(records, machine.entropy)
        key, _ = await keys.give(tenant, environment, roles, at=machine.wall(), label="made on the command line")
    return key


async def _put_down(gate: Gate, checkpoint: Path | None) -> None:
    await gate.close()
    if checkpoint is not None:
        with contextlib.suppress(BusyError, OSError):  # the next start reads the ledger whole
            await gate.checkpoint(checkpoint)


async def _sandbox_key(parts: Parts) -> str:
    tenant = parts.config.sandbox.tenant
    if not tenant:
        return ""
    key, _ = await parts.keys.give(tenant, "test", SANDBOX_ROLES, at=parts.now(), label="sandbox")
    return key


def _sandbox(config: Config) -> SandboxClock | None:
    text = config.sandbox.clock
    if not text:
        return None
    try:
        return SandboxClock(as_instant(datetime.fromisoformat(text)))
    except ValueError:
        raise ConfigError(f"[sandbox] clock: {text!r}; write a time with its offset, 2026-05-19T10:00-05:00") from None


def read_secret(ledger: LedgerConfig) -> bytes:
    """The ledger's secret. ConfigError when the file does not hold one."""
    path = Path(ledger.secret_file)
    try:
        secret = bytes.fromhex(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        raise ConfigError(f"[ledger] secret_file: {path} has no hexadecimal digits; write the secret so") from None
    if len(secret) < MIN_SECRET:
        raise ConfigError(f"[ledger] secret_file: {path} has {len(secret)} bytes; {MIN_SECRET} or more, random")
    return secret


@contextlib.asynccontextmanager
async def _ledger(config: LedgerConfig, secret: bytes) -> AsyncIterator[Ledger]:
    ledger: Ledger
    if config.postgres:
        ledger = await PostgresLedger.open(
            config.postgres, secret=secret, schema=config.schema, consortium=config.consortium
        )
    else:
        ledger = await SqliteLedger.open(Path(config.file), secret=secret, consortium=config.consortium)
    try:
        yield ledger
    finally:
        await ledger.close()


@contextlib.asynccontextmanager
async def _records(config: LedgerConfig) -> AsyncIterator[Records]:
    """Beside the ledger: a file, or a schema."""
    records: Records
    if config.postgres:
        records = await PostgresRecords.open(config.postgres, schema=f"{config.schema}_records")
    else:
        records = await SqliteRecords.open(Path(config.file + ".records"))
    try:
        yield records
    finally:
        await records.close()


def _checkpoint(config: LedgerConfig) -> Path | None:
    """Beside the file, as `cadencia ledger` has it."""
    return None if config.postgres else Path(config.file + ".checkpoint")
