"""The client over a real server, and over servers that fail in every way: what is not a clear yes is a no."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from cadencia.api.wire.words import Instant
from cadencia.client import (
    Address,
    Answered,
    Asking,
    AsyncClient,
    Client,
    Debt,
    Happened,
    NoAnswerError,
    Person,
    ProblemError,
    Verdict,
)
from tests.api.served import NOW, Served

AT = msgspec.convert(NOW, Instant)
ALLOW = {
    "decision_id": "dc_1", "outcome": "allow", "at": NOW, "retry_at": NOW, "retry": "at", "rulebook": {"hash": "x"},
    "permit": {"token": "pm_1", "attempt": "at_1", "expires_at": NOW},
}  # fmt: skip


def call_to(person: str) -> Asking:
    debt, address = Debt(id=f"d-{person}", creditor="acme"), Address(channel="call", value="+573005550123")
    return Asking(person=Person(id=person, country="CO"), debt=debt, address=address)


def test_a_contact_from_the_question_to_its_outcome(served: Served, person: str) -> None:
    asking = call_to(person)
    with Client(served.address, served.key, language="es") as client:
        assert client.check(asking)
        verdict = client.reserve(asking, key=f"k-{person}")
        assert client.reserve(asking, key=f"k-{person}").token == verdict.token
        assert client.place(verdict.token)
        assert verdict.answer is not None and verdict.answer.permit is not None
        happened = Happened(event_id=f"e-{person}", kind="no_answer", at=AT, attempt=verdict.answer.permit.attempt)
        assert client.report(happened) == client.report(happened)  # a report that is repeated counts once
        refused = client.reserve(asking)
        assert not refused and refused.answer is not None
        assert refused.failure is None and "contact" in refused.answer.reasons[0].message
        with pytest.raises(ValueError, match="no permit"):
            _ = refused.token
        with pytest.raises(ProblemError, match="permit_spent"):
            client.place(verdict.token)
        assert client.health().status == "ok"


def test_what_is_released_counts_no_longer(served: Served, person: str) -> None:
    with Client(served.address, served.key) as client:
        for _ in range(2):
            assert client.release(client.reserve(call_to(person)).token, why="agent gone").released


def test_a_mistake_of_the_caller_is_raised_with_its_fields(served: Served, person: str) -> None:
    wrong = msgspec.structs.replace(call_to(person), address=Address(channel="call", value="555"))
    with Client(served.address, served.key) as client, pytest.raises(ProblemError) as caught:
        client.reserve(wrong)
    assert (caught.value.code, caught.value.body.errors[0].pointer) == ("invalid_fields", "/address/value")
    with Client(served.address, "test_" + "x" * 55) as client, pytest.raises(ProblemError, match="unauthenticated"):
        client.check(call_to(person))


def test_many_threads_and_tasks_share_one_client(served: Served, person: str) -> None:
    async def many() -> list[Verdict]:
        async with AsyncClient(served.address, served.key, timeout_s=60) as client:
            return await asyncio.gather(*(client.reserve(call_to(person)) for _ in range(32)))

    assert sum(map(bool, asyncio.run(many()))) == 1  # Colombia: one contact a day


def answer(status: int, body: object = None, *, media: str = "application/json", **headers: str) -> bytes:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    lines = [f"HTTP/1.1 {status} X", "Connection: close", f"Content-Type: {media}", f"Content-Length: {len(raw)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + raw


def whole_request(connection: socket.socket) -> bytes:
    """With its body: who closes before it is read resets the connection."""
    raw = b""
    while b"\r\n\r\n" not in raw and (part := connection.recv(1 << 16)):
        raw += part
    head, _, body = raw.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]) and (part := connection.recv(1 << 16)):
        body += part
    return head


class Scripted:
    """A server that answers each connection with the next of its answers, the last one for ever; b"" hangs up."""

    def __init__(self, *answers: bytes, hold: bool = False) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._answers, self._hold, self._held = list(answers), hold, list[socket.socket]()
        self.asked: list[bytes] = []
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                connection, _ = self._listener.accept()
                self._held.append(connection)
                self.asked.append(whole_request(connection))
                with contextlib.suppress(OSError):
                    connection.sendall(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])
                if not self._hold:
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)
        for one in self._held:
            one.close()


@contextlib.contextmanager
def scripted(*answers: bytes, hold: bool = False) -> Iterator[Scripted]:
    server = Scripted(*answers, hold=hold)
    try:
        yield server
    finally:
        server.close()


def eager(address: str, **more: Any) -> Client:
    """A client that waits for nothing between its attempts."""

    async def no_pause(seconds: float) -> None:
        assert seconds >= 0

    return Client(address, "test_key", **{"pause": no_pause, "timeout_s": 20.0, **more})


PROBLEM = "application/problem+json"
NO_YES = {
    "failing": answer(500, {"outcome": "allow"}),
    "failing with an allow": answer(503, ALLOW),
    "a problem": answer(500, {"type": "/", "title": "t", "status": 500, "code": "internal", "trace_id": "0"},
                        media=PROBLEM),
    "a problem that is none": answer(500, b"{", media=PROBLEM),
    "rate": answer(429, {"type": "/", "title": "t", "status": 429, "code": "rate", "trace_id": "0"}, media=PROBLEM),
    "still running": answer(409, {"type": "/", "title": "t", "status": 409, "code": "still_running", "trace_id": "0"},
                            media=PROBLEM, Retry_After="1"),
    "gateway": answer(502, b"<html>bad gateway", media="text/html"),
    "proxy's own refusal": answer(404, b"<html>none", media="text/html"),
    "moved": answer(302, ALLOW, Location="/v1/decisions"),
    "accepted": answer(202, ALLOW),
    "no content": b"HTTP/1.1 204 X\r\n\r\n",
    "captive portal": answer(200, b"<html>log in", media="text/html"),
    "an allow as text": answer(200, ALLOW, media="text/plain"),
    "cut short": answer(200, ALLOW)[:-20],
    "half of it": answer(200, msgspec.json.encode(ALLOW)[:60]),
    "not JSON": answer(200, b"yes"),
    "not UTF-8": answer(200, b'{"outcome":"allow\xff"}'),
    "deep": answer(200, b"[" * 100_000),
    "null": answer(200, None),
    "true": answer(200, True),
    "empty": answer(200, b""),
    "an unknown outcome": answer(200, {**ALLOW, "outcome": "allow_with_care"}),
    "another case": answer(200, {**ALLOW, "outcome": "ALLOW"}),
    "no outcome": answer(200, {name: value for name, value in ALLOW.items() if name != "outcome"}),
    "no rulebook": answer(200, {name: value for name, value in ALLOW.items() if name != "rulebook"}),
    "an allow without a permit": answer(200, {**ALLOW, "permit": None}),
    "no HTTP": b"SSH-2.0-x\r\n\r\n",
    "hung up": b"",
    "longer than taken": answer(200, b" " * (1 << 20) + msgspec.json.encode(ALLOW)),
    "packed": answer(200, b"\x1f\x8b\x08\x00", Content_Encoding="gzip"),
}  # fmt: skip


BROKEN = frozenset({"cut short", "no HTTP", "hung up"})


@pytest.mark.parametrize("name", NO_YES)
def test_what_is_no_clear_yes_is_a_no(name: str) -> None:
    with scripted(NO_YES[name]) as server, eager(server.address, most_bytes=1 << 20) as client:
        verdict = client.reserve(call_to("p"))
        assert not verdict and not verdict.allowed and isinstance(verdict.failure, NoAnswerError)
        assert "573005550123" not in str(verdict.failure)
        assert ("connection" in str(verdict.failure)) == (name in BROKEN)
        placement = client.place("pm_1")
        assert not placement and not placement.placed and isinstance(placement.failure, NoAnswerError)
        with pytest.raises(NoAnswerError):
            client.report(Happened(event_id="e", kind="no_answer", at=AT, attempt="at_1"))
        if name != "an allow without a permit":  # which is what a check has
            assert not client.check(call_to("p"))


def test_the_scripted_yes_is_one() -> None:
    """Else the test above would prove nothing."""
    with scripted(answer(200, ALLOW)) as server, eager(server.address) as client:
        assert client.check(call_to("p")) and client.reserve(call_to("p")).token == "pm_1"


def test_nobody_there_and_nobody_answering() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with eager(free) as client:
        verdict = client.reserve(call_to("p"))
        assert not verdict and "no connection" in str(verdict.failure)
        assert not client.place("pm_1")
    slow = answer(200, ALLOW)[:-1]
    with scripted(slow, hold=True) as server, eager(server.address, timeout_s=0.2) as client:
        verdict = client.reserve(call_to("p"))
        assert not verdict and "within 0.2 s" in str(verdict.failure)
        assert len(server.asked) == 1


def test_a_reservation_is_repeated_with_its_key_and_a_place_never() -> None:
    with scripted(b"", answer(503, b"", media="text/plain", Retry_After="7"), answer(200, ALLOW)) as server:
        waited: list[float] = []

        async def pause(seconds: float) -> None:
            waited.append(seconds)

        with eager(server.address, pause=pause) as client:
            verdict = client.reserve(call_to("p"))
            assert verdict and len(server.asked) == 3 and waited == [0.1, 7.0]
            keys = {line for sent in server.asked for line in sent.split(b"\r\n") if line.startswith(b"Idempotency")}
            assert keys == {b"Idempotency-Key: " + verdict.key.encode()}
    with scripted(b"") as server, eager(server.address) as client:
        assert not client.place("pm_1")
        assert len(server.asked) == 1


def test_an_address_over_which_the_key_would_travel_in_the_clear_is_refused() -> None:
    for address in ("http://calls.example", "ftp://x", "calls.example:8080", "https://u:p@x", "https://x?key=1"):
        with pytest.raises(ValueError, match=r"address of a server|plain_http=True"):
            Client(address, "test_key")
    Client("http://calls.example", "test_key", plain_http=True)
    with pytest.raises(ValueError, match="as it was shown"):
        Client("https://calls.example", "test_key\n")


def test_a_closed_client_says_so() -> None:
    client = eager("http://127.0.0.1:9")
    with pytest.raises(RuntimeError, match="not open"):
        client.check(call_to("p"))
    with client:
        pass
    with pytest.raises(RuntimeError, match="not open"):
        client.check(call_to("p"))


def test_a_path_keeps_what_an_id_holds(served: Served) -> None:
    with Client(served.address, served.key) as client, pytest.raises(ProblemError, match="unknown_permit"):
        client.place("pm_é?x#y%2f")
    with Client(served.address, served.key) as client:
        with pytest.raises(ProblemError, match="not_found"):
            client.place("../../health?")
        asked = client.ask("POST", "/v1/decisions", answer=Answered, body=call_to("p-ask"))
        assert asked.outcome == "allow"


def test_the_client_needs_none_of_the_server() -> None:
    parts = ("cadencia.dialer.gate", "cadencia.api.server", "apsw", "asyncpg", "pyarrow")
    code = f"import sys, cadencia.client; print([name for name in {parts!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, env=dict(os.environ))
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
