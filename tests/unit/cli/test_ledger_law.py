"""Whoever puts a rulebook in use fills the archive, and fills it first."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadencia.cli import main
from cadencia.cli.ledger_law import Law
from cadencia.cli.rulebook import opened_rulebook
from cadencia.evidence.archive import Archive
from cadencia.evidence.seal import EvidenceError
from tests.unit.cli.ledgers import CONTACT, LAW, PERSON, Desk


def kept(desk: Desk) -> Archive:
    return Archive(Path(f"{desk.ledger}.archive"))


def test_a_reservation_is_evidence_without_more_ado(desk: Desk, tmp_path: Path) -> None:
    desk.reserved()
    pack = str(tmp_path / "pack.zip")
    asked = ["--ledger", str(desk.ledger), "--secret", str(desk.secret), *PERSON, "-o", pack]
    assert main(["evidence", "build", *asked, "--at", "2026-06-01T00:00Z"]) == 0
    assert main(["evidence", "verify", pack]) == 0


def test_another_law_is_kept_beside_the_first(desk: Desk) -> None:
    desk.reserved("k1")
    first = opened_rulebook(desk.law).hash
    (desk.law / "co" / "small.yaml").write_text(LAW.replace('cite: "art. 1"', 'cite: "art. 2"'))
    desk.reserved("k2")
    second = opened_rulebook(desk.law).hash
    assert first != second
    assert kept(desk).holds(first) and kept(desk).holds(second)


def test_who_only_looks_keeps_nothing(desk: Desk) -> None:
    desk.run("fact", *PERSON, "--source", "a letter", "--fact", "opt_out", "--channel", "sms")
    desk.run("inbound", *PERSON)
    desk.run("allowances", *CONTACT)
    assert not Path(f"{desk.ledger}.archive").exists()


def test_what_cannot_be_kept_is_not_put_in_use(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between the two leaves files of a rulebook that was never in use, not the other way round."""

    def full(self: Archive, *args: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Archive, "publish", full)
        code, _, err = desk.run("reserve", *CONTACT, "--key", "k1")
    assert code == 2 and "No space left" in err
    assert '"entries":0' in desk.run("check", "--json")[1]
    assert not kept(desk).holds(opened_rulebook(desk.law).hash)
    desk.reserved()
    assert kept(desk).holds(opened_rulebook(desk.law).hash)


def test_a_text_that_was_lost_is_put_back(desk: Desk) -> None:
    desk.reserved("k1")
    for text in Path(f"{desk.ledger}.archive", "texts").iterdir():
        text.unlink()
    desk.reserved("k2")
    assert kept(desk).holds(opened_rulebook(desk.law).hash)


def test_files_that_changed_after_they_were_compiled_are_told(desk: Desk, tmp_path: Path) -> None:
    law = Law.opened(desk.law)
    (desk.law / "co" / "small.yaml").write_text(LAW.replace('cite: "art. 1"', 'cite: "art. 2"'))
    with pytest.raises(EvidenceError, match="these files do not make the rulebook"):
        law.keep(tmp_path / "archive")
    assert not Archive(tmp_path / "archive").holds(law.engine.rulebook.hash)


def test_an_altered_publication_is_told(desk: Desk) -> None:
    desk.reserved("k1")
    (publication,) = Path(f"{desk.ledger}.archive", "publications").iterdir()
    publication.write_text("{}")
    code, _, err = desk.run("reserve", *CONTACT, "--key", "k2")
    assert code == 2 and "was altered; move it away" in err
