"""Our own vectors, worked out from the texts of law: both engines give the verdict, by a rule of the right kind."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from cadencia.cli.cases import decider
from cadencia.engine.tables import Rulebook
from cadencia.rules.cache import open_rulebook
from cadencia.rules.cases import run_cases

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.jsonl"))
LINES = [line for path in FILES for line in path.read_bytes().splitlines()]
PLACES = "US US-MA US-WA US-DC CA CA-ON MX CO PE CL EC AR AR-C BR BR-SP GB IE RU ES".split()
LEAST = 150


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return open_rulebook()


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_every_vector_comes_out_by_a_rule_of_the_right_kind(rulebook: Rulebook, engine: str) -> None:
    results = [result for _, result in run_cases(LINES, rulebook, decider(rulebook, engine))]
    assert [result for result in results if not result.ok] == []
    assert len(results) == len(LINES)


def test_there_are_enough_vectors_of_every_place_with_names_of_their_own() -> None:
    cases = [json.loads(line) for line in LINES]
    assert len(cases) >= LEAST
    assert max(Counter(case["id"] for case in cases).values()) == 1
    by_place = Counter((case["jurisdiction"], case["expected"]) for case in cases)
    assert {place for place, _ in by_place} == set(PLACES)
    without_law_of_hours = {"AR", "BR"}
    assert all(by_place[place, "allow"] for place in PLACES)
    assert all(by_place[place, "deny"] for place in PLACES if place not in without_law_of_hours)
