"""The words of the Makefile do what `make help` says, as far as a dry run shows."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def test_fuzz_runs_the_marked_tests_and_then_the_long_fuzzer(root: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(
        ["make", "-n", "fuzz", "FUZZ_SECONDS=7"], cwd=root, env=kept, capture_output=True, text=True, check=True
    )
    marked, long = done.stdout.splitlines()[-2:]
    assert marked.startswith("HYPOTHESIS_PROFILE=fuzz ") and marked.endswith("-m fuzz")
    assert long.endswith("-m tests.fuzz.long --seconds 7")


def test_faults_runs_all_of_them(root: Path) -> None:
    done = subprocess.run(["make", "-n", "faults"], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].startswith("FAULTS=all ")
    assert done.stdout.splitlines()[-1].endswith(" tests/faults")


def test_bounds_are_checked_by_the_engines_tests_and_the_differential_ones(root: Path) -> None:
    words = (root / "Makefile").read_text(encoding="utf-8").split("\ntest-debug:")[1].splitlines()[1].split()
    assert "CADENCIA_DEBUG=1" in " ".join(words)
    assert words[-2:] == ["tests/unit/engine", "tests/differential"]
