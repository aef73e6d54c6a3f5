"""`cadencia screen` end to end: a million lines of CSV in a fresh process; lines a second, seconds by stage, memory.

    python -m bench.bench_screen LIST OUT [HISTORY]       screens once and prints what it took, as JSON
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.measure import Figure, Spread, Target

LINES, FEWER, SEED = 1_000_000, 250_000, 7
AT = "2026-05-18T09:00-05:00"
ROOT = Path(__file__).resolve().parent.parent
REPEATS = 3


def run(lines: int = LINES, fewer: int = FEWER) -> list[Figure]:
    """Rate and stages without and with a history, and the peak memory of the whole list against a quarter of it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        make = [sys.executable, "examples/make_portfolio.py", "--seed", str(SEED), "--lines", str(lines)]
        subprocess.run([*make, "--into", name], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        part = folder / "part.csv"
        with (folder / "portfolio.csv").open("rb") as whole, part.open("wb") as out:
            out.writelines(islice(whole, fewer + 1))
        megabytes = (folder / "portfolio.csv").stat().st_size / 1e6
        plain, less, joined = [], [], []
        for _ in range(REPEATS):
            less.append(screened(part, folder / "answers.csv"))
            plain.append(screened(folder / "portfolio.csv", folder / "answers.csv"))
            joined.append(screened(folder / "portfolio.csv", folder / "answers.csv", folder / "history.csv"))
    what = f"examples/make_portfolio.py --seed {SEED} --lines {lines}: {megabytes:,.0f} MB, one line in 100 broken"
    past = f"{what}; {joined[0]['events']:,} events"
    return [
        *_rates("without a history", what, plain),
        *_rates("with a history", past, joined),
        Figure(
            group="screen", name="peak memory", input=f"{lines:,} lines against {fewer:,}, no history", unit="MiB",
            repeats=REPEATS,
            sides={f"{lines:,} lines": _peak(plain), f"{fewer:,} lines": _peak(less)},
            value=Spread.of([one["peak_mib"] / other["peak_mib"] for one, other in zip(plain, less, strict=True)]),
            value_unit="peak / peak of a quarter of the lines", target=Target(at_most=1.5),
            note="the process's high-water mark; `ref` of every line is remembered as 8 bytes to find duplicates",
        ),
    ]  # fmt: skip


def screened(path: Path, out: Path, history: Path | None = None) -> dict[str, Any]:
    """What one run in a fresh process took; `wall_s` includes the start of Python and of the rulebook."""
    command = [sys.executable, "-m", "bench.bench_screen", str(path), str(out), *([str(history)] if history else [])]
    start = time.perf_counter()
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    return {**json.loads(done.stdout), "wall_s": time.perf_counter() - start}


def screen_once(path: str, out: str, history: str | None) -> dict[str, Any]:
    """Screens a list in this process: lines, queries, seconds by stage, high-water mark of memory."""
    from cadencia.engine.decide import Engine
    from cadencia.lists.screen import Settings, screen_file
    from cadencia.rules.cache import open_rulebook

    report = screen_file(Engine(open_rulebook()), path, out, Settings(at=datetime.fromisoformat(AT)), history=history)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    return {
        "lines": report.lines, "queries": report.queries, "bad_lines": report.bad_lines, "stages": report.seconds,
        "events": report.history.events if report.history else 0, "peak_mib": int(status["VmHWM"].split()[0]) / 1024,
    }  # fmt: skip


def _rates(name: str, what: str, runs: list[dict[str, Any]]) -> list[Figure]:
    stages = {stage: Spread.of([run["stages"][stage] for run in runs]) for stage in runs[0]["stages"]}
    largest = max(stages, key=lambda stage: stages[stage].median)
    others = [max(s for stage, s in run["stages"].items() if stage != "decide") for run in runs]
    note = f"{runs[0]['queries']:,} queries, {runs[0]['bad_lines']:,} bad lines; largest stage: {largest}"
    return [
        Figure(
            group="screen", name=f"a million lines {name}", input=what, unit="s by stage", repeats=len(runs),
            sides={**stages, "whole process": Spread.of([run["wall_s"] for run in runs])},
            value=Spread.of([run["lines"] / run["wall_s"] for run in runs]), value_unit="lines a second, wall",
            note=note,
        ),
        Figure(
            group="screen", name=f"the engine's share {name}", input=what, unit="s", repeats=len(runs),
            sides={"decide": stages["decide"], "largest other stage": Spread.of(others)},
            value=Spread.of([run["stages"]["decide"] / other for run, other in zip(runs, others, strict=True)]),
            value_unit="decide / largest other stage, time", target=Target(at_most=1),
        ),
    ]  # fmt: skip


def _peak(runs: list[dict[str, Any]]) -> Spread:
    return Spread.of([run["peak_mib"] for run in runs])


if __name__ == "__main__":
    print(json.dumps(screen_once(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)))
