"""Paired timing: every round runs each side once, so that what slows the machine slows them all; ratios are by round.

Times are processor seconds of this process with all its threads: every side here runs on one thread and waits for
nothing, so on an idle machine they are wall seconds, and on a busy one they leave out what others took.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

ROUNDS = 9


@dataclass(frozen=True)
class Spread:
    """Least, middle and greatest of the rounds."""

    min: float
    median: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(min(values), statistics.median(values), max(values))

    def as_json(self) -> dict[str, float]:
        """Four significant digits: more would be noise."""
        return {name: float(f"{value:.4g}") for name, value in vars(self).items()}

    def __str__(self) -> str:
        return f"{_short(self.median)} ({_short(self.min)} to {_short(self.max)})"


@dataclass(frozen=True)
class Target:
    """What the median must be; `at_most` or `at_least`, one of them."""

    at_most: float | None = None
    at_least: float | None = None

    def met(self, value: float) -> bool:
        """Whether the value keeps the target."""
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    def __str__(self) -> str:
        return f"at most {self.at_most:g}" if self.at_most is not None else f"at least {self.at_least:g}"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the results. `sides` are the times of each side in `unit`; `value` is what the target is about."""

    group: str
    name: str
    input: str
    unit: str
    repeats: int
    sides: dict[str, Spread]
    value: Spread
    value_unit: str
    target: Target | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the median keeps the target; None where none was set."""
        return None if self.target is None else self.target.met(self.value.median)

    def as_json(self) -> dict[str, Any]:
        """The figure as it is written to results.json."""
        return {
            "group": self.group, "name": self.name, "input": self.input, "repeats": self.repeats, "unit": self.unit,
            "sides": {name: spread.as_json() for name, spread in self.sides.items()},
            "value": self.value.as_json(), "value_unit": self.value_unit,
            "target": None if self.target is None else str(self.target), "met": self.met, "note": self.note,
        }  # fmt: skip


def paired(sides: dict[str, Callable[[], object]], *, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Seconds of each side in each round, after one round not counted. Every other round runs them backwards."""
    for call in sides.values():
        call()
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            names = list(sides) if number % 2 == 0 else list(reversed(sides))
            for name in names:
                start = time.process_time()
                sides[name]()
                seconds[name].append(time.process_time() - start)
    finally:
        gc.enable()
    return seconds


def ratio(seconds: dict[str, list[float]], over: str, under: str) -> Spread:
    """The spread of one side's time divided by another's, round by round."""
    return Spread.of([a / b for a, b in zip(seconds[over], seconds[under], strict=True)])


def scaled(seconds: dict[str, list[float]], factor: float) -> dict[str, Spread]:
    """The spreads in another unit: seconds times `factor`."""
    return {name: Spread.of([second * factor for second in values]) for name, values in seconds.items()}


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
