"""Decide, reserve, place, release and report, as a producer does it."""

from __future__ import annotations

import base64
import concurrent.futures

import msgspec
import pytest

from tests.api.served import NOW, Served, asking


def reserve(served: Served, person: str, key: str, **more: object) -> dict[str, object]:
    answer = served.ask("POST", "/v1/decisions", asking(person, intent="reserve", **more), headers=with_key(key))
    assert answer.status == 200, answer
    return dict(answer.body)


def with_key(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def test_a_check_answers_and_counts_nothing(served: Served, person: str) -> None:
    first, second = (served.ask("POST", "/v1/decisions", asking(person)).body for _ in range(2))
    assert first["outcome"] == second["outcome"] == "allow"
    assert first["decision_id"] != second["decision_id"]
    assert first["decision_id"].startswith("dc_") and "permit" not in first
    assert first["rulebook"]["hash"].startswith("sha256:")
    assert first["jurisdictions"] == [{"code": "CO", "because": ["phone", "country"]}]
    assert {duty["code"] for duty in first["obligations"]} >= {"script_blocks", "abandonment"}


def test_a_refusal_is_an_answer_with_reasons_and_the_instant_it_opens(served: Served, person: str) -> None:
    answer = served.ask("POST", "/v1/decisions", asking(person, at="2026-05-18T09:00:00-05:00"))  # a holiday
    assert answer.status == 200
    body = answer.body
    assert (body["outcome"], body["retry_at"]) == ("deny", "2026-05-19T12:00:00Z")
    (reason,) = [one for one in body["reasons"] if one["rule"] == "CO.ley-2300.contact-hours"]
    assert reason["code"] == "contact_window"
    assert reason["article"] == {"law": "Ley 2300/2023, art. 3", "status": "unreviewed"}


def test_texts_follow_the_language_and_codes_do_not(served: Served, person: str) -> None:
    said = {}
    for language in ("en", "es-CO, en;q=0.5", "pt-BR"):
        body = served.ask("POST", "/v1/decisions", asking(person, at="2026-05-18T09:00:00-05:00"),
                          headers={"Accept-Language": language}).body  # fmt: skip
        said[language[:2]] = body["reasons"][0]["message"], body["warnings"][0]
        assert body["reasons"][0]["code"] == "contact_window"
    assert len({message for message, _ in said.values()}) == len({warning for _, warning in said.values()}) == 3
    assert said["es"][0].startswith("Horario de contacto")


def test_reserve_place_and_report(served: Served, person: str) -> None:
    body = reserve(served, person, f"k-{person}")
    permit = msgspec.convert(body["permit"], dict[str, object])
    assert body["outcome"] == "allow" and permit["max_uses"] == 1
    again = served.ask("POST", "/v1/decisions", asking(person))
    assert again.body["outcome"] == "deny"  # one contact a day, and the reservation counts

    path = f"/v1/permits/{permit['token']}:place"
    placed = served.ask("POST", path)
    assert (placed.status, placed.body["placed"], placed.body["attempt"]) == (200, True, permit["attempt"])
    assert served.ask("POST", path).code == "permit_spent"

    told = {"event_id": "ev_1", "kind": "no_answer", "at": NOW, "attempt": permit["attempt"]}
    assert served.ask("POST", "/v1/outcomes", told).body == {
        "accepted": True, "attempt": permit["attempt"], "corrected": False,
    }  # fmt: skip
    assert served.ask("POST", "/v1/outcomes", told).code == "already_settled"
    corrected = {**told, "event_id": "ev_2", "kind": "wrong_party", "supersedes": "ev_1", "permit": permit["token"]}
    assert served.ask("POST", "/v1/outcomes", corrected).code == "invalid_fields"  # permit and attempt
    del corrected["attempt"]
    assert served.ask("POST", "/v1/outcomes", corrected).body["corrected"] is True
    assert served.ask("POST", "/v1/outcomes", {**corrected, "supersedes": "ev_2"}).code == "already_corrected"


def test_what_was_released_counts_no_longer(served: Served, person: str) -> None:
    token = reserve(served, person, f"k1-{person}")["permit"]["token"]  # type: ignore[index]
    assert served.ask("POST", f"/v1/permits/{token}:release", {"why": "no agent"}).body == {"released": True}
    assert served.ask("POST", f"/v1/permits/{token}:release").code == "permit_spent"
    assert served.ask("POST", "/v1/decisions", asking(person)).body["outcome"] == "allow"


def test_the_same_key_has_the_same_answer_and_no_other_request(served: Served, person: str) -> None:
    first = served.ask("POST", "/v1/decisions", asking(person, intent="reserve"), headers=with_key("k-" + person))
    again = served.ask("POST", "/v1/decisions", asking(person, intent="reserve"), headers=with_key("k-" + person))
    assert first.body == again.body
    assert "idempotent-replayed" not in first.headers and again.headers["idempotent-replayed"] == "true"
    other = asking(person, intent="reserve", purpose="servicing")
    assert served.ask("POST", "/v1/decisions", other, headers=with_key("k-" + person)).code == "idempotency_key_reused"
    assert served.ask("POST", "/v1/decisions", other).code == "idempotency_key_missing"


def test_of_many_at_once_one_is_allowed(served: Served, person: str) -> None:
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: reserve(served, person, f"{n}-{person}")["outcome"], range(48)))
    assert answers.count("allow") == 1


