"""The script linter over a small law: what is missing, what is said, where, and what is refused."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache

import pytest

from cadencia.engine.tables import Rulebook
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import Loaded, load_text
from cadencia.rules.script_bans import open_finder
from cadencia.rules.script_catalogue import CatalogueError
from cadencia.rules.scripts import (
    MAX_BYTES,
    Asked,
    Finding,
    NoRulesKnownError,
    Place,
    Report,
    ScriptError,
    check,
    digest,
    read_text,
)

COUNTRY = """
jurisdiction: "CO"
title: "A law of a test"
timezone: person
holidays: none
versions:
  - from: "2020-01-01"
    source: "https://example.org/law"
    rules:
      wording:
        script: {bans: [asks-reason, threat], phrases_banned: ["lista de deudores"], languages: [es]}
        cite: "art. 1"
      contents:
        script: {approved: required, blocks: [identity, plain-envelope]}
        cite: "art. 2"
        channels: [letter, sms]
      by-machine:
        script: {blocks: [ai-disclosure, house-greeting]}
        cite: "art. 3"
        initiators: [bot]
      in-court:
        script: {bans: [court-imitation]}
        cite: "art. 4"
        stages: [extrajudicial, judicial]
      recorded:
        script: {blocks: [recording-notice]}
        cite: "art. 5"
        when_facts: [prerecorded]
    tests:
      - {when: "Tue 2026-05-19 10:00 America/Bogota", try: sms, expect: deny, by: contents,
         facts: ["not script_approved"]}
      - {when: "Tue 2026-05-19 10:00 America/Bogota", try: sms, expect: deny, by: wording,
         facts: ["not script_language_ok"]}
  - from: "2030-01-01"
    source: "https://example.org/law"
    rules:
      wording:
        script: {bans: [marketing]}
        cite: "art. 9"
