"""What lint says between files; what it says of one file is in tests/rulefiles/bad."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.lint import Stacks, lint, prefixes, with_ends
from cadencia.rules.lint_rules import calendar_need, rule_problems
from cadencia.rules.lint_tests import can_deny
from cadencia.rules.load import Loaded, load_holidays_text, load_text, load_tree
from cadencia.rules.model import (
    Abandonment,
    Counted,
    Dialing,
    FrequencyCap,
    HolidayFile,
    JurisdictionFile,
    Precondition,
    Rule,
    Script,
    Window,
)

LAW = """jurisdiction: "{code}"
title: "A law made up for a test"
timezone: person
holidays: none
versions:
  - from: "2023-10-10"
    source: "https://example.org/law"
    rules:
      cap:
        frequency_cap: {{at_most: 1, count: placed, per: day}}
        cite: "Law 1, art. 1"
    tests:
      - {{when: "Fri 2026-03-06 10:00", try: call, expect: deny, by: {by}, after: "Fri 2026-03-06 09:00 call busy"}}
"""


def law(path: str, code: str, by: str = "cap", more: str = "") -> JurisdictionFile:
    file, problems = load_text(
        LAW.format(code=code, by=by).replace("holidays: none\n", f"holidays: none\n{more}"), path
    )
    assert file is not None, problems
    return file


def calendar(name: str) -> HolidayFile:
    file, problems = load_holidays_text('country: "CO"\n', f"holidays/{name}.yaml")
    assert file is not None, problems
    return file


def said(*files: JurisdictionFile, holidays: tuple[str, ...] = (), unread: dict[str, str] | None = None) -> list[str]:
    calendars = {name: calendar(name) for name in holidays}
    return [str(problem) for problem in lint(Loaded(files, calendars, [], {}, unread or {}))]


def test_two_files_that_give_two_rules_one_id() -> None:
    one, other = law("co/law.yaml", "CO"), law("co/old/law.yaml", "CO")
    assert said(one, other) == ["co/old/law.yaml:9 cap: CO.law.cap is also in co/law.yaml; rename one of the files"]
    assert said(one, law("co/other.yaml", "CO")) == []


def test_a_denial_may_name_any_rule_of_the_stack() -> None:
    parent = law("us/federal.yaml", "US")
    child = law("us/ma.yaml", "US-MA", by="US.federal.cap")
    missing = "us/ma.yaml:9 cap: no test denies by it; write {when: …, try: …, expect: deny, by: cap}"
    assert said(parent, child) == [missing]
    stranger = law("us/ma.yaml", "US-MA", by="CO.law.cap")
    named = "by names CO.law.cap, which is no rule of the stack; write the name of a rule, or its full id"
    assert said(parent, stranger) == [missing, f"us/ma.yaml:13 test Fri 2026-03-06 10:00: {named}"]


def test_the_stack_has_prefixes_and_named_parents_of_all_of_them() -> None:
    city = law("us/nyc.yaml", "US-NY-NYC", more='parents: ["XA"]\n')
    top = law("xa/top.yaml", "XA", more='parents: ["XB"]\n')
    assert prefixes("US-NY-NYC") == ["US-NY", "US"]
    assert Stacks(Loaded((city, top), {}, [], {})).of("US-NY-NYC") == {"US-NY-NYC", "US-NY", "US", "XA", "XB"}


def test_a_circle_of_parents_ends() -> None:
    one, other = law("xa/a.yaml", "XA", more='parents: ["XB"]\n'), law("xb/b.yaml", "XB", more='parents: ["XA"]\n')
    assert said(one, other) == []


def test_what_a_file_with_mistakes_would_have_given_is_not_said_to_be_missing() -> None:
    child = law("us/ma.yaml", "US-MA", by="US.federal.cap")
    assert not any("no file" in line or "stack" in line for line in said(child, unread={"us/federal.yaml": "US"}))
    assert any("the parent US has no file" in line for line in said(child))


def test_a_calendar_that_nobody_names_is_a_warning() -> None:
    problems = lint(Loaded((law("co/law.yaml", "CO"),), {"co": calendar("co")}, [], {}))
    assert [(problem.path, problem.severity) for problem in problems] == [("holidays/co.yaml", "warning")]


@pytest.mark.parametrize(
    ("today", "refused"),
    [
        (None, False),
        (date(2026, 11, 21), False),
        (date(2026, 11, 26), False),  # 400 days later is 2027-12-31
        (date(2026, 11, 27), True),
        (date(2035, 1, 1), True),
    ],
)
def test_a_calendar_that_ends_before_what_may_be_planned_is_refused(today: date | None, refused: bool) -> None:
    assert ends_too_soon('country: "CO"\nuntil: 2027\n', today) is refused


@pytest.mark.parametrize(("today", "refused"), [(date(2027, 11, 1), False), (date(2027, 11, 2), True)])
def test_a_calendar_decreed_each_year_is_asked_for_sixty_days_ahead(today: date, refused: bool) -> None:
    assert ends_too_soon('country: "CO"\nuntil: 2027\ndecreed: yearly\n', today) is refused


def ends_too_soon(text: str, today: date | None) -> bool:
    """Is the calendar refused, at its `until`?"""
    short, _ = load_holidays_text(text, "holidays/co.yaml")
    assert short is not None
    named = structs.replace(law("co/law.yaml", "CO"), holidays="co")
    problems = lint(Loaded((named,), {"co": short}, [], {"holidays/co.yaml": text}), today=today)
    assert [(p.path, p.line, p.where, p.severity) for p in problems] in (
        [], [("holidays/co.yaml", 2, "until", "error")],
    )  # fmt: skip
    return bool(problems)


@pytest.fixture(scope="module")
def shipped() -> Loaded:
    return load_tree(jurisdictions_folder())


def test_the_shipped_calendars_that_are_decreed_by_year_are_asked_for_in_time(shipped: Loaded) -> None:
    assert not [problem for problem in lint(shipped, today=date(2027, 11, 1)) if problem.where == "until"]
    late = {problem.path: problem.severity for problem in lint(shipped, today=date(2027, 12, 1))}
    decreed = {f"holidays/{name}.yaml" for name, calendar in shipped.holidays.items() if calendar.decreed}
    assert {"holidays/ar.yaml", "holidays/ar-c.yaml", "holidays/ru.yaml"} <= decreed
    assert {late[path] for path in decreed} == {"error"}


SECOND = """  - from: "2026-01-01"
    status: {status}
    source: "https://example.org/law-2"
    rules:
      cap:
        frequency_cap: {{at_most: 2, count: placed, per: day}}
        cite: "Law 2, art. 1"
    tests:
      - {{when: "Fri 2026-03-06 10:00", try: call, expect: deny, by: cap, after: "Fri 2026-03-06 09:00 call busy x2"}}
