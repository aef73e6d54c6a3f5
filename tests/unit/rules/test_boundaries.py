"""Each kind of figure is moved a step each way; a test that holds one side leaves the other to be asked for."""

from __future__ import annotations

import pytest

from cadencia.rules.boundaries import boundaries, boundary_problems
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import Loaded, load_text

FILE = """jurisdiction: "CO"
title: "A law made up for a test"
timezone: "America/Bogota"
holidays: none
versions:
  - from: "2023-10-10"
    status: {status}
    rules:
      one: {{{rule}, cite: "Art. 1"}}
    tests:
{tests}"""
AT = 'when: "Fri 2026-03-06 10:00", try: call'


def unheld(rule: str, tests: list[str], status: str = "in_force") -> list[str]:
    """What is not held, without the words of the cure."""
    text = FILE.format(rule=rule, status=status, tests="".join(f"      - {{{test}}}\n" for test in tests))
    file, problems = load_text(text, "co/law.yaml")
    assert file is not None, problems
    book = compile_rulebook(Loaded((file,), {}, [], {}), include_drafts=status == "draft", locates=False)
    found = list(boundary_problems(boundaries(file, file.versions[0], book), {}))
    assert {problem.severity for problem in found} <= {"error" if status == "in_force" else "warning"}
    return [problem.message for problem in found]


def deny(after: str = "", more: str = "", at: str = AT) -> str:
    return f"{at}, expect: deny, by: one" + (f', after: "{after}"' if after else "") + (f", {more}" if more else "")


def allow(after: str = "", more: str = "", at: str = AT) -> str:
    return f"{at}, expect: allow" + (f', after: "{after}"' if after else "") + (f", {more}" if more else "")


def when(stamp: str) -> str:
    return f'when: "{stamp}", try: call'


#: rule, the tests that hold its looser side, those that hold its stricter side
HELD = [
    ('contact_window: {every-day: "00:00-19:00"}',
     [deny(at=when("Fri 2026-03-06 19:00"))], [allow(at=when("Fri 2026-03-06 18:59"))]),
    ('contact_window: {every-day: "08:00-24:00"}',
     [deny(at=when("Fri 2026-03-06 07:59"))], [allow(at=when("Sat 2026-03-07 08:00"))]),
    ("frequency_cap: {at_most: 3, count: placed, per: lifetime}",
     [deny("Thu 2026-03-05 10:00 call busy x3")], [allow("Thu 2026-03-05 10:00 call busy x2")]),
    ('separation: {at_least: "48 hours", count: placed}',
     [deny("Wed 2026-03-04 10:01 call busy")], [allow("Wed 2026-03-04 10:00 call busy")]),
    ('cooling_off: {after: conversation, lasts: "7 civil days"}',
     [deny("Sat 2026-02-28 10:00 call promise")], [allow("Fri 2026-02-27 23:59 call promise")]),
    ("cooling_off: {after: conversation, lasts: day}",
     [deny("Fri 2026-03-06 09:00 call promise")], [allow("Thu 2026-03-05 10:00 call promise")]),
    ("channel_lock: {after: placed, lasts: week}",
     [deny("Mon 2026-03-02 10:00 sms placed")], [allow("Sun 2026-03-01 10:00 sms placed")]),
    ("channel_lock: {after: placed, lasts: month}",
     [deny("Sun 2026-03-01 10:00 sms placed")], [allow("Sat 2026-02-28 10:00 sms placed")]),
    ("recipient: {third_party_at_most: 2}",
     [deny("Thu 2026-03-05 10:00 call busy party third_party x2", "party: third_party")],
     [allow("Thu 2026-03-05 10:00 call busy party third_party", "party: third_party")]),
    ("precondition: {date: due_date, at_least_days: 10}",
     [deny(more='dates: {due_date: "2026-02-25"}')], [allow(more='dates: {due_date: "2026-02-24"}')]),
    ("precondition: {date: due_date, at_most_days: 90}",
     [deny(more='dates: {due_date: "2025-12-05"}')], [allow(more='dates: {due_date: "2025-12-06"}')]),
    ("precondition: {number: amount_due, at_least: 100}",
     [deny(more="numbers: {amount_due: 99.99}")], [allow(more="numbers: {amount_due: 100}")]),
    ("precondition: {number: amount_due, at_most: 100}",
     [deny(more="numbers: {amount_due: 100.01}")], [allow(more="numbers: {amount_due: 100}")]),
    ('dialing: {after_abandoned: "72 hours"}, initiators: [predictive]',
     [deny("Tue 2026-03-03 10:01 call abandoned", "initiator: predictive")],
     [allow("Tue 2026-03-03 10:00 call abandoned", "initiator: predictive")]),
    ("channel_ban: closed, channels: [call], when_date: {date: due_date, at_least_days: 121}",
     [deny(more='dates: {due_date: "2025-11-05"}')], [allow(more='dates: {due_date: "2025-11-06"}')]),
    ("channel_ban: closed, channels: [call], when_date: {date: due_date, at_most_days: 5}",
     [deny(more='dates: {due_date: "2026-03-01"}')], [allow(more='dates: {due_date: "2026-02-28"}')]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "looser", "stricter"), HELD, ids=[row[0][:60] for row in HELD])
