"""What people said is recorded once, obeyed at once, told on their timeline, and nobody else's."""

from __future__ import annotations

import concurrent.futures
import itertools
from pathlib import Path
from typing import Any

import pytest

from cadencia.store.postgres_server import running
from tests.api.served import NOW, Reply, Served, asking, config_of

_fresh = itertools.count()
NUMBER = "+573005550123"


@pytest.fixture
def person() -> str:
    """Nobody else's id, as it can stand in a path."""
    return f"person-{next(_fresh)}"


def told(served: Served, path: str, body: dict[str, Any], *, key: str | None = None, once: str = "") -> Reply:
    """A POST under a key of its own, or under `once`."""
    headers = {"Idempotency-Key": once or f"key-{next(_fresh)}"}
    return served.ask("PATCH" if path.startswith("/v1/people") else "POST", path, body, key=key, headers=headers)


def reserve(served: Served, person: str) -> dict[str, str]:
    body = asking(person, intent="reserve")
    permit: dict[str, str] = served.ask("POST", "/v1/decisions", body, headers={"Idempotency-Key": person}).body[
        "permit"
    ]
    return permit


def outcome(served: Served, person: str, **more: object) -> tuple[str, set[str]]:
    body = served.ask("POST", "/v1/decisions", asking(person, **more)).body
    return body["outcome"], {reason["code"] for reason in body.get("reasons", ())}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/v1/opt-outs", {}, "opt_out"),
        ("/v1/opt-outs", {"channel": "call"}, "opt_out"),
        ("/v1/opt-outs", {"channel": "call", "address": NUMBER}, "opt_out"),
        ("/v1/suppressions", {"address": NUMBER}, "do_not_call"),
        ("/v1/facts", {"name": "opt_out", "channel": "call"}, "opt_out"),
        ("/v1/claims", {"kind": "bankruptcy"}, "hold"),
    ],
)
def test_what_stops_contact_stops_it_until_it_is_taken_back(
    served: Served, person: str, path: str, body: dict[str, Any], code: str
) -> None:
    assert outcome(served, person)[0] == "allow"
    said = {"person": person, "source": "letter", **body}
    answer = told(served, path, said)
    assert (answer.status, answer.body["recorded"]) == (201, True)
    verdict, codes = outcome(served, person)
    assert verdict == "deny" and code in codes
    assert told(served, path, {**said, "value": False}).status == 201
    assert outcome(served, person)[0] == "allow"


def test_an_objection_to_one_number_leaves_the_others(served: Served, person: str) -> None:
    told(served, "/v1/opt-outs", {"person": person, "source": "call", "address": "+573005550199"})
    assert outcome(served, person)[0] == "allow"


def test_an_objection_stops_a_permit_given_before(served: Served, person: str) -> None:
    permit = reserve(served, person)
    told(served, "/v1/opt-outs", {"person": person, "source": "call"})
    placed = served.ask("POST", f"/v1/permits/{permit['token']}:place").body
    assert not placed["placed"] and "opt_out" in {reason["code"] for reason in placed["reasons"]}


def test_what_was_recorded_is_on_the_timeline_without_numbers(served: Served, person: str) -> None:
    base = {"person": person, "source": "call"}
    attempt = reserve(served, person)["attempt"]
    money = {"amount": "125000.00", "currency": "COP"}
    for path, body in (
        ("/v1/consents", {**base, "channel": "call", "until": "2027-01-01T00:00:00Z"}),
        ("/v1/consents", {**base, "name": "consent_visit", "value": False}),
        ("/v1/opt-outs", {**base, "address": "+573005550199"}),
        ("/v1/promises", {**base, "due": "2026-06-01", "debt": "d", "attempt": attempt, "amount": money}),
        ("/v1/promises", {**base, "cannot_pay_until": "2026-07-01"}),
        ("/v1/inbound", {"person": person, "at": NOW, "address": NUMBER, "creditor": "acme"}),
        (f"/v1/people/{person}", {"source": "call", "wanted_hours": [], "dates": {"due_date": "2026-01-31"}}),
    ):
        assert told(served, path, body).status == 201, path
    answer = served.ask("GET", f"/v1/people/{person}/timeline")
    moments = answer.body["moments"]
    kinds = sorted(moment["kind"] for moment in moments)
    assert kinds == [*["fact"] * 5, "inbound", "promise", "promise", "reserved"]
    assert {moment["by"][:3] for moment in moments if moment["kind"] in ("fact", "promise")} == {"ky_"}
    assert [moment["attempt"] for moment in moments if moment["kind"] == "reserved"] == [attempt]
    assert b"+5730055501" not in answer.raw
    paged: list[Any] = []
    after: str | None = ""
    while after is not None:
        page = served.ask("GET", f"/v1/people/{person}/timeline?limit=2" + (f"&after={after}" if after else "")).body
        paged, after = paged + page["moments"], page["next"]
    assert paged == moments


