"""`cadencia screen` from the outside: exit codes, messages, files, standard input and output."""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest

from cadencia.cli import screen

GOOD = "ref,phone\nL1,+573001234567\nL2,+34600123456\n"
AT = ("--at", "2026-05-19T09:00-05:00")  # a Tuesday, no holiday


def run(*args: object) -> int:
    parser = argparse.ArgumentParser()
    screen.add(parser.add_subparsers())
    found = parser.parse_args(["screen", *map(str, args)])
    return int(found.run(found))


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "good.csv").write_text(GOOD)
    return tmp_path / "good.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_good_list_exits_0_and_says_what_may_be_called(good: Path, capsys):
    assert run(good, "-o", good.parent / "out.csv", *AT) == 0
    assert [row["ref"] for row in rows(good.parent / "out.csv")] == ["L1", "L2"]
    assert rows(good.parent / "out.csv.bad.csv") == []
    told = capsys.readouterr()
    assert "2 read" in told.out and "CO" in told.out and "By country" in told.out
    assert told.err == ""


def test_a_bad_line_exits_3_and_the_good_ones_go_through(good: Path):
    good.write_text(GOOD + "L3,12\n")
    assert run(good, "-o", good.parent / "out.csv", *AT, "--quiet") == 3
    assert len(rows(good.parent / "out.csv")) == 2
    [bad] = rows(good.parent / "out.csv.bad.csv")
    assert (bad["line"], bad["ref"], bad["field"]) == ("4", "L3", "phone")


def test_bad_lines_go_where_they_are_told_to(good: Path):
    good.write_text(GOOD + "L3,12\n")
    assert run(good, "-o", good.parent / "out.csv", "--bad", good.parent / "errors.csv", *AT, "--quiet") == 3
    assert [row["ref"] for row in rows(good.parent / "errors.csv")] == ["L3"]
    assert not (good.parent / "out.csv.bad.csv").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--at", "2026-05-19T09:00"), "--at 2026-05-19T09:00: which zone? Write its offset: 2026-05-19T09:00-05:00"),
        (("--at", "soon"), "--at soon: not a time; write it as 2026-05-18T09:00-05:00"),
        (("--at", "1999-05-19T09:00Z"), "a year from 2000 to 2099"),
        ((*AT, "--default-country", "COL"), "--default-country COL: two letters of ISO 3166-1"),
        ((*AT, "--threads", "0"), "--threads 0: at least 1"),
        ((*AT, "--plot", "curve.gif"), "curve.gif: a plot is written as .png or .svg"),
        ((*AT, "--root", "/no/such/folder"), "--root /no/such/folder: no such folder"),
        ((*AT, "--history", "/no/history.csv"), "/no/history.csv cannot be opened: No such file or directory"),
        ((*AT, "--history", "past.xlsx"), "past.xlsx: the ending '.xlsx' names no format; let it end with .csv"),
    ],
)
def test_wrong_use_exits_2_and_says_the_cure(good: Path, capsys, args: tuple[str, ...], message: str):
    assert run(good, "-o", good.parent / "out.csv", *args) == 2
    assert message in capsys.readouterr().err
    assert not (good.parent / "out.csv").exists()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "a.csv is empty; the first line must name the columns"),
        ("a.csv", b"ref,phnoe\nL1,1\n", "column 'phnoe' is not known; did you mean 'phone'?"),
        ("a.csv", b"ref,phone\n", "a.csv has no lines below its header"),
        ("a.csv.gz", b"\x1f\x8b", "a.csv.gz is compressed; unpack it first"),
        ("a.parquet", b"nothing", "a.parquet is not a readable Parquet file"),
        ("a.ndjson", b"", "a.ndjson is empty"),
    ],
)
def test_an_unusable_list_exits_2(tmp_path: Path, capsys, name: str, data: bytes, message: str):
    (tmp_path / name).write_bytes(data)
    assert run(tmp_path / name, "-o", tmp_path / "out.csv", *AT) == 2
    assert message in capsys.readouterr().err.replace("\n", " ")


