"""Decisions in bulk: a stream of lines, each as POST /v1/decisions has it."""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import partial
from typing import Any

import msgspec

from cadencia.api.call import Answer, Call
from cadencia.api.lines import MEDIA, check_stream
from cadencia.api.problem import Problem, invalid
from cadencia.api.reading import Reader
from cadencia.api.route import Route
from cadencia.api.routes.decisions import check, reserve
from cadencia.api.streams import Told, Work, answers
from cadencia.api.wire.decisions import Answered, Book
from cadencia.api.wire.streams import AskingLine, DecidedLine, DecidedSum, DecidedSummary, Deciding, ProblemLine

_FIELDS = tuple(field.name for field in msgspec.structs.fields(Answered))
_READER = Reader(AskingLine)
_JSON = msgspec.json.Encoder()


async def stream(call: Call) -> Answer:
    """Lines in, lines out. The checks are recorded, the reservations durable when their line comes back."""
    check_stream(call)
    deciding: Deciding = call.query
    pinned = "" if deciding.follow else call.parts.gate.rulebook
    work = Work(reader=_READER, own="ref", whose=_person, summary=_summary,
                answer=partial(_decided, fields=fields_of(deciding.fields), pinned=pinned))  # fmt: skip
    return Answer(answers(call, work), media=MEDIA)


def fields_of(text: str) -> tuple[str, ...]:
    """The fields that are asked for; empty for all. Problem invalid_fields."""
    names = tuple(dict.fromkeys(filter(None, text.split(","))))
    if any(name not in _FIELDS for name in names):
        raise invalid("?fields", "not_a_word", words=", ".join(_FIELDS))
    return names


async def _decided(call: Call, number: int, asking: AskingLine, *, fields: tuple[str, ...], pinned: str) -> Told:
    if pinned and call.parts.gate.rulebook != pinned:
        raise Problem("rulebook_changed")
    replayed = False
    if asking.intent == "check":
        told = await check(call, asking)
    else:
        told, replayed = await reserve(call, asking, partial(_key, call, asking))
    return Told(told.outcome, _line(number, asking, told, replayed, fields))


def _key(call: Call, asking: AskingLine) -> str:
    """Of the stream's key, where it has one, and the line's own: a digest, for both together may be too long."""
    if asking.ref is None:
        raise invalid("/ref", "missing_field")
    outer = call.idempotency_key if "Idempotency-Key" in call.request.headers else ""
    return "line:" + hashlib.sha256(f"{len(outer)}:{outer}{asking.ref}".encode()).hexdigest()


def _line(number: int, asking: AskingLine, told: Answered, replayed: bool, fields: tuple[str, ...]) -> bytes:
    body: object = {name: getattr(told, name) for name in fields} if fields else told
    head: dict[str, Any] = {"line": number} if asking.ref is None else {"ref": asking.ref}
    if replayed:
        head["replayed"] = True
    return _JSON.encode(head)[:-1] + b"," + _JSON.encode(body)[1:] + b"\n"


def _person(call: Call, asking: AskingLine) -> str:
    return asking.person.id


def _summary(call: Call, counted: Counter[str], whole: bool) -> DecidedSummary:
    return DecidedSummary(
        summary=DecidedSum(
            lines=counted["lines"], allow=counted["allow"], deny=counted["deny"], errors=counted["errors"], whole=whole,
            rulebook=Book(hash=call.parts.gate.rulebook),
        )
    )  # fmt: skip


ROUTES = (
    Route(
        method="POST", path="/v1/decisions:stream", handler=stream, scope="decide", body=AskingLine, query=Deciding,
        answer=DecidedLine, also=(ProblemLine, DecidedSummary), media=MEDIA, stream=True,
        summary="Ask or reserve line by line: NDJSON in, NDJSON out",
        problems=("malformed_line", "line_too_long", "rulebook_changed", "idempotency_key_missing",
                  "idempotency_key_reused", "ledger_unavailable"),
    ),
)  # fmt: skip
