"""`cadencia rules` on a small folder of law: what it says, and the exit codes."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, tzinfo
from pathlib import Path

import pytest

from cadencia.cli import rules, rules_check
from cadencia.cli.columns import print_rows
from cadencia.cli.strip import figures, strip

LAW = """\
jurisdiction: "CO"
title: "Colombia: a law"
timezone: "America/Bogota"
holidays: "co"
versions:
  - from: "2023-10-10"
    source: "https://example.org/law"
    rules:
      contact-hours:
        contact_window: {mon-fri: "07:00-19:00", sat: "08:00-15:00", sun: closed, holiday: closed}
        cite: "Law 1, art. 3"
      one-a-day:
        frequency_cap: {at_most: 1, count: placed, per: day, for_each: [person, creditor]}
        cite: "Law 1, art. 3"
        reading: "An unanswered call counts."
        force: guidance
    tests:
      - {when: "Fri 2026-03-06 18:59", try: call, expect: allow}
      - {when: "Fri 2026-03-06 19:00", try: call, expect: deny, by: contact-hours}
      - {when: "Fri 2026-03-06 06:59", try: call, expect: deny, by: contact-hours}
      - {when: "Fri 2026-03-06 07:00", try: call, expect: allow}
      - {when: "Sat 2026-03-07 07:59", try: call, expect: deny, by: contact-hours}
      - {when: "Sat 2026-03-07 08:00", try: call, expect: allow}
      - {when: "Sat 2026-03-07 14:59", try: call, expect: allow}
      - {when: "Sat 2026-03-07 15:00", try: call, expect: deny, by: contact-hours}
      - {when: "Sun 2026-03-08 10:00", try: call, expect: deny, by: contact-hours}
      - {when: "Mon 2026-03-23 10:00", try: call, expect: deny, by: contact-hours}
      - {when: "Fri 2026-03-06 15:00", try: call, expect: deny, by: one-a-day, after: "Fri 2026-03-06 09:00 call busy"}
      - {when: "Fri 2026-03-06 15:00", try: call, expect: allow, after: "Thu 2026-03-05 09:00 call busy"}
  - from: "2030-01-01"
    status: draft
    rules:
      contact-hours:
        contact_window: {every-day: "09:00-18:00"}
        cite: "Law 2, art. 1"
    tests:
      - {when: "Tue 2030-01-08 18:00", try: call, expect: deny, by: contact-hours}
      - {when: "Tue 2030-01-08 17:59", try: call, expect: allow}
      - {when: "Tue 2030-01-08 08:59", try: call, expect: deny, by: contact-hours}
      - {when: "Tue 2030-01-08 09:00", try: call, expect: allow}
"""
NEW_YORK = """\
jurisdiction: "US"
title: "United States: a law"
timezone: person
holidays: none
versions:
  - from: "2020-01-01"
    source: "https://example.org/us"
    rules:
      no-visits:
        channel_ban: closed
        channels: [visit]
        cite: "Law 3"
    tests:
      - {when: "Fri 2026-03-06 12:00 America/New_York", try: visit, expect: deny, by: no-visits}
      - {when: "Fri 2026-03-06 12:00 America/New_York", try: call, expect: allow}