def test_standard_input_and_output(tmp_path: Path, monkeypatch, capsysbinary):
    line = json.dumps({"ref": "L1", "phone": "+573001234567"})
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(f"{line}\nno json\n".encode())))
    assert run("-", "-o", "-", "--format", "ndjson", "--output-format", "ndjson", *AT) == 3
    told = capsysbinary.readouterr()
    [answer] = [json.loads(text) for text in told.out.splitlines()]
    assert (answer["ref"], answer["verdict"]) == ("L1", "allow")
    assert b"By country" in told.err
    assert list(tmp_path.iterdir()) == []


def test_the_options_are_what_lines_mean_that_do_not_say(good: Path):
    good.write_text("ref,phone\nL1,300 123 4567\n")
    args = ("--default-country", "co", "--channel", "visit", "--output-format", "parquet", "--quiet", *AT)
    assert run(good, "-o", good.parent / "out", *args) == 0
    [answer] = pq.read_table(good.parent / "out").to_pylist()
    assert answer["address"] == "+573001234567"
    assert answer["verdict"] == "deny" and "CO.ley-2300.no-visits" in answer["reasons"]  # visits need a consent


def test_a_plot_and_a_language(good: Path, capsys):
    assert run(good, "-o", good.parent / "out.csv", *AT, "--plot", good.parent / "curve.svg", "--lang", "pt") == 0
    assert (good.parent / "curve.svg").read_text().startswith("<?xml")
    assert "Por país" in capsys.readouterr().out


def test_left_out_the_instant_is_now(good: Path, capsys):
    assert run(good, "-o", good.parent / "out.csv", "--quiet") == 0
    assert all(row["retry_at_utc"] > "2026" for row in rows(good.parent / "out.csv"))


def test_a_failure_inside_exits_1_and_names_itself(good: Path, capsys, monkeypatch):
    def failing(*args: object) -> None:
        raise RuntimeError("+573001234567 is on fire")

    monkeypatch.setattr("cadencia.lists.screen.tell", failing)
    assert run(good, "-o", good.parent / "out.csv", *AT) == 1
    told = capsys.readouterr().err
    assert "a failure inside (RuntimeError in test_screen.py:" in told and "+57" not in told
    assert not (good.parent / "out.csv").exists()


def test_a_terminal_sees_lines_and_rate(good: Path, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich then takes standard error for a terminal
    assert run(good, "-o", good.parent / "out.csv", *AT) == 0
    assert "2 lines" in capsys.readouterr().err
    assert run(good, "-o", good.parent / "out.csv", *AT, "--quiet") == 0
    assert capsys.readouterr().err == ""


def test_each_file_without_a_format_is_told_its_own_cure(good: Path, capsys):
    assert run(good, "-o", good.parent / "x.xlsx", *AT) == 2
    assert "the ending '.xlsx' names no format; say --output-format csv, ndjson or parquet" in capsys.readouterr().err
    assert run(good.parent, "-o", good.parent / "out.csv", *AT) == 2
    assert f"{good.parent} is a folder; name a file in it" in capsys.readouterr().err
    assert run(good.rename(good.parent / "list"), "-o", good.parent / "out.csv", *AT) == 2
    assert "a name without ending names no format; say --format csv" in capsys.readouterr().err


def test_what_goes_into_a_pipe_has_no_blanks_at_the_ends_of_lines(good: Path, capsys):
    assert run(good, "-o", good.parent / "out.csv", *AT) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 10 and [line for line in lines if line != line.rstrip()] == []


def test_the_bar_ends_at_the_whole_of_a_small_list(good: Path, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    good.write_text(GOOD + "\n\n")
    assert run(good, "-o", good.parent / "out.csv", *AT) == 0
    shares = re.findall(r"(\d+)%", capsys.readouterr().err)
    assert shares and shares[-1] == "100"


def test_bad_lines_are_told_in_the_language_asked_for(good: Path, capsys):
    good.write_text(GOOD + "L3,12\n")
    assert run(good, "-o", good.parent / "out.csv", *AT, "--lang", "es") == 3
    [bad] = rows(good.parent / "out.csv.bad.csv")
    assert bad["cure"].startswith("escriba el número con +")
    told = capsys.readouterr().out
    assert "##; escriba el número con +" in told and "leer 0,0" in told


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("-o", "out.csv", "--bad", "./out.csv"), "is written as well (the answers)"),
        (("-o", "folder.csv"), "folder.csv cannot be written: it is a folder"),
        (("-o", "out.csv", "--bad", "folder.csv"), "folder.csv cannot be written: it is a folder"),
        (("-o", "out.csv", "--bad", "-"), "bad lines cannot go to standard output"),
        (("-o", "out.csv", "--plot", "out.csv.bad.svg", "--bad", "out.csv.bad.svg"), "(the bad lines)"),
        (("-o", "good.csv"), "is read as well (the list)"),
        (("-o", "/dev/full", "--output-format", "csv"), "/dev/full cannot be written: No space left on device"),
        (("-o", "out.csv", "--bad", "/dev/full"), "/dev/full cannot be written: No space left on device"),
    ],
)
def test_what_cannot_be_written_exits_2_and_leaves_nothing(good: Path, capsys, monkeypatch, args, message: str):
    monkeypatch.chdir(good.parent)
    (good.parent / "folder.csv").mkdir()
    assert run(good, *args, *AT) == 2
    assert message in capsys.readouterr().err
    assert sorted(path.name for path in good.parent.iterdir()) == ["folder.csv", "good.csv"]
    assert good.read_text() == GOOD