def test_a_figure_is_held_by_a_test_on_each_side(rule: str, looser: list[str], stricter: list[str]) -> None:
    assert unheld(rule, [*looser, *stricter]) == []
    assert [message.split("; ")[0].endswith("a step stricter") for message in unheld(rule, looser)] == [True]
    assert [message.split("; ")[0].endswith("a step looser") for message in unheld(rule, stricter)] == [True]


def test_tests_beside_the_edge_hold_nothing() -> None:
    rule = 'contact_window: {every-day: "00:00-19:00"}'
    assert unheld(rule, [deny(at=when("Fri 2026-03-06 19:01")), allow(at=when("Fri 2026-03-06 18:58"))]) == [
        "19:00 on mon tue wed thu fri sat sun: no test would fail if it were a step looser; "
        "write a test at 19:00 on one of: mon tue wed thu fri sat sun, expect: deny, by: one",
        "19:00 on mon tue wed thu fri sat sun: no test would fail if it were a step stricter; "
        "write a test at 18:59 on one of: mon tue wed thu fri sat sun, expect: allow",
    ]


def test_a_closed_day_is_a_figure_and_so_is_what_consent_asks() -> None:
    rule = 'contact_window: {mon-sat: "00:00-24:00", sun: closed}'
    found = unheld(rule, [deny("Fri 2026-03-06 09:00 call busy")])
    assert [message.split(": no")[0] for message in found] == ["open on mon tue wed thu fri sat", "closed on sun"]
    asks = "consent: {requires: [prior_consent]}"
    assert unheld(asks, [deny(), allow(more="facts: [prior_consent]")]) == []
    assert [message.split(":")[0] for message in unheld(asks, [deny()])] == ["what it asks"]


def test_a_denial_by_another_rule_holds_the_near_side_only_of_a_rule_that_says_it_is_looser() -> None:
    rule = 'contact_window: {every-day: "07:30-24:00"}'
    tests = [deny(at=when("Fri 2026-03-06 07:29")), f"{when('Fri 2026-03-06 07:30')}, expect: deny, by: hours"]
    assert len(unheld(rule, tests)) == 1
    assert unheld(f'{rule}, looser_than: ["US.law.hours"]', tests) == []


def test_what_a_draft_lacks_is_a_warning_and_a_ban_has_no_figure() -> None:
    assert len(unheld("frequency_cap: {at_most: 3, count: placed, per: day}", [deny(), allow()], "draft")) == 4
    assert unheld("channel_ban: closed, channels: [visit]", [allow()]) == []


ONE_LINE = """jurisdiction: "CO"
title: "A law made up for a test"
timezone: "America/Bogota"
holidays: none
versions:
  - from: "2023-10-10"
    rules: {cap: {frequency_cap: {at_most: 3, count: placed, per: lifetime}, cite: "Art. 1"}, HOURS}
    tests: [{AT, expect: deny, by: cap, after: "Thu 2026-03-05 10:00 call busy x50"}, {AT, expect: allow}]
"""


@pytest.mark.parametrize("first", [True, False])
def test_rules_that_share_a_line_have_each_their_own_figures(first: bool) -> None:
    hours = 'hours: {contact_window: {every-day: "00:00-19:00"}, cite: "Art. 2"}'
    text = ONE_LINE.replace("AT", AT).replace("HOURS", hours)
    if not first:
        cap = text[text.index("cap: {") : text.index(", hours:")]
        text = text.replace(f"{cap}, {hours}", f"{hours}, {cap}")
    file, problems = load_text(text, "co/law.yaml")
    assert file is not None, problems
    book = compile_rulebook(Loaded((file,), {}, [], {}), locates=False)
    found = {(one.rule.name, one.figure.name.split(" on ")[0]) for one in boundaries(file, file.versions[0], book)}
    assert found == {("cap", "at most 3"), ("hours", "19:00")}
    assert len(list(boundary_problems(boundaries(file, file.versions[0], book), {}))) == 4
