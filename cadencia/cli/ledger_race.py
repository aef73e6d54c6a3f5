"""`cadencia ledger race`: many reservations at once against a made-up cap, to show that exactly so many get
through."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec

from cadencia.cli.ledger_check import Walked, checked
from cadencia.cli.ledger_options import UsageError
from cadencia.dialer.gate import Gate
from cadencia.dialer.request import Request
from cadencia.engine.decide import Engine
from cadencia.engine.query import Query
from cadencia.engine.tables import CompiledRule, CountCheck, Jurisdiction, Rulebook
from cadencia.engine.words import EventKind, WindowUnit
from cadencia.gates import surroundings
from cadencia.rules.zones import compile_zones
from cadencia.store.memory import MemoryLedger
from cadencia.store.sqlite import SqliteLedger

EXACT, NOT_EXACT = 0, 1
TENANT = "race"
#: All that counts as an attempt: every kind of event but pending and void, which the kernel sees to itself.
_PLACED = sum(1 << kind for kind in EventKind if kind.name not in ("pending", "void"))
_SECRET_BYTES = 32


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What is raced for. store: memory, sqlite or postgres; at: the file, or the server's URL; schema: of
    PostgreSQL."""

    cap: int
    parallel: int
    limit: str
    store: str
    secret: bytes
    at: str = ""
    schema: str = "cadencia"


class Outcome(msgspec.Struct, kw_only=True):
    """What came of one race: of each person how many were allowed and refused."""

    persons: dict[str, tuple[int, int]]
    seconds: float
    more: tuple[str, ...] = ()
    wrong: str = ""


def run_race(args: argparse.Namespace) -> int:
    """0 if every race was exact, 1 if not."""
    if args.store == "memory" and args.kill_random:
        raise UsageError("--kill-random needs a store that outlives a process: --store sqlite or postgres")
    if args.dsn and args.store != "postgres":
        raise UsageError("--dsn is of a PostgreSQL server: add --store postgres")
    with contextlib.ExitStack() as until_the_end:
        exact = [
            _tell(number, args.runs, _run(args, course)) for number, course in enumerate(_courses(args, until_the_end))
        ]
    return EXACT if all(exact) else NOT_EXACT


def _run(args: argparse.Namespace, course: Course) -> Outcome:
    if args.kill_random:
        from cadencia.cli.ledger_race_kill import raced_and_killed

        return asyncio.run(raced_and_killed(course, args.keys, args.kill_random, args.seed))
    return asyncio.run(raced(course, args.keys))


async def raced(course: Course, keys: int) -> Outcome:
    """One race in this process."""
    persons = [f"person {number}" for number in range(1, keys + 1)]
    async with ledger_of(course) as ledger:
        gate = await Gate.open(Engine(rulebook(course)), ledger, surroundings(course.secret))
        start = time.perf_counter()
        asked = [(person, number) for number in range(course.parallel) for person in persons]
        answers = await asyncio.gather(
            *(gate.reserve(request(course, person, number), key=f"{person}/{number}") for person, number in asked)
        )
        seconds = time.perf_counter() - start
        allowed = Counter(person for (person, _), answer in zip(asked, answers, strict=True) if answer.permit)
        await gate.close()
        outcome = Outcome(
            persons={one: (allowed[one], course.parallel - allowed[one]) for one in persons}, seconds=seconds
        )
        outcome.wrong = await wrong_with(ledger, course, outcome)
    return outcome


async def wrong_with(ledger: Walked, course: Course, outcome: Outcome) -> str:
    """What is not exact; empty if all is: as many allowed as there may be, as many on record, the counters equal the
    record, the chain whole."""
    reserved: Counter[bytes] = Counter()
    async for entry in ledger.entries(kinds=("reserved",)):
        reserved[entry.subject] += 1
    for person, (allowed, _) in outcome.persons.items():
        on_record = reserved[surroundings(course.secret).names(TENANT).subject(person)]
        if not allowed == on_record == min(course.cap, course.parallel):
            return f"{person}: {allowed} allowed, {on_record} on record, the cap is {course.cap}"
    return (await checked(ledger)).wrong


