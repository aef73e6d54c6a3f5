"""Every page as text by its path: what `cadencia rules pages` writes and docs/law holds."""

from __future__ import annotations

from cadencia.pages.book import Book
from cadencia.pages.index import Index
from cadencia.pages.page import Page, file_name
from cadencia.pages.week import weeks
from cadencia.pages.words import LANGUAGE_NAMES, LANGUAGES, Words


def render(book: Book) -> dict[str, str]:
    """Path below the folder of the pages -> its text. The same law gives the same bytes."""
    hours = {code: weeks(book, code) for code in book.codes}
    pages = {"README.md": _front(book)}
    for language in LANGUAGES:
        pages[f"{language}/README.md"] = Index(book, language, hours).markdown()
        for code in book.codes:
            page = Page(book, code, language, hours[code])
            pages[f"{language}/{file_name(code)}.md"] = page.markdown()
            if picture := page.strip():
                pages[f"{language}/{file_name(code)}.svg"] = picture
    return pages


def _front(book: Book) -> str:
    """The door: the three languages."""
    lines = []
    for language in LANGUAGES:
        words = Words(language)
        lines += [f"- [{LANGUAGE_NAMES[language]}: {words.say('world')}]({language}/README.md)"]
    return "\n".join((
        "# Contact law · Normas de contacto · Normas de contato", "", *lines, "",
        f"Made by `make docs` from `jurisdictions/`; {Words('en').say('as_of', day=book.day).lower()}", "",
    ))  # fmt: skip
