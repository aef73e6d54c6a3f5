"""The opening hours of one day as a strip of half hours, and in figures."""

from __future__ import annotations

from collections.abc import Sequence

from cadencia.rules.phrases import clock

_CELL_MINUTES = 30
_DAY_MINUTES = 1440
CELLS = _DAY_MINUTES // _CELL_MINUTES
OPEN, PART, SHUT = "█", "▒", "·"
SCALE = "".join(f"{hour:<6d}" for hour in range(0, 24, 3)).rstrip()


def strip(spans: Sequence[tuple[int, int]]) -> str:
    """48 cells from midnight to midnight: open, partly open, shut. Spans are half-open minutes of the day."""
    open_minutes = {minute for opens, closes in spans for minute in range(opens, closes)}
    cells = []
    for start in range(0, _DAY_MINUTES, _CELL_MINUTES):
        n = sum(minute in open_minutes for minute in range(start, start + _CELL_MINUTES))
        cells.append(OPEN if n == _CELL_MINUTES else PART if n else SHUT)
    return "".join(cells)


def figures(spans: Sequence[tuple[int, int]]) -> str:
    """The spans as "07:00-19:00, 20:00-21:00"; empty when there are none."""
    return ", ".join(f"{clock(opens)}-{clock(closes)}" for opens, closes in spans)
