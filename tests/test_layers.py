"""The arrows of docs/architecture.md, the size of files and the names of folders, read from the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

#: room -> rooms whose code it may import, besides its own
MAY_IMPORT: dict[str, frozenset[str]] = {
    "engine": frozenset(),
    "jurisdictions": frozenset(),
    "policy": frozenset(),
    "rules": frozenset({"engine"}),
    "store": frozenset({"engine"}),
    "dialer": frozenset({"engine", "store"}),
    "evidence": frozenset({"engine", "rules", "store"}),
    "api": frozenset({"engine", "rules", "jurisdictions", "store", "dialer", "evidence"}),
    "cadencia": frozenset({"engine", "rules", "jurisdictions", "store", "dialer", "evidence", "api"}),
    "bench": frozenset({"engine", "rules", "jurisdictions", "store", "dialer", "evidence", "api", "cadencia"}),
    "tests": frozenset({"engine", "rules", "jurisdictions", "store", "dialer", "evidence", "api", "cadencia", "bench"}),
}
#: folders with narrower arrows than their room: the client speaks HTTP, and shares only the types of what is said
NARROWER: dict[str, tuple[str, ...]] = {"cadencia/client": ("cadencia.client", "cadencia.api.wire")}
#: these measure and test the compiled modules themselves
MAY_SEE_PRIVATE = frozenset({"bench", "tests"})
MAX_LINES = 400
VAGUE = frozenset({"utils", "util", "common", "helpers", "helper", "misc", "manager"})
#: what the engine must not do: no I/O, no clock, no chance, no text formats
IMPURE_MODULES = frozenset(
    "yaml ruamel socket asyncio random secrets uuid time pathlib io sqlite3 subprocess urllib http json csv".split()
)
IMPURE_CALLS = re.compile(r"(?<![\w.])open\(|\b(?:datetime|date)\.(?:now|utcnow|today)\(|\btime\.time\b|\bos\.environ")
CIMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+(cimport|import)[ \t]+(\([^)]*\)|[^\n(]+)|(cimport|import)[ \t]+([\w., ]+))",
    re.MULTILINE,
)
INCLUDE = re.compile(r"^[ \t]*include[ \t]+[\"']", re.MULTILINE)
SOURCE = (".py", ".pyx", ".pxd")


def sources(root: Path) -> Iterator[tuple[str, Path]]:
    """Every source file with its room."""
    for room in MAY_IMPORT:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in SOURCE and not any(part.startswith((".", "__pycache__")) for part in path.parts):
                yield room, path


def imported(room: str, path: Path) -> Iterator[tuple[int, str, bool]]:
    """(line, dotted name, whether by cimport) of everything that a file imports."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for line, name in python_imports(ast.parse(text), package_of(room, path)):
            yield line, name, False
        return
    for match in CIMPORT.finditer(strip_comments(text)):
        line = text.count("\n", 0, match.start()) + 1
        module, how, names, plain_how, plain = match.groups()
        if module:
            for name in listed(names):
                yield line, f"{absolute(module, package_of(room, path))}.{name}", how == "cimport"
        else:
            for name in listed(plain):
                yield line, name, plain_how == "cimport"


def listed(names: str) -> Iterator[str]:
    """The names of an import list, without brackets and `as`."""
    return (name.split()[0] for name in names.strip("() \t\n").split(",") if name.strip())


