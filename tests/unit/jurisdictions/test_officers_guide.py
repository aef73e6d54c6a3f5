"""The worked example of jurisdictions/README.md is a file that an officer can copy: no mistakes, and its tests hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cadencia.engine.decide import Engine
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.lint import lint
from cadencia.rules.load import Loaded, load_tree
from cadencia.rules.trial import run

GUIDE = Path(__file__).parents[3] / "jurisdictions" / "README.md"
EXAMPLE = re.compile(r"`jurisdictions/(\S+\.yaml)`\n\n```yaml\n(.*?)```", re.DOTALL)


@pytest.fixture
def copied(tmp_path: Path) -> Loaded:
    """A folder that holds only what the guide says to write."""
    for path, text in EXAMPLE.findall(GUIDE.read_text(encoding="utf-8")):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return load_tree(tmp_path)


def test_example_is_a_law_and_its_calendar(copied: Loaded) -> None:
    assert [file.path for file in copied.files] == ["do/res-010-16.yaml"]
    assert set(copied.holidays) == {"do"}


def test_example_has_no_mistakes(copied: Loaded) -> None:
    assert [str(problem) for problem in (*copied.problems, *lint(copied))] == []


def test_tests_of_the_example_hold(copied: Loaded) -> None:
    rulebook = compile_rulebook(copied)
    results = run(copied, Engine(rulebook).decide, rulebook)
    assert len(results) == len(copied.files[0].versions[0].tests)
    assert [result for result in results if not result.ok] == []
