"""Whose history a counter counts and what narrows it, from the file to the engine's numbers."""

from __future__ import annotations

import pytest

from cadencia.engine.tables import CountCheck, check_tables
from cadencia.engine.words import Subject, Wider
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.compile_checks import CallerSlots, compile_body
from cadencia.rules.load import load_text, load_tree
from cadencia.rules.model import Rule

FILE = """\
jurisdiction: "CO"
title: "A law made up for a test"
timezone: "America/Bogota"
holidays: none
versions:
  - from: "2023-10-10"
    source: "https://example.org/law"
    rules:
      a-rule:
        {body}
        cite: "Law 1, art. 1"
    tests:
      - {{when: "Fri 2026-03-06 10:00", try: call, expect: allow}}
"""
KINDS = (
    "frequency_cap: {at_most: 1, count: placed, per: day, for_each: [%s]}",
    'separation: {at_least: "48 hours", count: placed, for_each: [%s]}',
    'cooling_off: {after: conversation, lasts: "7 civil days", for_each: [%s]}',
    "channel_lock: {after: placed, lasts: day, for_each: [%s]}",
)
D, C, A, P = (1 << subject for subject in (Subject.debt, Subject.creditor, Subject.address, Subject.place))


def read(body: str) -> Rule:
    file, problems = load_text(FILE.format(body=body), "co/law.yaml")
    assert file is not None, problems
    return file.versions[0].rules[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("words", "wider", "same"),
    [
        ("person", -1, 0),
        ("person, debt, address", -1, D | A),
        ("household", Wider.household, 0),
        ("household, debt", Wider.household, D),
        ("workplace, creditor", Wider.workplace, C),
        ("address", Wider.address, 0),
        ("address, debt", Wider.address, D),
        ("debt", Wider.debt, 0),
        ("debt, address, place", Wider.debt, A | P),
        ("account", Wider.account, 0),
    ],
)
def test_the_first_word_says_whose_history_and_the_others_narrow_it(
    kind: str, words: str, wider: int, same: int
) -> None:
    (check,) = compile_body(read(kind % words), CallerSlots(), "+57").checks
    assert isinstance(check, CountCheck)
    assert (check.wider, check.same) == (wider, same)


def test_what_is_left_out_means_the_person() -> None:
    (check,) = compile_body(read("frequency_cap: {at_most: 1, count: placed, per: day}"), CallerSlots(), "+57").checks
    assert isinstance(check, CountCheck)
    assert (check.wider, check.same) == (-1, 0)


def test_the_shipped_law_counts_households_where_the_text_says_so_and_nothing_else_wider() -> None:
    law = compile_rulebook(load_tree(jurisdictions_folder()), include_drafts=True, locates=False)
    check_tables(law)
    assert law.wider == {Wider.household}
    wide = {
        rule.id for rule in law.rules for check in rule.checks if isinstance(check, CountCheck) and check.wider >= 0
    }
    assert {name for name in wide if name.startswith("US-WA")} == {"US-WA.wa.three-a-week"}
    assert {name.rsplit(".", 1)[1] for name in wide if name.startswith("US-MA")} == {
        "household-two-in-seven", "household-two-in-thirty",
    }  # fmt: skip
    assert {name.split(".", 1)[0] for name in wide} == {"US-WA", "US-MA"}
