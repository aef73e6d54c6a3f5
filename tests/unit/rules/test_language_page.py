"""docs/rule-language.md lists every word that an officer may write: nobody should have to read the code for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadencia.engine.words import (
    DATES,
    FACTS,
    KINDS_COUNTED_AS,
    NUMBERS,
    Actor,
    Channel,
    DebtType,
    Initiator,
    Party,
    Place,
    Purpose,
    Stage,
)
from cadencia.rules.model import BANS, FORCES, KINDS

PAGE = (Path(__file__).parents[3] / "docs" / "rule-language.md").read_text(encoding="utf-8")
ENUMS = (Actor, Channel, DebtType, Initiator, Party, Place, Purpose, Stage)


@pytest.mark.parametrize(
    "words", [*ENUMS, KINDS_COUNTED_AS, DATES, NUMBERS, FORCES, KINDS, BANS], ids=lambda w: str(w)[:30]
)
def test_every_word_is_listed(words: object) -> None:
    names = [getattr(word, "name", word) for word in words]  # type: ignore[attr-defined]
    assert [name for name in names if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_is_listed_with_its_meaning(fact: str) -> None:
    scope, meaning = FACTS[fact]
    assert f"| `{fact}` | {scope} | {meaning} |" in PAGE
