"""A place without law opens by a policy only with hours that bind always, everybody and every channel that disturbs."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadencia.rules.load import Loaded, load_text
from cadencia.rules.policy import with_policies

HOURS = 'contact_window: {every-day: "08:00-19:00"}'
SIX = "channels: [call, voicemail, sms, whatsapp, email, visit]"
POLICY = """policy: own
title: "A policy of the house"
sections:
  - places: {"UY": {timezone: "America/Montevideo", holidays: none}}
    versions: [VERSIONS]
"""
LAW = """jurisdiction: "UY"
title: "A law made up for a test"
timezone: "America/Montevideo"
holidays: none
versions:
  - from: "2020-01-01"
    status: STATUS
    rules:
      quiet: {contact_window: {every-day: "09:00-12:00"}, purposes: [PURPOSE], cite: "Art. 1"}
"""


def refused(folder: Path, versions: str, law: str = "") -> list[str]:
    """What is said of a policy of these versions for UY, beside this law."""
    path = folder / "own.yaml"
    path.write_text(POLICY.replace("VERSIONS", versions), encoding="utf-8")
    files = ()
    if law:
        file, problems = load_text(law, "uy/law.yaml")
        assert file is not None, problems
        files = (file,)
    found = with_policies(Loaded(files, {}, [], {}), folder, [path]).problems
    return [str(problem).removeprefix(f"{path}:") for problem in found]


def version(rule: str, begins: str = "2000-01-01", more: str = "") -> str:
    return f'{{from: "{begins}", {more}rules: {{x: {{{rule}, force: policy, cite: "P"}}}}}}'


NARROW = [
    version(f"{HOURS}, purposes: [marketing]"),
    version(f"{HOURS}, purposes: [collections]"),
    version("script: {blocks: [identity]}"),
    version("channel_ban: closed, channels: [letter]"),
    version(f"{HOURS}, channels: [call]"),
    version(f"{HOURS}, {SIX.replace(', email', '')}"),
    version(f"{HOURS}, actors: [creditor]"),
    version(f"{HOURS}, parties: [debtor]"),
    version(f"{HOURS}, initiators: [predictive]"),
    version(f"{HOURS}, when_facts: [vulnerable]"),
    version(f"{HOURS}, unless_facts: [written_notice]"),
    version(f"{HOURS}, when_date: {{date: due_date, at_least_days: 9}}"),
    version('contact_window: {every-day: "08:00-19:00", clock: "Asia/Tokyo"}'),
    version('contact_window: {sun: closed, mon-sat: "00:00-24:00"}'),
    version(HOURS, "2090-01-01"),
    version(HOURS, more='until: "2001-01-01", '),
    version(HOURS, more='known_since: "2020-01-01", '),
    version(HOURS, more="status: draft, "),
    ", ".join([version(HOURS), version("script: {blocks: [identity]}", "2027-01-01")]),
    ", ".join([version(HOURS, more='until: "2010-01-01", '), version(HOURS, "2020-01-01")]),
]


@pytest.mark.parametrize("versions", NARROW)
def test_a_place_without_law_does_not_open_by_less_than_hours(versions: str, tmp_path: Path) -> None:
    (message,) = refused(tmp_path, versions)
    assert message.startswith("4 places UY: no law on file speaks of collections there")
    assert "a policy that opens a place without law must give it hours: a contact_window" in message


@pytest.mark.parametrize(
    "versions",
    [
        version(HOURS),
        version(f"{HOURS}, {SIX}"),
        version(f"{HOURS}, purposes: [collections, servicing, marketing]"),
        f"{version(HOURS)}, {version(f'{HOURS}, {SIX}', '2020-01-01')}",
        f'{{from: "2000-01-01", rules: {{x: {{{HOURS}, channels: [call, voicemail, visit], force: policy, cite: "P"}}, '
        f'z: {{{HOURS}, channels: [sms, whatsapp, email], force: policy, cite: "P"}}}}}}',
    ],
)
def test_hours_for_everybody_since_ever_open_it(versions: str, tmp_path: Path) -> None:
    assert refused(tmp_path, versions) == []


@pytest.mark.parametrize(
    ("status", "purpose", "opens"),
    [("in_force", "collections", True), ("in_force", "marketing", False), ("draft", "collections", False)],
)
def test_law_of_its_own_opens_a_place_if_it_is_in_force_and_speaks_of_collections(
    status: str, purpose: str, opens: bool, tmp_path: Path
) -> None:
    law = LAW.replace("STATUS", status).replace("PURPOSE", purpose)
    assert (refused(tmp_path, version("script: {blocks: [identity]}"), law) == []) is opens


def test_hours_of_an_earlier_section_open_it_for_the_next(tmp_path: Path) -> None:
    duty = version("script: {blocks: [identity]}").replace("x:", "z:")
    text = f'[{version(HOURS)}]\n  - places: ["UY"]\n    versions: [{duty}]\n'
    path = tmp_path / "own.yaml"
    path.write_text(POLICY.replace("[VERSIONS]\n", text), encoding="utf-8")
    assert with_policies(Loaded((), {}, [], {}), tmp_path, [path]).problems == []
