"""The line that is proposed for a side that no test holds is one that holds it."""

from __future__ import annotations

import re

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
    rules:
      one: {RULE, cite: "Art. 1"}
    tests:
"""


def messages(text: str) -> list[str]:
    file, problems = load_text(text, "co/law.yaml")
    assert file is not None, problems
    book = compile_rulebook(Loaded((file,), {}, [], {}), locates=False)
    return [found.message for found in boundary_problems(boundaries(file, file.versions[0], book), {file.path: text})]


@pytest.mark.parametrize(
    ("rule", "test"),
    [
        (
            'contact_window: {mon-fri: "07:00-19:00", sat-sun: closed}',
            'when: "Fri 2026-03-06 12:00", try: call, expect: allow',
        ),
        (
            'separation: {at_least: "48 hours", count: placed}',
            'when: "Fri 2026-03-06 12:00", try: call, expect: deny, by: one, after: "Thu 2026-03-05 12:00 call busy"',
        ),
        (
            'cooling_off: {after: conversation, lasts: "7 civil days"}',
            'when: "Fri 2026-03-06 12:00", try: sms, expect: deny, by: one, after: "Thu 2026-03-05 12:00 sms refusal"',
        ),
        (
            "precondition: {date: due_date, at_least_days: 10}",
            'when: "Fri 2026-03-06 12:00", try: call, expect: deny, by: one, dates: {due_date: "2026-03-01"}',
        ),
    ],
)
def test_lines_proposed_are_those_that_were_missing(rule: str, test: str) -> None:
    text = FILE.replace("RULE", rule) + f"      - {{{test}}}\n"
    missing = messages(text)
    assert missing
    lines = [re.search(r"; such as (- \{.*\})$", message) for message in missing]
    assert all(lines)
    whole = text + "".join(f"      {line.group(1)}\n" for line in lines if line)
    assert messages(whole) == []


def test_no_line_is_proposed_where_another_time_does_not_help() -> None:
    asks = FILE.replace("RULE", "consent: {requires: [prior_consent]}")
    (message,) = messages(asks + '      - {when: "Fri 2026-03-06 12:00", try: call, expect: deny, by: one}\n')
    assert "such as" not in message
