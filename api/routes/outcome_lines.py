"""How many attempts ended: a stream of lines, each as POST /v1/outcomes has it."""

from __future__ import annotations

from collections import Counter

import msgspec

from cadencia.api.call import Answer, Call
from cadencia.api.lines import MEDIA, check_stream
from cadencia.api.reading import Reader
from cadencia.api.route import Route
from cadencia.api.routes.outcomes import CAN, attempt_of, record
from cadencia.api.streams import Told, Work, answers
from cadencia.api.wire.outcomes import AcceptedLine, Happened, ReportedSum, ReportedSummary
from cadencia.api.wire.streams import ProblemLine

_READER = Reader(Happened)
_JSON = msgspec.json.Encoder()


async def stream(call: Call) -> Answer:
    """Lines in, lines out; each is durable when its line comes back."""
    check_stream(call)
    work = Work(reader=_READER, own="event_id", whose=attempt_of, answer=_reported, summary=_summary)
    return Answer(answers(call, work), media=MEDIA)


async def _reported(call: Call, number: int, told: Happened) -> Told:
    accepted = await record(call, told)
    line = AcceptedLine(
        ref=told.event_id, accepted=True, attempt=accepted.attempt, corrected=accepted.corrected,
    )  # fmt: skip
    return Told("corrected" if accepted.corrected else "accepted", _JSON.encode(line) + b"\n")


def _summary(call: Call, counted: Counter[str], whole: bool) -> ReportedSummary:
    return ReportedSummary(
        summary=ReportedSum(
            lines=counted["lines"], accepted=counted["accepted"], corrected=counted["corrected"],
            errors=counted["errors"], whole=whole,
        )
    )  # fmt: skip


ROUTES = (
    Route(
        method="POST", path="/v1/outcomes:stream", handler=stream, scope="contact", body=Happened, answer=AcceptedLine,
        also=(ProblemLine, ReportedSummary), media=MEDIA, stream=True,
        summary="Report outcomes line by line: NDJSON in, NDJSON out",
        problems=("malformed_line", "line_too_long", *CAN),
    ),
)  # fmt: skip
