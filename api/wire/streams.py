"""Streams of lines: what is asked beside the lines, what a line is answered, and the last line."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from cadencia.api.wire.decisions import Answered, Asked, Asking, Book
from cadencia.api.wire.problems import ProblemBody

Ref = Annotated[str, Meta(min_length=1, max_length=100)]


class Deciding(Asked, frozen=True, kw_only=True):
    """`fields`: of the answers only these, with commas between. `follow`: go on under another rulebook when one comes
    into use; without it the lines after that are answered with the problem rulebook_changed."""

    fields: Annotated[str, Meta(max_length=500)] = ""
    follow: bool = False


class AskingLine(Asking, frozen=True, kw_only=True):
    """One contact. `ref`: the client's own name of the line; of a reservation also its idempotency key, together with
    the header Idempotency-Key of the stream, if there is one."""

    ref: Ref | None = None


class DecidedLine(Answered, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to a line, as POST /v1/decisions has it. `line`: its number from 1, where it has no `ref`.
    `replayed`: the reservation was made before."""

    ref: str | None = None
    line: int | None = None
    replayed: bool = False


class ProblemLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with a line; without `line`, why the rest could not be read."""

    line: int | None = None
    ref: str | None = None
    problem: ProblemBody | None = None


class DecidedSum(msgspec.Struct, frozen=True, kw_only=True):
    """lines = allow + deny + errors, blank lines left out. whole: the body was read to its end. rulebook: the one in
    use at the end."""

    lines: int
    allow: int
    deny: int
    errors: int
    whole: bool
    rulebook: Book


class DecidedSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The last line."""

    summary: DecidedSum
