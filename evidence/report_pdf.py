"""A report as PDF, with its fonts inside and no date but the report's own: the same report gives the same bytes.

reportlab (BSD) writes it, with the DejaVu fonts that matplotlib ships: docs/decisions/0009 says why these.
"""

from __future__ import annotations

import importlib.util
import io
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from cadencia.evidence.report_table import Document, Table

_PAGE = landscape(A4)
_MARGIN = 12 * mm
_PADDING = 6  # of a frame, on each side
_WIDTH = _PAGE[0] - 2 * _MARGIN - 2 * _PADDING
_OF_FIGURES = 0.45  # of the width, for a table without heads
_PLAIN, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_MAX_CELL = 4000  # characters
_SIZE, _LEADING = 7.5, 9.5  # of the letters in a table, and from line to line
_TALL = 0.8 * (_PAGE[1] - 2 * _MARGIN)  # a row that seems higher may be higher than a page
_ROOM = 40 * mm  # that a heading wants below it: it does not stand alone at the end of a page
_GRID = TableStyle([
    ("GRID", (0, 0), (-1, -1), 0.4, HexColor("#999999")), ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
])  # fmt: skip


def pdf(document: Document) -> bytes:
    """The report as PDF."""
    _register_fonts()
    cell = ParagraphStyle(
        "cell", fontName=_PLAIN, fontSize=_SIZE, leading=_LEADING, alignment=TA_LEFT, splitLongWords=1
    )
    text = ParagraphStyle("text", parent=cell, fontSize=9, leading=12, spaceAfter=4)
    title = ParagraphStyle("title", parent=text, fontName=_BOLD, fontSize=18, leading=24, spaceAfter=8)
    heading = ParagraphStyle("heading", parent=text, fontName=_BOLD, fontSize=12, leading=16, spaceBefore=12)
    story: list[Flowable] = [Paragraph(escape(document.title), title)]
    story += [
        Paragraph(f'<font name="{_BOLD}">{escape(name)}:</font> {escape(value)}', text)
        for name, value in document.facts
    ]
    story.append(Paragraph(escape(document.note), text))
    for section in document.sections:
        story += [CondPageBreak(_ROOM), Paragraph(escape(section.title), heading)]
        story += [Paragraph(escape(line), text) for line in section.paragraphs]
        for table in section.tables:
            story += _table(table, cell)
            story += [Paragraph(escape(table.more), text)] if table.more else []
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out, pagesize=_PAGE, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN + 4 * mm,
        title=document.title, author="Cadencia", lang=document.language, invariant=1,
    )  # fmt: skip

    template.build(story, canvasmaker=partial(_Footed, document))
    return out.getvalue()


class _Footed(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Writes the foot of every page when it is known how many there are."""

    def __init__(self, document: Document, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._document = document
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for page in self._pages:
            self.__dict__.update(page)
            self._foot(total=len(self._pages))
            super().showPage()
        super().save()

    def _foot(self, *, total: int) -> None:
        told, low = self._document, _MARGIN - 2 * mm
        self.setFont(_PLAIN, 7)
        self.drawString(_MARGIN + _PADDING, low, f"{told.title} · {told.made_at} · {told.root}")
        page = told.page.format(n=self.getPageNumber(), total=total)
        self.drawRightString(_PAGE[0] - _MARGIN - _PADDING, low, page)


def _table(table: Table, style: ParagraphStyle) -> list[Flowable]:
    bold = ParagraphStyle("head", parent=style, fontName=_BOLD)
    rows = [[Paragraph(escape(head), bold) for head in table.heads]] if table.heads else []
    rows += [[Paragraph(_lines(cell), style) for cell in row] for row in table.rows]
    whole = _WIDTH * (1 if table.heads else _OF_FIGURES)
    widths = [whole * width / sum(table.widths) for width in table.widths]
    # a row is split only where it must be: what is split has the heads again, in the middle of a page
    tall = any(_height(cell, width) > _TALL for row in table.rows for cell, width in zip(row, widths, strict=True))
    made = LongTable(rows, colWidths=widths, repeatRows=1 if table.heads else 0, splitInRow=int(tall), hAlign="LEFT")
    made.setStyle(_GRID)
    if table.heads:
        made.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, 0), HexColor("#eef1f5"))]))
    return [made, Spacer(1, 4)]


def _height(cell: str, width: float) -> float:
    """How high a cell is, roughly: letters are six tenths as wide as high."""
    letters = width / (0.6 * _SIZE)
    return _LEADING * sum(1 + len(line) // letters for line in cell[:_MAX_CELL].split("\n"))


def _lines(cell: str) -> str:
    cut = cell if len(cell) <= _MAX_CELL else cell[:_MAX_CELL] + " …"
    return escape(cut).replace("\n", "<br/>")


def _register_fonts() -> None:
    """Makes the fonts known, once a process. Found without importing matplotlib, which takes long."""
    if _PLAIN in pdfmetrics.getRegisteredFontNames():
        return
    rl_config.invariant = 1
    found = importlib.util.find_spec("matplotlib")
    places = found.submodule_search_locations if found else None
    if not places:
        raise RuntimeError("the fonts of reports come with matplotlib, which is not installed; pip install matplotlib")
    folder = Path(next(iter(places))) / "mpl-data" / "fonts" / "ttf"
    for name in (_PLAIN, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(_PLAIN, normal=_PLAIN, bold=_BOLD, italic=_PLAIN, boldItalic=_BOLD)
