"""What is answered when something is wrong: RFC 9457."""

from __future__ import annotations

import msgspec


class FieldError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong with what was sent: in the body at `pointer`, or in a parameter or header by its name."""

    code: str
    message: str
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None


class ProblemBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong. A status of 500 or more is no answer: treat it as a refusal."""

    type: str
    title: str
    status: int
    code: str
    trace_id: str
    detail: str = ""
    instance: str = ""
    errors: tuple[FieldError, ...] = ()
