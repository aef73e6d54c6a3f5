"""Hostile rule files and vectors, for seconds; `python -m tests.fuzz.long` takes minutes. Lists: test_lists.py."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.rules.load import load_text
from tests.fuzz import long
from tests.fuzz.readers import CONTEXT_KEYS, FLAGS, TARGETS, TOKENS, check_cases, check_rules

pytestmark = pytest.mark.fuzz
GOOD = {
    "id": "f-1", "jurisdiction": "CO", "channel": "call", "local_time": "2026-09-15T10:00:00", "tz": "America/Bogota",
    "expected": "allow", "reason": "ok",
}  # fmt: skip
KEYS = (
    *GOOD, "purpose", "party", "place", "debt_id", "history", "actor", "context", "flags", "utc", "tz_candidates",
    "locality", "debt_type", "notice_sent", "note", "confidence",
)  # fmt: skip
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=10),
    st.datetimes().map(str), st.dates().map(str),
    st.sampled_from([token.decode("utf-8", "replace") for token in TOKENS]),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=5,
)
rows = st.fixed_dictionaries(
    {
        "local_time": st.one_of(scalars, st.just("2026-09-14T10:00:00")),
        "channel": st.sampled_from(["call", "sms", "x"]),
    },
    optional={"outcome": st.sampled_from(["attempt", "busy", "y"]), "place": scalars, "debt_id": scalars, "z": scalars},
)


@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(TOKENS), max_size=12).map(b"".join)))
def test_any_bytes(data: bytes) -> None:
    check_rules(data)
    check_cases(data)


@pytest.mark.parametrize("name", TARGETS)
@given(st.integers(0, 2**32))
def test_good_inputs_spoiled(name: str, seed: int) -> None:
    target = TARGETS[name]
    small = [data for data in target.seeds() if len(data) < 6_000]
    target.check(target.spoil(small, random.Random(seed)))


@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=4))
def test_vectors_with_odd_values(fields: dict[str, Any]) -> None:
    check_cases(json.dumps(GOOD | fields).encode("utf-8", "surrogatepass"))


@given(
    st.lists(st.text(max_size=30), max_size=3), st.lists(rows, max_size=3),
    st.dictionaries(st.one_of(st.sampled_from(CONTEXT_KEYS), st.text(max_size=5)), values, max_size=3),
    st.lists(st.tuples(st.sampled_from(FLAGS), scalars).map(lambda pair: f"{pair[0]}:{pair[1]}"), max_size=2),
)  # fmt: skip
def test_vectors_with_odd_flags_context_and_history(
    zones: list[str], history: list[dict[str, Any]], context: dict[str, Any], flags: list[str]
) -> None:
    odd = GOOD | {"tz_candidates": zones, "history": history, "context": context, "flags": flags}
    check_cases(json.dumps(odd).encode("utf-8", "surrogatepass"))


def test_a_great_or_deep_rule_file_is_refused_at_once() -> None:
    for text in ("[" * 500_000, "a: " * 300_000, "{" * 100_000, "x" * (2 << 20), "- a\n" * 200_000, "- [" * 100_000):
        file, problems = load_text(text, "co/law.yaml")
        assert file is None and 0 < len(problems) <= 501


def test_the_long_run_reports_what_it_finds(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert long.fuzz(0.2, seed=1, folder=tmp_path, names=["cases"]) == 0
    assert "cases: " in capsys.readouterr().out

    def fail(data: bytes) -> None:
        raise KeyError("found")

    broken = {"cases": TARGETS["cases"]._replace(check=fail)}
    assert long.fuzz(0.2, seed=1, folder=tmp_path, names=["cases"], targets=broken) == 1
    assert "KeyError: 'found'" in capsys.readouterr().out
    assert len(list(tmp_path.iterdir())) == 1
