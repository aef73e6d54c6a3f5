"""An import beside the process that serves the file: in groups, and what is refused is told by its place."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from cadencia.cli import ledger_import_ways
from cadencia.cli.ledger_import_ways import Served
from cadencia.cli.ledger_socket import SocketError, listening
from cadencia.dialer.past import PastAttempt, TakenIn, draft_of
from cadencia.engine.history import attributes
from cadencia.engine.words import Channel, EventKind
from cadencia.store.entry import Draft
from cadencia.store.ledger import LedgerError
from cadencia.store.projection import Past, as_instant
from tests.unit.dialer.doors import Times, opened, surroundings

BUSY = attributes(channel=Channel.call, kind=EventKind.busy)


def drafts(times: Times, count: int, *, source: str = "") -> list[Draft]:
    names, now = surroundings(times).names("t"), as_instant(times.now)
    return [
        draft_of(
            PastAttempt(
                key=f"k{number}", event_attr=BUSY,
                past=Past(person=f"p{number % 7}", channel="call", outcome="busy", at=times.ago(60), source=source),
            ),
            "t", names, now,
        )
        for number in range(count)
    ]  # fmt: skip


def test_groups_are_bounded_and_places_are_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_import_ways, "_GROUP", 8)

    async def test() -> None:
        gate, times = await opened()
        async with listening(gate, tmp_path / "s"):
            way, lines = Served(tmp_path / "s"), drafts(times, 30)
            assert await way.take_in("t", lines[:20]) == TakenIn(20, 0)
            await gate.erase("t", "p3")
            assert await way.take_in("t", lines) == TakenIn(9, 20, (24,))
            assert await way.take_in("t", []) == TakenIn(0, 0)
            long = drafts(times, 40, source="x" * 60_000)
            assert await way.take_in("other", long) == TakenIn(40, 0), "2.4 MB, in lines that are read"
            wrong = msgspec.structs.replace(lines[0], key="new", event_attr=BUSY + 1)
            with pytest.raises(LedgerError, match=r"bad_request.*attempt 0: event_attr.*import the same file again"):
                await way.take_in("t", [wrong])
        with pytest.raises(SocketError, match="nobody listens any more; what was taken in stays"):
            await way.take_in("t", lines)
        await gate.close()

    asyncio.run(test())