def rulebook(course: Course) -> Rulebook:
    """A law of a place that is not: a cap on what ever happened to a person, and with `channels` a lock besides."""
    zones, links, version = compile_zones(("UTC",))
    kinds = 1 << EventKind.conversation if course.limit == "conversations" else _PLACED
    rules = [_rule("frequency_cap", CountCheck(at_most=course.cap, unit=WindowUnit.lifetime, n=1, kinds=kinds))]
    if course.limit == "channels":
        lock = CountCheck(at_most=1, unit=WindowUnit.lifetime, n=1, kinds=kinds, other_channels=True)
        rules.append(_rule("channel_lock", lock))
    return Rulebook(
        hash=f"race {course.limit} {course.cap}", rules=tuple(rules), calendars=(),
        jurisdictions={"ZZ": Jurisdiction("ZZ", "a race")}, zones=zones, zone_links=links, zone_version=version,
    )  # fmt: skip


def _rule(kind: str, check: CountCheck) -> CompiledRule:
    return CompiledRule(id=f"ZZ.race.{kind}", kind=kind, jurisdiction="ZZ", file="zz/race.yaml", line=1,
                        title="a race", cite="made up", checks=(check,))  # fmt: skip


def request(course: Course, person: str, number: int) -> Request:
    """One of the reservations at once."""
    channel = ("call", "sms")[number % 2] if course.limit == "channels" else "call"
    query = Query(channel=channel, jurisdictions=("ZZ",), zones=("UTC",), debt="a debt", creditor="a creditor",
                  address="an address")  # fmt: skip
    return Request(tenant=TENANT, person=person, query=query)


@contextlib.asynccontextmanager
async def ledger_of(course: Course) -> AsyncIterator[Walked]:
    """The store that is raced on, closed afterwards."""
    ledger: Walked
    if course.store == "memory":
        ledger = MemoryLedger()
    elif course.store == "sqlite":
        ledger = await SqliteLedger.open(Path(course.at), secret=course.secret)
    else:
        from cadencia.store.postgres import PostgresLedger

        ledger = await PostgresLedger.open(course.at, secret=course.secret, schema=course.schema)
    try:
        yield ledger
    finally:
        await ledger.close()


def _courses(args: argparse.Namespace, until_the_end: contextlib.ExitStack) -> Iterator[Course]:
    """A new ledger for each race, and nothing of it afterwards."""
    course = Course(cap=args.cap, parallel=args.parallel, limit=args.limit, store=args.store,
                    secret=os.urandom(_SECRET_BYTES))  # fmt: skip
    if args.store == "postgres":
        url = args.dsn or _private_server(until_the_end)
        for _ in range(args.runs):
            one = msgspec.structs.replace(course, at=url, schema=f"race_{os.urandom(8).hex()}")
            yield one
            asyncio.run(_dropped(one))
        return
    folder = until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="cadencia-race-"))
    for number in range(args.runs):
        yield msgspec.structs.replace(course, at=str(Path(folder) / f"{number}.db"))


def _private_server(until_the_end: contextlib.ExitStack) -> str:
    from cadencia.store.postgres_server import NoPostgresError, server

    try:
        return until_the_end.enter_context(server(fsync=True)).url
    except (NoPostgresError, OSError) as problem:
        raise UsageError(f"{problem}; or name a server by --dsn") from None


async def _dropped(course: Course) -> None:
    import asyncpg

    connection = await asyncpg.connect(course.at)
    try:
        await connection.execute("set client_min_messages = error")
        await connection.execute(f"drop schema if exists {course.schema} cascade")  # our own name, of hexadecimal
    finally:
        await connection.close()


def _tell(number: int, runs: int, outcome: Outcome) -> bool:
    """Writes what came of a race; whether it was exact."""
    if runs > 1:
        sys.stdout.write(f"run {number + 1} of {runs}\n")
    for (allowed, refused), persons in sorted(Counter(outcome.persons.values()).items()):
        several = "" if len(outcome.persons) == 1 else f" (each of {persons} keys)"
        sys.stdout.write(f"allowed: {allowed}, refused: {refused}{several}\n")
    sys.stdout.writelines(f"{line}\n" for line in outcome.more)
    sys.stdout.write(f"NOT EXACT: {outcome.wrong}\n" if outcome.wrong else "exact: the counters equal the record, and "
                     "the chain is whole\n")  # fmt: skip
    sys.stdout.write(f"{outcome.seconds:.2f} s\n")
    sys.stdout.flush()
    return not outcome.wrong