def test_allowances_count_what_was_reserved(served: Served, person: str) -> None:
    asked = f"/v1/people/{person}/allowances?channel=call&country=CO&creditor=acme&debt=d-{person}"
    assert served.ask("GET", asked).code == "unknown_person"
    reserve(served, person)
    found = served.ask("GET", asked).body["allowances"]
    spent = [one for one in found if one["left"] == 0]
    assert spent and spent[0]["used"] == spent[0]["limit"] == 1 and spent[0]["next_at"] > NOW
    for wrong in ("channel=voice", "channel=call&phone=1", "country=CO", "channel=call&channel=sms"):
        assert served.ask("GET", f"/v1/people/{person}/allowances?{wrong}").status in (400, 422)


def test_who_is_forgotten_is_not_contacted_any_more(served: Served, person: str) -> None:
    admin = served.give("demo", "admin")
    told(served, "/v1/consents", {"person": person, "source": "call"})
    assert served.ask("POST", f"/v1/people/{person}:erase", headers={"Idempotency-Key": "e"}).code == "scope_missing"
    erased = served.ask("POST", f"/v1/people/{person}:erase", key=admin, headers={"Idempotency-Key": person})
    assert (erased.status, erased.body) == (200, {"entries": 1})
    again = served.ask("POST", f"/v1/people/{person}:erase", key=admin, headers={"Idempotency-Key": person})
    assert again.headers["idempotent-replayed"] == "true" and again.body == erased.body
    assert outcome(served, person) == ("deny", {"erased"})
    (fact, *_) = served.ask("GET", f"/v1/people/{person}/timeline").body["moments"]
    assert fact["erased"] and "source" not in fact


def test_another_tenants_people_are_unknown(served: Served, person: str) -> None:
    told(served, "/v1/opt-outs", {"person": person, "source": "call"})
    other = served.give("other", "producer", "admin")
    assert served.ask("GET", f"/v1/people/{person}/timeline", key=other).code == "unknown_person"
    assert served.ask("GET", f"/v1/people/{person}/allowances?channel=call", key=other).code == "unknown_person"
    headers = {"Idempotency-Key": f"other-{person}"}
    assert served.ask("POST", f"/v1/people/{person}:erase", key=other, headers=headers).code == "unknown_person"
    assert served.ask("POST", "/v1/decisions", asking(person), key=other).body["outcome"] == "allow"
    assert outcome(served, person)[0] == "deny"


def test_a_repetition_is_recorded_once_and_another_body_not_at_all(served: Served, person: str) -> None:
    body = {"person": person, "at": NOW, "creditor": "acme"}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: told(served, "/v1/inbound", body, once=person), range(24)))
    assert {answer.status for answer in answers} <= {201, 409}
    assert all(answer.headers["retry-after"] == "1" for answer in answers if answer.status == 409)
    again = told(served, "/v1/inbound", body, once=person)
    assert (again.status, again.headers["idempotent-replayed"]) == (201, "true")
    assert told(served, "/v1/inbound", {**body, "channel": "sms"}, once=person).code == "idempotency_key_reused"
    assert told(served, "/v1/opt-outs", {"person": person, "source": "x"}, once=person).code == "idempotency_key_reused"
    assert served.ask("POST", "/v1/inbound", body).code == "idempotency_key_missing"
    assert len(served.ask("GET", f"/v1/people/{person}/timeline").body["moments"]) == 1


