"""A ledger on disk, a small law and a clock of the tests, for the commands of `cadencia ledger`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from cadencia import gates
from cadencia.cli import ledger_actions, ledger_import, main
from cadencia.cli.ledger_law import Law
from cadencia.cli.ledger_open import Files, gate_at
from cadencia.dialer.request import Request
from cadencia.engine.query import Query
from tests.unit.dialer.doors import Times

SECRET = bytes(range(32))
LAW = """\
jurisdiction: "CO"
title: "A small law"
timezone: "America/Bogota"
holidays: none
versions:
  - from: "2020-01-01"
    source: "https://example.org/law"
    rules:
      two-a-week:
        frequency_cap: {at_most: 2, count: placed, per: 7 civil days, for_each: [person]}
        cite: "art. 1"
    tests:
      - {when: "Fri 2026-03-06 15:00", try: call, expect: allow}
      - {when: "Fri 2026-03-06 15:00", try: call, expect: deny, by: two-a-week,
         after: "Fri 2026-03-06 09:00 call no_answer x2"}
"""
PERSON = ("--tenant", "t", "--person", "ana")
CONTACT = (*PERSON, "--phone", "+573001234567", "--debt", "d1", "--creditor", "c1")


class Desk:
    """Runs commands on one ledger, at the instant of `times`."""

    def __init__(self, folder: Path, times: Times, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.times, self._capsys = folder, times, capsys
        self.ledger = folder / "ledger.db"
        self.secret = folder / "secret"
        self.secret.touch(0o600)
        self.secret.write_text(SECRET.hex() + "\n")
        self.law = folder / "law"
        (self.law / "co").mkdir(parents=True)
        (self.law / "co" / "small.yaml").write_text(LAW)

    def run(self, verb: str, *more: str) -> tuple[int, str, str]:
        """(exit code, what it said, what it complained of)."""
        if verb in ("check", "import", "export"):
            options = [str(self.ledger), "--secret", str(self.secret)]
        else:
            options = ["--ledger", str(self.ledger), "--secret", str(self.secret)]
        if verb in ("reserve", "allowances", "place"):
            options += ["--root", str(self.law)]
        code = main(["ledger", verb, *options, *more])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def answer(self, verb: str, *more: str) -> dict[str, Any]:
        """What a command answers as JSON."""
        found = json.loads(self.run(verb, *more, "--json")[1])
        assert isinstance(found, dict)
        return found

    def reserved(self, key: str = "k1") -> str:
        """The id of an attempt that was allowed."""
        return str(self.answer("reserve", *CONTACT, "--key", key)["attempt"])

    def released(self, key: str) -> None:
        """An attempt that the process which reserved it gave back."""

        async def give_back() -> None:
            query = Query(phone="+573001234567", debt="d1", creditor="c1")
            async with gate_at(Files(self.ledger, SECRET), Law.opened(self.law, ())) as gate:
                permit = (await gate.reserve(Request(tenant="t", person="ana", query=query), key=key)).permit
                assert permit is not None
                await gate.release(permit)

        asyncio.run(give_back())

    def past(self, *lines: str, name: str = "past.csv") -> str:
        """A history in a file."""
        path = self.folder / name
        path.write_text("\n".join(("person,at,channel,kind,debt,address,event_id", *lines)) + "\n")
        return str(path)


def desk_of(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A desk whose commands read the tests' clock."""
    times = Times()
    for module in (gates, ledger_actions, ledger_import):
        monkeypatch.setattr(module, "wall", lambda: times.wall)
    monkeypatch.setattr(gates, "steady", lambda: times.steady)
    return Desk(folder, times, capsys)
