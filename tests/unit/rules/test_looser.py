"""A rule looser than its parent's is found, with a contact that shows it; what cannot be compared is left alone."""

from __future__ import annotations

import pytest

from cadencia.rules.load import load_text
from cadencia.rules.looser import looser, overlap
from cadencia.rules.model import Rule

FILE = """jurisdiction: "CO"
title: "A law made up for a test"
timezone: person
holidays: none
versions:
  - from: "2023-10-10"
    rules:
      one: {{{one}, cite: "Art. 1"}}
      other: {{{other}, cite: "Art. 2"}}
"""


def rules(one: str, other: str) -> tuple[Rule, Rule]:
    file, problems = load_text(FILE.format(one=one, other=other), "co/law.yaml")
    assert file is not None, problems
    first, second = file.versions[0].rules
    return first, second


LOOSER = [
    ('contact_window: {every-day: "07:30-21:00"}', 'contact_window: {every-day: "08:00-21:00"}', "Mon 07:30", "08:00"),
    ('contact_window: {every-day: "08:00-21:30"}', 'contact_window: {every-day: "08:00-21:00"}', "Mon 21:00", "21:00"),
    ('contact_window: {every-day: "08:00-21:00"}', 'contact_window: {mon-sat: "08:00-21:00", sun: closed}',
     "Sun 08:00", "closed"),
    ('contact_window: {every-day: "08:00-21:00"}', 'contact_window: {every-day: "08:00-21:00", holiday: closed}',
     "a holiday on Mon, 08:00", "closed"),
    ("frequency_cap: {at_most: 10, count: placed, per: week}", "frequency_cap: {at_most: 7, count: placed, per: week}",
     "a contact after 7 in week", "at_most: 7"),
    ("frequency_cap: {at_most: 3, count: conversation, per: day}",
     "frequency_cap: {at_most: 3, count: placed, per: day}",
     "a contact after events that count there and not here", "count: placed, for_each: [person]"),
    ("frequency_cap: {at_most: 3, count: placed, per: day}",
     "frequency_cap: {at_most: 3, count: placed, per: day, for_each: [household]}",
     "a contact after events that count there and not here", "count: placed, for_each: [household]"),
    ("frequency_cap: {at_most: 3, count: placed, per: week}",
     'frequency_cap: {at_most: 3, count: placed, per: "7 civil days"}',
     "a contact beyond week and within 7 civil days", 'per: "7 civil days"'),
    ('separation: {at_least: "24 hours", count: placed}', 'separation: {at_least: "48 hours", count: placed}',
     "a contact beyond 24 hours and within 48 hours", 'at_least: "48 hours"'),
    ("recipient: {third_party_at_most: 2}", "recipient: {third_party_at_most: 1}",
     "a third-party contact after 1", "third_party_at_most: 1"),
    ("precondition: {number: amount_due, at_least: 50}", "precondition: {number: amount_due, at_least: 100}",
     "under 100 of amount_due", "at_least: 100"),
    ('dialing: {after_abandoned: "24 hours"}', 'dialing: {after_abandoned: "72 hours"}',
     "an automatic call within 72 hours", 'after_abandoned: "72 hours"'),
    ('dialing: {abandonment: {at_most: "5%"}}', 'dialing: {abandonment: {at_most: "3%"}}',
     "an abandonment rate over 0.03", 'at_most: "3%"'),
    # three in any seven days are at most fifteen in thirty: the fifteen never deny
    ('frequency_cap: {at_most: 15, count: placed, per: "30 civil days"}',
     'frequency_cap: {at_most: 3, count: placed, per: "7 civil days"}',
     "a contact after 3 in 7 civil days", "at_most: 3"),
    # the same asked, and an exception more
    ('contact_window: {every-day: "08:00-21:00"}, unless_facts: [consent_time]',
     'contact_window: {every-day: "08:00-21:00"}', "a contact with consent_time", "unless_facts without consent_time"),
    ("consent: {forbids: [opt_out]}, unless_facts: [hold, legal_notice]",
     "consent: {forbids: [opt_out]}, unless_facts: [hold]",
     "a contact with legal_notice", "unless_facts without legal_notice"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "example", "write"), LOOSER, ids=[row[2] for row in LOOSER])
