"""Races whose processes are killed: workers reserve round after round, each is killed with SIGKILL after a random
number of answers and started again, and in the end every answer that anybody was given must be on record."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter, defaultdict

import msgspec

from cadencia.cli.ledger_race import Course, Outcome, ledger_of, wrong_with
from cadencia.cli.ledger_race_worker import CALLERS, Task, person_of
from cadencia.store.ledger import Ledger, LedgerError

#: A file has one owner; on PostgreSQL several reserve at once.
_WORKERS = {"sqlite": 1, "postgres": 3}
_ENDLESS = 1 << 30
#: A worker is killed after 0 to so many answers, counted from when its ledger is open.
_MOST_ANSWERS = 300
_Answers = dict[tuple[int, int, int], bool]  # (round, key, request) -> whether it was allowed


class Kept:
    """All that workers acknowledged."""

    def __init__(self) -> None:
        self.answers: _Answers = {}
        self.contradicted = ""
        workers = max(_WORKERS.values())
        self.round = [0] * workers  # the newest round of each worker
        self.done = [0] * workers  # and how many of its requests were answered

    def take(self, worker: int, line: bytes) -> None:
        """One line of a worker."""
        round_, key, number, allowed = map(int, line.split())
        new = (round_, key, number) not in self.answers
        before = self.answers.setdefault((round_, key, number), bool(allowed))
        if before != bool(allowed):
            self.contradicted = f"request {number} for {person_of(round_, key)} had two answers"
        if round_ > self.round[worker]:
            self.round[worker], self.done[worker] = round_, 0
        self.done[worker] += new and round_ == self.round[worker]


async def raced_and_killed(course: Course, keys: int, kills: int, seed: int) -> Outcome:
    """Rounds of races until so many processes were killed; then the rounds begun are run to their end, unkilled, and
    all is compared."""
    chance, kept, parts = random.Random(seed), Kept(), _WORKERS[course.store]
    start = time.perf_counter()
    async with ledger_of(course):  # makes it, before several workers do at once
        pass
    shares = [kills // parts + (part < kills % parts) for part in range(parts)]
    turns = [_killed(course, keys, part, parts, share, chance, kept) for part, share in enumerate(shares)]
    await asyncio.gather(*turns)
    last = max(kept.round)
    for part in range(parts):
        await _run(Task(course=course, keys=keys, rounds=(0, last), part=part, parts=parts), part, kept, None)
    outcome = Outcome(persons=_counted(kept, course), seconds=time.perf_counter() - start)
    outcome.more = (f"killed: {kills}, rounds: {last + 1}, acknowledged: {len(kept.answers)}",)
    async with ledger_of(course) as ledger:
        outcome.wrong = (
            kept.contradicted or await _lost(ledger, course, kept) or await wrong_with(ledger, course, outcome)
        )
    return outcome


async def _killed(
    course: Course, keys: int, part: int, parts: int, kills: int, chance: random.Random, kept: Kept
) -> None:
    """One worker, started again as often as it is killed."""
    for _ in range(kills):
        # a few are asked again: who was killed may not have told what it had written
        task = Task(course=course, keys=keys, rounds=(kept.round[part], _ENDLESS), part=part, parts=parts,
                    skip=max(0, kept.done[part] - 2 * CALLERS))  # fmt: skip
        await _run(task, part, kept, chance.randrange(_MOST_ANSWERS))


async def _run(task: Task, part: int, kept: Kept, kill_after: int | None) -> None:
    """Runs a worker: to its end, or until it has given so many answers. Every line it wrote is taken."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cadencia.cli.ledger_race_worker", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write(msgspec.json.encode(task) + b"\n")
    opened, killed, answers = False, False, 0
    try:
        while line := await worker.stdout.readline():
            if not line.endswith(b"\n"):
                break
            if line == b"opened\n":
                opened = True
            else:
                kept.take(part, line)
                answers += 1
            if kill_after is not None and answers >= kill_after and not killed:
                killed = True
                worker.kill()
    except BaseException:
        if not killed:
            worker.kill()
        raise
    finally:
        await worker.wait()
    if not opened:
        raise LedgerError("a process that reserves could not open the ledger; what it said stands above")


def _counted(kept: Kept, course: Course) -> dict[str, tuple[int, int]]:
    allowed: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for (round_, key, _), was_allowed in kept.answers.items():
        asked[person_of(round_, key)] += 1
        allowed[person_of(round_, key)] += was_allowed
    return {person: (allowed[person], asked[person] - allowed[person]) for person in asked}


async def _lost(ledger: Ledger, course: Course, kept: Kept) -> str:
    """An acknowledged answer that is not on record, or is there twice; empty if there is none."""
    on_record: dict[str, list[bool]] = defaultdict(list)
    async for entry in ledger.entries(kinds=("reserved", "decided")):
        on_record[entry.key].append(entry.kind == "reserved")
    for (round_, key, number), allowed in kept.answers.items():
        if on_record.get(f"{person_of(round_, key)}/{number}") != [allowed]:
            return f"the answer to request {number} for {person_of(round_, key)} is lost, or on record twice"
    missing = course.parallel * len({(round_, key) for round_, key, _ in kept.answers}) - len(kept.answers)
    return f"{missing} requests have no answer" if missing else ""
