"""`cadencia ledger export` and `erase`: Parquet by day, and a person's data gone from all that lies on disk."""

from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.unit.cli.ledgers import CONTACT, PERSON, Desk

TOLD = ("--source", "a call")


def rows(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for path in sorted(folder.glob("*.parquet")):
        found += pq.read_table(path).to_pylist()
    return found


def told_of_two_days(desk: Desk) -> Path:
    """A ledger of ana and leo, exported; the folder."""
    desk.reserved()
    desk.times.go(86_400)
    desk.run("fact", *PERSON, *TOLD, "--fact", "opt_out", "--channel", "sms")
    desk.run("fact", "--tenant", "t", "--person", "leo", *TOLD, "--fact", "opt_out", "--channel", "sms")
    out = desk.folder / "export"
    code, _, err = desk.run("export", "--out", str(out))
    assert code == 0
    assert err.endswith("files; they hold payloads, readable by you alone\n")
    return out


def test_a_file_a_day(desk: Desk) -> None:
    out = told_of_two_days(desk)
    assert [path.name for path in sorted(out.iterdir())] == ["2026-05-19.parquet", "2026-05-20.parquet"]
    found = rows(out)
    assert [row["n"] for row in found] == list(range(1, len(found) + 1))
    reserved = next(row for row in found if row["kind"] == "reserved")
    assert (reserved["channel"], reserved["outcome"]) == ("call", "pending")
    salt, payload = str(reserved["salt"]), str(reserved["payload"])
    assert hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest() == reserved["digest"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in out.iterdir())
    desk.run("export", "--out", str(out))
    assert len(rows(out)) == len(found), "written anew, not added"


def test_erasing_reaches_everything(desk: Desk) -> None:
    out = told_of_two_days(desk)
    (out / ".2026-05-19.parquet.1.ab.part").write_text("of an export that was killed: ana")
    before = {row["n"]: row["chain"] for row in rows(out)}
    code, said, err = desk.run("erase", *PERSON, "--yes")
    assert (code, said) == (0, "erased; entries without payload now: 2\n")
    assert err == f"{out}: 2 files written anew\n"
    assert not list(out.glob(".*"))
    for row in rows(out):
        assert "ana" not in str(row["payload"])
        assert row["chain"] == before[row["n"]]
        assert (row["payload"] is None) == (row["salt"] is None)
    assert any("leo" in str(row["payload"]) for row in rows(out)), "others stay"
    assert all(one["told"] is None for one in desk.answer("timeline", *PERSON)["timeline"])
    assert desk.run("check")[0] == 0
    denied = desk.answer("reserve", *CONTACT, "--key", "k9")
    assert [reason["rule"] for reason in denied["decision"]["reasons"]] == ["erased"]
    assert desk.run("erase", *PERSON, "--yes")[2] == f"{out}: 0 files written anew\n"


def test_an_export_that_went_elsewhere_is_told(desk: Desk) -> None:
    out = told_of_two_days(desk)
    out.rename(desk.folder / "moved")
    assert "the export is no longer there" in desk.run("erase", *PERSON, "--yes")[2]


@pytest.mark.parametrize(("language", "word"), [("en", "erase"), ("es", "borrar"), ("pt", "apagar")])
def test_it_is_confirmed_with_a_word(desk: Desk, monkeypatch: pytest.MonkeyPatch, language: str, word: str) -> None:
    desk.reserved()
    for typed in ("", "yes\n", "Erase\n"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code, _, err = desk.run("erase", *PERSON, "--lang", language)
        assert code == 2
        assert f"not confirmed, nothing was erased: type '{word}'" in err
    assert all(one["told"] for one in desk.answer("timeline", *PERSON)["timeline"])
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{word}\n"))
    assert desk.run("erase", *PERSON, "--lang", language)[0] == 0


def test_a_folder_is_needed(desk: Desk) -> None:
    code, _, err = desk.run("export", "--out", str(desk.folder / "out"))
    assert code == 2
    assert "no such file" in err
    desk.reserved()
    code, _, err = desk.run("export", "--out", str(desk.secret))
    assert code == 2
    assert "is no folder" in err
