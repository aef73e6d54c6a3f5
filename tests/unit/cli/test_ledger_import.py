"""`cadencia ledger import`: the past is counted, once, and what cannot be read is told."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.unit.cli.ledgers import CONTACT, PERSON, Desk

TENANT = ("--tenant", "t")
GOOD = (
    "ana,2026-05-18T10:00-05:00,call,no_answer,d1,+573001234567,",
    "ana,2026-05-18T11:00-05:00,sms,message_delivered,d1,+573001234567,",
    "leo,2026-05-18T11:00-05:00,call,right_party_contact,,,E-1",
)


def test_the_past_counts(desk: Desk) -> None:
    code, out, err = desk.run("import", *TENANT, "--history", desk.past(*GOOD), "--source", "old dialer")
    assert (code, out, err) == (0, "", "3 lines: 3 imported, 0 there before, 0 bad\n")
    code, _, _ = desk.run("reserve", *CONTACT, "--key", "k1")
    assert code == 1, "two contacts of the last week are on record"
    moments = desk.answer("timeline", *PERSON)["timeline"]
    assert [(one["kind"], one["channel"], one["outcome"]) for one in moments][:2] == [
        ("imported", "call", "no_answer"), ("imported", "sms", "message_delivered"),
    ]  # fmt: skip
    told = moments[0]["told"]
    assert told["batch"] == "past.csv 2026-05-19T15:00:00+00:00"
    assert (told["at"], told["source"], told["address"]) == ("2026-05-18T15:00:00Z", "old dialer", "+573001234567")
    assert desk.run("check")[0] == 0


def test_a_repeat_adds_nothing(desk: Desk) -> None:
    past = desk.past(*GOOD)
    desk.run("import", *TENANT, "--history", past)
    assert desk.run("import", *TENANT, "--history", past)[2] == "3 lines: 0 imported, 3 there before, 0 bad\n"
    more = desk.past(GOOD[1], "leo,2026-05-18T12:00-05:00,call,busy,,,", GOOD[0], name="more.csv")
    assert desk.run("import", *TENANT, "--history", more)[2] == "3 lines: 1 imported, 2 there before, 0 bad\n"
    other = desk.run("import", "--tenant", "other", "--history", past)[2]
    assert other == "3 lines: 3 imported, 0 there before, 0 bad\n", "a tenant's own"


def test_lines_alike_count_each_unless_they_have_one_id(desk: Desk) -> None:
    past = desk.past(*[GOOD[0]] * 3, *[GOOD[2]] * 3)
    assert desk.run("import", *TENANT, "--history", past)[2] == "6 lines: 4 imported, 2 there before, 0 bad\n"
    assert desk.run("import", *TENANT, "--history", past)[2] == "6 lines: 0 imported, 6 there before, 0 bad\n"


def test_poisoned_lines_are_told_and_the_good_go_through(desk: Desk) -> None:
    past = desk.past(
        GOOD[0],
        "ana,2026-05-18T10:00,call,no_answer,d1,,",
        "ana,2026-05-18T10:00-05:00,smoke,no_answer,d1,,",
        "ana,2026-05-18T10:00-05:00,call,vanished,d1,,",
        ",2026-05-18T10:00-05:00,call,busy,d1,,",
        "leo,2026-05-20T10:00-05:00,call,busy,d1,,",
        'leo,"2026-05-18',
        "leo,2026-05-18T10:00-05:00,call,busy,d1,12,",
        "=2+5,1999-05-18T10:00-05:00,call,busy,d1,,",
        GOOD[2],
    )
    code, _, err = desk.run("import", *TENANT, "--history", past, "--lang", "es")
    assert code == 3
    assert err.splitlines()[0] == "10 líneas: 2 importadas, 0 ya estaban, 8 malas"
    assert "De 3 personas, y de 2 líneas que no dicen de quién son, se cuenta de menos" in err
    with Path(f"{past}.bad.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["field"]) for row in rows] == [
        ("3", "at"), ("4", "channel"), ("5", "kind"), ("6", "person"), ("7", "at"), ("8", "line"), ("9", "address"),
        ("10", "at"),
    ]  # fmt: skip
    assert "una de" in rows[1]["cure"] or "uno de" in rows[1]["cure"]
    assert Path(f"{past}.bad.csv").stat().st_mode & 0o077 == 0
    assert json.loads(desk.run("check", "--json")[1])["events"] == 2


def test_a_mended_line_is_taken_in_later(desk: Desk) -> None:
    desk.run("import", *TENANT, "--history", desk.past(GOOD[0], "ana,then,call,busy,d1,,"))
    again = desk.past(GOOD[0], "ana,2026-05-17T10:00-05:00,call,busy,d1,,")
    assert desk.run("import", *TENANT, "--history", again)[2] == "2 lines: 1 imported, 1 there before, 0 bad\n"


def test_who_was_erased_is_not_taken_in_again(desk: Desk) -> None:
    past = desk.past(*GOOD)
    desk.run("import", *TENANT, "--history", past)
    assert desk.run("erase", *PERSON, "--yes")[0] == 0
    code, _, err = desk.run("import", *TENANT, "--history", past)
    assert (code, err.splitlines()[0]) == (3, "3 lines: 0 imported, 1 there before, 2 bad")
    assert "the person was erased" in err


def test_ndjson_and_parquet_say_the_same(desk: Desk) -> None:
    rows = list(csv.DictReader(Path(desk.past(*GOOD)).read_text().splitlines()))
    table = desk.folder / "past.parquet"
    pq.write_table(pa.Table.from_pylist([{name: text or None for name, text in row.items()} for row in rows]), table)
    lines = desk.folder / "past.ndjson"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert desk.run("import", *TENANT, "--history", str(table))[2].startswith("3 lines: 3 imported")
    assert desk.run("import", *TENANT, "--history", str(lines))[2].startswith("3 lines: 0 imported, 3 there")


def test_wrong_usage(desk: Desk) -> None:
    past = desk.past("ana,2026-05-18T10:00-05:00,call,no_answer,d1,,")
    for more, told in (
        (("--history", "/nonexistent.csv"), "cannot be opened"),
        (("--history", past, "--default-country", "C1"), "two letters"),
        (("--history", past, "--bad", past), "give another name"),
        (("--history", str(desk.folder / "past.xyz")), "names no format"),
    ):
        code, _, err = desk.run("import", *TENANT, *more)
        assert code == 2
        assert told in err
    (desk.folder / "odd.csv").write_text("person,when\nana,now\n")
    code, _, err = desk.run("import", *TENANT, "--history", str(desk.folder / "odd.csv"))
    assert code == 2
    assert "column 'when' is not known" in err
