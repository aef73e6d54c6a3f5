"""A report before it is HTML or PDF: text in sections and tables, every cell plain text."""

from __future__ import annotations

import msgspec


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of cells; a line break in a cell begins a new line. widths: percent of the page. more: a line below."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    more: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A heading with what stands under it."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report. made_at: RFC 3339, the date that a PDF carries. page: "Page {n} of {total}" in the report's
    language. root: that the pack is sealed by."""

    language: str
    title: str
    made_at: str
    page: str
    root: str
    facts: tuple[tuple[str, str], ...]
    note: str
    sections: tuple[Section, ...]
