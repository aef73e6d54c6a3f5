"""The key `covers` between files, and the jurisdictions that it makes. Mistakes within a file: tests/rulefiles/bad."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadencia.rules.compile import CompileError, compile_rulebook
from cadencia.rules.load import load_tree

LAW = """\
jurisdiction: "{code}"
title: "Law of {code}"
timezone: "America/Bogota"
holidays: none
{covers}versions:
  - from: "2023-10-10"
    rules:
      a-rule:
        channel_ban: closed
        channels: [visit]
        cite: "Law, art. 1"
"""
COVERS = 'covers: ["CO-ANT", "CO-VAC"]\ncovers_reading: "No law found."\n'


def folder(root: Path, **files: tuple[str, str]) -> Path:
    (root / "co").mkdir()
    for name, (code, covers) in files.items():
        (root / "co" / f"{name}.yaml").write_text(LAW.format(code=code, covers=covers), encoding="utf-8")
    return root


def test_a_covered_place_has_the_law_above_it_and_no_clock_of_its_own(tmp_path: Path) -> None:
    loaded = load_tree(folder(tmp_path, law=("CO", COVERS), cun=("CO-CUN", "")))
    assert [(file.covers, file.covers_reading) for file in loaded.files if file.covers] == [
        (("CO-ANT", "CO-VAC"), "No law found.")
    ]
    found = compile_rulebook(loaded, locates=False).jurisdictions
    assert list(found) == ["CO", "CO-ANT", "CO-CUN", "CO-VAC"]
    covered = found["CO-ANT"]
    assert (covered.code, covered.title, covered.parents, covered.timezone) == ("CO-ANT", "Law of CO", ("CO",), "")


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (("CO-ANT", ""), "co/law.yaml:5 covers: CO-ANT has a file of its own, co/other.yaml; remove it here"),
        (
            ("CO", 'covers: ["CO-ANT"]\ncovers_reading: "None."\n'),
            "co/other.yaml:5 covers: CO-ANT is covered in co/law.yaml already; keep one of them",
        ),
    ],
)
def test_a_place_is_covered_once_and_has_no_file(tmp_path: Path, other: tuple[str, str], message: str) -> None:
    loaded = load_tree(folder(tmp_path, law=("CO", COVERS), other=other))
    assert [str(problem) for problem in loaded.problems] == [message]
    with pytest.raises(CompileError, match="CO-ANT"):
        compile_rulebook(loaded, locates=False)
