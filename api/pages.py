"""Pages for people: the contract to read, and what a problem means. HTML without script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from cadencia.api.problem import STATUS, type_of
from cadencia.api.problem_texts import LANGUAGES, TEXTS
from cadencia.api.roles import SCOPES
from cadencia.api.route import Route

_STYLE = "body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}code{background:#eee}"
_HEADINGS = {"en": "Problems", "es": "Problemas", "pt": "Problemas"}


def problem_page(code: str, language: str) -> str:
    """One problem, in the reader's language first, then in the others."""
    order = (language, *(other for other in LANGUAGES if other != language))
    parts = [f"<p><code>{escape(code)}</code>, HTTP {STATUS[code]}</p>"]
    for each in order:
        title, detail, cure = TEXTS[code][each]
        parts.append(
            f'<section lang="{each}"><h2>{escape(title)}</h2><p>{escape(detail)}</p><p>{escape(cure)}</p></section>'
        )
    return _page(TEXTS[code][language][0], language, "".join(parts))


def problems_page(language: str) -> str:
    """All of them, each with a link to its page."""
    rows = "".join(
        f'<tr><td>{STATUS[code]}</td><td><a href="{type_of(code)}"><code>{code}</code></a></td>'
        f"<td>{escape(TEXTS[code][language][0])}</td></tr>"
        for code in STATUS
    )
    return _page(_HEADINGS[language], language, f"<table>{rows}</table>")


def reference_page(routes: Iterable[Route]) -> str:
    """Every route with what it takes and answers, and every scope."""
    parts = ['<p>The whole contract: <a href="/openapi.json">/openapi.json</a>. <a href="/problems">Problems</a>.</p>']
    for route in routes:
        needs = "no key" if route.scope is None else f"scope {route.scope}" if route.scope else "any key"
        parts.append(
            f"<h2><code>{route.method} {escape(route.path)}</code></h2><p>{escape(route.summary)}. {needs}.</p>"
            f"<p>{_types(route)}</p>"
        )
    scopes = "".join(f"<dt><code>{name}</code></dt><dd>{escape(text)}</dd>" for name, text in SCOPES.items())
    return _page("Cadencia API", "en", "".join(parts) + f"<h2>Scopes</h2><dl>{scopes}</dl>")


def _types(route: Route) -> str:
    named = (("Takes", route.body), ("Answers", route.answer))
    return "; ".join(f"{verb} <code>{kind.__name__}</code>" for verb, kind in named if kind is not None)


def _page(title: str, language: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{escape(title)}</h1>{body}</html>"
    )
