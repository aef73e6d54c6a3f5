"""Processes that reserve through the gate are killed at random instants under load: nothing that anybody was told is
lost, nothing is reserved twice, and the counters equal the record."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from cadencia.cli.ledger_race import Course
from cadencia.cli.ledger_race_kill import raced_and_killed
from cadencia.store.postgres_server import server

PARALLEL = 300


def course(store: str, at: str, limit: str = "attempts") -> Course:
    return Course(cap=1, parallel=PARALLEL, limit=limit, store=store, secret=os.urandom(32), at=at)


def test_the_owner_of_a_file_is_killed(tmp_path: Path, kills: int) -> None:
    """Under a cap and a lock between two channels."""
    at = str(tmp_path / "ledger.db")
    outcome = asyncio.run(raced_and_killed(course("sqlite", at, "channels"), 1, kills, 5))
    assert outcome.wrong == ""
    assert set(outcome.persons.values()) == {(1, PARALLEL - 1)}


def test_clients_of_postgresql_are_killed(kills: int) -> None:
    with server(fsync=True) as one:
        outcome = asyncio.run(raced_and_killed(course("postgres", one.url), 2, kills, 6))
    assert outcome.wrong == ""
    assert set(outcome.persons.values()) == {(1, PARALLEL - 1)}
