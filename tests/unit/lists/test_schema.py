"""docs/lists.md names every column, word and fact, as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadencia.engine.words import FACTS, Actor, Channel, DebtType, EventKind, Initiator, Party, Place, Purpose, Stage
from cadencia.lists.answers import OUTPUT
from cadencia.lists.schema import HISTORY_COLUMNS, LIST_COLUMNS, Column, shown

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "lists.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("column", [*LIST_COLUMNS, *HISTORY_COLUMNS], ids=lambda column: column.name)
def test_every_column_is_documented_as_it_is(column: Column):
    required = " (required)" if column.required else ""
    assert f"| `{column.name}`{required} | {column.type} | `{column.example}` | {column.says} |" in DOCS


@pytest.mark.parametrize("vocabulary", [Channel, Party, Place, Actor, Purpose, Initiator, DebtType, Stage, EventKind])
def test_every_word_is_documented(vocabulary):
    assert " ".join(f"`{word.name}`" for word in vocabulary) in DOCS


def test_every_fact_and_every_column_of_the_answers_is_documented():
    for name, (scope, says) in FACTS.items():
        assert f"| `{name}` | {scope} | {says} |" in DOCS
    for name in OUTPUT.names:
        assert f"`{name}`" in DOCS


def test_what_is_shown_is_short_and_printable():
    assert shown("a\x00b\u202ec") == "a\\x00b\\u202ec"
    assert shown("x" * 100) == "x" * 60 + "…"
