"""The table on the screen and bench/results.json."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.machine import describe
from bench.measure import Figure

RESULTS = Path(__file__).with_name("results.json")
#: Said beside every set of results, so that no figure is taken for more than it is.
NOT_MEASURED = (
    "more than one thread (every side is held to one)",
    "other processors, other compilers, C built with -march=native or vectorised by hand",
    "histories of more than 20 events in the yardstick; persons with more than one debt asked about in one batch",
    "clocks that change at midnight: the peers know only whole days; tests/differential covers ours",
    "making the yardstick's columns from objects or files, for any side",
    "one decision: building the objects that each side starts from, but for JSON to JSON",
    "zen-engine's own decision tables and graphs: only a compiled expression, given its features",
    "numbers that are not E.164 in the location figure, and any other clue than the number",
    "a list on a cold disk, NDJSON and Parquet, plots, the start of the command line's own table",
    "a rulebook larger than the shipped one",
)


def write_results(figures: list[Figure]) -> Path:
    """Writes what was measured, on what, and what was not."""
    results = {
        "machine": describe(),
        "how": "paired rounds; `value` is the spread of the rounds' own ratios, `met` is about its median",
        "figures": [figure.as_json() for figure in figures],
        "missed": [f"{figure.group}: {figure.name}" for figure in figures if figure.met is False],
        "not_measured": list(NOT_MEASURED),
    }
    text = json.dumps(results, indent=2, ensure_ascii=False)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    return RESULTS


def earlier() -> dict[tuple[str, str], float]:
    """(group, name) -> the median in the results that are kept in the repository; empty if there are none."""
    if not RESULTS.exists():
        return {}
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    return {(figure["group"], figure["name"]): figure["value"]["median"] for figure in kept["figures"]}


def print_table(figures: list[Figure], before: dict[tuple[str, str], float]) -> None:
    """One line a figure: the middle of the rounds, least and greatest in brackets, and what it was before."""
    table = Table(title="Measured: median (least to greatest)")
    for heading in ("group", "figure", "sides", "value", "before", "target", "met"):
        table.add_column(heading, overflow="fold")
    for figure in figures:
        sides = "\n".join(f"{name} {spread} {figure.unit}" for name, spread in figure.sides.items())
        met = {True: "yes", False: "NO", None: ""}[figure.met]
        value, was = f"{figure.value}\n{figure.value_unit}", before.get((figure.group, figure.name))
        before_, target = f"{was:.3g}" if was else "", str(figure.target or "")
        table.add_row(figure.group, figure.name, sides, value, before_, target, met)
    Console(width=170).print(table)
