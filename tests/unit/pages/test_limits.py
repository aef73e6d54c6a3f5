"""What the table of the world says of caps, gaps, pauses and locks."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadencia.pages.limits import Limits
from cadencia.pages.words import LANGUAGES
from cadencia.rules.binding import law_of
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.load import Loaded, load_tree
from cadencia.rules.model import Counted, FrequencyCap, Kind, Rule, Separation, Window

WEEK, DAY = Window(unit="civil_days", n=7), Window(unit="civil_days")


def rule(name: str, body: Kind, **selectors: object) -> Rule:
    kind = {FrequencyCap: "frequency_cap", Separation: "separation"}[type(body)]
    return Rule(name=name, line=1, kind=kind, body=body, cite="a", **selectors)  # type: ignore[arg-type]


def cap(n: int, per: Window) -> FrequencyCap:
    return FrequencyCap(at_most=n, count=Counted(), per=per)


def test_the_strictest_for_every_call_comes_first_and_the_rest_say_what_they_are_for() -> None:
    rules = [
        rule("work", cap(1, WEEK), places=("work",)),
        rule("loose", cap(7, WEEK), channels=("call", "voicemail")),
        rule("visits", cap(1, DAY), channels=("visit",)),
        rule("strict", cap(2, WEEK), places=("unknown", "home")),
        rule("cards", cap(1, DAY), debt_types=("unknown", "credit_card")),
        rule("others", cap(1, DAY), parties=("third_party",)),
        rule("creditors", cap(1, DAY), actors=("creditor",)),
    ]
    assert Limits("en").of(rules) == [
        "2 in 7 days (at home)", "7 in 7 days (calls)", "1 in 7 days (at work)", "1 a day (visits)",
        "1 a day (credit card debts)",
    ]  # fmt: skip


def test_a_gap_has_the_full_days_of_the_rule_s_sentence() -> None:
    gap = Separation(at_least=Window(unit="civil_days", n=15), count=Counted())
    assert Limits("en").of([rule("gap", gap)]) == ["14 full days apart"]
    assert Limits("es").of([rule("gap", gap)]) == ["separados por 14 días completos"]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_tree(Path(jurisdictions_folder()))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("US-MA", "2 in 7 days (calls, SMS, WhatsApp messages; on a mobile phone or at home)"),
        ("US-WA", "2 a day (calls, SMS, WhatsApp messages; on a mobile phone)"),
        ("HN", "1 a day (calls: conversations; credit card debts)"),
        ("US-OR", "1 a week (at work)"),
        ("CA-BC", "1 ever (at work)"),
        ("CO", "one channel in 7 days"),
        ("TR", "pause of 5 business days after a conversation (calls)"),
        ("US", "pause of 7 days after a conversation (calls)"),
    ],
)
def test_limits_of_the_shipped_law_are_in_the_table(loaded: Loaded, code: str, said: str) -> None:
    [day] = {max(v.checked for file in loaded.files for v in file.versions if v.checked)}
    held = law_of(loaded.files, (code,), day).binding
    assert said in Limits("en").of(rule for one in held for rule in one.version.rules)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_limit_of_the_shipped_law_can_be_said(loaded: Loaded, language: str) -> None:
    rules = [rule for file in loaded.files for version in file.versions for rule in version.rules]
    told = Limits(language).of(rules)
    assert len(told) > 40
    assert all("_" not in text for text in told)
