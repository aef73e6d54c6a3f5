"""Drafts over HTTP: mistakes at their lines, tests, differences, proofs, and four eyes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cadencia.store.postgres_server import running
from tests.api.law import FILE, Officer, served_law, text
from tests.api.served import Served

LATER, SHORTER = ('"07:00-19:00"', '"07:00-20:00"'), ('"07:00-19:00"', '"08:00-18:00"')


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def law(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    url = running().url if request.param == "postgres" else ""
    one = served_law(tmp_path_factory.mktemp("law"), postgres=url).start()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def author(law: Served) -> Officer:
    return Officer(law, "rule_author")


@pytest.fixture(scope="module")
def approver(law: Served) -> Officer:
    return Officer(law, "rule_approver")


def test_a_draft_says_what_it_changes(author: Officer) -> None:
    draft = author.draft(LATER)
    assert draft["mistakes"] == [] or all(one["severity"] == "warning" for one in draft["mistakes"])
    told = author.get(f"/v1/drafts/{draft['id']}/diff").body
    assert told["effect"] == "loosens"
    hours = next(one for one in told["changes"] if one["field"].startswith("contact_window"))
    assert (hours["rule"], hours["old"], hours["new"]) == ("contact-hours", "07:00-19:00", "07:00-20:00")


def test_sentences_of_a_difference_are_in_the_language_asked_for(law: Served, author: Officer) -> None:
    draft = author.draft(LATER)
    path = f"/v1/drafts/{draft['id']}/diff"
    said = {law.ask("GET", path, key=author.key, headers={"Accept-Language": language}).body["changes"][0]["says"]
            for language in ("en", "es", "pt")}  # fmt: skip
    assert len(said) == 3


def test_mistakes_are_named_by_file_and_line(author: Officer) -> None:
    draft = author.draft(('"07:00-19:00"', '"7:00-19:00"'))
    lines = [n for n, line in enumerate(text().splitlines(), start=1) if '"07:00-19:00"' in line]
    assert [(one["path"], one["line"]) for one in draft["mistakes"] if one["severity"] == "error"] == [
        (FILE, line) for line in lines
    ]
    refused = author.get(f"/v1/drafts/{draft['id']}/diff")
    assert (refused.status, refused.code) == (409, "draft_fails")
    assert refused.body["errors"][0]["pointer"] == "/files/co~1ley-2300.yaml"


def test_tests_that_no_longer_come_out_are_told(author: Officer) -> None:
    tested = author.post(f"/v1/drafts/{author.draft(LATER)['id']}/tests").body
    assert not tested["ok"] and tested["run"] > 20
    assert {one["path"] for one in tested["failed"]} == {FILE}
    assert author.post(f"/v1/drafts/{author.draft(('# Colombia.', '# Colombia:'))['id']}/tests").body["ok"]


def test_a_loosening_is_shown_on_a_person_and_a_minute(author: Officer) -> None:
    proved = author.post(f"/v1/drafts/{author.draft(LATER)['id']}/proofs").body
    assert (proved["verdict"], proved["tightens_only"], proved["approvals_needed"]) == ("loosens", False, 2)
    assert [one["rule"] for one in proved["example"]["denied_by"]] == ["CO.ley-2300.contact-hours"]
    assert "CO" in proved["example"]["jurisdictions"]


def test_a_tightening_is_proven(author: Officer) -> None:
    proved = author.post(f"/v1/drafts/{author.draft(SHORTER)['id']}/proofs").body
    assert (proved["verdict"], proved["approvals_needed"], proved["example"]) == ("tightens", 1, None)


def test_nobody_approves_what_they_wrote_in(law: Served) -> None:
    both = Officer(law, "rule_author", "rule_approver")
    draft = both.draft(SHORTER)
    refused = both.post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve"})
    assert (refused.status, refused.code, refused.body["type"]) == (403, "self_approval", "/problems/self-approval")
    other = Officer(law, "rule_author", "rule_approver")
    assert other.edit(draft, title="mine too").status == 200
    assert other.post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve"}).code == "self_approval"


def test_an_admin_approves_nothing(law: Served, author: Officer) -> None:
    draft = author.draft(SHORTER)
    refused = Officer(law, "admin").post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve"})
    assert (refused.status, refused.code) == (403, "scope_missing")
    assert Officer(law, "admin").post("/v1/publications", {"draft": draft["id"]}).code == "scope_missing"


def test_any_edit_voids_approvals(author: Officer, approver: Officer) -> None:
    draft = author.draft(SHORTER)
    approved = approver.post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve", "content": draft["content"]})
    assert approved.status == 201 and len(approved.body["approved_by"]) == 1
    edited = author.edit(draft, files={FILE: text().replace('"07:00-19:00"', '"08:01-18:00"')})
    assert edited.body["approved_by"] == [] and edited.body["reviews"] == []
    stale = approver.post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve", "content": draft["content"]})
    assert (stale.status, stale.code) == (412, "precondition_failed")


def test_an_edit_says_what_it_read(law: Served, author: Officer) -> None:
    draft = author.draft(SHORTER)
    path = f"/v1/drafts/{draft['id']}"
    bare = law.ask("PATCH", path, {"title": "x"}, key=author.key)
    assert (bare.status, bare.code) == (428, "precondition_required")
    etag = author.get(path).headers["etag"]
    assert law.ask("PATCH", path, {"title": "x"}, key=author.key, headers={"If-Match": etag}).status == 200
    again = law.ask("PATCH", path, {"title": "y"}, key=author.key, headers={"If-Match": etag})
    assert (again.status, again.code) == (412, "precondition_failed")
    assert law.ask("PATCH", path, {}, key=author.key, headers={"If-Match": "*"}).code == "invalid_fields"


def test_only_law_and_calendars_are_drafted(author: Officer) -> None:
    for path in ("../../etc/passwd", "policy/dialing.yaml", "co/../us/a.yaml", "translations/es/co.yaml", "co/a.txt"):
        refused = author.post("/v1/drafts", {"title": "x", "files": {path: "a: b"}})
        assert (refused.status, refused.body["errors"][0]["code"]) == (422, "not_a_law_path")
    unknown = author.post("/v1/drafts", {"title": "x", "base": "sha256:" + "0" * 64})
    assert unknown.body["errors"][0]["code"] == "unknown_rulebook"


def test_bad_drafts_are_refused(author: Officer) -> None:
    for body in ({}, {"title": ""}, {"title": "x", "files": {"co/a.yaml": 3}}, {"title": "x", "author": "me"}, []):
        assert author.post("/v1/drafts", body).status == 422, body
    for id in ("df_none", "x" * 300, "%00", "df_é"):
        assert author.get(f"/v1/drafts/{id.replace('é', '%C3%A9')}").status == 404


def test_a_draft_is_its_tenants(law: Served, author: Officer) -> None:
    draft = author.draft(SHORTER)
    stranger = Officer(law, "rule_author", "rule_approver", tenant="other")
    assert stranger.get(f"/v1/drafts/{draft['id']}").status == 404
    assert stranger.post(f"/v1/drafts/{draft['id']}/reviews", {"verdict": "approve"}).status == 404
    assert draft["id"] not in [one["id"] for one in stranger.get("/v1/drafts").body["drafts"]]
    assert stranger.get("/v1/publications").body == {"publications": []}
    assert stranger.post("/v1/publications", {"draft": draft["id"]}).code == "rules_kept_elsewhere"


def test_drafts_are_listed_page_by_page(law: Served) -> None:
    author = Officer(law, "rule_author", tenant="lister")
    made = [author.post("/v1/drafts", {"title": f"{n}"}).body["id"] for n in range(5)]
    found, path = [], "/v1/drafts?limit=2"
    while path:
        page = author.get(path).body
        found += [one["id"] for one in page["drafts"]]
        path = page["next"]
    assert found == made


def test_a_producer_runs_no_tests(law: Served, author: Officer) -> None:
    producer = Officer(law, "producer", "rule_author", tenant="demo")
    draft = author.draft(SHORTER)
    assert producer.post(f"/v1/drafts/{draft['id']}/tests").status == 200
    assert Officer(law, "producer").post(f"/v1/drafts/{draft['id']}/tests").code == "scope_missing"
    assert Officer(law, "producer").post("/v1/drafts", {"title": "x"}).code == "scope_missing"


def test_the_files_of_a_rulebook_can_be_read(law: Served, author: Officer) -> None:
    (line, *_) = author.get("/v1/rulebooks").body["rulebooks"]
    assert line["decides"] and line["publication"] is None
    told = author.get(f"/v1/rulebooks/{line['hash'].removeprefix('sha256:')}").body
    assert FILE in [one["path"] for one in told["files"]] and "CO" in told["jurisdictions"]
    path = f"/v1/rulebooks/{line['hash'].replace(':', '%3A')}/text"
    assert author.get(f"{path}?path={FILE}").raw.decode() == text()
    assert author.get(f"{path}?path=../secret").status == 404
    assert author.get(f"/v1/rulebooks/{'0' * 64}").status == 404
    assert author.get("/v1/rulebooks/none").status == 404
