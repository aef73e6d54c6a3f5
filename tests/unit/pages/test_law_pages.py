"""The committed pages are those of the law on file, and say what the engine says."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cadencia.pages.book import Book, open_book
from cadencia.pages.limits import Limits
from cadencia.pages.render import render
from cadencia.pages.week import weeks
from cadencia.pages.words import LANGUAGES
from cadencia.pages.world import without_law
from cadencia.rules.binding import last_look
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.load import load_tree
from cadencia.rules.opening import Contact, query_at


@pytest.fixture(scope="module")
def book() -> Book:
    root = jurisdictions_folder()
    loaded = load_tree(root)
    day = last_look(loaded.files)
    assert day is not None
    return open_book(loaded, root, day)


@pytest.fixture(scope="module")
def pages(book: Book) -> dict[str, str]:
    return render(book)


def test_the_committed_pages_are_up_to_date(root: Path, pages: dict[str, str]) -> None:
    folder = root / "docs" / "law"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    stale = [name for name, text in pages.items() if name in there and (folder / name).read_bytes() != text.encode()]
    missing, left_over = sorted(pages.keys() - there), sorted(there - pages.keys())
    assert (stale, missing, left_over) == ([], [], []), "run make docs and commit docs/law"


def test_every_place_has_a_page_in_every_language(book: Book, pages: dict[str, str]) -> None:
    for language in LANGUAGES:
        assert {f"{language}/{code.lower()}.md" for code in book.codes} <= pages.keys()


def test_links_lead_to_pages(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        folder = name.rpartition("/")[0]
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            target = Path("/") / folder / link
            path = target.as_posix().removeprefix("/")
            resolved = path if ".." not in path else "/".join(Path("/" + path).resolve().parts[1:])
            assert resolved in pages, f"{name} links to {link}"


def test_a_country_without_law_has_a_line_and_no_page(book: Book, pages: dict[str, str]) -> None:
    on_file = set(book.rulebook.jurisdictions)
    assert {code.split("-")[0] for code in on_file} & {code for code, _ in without_law(on_file, "en")} == set()
    for code, name in without_law(on_file, "es"):
        assert f"| {code} | " in pages["es/README.md"] and name
        if code not in book.codes:
            assert f"es/{code.lower()}.md" not in pages


@pytest.mark.parametrize(("code", "day", "minute"), [("CO", 0, 420), ("CO", 0, 1140), ("CO", 5, 900), ("CL", 6, 720)])
def test_a_week_is_what_the_engine_decides(book: Book, code: str, day: int, minute: int) -> None:
    week = weeks(book, code)["collector"]
    shown = [any(opens <= at < closes for opens, closes in week.days[day]) for at in (minute - 1, minute)]
    monday = date(2026, 11, 23)  # of a week without a holiday in either
    decided = []
    for at in (minute - 1, minute):
        local = datetime(monday.year, monday.month, monday.day + day, at // 60, at % 60)
        query = query_at(book.place(code), local, Contact(), book.rulebook)
        decided.append(not any(reason.kind == "contact_window" for reason in book.engine.decide(query).reasons))
    assert shown == decided


def test_a_place_whose_law_is_silent_of_collection_is_said_to_be_denied(book: Book, pages: dict[str, str]) -> None:
    silent = [code for code in book.codes if (week := weeks(book, code).get("collector")) and not week.known]
    assert "IL" in silent
    for code in silent:
        assert "no law on file speaks of it, so it is denied" in pages[f"en/{code.lower()}.md"]


def test_pictures_are_whole_and_say_their_hours(pages: dict[str, str]) -> None:
    pictures = {name: text for name, text in pages.items() if name.endswith(".svg")}
    assert len(pictures) > 100
    for text in pictures.values():
        ElementTree.fromstring(text)
    assert "<title>Colombia: Horario de las llamadas</title>" in pictures["es/co.svg"]
    assert ">07:00–19:00</text>" in pictures["pt/co.svg"] and "prefers-color-scheme:dark" in pictures["pt/co.svg"]


def test_translated_law_has_no_english_note(pages: dict[str, str]) -> None:
    for language, note in (("es", "aún no se han traducido"), ("pt", "ainda não foram traduzidos")):
        for code in ("co", "mx", "cl", "es", "eu", "br", "br-sp", "pt", "us"):
            assert note not in pages[f"{language}/{code}.md"], f"{language}/{code}: mend jurisdictions/translations"
        for code in ("jp", "gr", "us-ma"):
            assert note in pages[f"{language}/{code}.md"]
    assert "in the language of its file" not in pages["en/gr.md"]
    assert "El título, los nombres de las reglas y las lecturas de esta norma" in pages["es/gr.md"]


def test_a_page_has_the_rule_with_its_citation_and_reading(pages: dict[str, str]) -> None:
    page = pages["es/co.md"]
    assert "- **Horario de contacto.** De lunes a viernes de 07:00 a 19:00" in page
    assert "Fuente: Ley 2300/2023, arts. 3 y 5; fuerza: ley; confianza: alta (`commercial-hours`)" in page
    assert "*Lectura:* Está prohibido preguntar por qué no se pagó la deuda" in page
    assert "No es asesoramiento jurídico" in page
    assert "Proyectos" in pages["es/mx.md"] and "Tres intentos al día" in pages["es/mx.md"]


def test_the_table_omits_no_limit_silently(book: Book, pages: dict[str, str]) -> None:
    rows = {line.split(" | ")[0].strip("| "): line for line in pages["en/README.md"].splitlines() if " | " in line}
    assert "| 2 in 7 days (calls, SMS, WhatsApp messages; on a mobile phone or at home); " in rows["US-MA"]
    for code, row in rows.items():
        if code in book.rulebook.jurisdictions:
            told = Limits("en").of(rule for one in book.law(code).binding for rule in one.version.rules)
            more = re.search(r"\[\+(\d+)\]", row)
            shown = sum(text in row.replace("\\", "") for text in told)
            assert shown + (int(more[1]) if more else 0) >= len(told), code


def test_a_territory_leads_to_its_state_s_page(pages: dict[str, str]) -> None:
    for language in LANGUAGES:
        assert re.search(r" PR .* US-PR: \[P\w+ Rico\]\(us-pr\.md\)", pages[f"{language}/README.md"])
        assert "| PR | " not in pages[f"{language}/README.md"]


def test_pages_show_what_is_left_of_the_year_and_the_next(book: Book, pages: dict[str, str]) -> None:
    page = pages["pt/gr.md"]
    assert f"## Feriados de {book.day.year} e {book.day.year + 1}" in page
    days = re.findall(r"^\| (\d{4}-\d\d-\d\d) \|", page, re.MULTILINE)
    assert days == sorted(days) and days[0] >= str(book.day)
    assert {day[:4] for day in days} == {str(book.day.year), str(book.day.year + 1)}
    assert "(Christmas Day)" in page


def test_days_and_headings_read_as_people_write(pages: dict[str, str]) -> None:
    assert "segunda a sexta 07:00–19:00" in pages["pt/co.md"]
    assert "; holiday closed" in pages["en/co.md"] and "; Holiday closed" not in pages["en/co.md"]
    assert "Horario de contacto. Horario de contacto" not in pages["es/co.md"].replace("*", "")
    assert "# Columbia Británica (CA-BC)" in pages["es/ca-bc.md"]
