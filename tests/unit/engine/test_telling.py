"""The kernel's numbers as a decision."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from cadencia.engine.batch import NO_INSTANT, PlaceSet
from cadencia.engine.decision import Clue, Decision
from cadencia.engine.history import seconds
from cadencia.engine.tables import BanCheck, Obligation
from cadencia.engine.telling import ENGINE_REASONS, STATED_HOURS, Answer, Teller, Told, as_datetime
from cadencia.engine.words import STATED_HOURS_BIT, RetryCode, VerdictCode
from tests.unit.engine.books import TUESDAY, book, day_number, rule

PLACES = PlaceSet(("AA",), ("America/Bogota",))
SENTENCES = {"en": "No.", "es": "Que no.", "pt": "Não."}
BAN = rule(
    "ban", BanCheck(), kind="channel_ban", sentences=SENTENCES, reading="strict", force="guidance", reviewed=True
)
BOOK = book(BAN)


def tell(to: Told, answer: Answer, rules: list[list[int]], singles: dict[int, Answer] | None = None) -> Decision:
    return Teller(BOOK).tell(to, answer, 0, rules, singles)


def told(language: str = "en", places: PlaceSet = PLACES) -> Told:
    clues = (Clue("stated", "America/Bogota", ("America/Bogota",)),)
    return Told(at=seconds(TUESDAY), places=places, clues=clues, language=language, facts_true=0)


def test_instants() -> None:
    assert as_datetime(0) == datetime(2000, 1, 1, tzinfo=UTC)
    assert as_datetime(NO_INSTANT) is None


def test_an_allowance() -> None:
    decision = tell(told(), Answer(allowed=1, retry_at=seconds(TUESDAY)), [[0]])
    assert (decision.verdict, decision.reasons, decision.retry_at) == ("allow", (), TUESDAY)
    assert (decision.clues[0].kind, decision.rulebook) == ("stated", BOOK.hash)


@pytest.mark.parametrize(("language", "message"), [*SENTENCES.items(), ("fr", "No.")])
def test_a_rule_is_told_in_the_language_or_in_english(language: str, message: str) -> None:
    single = Answer(retry=RetryCode.never)
    [reason] = tell(told(language), Answer(reasons=1), [[0]], {0: single}).reasons
    assert (reason.rule, reason.kind, reason.citation, reason.jurisdiction) == (
        "AA.law.ban",
        "channel_ban",
        "art. ban",
        "AA",
    )
    assert (reason.force, reason.reading, reason.reviewed) == ("guidance", "strict", True)
    assert (reason.retry_at, reason.retry, reason.message) == (None, "never", message)


@pytest.mark.parametrize("code", [code for code in VerdictCode if code is not VerdictCode.none])
@pytest.mark.parametrize("language", ["en", "es", "pt", "fr"])
def test_every_code_of_the_engine_has_a_text(code: VerdictCode, language: str) -> None:
    decision = tell(told(language), Answer(code=code, retry=RetryCode.needs_fact), [])
    [reason] = decision.reasons
    assert (decision.verdict, reason.rule, reason.kind, reason.retry) == ("deny", code.name, "engine", "needs_fact")
    place = "AA" if code is VerdictCode.no_rules_known else ""
    assert reason.message == ENGINE_REASONS[code].get(language, ENGINE_REASONS[code]["en"]) + place
    assert len(set(ENGINE_REASONS[code].values())) == 3


def test_hours_of_the_person_are_a_reason_of_their_own() -> None:
    opens = Answer(retry_at=seconds(TUESDAY) + 60)
    [reason] = tell(told("es"), Answer(reasons=1 << STATED_HOURS_BIT), [[0]], {STATED_HOURS_BIT: opens}).reasons
    assert (reason.rule, reason.kind) == (STATED_HOURS, "contact_window")
    assert reason.retry_at == TUESDAY.replace(minute=1)
    assert reason.message == "Fuera de las horas que indicó la persona."


def test_a_zone_without_data_does_not_hinder_the_telling() -> None:
    decision = tell(told(places=PlaceSet(("AA",), ("Mars/Olympus",))), Answer(code=VerdictCode.zone_unknown), [])
    assert (decision.verdict, decision.zones, decision.warnings) == ("deny", ("Mars/Olympus",), ())


def test_what_is_kept_for_a_day_is_not_told_on_another() -> None:
    change = day_number(date(2026, 5, 20))
    rules = (
        rule("old", until_day=change, obligations=(Obligation("a", 1),)),
        rule("old", from_day=change, reviewed=True),
    )
    teller = Teller(book(*rules))
    answer = Answer(allowed=1)
    first = teller.tell(told(), answer, 0, [[0, 1]])
    second = teller.tell(replace(told(), at=seconds(TUESDAY) + 86_400), answer, 0, [[0, 1]])
    assert ([duty.code for duty in first.obligations], len(first.warnings)) == (["a"], 1)
    assert (second.obligations, second.warnings) == ((), ())
    assert teller.tell(told(), answer, 0, [[0, 1]]) == first


def test_a_rule_with_facts_is_told_only_when_they_hold() -> None:
    gated = rule("gated", when=0b10, unless=0b100, obligations=(Obligation("a", 1),))
    teller = Teller(book(gated))
    found = [teller.tell(replace(told(), facts_true=facts), Answer(), 0, [[0]]) for facts in (0, 0b10, 0b110, 0b1)]
    assert [len(decision.obligations) for decision in found] == [0, 1, 0, 0]
    assert [bool(decision.warnings) for decision in found] == [False, True, False, False]
