"""`cadencia ledger check`: what is whole is told so, and the first difference is named."""

from __future__ import annotations

import asyncio
import json

import apsw
import msgspec
import pytest

from cadencia.cli import ledger_check
from cadencia.cli.ledger_check import checked
from cadencia.cli.ledger_open import Files, ledger_at
from cadencia.dialer.attempts import kind_of
from cadencia.engine.histories import Histories
from cadencia.engine.words import EventKind, Subject, Wider
from cadencia.evidence.archive import Archive
from cadencia.evidence.seal import Seal, seal_ledger
from tests.unit.cli.ledgers import PERSON, SECRET, Desk
from tests.unit.dialer.doors import opened, wanted
from tests.unit.engine.books import ALL_DAY, cap, rule, window


def busy_ledger(desk: Desk) -> None:
    attempt = desk.reserved()
    desk.run("settle", attempt, "no_answer")
    desk.run("correct", attempt, "busy")
    desk.released("k2")
    desk.reserved("k3")
    desk.run("inbound", *PERSON)


def test_whole(desk: Desk) -> None:
    busy_ledger(desk)
    code, out, err = desk.run("check")
    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == ["counters equal the record: 4 events of 1 persons", "checkpoint: none"]


def test_several_debts_of_an_attempt_and_a_checkpoint(desk: Desk) -> None:
    async def test() -> None:
        of_household = cap(99, n=7, wider=int(Wider.household), same=1 << Subject.debt)
        gate, times = await opened(rule("hours", window(ALL_DAY), kind="contact_window"), rule("cap", of_household))
        path = desk.folder / "checkpoint"
        for number in range(4):
            request = wanted(f"p{number // 2}", debts=("d2", "d3"), household="h", account="a")
            permit = (await gate.reserve(request, key=f"k{number}")).permit
            assert permit is not None
            if number == 2:
                await gate.checkpoint(path)
            if number % 2:
                await gate.place(permit)
                times.go(3)
                await gate.settle(permit, "conversation", times.now)
        await gate.close()
        found = await checked(gate._commits.ledger, path)  # type: ignore[arg-type]
        assert (found.wrong, found.persons, found.events) == ("", 2, 12)
        assert found.checkpoint == "checkpoint, up to entry 6"

    asyncio.run(test())


def test_a_row_that_was_altered(desk: Desk) -> None:
    busy_ledger(desk)
    with apsw.Connection(str(desk.ledger)) as connection:
        connection.execute("DROP TRIGGER entry_stays")
        connection.execute("UPDATE entry SET event_at = event_at - 9 WHERE n = 2")
    code, out, _ = desk.run("check")
    assert (code, out) == (1, "DIFFERENT entry 2: its plain part, digest or chain was altered\n")
    assert json.loads(desk.run("check", "--json")[1])["wrong"].startswith("entry 2")


def test_counters_that_differ_are_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the gate forgot that a released reservation counts no longer."""
    busy_ledger(desk)

    class Forgetful(Histories):
        def become(self, subject: bytes, sequence: int, kind: int) -> int:
            return 1 if kind == EventKind.void else super().become(subject, sequence, kind)

    monkeypatch.setattr(ledger_check, "Histories", Forgetful)
    code, out, _ = desk.run("check")
    assert code == 1
    assert out.startswith("DIFFERENT the counters of subject ")
    assert out.endswith(": 1 recorded events are not counted, 1 counted events are not on record\n")


def test_a_damaged_checkpoint_is_named(desk: Desk) -> None:
    busy_ledger(desk)
    other = desk.folder / "odd.checkpoint"
    other.write_bytes(b"nothing of the kind")
    code, out, _ = desk.run("check", "--checkpoint", str(other))
    assert code == 1
    assert out.startswith("DIFFERENT checkpoint: ")


def test_a_ledger_that_is_not_the_one_of_an_earlier_seal_is_named(desk: Desk) -> None:
    """Its log was taken away, an old copy was restored, or it was written anew from some entry on."""
    busy_ledger(desk)
    before = desk.ledger.read_bytes()
    desk.run("inbound", *PERSON)
    kept, seal = Archive(Files(desk.ledger, SECRET).archive), sealed(desk)
    kept.add_seal(seal)
    assert desk.run("check")[0] == 0
    whole = desk.ledger.read_bytes()
    desk.ledger.write_bytes(before)
    code, out, _ = desk.run("check")
    assert code == 1
    assert out.startswith(f"DIFFERENT the seal of {seal.at} was made at entry {seal.n}, the ledger ends at ")
    desk.ledger.write_bytes(whole)
    kept.add_seal(msgspec.structs.replace(seal, n=3))
    there = f"DIFFERENT the seal of {seal.at} has another chain at entry 3: the ledger was written anew\n"
    assert desk.run("check")[:2] == (1, there)


def sealed(desk: Desk) -> Seal:
    async def test() -> Seal:
        async with ledger_at(Files(desk.ledger, SECRET), looking=True) as ledger:
            return await seal_ledger(ledger, at="2026-05-20T00:00:00Z")

    return asyncio.run(test())


def test_no_ledger(desk: Desk) -> None:
    assert desk.run("check")[0] == 2
    desk.ledger.write_text("not a database at all, but long enough to be looked at" * 20)
    code, _, err = desk.run("check")
    assert code == 2
    assert "cannot be read as a ledger" in err


def test_the_kind_of_an_event_lies_where_the_check_reads_it() -> None:
    assert kind_of(EventKind.busy << 3) == EventKind.busy
