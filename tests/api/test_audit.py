"""The audit: a line for each change, in order, for its tenant's auditors only."""

from __future__ import annotations

import pytest

from tests.api.served import Served


def make(served: Served, admin: str, label: str) -> str:
    """A key; its id."""
    told = {"roles": ["producer"], "label": label}
    answer = served.ask("POST", "/v1/keys", told, key=admin, headers={"Idempotency-Key": label})
    assert answer.status == 201, answer
    return str(answer.body["key"]["id"])


def test_a_change_leaves_a_line_that_says_who(served: Served, person: str) -> None:
    admin, auditor = served.give(person, "admin"), served.give(person, "auditor")
    one, two = make(served, admin, "one"), make(served, admin, "two")
    again = make(served, admin, "one")
    assert again == one
    assert served.ask("POST", f"/v1/keys/{one}:revoke", key=admin, headers={"Idempotency-Key": "r"}).status == 200
    first = served.ask("GET", "/v1/audit?limit=2", key=auditor).body
    rest = served.ask("GET", first["next"], key=auditor).body
    told = [(line["did"], line["what"], line["who"]) for line in (*first["lines"], *rest["lines"])]
    who = f"ky_{admin[5:17]}"
    assert told == [("key.made", one, who), ("key.made", two, who), ("key.changed", one, who)]
    assert served.ask("GET", rest["next"], key=auditor).body["lines"] == []
    events = served.ask("GET", "/v1/events?types=audit.recorded", key=auditor).body["events"]
    assert [event["data"]["what"] for event in events] == [one, two, one]


def test_it_is_for_auditors_of_the_tenant(served: Served, person: str) -> None:
    admin = served.give(person, "admin")
    make(served, admin, "x")
    assert served.ask("GET", "/v1/audit", key=served.give(f"{person}-2", "auditor")).body["lines"] == []
    for role in ("producer", "admin", "operator"):
        assert served.ask("GET", "/v1/audit", key=served.give(person, role)).code == "scope_missing"


@pytest.mark.parametrize("query", ["after=-1", "limit=0", "limit=x", "tenant=demo"])
def test_a_question_that_cannot_be_is_refused(served: Served, query: str) -> None:
    assert served.ask("GET", f"/v1/audit?{query}", key=served.give("demo", "auditor")).code == "invalid_fields"
