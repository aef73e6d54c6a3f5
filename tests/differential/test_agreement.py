"""The kernel and the slow twin agree: random rulebooks, the shipped law, and every mismatch that was ever found.

These are bounded slices; `make differential` compares a million.
"""

from __future__ import annotations

import random
from pathlib import Path

import hypothesis
import hypothesis.strategies
import msgspec
import pytest

from cadencia.engine.query import Query
from cadencia.engine.tables import Rulebook
from tests.differential import agree, generate

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.json"))


class Found(msgspec.Struct):
    """A mismatch as it was kept: the rulebook, the query, and what was wrong."""

    rulebook: Rulebook
    query: Query
    told: str


def test_random_rulebooks_agree_on_verdict_and_every_reason() -> None:
    assert agree.sweep(11, 6_000, retry=False) == []


def test_random_rulebooks_agree_on_the_first_open_instant() -> None:
    assert agree.sweep(12, 150, retry=True, each=50, rules=12) == []


def test_the_shipped_law_agrees_on_verdict_and_every_reason() -> None:
    assert agree.sweep_law(13, 3_000, retry=False) == []


def test_the_shipped_law_agrees_on_the_first_open_instant() -> None:
    assert agree.sweep_law(14, 60, retry=True) == []


def test_both_verdicts_and_openings_are_common_enough_to_mean_something() -> None:
    rows = agree.sample_of_verdicts(15, 2_000)
    allowed = sum(row[0] for row in rows)
    opening = sum(not row[0] and row[2] is not None for row in rows)
    assert allowed > 200
    assert opening > 400


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_mismatch_once_found_stays_mended(path: Path) -> None:
    found = msgspec.json.decode(path.read_bytes(), type=Found)
    assert agree.mismatches(found.rulebook, [found.query], retry=True) == []


def test_a_planted_difference_is_seen() -> None:
    rulebook, query, fast, slow = agree.one_pair(16)
    assert agree.differs(fast, slow, query, retry=False) == ""
    flipped = (not fast[0], *fast[1:])
    assert agree.differs(flipped, slow, query, retry=False).startswith("verdict")
    assert rulebook.rules


@hypothesis.given(rng=hypothesis.strategies.randoms(use_true_random=False))
@hypothesis.settings(max_examples=120)
def test_hypothesis_finds_no_difference(rng: random.Random) -> None:
    """The same generator, its choices drawn by hypothesis, which shrinks what it finds."""
    rulebook = generate.rulebook(rng, rules=rng.randint(1, 6))
    queries = [generate.query(rng, most_events=6) for _ in range(5)]
    assert agree.mismatches(rulebook, queries, retry=False) == []
