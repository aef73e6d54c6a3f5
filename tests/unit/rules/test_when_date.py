"""A rule that binds only so many days after a date: read, said, compiled, decided alike by both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cadencia.engine.decide import Engine
from cadencia.engine.query import Query
from cadencia.engine.reference import Reference
from cadencia.engine.tables import Rulebook
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.explain import sentence
from cadencia.rules.load import load_text, load_tree

LAW = """\
jurisdiction: "XA"
title: "A place for tests"
timezone: "America/Bogota"
holidays: none
versions:
  - from: "2020-01-01"
    status: in_force
    review: unreviewed
    rules:
      early-hours:
        contact_window: {every-day: "08:00-20:00"}
        when_date: {date: due_date, at_most_days: 60}
        cite: "Test law, art. 1"
      late-refusal:
        channel_ban: closed
        channels: [visit]
        when_date: {date: due_date, at_least_days: 121}
        cite: "Test law, art. 2"
"""
AT = datetime(2026, 5, 19, 8, 0, tzinfo=UTC)  # 03:00 in Bogota on 19 May


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    root = tmp_path_factory.mktemp("law")
    (root / "xa").mkdir()
    (root / "xa" / "law.yaml").write_text(LAW)
    return compile_rulebook(load_tree(Path(root)), locates=False)


def asked(channel: str, due: date | None) -> Query:
    dates = {"due_date": due} if due else {}
    return Query(at=AT, channel=channel, jurisdictions=("XA",), zones=("America/Bogota",), dates=dates)


@pytest.mark.parametrize(
    ("channel", "due", "blocked"),
    [
        ("call", date(2026, 3, 20), True),  # the 60th day
        ("call", date(2026, 3, 19), False),  # the 61st
        ("call", None, True),
        ("visit", date(2026, 1, 19), False),  # the 120th day; the hours no longer bind
        ("visit", date(2026, 1, 18), True),  # the 121st
        ("visit", None, True),
    ],
)
def test_the_days_since_a_date_select(law: Rulebook, channel: str, due: date | None, blocked: bool) -> None:
    query = asked(channel, due)
    assert Engine(law).decide(query).allowed is not blocked
    assert Reference(law).verdict(query, retry=False).allowed is not blocked


def test_it_opens_when_the_rule_no_longer_binds(law: Rulebook) -> None:
    decision = Engine(law).decide(asked("call", date(2026, 3, 20)))
    midnight = datetime(2026, 5, 20, 5, 0, tzinfo=UTC)
    assert decision.retry_at == AT.replace(hour=13)  # 08:00 comes first
    late = Engine(law).decide(Query(**{**_fields(asked("call", date(2026, 3, 20))), "at": AT.replace(day=20, hour=2)}))
    assert late.retry_at == midnight


def _fields(query: Query) -> dict[str, object]:
    return {name: getattr(query, name) for name in query.__struct_fields__}


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "until 60 days after the due date"), ("es", "hasta 60 días después"), ("pt", "até 60 dias após")],
)
def test_the_sentence_says_it(language: str, words: str) -> None:
    file, problems = load_text(LAW, "xa/law.yaml")
    assert file is not None and not problems
    assert words in sentence(file.versions[0].rules[0], language)


@pytest.mark.parametrize(
    "bad",
    [
        "{date: due_date}",
        "{at_least_days: 3}",
        "{date: birthday, at_least_days: 3}",
        "due_date",
        "{date: due_date, days: 3}",
    ],
)
def test_a_selector_that_is_not_whole_is_refused(bad: str) -> None:
    file, problems = load_text(LAW.replace("{date: due_date, at_most_days: 60}", bad), "xa/law.yaml")
    assert file is None
    assert problems
