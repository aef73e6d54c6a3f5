"""A pack of what the gate itself wrote: the counters that it recorded are those that verify.py counts."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

from cadencia.dialer.gate import Gate
from cadencia.engine.decide import Engine
from cadencia.evidence import verify
from cadencia.evidence.chosen import Asked, subject_of
from cadencia.evidence.pack import Packed, build
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import Times, surroundings, wanted
from tests.unit.evidence.stories import START, TENANT, archive, law, salts


def test_the_counters_that_the_gate_recorded_are_counted_again(tmp_path: Path) -> None:
    packed, allowed = asyncio.run(days_of_calls(tmp_path))
    told = verify.verify(packed.data)
    counted = re.match(r"(\d+) counters counted again; (\d+) not", told[2])
    assert allowed > 5 and counted and int(counted[1]) >= 2 * allowed, told


async def days_of_calls(folder: Path) -> tuple[Packed, int]:
    """Three weeks of calls every few hours, answered, corrected, given back, about one debt or two."""
    ledger, times, allowed = MemoryLedger(entropy=salts()), Times(START), 0
    gate = await Gate.open(Engine(law()[1]), ledger, surroundings(times))
    for k in range(130):
        request = wanted(
            "ana", tenant=TENANT, jurisdictions=("CO",), zones=("America/Bogota",), initiator="manual",
            creditor=f"c{k % 2}", channel=("call", "sms")[k % 7 == 0], debt=f"d{k % 3}",
            debts=(f"e{k % 2}",) if k % 4 == 0 else (),
        )  # fmt: skip
        times.go(4 * 3600 + 60 * k % 1000)
        answer = await gate.reserve(request, key=f"k{k}")
        if answer.permit is None:
            continue
        allowed += 1
        if k % 5 == 0:
            await gate.release(answer.permit)
            continue
        times.go(2)
        await gate.place(answer.permit)
        times.go(90)
        await gate.settle(answer.permit, ("no_answer", "busy", "conversation")[k % 3], times.now)
        if k % 6 == 1:
            await gate.correct(answer.permit, "wrong_party", times.now)
    await gate.close()
    subject = await subject_of(ledger, TENANT, "ana")
    asked = Asked(tenant=TENANT, subject=subject, since=START + timedelta(days=4), until=times.now + timedelta(days=1))
    return await build(ledger, archive(folder), asked, now=times.now, languages=("pt",)), allowed
