"""A change is proven to tighten, or shown to loosen on a person and a minute that both engines are asked about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from cadencia.engine.decide import Engine
from cadencia.engine.tables import Rulebook
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import Loaded, load_tree
from cadencia.rules.load_texts import Readings
from cadencia.rules.proof import Proof, prove

CO, US = "co/ley-2300.yaml", "us/reg-f.yaml"
READINGS = Readings()


@dataclass(frozen=True)
class Made:
    loaded: Loaded
    book: Rulebook
    engine: Engine


@cache
def texts() -> dict[str, str]:
    return {path: text for only in ("co", "us") for path, text in load_tree(jurisdictions_folder(), only).texts.items()}


def made(of: dict[str, str]) -> Made:
    loaded = READINGS.load(of)
    book = compile_rulebook(loaded, locates=False)
    return Made(loaded, book, Engine(book))


@cache
def base() -> Made:
    return made(texts())


def proved(path: str, old: str, new: str, *, extra: dict[str, str] | None = None) -> tuple[Proof, Made]:
    assert not old or old in texts()[path]
    after = made({**texts(), path: texts()[path].replace(old, new), **(extra or {})})
    was = base()
    return prove(was.loaded, after.loaded, was.book, after.book, was.engine.decide, after.engine.decide), after


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (CO, '"07:00-19:00"', '"08:00-18:00"'),
        (US, "at_most: 7", "at_most: 6"),
        (US, "lasts: 7 civil days", "lasts: 8 civil days"),
        (CO, "unless_facts: [consent_time, reply_to_person]", "unless_facts: [reply_to_person]"),
    ],
)
def test_a_tighter_rule_is_proven_to_be_tighter(path: str, old: str, new: str) -> None:
    assert proved(path, old, new)[0] == Proof(verdict="tightens")


def test_a_comment_changes_nothing() -> None:
    assert proved(CO, "# Colombia.", "# Colombia:")[0] == Proof(verdict="same")


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        (CO, '"07:00-19:00"', '"07:00-20:00"', "CO.ley-2300.contact-hours"),
        (CO, '"07:00-19:00"', '"06:59-18:00"', "CO.ley-2300.contact-hours"),
        (CO, "at_most: 1", "at_most: 2", "CO.ley-2300.one-contact-a-day"),
        (US, "at_most: 7", "at_most: 8", "US.reg-f.seven-in-seven"),
        (US, "lasts: 7 civil days", "lasts: 6 civil days", "US.reg-f.week-after-conversation"),
        (CO, "parties: [debtor, co_debtor, guarantor, attorney]", "parties: [debtor, co_debtor, guarantor, attorney, "
         "spouse]", "CO.ley-2300.no-references"),
        (CO, "unless_facts: [consent_time, reply_to_person]", "unless_facts: [consent_time, reply_to_person, "
         "written_notice]", "CO.ley-2300.contact-hours"),
    ],
)  # fmt: skip
def test_a_looser_rule_is_shown_on_a_person_and_a_minute(path: str, old: str, new: str, rule: str) -> None:
    proof, after = proved(path, old, new)
    assert proof.verdict == "loosens"
    assert proof.example is not None
    assert rule in [name for name, _ in proof.example.rules]
    assert not base().engine.decide(proof.example.query).allowed
    assert after.engine.decide(proof.example.query).allowed


def test_a_place_that_had_no_law_was_closed_so_a_first_law_opens_it() -> None:
    first = """jurisdiction: "XK"
title: "A first law"
timezone: "Europe/Belgrade"
holidays: none
versions:
  - from: "2020-01-01"
    rules:
      hours:
        contact_window: {every-day: "08:00-20:00"}
        cite: "art. 1"
"""
    proof, after = proved(CO, "", "", extra={"xk/law.yaml": first})
    assert proof.verdict == "loosens" and proof.opened == ("XK",)
    assert proof.example is not None and after.engine.decide(proof.example.query).allowed


def test_holidays_cannot_be_compared_so_they_are_never_called_tighter() -> None:
    fewer = texts()["holidays/co.yaml"].partition("add:")[0]
    proof, _ = proved(CO, "", "", extra={"holidays/co.yaml": fewer})
    assert proof.verdict in ("unproven", "loosens")
    assert [change.path for change in proof.changes] == ["holidays/co.yaml"]