def test_of_two_processes_asked_at_once_one_records(tmp_path: Path) -> None:
    config = config_of(tmp_path, postgres=running().url)
    servers = [Served(config).start(), Served(config).start()]
    try:
        key = servers[0].give("shared", "producer")
        for n in range(5):
            person, body = f"p{n}", {"person": f"p{n}", "at": NOW, "creditor": "acme"}

            def send(one: Served, body: dict[str, Any] = body, once: str = f"k{n}") -> Reply:
                return told(one, "/v1/inbound", body, key=key, once=once)

            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(send, servers * 4))
            assert {answer.status for answer in answers} <= {201, 409}
            done = [answer for answer in answers if answer.status == 201]
            assert sum("idempotent-replayed" not in answer.headers for answer in done) == 1
            for server in servers:
                timeline = server.ask("GET", f"/v1/people/{person}/timeline", key=key).body
                assert [moment["kind"] for moment in timeline["moments"]] == ["inbound"]
    finally:
        for server in servers:
            server.stop()


def test_a_report_and_a_release_may_be_repeated_with_their_key(served: Served, person: str) -> None:
    permit = reserve(served, person)
    served.ask("POST", f"/v1/permits/{permit['token']}:place")
    body, headers = (
        {"event_id": "e", "kind": "busy", "at": NOW, "permit": permit["token"]},
        {"Idempotency-Key": "r" + person},
    )
    first = served.ask("POST", "/v1/outcomes", body, headers=headers)
    again = served.ask("POST", "/v1/outcomes", body, headers=headers)
    assert (again.status, again.body, again.headers["idempotent-replayed"]) == (200, first.body, "true")
    assert served.ask("POST", "/v1/outcomes", body).code == "already_settled"
    other, headers = reserve(served, f"{person}-2"), {"Idempotency-Key": "s" + person}
    for _ in range(2):
        released = served.ask("POST", f"/v1/permits/{other['token']}:release", headers=headers)
        assert (released.status, released.body) == (200, {"released": True})


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/consents", {"name": "opt_out"}, "/name"),
        ("/v1/consents", {"debt": "d", "address": NUMBER}, "/address"),
        ("/v1/consents", {"from": "2026-05-02T00:00:00Z", "until": "2026-05-01T00:00:00Z"}, "/until"),
        ("/v1/consents", {"until": "2026-05-01T00:00:00"}, "/until"),
        ("/v1/opt-outs", {"channel": "call", "address": "3005550123"}, "/address"),
        ("/v1/opt-outs", {"address": "300 555 0123"}, "/address"),
        ("/v1/opt-outs", {"source": ""}, "/source"),
        ("/v1/opt-outs", {"all": True}, "/all"),
        ("/v1/suppressions", {"channel": "voice"}, "/channel"),
        ("/v1/claims", {"kind": "moon"}, "/kind"),
        ("/v1/claims", {"kind": "attorney", "debt": "d"}, "/debt"),
        ("/v1/promises", {}, "/due"),
        ("/v1/promises", {"due": "2026-06-01", "cannot_pay_until": "2026-06-02"}, "/due"),
        ("/v1/promises", {"due": "2026-06-01", "amount": {"amount": "-1", "currency": "COP"}}, "/amount/amount"),
        ("/v1/promises", {"cannot_pay_until": "2026-06-01", "attempt": "at_x"}, "/attempt"),
        ("/v1/people/p", {}, ""),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_a_pointer(
    served: Served, path: str, body: dict[str, Any], pointer: str
) -> None:
    base = {"source": "call"} if path.startswith("/v1/people") else {"person": "p", "source": "call"}
    answer = told(served, path, {**base, **body})
    assert (answer.status, answer.code) == (422, "invalid_fields")
    assert answer.body["errors"][0].get("pointer", "") == pointer


def test_a_contact_lies_not_in_the_future_and_an_attempt_is_ours(served: Served, person: str) -> None:
    late = {"person": person, "at": "2027-01-01T00:00:00Z"}
    assert told(served, "/v1/inbound", late).code == "impossible_time"
    promised = {"person": person, "source": "call", "due": "2026-06-01", "attempt": "at_x"}
    assert told(served, "/v1/promises", promised).code == "unknown_attempt"
    reader = served.give("demo", "auditor")
    assert told(served, "/v1/opt-outs", {"person": person, "source": "x"}, key=reader).code == "scope_missing"
