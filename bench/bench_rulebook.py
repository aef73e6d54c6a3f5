"""Opening the law: from the compiled cache, after one edited file, and cold."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import Figure, Spread, Target
from cadencia.engine.decide import Engine
from cadencia.rules.cache import jurisdictions_folder, open_rulebook
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.lint import lint
from cadencia.rules.load import load_tree
from cadencia.rules.trial import run as run_tests

REPEATS = 7
START = """
from cadencia.engine.decide import Engine
from cadencia.rules.cache import open_rulebook
Engine(open_rulebook())
"""
BARE = "import numpy, msgspec"


def run() -> list[Figure]:
    """Seconds of each way to a rulebook, wall."""
    with TemporaryDirectory() as name:
        root = Path(name) / "law"
        shutil.copytree(jurisdictions_folder(), root, ignore=shutil.ignore_patterns("__pycache__", ".compiled"))
        files = len(list(root.rglob("*.yaml")))
        what = f"{files} files of law and holidays"
        edited = [_edited(root, what), _opened_after_edit(root, Path(name) / "cache", what)]
        return [*_starts(what), *edited, *_cold(root, files, what)]


def _starts(what: str) -> list[Figure]:
    open_rulebook()  # the cache is there

    def fresh(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    process, bare = _walls(fresh(START)), _walls(fresh(BARE))
    inside = _walls(lambda: Engine(open_rulebook()))
    note = "`import numpy, msgspec` alone in a fresh process is shown beside it"
    return [
        _figure("start from the cache, fresh process", what, {"start": process, "imports alone": bare}, process,
                Target(at_most=0.5), note),
        _figure("start from the cache, in a running process", what, {"open": inside}, inside, Target(at_most=0.5)),
    ]  # fmt: skip


def _edited(root: Path, what: str) -> Figure:
    """Each file edited in turn: its folder and its parents are read, linted and compiled, and the file's tests run."""
    times = {}
    for path in [file.path for file in load_tree(root).files]:
        file = root / path
        file.write_text(file.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
        times[path] = _wall(lambda path=path: recheck(root, path))  # type: ignore[misc]
    slowest = max(times, key=lambda path: times[path])
    spread = Spread.of(list(times.values()))
    value = Spread.of(_seconds(lambda: recheck(root, slowest)))
    note = f"as `cadencia rules check FILE`: read, lint, compile, run its tests; slowest of {len(times)}: {slowest}"
    sides = {"every file once": spread, "slowest file": value}
    return _figure("recheck after one edited file", what, sides, value, Target(at_most=1), note)


def recheck(root: Path, path: str) -> int:
    """Reads, lints, compiles and tests one file with its parents; the number of tests run."""
    loaded = load_tree(root, path)
    lint(loaded)
    rulebook = compile_rulebook(loaded, locates=False)
    return len(run_tests(loaded, Engine(rulebook).decide, rulebook, paths=frozenset([path])))


def _opened_after_edit(root: Path, cache: Path, what: str) -> Figure:
    """The whole rulebook opened anew after one file was edited: nothing of the old cache file can be used."""
    file = sorted(root.glob("co/*.yaml"))[0]
    seconds = []
    for number in range(REPEATS):
        file.write_text(file.read_text(encoding="utf-8") + f"\n# edited {number}\n", encoding="utf-8")
        seconds.append(_wall(lambda: open_rulebook(root, cache=cache)))
    spread = Spread.of(seconds)
    return _figure("open the whole rulebook after one edited file", what, {"open": spread}, spread, None)


def _cold(root: Path, files: int, what: str) -> list[Figure]:
    read, lint_, compiled = [], [], []
    for _ in range(REPEATS):
        start = time.perf_counter()
        loaded = load_tree(root)
        read_at = time.perf_counter()
        lint(loaded)
        linted_at = time.perf_counter()
        compile_rulebook(loaded)
        compiled.append(time.perf_counter() - linted_at)
        read.append(read_at - start)
        lint_.append(linted_at - read_at)
    whole = [a + b + c for a, b, c in zip(read, lint_, compiled, strict=True)]
    sides = {"read": Spread.of(read), "lint": Spread.of(lint_), "compile": Spread.of(compiled)}
    rate = Spread.of([files / second for second in whole])
    return [
        _figure("cold compile", what, sides, Spread.of(whole), Target(at_most=15)),
        Figure(
            group="rulebook", name="cold compile, files a second", input=what, unit="s", repeats=REPEATS,
            sides={"all": Spread.of(whole)}, value=rate, value_unit="files a second",
        ),
    ]  # fmt: skip


def _figure(
    name: str, what: str, sides: dict[str, Spread], value: Spread, target: Target | None, note: str = ""
) -> Figure:
    return Figure(group="rulebook", name=name, input=what, unit="s", repeats=REPEATS, sides=sides, value=value,
                  value_unit="s, wall", target=target, note=note)  # fmt: skip


def _wall(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _seconds(call: Callable[[], object]) -> list[float]:
    return [_wall(call) for _ in range(REPEATS)]


def _walls(call: Callable[[], object]) -> Spread:
    call()
    return Spread.of(_seconds(call))
