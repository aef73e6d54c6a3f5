"""What a caller may do. Every doubt is a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from cadencia.api.wire.decisions import Answered
from cadencia.api.wire.permits import PlacedAnswer
from cadencia.api.wire.problems import ProblemBody


class NoAnswerError(Exception):
    """The server gave nothing that counts as an answer: unreachable, too slow, failing, or not to be understood.
    Whatever was asked must be taken as refused; a change that was asked for may have happened."""


class ProblemError(Exception):
    """The server understood, and says that the request is wrong: `code` never changes, `body` has the fields."""

    def __init__(self, body: ProblemBody) -> None:
        super().__init__(f"{body.status} {body.code}: {body.title}. {body.detail}".strip())
        self.body, self.code = body, body.code


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a contact may be made: true only if the server allowed it. answer: what it said; None, `failure` says why
    there is nothing. key: the Idempotency-Key of a reservation; asked again with it, nothing is counted twice."""

    answer: Answered | None = None
    failure: NoAnswerError | None = None
    key: str = ""

    @property
    def allowed(self) -> bool:
        """The same as its truth."""
        return self.failure is None and self.answer is not None and self.answer.outcome == "allow"

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def token(self) -> str:
        """Of the permit, to be placed. ValueError where there is none."""
        if not self.allowed or self.answer is None or self.answer.permit is None:
            raise ValueError("no permit was given; place only what a reservation allowed")
        return self.answer.permit.token


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Whether the contact leaves now: true only if the server placed it. Without an answer it may be counted as placed;
    it must not leave all the same."""

    answer: PlacedAnswer | None = None
    failure: NoAnswerError | None = None

    @property
    def placed(self) -> bool:
        """The same as its truth."""
        return self.failure is None and self.answer is not None and self.answer.placed

    def __bool__(self) -> bool:
        return self.placed