"""
CALENDAR = 'country: "CO"\nuntil: 2035\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    law = tmp_path / "law"
    for path, text in (("co/a.yaml", LAW), ("us/b.yaml", NEW_YORK), ("holidays/co.yaml", CALENDAR)):
        (law / path).parent.mkdir(parents=True, exist_ok=True)
        (law / path).write_text(text, encoding="utf-8")
    return law


def cadencia(*words: object) -> int:
    parser = argparse.ArgumentParser(prog="cadencia")
    rules.add(parser.add_subparsers(required=True))
    args = parser.parse_args(["rules", *map(str, words)])
    return int(args.run(args))


def change(root: Path, old: str, new: str, path: str = "co/a.yaml") -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), encoding="utf-8")


def test_check_counts_and_passes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("check", "co", "--root", root) == 0
    out = capsys.readouterr().out
    assert "1 file, 3 rules, 16 tests run, 0 not as expected" in out
    assert "0 rules without a denying test" in out
    assert "10 figures, 10 tested on both sides" in out


def test_check_fails_where_one_side_of_a_figure_is_not_tested(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(root, '"Sat 2026-03-07 07:59"', '"Sat 2026-03-07 07:58"')
    change(root, '"Tue 2030-01-08 17:59"', '"Tue 2030-01-08 17:58"')
    assert cadencia("check", "co", "--root", root) == 1
    out = capsys.readouterr().out
    assert (
        "co/a.yaml:9 contact-hours: 08:00 on sat: no test would fail if it were a step looser; "
        "write a test at 07:59 on one of: sat, expect: deny, by: contact-hours"
    ) in out
    assert "warning: co/a.yaml:33 contact-hours: 18:00 on mon tue wed thu fri sat sun: no test would fail" in out
    assert "10 figures, 8 tested on both sides" in out
    assert out.splitlines()[-1] == "1 mistake, 1 warning"


def test_check_names_every_mistake_with_file_line_and_cure(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(root, 'sat: "08:00-15:00"', "sat: 08:00-15:00")
    change(root, "channel_ban: closed", "channel_bann: closed", "us/b.yaml")
    assert cadencia("check", "--root", root) == 1
    out = capsys.readouterr().out
    assert "co/a.yaml:10 contact-hours: " in out and "us/b.yaml:" in out and "channel_ban" in out
    assert "the tests were not run: mend the mistakes first" in out


def test_check_reports_a_test_that_does_not_come_out(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(root, '"Fri 2026-03-06 18:59", try: call', '"Sat 2026-03-07 18:59", try: call')
    assert cadencia("check", "co/a.yaml", "--root", root) == 1
    assert "co/a.yaml:18 test Sat 2026-03-07 18:59 call: expected allow, got deny by CO.a.contact-hours" in (
        out := capsys.readouterr().out
    )
    assert out.splitlines()[-1] == "2 mistakes, 0 warnings"


def test_check_takes_no_review_of_days_to_come(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review = '  - from: "2023-10-10"\n    review: {by: "Me", on: "2090-01-01"}\n'
    change(root, '  - from: "2023-10-10"\n', review)
    assert cadencia("check", "co", "--root", root) == 1
    out = capsys.readouterr().out
    assert "co/a.yaml:6 version 2023-10-10: reviewed on 2090-01-01, which is still to come; write the day" in out
    assert out.splitlines()[-1] == "1 mistake, 0 warnings"


class _DayOfRelease(datetime):
    """A clock that stands: calendars that are decreed year by year are a warning later."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime(2026, 11, 21, 12, tzinfo=tz)


def test_the_shipped_law_has_nothing_to_mend(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules_check, "datetime", _DayOfRelease)
    assert cadencia("check") == 0
    out = capsys.readouterr().out
    assert out.endswith("\n0 mistakes, 0 warnings\n")