"""


@pytest.mark.parametrize(("status", "ends"), [("in_force", [date(2026, 1, 1), None]), ("draft", [None, None])])
def test_a_draft_ends_no_version_in_force(status: str, ends: list[date | None]) -> None:
    file, problems = load_text(LAW.format(code="CO", by="cap") + SECOND.format(status=status), "co/law.yaml")
    assert file is not None, problems
    assert [end for _, end in with_ends(file)] == ends
    assert any("after its version's end (2026-01-01)" in line for line in said(file)) is (status == "in_force")


def rule(kind: str, body: object) -> Rule:
    return Rule(name="a", line=1, kind=kind, body=body, cite="Art. 1")  # type: ignore[arg-type]


def test_a_negative_cap_names_its_limit() -> None:
    cap = FrequencyCap(at_most=-1, count=Counted(), per=Window(unit="week"))
    assert list(rule_problems(rule("frequency_cap", cap))) == [
        "at_most -1 is under the limit of 1; write a number from 1"
    ]


@pytest.mark.parametrize(
    ("kind", "body", "need"),
    [
        ("precondition", Precondition(date="due_date", at_least_days=3, days="business"), "business days"),
        ("precondition", Precondition(date="due_date", at_least_days=3), ""),
        ("dialing", Dialing(after_machine=Window(unit="business_days")), "business days"),
        ("dialing", Dialing(abandonment=Abandonment(at_most=0.03, window="5 business days")), "business days"),
        ("dialing", Dialing(ring_at_least_s=15), ""),
    ],
)
def test_which_rules_need_a_calendar(kind: str, body: object, need: str) -> None:
    assert calendar_need(rule(kind, body)) == need


@pytest.mark.parametrize(
    ("body", "denies"),
    [
        (Dialing(ring_at_least_s=15), False),
        (Dialing(after_abandoned=Window(unit="seconds", n=259_200)), True),
        (Script(languages=("es",)), False),
        (Script(approved=True), True),
    ],
)
def test_a_rule_that_only_hands_on_duties_needs_no_denial(body: object, denies: bool) -> None:
    assert can_deny(rule("dialing" if isinstance(body, Dialing) else "script", body)) is denies


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2023-07-09", "reviewed on 2023-07-09, before the law was known (2023-07-10); write the day of the review"),
        ("2023-07-10", ""),
        ("2026-05-19", ""),  # the reviewer may be a time zone ahead
        ("2026-05-20", "reviewed on 2026-05-20, which is still to come; write the day of the review, or review: "
                       "unreviewed"),
    ],
)  # fmt: skip
def test_a_review_is_of_a_day_that_was_and_when_the_law_was_known(on: str, said: str) -> None:
    text = LAW.format(code="CO", by="cap").replace(
        '    source:', f'    known_since: "2023-07-10"\n    review: {{by: "A. Counsel", on: "{on}"}}\n    source:'
    )  # fmt: skip
    file, problems = load_text(text, "co/law.yaml")
    assert file is not None and not problems
    found = [str(problem) for problem in lint(Loaded((file,), {}, [], {}), today=date(2026, 5, 18))]
    assert found == ([f"co/law.yaml:6 version 2023-10-10: {said}"] if said else [])
