"""Which caller-id rules a shown number breaks."""

from __future__ import annotations

import pytest

from cadencia.engine.caller import CallerRules, breaks, broken_caller_rules, caller_checks
from cadencia.engine.decide import Engine
from cadencia.engine.tables import CallerCheck, FactCheck
from tests.unit.engine.books import asked, book, rule

PREFIXED = CallerCheck(slot=0, prefixes=("+56600", "+56809"))
BANNED = CallerCheck(slot=63, shown=False, banned_prefixes=("+346", "+347"))
BOOK = book(rule("p", PREFIXED, kind="caller_id"), rule("f", FactCheck(forbids=1)), rule("b", BANNED, kind="caller_id"))


@pytest.mark.parametrize(
    ("check", "shown", "broken"),
    [
        (PREFIXED, "+56600123456", False),
        (PREFIXED, "+56809123456", False),
        (PREFIXED, "+5622123456", True),
        (PREFIXED, "", True),
        (BANNED, "", False),
        (BANNED, "+34612345678", True),
        (BANNED, "+34912345678", False),
        (CallerCheck(slot=0), "+1", False),
        (CallerCheck(slot=0), "", True),
        (CallerCheck(slot=0, prefixes=("+34",), banned_prefixes=("+346",)), "+34612345678", True),
    ],
)
def test_a_number_that_is_shown(check: CallerCheck, shown: str, broken: bool) -> None:
    assert breaks(check, shown) is broken


def test_the_mask_has_the_slot_of_each_broken_rule() -> None:
    assert caller_checks(BOOK) == [PREFIXED, BANNED]
    assert broken_caller_rules(BOOK, None) == 0
    assert broken_caller_rules(BOOK, "+34612345678") == 1 | 1 << 63
    assert broken_caller_rules(BOOK, "") == 1


@pytest.mark.parametrize(("shown", "blocked"), [(None, []), ("", ["p"]), ("+34612345678", ["p", "b"]), ("+566001", [])])
def test_the_engine_denies_by_it(shown: str | None, blocked: list[str]) -> None:
    decision = Engine(BOOK).decide(asked(caller_id=shown))
    assert [reason.rule for reason in decision.reasons] == [f"AA.law.{name}" for name in blocked]


def test_what_is_remembered_of_a_number_is_what_its_rules_say() -> None:
    rules = CallerRules(BOOK)
    for shown in (None, "", "+34612345678", "+56600123456", "", "+34612345678"):
        assert rules.broken(shown) == broken_caller_rules(BOOK, shown)