def test_check_counts_rules_without_a_denying_test(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(root, "expect: deny, by: one-a-day", "expect: deny, by: contact-hours")
    assert cadencia("check", "CO", "--root", root) == 1
    out = capsys.readouterr().out
    assert "1 rule without a denying test" in out and "one-a-day: no test denies by it" in out


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_test_runs_versions_in_force_and_drafts(root: Path, engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("test", "--engine", engine, "--root", root) == 0
    assert capsys.readouterr().out == f"18 of 18 tests as expected, {engine} engine\n"


def test_test_fails_when_one_fails_or_none_can_run(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(root, "17:59", "18:30")
    assert cadencia("test", "--root", root) == 1
    assert "17 of 18 tests as expected" in capsys.readouterr().out
    change(root, "versions:", "verzions:")
    assert cadencia("test", "--root", root) == 1
    assert "the tests were not run" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("XX", "there is no jurisdiction XX; countries on file: CO, US; to add one, write its law in "),
        ("CO-ANT", "there is no jurisdiction CO-ANT; in co/ are: CO"),
        ("co/none.yaml", "there is no co/none.yaml, here or below"),
        ("holidays", "holds calendars"),
    ],
)
def test_check_of_what_is_not_there_is_wrong_usage(
    root: Path, target: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cadencia("check", target, "--root", root) == 2
    found = capsys.readouterr()
    assert message in found.err and found.out == ""


def test_paths_outside_the_root_are_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = root.parent / "elsewhere.yaml"
    outside.write_text(LAW, encoding="utf-8")
    assert cadencia("check", outside, "--root", root) == 2
    (root / "co" / "link.yaml").symlink_to(outside)
    assert cadencia("check", "co/link.yaml", "--root", root) == 2
    assert cadencia("check", "--root", root / "nowhere") == 2
    err = capsys.readouterr().err
    assert err.count("lies outside") + err.count("there is no co/link.yaml") == 2 and "is not a folder" in err


def test_explain_an_open_minute(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("explain", "CO", "--at", "2026-05-19T09:00-05:00", "--root", root) == 0
    out = capsys.readouterr().out
    assert "Law in force on 2026-05-19 - CO" in out
    assert "Colombia: a law (co/a.yaml; in force from 2023-10-10; not reviewed by counsel)" in out
    assert "one-a-day: At most one contact a day for each person and creditor; unanswered calls count." in out
    assert "Source: Law 1, art. 3. Force: guidance." in out and "Reading: An unanswered call counts." in out
    assert "07:00-19:00  calls, voicemails" in out
    assert "2026-05-19 09:00 America/Bogota: open for calls on an ordinary debt." in out


def test_explain_a_closed_minute_in_spanish(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("explain", "co", "--at", "2026-05-18T09:00-05:00", "--lang", "es", "--root", root) == 0
    out = capsys.readouterr().out
    assert "Horario del 2026-05-18, America/Bogota (una deuda corriente) - festivo" in out
    assert "cerrado todo el día" in out
    assert "CO.a.contact-hours: Fuera de horario. (Law 1, art. 3)" in out
    assert "Abre 2026-05-19 07:00" in out


def test_explain_a_whole_day_asks_no_minute(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("explain", "CO", "--at", "2023-10-09", "--root", root) == 0
    out = capsys.readouterr().out
    assert "No law in force." in out and "open for calls" not in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("CO", "--at", "2026-05-18T09:00"), "has no offset; write for example 2026-05-18T09:00-05:00"),
        (("CO", "--at", "tomorrow"), "--at tomorrow is no time"),
        (("CO", "--at", "9999-12-31"), "--at 9999-12-31 is beyond what is known of clocks; write a year from 1900 to"),
        (("CO", "--at", "2100-01-01"), "--at 2100-01-01 is beyond what is known of clocks"),
        (("CO", "--at", "0001-01-01T00:00+14:00"), "--at 0001-01-01T00:00+14:00 is beyond what is known of clocks"),
        (("CO", "--at", "9999-12-31T23:59-12:00"), "--at 9999-12-31T23:59-12:00 is beyond what is known of clocks"),
        (("US", "--zone", "Mars/Base"), "--zone Mars/Base is not a zone"),
        (("CO", "--channel", "telex"), "telex is not a channel; one of: call,"),
    ],
)
def test_explain_says_what_is_missing(
    root: Path, words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cadencia("explain", *words, "--root", root) == 2
    assert message in capsys.readouterr().err


def test_explain_takes_the_zone_that_the_offset_fits(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = "2026-05-18T09:00-04:00"
    assert (
        cadencia("explain", "US", "--at", at, "--zone", "America/New_York", "--channel", "visit", "--root", root) == 0
    )
    out = capsys.readouterr().out
    assert "2026-05-18 09:00 America/New_York: closed for visits" in out
    assert "US.b.no-visits: This channel is closed. (Law 3)" in out and "It does not open again." in out


@pytest.mark.parametrize("at", [(), ("--at", "2026-05-18"), ("--at", "2026-05-18T09:00+03:00")])
def test_explain_without_hours_where_there_are_several_zones(
    root: Path, at: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cadencia("explain", "US", *at, "--root", root) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "no-visits: Visits are not permitted. Source: Law 3." in out
    assert "US has several time zones: for the opening hours add --zone with one of: America/Adak, " in out
    assert "Opening hours" not in out and "on an ordinary debt" not in out


def test_explain_a_place_that_the_law_above_covers(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    covers = 'holidays: none\ncovers: ["US-VT"]\ncovers_reading: "No law of its own was found."\n'
    change(root, "holidays: none\n", covers, "us/b.yaml")
    assert cadencia("explain", "us-vt", "--at", "2026-05-18T09:00-04:00", "--root", root) == 0
    out = capsys.readouterr().out
    assert "US-VT has no law of its own on file; that of US holds there." in out
    assert "Reading: No law of its own was found." in out and "no-visits: Visits are not permitted." in out
    assert "2026-05-18 09:00 America/New_York: open for calls on an ordinary debt." in out
    assert cadencia("explain", "US-NV", "--root", root) == 2
    assert "there is no jurisdiction US-NV" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_explain_in_a_pipe_is_wrapped_without_trailing_blanks(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cadencia("explain", "MX", "--at", "2026-05-18", "--lang", language) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    assert [line for line in lines if len(line) > 100 and " " in line.strip()] == []
    assert max(map(len, lines)) > 90


def test_explain_says_that_readings_are_in_the_language_of_the_file(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cadencia("explain", "CO", "--at", "2026-05-18", "--lang", "pt", "--root", root) == 0
    assert "Leitura (no idioma do arquivo): An unanswered call counts." in capsys.readouterr().out


def test_diff_of_files_in_words_and_json(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = tmp_path / "draft.yaml"
    new.write_text(LAW.replace("at_most: 1", "at_most: 2"), encoding="utf-8")
    assert cadencia("diff", root / "co" / "a.yaml", new) == 0
    out = capsys.readouterr().out
    assert out.splitlines() == [
        f"{tmp_path.name}/draft.yaml, version 2023-10-10, one-a-day: looser",
        "  before: At most one contact a day for each person and creditor; unanswered calls count.",
        "  now: At most two contacts a day for each person and creditor; unanswered calls count.",
        "1 change, 2 rules unchanged; all together: looser.",
    ]
    assert cadencia("diff", root / "co" / "a.yaml", new, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["effect"], found["rules_unchanged"], len(found["changes"])) == ("loosens", 2, 1)
    assert found["changes"][0]["field"] == "frequency_cap.at_most"
    assert cadencia("diff", root, root, "--lang", "pt") == 0
    assert capsys.readouterr().out == "Nenhuma diferença de sentido; 4 regras sem mudança.\n"


def test_diff_of_what_cannot_be_compared(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = root / "co" / "a.yaml"
    assert cadencia("diff", file, tmp_path / "none.yaml") == 2
    assert cadencia("diff", file, root) == 2
    bad = tmp_path / "bad.yaml"
    bad.write_text("jurisdiction: CO\n", encoding="utf-8")
    assert cadencia("diff", file, bad) == 1
    err = capsys.readouterr().err
    assert "there is no" in err and "a file and a folder are not compared" in err and "NEW: " in err


def test_list_as_columns_and_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cadencia("list", "--root", root) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["jurisdiction", "file", "from", "until"]
    assert lines[1].split()[:5] == ["CO", "co/a.yaml", "2023-10-10", "-", "in_force"]
    assert "1 statute, 1 guidance" in lines[1]
    assert lines[-1] == "3 versions in 2 jurisdictions, 4 rules"
    assert cadencia("list", "CO", "--root", root) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 versions in 1 jurisdiction, 3 rules"
    assert cadencia("list", "US", "--root", root) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 version in 1 jurisdiction, 1 rule"
    assert cadencia("list", "--at", "2026-05-18", "--json", "--root", root) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["file"], row["rules"], row["tests"]) for row in rows] == [("co/a.yaml", 2, 12), ("us/b.yaml", 1, 2)]
    assert rows[0]["force"] == {"statute": 1, "guidance": 1}


def test_list_refuses_a_date_that_is_none() -> None:
    with pytest.raises(SystemExit) as ended:
        cadencia("list", "--at", "18/05/2026")
    assert ended.value.code == 2


def test_list_says_what_could_not_be_read(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(root, "versions:", "verzions:", "us/b.yaml")
    assert cadencia("list", "--root", root) == 1
    found = capsys.readouterr()
    assert "us/b.yaml:5" in found.err and "co/a.yaml" in found.out


def test_strip_of_a_day() -> None:
    shown = strip([(420, 1140), (1200, 1215)])
    assert shown == "·" * 14 + "█" * 24 + "··" + "▒" + "·" * 7
    assert figures([(420, 1140), (1200, 1440)]) == "07:00-19:00, 20:00-24:00"


def test_rows_in_a_pipe_are_plain(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(("a", "long"), [("first", "x"), ("b", "[y]")])
    assert capsys.readouterr().out == "a      long\nfirst  x\nb      [y]\n"
