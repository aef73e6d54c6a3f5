"""The compiled rulebook on disk: kept, found again, and never believed when somebody else could have written it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec
import pytest

from cadencia.engine.tables import Rulebook
from cadencia.rules import cache, load
from cadencia.rules.cache import content_key, jurisdictions_folder, open_rulebook, read_kept
from cadencia.rules.compile import CompileError

LAW = """\
jurisdiction: "XA"
title: "A place for tests"
timezone: "America/Bogota"
holidays: none
versions:
  - from: "2020-01-01"
    status: in_force
    review: unreviewed
    rules:
      contact-hours:
        contact_window: {every-day: "08:00-20:00"}
        cite: "Test law, art. 1"
"""


@pytest.fixture
def law(tmp_path: Path) -> Path:
    root = tmp_path / "law"
    (root / "xa").mkdir(parents=True)
    (root / "xa" / "law.yaml").write_text(LAW)
    return root


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    return folder


def test_a_second_opening_reads_what_the_first_kept(law: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_rulebook(law, cache=kept)
    monkeypatch.setattr("cadencia.rules.compile.compile_rulebook", lambda *args, **words: pytest.fail("compiled again"))
    assert open_rulebook(law, cache=kept) == first


def test_a_changed_byte_is_another_rulebook(law: Path, kept: Path) -> None:
    before = open_rulebook(law, cache=kept)
    (law / "xa" / "law.yaml").write_text(LAW.replace("20:00", "19:00"))
    after = open_rulebook(law, cache=kept)
    assert after.hash != before.hash
    assert len(list(kept.glob("rulebook-*"))) == 2
    assert len(list(kept.glob("places-*"))) == 1


def test_a_file_moved_to_another_folder_is_another_key(law: Path) -> None:
    before = content_key(law)
    shutil.move(law / "xa", law / "xb")
    assert content_key(law) != before


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 4096])
def test_a_damaged_file_is_compiled_anew(law: Path, kept: Path, damage: bytes) -> None:
    whole = open_rulebook(law, cache=kept)
    path = next(kept.glob("rulebook-*"))
    path.write_bytes(damage)
    assert read_kept(path) is None
    assert open_rulebook(law, cache=kept) == whole


def test_damaged_location_tables_are_made_anew(law: Path, kept: Path) -> None:
    whole = open_rulebook(law, cache=kept)
    next(kept.glob("rulebook-*")).unlink()
    next(kept.glob("places-*")).write_bytes(b"damaged")
    assert open_rulebook(law, cache=kept) == whole


def test_a_folder_that_others_may_write_is_not_used(law: Path, kept: Path) -> None:
    whole = open_rulebook(law, cache=kept)
    poisoned = msgspec.structs.replace(whole, rules=())
    path = next(kept.glob("rulebook-*"))
    path.unlink()
    cache.keep(path, poisoned)
    kept.chmod(0o777)
    assert open_rulebook(law, cache=kept) == whole


def test_a_file_that_others_may_write_is_not_read(law: Path, kept: Path) -> None:
    open_rulebook(law, cache=kept)
    path = next(kept.glob("rulebook-*"))
    path.chmod(0o666)
    assert read_kept(path) is None


def test_a_link_or_a_pipe_under_the_name_is_not_followed(law: Path, kept: Path, tmp_path: Path) -> None:
    open_rulebook(law, cache=kept)
    path = next(kept.glob("rulebook-*"))
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert read_kept(path) is None
    path.unlink()
    os.mkfifo(path, 0o600)
    assert read_kept(path) is None


def test_a_folder_that_cannot_be_made_only_costs_time(law: Path, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    assert isinstance(open_rulebook(law, cache=tmp_path / "a-file" / "cache"), Rulebook)


def test_files_with_mistakes_make_no_rulebook(law: Path, kept: Path) -> None:
    (law / "xa" / "law.yaml").write_text(LAW.replace('"08:00-20:00"', "8-20"))
    with pytest.raises(CompileError, match=r"law\.yaml"):
        open_rulebook(law, cache=kept)
    assert list(kept.iterdir()) == []


def test_the_shipped_law_is_found() -> None:
    assert (jurisdictions_folder() / "co" / "ley-2300.yaml").is_file()


def test_the_home_sign_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CADENCIA_CACHE", "~/rulebooks")
    assert cache.cache_folder() == tmp_path / "rulebooks"


def test_a_law_that_changes_while_it_is_read_is_not_kept_under_the_name_of_another(
    law: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = law / "xa" / "law.yaml"

    def changed(root: Path) -> load.Loaded:
        file.write_text(LAW.replace("20:00", "23:00"))
        try:
            return read(root)
        finally:
            file.write_text(LAW)  # back before anything is compiled: hashing it again would not show it

    read = load.load_tree
    monkeypatch.setattr(load, "load_tree", changed)
    loose = open_rulebook(law, cache=kept)
    assert list(kept.glob("rulebook-*")) == []
    monkeypatch.undo()
    strict = open_rulebook(law, cache=kept)
    assert strict.hash != loose.hash
    assert len(list(kept.glob("rulebook-*"))) == 1


def test_a_law_that_vanishes_before_it_is_read_is_not_kept(
    law: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = law / "xa" / "other.yaml"
    other.write_text(LAW)
    read = load.load_tree

    def without(root: Path) -> load.Loaded:
        other.unlink()
        return read(root)

    monkeypatch.setattr(load, "load_tree", without)
    open_rulebook(law, cache=kept)
    assert list(kept.glob("rulebook-*")) == []


def test_the_shipped_calendars_that_a_policy_may_take_are_in_the_key(
    law: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    (shipped / "holidays").mkdir(parents=True)
    (shipped / "holidays" / "uy.yaml").write_text('country: "UY"\n')
    monkeypatch.setattr(cache, "jurisdictions_folder", lambda: shipped)
    before = content_key(law)
    (shipped / "holidays" / "uy.yaml").write_text('country: "UY"\nuntil: 2030\n')
    assert content_key(law) != before
