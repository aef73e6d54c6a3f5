"""The client of `cadencia serve`: what it asks is allowed only if the server said so. It speaks HTTP and nothing else.

    from cadencia.client import Address, Asking, Client, Debt, Person

    with Client("http://127.0.0.1:8080", key) as cadencia:
        verdict = cadencia.reserve(Asking(person=Person(id="p_1", country="CO"), debt=Debt(id="d_1", creditor="acme"),
                                          address=Address(channel="call", value="+573005550123")))
        if verdict and cadencia.place(verdict.token):
            ...                                   # dial now

No answer, in whatever way, is a refusal: `verdict` is false and `verdict.failure` says what was missing. What the
server calls a mistake of the caller (a status of 4xx) is raised as `ProblemError`.
"""

from __future__ import annotations

from cadencia.api.wire.decisions import Address, Answered, Asking, Debt, Fact, Hours, Person
from cadencia.api.wire.health import Health
from cadencia.api.wire.outcomes import Accepted, Happened
from cadencia.api.wire.permits import PlacedAnswer, Released
from cadencia.api.wire.problems import FieldError, ProblemBody
from cadencia.client.aio import AsyncClient
from cadencia.client.plain import Client
from cadencia.client.verdict import NoAnswerError, Placement, ProblemError, Verdict

__all__ = [
    "Accepted", "Address", "Answered", "Asking", "AsyncClient", "Client", "Debt", "Fact", "FieldError", "Happened",
    "Health", "Hours", "NoAnswerError", "Person", "PlacedAnswer", "Placement", "ProblemBody", "ProblemError",
    "Released", "Verdict",
]  # fmt: skip
