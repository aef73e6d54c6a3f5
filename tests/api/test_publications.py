"""Story E-8: a rule is changed with four eyes, decides from an instant on in its place's time, and is taken back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cadencia.store.postgres_server import running
from tests.api.law import Officer, served_law
from tests.api.served import Served, asking

#: A tighter law, with its test: predictive calls from eleven on.
SHORTER = (
    ("      no-visits:\n", """      no-predictive-mornings:
        initiators: [predictive]
        contact_window: {every-day: "11:00-19:00"}
        cite: "a test"
      no-visits:
"""),
    ("    tests:\n", """    tests:
      - {when: "Tue 2026-05-19 10:00", try: call, initiator: predictive, expect: deny, by: no-predictive-mornings}
"""),
)  # fmt: skip
#: A looser one: who agreed to visits is bound by no hours.
LATER = (
    ("unless_facts: [consent_time, reply_to_person]", "unless_facts: [consent_time, reply_to_person, consent_visit]"),
)
OTHER = (('cite: "Ley 2300/2023, art. 4"', 'cite: "Ley 2300 de 2023, art. 4"'),)
SUNDAY_NIGHT = "2026-06-07T23:59:59-05:00"
MONDAY = "2026-06-08T00:00:00-05:00"


@pytest.fixture(params=["sqlite", "postgres"])
def law(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    url = running().url if request.param == "postgres" else ""
    one = served_law(tmp_path, postgres=url).start()
    yield one
    one.stop()


def reviewed(law: Served, change: tuple[tuple[str, str], ...], *, approvals: int) -> tuple[dict[str, object], Officer]:
    author, approver = Officer(law, "rule_author"), Officer(law, "rule_approver")
    draft = author.draft(*change)
    for officer in (approver, *(Officer(law, "rule_approver") for _ in range(approvals - 1))):
        assert officer.post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve"}).status == 201
    return draft, approver


def book(law: Served, person: str) -> tuple[str, str]:
    told = law.ask("POST", "/v1/decisions", asking(person)).body
    return told["outcome"], told["rulebook"]["hash"]


def set_clock(law: Served, now: str) -> None:
    assert law.ask("POST", "/v1/sandbox/clock", {"now": now}).status == 200


def test_a_rule_changes_at_midnight_of_its_place_and_back(law: Served) -> None:
    draft, approver = reviewed(law, SHORTER, approvals=1)
    before = book(law, "p-1")
    assert before[0] == "allow"  # ten in the morning
    told = approver.post("/v1/publications", {"draft": draft["id"], "effective_from": "2026-06-08T00:00:00",
                                              "zone": "America/Bogota"})  # fmt: skip
    assert (told.status, told.body["state"], told.body["effective_at"]) == (201, "coming", "2026-06-08T05:00:00Z")
    assert told.body["verdict"] == "tightens"
    set_clock(law, SUNDAY_NIGHT)
    assert book(law, "p-2")[1] == before[1]
    set_clock(law, MONDAY)
    assert book(law, "p-3")[1] == told.body["rulebook"]
    set_clock(law, "2026-06-09T10:00:00-05:00")
    assert book(law, "p-4") == ("deny", told.body["rulebook"])
    back = approver.post(f"/v1/publications/{told.body['id']}:rollback", {"reason": "too early"})
    assert (back.status, back.body["state"], back.body["rolled_back"]["reason"]) == (200, "rolled_back", "too early")
    assert book(law, "p-5") == before
    events = Officer(law, "rule_approver", "auditor").get("/v1/events").body["events"]
    did = [one["data"]["did"] for one in events if one["type"] == "audit.recorded" and one["data"]["what"][:3] != "ky_"]
    assert did == ["draft.made", "draft.approved", "rulebook.published", "rulebook.rolled_back"]
    assert {"rulebook.published", "rulebook.rolled_back"} <= {one["type"] for one in events}
    again = approver.post(f"/v1/publications/{told.body['id']}:rollback", {"reason": "again"})
    assert (again.status, again.code) == (409, "not_newest")


def test_a_loosening_needs_two_who_did_not_write_it(law: Served) -> None:
    draft, approver = reviewed(law, LATER, approvals=1)
    refused = approver.post("/v1/publications", {"draft": draft["id"]})
    assert (refused.status, refused.code) == (409, "approvals_missing")
    again = approver.post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve"})
    assert len(again.body["approved_by"]) == 1  # the same person twice is one
    Officer(law, "rule_approver").post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve"})
    third = Officer(law, "rule_approver")
    third.post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "reject"})
    assert approver.post("/v1/publications", {"draft": draft["id"]}).code == "approvals_missing"
    third.post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve"})
    told = approver.post("/v1/publications", {"draft": draft["id"]})
    assert (told.status, told.body["state"], len(told.body["approved_by"])) == (201, "in_force", 3)
    assert approver.get(f"/v1/drafts/{draft['id']}").body["publication"] == told.body["id"]
    assert approver.post("/v1/publications", {"draft": draft["id"]}).code == "draft_published"


def test_what_was_published_meanwhile_outdates_a_draft(law: Served) -> None:
    first, approver = reviewed(law, SHORTER, approvals=1)
    second, _ = reviewed(law, OTHER, approvals=1)
    assert approver.post("/v1/publications", {"draft": first["id"]}).status == 201
    assert approver.post("/v1/publications", {"draft": second["id"]}).code == "draft_outdated"
    newest = approver.get("/v1/publications").body["publications"][-1]["rulebook"]
    author = Officer(law, "rule_author")
    assert author.edit(second, base=newest).code == "draft_outdated"  # both change one file
    fresh = author.post("/v1/drafts", {"title": "over the new one"}).body
    assert fresh["base"] == newest


def test_bad_times_are_refused(law: Served) -> None:
    draft, approver = reviewed(law, SHORTER, approvals=1)
    for told, where, code in (
        ({"effective_from": "2026-05-01T00:00:00", "zone": "America/Bogota"}, "/effective_from", "in_the_past"),
        ({"effective_from": "2026-06-08T00:00:00"}, "/zone", "zone_or_offset"),
        ({"effective_from": MONDAY, "zone": "America/Bogota"}, "/zone", "zone_or_offset"),
        ({"effective_from": "2026-06-08T00:00:00", "zone": "Bogota"}, "/zone", "unknown_zone"),
        ({"effective_from": "2026-09-06T00:30:00", "zone": "America/Santiago"}, "/effective_from", "no_such_time"),
        ({"effective_from": "next monday", "zone": "America/Bogota"}, "/effective_from", "no_such_time"),
        ({"zone": "America/Bogota"}, "/effective_from", "missing_field"),
    ):
        refused = approver.post("/v1/publications", {"draft": draft["id"], **told})
        assert (refused.status, refused.body["errors"][0]["pointer"], refused.body["errors"][0]["code"]) == (
            422, where, code)  # fmt: skip


def test_a_draft_whose_tests_fail_is_not_published(law: Served) -> None:
    author, approver = Officer(law, "rule_author"), Officer(law, "rule_approver")
    draft = author.draft(('"07:00-19:00"', '"08:00-18:00"'))
    approver.post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve"})
    assert approver.post("/v1/publications", {"draft": draft["id"]}).code == "draft_fails"


def test_a_publication_decides_after_a_restart(law: Served) -> None:
    draft, approver = reviewed(law, SHORTER, approvals=1)
    told = approver.post("/v1/publications", {"draft": draft["id"]}).body
    law.stop()
    again = Served(law.config).start()
    try:
        assert book(again, "p-1")[1] == told["rulebook"]
    finally:
        again.stop()
        law.start()


def test_two_processes_agree_within_seconds(tmp_path: Path) -> None:
    first = served_law(tmp_path, postgres=running().url).start()
    second = served_law(tmp_path, of=first).start()
    try:
        before = book(second, "p-1")
        draft, approver = reviewed(first, SHORTER, approvals=1)
        told = approver.post("/v1/publications", {"draft": draft["id"]}).body
        assert _until(second, told["rulebook"]) < 5
        approver.post(f"/v1/publications/{told['id']}:rollback", {"reason": "no"})
        assert _until(second, before[1]) < 5
    finally:
        second.stop()
        first.stop()


def _until(law: Served, rulebook: str) -> float:
    """Seconds until a server decides by that rulebook."""
    began = time.monotonic()
    while time.monotonic() - began < 10:
        if law.ask("GET", "/v1/health").body["rulebook"]["hash"] == rulebook:
            break
    return time.monotonic() - began
