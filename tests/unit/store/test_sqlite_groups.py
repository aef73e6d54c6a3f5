"""Groups made ready while the disk takes the one before: keys, order and failures."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import apsw
import pytest

from cadencia.store._rows import Bulk
from cadencia.store.entry import Draft
from cadencia.store.ledger import Appended, LedgerError
from cadencia.store.sqlite import SqliteLedger
from tests.conformance.drafts import all_of, draft

SECRET = bytes(range(32))
PERSONS = 40


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that many groups follow each other, and keys are let go of while a group is under way."""
    monkeypatch.setattr("cadencia.store.sqlite_writer.LEAST_GROUP", 2)
    monkeypatch.setattr("cadencia.store.sqlite_writer.MAX_GROUP", 8)
    monkeypatch.setattr("cadencia.store.sqlite_writer.MAX_KEYS", 10)


def about(number: int) -> Draft:
    person = number * 7 % PERSONS
    return draft(bytes([person]) * 16, key=f"k{number}", payload=b'{"number":%d}' % number)


async def all_at_once(ledger: SqliteLedger, drafts: list[Draft]) -> list[Any]:
    """What each caller is told, in the order of the drafts."""
    return await asyncio.gather(*(ledger.append([one]) for one in drafts), return_exceptions=True)


def test_every_payload_opens_again_and_a_person_has_one_key(tmp_path: Path) -> None:
    drafts = [about(number) for number in range(600)]

    async def write_and_read() -> list[Any]:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", secret=SECRET)
        told = await all_at_once(ledger, drafts)
        await ledger.close()
        again = await SqliteLedger.open(tmp_path / "ledger.db", secret=SECRET)
        kept = await all_of(again)
        assert (await again.verify()).bad is None
        await again.close()
        assert [entry.payload for entry in kept] == [one.payload for one in drafts]
        return told

    told = asyncio.run(write_and_read())
    assert [answer.entries[0].key for answer in told] == [one.key for one in drafts]
    with apsw.Connection(str(tmp_path / "ledger.db")) as connection:
        of_persons = "SELECT count(*), count(DISTINCT subject) FROM person WHERE subject <> x''"
        keys = connection.execute(of_persons).fetchone()
    assert keys == (PERSONS, PERSONS)


@pytest.mark.parametrize("fails_at", [1, 2, 5, 20])
def test_a_group_that_fails_takes_the_one_behind_it_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    drafts = [about(number) for number in range(300)]

    class Failing:
        """Bulk, whose disk is full from one group on."""

        def __init__(self, connection: apsw.Connection) -> None:
            self.bulk, self.groups = Bulk(connection), 0
            self.find, self.close = self.bulk.find, self.bulk.close

        def insert(self, tables: Any, commit: bool) -> None:
            self.groups += 1
            if self.groups >= fails_at:
                raise apsw.FullError("database or disk is full")
            self.bulk.insert(tables, commit)

    async def until_it_fails() -> list[Any]:
        with monkeypatch.context() as patched:
            patched.setattr("cadencia.store.sqlite_writer.Bulk", Failing)
            ledger = await SqliteLedger.open(tmp_path / "ledger.db", secret=SECRET)
            told = await all_at_once(ledger, drafts)
            with pytest.raises(LedgerError):
                await ledger.append([about(0)])
            await ledger.close()
        return told

    async def kept() -> list[str]:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", secret=SECRET)
        found = [entry.key for entry in await all_of(ledger)]
        await ledger.close()
        return found

    told = asyncio.run(until_it_fails())
    acknowledged = [answer.entries[0].key for answer in told if isinstance(answer, Appended)]
    assert asyncio.run(kept()) == acknowledged == [one.key for one in drafts[: len(acknowledged)]]
    assert all(isinstance(answer, LedgerError) for answer in told[len(acknowledged) :])
