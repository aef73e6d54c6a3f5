"""The figures of bench_location in the form of the others."""

from __future__ import annotations

from typing import Any

from bench.measure import Figure, Spread, Target


def figures(found: dict[str, Any]) -> list[Figure]:
    """One figure: phonenumbers' time a number over ours."""
    return [Figure(
        group="location", name="against phonenumbers: parse, region, time zones", input=found["input"],
        unit="ns a number", repeats=found["repeats"],
        sides={"phonenumbers": Spread(**found["theirs_ns"]), "ours": Spread(**found["ours_ns"])},
        value=Spread(**found["ratio"]), value_unit="phonenumbers / ours, time",
        target=Target(at_least=found["target_ratio"]),
        note="columns in, columns out; the phonenumbers side runs on every 50th number",
    )]  # fmt: skip
