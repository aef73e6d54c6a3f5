"""What `cadencia rules check` says of a tree that reads well and cannot be compiled, or has no law in it."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from cadencia.cli import rules

LAW = """\
jurisdiction: "XA"
title: "A place for tests"
timezone: "America/Bogota"
holidays: "xa"
versions:
  - from: "2020-01-01"
    source: "https://example.org/law"
    rules:
      contact-hours:
        contact_window: {every-day: "08:00-20:00", holiday: closed}
        cite: "Test law, art. 1"
    tests:
      - {when: "Fri 2026-03-06 20:00", try: call, expect: deny, by: contact-hours}
      - {when: "Fri 2026-03-06 19:59", try: call, expect: allow}
"""


def check(root: Path) -> int:
    parser = argparse.ArgumentParser()
    rules.add(parser.add_subparsers())
    args = parser.parse_args(["rules", "check", "--root", str(root)])
    return int(args.run(args))


def test_a_country_without_holidays_is_a_mistake_and_no_crash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, name, text in (("xa", "law", LAW), ("holidays", "xa", 'country: "ZZ"\n')):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yaml").write_text(text)
    assert check(tmp_path) == 1
    told = capsys.readouterr().out
    assert "holidays/xa.yaml: holidays " in told
    assert "cannot give ZZ public" in told
    assert told.endswith("1 mistake, 0 warnings\n")


def test_a_root_without_law_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path) == 1
    assert "holds no file of law; write one, as us/a-law.yaml, or mend --root" in capsys.readouterr().out
