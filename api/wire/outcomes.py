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
