"""The archive keeps what rulebooks were made from, and tells when it was altered."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from cadencia.evidence.archive import Archive, book_hash, publication_of
from cadencia.evidence.caps import simple_caps, zone_spans
from cadencia.evidence.seal import EvidenceError, Seal
from tests.unit.evidence.stories import CAP, CAP_FROM, archive, law


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    kept, (loaded, rulebook) = archive(tmp_path), law()
    found = kept.publication(rulebook.hash)
    assert found == publication_of(loaded, rulebook) == kept.publish(loaded, rulebook)
    assert found and book_hash(found) == rulebook.hash
    assert kept.text(found.files["co/ley-2300.yaml"]).decode() == loaded.texts["co/ley-2300.yaml"]
    assert found.calendars["co/ley-2300.yaml"] == ["co"]


def test_what_was_never_kept(tmp_path: Path) -> None:
    empty = Archive(tmp_path)
    assert empty.publication("sha256:" + "0" * 64) is None and empty.seals() == []
    with pytest.raises(EvidenceError, match="is missing or was altered"):
        empty.text("0" * 64)
    for name in ("../../etc/passwd", "sha256:../x", ""):
        with pytest.raises(EvidenceError, match="is not the hash of a rulebook"):
            empty.publication(name)
    with pytest.raises(EvidenceError, match="is missing or was altered"):
        empty.text("../../etc/passwd")


def test_other_files_than_those_of_the_rulebook(tmp_path: Path) -> None:
    loaded, rulebook = law()
    changed = dataclasses.replace(loaded, texts=loaded.texts | {"co/ley-2300.yaml": "x"})
    with pytest.raises(EvidenceError, match="these files do not make the rulebook"):
        Archive(tmp_path).publish(changed, rulebook)


def test_altered_files_are_told(tmp_path: Path) -> None:
    kept, (loaded, rulebook) = archive(tmp_path), law()
    publication = publication_of(loaded, rulebook)
    sha = publication.files["co/ley-2300.yaml"]
    (tmp_path / "texts" / sha).write_text("x")
    with pytest.raises(EvidenceError, match=f"text {sha} is missing or was altered"):
        kept.text(sha)
    with pytest.raises(EvidenceError, match="nothing in an archive is changed"):
        kept.publish(loaded, rulebook)
    (file,) = (tmp_path / "publications").iterdir()
    for text in ("", "{}", file.read_text().replace(sha, "0" * 64), file.read_text().replace(sha, "0" * 63)):
        file.write_text(text)
        with pytest.raises(EvidenceError, match=r"publication of sha256:\w+ was altered"):
            kept.publication(rulebook.hash)


def test_seals_are_kept_in_order_and_never_changed(tmp_path: Path) -> None:
    kept = Archive(tmp_path)
    seals = [Seal(n=n, at="2026-05-19T20:00:00Z", chain="00", root="11") for n in (7, 1000, 12)]
    for seal in (*seals, seals[0]):
        kept.add_seal(seal)
    assert [seal.n for seal in kept.seals()] == [7, 12, 1000]
    with pytest.raises(EvidenceError, match="nothing in an archive is changed"):
        kept.add_seal(msgspec.structs.replace(seals[0], root="22"))
    (tmp_path / "seals" / f"{8:020}.json").write_text("?")
    with pytest.raises(EvidenceError, match=r"seal 0+8\.json cannot be read"):
        kept.seals()


def test_caps_that_can_be_counted_again() -> None:
    cap = simple_caps(law()[1])[CAP][CAP_FROM]
    assert (cap["at_most"], cap["unit"], cap["n"], cap["same"]) == (1, "civil_days", 1, 2)


def test_zones_reach_over_the_years_of_evidence() -> None:
    spans = zone_spans(law()[1])
    assert [offset for _, offset in spans["America/Bogota"]] == [-18_000]
    assert len(spans["America/New_York"]) > 70 and spans["US/Eastern"] == spans["America/New_York"]
    assert all(later > start for zone in spans.values() for (start, _), (later, _) in pairwise(zone))
