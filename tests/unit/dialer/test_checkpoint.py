"""A checkpoint tells what the ledger alone cannot: that it was longer once."""

from __future__ import annotations

from pathlib import Path

from cadencia.dialer.gate import Gate
from cadencia.engine.decide import Engine
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import opened, run, surroundings, wanted
from tests.unit.engine.books import ALL_DAY, book, rule, window

OPEN = rule("hours", window(ALL_DAY), kind="contact_window")


def test_a_ledger_that_ends_before_its_checkpoint_is_told_at_opening(tmp_path: Path) -> None:
    """Its log was taken away, or an old copy was restored."""
    checkpoint = tmp_path / "checkpoint"

    async def test() -> None:
        longer, shorter = MemoryLedger(), MemoryLedger()
        gate, times = await opened(OPEN, ledger=longer)
        await gate.reserve(wanted(), key="k")
        await gate.checkpoint(checkpoint)
        await opened(OPEN, ledger=shorter)
        gate = await Gate.open(Engine(book(OPEN)), shorter, surroundings(times), checkpoint=checkpoint)
        assert gate.rebuilt.startswith(f"{checkpoint} was made at entry 2, the ledger ends at 1: entries, or its log ")

    run(test)
