"""Hostile and broken requests: each a clear problem, nothing changed, nothing leaked, and the server goes on."""

from __future__ import annotations

import gzip
import json
import socket

import pytest
import zstandard

from tests.api.served import Served, asking

DECISIONS = "/v1/decisions"
GOOD = json.dumps(asking("p")).encode()


@pytest.fixture(autouse=True)
def _goes_on(served: Served):  # type: ignore[no-untyped-def]
    yield
    assert served.ask("POST", DECISIONS, asking("p")).status == 200


MALFORMED = [
    b"", b"nope", b"{", GOOD[:-1], GOOD + b"x", b"\xef\xbb\xbf" + GOOD, b"\xff\xfe{}", b'{"person":{"id":"\xff"}}',
    b'{"person":{"id":"\\ud800"}}', b'{"numbers":{"amount_due":NaN}}', b'{"numbers":{"amount_due":Infinity}}',
    b'{"numbers":{"amount_due":01}}', b"{'person':1}", b"\0" * 64,
]  # fmt: skip


@pytest.mark.parametrize("raw", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_json(served: Served, raw: bytes) -> None:
    answer = served.ask("POST", DECISIONS, raw=raw)
    assert (answer.status, answer.code) in ((400, "malformed_body"), (422, "invalid_fields"))
    assert answer.body["trace_id"]


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000, b'{"person":' * 50_000, b'{"person":{"id":' + b"9" * 10_000 + b"}}",
        b'{"numbers":{"amount_due":1e999}}', b"[]", b"null", b"7", b'"x"',
    ],
    ids=range(8),
)  # fmt: skip
def test_depth_size_and_types(served: Served, raw: bytes) -> None:
    assert served.ask("POST", DECISIONS, raw=raw).status in (400, 422)


@pytest.mark.parametrize(
    "raw",
    [
        GOOD.replace(b'"person"', b'"person":{"id":"q"},"person"', 1), GOOD.replace(b'"id"', b'"id":"q","id"', 1),
        GOOD.replace(b'"id"', b'"id":"q","\\u0069d"', 1), GOOD.replace(b'"id"', b'"id" \n: "q" , "id"', 1),
    ],
    ids=range(4),
)  # fmt: skip
def test_a_field_that_comes_twice(served: Served, raw: bytes) -> None:
    assert served.ask("POST", DECISIONS, raw=raw).code == "duplicate_field"


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=l1", ""]
)
def test_another_media_type(served: Served, media: str) -> None:
    answer = served.ask("POST", DECISIONS, raw=GOOD, headers={"Content-Type": media})
    assert (answer.status, answer.code) == (415, "unsupported_media")


def test_packed_bodies(served: Served) -> None:
    for encoding, packed in (("gzip", gzip.compress(GOOD)), ("zstd", zstandard.compress(GOOD)), ("identity", GOOD)):
        assert served.ask("POST", DECISIONS, raw=packed, headers={"Content-Encoding": encoding}).status == 200
    for raw in (b"no gzip", gzip.compress(GOOD)[:-9], gzip.compress(GOOD) + b"more"):
        assert served.ask("POST", DECISIONS, raw=raw, headers={"Content-Encoding": "gzip"}).code == "malformed_body"
    answer = served.ask("POST", DECISIONS, raw=GOOD, headers={"Content-Encoding": "br"})
    assert (answer.status, answer.code) == (415, "unsupported_encoding")


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_is_not_unpacked(served: Served, encoding: str) -> None:
    zeros = bytes(300 << 20)
    bomb = gzip.compress(zeros, 9) if encoding == "gzip" else zstandard.compress(zeros)
    assert served.ask("POST", DECISIONS, raw=bomb, headers={"Content-Encoding": encoding}).code == "body_too_large"


def test_a_body_over_the_limit(served: Served) -> None:
    most = served.config.limits.body_bytes
    answer = served.ask("POST", DECISIONS, raw=b" " * (most + 1))
    assert (answer.status, answer.code) == (413, "body_too_large")
    assert str(most) in answer.body["detail"]


def test_a_body_of_chunks_over_the_limit(served: Served) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    said = talk(served, head("Transfer-Encoding: chunked") + chunk * (served.config.limits.body_bytes // 0x10000 + 2))
    assert said.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/../v1/decisions", "/v1//decisions", "//v1/decisions", "/v1/decisions/", "/v1/decisions%00",
        "/V1/decisions", "/v1/decisions;x=1", "/v1/%64ecisions", "/v1/decisions?intent=reserve",
        "/v1/permits/%2e%2e:place",
        "/v1/permits/a%2Fb:place", "/v1/permits/%00:place", "/v1/permits/%ff:place", "/v1/permits/:place",
        "/v1/permits/" + "a" * 3_000 + ":place", "/problems/malformed_body", "/problems/..%2f..%2fetc%2fpasswd",
    ],
)  # fmt: skip
def test_tricks_with_paths(served: Served, path: str) -> None:
    answer = served.ask("GET" if path.startswith("/problems") else "POST", path, asking("p"))
    assert (answer.status, answer.code) == (404, "not_found")


