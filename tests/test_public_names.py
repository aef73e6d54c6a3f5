"""What a user may import. Taking a name away, or changing what it takes, breaks somebody: it goes into CHANGELOG.md."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cadencia

NAMES = (
    "Batch Clue CompileError Decision Duty Engine Event Fact Gate GateError Hours LedgerError ListError PersonHours "
    "PlaceSet Query QueryError Reason Request Rulebook Screened Source batch_of load_rulebook open_gate screen_table"
).split()
#: what `import cadencia` must not drag in
HEAVY = "numpy msgspec pyarrow ruamel holidays phonenumbers matplotlib rich cadencia.engine.tables".split()


def test_the_list_of_public_names_is_pinned() -> None:
    assert cadencia.__all__ == NAMES
    assert sorted([*cadencia._HOMES, "load_rulebook"]) == NAMES
    assert [name for name in dir(cadencia) if not name.startswith("__")] == NAMES


def test_a_folder_of_law_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"no such folder; name the one that holds the jurisdiction files.*none"
    ):
        cadencia.load_rulebook(tmp_path / "none")


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    thing = getattr(cadencia, name)
    assert inspect.isclass(thing) or inspect.isfunction(thing)
    assert inspect.getdoc(thing)
    assert name in dir(cadencia)


def test_an_unknown_name_is_refused_with_those_that_exist() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'decide_all'; public names: Batch, "):
        _ = cadencia.decide_all


def test_what_the_functions_take_is_pinned() -> None:
    assert parameters(cadencia.load_rulebook) == ["root", "*policies"]
    screening = ["engine", "table", "*at", "*history", "*defaults", "*ignore", "*threads"]
    assert parameters(cadencia.screen_table) == screening
    assert parameters(cadencia.Engine) == ["rulebook"]
    assert parameters(cadencia.Engine.decide) == ["self", "query", "*language"]
    assert parameters(cadencia.Engine.screen) == ["self", "batch", "*threads", "*retry"]


def parameters(function: Callable[..., object]) -> list[str]:
    """Names in order; a star before those that must be named."""
    found = inspect.signature(function).parameters.values()
    return [("*" if each.kind is each.KEYWORD_ONLY else "") + each.name for each in found]


def test_a_private_module_is_not_reached_through_the_face() -> None:
    assert not any(name.startswith("_") for name in cadencia.__all__)


def test_importing_the_face_imports_nothing_heavy() -> None:
    code = f"import sys, cadencia; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
