"""The shipped law and house policies, as `rules check` sees them on the day of release."""

from __future__ import annotations

from datetime import date

import pytest

from cadencia.rules.cache import jurisdictions_folder, policy_folder, policy_paths
from cadencia.rules.lint import lint
from cadencia.rules.load import Loaded, load_tree
from cadencia.rules.model import CONFIDENCES
from cadencia.rules.policy import calendars_named, with_policies

RELEASED = date(2026, 11, 22)


@pytest.fixture(scope="module")
def shipped() -> Loaded:
    return load_tree(jurisdictions_folder())


def test_every_version_says_when_its_source_was_looked_at_and_how_sure_it_is(shipped: Loaded) -> None:
    versions = [(file.path, version) for file in shipped.files for version in file.versions]
    assert len(versions) > 100
    assert [path for path, version in versions if version.checked is None or version.checked > RELEASED] == []
    law = [(path, version) for path, version in versions if version.status == "in_force"]  # a bill is sure of nothing
    assert [path for path, version in law if version.confidence not in CONFIDENCES] == []


def test_law_has_nothing_to_mend(shipped: Loaded) -> None:
    problems = [*shipped.problems, *lint(shipped, today=RELEASED, named_elsewhere=calendars_named())]
    assert [str(problem) for problem in problems] == []


def test_policies_have_nothing_to_mend_and_loosen_no_law(shipped: Loaded) -> None:
    names = sorted(path.stem for path in policy_folder().glob("*.yaml"))
    assert names == ["cautious", "creditors", "dialing"]
    laid = with_policies(shipped, jurisdictions_folder(), policy_paths(names))
    assert [str(problem) for problem in (*laid.problems, *lint(laid, today=RELEASED))] == []
    assert {rule.force for file in laid.files if file.policy for v in file.versions for rule in v.rules} == {"policy"}
