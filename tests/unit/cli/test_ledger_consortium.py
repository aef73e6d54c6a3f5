"""`--consortium`: agencies that share a ledger's secret share its counters, and nobody opens it for another by slip."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cadencia.cli import ledger_actions, main
from tests.unit.cli.ledgers import CONTACT, PERSON, Desk
from tests.unit.cli.test_ledger_postgres import LINES, on, schema

__all__ = ["schema"]  # the fixture: a schema that is dropped afterwards
BUREAU = ("--consortium", "The bureau")
AZUL, ROJO = (("--tenant", name, *CONTACT[2:]) for name in ("azul", "rojo"))


def shared(desk: Desk) -> str:
    """Azul calls, then Rojo, then the two that a week allows are used; Rojo's attempt."""
    assert desk.answer("reserve", *AZUL, *BUREAU, "--key", "k1")["verdict"] == "allow"
    second = desk.answer("reserve", *ROJO, *BUREAU, "--key", "k1")
    assert (second["verdict"], second["replayed"]) == ("allow", False)
    denied = desk.answer("reserve", *ROJO, *BUREAU, "--key", "k2")
    assert [reason["rule"] for reason in denied["decision"]["reasons"]] == ["CO.small.two-a-week"]
    return str(second["attempt"])


def test_what_one_agency_did_counts_for_the_other(desk: Desk) -> None:
    attempt = shared(desk)
    assert desk.run("settle", attempt, "no_answer", *BUREAU)[0] == 0
    assert desk.answer("allowances", *AZUL, *BUREAU)["allowances"][0]["used"] == 2
    assert len(desk.answer("timeline", *AZUL[:4], *BUREAU)["timeline"]) == 1, "what the other did it is not told"
    assert desk.run("check", *BUREAU)[0] == 0


def test_opened_without_it_or_for_another_is_refused(desk: Desk) -> None:
    shared(desk)
    told = "counts within the consortium 'The bureau'; name that one"
    asked: tuple[tuple[str, ...], ...] = (
        ("reserve", *AZUL, "--key", "k9"), ("allowances", *AZUL), ("timeline", *AZUL[:4]), ("check",),
        ("settle", "0" * 32 + "-" + "1" * 16, "busy"), ("serve", "--root", str(desk.law)),
        ("export", "--out", str(desk.folder / "days")), ("erase", *AZUL[:4], "--yes"),
        ("import", "--tenant", "azul", "--history", desk.past()),
    )  # fmt: skip
    for command in asked:
        for consortium in ((), ("--consortium", "another")):
            code, _, err = desk.run(*command, *consortium)
            assert (code, told in err) == (2, True), (command, err)


def test_a_ledger_of_single_tenants_is_not_opened_for_a_consortium(desk: Desk) -> None:
    desk.reserved()
    code, _, err = desk.run("reserve", *CONTACT, "--key", "k2", *BUREAU)
    assert code == 2 and "counts each tenant alone; leave the consortium 'The bureau' out" in err
    with pytest.raises(SystemExit):
        desk.run("timeline", *PERSON, "--consortium", "")


def test_an_erasure_reaches_the_exports_and_no_other_agency(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared(desk)
    days = tmp_path / "days"
    assert desk.run("export", "--out", str(days), *BUREAU)[0] == 0
    with monkeypatch.context() as served:
        served.setattr(ledger_actions, "ask", lambda *asked: {"done": "erased", "entries": 1})
        code, _, err = desk.run("erase", *AZUL[:4], "--yes")
        assert code == 2 and "name that one" in err, "in the exports it would find nobody"
    code, _, err = desk.run("erase", *AZUL[:4], "--yes", *BUREAU)
    assert code == 0 and f"{days}: 1 files written anew" in err
    rows = [row for day in days.glob("*.parquet") for row in pq.read_table(day).to_pylist() if row["subject"]]
    assert {row["tenant"] for row in rows if row["payload"]} == {"rojo"}
    assert desk.answer("allowances", *ROJO, *BUREAU)["allowances"][0]["used"] == 2
    assert desk.run("check", *BUREAU)[0] == 0


def test_a_pack_holds_what_the_others_did_as_far_as_it_counts(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared(desk)
    files = ("--ledger", str(desk.ledger), "--secret", str(desk.secret))
    asked = (*files, "--tenant", "rojo", "--person", "ana", "--at", "2026-06-01", "-o", str(tmp_path / "pack.zip"))
    assert main(["evidence", "build", *asked]) == 1
    assert "name that one" in capsys.readouterr().err
    assert main(["evidence", "build", *asked, *BUREAU]) == 0
    assert main(["evidence", "verify", str(tmp_path / "pack.zip")]) == 0
    assert "\n2 counters counted again; 0 not" in capsys.readouterr().out
    assert main(["evidence", "seal", *files, "--at", "2026-06-01"]) == 1
    assert main(["evidence", "seal", *files, "--at", "2026-06-01", *BUREAU]) == 0


def test_on_postgresql(desk: Desk, schema: str, capsys: pytest.CaptureFixture[str]) -> None:
    past = ("--history", desk.past(*LINES))
    for tenant in ("azul", "rojo"):
        assert on(desk, schema, "import", "--tenant", tenant, *past, *BUREAU) == 0
    capsys.readouterr()
    assert on(desk, schema, "check", *BUREAU) == 0
    assert "4 events of 2 persons" in capsys.readouterr().out
    assert on(desk, schema, "check") == 2
    assert "this ledger counts within the consortium 'The bureau'" in capsys.readouterr().err
