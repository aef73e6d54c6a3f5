"""What one client may take, and what a stop leaves whole."""

from __future__ import annotations

import concurrent.futures
import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.served import Reply, Served, asking, config_of


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    """A server that gives little."""
    server = Served(config_of(tmp_path, connections=2, unread_bytes=1 << 16)).start()
    yield server
    server.stop()


def connected(server: Served) -> socket.socket:
    return socket.create_connection((server.host, server.port), 30)


def test_a_connection_too_many_is_closed_and_the_others_go_on(small: Served) -> None:
    health = b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n"
    with connected(small) as first, connected(small) as second:
        for one in (first, second):
            one.sendall(health)
            assert one.recv(1 << 16).startswith(b"HTTP/1.1 200")
        with connected(small) as third:
            try:
                third.sendall(health)
                assert third.recv(1 << 16) == b""
            except (ConnectionResetError, BrokenPipeError):
                pass
        first.sendall(health)
        assert first.recv(1 << 16).startswith(b"HTTP/1.1 200")


def test_who_asks_and_never_reads_is_cut_off(small: Served) -> None:
    with connected(small) as greedy, pytest.raises((ConnectionResetError, BrokenPipeError)):
        for _ in range(20_000):
            greedy.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 8)
    assert small.ask("GET", "/v1/health").status == 200


def test_what_was_answered_before_a_stop_is_there_after_it(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    server = Served(config).start()

    def reserve(n: int) -> tuple[int, int]:
        try:
            return n, asked(server, n).status
        except (OSError, http.client.HTTPException):
            return n, 0  # not answered: nothing was promised

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = pool.map(reserve, range(400))
        told = [next(answers) for _ in range(20)]
        server.stop()
        told += answers
    assert {status for _, status in told} == {0, 200}
    again = Served(config).start()
    try:
        for n in [n for n, status in told if status == 200]:
            assert asked(again, n).headers["idempotent-replayed"] == "true"
    finally:
        again.stop()


def asked(server: Served, n: int) -> Reply:
    body, key = asking(f"p{n}", intent="reserve"), {"Idempotency-Key": f"k{n}"}
    return server.ask("POST", "/v1/decisions", body, headers=key)
