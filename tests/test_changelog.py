"""CHANGELOG.md lists every jurisdiction with the day to which its sources were checked."""

from __future__ import annotations

import re
from pathlib import Path

from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.load import load_tree


def test_every_jurisdiction_is_listed_with_the_day_it_was_checked(root: Path) -> None:
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| ([A-Z]{2}(?:-[A-Z0-9]+)*) \| .* \| (\d{4}-\d\d-\d\d) \|$", text, re.MULTILINE))
    checked: dict[str, str] = {}
    for file in load_tree(jurisdictions_folder()).files:
        days = [version.checked.isoformat() for version in file.versions if version.checked]
        checked[file.jurisdiction] = min([*days, checked.get(file.jurisdiction, "9999-12-31")])
    assert listed == checked
