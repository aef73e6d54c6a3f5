"""A process that reserves as fast as it can, to be killed: `python -m cadencia.cli.ledger_race_worker`.

Reads one line of JSON, its task, and writes a line for each answer when it is durable: round, key, request, whether it
was allowed. The pipe outlives the process, so whoever started it reads every line that was written."""

from __future__ import annotations

import asyncio
import os
import sys

import msgspec

from cadencia.cli.ledger_race import Course, ledger_of, request, rulebook
from cadencia.dialer.gate import Gate
from cadencia.dialer.request import Reserved
from cadencia.engine.decide import Engine
from cadencia.gates import surroundings

CALLERS = 64
#: A denial that is not kept under the request's key: the request is made again.
_NOT_KEPT = frozenset(("busy",))
_TRIES = 1_000


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """rounds: the first and the last, each of other persons. part of parts: which of the requests are this
    process's. skip: so many of the first round's were answered before."""

    course: Course
    keys: int
    rounds: tuple[int, int]
    part: int
    parts: int
    skip: int = 0


def person_of(round_: int, key: int) -> str:
    """Whom a round's reservations are for."""
    return f"person {key} of round {round_}"


async def work(task: Task) -> None:
    """All rounds, one after the other; what an earlier process already asked is answered the same."""
    async with ledger_of(task.course) as ledger:
        gate = await Gate.open(Engine(rulebook(task.course)), ledger, surroundings(task.course.secret))
        os.write(1, b"opened\n")
        first, last = task.rounds
        for round_ in range(first, last + 1):
            await _round(gate, task, round_, task.skip if round_ == first else 0)
        await gate.close()


async def _round(gate: Gate, task: Task, round_: int, skip: int) -> None:
    numbers = range(task.part, task.course.parallel, task.parts)
    waiting = iter([(key, number) for number in numbers for key in range(1, task.keys + 1)][skip:])

    async def caller() -> None:
        for key, number in waiting:
            person = person_of(round_, key)
            answer = await _reserved(gate, task.course, person, number)
            # shorter than PIPE_BUF: whole or not at all
            os.write(1, f"{round_} {key} {number} {int(answer.permit is not None)}\n".encode())

    await asyncio.gather(*(caller() for _ in range(CALLERS)))


async def _reserved(gate: Gate, course: Course, person: str, number: int) -> Reserved:
    for _ in range(_TRIES):
        answer = await gate.reserve(request(course, person, number), key=f"{person}/{number}")
        if not any(reason.kind == "gate" and reason.rule in _NOT_KEPT for reason in answer.decision.reasons):
            break
    return answer


if __name__ == "__main__":
    asyncio.run(work(msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)))
