"""Lines in, lines out: each is answered or has its problem, and the last line adds up. A bad line stops no other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

from cadencia.api.call import Call
from cadencia.api.lines import Line, grouped
from cadencia.api.logs import LOG
from cadencia.api.problem import Problem
from cadencia.api.reading import JSON, Reader
from cadencia.api.refusals import problem_of
from cadencia.api.wire.streams import ProblemLine

_JSON = msgspec.json.Encoder()


class Told(NamedTuple):
    """What a line is answered. word: what the summary counts it under."""

    word: str
    body: bytes


class Work(NamedTuple):
    """What is done with lines of one type. whose: lines of the same one are worked on one after the other. own: the
    field by which a client knows its line. summary: the last line, of what was counted and whether all was read."""

    reader: Reader
    own: str
    whose: Callable[[Call, Any], str]
    answer: Callable[[Call, int, Any], Awaitable[Told]]
    summary: Callable[[Call, Counter[str], bool], object]


async def answers(call: Call, work: Work) -> AsyncIterator[bytes]:
    """The answers in the order of the lines."""
    counted: Counter[str] = Counter()
    whole = False
    try:
        async for lines in grouped(call):
            told = await _group(call, work, lines)
            await call.parts.gate.settled_behind()
            counted.update(one.word for one in told)
            counted["lines"] += len(told)
            yield b"".join([one.body for one in told])
        whole = True
    except ConnectionError:
        raise
    except Exception as error:  # noqa: BLE001 - the head of the answer has left: it is told in a line
        yield _problem(call, error, ProblemLine()).body
    yield _JSON.encode(work.summary(call, counted, whole)) + b"\n"


async def _group(call: Call, work: Work, lines: list[Line]) -> list[Told]:
    """Different ones at once, so that one write serves many."""
    told: list[Told | None] = [None] * len(lines)
    chains: dict[str, list[tuple[int, Any]]] = {}
    for place, line in enumerate(lines):
        try:
            asked = _read(work, line)
            chains.setdefault(work.whose(call, asked), []).append((place, asked))
        except Exception as error:  # noqa: BLE001 - of this line alone
            told[place] = _problem(call, error, _named(work, line))

    async def one_by_one(chain: list[tuple[int, Any]]) -> None:
        for place, asked in chain:
            try:
                told[place] = await work.answer(call, lines[place].number, asked)
            except ConnectionError:
                raise
            except Exception as error:  # noqa: BLE001 - of this line alone
                told[place] = _problem(call, error, _named(work, lines[place]))

    await asyncio.gather(*[one_by_one(chain) for chain in chains.values()])
    return [one for one in told if one is not None]


def _read(work: Work, line: Line) -> Any:
    if line.raw is None:
        raise Problem("line_too_long")
    try:
        return work.reader.read(line.raw, JSON)
    except Problem as problem:
        raise Problem("malformed_line") if problem.code == "malformed_body" else problem from None


def _named(work: Work, line: Line) -> ProblemLine:
    """The line's number, and its own name where it can be read."""
    try:
        name = msgspec.json.decode(line.raw or b"", type=dict[str, object]).get(work.own)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        name = None
    return ProblemLine(line=line.number, ref=name if isinstance(name, str) else None)


def _problem(call: Call, error: Exception, where: ProblemLine) -> Told:
    problem = problem_of(error)
    if problem.code == "internal":
        LOG.error("line", extra={"told": {"code": problem.code, "trace_id": call.trace_id}}, exc_info=error)
    body = problem.body(call.language, call.trace_id)
    return Told("errors", _JSON.encode(msgspec.structs.replace(where, problem=body)) + b"\n")