def test_looser_with_an_example_and_a_cure(one: str, other: str, example: str, write: str) -> None:
    mine, theirs = rules(one, other)
    found = looser(mine, theirs)
    assert found is not None
    assert (found.example, found.write) == (example, write)
    assert looser(theirs, mine) is None


NOT_LOOSER = [
    # as strict
    ('contact_window: {every-day: "08:00-21:00"}', 'contact_window: {every-day: "08:00-21:00"}'),
    # a clock of its own is no minute of the other's
    ('contact_window: {every-day: "08:00-21:00", clock: "America/New_York"}',
     'contact_window: {every-day: "09:00-12:00"}'),
    # the same exceptions, or exceptions from hours of its own
    ('contact_window: {every-day: "08:00-21:00"}, unless_facts: [consent_time]',
     'contact_window: {every-day: "08:00-21:00"}, unless_facts: [consent_time, legal_notice]'),
    ('contact_window: {every-day: "09:00-18:00"}, unless_facts: [consent_time]',
     'contact_window: {every-day: "08:00-21:00"}'),
    # a number for the month that three a week do not keep
    ('frequency_cap: {at_most: 12, count: placed, per: "30 civil days"}',
     'frequency_cap: {at_most: 3, count: placed, per: "7 civil days"}'),
    # other contacts
    ('contact_window: {every-day: "06:00-21:00"}, channels: [sms]',
     'contact_window: {every-day: "09:00-12:00"}, channels: [call]'),
    ('contact_window: {every-day: "06:00-21:00"}, purposes: [marketing]', 'contact_window: {every-day: "09:00-12:00"}'),
    ('contact_window: {every-day: "06:00-21:00"}, when_facts: [hold]',
     'contact_window: {every-day: "09:00-12:00"}, unless_facts: [hold]'),
    ('contact_window: {every-day: "06:00-21:00"}, when_date: {date: due_date, at_most_days: 10}',
     'contact_window: {every-day: "09:00-12:00"}, when_date: {date: due_date, at_least_days: 11}'),
    # a special case that the rule does not name
    ('contact_window: {every-day: "06:00-21:00"}',
     'contact_window: {every-day: "09:00-12:00"}, initiators: [agentless]'),
    # other figures: fewer in a shorter time, another event, other kinds of rule
    ("frequency_cap: {at_most: 10, count: placed, per: week}", "frequency_cap: {at_most: 3, count: placed, per: day}"),
    ("frequency_cap: {at_most: 7, count: placed, per: week}",
     "frequency_cap: {at_most: 1, count: conversation, per: week}"),
    ("frequency_cap: {at_most: 7, count: {kind: placed, direction: outbound}, per: week}",
     "frequency_cap: {at_most: 1, count: {kind: placed, direction: inbound}, per: week}"),
    ("frequency_cap: {at_most: 7, count: {kind: placed, channels: [sms]}, per: week}",
     "frequency_cap: {at_most: 1, count: {kind: placed, channels: [call]}, per: week}"),
    ("frequency_cap: {at_most: 7, count: placed, per: week}", 'separation: {at_least: "48 hours", count: placed}'),
    ("precondition: {date: due_date, at_least_days: 5}", "precondition: {date: notice_sent, at_least_days: 10}"),
    ("consent: {forbids: [opt_out]}", "consent: {forbids: [opt_out, hold]}"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), NOT_LOOSER)
def test_not_looser_or_not_to_be_compared(one: str, other: str) -> None:
    assert looser(*rules(one, other)) is None


def test_a_selector_left_out_meets_every_word() -> None:
    assert overlap(*rules("channel_ban: closed, channels: [visit]", "channel_ban: closed, channels: [visit, call]"))
    assert overlap(*rules("consent: {forbids: [hold]}", "consent: {forbids: [hold]}, actors: [creditor]"))


@pytest.mark.parametrize(
    ("clock", "zone", "found"),
    [
        ("America/Bogota", "America/Bogota", True),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires", True),
        ("America/New_York", "America/Bogota", False),
        ("America/Bogota", "", False),
    ],
)
def test_a_clock_is_the_persons_where_the_place_has_that_zone_alone(clock: str, zone: str, found: bool) -> None:
    mine, theirs = rules(
        f'contact_window: {{every-day: "06:00-21:00", clock: "{clock}"}}', 'contact_window: {every-day: "08:00-21:00"}'
    )
    assert (looser(mine, theirs, zone) is not None) is found
