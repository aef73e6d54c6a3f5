"""A house policy lays rules over the law: it opens places that no law speaks of, tightens the rest, and is no law."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import cadencia
from cadencia.cli import main
from cadencia.engine.decide import Engine
from cadencia.engine.decision import Decision
from cadencia.engine.query import Query
from cadencia.engine.reference import Reference
from cadencia.engine.tables import Rulebook
from cadencia.rules.cache import PolicyError, content_key, open_rulebook, policy_paths
from cadencia.rules.compile import CompileError

MONDAY_NOON = datetime(2026, 6, 8, 15, tzinfo=UTC)  # in Montevideo, UTC-3
LAW = """jurisdiction: "CO"
title: "A law made up for a test"
timezone: "America/Bogota"
holidays: none
versions:
  - from: "2020-01-01"
    source: "https://example.org/law"
    rules:
      hours: {contact_window: {every-day: "08:00-20:00"}, purposes: [PURPOSE], cite: "Art. 1"}
"""
POLICY = """policy: own
title: "A policy of the house"
sections:
  - places: ["CO"]
    versions:
      - from: "2020-01-01"
        rules:
          hours: {contact_window: {every-day: "HOURS"}, force: policy, cite: "House policy, 1"}
"""


@pytest.fixture(scope="module")
def law_only() -> Rulebook:
    return open_rulebook()


@pytest.fixture(scope="module")
def cautious() -> Rulebook:
    return open_rulebook(policies=["cautious"])


def root_of(folder: Path, purpose: str = "collections") -> Path:
    (folder / "law" / "co").mkdir(parents=True)
    (folder / "law" / "co" / "law.yaml").write_text(LAW.replace("PURPOSE", purpose), encoding="utf-8")
    return folder / "law"


def own_policy(folder: Path, hours: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(POLICY.replace("HOURS", hours), encoding="utf-8")
    return path


def asked(book: Rulebook, code: str, zone: str, at: datetime = MONDAY_NOON, purpose: str = "collections") -> Decision:
    query = Query(at=at, jurisdictions=(code,), zones=(zone,), purpose=purpose, initiator="predictive")
    decision = Engine(book).decide(query)
    slow = Reference(book).verdict(query, retry=False)
    assert slow.allowed is decision.allowed
    return decision


def rates(decision: Decision) -> list[str]:
    return [duty.rule for duty in decision.obligations if duty.code == "abandonment"]


def test_a_place_without_law_opens_by_a_policy_that_covers_it(law_only: Rulebook, cautious: Rulebook) -> None:
    before = asked(law_only, "UY", "America/Montevideo")
    assert [reason.rule for reason in before.reasons] == ["no_rules_known"]
    assert asked(cautious, "UY", "America/Montevideo").allowed
    late = asked(cautious, "UY", "America/Montevideo", MONDAY_NOON.replace(hour=22))
    (reason,) = late.reasons
    assert (reason.rule, reason.force) == ("UY.cautious.contact-hours", "policy")
    assert reason.citation.startswith("House policy")
    assert late.warnings == ()  # nobody need review what is no law


def test_a_policy_only_tightens_where_there_is_law(law_only: Rulebook, cautious: Rulebook) -> None:
    evening = MONDAY_NOON.replace(hour=20)  # 21:00 in London
    assert asked(law_only, "GB", "Europe/London", evening).allowed
    late = asked(cautious, "GB", "Europe/London", evening)
    assert "GB.cautious.contact-hours" in [reason.rule for reason in late.reasons]
    law = {rule.id for rule in law_only.rules}
    assert law <= {rule.id for rule in cautious.rules}
    assert {rule.force for rule in cautious.rules if rule.id not in law} == {"policy"}


def test_the_hash_and_the_cache_key_change_with_the_policies(
    law_only: Rulebook, cautious: Rulebook, tmp_path: Path
) -> None:
    assert law_only.hash != cautious.hash
    root, path = root_of(tmp_path), own_policy(tmp_path, "09:00-12:00")
    keys = {content_key(root), content_key(root, policy_paths([])), content_key(root, policy_paths([path]))}
    own_policy(tmp_path, "09:00-11:00")
    assert len(keys | {content_key(root, policy_paths([path]))}) == 4


def test_a_policy_of_ones_own_by_its_path(tmp_path: Path) -> None:
    root, path = root_of(tmp_path), own_policy(tmp_path, "09:00-12:00")
    book = cadencia.load_rulebook(root, policies=[path])
    assert asked(book, "CO", "America/Bogota", datetime(2026, 6, 8, 16, 59, tzinfo=UTC)).allowed
    noon = asked(book, "CO", "America/Bogota", datetime(2026, 6, 8, 17, tzinfo=UTC))
    assert [reason.rule for reason in noon.reasons] == ["CO.own.hours"]


def test_a_mere_list_of_places_takes_zone_and_calendar_of_the_law(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    hours = '{contact_window: {mon-sat: "09:00-12:00", sun: closed, holiday: closed}, force: policy, cite: "P 1"}'
    text = POLICY.replace('{contact_window: {every-day: "HOURS"}, force: policy, cite: "House policy, 1"}', hours)
    path.write_text(text, encoding="utf-8")
    book = open_rulebook(policies=[path], cache=tmp_path / "cache")
    holiday = asked(book, "CO", "America/Bogota", datetime(2026, 7, 13, 15, tzinfo=UTC))
    assert {"CO.own.hours", "CO.ley-2300.contact-hours"} <= {reason.rule for reason in holiday.reasons}


def test_a_looser_policy_is_refused_with_a_contact_that_shows_it(tmp_path: Path) -> None:
    root, path = root_of(tmp_path), own_policy(tmp_path, "07:30-12:00")
    with pytest.raises(
        CompileError, match=r"Mon 07:30 is open here and closed by CO\.law\.hours \(Art\. 1\); a policy"
    ):
        open_rulebook(root, policies=[path], cache=tmp_path / "cache")


def test_policies_that_do_not_exist_or_share_a_name_are_refused(tmp_path: Path) -> None:
    assert [path.stem for path in policy_paths(["dialing", "cautious", "cautious"])] == ["dialing", "cautious"]
    with pytest.raises(PolicyError, match="there is no policy bold; write one of cautious, creditors, dialing"):
        policy_paths(["bold"])
    other = tmp_path / "cautious.yaml"
    other.write_text("policy: cautious\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="two policies are called cautious"):
        policy_paths(["cautious", other])


def test_a_rate_of_abandoned_calls_stands_in_only_where_law_is_silent(law_only: Rulebook) -> None:
    at = datetime(2026, 6, 8, 17, tzinfo=UTC)
    assert rates(asked(law_only, "CO", "America/Bogota", at)) == ["CO.dialing.abandonment"]
    assert rates(asked(law_only, "US-TX", "America/Chicago", at)) == ["US.dialing.abandonment"]
    by_law = rates(asked(law_only, "US-TX", "America/Chicago", at, "marketing"))
    assert by_law and "US.dialing.abandonment" not in by_law


def test_the_policy_that_is_always_on_denies_nothing_and_makes_no_place_known(
    law_only: Rulebook, tmp_path: Path
) -> None:
    always = [rule for rule in law_only.rules if rule.force == "policy"]
    assert always and all(rule.id.endswith(".dialing.abandonment") and not rule.checks for rule in always)
    assert {"UY", "BO"} & set(law_only.jurisdictions) == set()
    marketing = open_rulebook(root_of(tmp_path, "marketing"), cache=tmp_path / "cache")
    silent = asked(marketing, "CO", "America/Bogota", datetime(2026, 6, 8, 17, tzinfo=UTC))
    assert [reason.rule for reason in silent.reasons] == ["no_rules_known"]


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        (["decide", "--phone", "+59829012345", "--at", "2026-06-08T12:00-03:00"], 0, "UY.dialing.abandonment"),
        (["decide", "--phone", "+59829012345", "--at", "2026-06-08T20:00-03:00"], 1, "force: house policy, not law\n"),
        (["rules", "explain", "UY", "--at", "2026-06-08", "--lang", "pt"], 0, "política interna, não é lei"),
        (["rules", "list", "UY"], 0, "house policy, not law"),
        (["rules", "check", "UY"], 0, "0 mistakes, 0 warnings"),
    ],
)
def test_commands_take_a_policy(command: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--policy", "cautious"]) == code
    assert says in capsys.readouterr().out
    assert main([*command, "--policy", "bold"]) == 2
    assert "there is no policy bold" in capsys.readouterr().err


def test_vectors_and_lists_are_judged_with_a_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = tmp_path / "list.csv"
    rows.write_text("ref,phone,due_date\nA,+59829012345,2026-04-01\n", encoding="utf-8")
    at = ["--at", "2026-06-08T12:00-03:00", "--quiet", "-o", str(tmp_path / "out.csv")]
    assert main(["screen", str(rows), *at]) == 0
    assert "no_rules_known" in (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert main(["screen", str(rows), *at, "--policy", "cautious"]) == 0
    assert "no_rules_known" not in (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert main(["screen", str(rows), *at, "--policy", "bold"]) == 2
    assert main(["cases", str(rows), "--policy", "bold"]) == 2
    assert capsys.readouterr().err.count("there is no policy bold") == 2


def test_a_policy_that_is_no_text_or_is_wrong_within_is_refused_at_its_line(tmp_path: Path) -> None:
    root, path = root_of(tmp_path), tmp_path / "own.yaml"
    path.write_bytes(b'policy: own\ntitle: "\xff\x00"\n')
    with pytest.raises(CompileError, match=r"own\.yaml:2: byte 0xff is not UTF-8; write the policy as text in UTF-8"):
        open_rulebook(root, policies=[path], cache=tmp_path / "cache")
    own_policy(tmp_path, '09:00-12:00", holiday: "closed')
    with pytest.raises(CompileError, match=r"own\.yaml:4 places CO: hours uses holiday while the place says holidays"):
        open_rulebook(root, policies=[path], cache=tmp_path / "cache")
    own_policy(tmp_path, '09:00-12:00", clock: "Mars/X')
    with pytest.raises(CompileError, match=r'own\.yaml:8 hours: .*"Mars/X" is not a zone of the tzdata package'):
        open_rulebook(root, policies=[path], cache=tmp_path / "cache")


def test_each_section_of_a_line_is_looked_at(tmp_path: Path) -> None:
    after = "{kind: placed, channels: [call]}"
    lock = f"x: {{channel_lock: {{after: {after}, lasts: day}}, channels: [CH], force: policy, cite: P}}"
    section = '{places: ["CO"], versions: [{from: "2020-01-01", rules: {RULE}}]}'.replace("RULE", lock)
    first, second = section.replace("CH", "sms"), section.replace("CH", "call").replace("x:", "z:")
    path = tmp_path / "own.yaml"
    path.write_text(f'policy: own\ntitle: "A policy"\nsections: [{first}, {second}]\n', encoding="utf-8")
    with pytest.raises(CompileError, match=r"own\.yaml:3 z: locks call after call"):
        open_rulebook(root_of(tmp_path), policies=[path], cache=tmp_path / "cache")