def test_equal_rows_of_a_history_all_count_and_are_told(good: Path, capsys):
    good.write_text("ref,person,phone,region\nL1,P1,+16175550101,US-TX\n")
    attempts = "P1,2026-05-18T10:00-05:00,call,no_answer,+16175550101\n" * 7
    (good.parent / "past.csv").write_text("person,at,channel,kind,address\n" + attempts)
    assert run(good, "-o", good.parent / "out.csv", *AT, "--history", good.parent / "past.csv") == 0
    [answer] = rows(good.parent / "out.csv")
    assert "US.reg-f.seven-in-seven" in answer["reasons"]
    told = " ".join(capsys.readouterr().out.split())
    assert "6 rows equal in everything, all counted; give event_id to count once" in told


def test_the_summary_quotes_no_free_text(good: Path, capsys):
    good.write_text("ref,phone,facts\nL1,+573001234567,Ana Maria Gomez\nL2,+573001234567,\n")
    assert run(good, "-o", good.parent / "out.csv", *AT) == 3
    told = capsys.readouterr()
    assert "list facts" in told.out and "xxx xxxxx xxxxx" in told.out
    assert "Gomez" not in told.out + told.err
    assert rows(good.parent / "out.csv.bad.csv")[0]["found"] == "Ana Maria Gomez"


@pytest.mark.parametrize(
    ("row", "secret"),
    [
        ({"ref": "L1", "phone": "+573001234567", "days_past_due": "3005550101"}, "3005550101"),
        ({"ref": "L1", "phone": "+573001234567", "due_date": "+573001234567"}, "+57300"),
        ({"ref": "L1", "phone": "+573001234567", "Ana Gomez": "x"}, "Gomez"),
    ],
)
def test_a_number_or_name_in_the_wrong_column_is_not_told(good: Path, capsys, row: dict[str, str], secret: str):
    path = good.parent / "list.ndjson"
    path.write_text(json.dumps(row) + "\n" + json.dumps({"ref": "L2", "phone": "+573001234567"}) + "\n")
    assert run(path, "-o", good.parent / "out.csv", *AT) == 3
    told = capsys.readouterr()
    assert "line 1" in told.out and secret not in told.out + told.err
    [bad] = rows(good.parent / "out.csv.bad.csv")
    assert secret.lstrip("+") in bad["found"] + bad["field"]


def test_a_full_disk_behind_the_plot_keeps_the_answers(good: Path, capsys):
    (good.parent / "curve.png").symlink_to("/dev/full")
    assert run(good, "-o", good.parent / "out.csv", *AT, "--plot", good.parent / "curve.png") == 2
    assert "curve.png cannot be written: No space left on device" in capsys.readouterr().err
    assert len(rows(good.parent / "out.csv")) == 2
