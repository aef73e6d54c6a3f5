"""Errors as RFC 9457: a code that never changes, texts in three languages, a page for each, JSON pointers to what is
wrong. A refusal by the rules is no error: it is an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cadencia.api.problem_texts import FIELDS, TEXTS
from cadencia.api.wire.problems import FieldError, ProblemBody

MEDIA = "application/problem+json"


class Wrong(NamedTuple):
    """A field that is wrong, before it is said in a language. `where`: `/pointer`, `?parameter` or `header:name`."""

    where: str
    code: str
    values: dict[str, str] = {}  # noqa: RUF012 - a default that nobody changes


#: code -> status. The order is that of the pages.
STATUS: dict[str, int] = {
    "malformed_body": 400, "malformed_line": 400, "line_too_long": 400,
    "duplicate_field": 400, "bad_request_line": 400, "idempotency_key_missing": 400,
    "unauthenticated": 401, "address_not_allowed": 403, "scope_missing": 403, "not_found": 404,
    "method_not_allowed": 405, "unknown_permit": 404, "unknown_attempt": 404, "unknown_person": 404,
    "too_slow": 408, "permit_spent": 409, "not_placed": 409, "already_settled": 409, "not_settled": 409,
    "rulebook_changed": 409,
    "already_corrected": 409, "moved": 409, "still_running": 409, "key_ended": 409, "body_too_large": 413,
    "unsupported_media": 415, "unsupported_encoding": 415, "invalid_fields": 422, "impossible_time": 422,
    "idempotency_key_reused": 422, "rate_limited": 429, "head_too_large": 431,
    "internal": 500, "busy": 503, "ledger_unavailable": 503, "records_unavailable": 503, "too_many_streams": 503,
    "stopping": 503,
    "self_approval": 403, "rules_kept_elsewhere": 403, "draft_published": 409, "draft_outdated": 409,
    "draft_fails": 409, "approvals_missing": 409, "not_newest": 409, "history_not_kept": 409,
    "precondition_failed": 412, "precondition_required": 428,
}  # fmt: skip


class Problem(Exception):  # noqa: N818 - the field's word
    """Raised by whoever finds it; the server answers with it."""

    def __init__(
        self, code: str, wrong: Sequence[Wrong] = (), *, headers: Sequence[tuple[str, str]] = (),
        values: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(code)
        self.code, self.status, self.wrong = code, STATUS[code], tuple(wrong)
        self.headers, self.values = tuple(headers), values or {}

    def body(self, language: str, trace_id: str, instance: str = "") -> ProblemBody:
        """What is answered, in a language of TEXTS."""
        title, detail, cure = TEXTS[self.code][language]
        return ProblemBody(
            type=type_of(self.code), title=title, status=self.status, code=self.code, trace_id=trace_id,
            detail=f"{detail} {cure}".format_map(_Blank(self.values)), instance=instance,
            errors=tuple(_field(wrong, language) for wrong in self.wrong),
        )  # fmt: skip


def type_of(code: str) -> str:
    """The address of a problem's page."""
    return f"/problems/{code.replace('_', '-')}"


def invalid(where: str, code: str, **values: str) -> Problem:
    """One field that is wrong; code: of problem_texts.FIELDS."""
    return Problem("invalid_fields", [Wrong(where, code, values)])


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _field(wrong: Wrong, language: str) -> FieldError:
    message = FIELDS[wrong.code][language].format_map(_Blank(wrong.values))
    if wrong.where.startswith("?"):
        return FieldError(code=wrong.code, message=message, parameter=wrong.where[1:])
    if wrong.where.startswith("header:"):
        return FieldError(code=wrong.code, message=message, header=wrong.where.removeprefix("header:"))
    return FieldError(code=wrong.code, message=message, pointer=wrong.where)