def test_messagepack_both_ways(served: Served, person: str) -> None:
    media = "application/msgpack"
    answer = served.ask("POST", "/v1/decisions", raw=msgspec.msgpack.encode(asking(person)),
                        headers={"Content-Type": media, "Accept": media})  # fmt: skip
    assert (answer.status, answer.headers["content-type"]) == (200, media)
    assert msgspec.msgpack.decode(answer.raw)["outcome"] == "allow"


@pytest.mark.parametrize("path", ["/v1/permits/{token}:place", "/v1/permits/{token}:release"])
def test_another_tenants_permit_is_none(served: Served, person: str, path: str) -> None:
    permit = reserve(served, person, f"{path}{person}")["permit"]
    other = served.give("other", "producer")
    token, attempt = permit["token"], permit["attempt"]  # type: ignore[index]
    assert served.ask("POST", path.format(token=token), key=other).code == "unknown_permit"
    for named in ({"permit": token}, {"attempt": attempt}):
        told = {"event_id": "ev", "kind": "busy", "at": NOW, **named}
        assert served.ask("POST", "/v1/outcomes", told, key=other).status == 404
    assert served.ask("POST", path.format(token=token)).status == 200  # nothing had changed


def test_a_changed_permit_is_none(served: Served, person: str) -> None:
    token = reserve(served, person, person)["permit"]["token"]  # type: ignore[index]
    for changed in (token[:-2] + "AA", token[:40], token + "A", "pm_", token.replace("pm_", "at_"), token.swapcase()):
        assert served.ask("POST", f"/v1/permits/{changed}:place").code == "unknown_permit"


def test_a_permit_says_no_number(served: Served, person: str) -> None:
    token = reserve(served, person, person)["permit"]["token"][3:]  # type: ignore[index]
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"3005550123" not in raw


def test_what_the_words_do_not_say_is_refused_with_a_pointer(served: Served, person: str) -> None:
    two = asking(person)
    cases = [
        ({**two, "address": {"channel": "call", "value": "3005550123"}}, "/address/value", "not_e164"),
        ({**two, "address": {"channel": "voice"}}, "/address/channel", "not_a_word"),
        ({**two, "person": {}}, "/person/id", "missing_field"),
        ({**two, "bypass": True}, "/bypass", "unknown_field"),
        ({**two, "person": {"id": 7}}, "/person/id", "wrong_type"),
        ({**two, "at": "2026-05-18T09:00:00"}, "/at", "out_of_range"),
        ({**two, "facts": [{"name": "hold"}, {"name": "x/y"}]}, "/facts/1/name", "not_a_word"),
        ({**two, "numbers": {"amount_due": -1}}, "/numbers", "out_of_range"),
        ({**two, "debt": {"others": ["d"]}}, "/debt/others", "first_debt_missing"),
        ({**two, "intent": "reserve", "at": NOW}, "/at", "not_when_reserving"),
        ({**two, "intent": "reserve", "address": {"channel": "call"}}, "/address/value", "needed_to_reserve"),
    ]  # fmt: skip
    for body, pointer, code in cases:
        answer = served.ask("POST", "/v1/decisions", body, headers=with_key("w"))
        assert (answer.status, answer.code) == (422, "invalid_fields"), body
        (error,) = answer.body["errors"]
        if pointer == "/numbers":
            assert error["pointer"].startswith(pointer)
        else:
            assert (error["pointer"], error["code"]) == (pointer, code)


def test_facts_dates_and_hours_reach_the_engine(served: Served, person: str) -> None:
    asked = asking(person, facts=[{"name": "opt_out", "channel": "call", "from": "2026-05-01T00:00:00Z"}],
                   dates={"due_date": "2026-01-31"}, numbers={"amount_due": 12.5})  # fmt: skip
    asked["person"]["unwanted_hours"] = [{"opens": "09:00", "closes": "12:00"}]
    body = served.ask("POST", "/v1/decisions", asked).body
    assert body["outcome"] == "deny"
    assert "person.stated-hours" in {reason["rule"] for reason in body["reasons"]}
