"""Runs every benchmark, prints a table and writes bench/results.json.

    python -m bench [GROUP …]        left out: all groups

GROUP: yardstick real breadth store single location screen rulebook scripts ledger postgres records histories gate api
"""

from __future__ import annotations

import sys

import bench.yardstick_polars  # noqa: F401 - first: polars must see its one thread before anything imports it
from bench import (
    bench_api,
    bench_breadth,
    bench_gate,
    bench_histories,
    bench_ledger,
    bench_location,
    bench_postgres,
    bench_real,
    bench_records,
    bench_rulebook,
    bench_screen,
    bench_scripts,
    bench_single,
    bench_store,
    bench_yardstick,
)
from bench.location_figure import figures as location_figures
from bench.machine import peers_not_as_locked
from bench.report import earlier, print_table, write_results

GROUPS = {
    "yardstick": bench_yardstick.run, "real": bench_real.run, "single": bench_single.run, "store": bench_store.run,
    "location": lambda: location_figures(bench_location.run()), "rulebook": bench_rulebook.run,
    "screen": bench_screen.run, "breadth": bench_breadth.run,
    "scripts": bench_scripts.run, "ledger": bench_ledger.run, "postgres": bench_postgres.run,
    "records": bench_records.run,
    "histories": bench_histories.run, "gate": bench_gate.run, "api": bench_api.run,
}  # fmt: skip


def main(wanted: list[str]) -> int:
    """Runs the groups asked for; 2 for an unknown one. A missed target is said, not hidden, and does not end the run.
    Only a whole run writes the results."""
    unknown = sorted(set(wanted) - set(GROUPS))
    if unknown:
        print(f"bench: no group {', '.join(unknown)}; choose from {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    for peer, versions in peers_not_as_locked().items():
        print(f"bench: {peer} is {versions}; `make bench` installs the locked one", file=sys.stderr)
    figures = []
    for name in wanted or GROUPS:
        print(f"bench: {name}", file=sys.stderr, flush=True)
        figures += GROUPS[name]()
    print_table(figures, earlier())
    if not wanted:
        print(f"written: {write_results(figures)}")
    for figure in figures:
        if figure.met is False:
            print(f"MISSED  {figure.group}: {figure.name}: {figure.value.median:.3g}, target {figure.target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
