"""The server as a service: started by its command, stopped without losing anything, described, watched."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cadencia.api.config import ConfigError, page, read_config
from cadencia.api.problem import STATUS
from cadencia.api.problem_texts import FIELDS, LANGUAGES, TEXTS
from cadencia.api.roles import ROLES, SCOPES
from cadencia.api.routes import all_routes
from cadencia.api.telling_texts import GATE
from cadencia.dialer.judge import GATE_REASONS
from tests.api.served import NOW, SECRET, Served, asking, config_of


def written_config(folder: Path) -> Path:
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    lines = [
        "[listen]", "port = 0", "[ledger]", f'file = "{folder / "ledger.db"}"',
        f'secret_file = "{folder / "secret"}"', "[sandbox]", 'tenant = "demo"', f'clock = "{NOW}"',
    ]  # fmt: skip
    path = folder / "cadencia.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_command_prints_a_first_request_that_works_and_stops_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "cadencia", "serve", "--config", str(written_config(tmp_path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None and server.stderr is not None
        assert re.fullmatch(r"listening on http://127\.0\.0\.1:\d+\n", server.stdout.readline())
        curl = shlex.split(server.stdout.readline())
        assert curl[0] == "curl"
        host, port = curl[2].split("/")[2].split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        headers = dict(part.split(": ", 1) for part in curl[4:7:2])
        connection.request("POST", "/v1/decisions", body=curl[-1], headers=headers)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["outcome"]) == (200, "allow")
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
        said = server.stderr.read()
        assert "573005550123" not in said and "p_1" not in said


def test_what_was_reserved_counts_after_a_restart(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    asked = asking("p", intent="reserve")
    first = Served(config).start()
    told = first.ask("POST", "/v1/decisions", asked, headers={"Idempotency-Key": "k"}).body
    first.stop()
    second = Served(config).start()
    try:
        again = second.ask("POST", "/v1/decisions", asked, headers={"Idempotency-Key": "k"})
        assert again.headers["idempotent-replayed"] == "true"
        assert again.body == told
        assert second.ask("POST", "/v1/decisions", asking("p")).body["outcome"] == "deny"
        placed = second.ask("POST", f"/v1/permits/{told['permit']['token']}:place").body
        assert (placed["placed"], placed["reasons"][0]["code"]) == (False, "permit_expired")
    finally:
        second.stop()


def test_a_key_is_made_on_the_command_line_and_kept_as_a_hash(tmp_path: Path) -> None:
    path = written_config(tmp_path)
    command = [sys.executable, "-P", "-m", "cadencia", "serve", "--config", str(path), "--make-key", "acme"]
    key = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert re.fullmatch(r"test_[\w-]{55}", key)
    server = Served(read_config(path, {})).start()
    try:
        assert server.ask("POST", "/v1/decisions", asking("p"), key=key).status == 200
        again = subprocess.run(command, capture_output=True, text=True)
        assert again.returncode == 2 and again.stderr  # the records are the server's
    finally:
        server.stop()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert key.encode() not in kept and key[17:].encode() not in kept and b"ky_" + key[5:17].encode() in kept
    wrong = subprocess.run([*command, "--role", "king"], capture_output=True, text=True)
    assert wrong.returncode == 2 and "rule_approver" in wrong.stderr


def test_a_slow_body_is_given_up(tmp_path: Path) -> None:
    server = Served(config_of(tmp_path, body_s=0.2, idle_s=0.5)).start()
    try:
        with socket.create_connection((server.host, server.port), 30) as connection:
            key = f"Authorization: Bearer {server.key}"
            lines = ("POST /v1/decisions HTTP/1.1", "Host: x", key, "Content-Length: 9")
            connection.sendall("\r\n".join((*lines, "", "{")).encode())
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 408")
        with socket.create_connection((server.host, server.port), 30) as connection:
            connection.sendall(b"POST /v1/dec")
            assert connection.recv(1 << 16) == b""  # closed: no whole head in time
    finally:
        server.stop()


def test_time_moves_forward_only(tmp_path: Path) -> None:
    server = Served(config_of(tmp_path)).start()
    try:
        set_to = server.ask("POST", "/v1/sandbox/clock", {"now": "2026-05-19T20:00:00-05:00"})
        assert (set_to.status, set_to.body["now"]) == (200, "2026-05-20T01:00:00Z")
        assert server.ask("POST", "/v1/decisions", asking("p")).body["outcome"] == "deny"
        assert server.ask("POST", "/v1/sandbox/clock", {"now": NOW}).code == "invalid_fields"
    finally:
        server.stop()


def test_health_says_what_is_open(served: Served) -> None:
    body = served.ask("GET", "/v1/health", key="").body
    assert (body["status"], body["degraded"]) == ("ok", [])
    assert any(text.startswith("sandbox.clock") for text in body["unprotected"])


def test_counters_are_for_who_may_see_them(served: Served) -> None:
    served.ask("POST", "/v1/decisions", asking("p"))
    text = served.ask("GET", "/metrics").raw.decode()
    assert 'contact_decisions_total{rule="",verdict="allow"}' in text
    assert 'http_requests_total{method="POST",route="/v1/decisions",status="200"}' in text
    assert text.endswith("# EOF\n")
    assert served.ask("GET", "/v1/metrics", key=served.give("demo", "producer")).code == "scope_missing"


def test_the_contract_names_every_route_and_resolves(served: Served) -> None:
    document = served.ask("GET", "/openapi.json", key="").body
    assert document["openapi"] == "3.1.0"
    there = {(method.upper(), path) for path, of in document["paths"].items() for method in of}
    assert there == {(route.method, route.path) for route in all_routes().all}
    text = json.dumps(document)
    names = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert names <= set(document["components"]["schemas"])
    ids = re.findall(r'"operationId": "(\w+)"', text)
    assert len(ids) == len(set(ids))


def test_every_problem_has_a_page_in_three_languages(served: Served) -> None:
    assert set(STATUS) == set(TEXTS)
    assert all(set(texts) == set(LANGUAGES) for texts in (*TEXTS.values(), *FIELDS.values()))
    for code in STATUS:
        page = served.ask("GET", f"/problems/{code.replace('_', '-')}", key="", headers={"Accept-Language": "pt"})
        assert page.headers["content-type"].startswith("text/html")
        assert all(TEXTS[code][language][0] in page.raw.decode().replace("&#x27;", "'") for language in LANGUAGES)
        assert b"<script" not in page.raw
    for path in ("/problems", "/reference"):
        assert served.ask("GET", path, key="").status == 200


def test_the_gates_reasons_have_all_languages() -> None:
    assert set(GATE) == set(GATE_REASONS)
    assert all(set(texts) == {"es", "pt"} for texts in GATE.values())


def test_roles_have_scopes_that_there_are_and_who_gives_keys_approves_nothing() -> None:
    assert all(scopes <= set(SCOPES) for scopes in ROLES.values())
    assert not ROLES["admin"] & {"approve", "rules"}
    assert all(route.scope in (None, "", *SCOPES) for route in all_routes().all)
    assert {route.path for route in all_routes().all if route.scope is None} == {
        "/v1/health", "/openapi.json", "/reference", "/problems", "/problems/{name}",
    }  # fmt: skip


def test_every_option_is_in_the_page(root: Path) -> None:
    assert (root / "docs" / "config.md").read_text(encoding="utf-8") == page(), "run `make docs`"


def test_a_config_that_cannot_be_used_says_what_to_write(tmp_path: Path) -> None:
    good = written_config(tmp_path)
    assert read_config(good, {"CADENCIA_LISTEN__PORT": "8443", "CADENCIA_CACHE": "x"}).listen.port == 8443
    for told, says in (
        ({"CADENCIA_LISTEN__PROT": "1"}, "no option prot"), ({"CADENCIA_LISTEN__PORT": "x"}, "CADENCIA_LISTEN__PORT"),
        ({"CADENCIA_NOTHING__PORT": "1"}, "no option port in [nothing]"),
        ({"CADENCIA_LEDGER__POSTGRES": "postgresql://x"}, "exactly one of"),
        ({"CADENCIA_LISTEN__TLS_CERT": "x.pem"}, "tls_key"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=re.escape(says)):
            read_config(good, told)
    good.write_text("[listen]\nprot = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="prot"):
        read_config(good, {})


def test_an_unusable_start_ends_with_two(tmp_path: Path) -> None:
    path = written_config(tmp_path)
    (tmp_path / "secret").write_text("00", encoding="utf-8")
    command = [sys.executable, "-P", "-m", "cadencia", "serve", "--config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("cadencia serve: [ledger] secret_file:") and os.linesep not in done.stderr.strip()
