"""POST /v1/decisions:stream: every line answered or told what is wrong with it, and the sum adds up."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
import zstandard

from cadencia.api.lines import MAX_LINE, Cutter
from tests.api.served import Reply, Served, asking

STREAM = "/v1/decisions:stream"
NDJSON = {"Content-Type": "application/x-ndjson"}
HOLIDAY = "2026-05-18T09:00:00-05:00"


def lined(*lines: object) -> bytes:
    return b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)


def post(served: Served, raw: bytes, path: str = STREAM, key: str | None = None, **headers: str) -> Reply:
    told = NDJSON | {name.replace("_", "-"): value for name, value in headers.items()}
    return served.ask("POST", path, raw=raw, headers=told, key=key)


def told(answer: Reply) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The lines and the sum."""
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/x-ndjson"
    *lines, last = [json.loads(line) for line in answer.raw.splitlines()]
    return lines, last["summary"]


def test_lines_are_answered_in_order_and_a_bad_one_stops_no_other(served: Served, person: str) -> None:
    raw = lined(
        {"ref": "a1", **asking(person)}, {"ref": "a2", **asking(person, at=HOLIDAY)}, b"not json", b"  ",
        {"ref": "a5", **asking(person, intent="chek")}, {"ref": "a6", "unknown": 1}, asking(person),
    )  # fmt: skip
    lines, summary = told(post(served, raw, Accept_Language="es"))
    assert [line.get("ref") for line in lines] == ["a1", "a2", None, "a5", "a6", None]
    assert [line.get("outcome") for line in lines] == ["allow", "deny", None, None, None, "allow"]
    assert lines[0]["decision_id"].startswith("dc_") and lines[1]["reasons"][0]["code"] == "contact_window"
    assert lines[1]["reasons"][0]["message"].startswith("Horario de contacto")
    assert (lines[2]["line"], lines[2]["problem"]["type"]) == (3, "/problems/malformed-line")
    assert lines[2]["problem"]["title"] == "La línea no es JSON"
    assert lines[3]["line"] == 5 and lines[3]["problem"]["errors"][0]["pointer"] == "/intent"
    assert lines[4]["problem"]["errors"][0]["pointer"] == "/unknown" and lines[5]["line"] == 7
    assert {name: summary[name] for name in ("lines", "allow", "deny", "errors", "whole")} == {
        "lines": 6, "allow": 2, "deny": 1, "errors": 3, "whole": True}  # fmt: skip
    assert summary["rulebook"]["hash"] == lines[0]["rulebook"]["hash"]


def test_a_line_is_answered_as_a_single_decision_is(served: Served, person: str) -> None:
    for more in ({}, {"at": HOLIDAY}):
        one = served.ask("POST", "/v1/decisions", asking(person, **more)).body
        ((line,), _) = told(post(served, lined(asking(person, **more))))
        for body in (one, line):
            del body["decision_id"]
        assert line == {"line": 1, **one}


def test_fields_trim_the_answers(served: Served, person: str) -> None:
    lines, _ = told(post(served, lined({"ref": "r", **asking(person)}), STREAM + "?fields=outcome,retry_at"))
    assert list(lines[0]) == ["ref", "outcome", "retry_at"]
    assert post(served, b"", STREAM + "?fields=outcome,phone").body["errors"][0]["parameter"] == "fields"


def test_a_reservation_counts_for_the_lines_behind_it_and_is_made_once(served: Served, person: str) -> None:
    raw = lined({"ref": f"{person[-80:]}1", **asking(person, intent="reserve")}, {"ref": "c", **asking(person)})
    first, _ = told(post(served, raw))
    assert [line["outcome"] for line in first] == ["allow", "deny"]
    again, _ = told(post(served, raw))
    assert again[0]["permit"] == first[0]["permit"] and again[0]["replayed"] is True and "replayed" not in first[0]
    other = told(post(served, raw, Idempotency_Key="another"))[0]
    assert other[0]["outcome"] == "deny"  # another reservation, and one contact a day
    changed = lined({"ref": f"{person[-80:]}1", **asking(f"{person}x", intent="reserve")})
    assert told(post(served, changed))[0][0]["problem"]["code"] == "idempotency_key_reused"
    missing = told(post(served, lined(asking(person, intent="reserve"))))[0][0]
    assert missing["problem"]["errors"][0]["pointer"] == "/ref"


def test_who_may_not_reserve_may_check(served: Served, person: str) -> None:
    key = served.give("demo", "supervisor")
    raw = lined({"ref": "a", **asking(person)}, {"ref": "b", **asking(person, intent="reserve")})
    lines, _ = told(post(served, raw, key=key))
    assert lines[0]["outcome"] == "allow" and lines[1]["problem"]["code"] == "scope_missing"


