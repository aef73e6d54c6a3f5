"""What is sent and what counts as an answer to it, without a connection."""

from __future__ import annotations

import hashlib
from typing import NamedTuple, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from cadencia.api.wire.problems import ProblemBody
from cadencia.client.verdict import NoAnswerError, ProblemError

T = TypeVar("T")
JSON = "application/json"
PROBLEM = "application/problem+json"
#: Statuses that say "later", and are no answer about the contact.
_LATER = frozenset({408, 425, 429})
_STILL_RUNNING = "still_running"
_LONGEST_WAIT_S = 60.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Sent(NamedTuple):
    """A request. again: whether it may be sent a second time without changing anything twice."""

    method: str
    path: str
    body: bytes | None = None
    key: str = ""
    again: bool = False


class Got(NamedTuple):
    """A response, with its media type without parameters."""

    status: int
    media: str
    retry_after: str
    body: bytes


class Later(NamedTuple):
    """No answer now; after so many seconds there may be one. unsent: the server has not seen the request."""

    failure: NoAnswerError
    seconds: float | None = None
    unsent: bool = False


def base_of(address: str, *, plain_http: bool) -> tuple[str, str]:
    """(base of every URL, path of a Unix socket or ""). ValueError for what is no address, and for one over which the
    key would travel unencrypted, unless `plain_http`."""
    if address.startswith("unix:"):
        return "http://localhost", address.removeprefix("unix:")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError(f"{address!r} is no address of a server; write https://host:port or unix:/path")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not plain_http:
        raise ValueError(f"{address}: the key would travel unencrypted; write https, or plain_http=True")
    return address.rstrip("/"), ""


def path_of(*steps: str) -> str:
    """A path whose steps are told as they are; an id may hold anything."""
    return "/v1/" + "/".join(quote(step, safe=":") for step in steps)


def key_of(event_id: str) -> str:
    """The same Idempotency-Key for the same event, also after a restart of the client."""
    return "event-" + hashlib.sha256(event_id.encode()).hexdigest()


def read(got: Got, answer: type[T], statuses: tuple[int, ...]) -> T | Later:
    """The answer, or that there is none yet. ProblemError for a mistake of the caller, NoAnswerError for what is no
    answer and will be none."""
    if got.status in statuses and got.media == JSON:
        try:
            return msgspec.json.decode(got.body, type=answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise NoAnswerError(f"the answer cannot be understood: {problem}") from None
    body = _problem(got)
    said = f"{got.status} {body.code}, trace {body.trace_id}" if body else f"status {got.status} from no Cadencia"
    failure = NoAnswerError(f"no answer: {said}")
    if got.status in _LATER or got.status >= 500 or (body is not None and body.code == _STILL_RUNNING):
        return Later(failure, _seconds(got.retry_after))
    if body is None or got.status < 400:
        raise failure
    raise ProblemError(body)


def _problem(got: Got) -> ProblemBody | None:
    if got.media != PROBLEM:
        return None
    try:
        return msgspec.json.decode(got.body, type=ProblemBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _seconds(text: str) -> float | None:
    """Of a Retry-After in seconds; a date is not waited for."""
    return min(float(text), _LONGEST_WAIT_S) if text.isascii() and text.isdigit() else None
