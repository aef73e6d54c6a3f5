"""Keys: what they may, from where, until when; shown once; nobody else's; and the same from two processes."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from cadencia.store.postgres_server import running
from tests.api.served import Reply, Served, asking, config_of

_fresh = itertools.count()


def change(served: Served, path: str, body: dict[str, Any] | None, key: str, *, method: str = "POST") -> Reply:
    return served.ask(method, path, body, key=key, headers={"Idempotency-Key": f"keys-{next(_fresh)}"})


def decides(served: Served, key: str) -> int:
    return served.ask("POST", "/v1/decisions", asking("p"), key=key).status


@pytest.fixture
def admin(served: Served) -> str:
    return served.give(f"tenant-{next(_fresh)}", "admin")


def test_a_key_is_shown_once_and_may_what_its_roles_may(served: Served, admin: str) -> None:
    made = change(served, "/v1/keys", {"roles": ["producer"], "label": "dialer", "scopes": ["decide"]}, admin)
    assert made.status == 201
    secret, key = made.body["secret"], made.body["key"]
    assert secret.startswith(key["prefix"]) and key["scopes"] == ["decide"] and key["environment"] == "test"
    assert decides(served, secret) == 200
    refused = served.ask("POST", "/v1/opt-outs", {"person": "p", "source": "x"}, key=secret)
    assert refused.code == "scope_missing"
    assert served.ask("GET", f"/v1/keys/{key['id']}", key=admin).body == key
    listed = served.ask("GET", "/v1/keys", key=admin)
    assert [one["label"] for one in listed.body["keys"]] == ["", "dialer"]
    assert secret[17:].encode() not in listed.raw


def test_a_repeated_request_makes_one_key(served: Served, admin: str) -> None:
    body, headers = {"roles": ["producer"]}, {"Idempotency-Key": "one"}
    first = served.ask("POST", "/v1/keys", body, key=admin, headers=headers)
    again = served.ask("POST", "/v1/keys", body, key=admin, headers=headers)
    assert again.body == first.body and again.headers["idempotent-replayed"] == "true"
    assert len(served.ask("GET", "/v1/keys", key=admin).body["keys"]) == 2
    assert served.ask("POST", "/v1/keys", body, key=admin).code == "idempotency_key_missing"


def test_keys_are_paged(served: Served, admin: str) -> None:
    for _ in range(4):
        change(served, "/v1/keys", {"roles": ["producer"]}, admin)
    whole = served.ask("GET", "/v1/keys", key=admin).body["keys"]
    found: list[Any] = []
    after: int | None = 0
    while after is not None:
        page = served.ask("GET", f"/v1/keys?limit=2&after={after}", key=admin).body
        found, after = found + page["keys"], page["next"]
    assert found == whole and len(whole) == 5


def test_rotation_overlaps_and_revocation_does_not(served: Served, admin: str) -> None:
    made = change(served, "/v1/keys", {"roles": ["producer"]}, admin).body
    path, old = f"/v1/keys/{made['key']['id']}", made["secret"]
    new = change(served, f"{path}:rotate", {"overlap_s": 60}, admin)
    assert new.status == 201 and new.body["key"]["follows"] == made["key"]["id"]
    assert (decides(served, old), decides(served, new.body["secret"])) == (200, 200)
    assert served.ask("GET", path, key=admin).body["ends_at"] == "2026-05-19T15:01:00Z"
    at_once = change(served, f"/v1/keys/{new.body['key']['id']}:rotate", {"overlap_s": 0}, admin).body
    assert (decides(served, new.body["secret"]), decides(served, at_once["secret"])) == (401, 200)
    assert change(served, f"/v1/keys/{new.body['key']['id']}:rotate", None, admin).code == "key_ended"
    revoked = change(served, f"/v1/keys/{at_once['key']['id']}:revoke", None, admin)
    assert revoked.body["revoked"] and decides(served, at_once["secret"]) == 401


def test_a_key_is_taken_from_its_addresses_alone(served: Served, admin: str) -> None:
    made = change(
        served, "/v1/keys", {"roles": ["producer"], "addresses": ["192.0.2.0/24", "2001:db8::/32"]}, admin
    ).body
    assert decides(served, made["secret"]) == 403
    path = f"/v1/keys/{made['key']['id']}"
    narrowed = change(served, path, {"addresses": ["127.0.0.1"], "label": "here"}, admin, method="PATCH").body
    assert (narrowed["addresses"], narrowed["label"]) == (["127.0.0.1"], "here")
    assert decides(served, made["secret"]) == 200


def test_who_gives_out_keys_approves_no_rules_with_them(served: Served, admin: str) -> None:
    for role in ("rule_author", "rule_approver"):
        assert change(served, "/v1/keys", {"roles": [role]}, admin).body["errors"][0]["code"] == "not_for_keys"
    tenant = f"tenant-{next(_fresh)}"
    approver, other = served.give(tenant, "rule_approver"), served.give(tenant, "admin")
    path = f"/v1/keys/ky_{approver[5:17]}"
    assert change(served, f"{path}:rotate", None, other).code == "scope_missing"
    assert served.ask("POST", "/v1/keys", {"roles": ["producer"]}, key=approver).code == "scope_missing"


def test_another_tenants_keys_are_none(served: Served, admin: str) -> None:
    made = change(served, "/v1/keys", {"roles": ["producer"]}, admin).body
    other, path = served.give("other-keys", "admin"), f"/v1/keys/{made['key']['id']}"
    assert served.ask("GET", path, key=other).code == "not_found"
    for way in ("rotate", "revoke"):
        assert change(served, f"{path}:{way}", None, other).code == "not_found"
    assert change(served, path, {"label": "x"}, other, method="PATCH").code == "not_found"
    assert decides(served, made["secret"]) == 200
    assert made["key"]["id"] not in served.ask("GET", "/v1/keys", key=other).raw.decode()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"roles": []}, "/roles"), ({"roles": ["king"]}, "/roles/0"), ({}, "/roles"),
        ({"roles": ["producer"], "scopes": ["all"]}, "/scopes/0"),
        ({"roles": ["producer"], "environment": "live"}, "/environment"),
        ({"roles": ["producer"], "ends_at": "2026-05-19T15:00:00Z"}, "/ends_at"),
        ({"roles": ["producer"], "addresses": ["127.0.0.1", "localhost"]}, "/addresses/1"),
        ({"roles": ["producer"], "addresses": ["192.0.2.1/24"]}, "/addresses/0"),
        ({"roles": ["producer"], "tenant": "other"}, "/tenant"),
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused_with_a_pointer(
    served: Served, admin: str, body: dict[str, Any], pointer: str
) -> None:
    answer = change(served, "/v1/keys", body, admin)
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, pointer)


def test_two_processes_have_the_same_keys_and_answers(tmp_path: Path) -> None:
    config = config_of(tmp_path, postgres=running().url)
    one, two = Served(config).start(), Served(config).start()
    try:
        admin, headers = one.give("shared", "admin"), {"Idempotency-Key": "both"}
        first = one.ask("POST", "/v1/keys", {"roles": ["producer"]}, key=admin, headers=headers)
        again = two.ask("POST", "/v1/keys", {"roles": ["producer"]}, key=admin, headers=headers)
        assert again.body == first.body and again.headers["idempotent-replayed"] == "true"
        other = two.ask("POST", "/v1/keys", {"roles": ["auditor"]}, key=admin, headers=headers)
        assert other.code == "idempotency_key_reused"
        assert decides(two, first.body["secret"]) == 200
    finally:
        one.stop()
        two.stop()
    three = Served(config).start()
    try:
        after = three.ask("POST", "/v1/keys", {"roles": ["producer"]}, key=admin, headers=headers)
        assert after.body == first.body
    finally:
        three.stop()


def test_what_becomes_of_keys_is_told_as_an_event(served: Served, admin: str) -> None:
    made = change(served, "/v1/keys", {"roles": ["producer"]}, admin).body
    change(served, f"/v1/keys/{made['key']['id']}:revoke", None, admin)
    told = served.ask("GET", "/v1/events", key=admin).body["events"]
    assert [event["type"] for event in told] == ["audit.recorded"] * 2
    assert [event["data"]["did"] for event in told] == ["key.made", "key.changed"]
    assert {(event["data"]["who"], event["data"]["what"]) for event in told} == {
        (f"ky_{admin[5:17]}", made["key"]["id"])
    }
