"""The report says what an officer asks for, in three languages, as HTML and as PDF."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from pathlib import Path
from string import Formatter

import pytest
from reportlab.pdfgen.canvas import Canvas

from cadencia.dialer import judge
from cadencia.engine.words import Channel, EventKind, Initiator
from cadencia.evidence import reason_words, report, verify
from cadencia.evidence.archive import Archive
from cadencia.evidence.chosen import BEFORE, FILES
from cadencia.evidence.history import tell
from cadencia.evidence.pack import build
from cadencia.evidence.reason_words import own_reason
from cadencia.evidence.report_pdf import pdf
from cadencia.evidence.report_table import Document, Section, Table
from cadencia.evidence.report_words import WORDS, word
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.translations import read_translations
from tests.unit.evidence.stories import ANA, NOW, START, TENANT, ana, archive, asked, law


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    async def run() -> bytes:
        story, folder = await ana(), tmp_path_factory.mktemp("archive")
        return (await build(story.ledger, archive(folder), asked(), now=NOW)).data

    pack = asyncio.run(run())
    return {file: pack[start:end] for file, (start, end) in verify.unzip(pack)[0].items()}


def text_of(page: bytes) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.decode())).split())


def test_every_word_is_in_every_language() -> None:
    for name, words in WORDS.items():
        assert set(words) == {"es", "en", "pt"}, name
        gaps = [sorted(gap for _, gap, _, _ in Formatter().parse(text) if gap) for text in words.values()]
        assert gaps[0] == gaps[1] == gaps[2], name
    told = {*Channel.__members__, *Initiator.__members__, *EventKind.__members__} - {"pending", "void"}
    assert told <= set(WORDS)
    assert word("consent_by_pigeon", "es") == "consent by pigeon"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("es", ["Ley 2300/2023, art. 3: Como máximo un contacto al día", "denegado", "agente, a mano agent Íñigo",
                "corregido: sin respuesta (antes ocupado)", "promesa de pago para el 2026-06-15",
                "prior_consent: la persona dio directamente al gestor", "la persona se comunicó: conversación",
                "norma no revisada por un abogado", "Contactos permitidos 3 Contactos denegados 3"]),
        ("en", ["Ley 2300/2023, art. 3: At most one contact a day", "refused", "corrected: no answer (was busy)",
                "2026-05-18 09:00:03 (2026-05-18 14:00:03) made", "campaign <5>", "0 of 1", "1 of 1",
                "possible from 2026-05-19 00:00:00 (2026-05-19 05:00:00)"]),
        ("pt", ["Ley 2300/2023, art. 3: No máximo um contato por dia", "negado",
                "corrigido: sem resposta (antes ocupado)"]),
    ],
)  # fmt: skip
def test_what_an_officer_reads(files: dict[str, bytes], language: str, told: list[str]) -> None:
    text = text_of(files[f"report.{language}.html"])
    for part in told:
        assert part in text, part


def test_the_page_loads_nothing_and_escapes_everything(files: dict[str, bytes]) -> None:
    page = files["report.es.html"].decode()
    assert '<html lang="es">' in page and "default-src 'none'" in page
    assert "campaign &lt;5&gt;" in page and "<script" not in page and "http://" not in page
    assert "@media print" in page


def test_the_pdf_has_its_fonts_inside_and_no_date_but_ours(files: dict[str, bytes]) -> None:
    data = files["report.es.pdf"]
    assert data.startswith(b"%PDF-") and data.count(b"/FontFile2") >= 2
    assert re.findall(rb"/BaseFont /(\S+)", data) and all(b"DejaVu" in font for font in fonts_used(data))
    assert b"D:2000" in data or b"/CreationDate" not in data


def fonts_used(data: bytes) -> set[bytes]:
    # reportlab always declares Helvetica, whether a page uses it or not; what is embedded is what is used
    return set(re.findall(rb"/FontName /(\S+)", data))


def test_long_tables_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(report, "MAX_ROWS", 2)

    async def run() -> bytes:
        return (await build((await ana()).ledger, archive(tmp_path), asked(), now=NOW, languages=("en",))).data

    pack = asyncio.run(run())
    start, end = verify.unzip(pack)[0]["report.en.html"]
    assert "4 more follow, in decisions.ndjson." in text_of(pack[start:end])


def test_a_cell_longer_than_a_page_does_not_break_the_pdf() -> None:
    table = Table(heads=("a", "b"), rows=(("x" * 20_000, "y\n" * 600), ("<b>&", "ñ")), widths=(50, 50))
    document = Document(
        language="en", title="T", made_at="2026-06-01T00:00:00Z", page="Page {n} of {total}", root="ab" * 32,
        facts=(), note="",
        sections=(Section(title="S", tables=(table,)),),
    )  # fmt: skip
    assert pdf(document) == pdf(document)


def test_a_person_of_whom_little_is_told(tmp_path: Path) -> None:
    async def run() -> bytes:
        story = await ana()
        await story.add("decided", START, {"decision": {"verdict": "deny"}}, subject=b"c" * 16)
        await story.add("fact", START, {"wanted": [{"opens": "09:00"}], "scope": "person"}, subject=b"c" * 16)
        await story.add("fact", START, {"date": "due_date", "on": "2026-01-01"}, subject=b"c" * 16)
        await story.add("promise", START, {"cannot_pay_until": "2026-07-01"}, subject=b"c" * 16)
        whom = asked(subject=b"c" * 16)
        return (await build(story.ledger, archive(tmp_path), whom, now=NOW, languages=("en",))).data

    pack = asyncio.run(run())
    start, end = verify.unzip(pack)[0]["report.en.html"]
    text = text_of(pack[start:end])
    assert "Times in UTC." in text and "cannot pay before 2026-07-01" in text and "due date: 2026-01-01" in text
    assert f"Person {(b'c' * 16).hex()}" in text and f"Organisation {TENANT}" in text and "Nothing recorded." in text
    assert verify.verify(pack)[0].startswith("OK, ")


def test_the_foot_of_every_page_has_its_number_and_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = list[str](), list[str]()
    monkeypatch.setattr(Canvas, "drawString", lambda self, x, y, text: left.append(text))
    monkeypatch.setattr(Canvas, "drawRightString", lambda self, x, y, text: right.append(text))
    rows = tuple((f"{n}", "text " * 200) for n in range(40))
    table = Table(heads=("a", "b"), rows=rows, widths=(50, 50))
    pdf(Document(
        language="en", title="T", made_at="2026-06-01T00:00:00Z", page="Page {n} of {total}", root="ab" * 32,
        facts=(), note="", sections=(Section(title="S", tables=(table,)),),
    ))  # fmt: skip
    assert len(right) > 2
    assert right == [f"Page {n} of {len(right)}" for n in range(1, len(right) + 1)]
    assert set(left) == {f"T · 2026-06-01T00:00:00Z · {'ab' * 32}"}


def test_denials_of_the_gate_and_the_engine_have_words_in_every_language() -> None:
    assert {rule: words["en"] for rule, words in reason_words.GATE_REASONS.items()} == judge.GATE_REASONS
    for language in ("es", "pt"):
        for rule, english in judge.GATE_REASONS.items():
            more = "dispute" if english.endswith(": ") else ""
            told = own_reason({"kind": "gate", "rule": rule, "message": english + more}, language)
            assert told != english + more and told.endswith(more)
    unknown = {"kind": "engine", "rule": "no_rules_known", "jurisdiction": "US-XX", "message": "No rules: US-XX"}
    assert own_reason(unknown, "es").endswith("ley superior: US-XX")
    assert own_reason({"kind": "engine", "rule": "of_later", "message": "Later."}, "es") == "Later."
    stated = {"kind": "contact_window", "rule": "person.stated-hours", "message": "Outside"}
    assert own_reason(stated, "pt").startswith("Fora do")


def test_facts_are_told_as_the_gate_writes_them(tmp_path: Path) -> None:
    """What holds is left out of a payload, hours are spans of days, a hold and an id are told in words."""

    async def run() -> bytes:
        story = await ana()
        for told in (
            {"fact": "dispute", "hold": "dispute", "scope": "debt", "id": "D-9", "until": "2026-07-01T00:00:00Z"},
            {"fact": "opt_out", "value": False, "channel": "sms"},
            {"wanted": [{"opens": "18:00", "closes": "20:00", "weekdays": [0, 1, 2]}], "unwanted": []},
        ):
            await story.add("fact", START, {"v": 1, "person": "ana", "source": "a letter", **told}, subject=ANA)
        return (await build(story.ledger, archive(tmp_path), asked(), now=NOW, languages=("es",))).data

    pack = asyncio.run(run())
    start, end = verify.unzip(pack)[0]["report.es.html"]
    text = text_of(pack[start:end])
    for part in ("registrado como suspensión deuda: D-9 hasta 2026-06-30 19:00:00 (2026-07-01 00:00:00) sí a letter",
                 "SMS no a letter", "horas que pidió: 18:00–20:00 (de lunes a miércoles)",
                 "horas que rechazó: ya ninguna"):  # fmt: skip
        assert part in text, part


def test_readings_are_in_the_language_of_the_report(tmp_path: Path) -> None:
    loaded, rulebook = law()
    kept = Archive(tmp_path)
    told = [read_translations(jurisdictions_folder(), "es")]
    kept.publish(loaded, rulebook, translations=told)

    async def run() -> bytes:
        return (await build((await ana()).ledger, kept, asked(), now=NOW, languages=("es", "pt"))).data

    pack = asyncio.run(run())
    texts = {name: text_of(pack[slice(*verify.unzip(pack)[0][f"report.{name}.html"])]) for name in ("es", "pt")}
    assert "Nuestra lectura: Enviar el mensaje o hacer la llamada a un canal autorizado" in texts["es"]
    assert "Nossa leitura, em inglês: Sending the message" in texts["pt"]


def test_the_version_that_bound_is_quoted_not_the_newest() -> None:
    books = {"b": {"rules": {"r": {
        since: {"sentences": {"en": f"As of {since}."}, "cite": "art. 1", "reading": "", "file": "f", "line": 1}
        for since in ("2020-01-01", "2026-05-20")
    }}}}  # fmt: skip
    reason = {"rule": "r", "kind": "frequency_cap", "citation": "art. 1", "reviewed": True, "message": "As told then."}
    told = tell(asked(), {file: [] for file in (*FILES, BEFORE)}, made_at="", head=0, root="")
    reporter = report.Reporter(told, books, "en")
    assert reporter._reason(reason, {"r": "2020-01-01"}) == "art. 1: As of 2020-01-01."
    assert reporter._reason(reason, {"r": "2019-01-01"}) == "art. 1: As told then."
