"""A report as one HTML page that prints well: no script, nothing loaded from elsewhere, every text escaped."""

from __future__ import annotations

from html import escape

from cadencia.evidence.report_table import Document, Section, Table

_STYLE = """
body{font:14px/1.45 "DejaVu Sans",Verdana,Arial,sans-serif;color:#111;max-width:72em;margin:2em auto;padding:0 1em}
h1{font-size:1.7em;margin:0 0 .6em}h2{font-size:1.2em;margin:1.8em 0 .5em;border-bottom:2px solid #234}
table{border-collapse:collapse;width:100%;table-layout:fixed}th,td{border:1px solid #bbb;padding:.3em .45em;
text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#eef1f5}p{overflow-wrap:anywhere}
dt{float:left;clear:left;width:12em;font-weight:bold}dd{margin:0 0 .2em 12em;overflow-wrap:anywhere}.note{color:#444}
@media print{@page{size:A4;margin:16mm 12mm}body{font-size:9pt;margin:0;max-width:none;padding:0}
thead{display:table-header-group}tr{break-inside:avoid}h2{break-after:avoid}}
"""


def html(document: Document) -> bytes:
    """The page, in UTF-8."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in document.facts)
    body = "".join(_section(section) for section in document.sections)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="{document.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{escape(document.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{escape(document.title)}</h1>\n<dl>\n{facts}</dl>\n<p class="note">{escape(document.note)}</p>\n'
        f"{body}</body>\n</html>\n"
    ).encode("utf-8", "replace")


def _section(section: Section) -> str:
    paragraphs = "".join(f"<p>{escape(text)}</p>\n" for text in section.paragraphs)
    return f"<h2>{escape(section.title)}</h2>\n{paragraphs}{''.join(_table(table) for table in section.tables)}"


def _table(table: Table) -> str:
    columns = "".join(f'<col style="width:{width}%">' for width in table.widths)
    heads = "".join(f"<th>{escape(head)}</th>" for head in table.heads)
    head = f"<thead><tr>{heads}</tr></thead>\n" if heads else ""
    rows = "".join(f"<tr>{''.join(f'<td>{_lines(cell)}</td>' for cell in row)}</tr>\n" for row in table.rows)
    more = f"<p>{escape(table.more)}</p>\n" if table.more else ""
    return f"<table>\n<colgroup>{columns}</colgroup>\n{head}<tbody>\n{rows}</tbody>\n</table>\n{more}"


def _lines(cell: str) -> str:
    return "<br>".join(escape(line) for line in cell.split("\n"))
