"""POST /v1/outcomes:stream: every report taken in once or told what is wrong with it."""

from __future__ import annotations

import json
from typing import Any

from tests.api.served import NOW, Served, asking
from tests.api.test_decision_lines import lined, post, told

STREAM = "/v1/outcomes:stream"


def placed(served: Served, person: str, key: str | None = None) -> dict[str, Any]:
    """The permit of a contact that left."""
    answer = served.ask("POST", "/v1/decisions", asking(person, intent="reserve"), key=key,
                        headers={"Idempotency-Key": f"o-{person}"[-200:]})  # fmt: skip
    permit = dict(answer.body["permit"])
    assert served.ask("POST", f"/v1/permits/{permit['token']}:place", key=key).body["placed"]
    return permit


def report(event: str, kind: str = "no_answer", **more: object) -> dict[str, Any]:
    return {"event_id": event, "kind": kind, "at": NOW, **more}


def test_reports_corrections_and_mistakes_in_one_stream(served: Served, person: str) -> None:
    first, second = placed(served, f"{person}1"[-200:]), placed(served, f"{person}2"[-200:])
    raw = lined(
        report("e1", permit=first["token"]), report("e2", "conversation", attempt=second["attempt"]), b"nope",
        report("e4", "busy", attempt=first["attempt"], supersedes="e1"), report("e5", permit=first["token"]),
        report("e6", permit="pm_none"), report("e7"), report("e8", "sang", permit=first["token"]),
    )  # fmt: skip
    lines, summary = told(post(served, raw, STREAM))
    assert [line.get("ref") for line in lines] == ["e1", "e2", None, "e4", "e5", "e6", "e7", "e8"]
    assert [line.get("corrected") for line in lines[:4]] == [False, False, None, True]
    assert [line["problem"]["code"] for line in lines if "problem" in line] == [
        "malformed_line", "already_settled", "unknown_permit", "invalid_fields", "invalid_fields"]  # fmt: skip
    assert lines[0]["attempt"] == first["attempt"] and lines[7]["problem"]["errors"][0]["pointer"] == "/kind"
    assert summary == {"lines": 8, "accepted": 2, "corrected": 1, "errors": 5, "whole": True}
    again, _ = told(post(served, raw, STREAM))
    assert [line["problem"]["code"] for line in again[:2]] == ["already_settled"] * 2
    assert again[3]["problem"]["code"] == "already_corrected"


def test_another_tenants_attempts_are_unknown_and_a_scope_is_needed(served: Served, person: str) -> None:
    permit = placed(served, person[-200:])
    raw = lined(report("e1", permit=permit["token"]), report("e2", attempt=permit["attempt"]))
    lines, summary = told(post(served, raw, STREAM, key=served.give("stranger")))
    assert [line["problem"]["code"] for line in lines] == ["unknown_permit", "unknown_attempt"]
    assert summary["errors"] == 2
    assert post(served, raw, STREAM, key=served.give("demo", "supervisor")).code == "scope_missing"
    assert told(post(served, raw, STREAM))[1]["accepted"] == 1


def test_hundreds_at_once(served: Served, person: str) -> None:
    permits = [placed(served, f"{person}{n}"[-200:]) for n in range(20)]
    events = [report(f"e{n}", permit=permit["token"]) for n, permit in enumerate(permits)]
    answer = post(served, lined(*events, *[report(f"x{n}", permit="pm_x") for n in range(600)]), STREAM)
    assert told(answer)[1] == {"lines": 620, "accepted": 20, "corrected": 0, "errors": 600, "whole": True}
    assert [json.loads(line)["ref"] for line in answer.raw.splitlines()[:20]] == [f"e{n}" for n in range(20)]
