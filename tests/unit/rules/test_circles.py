"""Places that stand above themselves are refused, at the line that says so; nothing runs for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.engine.tables import Jurisdiction
from cadencia.rules.circles import ancestors
from cadencia.rules.compile import CompileError, compile_rulebook
from cadencia.rules.load import Loaded, load_text, load_tree
from cadencia.rules.policy import with_policies

LAW = """\
jurisdiction: "{code}"
title: "Law of {code}"
{parents}timezone: "America/Bogota"
holidays: none
versions:
  - from: "2020-01-01"
    rules:
      contact-hours:
        contact_window: {{every-day: "08:00-20:00"}}
        cite: "Test law, art. 1"
"""
POLICY = """\
policy: house
title: "A policy for tests"
sections:
  - places:
      {places}
    versions:
      - from: "2020-01-01"
        rules:
          hours: {{contact_window: {{every-day: "08:00-09:00"}}, force: policy, cite: "House, 1"}}
"""
PLACE = '"{}": {{timezone: "America/Bogota", holidays: none, parents: ["{}"]}}'


def law(code: str, *parents: str) -> str:
    listed = ", ".join(f'"{parent}"' for parent in parents)
    return LAW.format(code=code, parents=f"parents: [{listed}]\n" if parents else "")


def tree(root: Path, **laws: str) -> Loaded:
    for name, text in laws.items():
        (root / name[:2]).mkdir(exist_ok=True, parents=True)
        (root / name[:2] / f"{name}.yaml").write_text(text)
    return load_tree(root)


def said(loaded: Loaded) -> list[str]:
    if loaded.problems:
        with pytest.raises(CompileError, match="parents"):
            compile_rulebook(loaded, locates=False)
    return [str(problem) for problem in loaded.problems]


def test_two_places_above_each_other(tmp_path: Path) -> None:
    assert said(tree(tmp_path, xa=law("XA", "XB"), xb=law("XB", "XA"))) == [
        "xa/xa.yaml:3 parents: XB itself stands below XA; delete it here, or there",
        "xb/xb.yaml:3 parents: XA itself stands below XB; delete it here, or there",
    ]


def test_a_place_below_its_own_city(tmp_path: Path) -> None:
    loaded = tree(tmp_path, xa=law("XA", "XB"), xa_city=law("XA-CIT"), xb=law("XB", "XA-CIT"))
    assert len(said(loaded)) == 2


def test_two_parents_with_one_above_them_are_no_circle(tmp_path: Path) -> None:
    assert said(tree(tmp_path, xa=law("XA", "XB", "XC"), xb=law("XB", "XD"), xc=law("XC", "XD"), xd=law("XD"))) == []


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ((("UY", "UY"),), "5 places UY: parents: UY is its own parent; delete it"),
        ((("UY", "UY-MO"),), "5 places UY: parents: UY-MO lies in UY, and is no parent of it; delete it"),
        ((("UY", "BO"), ("BO", "UY")), "5 parents: BO itself stands below UY; delete it here, or there"),
    ],
)
def test_a_place_of_a_policy(tmp_path: Path, places: tuple[tuple[str, str], ...], message: str) -> None:
    path = tmp_path / "house.yaml"
    path.write_text(POLICY.format(places="\n      ".join(PLACE.format(*place) for place in places)))
    loaded = with_policies(tree(tmp_path / "law", xa=law("XA")), tmp_path, [path])
    assert f"{path.as_posix()}:{message}" in [str(problem) for problem in loaded.problems]


def test_compiling_a_circle_that_nobody_refused_ends(tmp_path: Path) -> None:
    files = [load_text(law(code, *parents), f"{code.lower()}/law.yaml")[0] for code, *parents in (("XA", "XB"),
             ("XB", "XC"), ("XC", "XB", "XA"))]  # fmt: skip
    loaded = Loaded(tuple(file for file in files if file), {}, [], {})
    found: dict[str, Jurisdiction] = compile_rulebook(loaded, locates=False).jurisdictions
    assert {code: one.parents for code, one in found.items()} == {
        "XA": ("XB", "XC"), "XB": ("XC", "XA"), "XC": ("XB", "XA"),
    }  # fmt: skip


CODES = st.sampled_from(["XA", "XA-B", "XA-B-C", "XB", "XB-A", "XC"])


@given(CODES, st.dictionaries(CODES, st.lists(CODES, max_size=3)))
def test_whatever_files_say_each_ancestor_is_found_once(code: str, above: dict[str, list[str]]) -> None:
    found = ancestors(code, above)
    assert len(found) == len(set(found))
    for one in (code, *found):
        assert {*above.get(one, ()), *filter(None, [one.rpartition("-")[0]])} <= {*found}
