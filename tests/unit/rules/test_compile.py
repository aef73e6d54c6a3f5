"""Which files make a place known: those with a version that counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import Loaded, load_tree

LAW = """\
jurisdiction: "PA"
title: "A bill of Panama"
timezone: "America/Panama"
holidays: none
covers: ["PA-1"]
covers_reading: "No law found."
versions:
  - from: "2027-01-01"
    known_since: "2025-08-01"
    status: {status}
    rules:
      a-rule:
        channel_ban: closed
        channels: [visit]
        cite: "art. 1"
    tests:
      - {{when: "Mon 2027-01-04 10:00", try: visit, expect: deny, by: a-rule}}
"""


def loaded(root: Path, status: str) -> Loaded:
    (root / "pa").mkdir()
    (root / "pa" / "bill.yaml").write_text(LAW.format(status=status), encoding="utf-8")
    return load_tree(root)


def test_a_draft_alone_makes_no_place_known(tmp_path: Path) -> None:
    law = loaded(tmp_path, "draft")
    assert not compile_rulebook(law, locates=False).jurisdictions
    assert list(compile_rulebook(law, locates=False, include_drafts=True).jurisdictions) == ["PA", "PA-1"]


@pytest.mark.parametrize(("known_at", "codes"), [(date(2025, 7, 31), []), (date(2025, 8, 1), ["PA", "PA-1"])])
def test_a_law_not_yet_learned_of_makes_no_place_known(tmp_path: Path, known_at: date, codes: list[str]) -> None:
    law = loaded(tmp_path, "in_force")
    assert list(compile_rulebook(law, known_at=known_at, locates=False).jurisdictions) == codes
