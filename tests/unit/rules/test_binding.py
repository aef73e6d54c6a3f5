"""Which versions bind on a day, which did, will or would."""

from __future__ import annotations

from datetime import date

from cadencia.rules.binding import confidence_of, last_look, law_of
from cadencia.rules.model import ChannelBan, JurisdictionFile, Rule, Version


def version(start: str, **fields: object) -> Version:
    return Version(line=1, from_=date.fromisoformat(start), **fields)  # type: ignore[arg-type]


def file(code: str, *versions: Version) -> JurisdictionFile:
    return JurisdictionFile(path=f"{code.lower()}/a.yaml", jurisdiction=code, title=code, versions=versions)


OLD, NEW = version("2020-01-01"), version("2024-01-01", checked=date(2026, 2, 1))
BILL = version("2023-01-01", status="draft", checked=date(2026, 3, 1))
STATE = file("US-MA", OLD, NEW, BILL)
COUNTRY = file("US", version("2019-01-01"))


def test_each_version_is_told_once_where_it_belongs() -> None:
    law = law_of([COUNTRY, STATE], ("US-MA", "US"), date(2022, 6, 1))
    assert [(one.file.jurisdiction, one.version) for one in law.binding] == [
        ("US-MA", OLD), ("US", COUNTRY.versions[0]),
    ]  # fmt: skip
    assert [one.version for one in law.coming] == [NEW] and [one.version for one in law.drafts] == [BILL]
    assert law.former == ()


def test_a_version_ends_on_the_day_the_next_begins() -> None:
    before, after = (law_of([STATE], ("US-MA",), day) for day in (date(2023, 12, 31), date(2024, 1, 1)))
    assert [one.version for one in before.binding] == [OLD] and before.binding[0].ends == date(2024, 1, 1)
    assert [one.version for one in after.binding] == [NEW] and [one.version for one in after.former] == [OLD]


def test_a_draft_never_binds_and_ends_nothing() -> None:
    law = law_of([STATE], ("US-MA",), date(2023, 6, 1))
    assert [one.version for one in law.binding] == [OLD] and [one.version for one in law.drafts] == [BILL]


def test_places_outside_the_stack_are_left_out() -> None:
    assert law_of([COUNTRY, STATE], ("CO",), date(2024, 1, 1)).binding == ()


def test_the_last_look_is_the_latest_of_all() -> None:
    assert last_look([COUNTRY]) is None
    assert last_look([COUNTRY, STATE]) == date(2026, 3, 1)


def test_confidence_counts_rules_the_versions_own_first() -> None:
    def rule(confidence: str) -> Rule:
        return Rule(name="a", line=1, kind="channel_ban", body=ChannelBan(), cite="x", confidence=confidence)

    mixed = version("2020-01-01", confidence="high", rules=(rule("medium"), rule(""), rule("")))
    assert list(confidence_of(mixed).items()) == [("high", 2), ("medium", 1)]
    assert confidence_of(version("2020-01-01", rules=(rule(""),))) == {"": 1}
