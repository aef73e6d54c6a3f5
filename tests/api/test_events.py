"""Events after a cursor: what happened is told once, in order, to its tenant only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api.served import NOW, Served, asking, config_of


def happened(served: Served, tenant: str, *, until: str, after: int = 0) -> list[dict[str, Any]]:
    """A tenant's events up to the first of a type; the server waits, not we."""
    key, found = served.give(tenant, "auditor"), list[dict[str, Any]]()
    for _ in range(50):
        page = served.ask("GET", f"/v1/events?after={after}&wait_s=10", key=key).body
        found += page["events"]
        after = page["after"]
        if any(event["type"] == until for event in found):
            return found
    raise AssertionError(found)


def contact(served: Served, tenant: str, person: str, outcome: str = "conversation") -> str:
    """A call from reservation to outcome; the attempt's id."""
    key = served.give(tenant, "producer")
    headers = {"Idempotency-Key": f"{tenant}-{person}"}
    permit = served.ask("POST", "/v1/decisions", asking(person, intent="reserve"), key=key, headers=headers).body[
        "permit"
    ]
    assert served.ask("POST", f"/v1/permits/{permit['token']}:place", key=key).body["placed"]
    told = {"event_id": "e1", "kind": outcome, "at": NOW, "permit": permit["token"]}
    assert served.ask("POST", "/v1/outcomes", told, key=key).status == 200
    return str(permit["attempt"])


@pytest.fixture
def tenant(request: pytest.FixtureRequest) -> str:
    """A tenant of this test alone."""
    return f"t-{request.node.name}"


def test_a_contact_is_told_in_order_and_once(served: Served, person: str, tenant: str) -> None:
    attempt = contact(served, tenant, person)
    events = happened(served, tenant, until="contact.answered")
    assert [event["type"] for event in events] == ["contact.attempted", "contact.answered"]
    assert [event["sequence"] for event in events] == [1, 2]
    assert all(event["data"]["attempt"] == attempt for event in events)
    assert events[1]["data"]["outcome"] == "conversation" and events[1]["specversion"] == "1.0"
    assert "+573005550123" not in str(events)


def test_a_page_goes_on_where_the_last_one_ended(served: Served, person: str, tenant: str) -> None:
    contact(served, tenant, person, "abandoned")
    happened(served, tenant, until="contact.abandoned")
    key = served.give(tenant, "auditor")
    first = served.ask("GET", "/v1/events?limit=1", key=key).body
    second = served.ask("GET", first["next"], key=key).body
    assert [page["events"][0]["sequence"] for page in (first, second)] == [1, 2]
    last = served.ask("GET", second["next"], key=key).body
    assert (last["events"], last["after"], last["missed"]) == ([], 2, 0)
    only = served.ask("GET", "/v1/events?types=contact.abandoned", key=key).body
    assert [event["type"] for event in only["events"]] == ["contact.abandoned"] and only["after"] == 2


def test_another_tenant_sees_nothing(served: Served, person: str, tenant: str) -> None:
    contact(served, tenant, person)
    happened(served, tenant, until="contact.answered")
    assert served.ask("GET", "/v1/events", key=served.give(f"{tenant}-other", "auditor")).body["events"] == []


@pytest.mark.parametrize(
    "query",
    ["after=-1", "after=x", "limit=0", "limit=1001", "types=nope", "wait_s=31", "tenant=other", "after=1&after=2"],
)
def test_a_question_that_cannot_be_is_refused(served: Served, query: str) -> None:
    assert served.ask("GET", f"/v1/events?{query}").status in (400, 422)


def test_who_may_not_read_is_told_nothing(served: Served) -> None:
    assert served.ask("GET", "/v1/events", key=served.give("demo", "agent_desktop")).code == "scope_missing"


def test_after_a_restart_nothing_is_told_twice_and_nothing_is_lost(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    first = Served(config).start()
    contact(first, "demo", "p_1")
    seen = happened(first, "demo", until="contact.answered")
    first.stop()
    second = Served(config).start()
    try:
        contact(second, "demo", "p_2", "abandoned")
        newer = happened(second, "demo", until="contact.abandoned", after=seen[-1]["sequence"])
        assert [event["type"] for event in newer] == ["contact.attempted", "contact.abandoned"]
        assert newer[0]["sequence"] == seen[-1]["sequence"] + 1
    finally:
        second.stop()
