"""Pairing, spreads and targets."""

from __future__ import annotations

import pytest

from bench.measure import Figure, Spread, Target, paired, ratio


def test_a_spread_is_least_middle_greatest() -> None:
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(1.0, 2.0, 3.0)


def test_the_ratio_is_taken_round_by_round() -> None:
    # the second round was slow for both: its own ratio is that of the others
    assert ratio({"a": [2.0, 20.0, 2.2], "b": [1.0, 10.0, 1.0]}, "a", "b") == Spread(2.0, 2.0, 2.2)


@pytest.mark.parametrize(
    ("target", "value", "met"),
    [
        (Target(at_most=1.5), 1.5, True),
        (Target(at_most=1.5), 1.51, False),
        (Target(at_least=16), 16, True),
        (Target(at_least=16), 15.9, False),
    ],
)
def test_a_target_is_kept_on_its_edge_and_not_beyond(target: Target, value: float, met: bool) -> None:
    assert target.met(value) is met


def test_sides_alternate_and_the_first_round_is_not_counted() -> None:
    order: list[str] = []
    seconds = paired({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)
    assert order == ["a", "b", "a", "b", "b", "a"]
    assert {name: len(values) for name, values in seconds.items()} == {"a": 2, "b": 2}


def test_met_is_about_the_median_and_none_without_a_target() -> None:
    spread = Spread(1.0, 1.4, 3.0)
    plain = Figure(
        group="g", name="n", input="i", unit="s", repeats=3, sides={"ours": spread}, value=spread, value_unit="x"
    )
    assert plain.met is None
    assert plain.as_json()["value"] == {"min": 1.0, "median": 1.4, "max": 3.0}
    aimed = Figure(**{**vars(plain), "target": Target(at_most=1.5)})
    assert aimed.met is True
    assert aimed.as_json()["target"] == "at most 1.5"