def test_tenants_do_not_meet(served: Served, person: str) -> None:
    raw = lined({"ref": person[-90:], **asking(person, intent="reserve")})
    ours, theirs = told(post(served, raw))[0][0], told(post(served, raw, key=served.give("other")))[0][0]
    assert ours["outcome"] == theirs["outcome"] == "allow"  # nobody else's counters, nobody else's refs
    token = ours["permit"]["token"]
    assert served.ask("POST", f"/v1/permits/{token}:place", key=served.give("other")).code == "unknown_permit"


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_packed_bodies(served: Served, person: str, pack: Any) -> None:
    encoding = "gzip" if pack is gzip.compress else "zstd"
    packed = pack(lined(*({"ref": str(n), **asking(person)} for n in range(700))))
    lines, summary = told(post(served, packed, Content_Encoding=encoding))
    assert [line["ref"] for line in lines] == [str(n) for n in range(700)] and summary["whole"]
    for broken, code in ((packed[:-9], "malformed_body"), (pack(b"\n" * (64 << 20)), "body_too_large")):
        lines, summary = told(post(served, broken, Content_Encoding=encoding))
        assert lines[-1]["problem"]["code"] == code and summary["whole"] is False


def test_what_is_no_stream(served: Served) -> None:
    assert served.ask("POST", STREAM, {}).code == "unsupported_media"
    assert post(served, b"", Content_Encoding="br").code == "unsupported_encoding"
    assert post(served, b"", key="").code == "unauthenticated"
    assert told(post(served, b""))[1]["lines"] == 0


@pytest.mark.parametrize(
    "line",
    [b"[" * 5_000, b'{"person":' * 2_000, b"\0", b"\xff", b"null", b"[]", b'{"ref":"x","ref":"y"}', b"x" * MAX_LINE * 2,
     b'{"person":{"id":"a"},"address":{"channel":"call"},"numbers":{"amount_due":NaN}}'],
    ids=range(9),
)  # fmt: skip
def test_a_hostile_line_is_a_problem_of_its_own(served: Served, person: str, line: bytes) -> None:
    lines, summary = told(post(served, lined(asking(person), line, asking(person))))
    assert [("problem" in one) for one in lines] == [False, True, False]
    assert lines[1]["line"] == 2 and (summary["lines"], summary["errors"]) == (3, 1)


def test_lines_come_back_while_others_are_still_on_their_way(served: Served, person: str) -> None:
    line = lined({"ref": "r", **asking(person)})
    connection = http.client.HTTPConnection(served.host, served.port, timeout=30)
    connection.putrequest("POST", STREAM)
    for name, value in (NDJSON | {"Authorization": f"Bearer {served.key}", "Transfer-Encoding": "chunked"}).items():
        connection.putheader(name, value)
    connection.endheaders()

    def send(part: bytes) -> None:
        connection.send(b"%x\r\n%s\r\n" % (len(part), part))

    send(line[:20])
    send(line[20:] + line[:7])
    answer = connection.getresponse()
    assert json.loads(answer.readline())["outcome"] == "allow"
    send(line[7:])
    assert json.loads(answer.readline())["outcome"] == "allow"
    connection.send(b"0\r\n\r\n")
    assert json.loads(answer.readline())["summary"]["lines"] == 2
    connection.close()


def test_a_long_stream(served: Served, person: str) -> None:
    line = lined(asking(person))

    def parts() -> Iterator[bytes]:
        for _ in range(20):
            yield line * 200

    connection = http.client.HTTPConnection(served.host, served.port, timeout=120)
    headers = NDJSON | {"Authorization": f"Bearer {served.key}", "Transfer-Encoding": "chunked"}
    connection.request("POST", STREAM + "?fields=outcome", body=parts(), encode_chunked=True, headers=headers)
    raw = connection.getresponse().read()
    connection.close()
    assert json.loads(raw.splitlines()[-1])["summary"]["allow"] == 4_000


def test_lines_are_cut_the_same_wherever_their_parts_end() -> None:
    text = b'{"a":1}\r\n\n  \n{"b":2}\n' + b"x" * (MAX_LINE + 1) + b'\n{"c":3}'
    whole = Cutter()
    expected = [*whole.cut(text), *whole.end()]
    assert [(line.number, line.raw and len(line.raw)) for line in expected] == [(1, 7), (4, 7), (5, None), (6, 7)]
    for size in (1, 2, 3, 7, 1_000, MAX_LINE):
        cutter = Cutter()
        found = [line for at in range(0, len(text), size) for line in cutter.cut(text[at : at + size])]
        assert [*found, *cutter.end()] == expected