"""
STATE = COUNTRY.replace('"CO"', '"CO-ANT"').replace("art. ", "state art. ")


@lru_cache(maxsize=1)
def law() -> Rulebook:
    files = [load_text(text, path) for text, path in ((COUNTRY, "co/law.yaml"), (STATE, "co/ant.yaml"))]
    assert [problem for _, problems in files for problem in problems] == []
    read = tuple(file for file, _ in files if file)
    return compile_rulebook(Loaded(files=read, holidays={}, problems=[], texts={}), locates=False)


def asked(**more: object) -> Asked:
    given = {"jurisdiction": "CO", "channel": "call", "language": "es", "at": date(2026, 5, 19), **more}
    return Asked(**given)  # type: ignore[arg-type]


def report(text: str, **more: object) -> Report:
    return check(text, law(), asked(**more))


def names(text: str, **more: object) -> list[tuple[str, str]]:
    return [(finding.kind, finding.name) for finding in report(text, **more).findings]


def test_words_are_told_with_their_place_in_the_text_as_written() -> None:
    text = "Buenas tardes.\nDon Luis, ¿por qué   no ha PAGADO?"
    assert report(text).findings == (
        Finding(
            kind="words", name="asks-reason", rule="CO.law.wording", citation="art. 1",
            words="por qué   no ha PAGADO", place=Place(2, 12, 2, 34),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Por que no ha pagado", "P0R QUÉ N0 HA PAGAD0", "¿p.o.r q.u.é no ha pagado?", "por qué no ha p-a-g-a-d-o",
        "por q\u0301ue no ha pagado", "por qu\u00ade no ha paga\u200bdo", "pоr que no hа pаgаdo",
        "ｐｏｒ ｑｕｅ ｎｏ ｈａ ｐａｇａｄｏ", "por que no ha pagaaaado", "por qué\nno ha\tpagado",
    ],
)  # fmt: skip
def test_disguises_are_seen_through(text: str) -> None:
    assert ("words", "asks-reason") in names(text)


def test_missing_blocks_name_the_rule_and_its_article() -> None:
    found = report("Tiene una cuota vencida.", channel="sms")
    missing = Finding(kind="missing", name="identity", rule="CO.law.contents", citation="art. 2")
    assert found.findings == (missing,)
    assert found.approval == (("CO.law.contents", "art. 2"),)
    assert names("Le escribe Recaudos SA: tiene una cuota vencida.", channel="sms") == []


def test_what_no_text_can_show_is_no_finding_and_is_told() -> None:
    found = report("Le escribe Recaudos SA.", channel="letter")
    assert (found.clean, found.unseen) == (True, (("plain-envelope", "CO.law.contents"),))


def test_a_block_without_signs_is_never_passed_silently() -> None:
    found = report("Habla un asistente virtual.", initiator="bot")
    assert found.findings == ()
    assert found.without_signs == (("house-greeting", "CO.law.by-machine"),)
    assert not found.clean


def test_the_law_of_the_parents_holds_too() -> None:
    rules = [finding.rule for finding in report("¿Por qué no pagó?", jurisdiction="CO-ANT").findings]
    assert rules == ["CO.law.wording", "CO-ANT.ant.wording"]


def test_only_the_version_in_force_on_the_day_binds() -> None:
    offer = "Tenemos un nuevo préstamo para usted."
    assert names(offer) == []
    assert names(offer, at=date(2029, 12, 31)) == []
    assert names(offer, at=date(2030, 1, 1)) == [("words", "marketing")]
    with_reason = names("¿Por qué no pagó?", at=date(2030, 1, 1))
    assert with_reason == []


@pytest.mark.parametrize(
    ("more", "blocks"),
    [
        ({}, []),
        ({"facts": ("prerecorded",)}, ["recording-notice"]),
        ({"channel": "sms"}, ["identity"]),
        ({"purpose": "marketing"}, []),
    ],
)
def test_selectors_and_facts_choose_the_rules(more: dict[str, object], blocks: list[str]) -> None:
    assert [name for kind, name in names("Hola.", **more) if kind == "missing"] == blocks


def test_the_rules_of_every_stage_bind_while_it_is_not_stated() -> None:
    paper = "NOTIFICACIÓN JUDICIAL"
    assert ("words", "court-imitation") in names(paper)
    assert ("words", "court-imitation") in names(paper, stage="extrajudicial")
    assert names(paper, stage="preventive") == []


def test_courts_may_be_named_once_a_suit_has_begun() -> None:
    text = "El proceso judicial 2025-118 sigue su curso en el Juzgado 14."
    assert names(text, stage="extrajudicial") == [("words", "court-imitation")]
    assert names(text, stage="judicial") == []


def test_a_class_that_no_rule_bans_is_noted_and_no_finding() -> None:
    found = report("Usted es un ladrón.")
    assert (found.findings, found.clean) == ((), True)
    assert found.noted == (("insult", "ladrón", Place(1, 13, 1, 19)),)


@pytest.mark.parametrize(
    "text",
    [
        "Esta carta no es una notificación judicial.", "No es una demanda ni una citación judicial.",
        "Nunca publicaremos una lista de deudores.", "Nadie va a ir preso por una deuda.",
        "No le vamos a preguntar por qué no ha pagado.",
    ],
)  # fmt: skip
def test_denials_are_lawful(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("language", "text"), [("pt", "Esta não é uma intimação judicial."), ("es", "Jamás será arrestado por una deuda.")]
)
def test_denials_with_accents_are_denials(language: str, text: str) -> None:
    assert open_finder(language).offences(text) == []


@pytest.mark.parametrize(
    "text", ["Si no paga, irá preso.", "No se arriesgue: va a ir a la cárcel.", "No pague y verá: irá preso."]
)
def test_a_condition_is_no_denial(text: str) -> None:
    assert ("words", "threat") in names(text)


def test_a_rules_own_phrases_are_found_whatever_the_accents() -> None:
    assert names("Está en la LISTA  DE DEUDORES.") == [("words", "phrase")]
    assert names("Está en la lista de los deudores.") == []


def test_a_language_that_the_law_does_not_allow_is_a_finding() -> None:
    assert names("Good morning.", language="en") == [("language", "en")]


def test_a_language_without_signs_is_refused() -> None:
    with pytest.raises(CatalogueError, match="no signs for the language 'fr'; there are some for en, es, pt"):
        report("Bonjour.", language="fr")


def test_a_place_without_law_is_refused() -> None:
    with pytest.raises(NoRulesKnownError, match="no_rules_known: no law is on file for PA"):
        report("Hola.", jurisdiction="PA")


def test_a_day_before_every_law_is_refused() -> None:
    with pytest.raises(NoRulesKnownError, match="was in force on 2019-12-31, the first is of 2020-01-01"):
        report("Le escribe Recaudos SA.", at=date(2019, 12, 31))
    assert report("Le escribe Recaudos SA.", at=date(2020, 1, 1)).rules


def test_placeholders_are_no_words_and_stand_for_what_they_name() -> None:
    assert names("{empresa} le avisa de su cuota.", channel="sms") == []
    assert names("Don {preso}, hola.") == []
    assert names("Don [VA A IR PRESO], hola.") == [("words", "threat")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"hola \xff", "line 1: byte 0xff is not UTF-8"),
        (b"uno\ndos \xc3", "line 2"),
        (b" \n", "empty"),
        (b"a" * (MAX_BYTES + 1), "limit"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(ScriptError, match=says):
        read_text(data)


def test_line_ends_do_not_matter_to_the_hash_and_a_letter_does() -> None:
    assert read_text(b"\xef\xbb\xbfuno\r\ndos\rtres") == "uno\ndos\ntres"
    assert digest("uno\ndos") == hashlib.sha256(b"uno\ndos").hexdigest()
    assert digest("uno\ndos") != digest("uno\nDos")
