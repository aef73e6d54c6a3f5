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
#: Layers, which bind only through their states.
LAYERS = frozenset({"EU"})
#: Their files ask nothing that a vector can deny: dignified treatment, and limits that are the states' own.
NEVER_DENIED = frozenset({"AR", "BR"})
LEAST = 1000


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return open_rulebook()


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_every_vector_comes_out_by_a_rule_of_the_right_kind(rulebook: Rulebook, engine: str) -> None:
    results = [result for _, result in run_cases(LINES, rulebook, decider(rulebook, engine))]
    assert [result for result in results if not result.ok] == []
    assert len(results) == len(LINES)


def test_there_are_enough_vectors_of_every_place_with_names_of_their_own(rulebook: Rulebook) -> None:
    cases = [json.loads(line) for line in LINES]
    assert len(cases) >= LEAST
    assert max(Counter(case["id"] for case in cases).values()) == 1
    by_place = Counter((_place(case), case["expected"]) for case in cases)
    with_law = {rule.jurisdiction for rule in rulebook.rules} - LAYERS
    assert [place for place in sorted(with_law) if not by_place[place, "allow"]] == []
    assert [place for place in sorted(with_law - NEVER_DENIED) if not by_place[place, "deny"]] == []


def _place(case: dict[str, str]) -> str:
    return f"{case['jurisdiction']}-{case['locality']}" if "locality" in case else case["jurisdiction"]
