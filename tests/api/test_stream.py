"""Server-sent events: a snapshot, deltas in order, resuming, who does not read, and many at once."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.api.served import Served, config_of
from tests.api.test_events import contact


@contextlib.contextmanager
def watching(served: Served, key: str, query: str = "", last: str = "") -> Iterator[Iterator[tuple[str, int, Any]]]:
    """The messages of one stream: (event, id, data)."""
    connection = http.client.HTTPConnection(served.host, served.port, timeout=30)
    headers = {"Authorization": f"Bearer {key}"} | ({"Last-Event-ID": last} if last else {})
    connection.request("GET", f"/v1/stream{query}", headers=headers)
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("content-type")) == (200, "text/event-stream")

    def messages() -> Iterator[tuple[str, int, Any]]:
        told: dict[str, str] = {}
        while line := answer.readline().decode():
            if line.strip():
                name, _, value = line.rstrip("\n").partition(": ")
                told[name] = value
            else:
                yield told["event"], int(told["id"]), json.loads(told["data"])
                told = {}

    try:
        yield messages()
    finally:
        connection.close()


def test_a_snapshot_then_deltas(served: Served, person: str) -> None:
    with watching(served, served.give(person, "auditor")) as messages:
        name, id, data = next(messages)
        assert (name, id, data["after"], data["degraded"], data["missed"]) == ("snapshot", 0, 0, [], 0)
        attempt = contact(served, person, "p_1")
        (one, n, first), (_, m, second) = next(messages), next(messages)
        assert (one, n, m) == ("delta", 1, 2)
        assert (first["type"], second["type"]) == ("contact.attempted", "contact.answered")
        assert first["data"]["attempt"] == attempt


def test_it_goes_on_after_the_last_event_that_was_seen(served: Served, person: str) -> None:
    key = served.give(person, "auditor")
    with watching(served, key) as messages:
        next(messages)
        contact(served, person, "p_1")
        assert next(messages)[1] == 1
    contact(served, person, "p_2", "abandoned")
    with watching(served, key, last="1") as messages:
        assert next(messages)[:2] == ("snapshot", 1)
        assert [next(messages)[2]["type"] for _ in range(3)] == [
            "contact.answered", "contact.attempted", "contact.abandoned"]  # fmt: skip
    with watching(served, key, "?topics=optout", last="0") as messages:
        next(messages)
        told = {"person": "p_9", "source": "letter"}
        answer = served.ask(
            "POST", "/v1/opt-outs", told, key=served.give(person, "producer"), headers={"Idempotency-Key": "o"}
        )
        assert answer.status < 300, answer
        assert next(messages)[2]["type"] == "optout.recorded"


def test_a_wrong_question_is_refused(served: Served) -> None:
    assert served.ask("GET", "/v1/stream?topics=nope").code == "invalid_fields"
    assert served.ask("GET", "/v1/stream?tenant=x").code == "invalid_fields"
    assert served.ask("GET", "/v1/stream", headers={"Last-Event-ID": "x"}).code == "invalid_fields"
    assert served.ask("GET", "/v1/stream", key=served.give("demo", "agent_desktop")).code == "scope_missing"


def test_many_readers_are_told_the_same_and_no_more_are_taken(tmp_path: Path) -> None:
    server = Served(config_of(tmp_path, streams=100)).start()
    try:
        with contextlib.ExitStack() as stack:
            streams = [stack.enter_context(watching(server, server.key)) for _ in range(100)]
            assert all(next(messages)[0] == "snapshot" for messages in streams)
            assert server.ask("GET", "/v1/stream").code == "too_many_streams"
            contact(server, "demo", "p_1")
            assert {tuple(next(messages)[1] for _ in range(2)) for messages in streams} == {(1, 2)}
    finally:
        server.stop()


def test_a_stop_ends_streams(tmp_path: Path) -> None:
    server = Served(config_of(tmp_path)).start()
    with watching(server, server.key) as messages:
        assert next(messages)[0] == "snapshot"
        server.stop()
        assert list(messages) == []
