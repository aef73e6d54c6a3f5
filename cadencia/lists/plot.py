"""The unlock curve as a picture: how many contacts have opened by each quarter of an hour of the coming day.

It counts first openings; that a contact closes again at night is not subtracted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from textwrap import wrap

import numpy as np

from cadencia.lists.phrases import number, phrase
from cadencia.lists.schema import ListError
from cadencia.lists.screen import ScreenReport
from cadencia.lists.target import Target, told
from cadencia.lists.unlock import NOW, QUARTERS, opening

MAX_GROUPS = 7
_TITLE = 60  # characters of a line of the title that fit over the axes
_VISIBLE = 0.005  # of the highest point: a thinner area cannot be seen, and goes with the others
#: colours that stay apart for colour-blind readers and in print (Okabe and Ito), then greys for the rest and for `now`
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442")
_REST, _NOW = "#8C8C8C", "#C8C8C8"
BY = ("country", "reason")


def check_plot(path: str) -> None:
    """ListError for a name that ends in neither .png nor .svg."""
    if Path(path).suffix.lower() not in (".png", ".svg"):
        raise ListError(f"{path}: a plot is written as .png or .svg")


def write_plot(report: ScreenReport, path: str, *, by: str = "country", language: str = "en") -> None:
    """Draws the curve into `path` (PNG or SVG): the area is stacked by country, or by the rule that blocks first."""
    check_plot(path)
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.dates import HourLocator, date2num
    from matplotlib.ticker import MaxNLocator

    groups = _groups(report, by, language)
    times = date2num(_times(report))  # type: ignore[no-untyped-call]
    with matplotlib.rc_context({"svg.hashsalt": "cadencia", "font.size": 10}):
        figure, axes = pyplot.subplots(figsize=(10, 5.5), layout="constrained")
        heights = [np.append(curve, curve[-1]) for curve in groups.values()]
        axes.stackplot(
            times, heights, labels=list(groups), step="post", colors=_colours(groups, language), alpha=0.85, linewidth=0
        )
        axes.step(times, np.sum(heights, axis=0), where="post", color="black", linewidth=1.2)
        axes.set_xlim(times[0], times[-1])
        axes.xaxis_date()
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(HourLocator(byhour=range(0, 24, 2)))  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_formatter(_tick)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: number(value, language))
        offset = report.at.strftime("%z") or "+0000"
        axes.set_xlabel(f"{phrase('clock', language)} (UTC{offset[:3]}:{offset[3:]})")
        axes.set_ylabel(phrase("contacts", language))
        axes.set_title("\n".join(wrap(phrase("curve_title", language), _TITLE)), loc="left")
        axes.grid(axis="y", alpha=0.3)
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(
            handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9
        )
        _save(figure, path)
        pyplot.close(figure)


def _save(figure: object, path: str) -> None:
    # no date in the file: the same report gives the same bytes
    metadata = {"Date": None} if path.lower().endswith(".svg") else {"Software": "cadencia"}
    target = Target(path)
    try:
        with told(path):
            figure.savefig(target.stream, dpi=130, format=Path(path).suffix[1:].lower(), metadata=metadata)  # type: ignore[attr-defined]
        target.finish()
        target.place()
    except BaseException:
        target.discard()
        raise


def _tick(value: float, position: float) -> str:
    """The hour, with the date under the first tick and under midnight."""
    from matplotlib.dates import num2date

    at = num2date(value)  # type: ignore[no-untyped-call]
    return str(at.strftime("%H:%M\n%Y-%m-%d" if position == 0 or at.hour == 0 else "%H:%M"))


def _times(report: ScreenReport) -> list[datetime]:
    """Edges of the quarters on the clock of --at, one more than there are quarters."""
    zone = report.at.utcoffset() or timedelta(0)
    first = opening(report.tally.curve.at, 0)
    if first is None:
        raise AssertionError("the first quarter has a beginning")
    start = (first + zone).replace(tzinfo=None)
    return [start + timedelta(minutes=15 * quarter) for quarter in range(QUARTERS + 1)]


def _groups(report: ScreenReport, by: str, language: str) -> dict[str, np.ndarray]:
    """Label -> contacts allowed at the start of each quarter; the small groups are one."""
    curve = report.tally.curve
    found = curve.by_country if by == "country" else curve.by_reason
    reached = {label: _reached(codes) for label, codes in found.items()}
    ordered = sorted((label for label in reached if reached[label][-1]), key=lambda label: (-reached[label][-1], label))
    now = int(curve.total[NOW])
    groups = {} if by == "country" or not now else {phrase("now", language): np.full(QUARTERS, now)}
    thinnest = _VISIBLE * int(_reached(curve.total)[-1])
    named = [label for label in ordered[:MAX_GROUPS] if reached[label][-1] >= thinnest]
    groups |= {label: reached[label] for label in named}
    if len(ordered) > len(named):
        rest = np.sum([reached[label] for label in ordered[len(named) :]], axis=0)
        hidden = "_" * bool(rest[-1] < thinnest)  # matplotlib leaves such a label out of the legend
        groups[f"{hidden}{phrase('others', language)} ({len(ordered) - len(named)})"] = rest
    return groups or {phrase("now", language): np.zeros(QUARTERS)}


def _colours(groups: dict[str, np.ndarray], language: str) -> list[str]:
    free = iter(_COLOURS)
    return [_NOW if label == phrase("now", language) else next(free, _REST) for label in groups]


def _reached(codes: np.ndarray) -> np.ndarray:
    return codes[NOW] + np.cumsum(codes[:QUARTERS])
