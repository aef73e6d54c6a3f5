"""Under the shipped law: a state or province without law on file is never allowed by its country's law in silence."""

from __future__ import annotations

from datetime import datetime

import pytest

from cadencia.engine.decide import Engine
from cadencia.engine.query import Query
from cadencia.engine.reference import Reference
from cadencia.rules.cache import open_rulebook
from cadencia.rules.cases import query_of, read_case


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(open_rulebook())


@pytest.mark.parametrize(
    ("place", "at", "without"),
    [
        ({"region": "CA-YT"}, "2026-05-19T03:00-07:00", "CA-YT"),
        ({"region": "CA-YT"}, "2026-05-19T10:00-07:00", "CA-YT"),
        ({"postal_code": "Y1A 1C6"}, "2026-05-19T10:00-07:00", "CA-YT"),
        ({"region": "CA-NU"}, "2026-05-19T10:00-04:00", "CA-NU"),
        ({"phone": "+13405550123"}, "2026-05-19T10:00-04:00", "US-VI"),
        ({"phone": "+13405550123", "region": "CA-NU"}, "2026-05-19T10:00-04:00", "US-VI, CA-NU"),
        ({"phone": "+13405550123", "region": "US-TX"}, "2026-05-19T10:00-04:00", "US-VI"),
        ({"country": "GU"}, "2026-05-19T10:00+10:00", "US-GU"),
        ({"region": "BR-AM"}, "2026-05-19T10:00-04:00", "BR-AM"),
        ({"region": "AR-A"}, "2026-05-19T10:00-03:00", "AR-A"),
    ],
)
def test_a_place_without_law_is_denied_by_name(engine: Engine, place: dict[str, str], at: str, without: str) -> None:
    for language in ("en", "es", "pt"):
        decision = engine.decide(Query(at=datetime.fromisoformat(at), initiator="preview", **place), language=language)
        [reason] = decision.reasons
        assert (decision.verdict, reason.rule, reason.jurisdiction) == ("deny", "no_rules_known", without)
        assert reason.message.endswith(f": {without}")


@pytest.mark.parametrize(
    ("place", "at", "verdict"),
    [
        ({"region": "US-MO"}, "2026-05-19T10:00-05:00", "allow"),
        ({"region": "US-MO"}, "2026-05-19T22:00-05:00", "deny"),
        ({"region": "BR-BA"}, "2026-05-19T10:00-03:00", "allow"),
        ({"region": "AR-B"}, "2026-05-19T10:00-03:00", "allow"),
        ({"region": "CO-ANT"}, "2026-05-19T10:00-05:00", "allow"),  # no part of Colombia has law of its own
        ({"region": "CO-ANT"}, "2026-05-19T20:00-05:00", "deny"),
    ],
)
def test_a_covered_place_has_the_law_of_its_country(
    engine: Engine, place: dict[str, str], at: str, verdict: str
) -> None:
    decision = engine.decide(Query(at=datetime.fromisoformat(at), initiator="preview", **place))
    assert decision.verdict == verdict
    assert all(reason.kind == "contact_window" for reason in decision.reasons)


@pytest.mark.parametrize(("purpose", "rules"), [("collections", ["no_rules_known"]), ("marketing", [])])
def test_law_of_marketing_alone_says_nothing_of_collection(engine: Engine, purpose: str, rules: list[str]) -> None:
    at = datetime.fromisoformat("2026-05-19T10:00+03:00")
    query = Query(at=at, country="IL", initiator="preview", purpose=purpose)
    assert [reason.rule for reason in engine.decide(query).reasons] == rules
    located = Query(at=at, jurisdictions=("IL",), zones=("Asia/Jerusalem",), purpose=purpose, initiator="preview")
    assert Reference(engine.rulebook).verdict(located).code == (rules[0] if rules else "none")


def test_a_vector_of_a_state_without_law_is_denied(engine: Engine) -> None:
    line = (
        b'{"id": "v", "jurisdiction": "CA-YT", "channel": "call", "local_time": "2026-05-19T10:00:00",'
        b' "tz": "America/Whitehorse", "expected": "allow"}'
    )
    decision = engine.decide(query_of(read_case(line), engine.rulebook))
    assert [reason.rule for reason in decision.reasons] == ["no_rules_known"]