def test_a_method_that_is_not_there(served: Served) -> None:
    answer = served.ask("DELETE", DECISIONS)
    assert (answer.status, answer.code, answer.headers["allow"]) == (405, "method_not_allowed", "POST")


@pytest.mark.parametrize("key", ["", "x", "test_" + "a" * 55, "live_" + "a" * 55, "test_é" + "a" * 54])
def test_without_a_key_of_ours_nothing_is_said(served: Served, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}".encode().decode("latin-1")} if key else {}
    answer = served.ask("POST", DECISIONS, asking("p"), key="", headers=headers)
    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_keys_end_and_have_scopes_and_addresses(served: Served) -> None:
    auditor, elsewhere = served.give("demo", "auditor"), served.give("demo", addresses=("10.0.0.0/8",))
    ended = served.give("demo", ends=1)
    assert served.ask("POST", DECISIONS, asking("p"), key=auditor).code == "scope_missing"
    assert served.ask("POST", DECISIONS, asking("p"), key=elsewhere).code == "address_not_allowed"
    assert served.ask("POST", DECISIONS, asking("p"), key=ended).code == "unauthenticated"
    assert served.ask("POST", DECISIONS, asking("p"), key=served.give("demo", addresses=("127.0.0.1",))).status == 200


def test_a_checking_key_reserves_nothing(served: Served) -> None:
    operator = served.give("demo", "operator")
    asked = asking("p", intent="reserve")
    assert served.ask("POST", DECISIONS, asked, key=operator, headers={"Idempotency-Key": "o"}).code == "scope_missing"


@pytest.mark.parametrize("value", ["", "x" * 201, "tab\there"])
def test_a_bad_idempotency_key(served: Served, value: str) -> None:
    answer = served.ask("POST", DECISIONS, asking("p", intent="reserve"), headers={"Idempotency-Key": value})
    assert answer.code == "invalid_fields"
    assert answer.body["errors"][0]["header"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"), (b"GET\r\n\r\n", b"400"),
        (b"POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", b"400"),
        (b"POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 500 + b"\r\n", b"4"),
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_http(served: Served, raw: bytes, status: bytes) -> None:
    said = talk(served, raw)
    assert said.split(b" ")[1].startswith(status)
    assert b"application/problem+json" in said and b"Traceback" not in said


def test_a_connection_that_is_half_closed_gets_its_answer(served: Served) -> None:
    said = talk(served, head(f"Content-Length: {len(GOOD)}") + GOOD, close_writing=True)
    assert said.startswith(b"HTTP/1.1 200")


def test_a_body_that_is_cut_off_changes_nothing(served: Served) -> None:
    talk(served, head(f"Content-Length: {len(GOOD) + 50}") + GOOD, close_writing=True)
    connection = socket.create_connection((served.host, served.port), 10)
    connection.sendall(head(f"Content-Length: {len(GOOD) + 50}") + GOOD)
    connection.close()


def test_requests_in_one_piece_are_answered_in_their_order(served: Served) -> None:
    one = head(f"Content-Length: {len(GOOD)}", close=False) + GOOD
    last = b"GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    said = talk(served, one * 3 + last)
    assert said.count(b"HTTP/1.1 200 OK") == 4
    assert said.index(b'"in_flight"') > said.rindex(b'"decision_id"')


def head(*headers: str, close: bool = True) -> bytes:
    """Of a decision, with the server's key."""
    more = (*headers, "Connection: close") if close else headers
    lines = ("POST /v1/decisions HTTP/1.1", "Host: x", "Content-Type: application/json")
    return "\r\n".join((*lines, f"Authorization: Bearer {_KEY[0]}", *more, "", "")).encode()


_KEY = [""]


@pytest.fixture(autouse=True)
def _key(served: Served) -> None:
    _KEY[0] = served.key


def talk(served: Served, raw: bytes, *, close_writing: bool = False) -> bytes:
    """All that comes back for these bytes until the server closes."""
    with socket.create_connection((served.host, served.port), 30) as connection:
        try:
            connection.sendall(raw)
            if close_writing:
                connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has answered before it read everything
        found = b""
        try:
            while part := connection.recv(1 << 16):
                found += part
        except ConnectionResetError:
            pass
        return found
