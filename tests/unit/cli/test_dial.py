"""`cadencia dial abandonment`: a call log in, each law's rate out; bad logs told with line and cure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cadencia.cli import main

HEAD = "campaign,answered_at,greeted_at,agent_at,ended_at,machine\n"
GOOD = HEAD + "".join(
    f"spring,2026-11-16T09:00:{n % 60:02d}-05:00,,2026-11-16T09:00:{n % 60:02d}.9-05:00,,no\n" for n in range(98)
)
DROP = "spring,2026-11-16T09:30:00-05:00,,,2026-11-16T09:30:07-05:00,no\n"
WHERE = ("--jurisdiction", "US", "--zone", "America/New_York", "--purpose", "marketing")
AT = ("--at", "2026-11-16T12:00-05:00")


def dial(tmp_path: Path, text: str, *more: str) -> int:
    log = tmp_path / "log.csv"
    log.write_text(text, encoding="utf-8")
    return main(["dial", "abandonment", str(log), *more])


def test_within_the_cap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dial(tmp_path, GOOD + 2 * DROP, *WHERE, *AT) == 0
    told = capsys.readouterr().out
    assert "spring  US.tsr.abandonment: 2 / 100 = 2.00%; cap 3%; 100 of 100 calls since " in told
    assert "since 2026-11-16T00:00-05:00; 1 more" in told
    assert "[16 CFR 310.4(b)(1)(iv), (b)(4)]" in told


@pytest.mark.parametrize(("language", "word"), [("en", "EXCEEDED"), ("es", "SUPERADO"), ("pt", "EXCEDIDO")])
def test_over_the_cap(tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, word: str) -> None:
    assert dial(tmp_path, GOOD + 4 * DROP, *WHERE, *AT, "--lang", language) == 1
    assert word in capsys.readouterr().out


def test_a_rate_of_the_house_is_said_to_be_no_law_and_calls_outside_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dial(tmp_path, GOOD, "--jurisdiction", "CO", "--at", "2026-11-15T12:00-05:00") == 0
    told = capsys.readouterr().out
    assert "CO.dialing.abandonment: no calls that count; cap 3%" in told
    assert "0 of 98 calls since 2026-11-15T00:00-05:00" in told
    assert "house policy, not law]" in told


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dial(tmp_path, GOOD + 2 * DROP, *WHERE, *AT, "--json") == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["rule"] for one in told} == {"US.tsr.abandonment", "US.tcpa.abandonment"}
    assert {(one["numerator"], one["denominator"], one["exceeded"]) for one in told} == {(2, 100, False)}


@pytest.mark.parametrize(
    ("text", "more", "told"),
    [
        ("a,b\n1,2\n", (), "line 1: the columns are a, b; write campaign, answered_at"),
        ("", (), "line 1: the columns are none"),
        (HEAD, (), "holds no answered call"),
        (HEAD + "x,,,,,no\n", (), "line 2: answered_at is empty; leave calls out that were not answered"),
        (HEAD + "x,2026-11-16T09:00,,,,no\n", (), "line 2: answered_at is '2026-11-16T09:00'; write an instant with"),
        (HEAD + "x,2026-11-16T09:00Z,,2026-11-16T08:59Z,,no\n", (), "line 2: agent_at is before answered_at"),
        (HEAD + "x,2026-11-16T09:00Z,,,,perhaps\n", (), "line 2: machine is 'perhaps'; write yes or no"),
        (HEAD + "x,2026-11-16T09:00Z\n", (), "line 2: has not 6 fields"),
        (HEAD + 'x,"2026\n', (), "unexpected end of data"),
        (HEAD + "x,9999-11-16T09:00Z,,,,no\n", (), "line 2: answered_at is '9999-11-16T09:00Z'; write an instant"),
        (GOOD, ("--at", "9999-12-31T23:59-12:00"), "--at is '9999-12-31T23:59-12:00'; write an instant of the years"),
        ("x" * 200_000, (), "line 1: field larger than field limit"),
        (GOOD, ("--at", "noon"), "--at is 'noon'"),
        (GOOD, ("--jurisdiction", "ZZ"), "there is no law on file of ZZ; see: cadencia rules list"),
        (GOOD, ("--zone", "America/Nowhere"), "America/Nowhere is no time zone"),
    ],
)
def test_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, more: tuple[str, ...], told: str
) -> None:
    assert dial(tmp_path, text, *WHERE, *AT, *more) == 2
    assert told in capsys.readouterr().err


def test_a_place_of_several_zones_asks_for_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dial(tmp_path, GOOD, "--jurisdiction", "US", *AT) == 2
    assert "US has several time zones; say --zone" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"\xff\xfe\x00", "line 1: byte 0xff is not UTF-8"),
     (GOOD.encode() + b"a\xf1o,", "line 100: byte 0xf1 is not UTF-8")],
)  # fmt: skip
def test_a_log_that_is_not_text(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, told: str) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(data)
    assert main(["dial", "abandonment", str(log), *WHERE, *AT]) == 2
    assert told in capsys.readouterr().err


def test_a_campaign_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dial(tmp_path, GOOD.replace("spring", "\x1b[2Jspring"), *WHERE, *AT) == 0
    told = capsys.readouterr().out
    assert "\\x1b[2Jspring  US.tsr.abandonment: " in told
    assert "\x1b" not in told


def test_a_call_of_which_nothing_is_known_never_makes_the_rate_lower(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = GOOD.removeprefix(HEAD).replace(",no\n", ",\n")
    assert dial(tmp_path, GOOD + unknown + 2 * DROP.replace(",no\n", ",\n"), *WHERE, *AT) == 0
    told = capsys.readouterr().out
    assert "US.tsr.abandonment: 2 / 100 = 2.00%" in told
    assert "; left out, person or machine not known: 98  [" in told


def test_a_share_beyond_one_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        dial(tmp_path, GOOD, *WHERE, *AT, "--persons-among-machines", "4")
    assert "'4' is not a share" in capsys.readouterr().err