def python_imports(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of imports anywhere in a module, `import_module("…")` included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute("." * node.level + (node.module or ""), package)
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            if ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
                yield node.lineno, str(node.args[0].value)


def package_of(room: str, path: Path) -> str:
    """The dotted package that a file lies in."""
    parts = path.parts
    inside = parts[len(parts) - 1 - parts[::-1].index(room) : -1]
    return ".".join(inside if room in ("cadencia", "bench", "tests") else ("cadencia", *inside))


def absolute(module: str, package: str) -> str:
    """A relative module name as an absolute one."""
    dots = len(module) - len(module.lstrip("."))
    if not dots:
        return module
    steps = package.split(".")
    return ".".join([*steps[: len(steps) - dots + 1], *filter(None, [module[dots:]])])


def room_of(name: str) -> str | None:
    """The room of a dotted name; None if it is not ours."""
    steps = name.split(".")
    if steps[0] == "cadencia":
        return steps[1] if len(steps) > 1 and steps[1] in MAY_IMPORT else "cadencia"
    return steps[0] if steps[0] in ("bench", "tests") else None


def strip_comments(text: str) -> str:
    """Cython source with comments and doc strings blanked; lines keep their numbers."""
    blank = re.sub(r'"""[\s\S]*?"""', lambda match: "\n" * match.group().count("\n"), text)
    return re.sub(r"#.*", "", blank)


def wrong_arrows(root: Path) -> list[str]:
    """Every import against the arrows: who, where, what, and what is allowed."""
    found = []
    for room, path in sources(root):
        for line, name, by_cimport in imported(room, path):
            at = f"{path.relative_to(root)}:{line}"
            if name.split(".")[0] in ("engine", "rules", "jurisdictions", "policy"):
                found.append(f"{at} imports {name}; write cadencia.{name}")
                continue
            other = room_of(name)
            if other is None or other == room:
                continue
            if other not in MAY_IMPORT[room]:
                allowed = ", ".join(sorted(MAY_IMPORT[room])) or "nothing of ours"
                found.append(f"{at} {room} imports {name}; it may import {allowed}")
            elif not by_cimport and room not in MAY_SEE_PRIVATE and hidden(name):
                found.append(f"{at} imports {name}; import the face beside it, or cimport its .pxd")
    return found


def wider_than_meant(root: Path) -> list[str]:
    """Every import of ours in a narrow folder that goes elsewhere."""
    return [
        f"{path.relative_to(root)}:{line} imports {name}; {folder} may import {', '.join(allowed)}"
        for folder, allowed in NARROWER.items()
        for path in sorted((root / folder).glob("*.py"))
        for line, name, _ in imported("cadencia", path)
        if room_of(name) is not None and not name.startswith(allowed)
    ]


def hidden(name: str) -> bool:
    """Whether a dotted name goes through a module that starts with an underscore."""
    return any(step.startswith("_") and not step.startswith("__") for step in name.split(".")[2:3])


def impurities(root: Path) -> list[str]:
    """Every place where the engine reads a clock, a file, a socket or a text format."""
    found = []
    for room, path in sources(root):
        if room != "engine":
            continue
        at = path.relative_to(root)
        found += [f"{at}:{line} imports {name}" for line, name, _ in imported(room, path)
                  if name.split(".")[0] in IMPURE_MODULES]  # fmt: skip
        code = ast.unparse(ast.parse(path.read_text())) if path.suffix == ".py" else strip_comments(path.read_text())
        found += [f"{at} calls {match.group()}" for match in IMPURE_CALLS.finditer(code)]
        found += [f"{at} includes code; cimport it" for _ in INCLUDE.finditer(code)]
    return found


def too_long(root: Path) -> list[str]:
    """Files over the limit of lines."""
    lines = {path.relative_to(root): len(path.read_text(encoding="utf-8").splitlines()) for _, path in sources(root)}
    return [f"{path}: {n} lines, over {MAX_LINES}; split it by noun" for path, n in lines.items() if n > MAX_LINES]


def vague_names(root: Path) -> list[str]:
    """Folders and files named for nothing in particular."""
    return [
        f"{path.relative_to(root)}: name the thing that it helps with"
        for _, path in sources(root)
        if VAGUE & {path.stem.strip("_"), *path.relative_to(root).parts[:-1]}
    ]


@pytest.mark.parametrize("check", [wrong_arrows, wider_than_meant, impurities, too_long, vague_names])
def test_the_house_is_in_order(root: Path, check: object) -> None:
    assert callable(check)
    assert check(root) == []


def test_every_room_with_code_is_read(root: Path) -> None:
    rooms = {room for room, _ in sources(root)}
    assert {"engine", "rules", "cadencia", "tests"} <= rooms


PLANTED = [
    ("engine/window.py", "from cadencia.rules.model import Rule\n", wrong_arrows, "imports cadencia.rules.model.Rule"),
    ("engine/window.py", "def f():\n    from ..rules import model\n", wrong_arrows, "engine/window.py:2"),
    ("engine/window.py", "import cadencia\n", wrong_arrows, "nothing of ours"),
    ("engine/_window.pyx", "from cadencia.rules.model cimport Rule\n", wrong_arrows, "engine/_window.pyx:1"),
    ("rules/load.py", "import importlib\nimportlib.import_module('cadencia.cli')\n", wrong_arrows, "rules/load.py:2"),
    ("rules/load.py", "from cadencia.engine._window import WeekWindow\n", wrong_arrows, "import the face beside it"),
    ("rules/load.py", "from cadencia.engine import _window\n", wrong_arrows, "import the face beside it"),
    ("rules/load.py", "from engine import window\n", wrong_arrows, "write cadencia.engine.window"),
    ("cadencia/cli/decide.py", "import bench\n", wrong_arrows, "cadencia imports bench"),
    ("bench/yardstick.py", "from tests.conftest import root\n", wrong_arrows, "bench imports tests"),
    ("engine/_window.pyx", "\n\nfrom cadencia.rules.model cimport (\n    Rule,\n)\n", wrong_arrows, "_window.pyx:3"),
    ("cadencia/client/aio.py", "from cadencia.dialer.gate import Gate\n", wider_than_meant, "client/aio.py:1"),
    ("cadencia/client/aio.py", "from cadencia.api.keys import Keyring\n", wider_than_meant, "cadencia.api.keys"),
    ("engine/clock.py", "from time import time\n", impurities, "imports time.time"),
    ("engine/_clock.pyx", "cdef long now():\n    return time.time()\n", impurities, "calls time.time"),
    ("engine/clock.py", "from datetime import datetime\nnow = datetime.now()\n", impurities, "calls datetime.now("),
    ("engine/tables.py", "text = open('co.yaml').read()\n", impurities, "calls open("),
    ("engine/_tables.pyx", "from ruamel import yaml\n", impurities, "imports ruamel.yaml"),
    ("engine/_tables.pyx", "include 'spans.pxi'\n", impurities, "includes code"),
    ("engine/tables.py", "x = 1\n" * (MAX_LINES + 1), too_long, "401 lines"),
    ("rules/utils/text.py", "x = 1\n", vague_names, "rules/utils/text.py"),
    ("rules/helpers.py", "x = 1\n", vague_names, "rules/helpers.py"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code", "check", "says"), PLANTED, ids=[f"{row[0]}-{row[3]}" for row in PLANTED])
def test_a_planted_fault_is_found(tmp_path: Path, name: str, code: str, check: object, says: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(code, encoding="utf-8")
    assert callable(check)
    found = check(tmp_path)
    assert len(found) == 1
    assert says in found[0]


ALLOWED = [
    ("rules/compile.py", "from cadencia.engine.tables import Rulebook\n"),
    ("engine/_history.pyx", "from cadencia.engine._window cimport span_open  # open(\n"),
    ("engine/window.py", "from cadencia.engine import _window\n\ndef is_open(): ...\n\nis_open()\n"),
    ("cadencia/cli/decide.py", "import cadencia.engine.decide\nfrom cadencia.rules.cache import open_rulebook\n"),
    ("tests/unit/engine/test__window.py", "from cadencia.engine._window import WeekWindow\n"),
]


@pytest.mark.parametrize(("name", "code"), ALLOWED, ids=[row[0] for row in ALLOWED])
def test_what_is_allowed_is_not_reported(tmp_path: Path, name: str, code: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(code, encoding="utf-8")
    assert [*wrong_arrows(tmp_path), *impurities(tmp_path), *too_long(tmp_path), *vague_names(tmp_path)] == []
