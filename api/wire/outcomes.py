"""POST /v1/outcomes: how an attempt ended, or ended after all."""

from __future__ import annotations

import msgspec

from cadencia.api.wire.decisions import Asked
from cadencia.api.wire.words import Id, Instant, Outcome, Text, Token


class Happened(Asked, frozen=True, kw_only=True):
    """`permit` or `attempt` names it, one of them. `event_id`: the producer's own. `supersedes`: the event_id of an
    earlier report that this one corrects; counters are counted anew."""

    event_id: Id
    kind: Outcome
    at: Instant
    permit: Token | None = None
    attempt: Token | None = None
    supersedes: Id | None = None
    agent: Text = ""


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """It is recorded and counted. `corrected`: it replaced an earlier report."""

    accepted: bool
    attempt: str
    corrected: bool


class AcceptedLine(Accepted, frozen=True, kw_only=True):
    """The answer to a line of a stream; ref: its event_id."""

    ref: str


class ReportedSum(msgspec.Struct, frozen=True, kw_only=True):
    """lines = accepted + corrected + errors, blank lines left out. whole: the body was read to its end."""

    lines: int
    accepted: int
    corrected: int
    errors: int
    whole: bool


class ReportedSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The last line of a stream."""

    summary: ReportedSum
