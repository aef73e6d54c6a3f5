"""Opening hours of a day as the engine answers them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cadencia.engine.decide import Engine
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import load_tree
from cadencia.rules.model import JurisdictionFile
from cadencia.rules.opening import Contact, is_holiday, open_spans, place_of

LAW = """\
jurisdiction: "US-XX"
title: "XX: a law"
timezone: person
holidays: "xx"
versions:
  - from: "2020-01-01"
    rules:
      hours:
        channels: [call]
        contact_window: {mon-fri: ["08:00-12:00", "13:30-21:00"], sat-sun: closed, holiday: "10:00-11:00"}
        cite: "Law 1"
      chicago:
        channels: [visit]
        contact_window: {every-day: "09:00-17:00", clock: "America/Chicago"}
        cite: "Law 2"
      night:
        channels: [sms]
        contact_window: {every-day: "02:15-24:00"}
        cite: "Law 3"
"""
COUNTRY = LAW.replace("US-XX", "US").partition("    rules:")[0] + (
    '    rules:\n      no-fax:\n        channels: [letter]\n        channel_ban: closed\n        cite: "Law 4"\n'
)
NEW_YORK = "America/New_York"


Asked = tuple[Engine, tuple[JurisdictionFile, ...]]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    for name, text in (("us/xx.yaml", LAW), ("us/a.yaml", COUNTRY), ("holidays/xx.yaml", 'add: {"2026-03-10": "x"}\n')):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    loaded = load_tree(tmp_path)
    assert loaded.problems == []
    return Engine(compile_rulebook(loaded, locates=False)), loaded.files


def spans(asked: Asked, day: date, channel: str) -> tuple[tuple[int, int], ...]:
    engine, files = asked
    return open_spans(engine, place_of(("US-XX", "US"), NEW_YORK, files), day, Contact(channel))


def test_hours_of_a_working_day_a_weekend_and_a_holiday(asked: Asked) -> None:
    assert spans(asked, date(2026, 3, 9), "call") == ((480, 720), (810, 1260))
    assert spans(asked, date(2026, 3, 7), "call") == ()
    assert spans(asked, date(2026, 3, 10), "call") == ((600, 660),)
    rulebook = asked[0].rulebook
    assert is_holiday(rulebook, ("US-XX",), date(2026, 3, 10))
    assert not is_holiday(rulebook, ("US-XX",), date(2026, 3, 9))
    assert not is_holiday(rulebook, ("CO",), date(2026, 3, 10))


def test_a_clock_of_the_laws_own_is_shown_on_the_persons(asked: Asked) -> None:
    assert spans(asked, date(2026, 3, 9), "visit") == ((600, 1080),)


def test_a_ban_is_no_matter_of_hours(asked: Asked) -> None:
    assert spans(asked, date(2026, 3, 9), "letter") == ((0, 1440),)


def test_an_edge_in_an_hour_that_the_clock_skips_opens_after_it(asked: Asked) -> None:
    """On 2026-03-08 the clock of New York goes from 02:00 to 03:00: at 02:15 it shows nothing."""
    assert spans(asked, date(2026, 3, 9), "sms") == ((135, 1440),)
    assert spans(asked, date(2026, 3, 8), "sms") == ((135, 1440),)
