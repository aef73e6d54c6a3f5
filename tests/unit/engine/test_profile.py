"""The profile: which rules bind a combination of selectors, and as what numbers."""

from __future__ import annotations

import itertools

import pytest

from cadencia.engine.batch import pack_selectors
from cadencia.engine.decide import Engine
from cadencia.engine.profile import Interner, ProfilePlan, Stack, plan
from cadencia.engine.tables import ANY, FIRST_DAY, LAST_DAY, BanCheck, CompiledRule, FactCheck
from cadencia.engine.words import Actor, Channel, DebtType, Initiator, Party, Place, Purpose, Stage
from tests.unit.engine.books import asked, book, cap, rule, window

VOCABULARIES = {
    "channels": Channel, "actors": Actor, "purposes": Purpose, "initiators": Initiator, "parties": Party,
    "places": Place, "debt_types": DebtType, "stages": Stage,
}  # fmt: skip
LAST = {name: int(max(vocabulary)) for name, vocabulary in VOCABULARIES.items()}


def planned(*rules: tuple[int, CompiledRule], channel: int = 0) -> ProfilePlan:
    stack = Stack(list(rules))
    return plan(stack, stack.applicable(channel), channel, Interner(lambda days: 0, lambda name: 0))


@pytest.mark.parametrize("mask", VOCABULARIES)
def test_a_rule_binds_the_words_it_selects(mask: str) -> None:
    for word in VOCABULARIES[mask]:
        bit = 1 << int(word)
        stack = Stack([(0, rule("all")), (1, rule("one", **{mask: bit})), (2, rule("others", **{mask: ANY & ~bit}))])
        words = LAST | {mask: int(word)}
        assert stack.applicable(int(pack_selectors(*words.values()))) & 0b111 == 0b011


def test_all_selectors_must_select() -> None:
    both = Stack([(0, rule("r", channels=1 << Channel.sms, parties=1 << Party.spouse))])
    asked_of = [LAST | {"channels": c, "parties": p} for c, p in itertools.product((0, Channel.sms), (0, Party.spouse))]
    assert [both.applicable(int(pack_selectors(*words.values()))) & 1 for words in asked_of] == [0, 0, 0, 1]


def test_versions_of_a_rule_share_a_bit_and_make_segments() -> None:
    old, new = rule("a", BanCheck(), until_day=100), rule("a", BanCheck(), from_day=100)
    made = planned((4, old), (7, new), (9, rule("b", window())))
    assert made.rules == [[4, 7], [9]]
    assert [(start, end) for start, end, _, _ in made.segments] == [(FIRST_DAY, 100), (100, LAST_DAY)]
    bits = [[op["bit"] for op in made.ops[first:last]] for _, _, first, last in made.segments]
    assert bits == [[0, 1], [0, 1]]


def test_the_most_rules_a_profile_holds() -> None:
    rules = [(i, rule(f"r{i}", BanCheck())) for i in range(64)]
    assert not planned(*rules[:63]).too_many
    assert planned(*rules).too_many
    other = [(i, rule(f"r{i}", BanCheck(), channels=1 << 6)) for i in range(64)]
    assert not planned(*other).too_many


def test_a_lock_counts_the_other_channels_only() -> None:
    lock = rule("lock", cap(other_channels=True))
    for channel in Channel:
        [op] = planned((0, lock), channel=int(channel)).ops
        table = int(op["kinds_lo"]) | int(op["kinds_hi"]) << 64
        counted = {bit & 7 for bit in range(128) if table >> bit & 1}
        assert counted == set(map(int, Channel)) - {int(channel)}


def test_a_reservation_always_counts_and_a_released_one_never() -> None:
    [op] = planned((0, rule("r", cap(kinds=0xFFFF & ~1)))).ops
    table = int(op["kinds_lo"]) | int(op["kinds_hi"]) << 64
    assert {bit >> 3 for bit in range(128) if table >> bit & 1} >= {0, 1, 14}
    assert not table >> (15 << 3) & 0xFF


def test_halves_of_fact_masks() -> None:
    mask = 1 << 3 | 1 << 70
    [op] = planned((0, rule("r", FactCheck(requires=mask), when=mask, unless=1 << 127))).ops
    assert (op["req_lo"], op["req_hi"]) == (op["when_lo"], op["when_hi"]) == (1 << 3, 1 << 6)
    assert (op["unless_lo"], op["unless_hi"], op["gated"]) == (0, 1 << 63, 1)


def test_selectors_that_no_rule_tells_apart_share_a_profile() -> None:
    engine = Engine(book(rule("r", BanCheck(), channels=1 << Channel.visit)))
    for channel, stage in itertools.product(("call", "sms", "visit"), ("unknown", "judicial")):
        assert engine.decide(asked(channel=channel, stage=stage)).allowed == (channel != "visit")
    assert len(engine.rules_of) == 3  # one a channel; the stages share it
