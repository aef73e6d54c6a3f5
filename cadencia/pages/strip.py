"""The opening hours of a week as a small picture: days as rows, hours from left to right. Text in, SVG out."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from cadencia.pages.week import Week
from cadencia.pages.words import Words
from cadencia.rules.opening import DAY_MINUTES, Spans
from cadencia.rules.phrases import clock

_LEFT, _TOP, _ROW, _BAR = 110, 44, 20, 14
_HOUR = 18
_HOURS = 24
_RIGHT = _LEFT + _HOURS * _HOUR
_WIDTH = _RIGHT + 150
_MARKED_EVERY = 3
_STYLE = (
    "text{font:12px sans-serif;fill:#24292f}.h{font-size:10px;fill:#57606a}.t{font-weight:bold}"
    ".l{stroke:#d0d7de}.s{fill:#eaeef2}.o{fill:#1a7f4b}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.h{fill:#9da7b1}.l{stroke:#30363d}.s{fill:#21262d}"
    ".o{fill:#3fb96d}}"
)


def picture(title: str, blocks: Iterable[tuple[str, Week]], words: Words) -> str:
    """One block of rows for each contact that is named."""
    body: list[str] = []
    top = 0
    for name, week in blocks:
        body += _block(name, week, top, words)
        top += _TOP + _ROW * len(week.days) + 12
    size = f'viewBox="0 0 {_WIDTH} {top}" width="{_WIDTH}" height="{top}"'
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        *body,
        "</svg>\n",
    ))  # fmt: skip


def _block(name: str, week: Week, top: int, words: Words) -> list[str]:
    lines = [f'<text class="t" x="0" y="{top + 14}">{escape(name)}</text>']
    bottom = top + _TOP + _ROW * len(week.days) - (_ROW - _BAR)
    for hour in range(0, _HOURS + 1, _MARKED_EVERY):
        x = _x(hour * 60)
        lines.append(f'<text class="h" x="{x}" y="{top + 34}" text-anchor="middle">{hour}</text>')
        lines.append(f'<line class="l" x1="{x}" y1="{top + 38}" x2="{x}" y2="{bottom}"/>')
    for day, spans in enumerate(week.days):
        y = top + _TOP + day * _ROW
        lines.append(f'<text x="0" y="{y + 11}">{escape(words.say(f"day_{day}"))}</text>')
        lines.append(f'<rect class="s" x="{_LEFT}" y="{y}" width="{_HOURS * _HOUR}" height="{_BAR}"/>')
        for opens, closes in spans:
            width = _x(closes) - _x(opens)
            lines.append(f'<rect class="o" x="{_x(opens)}" y="{y}" width="{width}" height="{_BAR}"/>')
        lines.append(f'<text class="h" x="{_RIGHT + 10}" y="{y + 11}">{hours_in_short(spans, words)}</text>')
    return lines


def _x(minute: int) -> int:
    return _LEFT + round(minute * _HOUR / 60)


def hours_in_short(spans: Spans, words: Words) -> str:
    """As 07:00–19:00, closed, or any hour."""
    if not spans:
        return words.say("closed")
    if spans == ((0, DAY_MINUTES),):
        return words.say("no_limit")
    return ", ".join(f"{clock(opens)}–{clock(closes)}" for opens, closes in spans)
