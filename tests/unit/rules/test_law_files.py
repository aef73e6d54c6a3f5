"""What lies under a root and is no file of law is refused by name, never passed over and never waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cadencia.rules.cache import content_key
from cadencia.rules.compile import CompileError, compile_rulebook
from cadencia.rules.law_files import hash_of, open_law
from cadencia.rules.load import Loaded, load_tree

LAW = """\
jurisdiction: "XA"
title: "A place for tests"
timezone: "America/Bogota"
holidays: none
versions:
  - from: "2020-01-01"
    rules:
      contact-hours:
        contact_window: {every-day: "08:00-20:00"}
        cite: "Test law, art. 1"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "law" / "xa").mkdir(parents=True)
    (tmp_path / "law" / "xa" / "law.yaml").write_text(LAW)
    return tmp_path / "law"


def said(root: Path) -> list[str]:
    loaded = load_tree(root)
    if loaded.problems:
        with pytest.raises(CompileError):
            compile_rulebook(loaded, locates=False)
    return told(loaded)


def told(loaded: Loaded) -> list[str]:
    assert all(problem.line == 0 for problem in loaded.problems)
    return [f"{problem.path}: {problem.message}" for problem in loaded.problems]


def test_law_in_its_place_is_read(root: Path) -> None:
    (root / "translations").mkdir()
    (root / "translations" / "xa.yml").write_text("")
    (root / "README.md").write_text("")
    assert said(root) == []


@pytest.mark.parametrize("name", ["strict.yaml", "strict.YAML", "strict.yml"])
def test_a_file_beside_the_countries_is_refused(root: Path, name: str) -> None:
    (root / name).write_text(LAW)
    cure = "lies beside the countries' folders and is not read; move it into the folder of its country, as us/"
    assert said(root) == [f"{name}: {cure}"]
    assert told(load_tree(root, only="xa")) == [f"{name}: {cure}"]


@pytest.mark.parametrize("ending", [".YAML", ".Yaml", ".yml", ".YML"])
@pytest.mark.parametrize("folder", ["xa", "holidays"])
def test_another_ending_is_refused(root: Path, ending: str, folder: str) -> None:
    (root / folder).mkdir(exist_ok=True)
    (root / folder / f"more{ending}").write_text(LAW)
    assert said(root) == [f"{folder}/more{ending}: a file that ends in {ending}; name it .yaml"]


def test_a_calendar_in_a_folder_of_its_own_is_refused(root: Path) -> None:
    (root / "holidays" / "old").mkdir(parents=True)
    (root / "holidays" / "old" / "xa.yaml").write_text('country: "CO"\n')
    assert said(root) == ["holidays/old/xa.yaml: lies in a folder of holidays/ and is not read; move it up"]


def test_a_folder_named_like_a_file_is_refused(root: Path) -> None:
    (root / "xa" / "more.yaml").mkdir()
    assert said(root) == ["xa/more.yaml: a folder that is named like a file of law; rename it"]
    assert content_key(root)


def test_a_link_to_a_folder_is_refused(root: Path) -> None:
    (root / "xa" / "loop").symlink_to("..")
    assert said(root) == ["xa/loop: a link to a folder, which is not followed; put the folder itself here"]


def test_a_link_to_nothing_is_refused(root: Path) -> None:
    (root / "xa" / "more.yaml").symlink_to("nowhere")
    assert said(root) == ["xa/more.yaml: cannot be opened (No such file or directory); make it a readable file"]
    assert content_key(root)


def test_a_pipe_and_a_device_are_refused_and_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "xa" / "a.yaml")
    (root / "xa" / "b.yaml").symlink_to("/dev/zero")
    refused = "a pipe, a device or a socket, not a file; delete it"
    assert said(root) == [f"xa/a.yaml: {refused}", f"xa/b.yaml: {refused}"]
    assert content_key(root)
    assert [hash_of(root / "xa" / name) for name in ("a.yaml", "b.yaml")] == ["", ""]
    with pytest.raises(OSError, match="no regular file"):
        open_law(root / "xa" / "a.yaml")


@pytest.mark.parametrize(("name", "shown"), [(b"\xff.yaml", "\\xff.yaml"), (b"a\nb.yaml", "a\\nb.yaml")])
def test_a_name_that_cannot_be_shown_is_refused(root: Path, name: bytes, shown: str) -> None:
    (root / "xa" / os.fsdecode(name)).write_text(LAW)
    cure = "the name has bytes or characters that cannot be shown; rename it, in lower-case letters and digits"
    assert said(root) == [f"xa/{shown}: {cure}"]
    assert content_key(root)


def test_a_root_without_law_is_told(tmp_path: Path) -> None:
    assert said(tmp_path) == [f"{tmp_path}: holds no file of law; write one, as us/a-law.yaml, or mend --root"]


def test_a_linked_country_is_read_and_hashed(root: Path, tmp_path: Path) -> None:
    (root / "xa").rename(tmp_path / "elsewhere")
    (root / "xa").symlink_to(tmp_path / "elsewhere")
    before = content_key(root)
    assert [file.path for file in load_tree(root).files] == ["xa/law.yaml"]
    (tmp_path / "elsewhere" / "law.yaml").write_text(LAW.replace("20:00", "19:00"))
    assert content_key(root) != before
