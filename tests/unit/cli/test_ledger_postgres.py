"""`ledger check`, `import` and `export` on PostgreSQL say and do the same as on a file."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cadencia.cli import main
from cadencia.store.postgres import PostgresLedger
from cadencia.store.postgres_server import running
from tests.unit.cli.ledgers import SECRET, Desk

LINES = (
    "ana,2026-05-18T10:00-05:00,call,no_answer,d1,+573001234567,",
    "leo,2026-05-18T11:00-05:00,call,right_party_contact,,,E-1",
)


@pytest.fixture
def schema() -> Iterator[str]:
    name = f"cli_{os.urandom(6).hex()}"
    yield name
    drop = f"set client_min_messages = error; drop schema if exists {name} cascade"
    running().run("psql", "-q", "-c", drop, "postgres")


def on(desk: Desk, schema: str, verb: str, *more: str) -> int:
    where = ("--dsn", running().url, "--schema", schema, "--secret", str(desk.secret))
    return main(["ledger", verb, *where, *more])


def head(schema: str) -> int:
    async def ask() -> int:
        ledger = await PostgresLedger.open(running().url, secret=SECRET, schema=schema, read_only=True)
        try:
            return (await ledger.head())[0]
        finally:
            await ledger.close()

    return asyncio.run(ask())


def test_the_past_is_taken_in_checked_and_exported(
    desk: Desk, schema: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    past = ("--tenant", "t", "--history", desk.past(*LINES))
    assert on(desk, schema, "import", *past) == 0
    assert on(desk, schema, "import", *past) == 0
    err = capsys.readouterr().err
    assert err == "2 lines: 2 imported, 0 there before, 0 bad\n2 lines: 0 imported, 2 there before, 0 bad\n"
    before = head(schema)
    assert on(desk, schema, "check", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["events"], found["persons"], found["wrong"]) == (2, 2, "")
    assert on(desk, schema, "export", "--out", str(tmp_path / "days")) == 0
    assert "erasing a person does not reach it" in capsys.readouterr().err
    days = sorted((tmp_path / "days").glob("*.parquet"))
    rows = [row for day in days for row in pq.read_table(day).to_pylist()]
    assert [row["kind"] for row in rows] == ["imported", "imported", "sealed"]
    assert head(schema) == before, "who looks writes nothing, no seal either"


def test_what_cannot_be_used_is_told(desk: Desk, schema: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert on(desk, schema, "check") == 2
    assert "no ledger in schema" in capsys.readouterr().err
    assert main(["ledger", "check", "--secret", str(desk.secret)]) == 2
    assert "its FILE, or --dsn URL" in capsys.readouterr().err
    assert main(["ledger", "check", str(desk.ledger), "--dsn", "x", "--secret", str(desk.secret)]) == 2
    assert "its FILE, or --dsn URL" in capsys.readouterr().err
    assert on(desk, 'a"b', "check") == 2
    assert "--dsn, --schema: schema" in capsys.readouterr().err
    on(desk, schema, "import", "--tenant", "t", "--history", desk.past(*LINES))
    desk.secret.write_text("11" * 32)
    capsys.readouterr()
    assert on(desk, schema, "check") == 2
    assert "the secret is not the one" in capsys.readouterr().err


def test_opened_for_reading_it_takes_nothing(desk: Desk, schema: str) -> None:
    on(desk, schema, "import", "--tenant", "t", "--history", desk.past(*LINES))

    async def test() -> None:
        ledger = await PostgresLedger.open(running().url, secret=SECRET, schema=schema, read_only=True)
        for wanted in (ledger.append([]), ledger.erase("t", b"p" * 16, 1)):
            with pytest.raises(Exception, match="opened for reading"):
                await wanted
        with pytest.raises(Exception, match="opened for reading"):
            ledger.append_behind([])
        await ledger.close()

    asyncio.run(test())
