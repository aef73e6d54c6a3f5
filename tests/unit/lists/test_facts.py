"""Facts and hours as written in a cell, and what is wrong with those that are not."""

from __future__ import annotations

import pytest

from cadencia.engine.query import Hours
from cadencia.engine.words import Channel, bit_of_fact
from cadencia.lists.facts import ALWAYS, FOR_EVER, StatedFact, fact_table, read_facts, read_hours

JUNE = 833_587_200  # 2026-06-01T00:00Z in seconds since 2000


def test_facts_are_true_false_of_a_channel_or_dated():
    assert read_facts("opt_out@sms; !dispute ;hold<2026-06-01T00:00Z;moratorium>2026-06-01T00:00Z;") == (
        StatedFact(bit_of_fact("opt_out"), True, int(Channel.sms)),
        StatedFact(bit_of_fact("dispute"), False),
        StatedFact(bit_of_fact("hold"), True, -1, ALWAYS, JUNE),
        StatedFact(bit_of_fact("moratorium"), True, -1, JUNE, FOR_EVER),
    )


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("angry", "angry is no fact"),
        ("opt_out@fax", "fax is no channel; one of: call"),
        ("opt out", "write facts as name, !name"),
        ("hold<2026-06-01T00:00", "a fact's time has its offset"),
        ("hold<tomorrow", "a fact's time has its offset"),
        ("hold>2026-06-02T00:00Z<2026-06-01T00:00Z", "hold ends before it begins"),
        ("dispute;!dispute", "dispute is said to be true and false"),
        (";".join(["dispute"] * 65), "at most 64 facts"),
    ],
)
def test_facts_that_cannot_be_read_say_the_cure(text: str, cure: str):
    with pytest.raises(ValueError, match=cure):
        read_facts(text)


def test_the_table_has_a_row_for_each_cell_and_channel():
    table = fact_table([read_facts("opt_out@sms;!dispute;hold<2026-06-01T00:00Z"), read_facts("settled")])
    channels, opt_out, dispute = len(Channel), 1 << bit_of_fact("opt_out"), 1 << bit_of_fact("dispute")
    assert int(table.true[Channel.sms, 0]) == opt_out
    assert int(table.true[Channel.call, 0]) == 0
    assert int(table.known[Channel.sms, 0]) == opt_out | dispute
    assert int(table.known[Channel.call, 0]) == dispute
    assert int(table.true[channels + Channel.call, 0]) == 1 << bit_of_fact("settled")
    assert not table.known[2 * channels :].any()  # the last cell: no facts
    first, last = table.timed_from[Channel.sms], table.timed_to[Channel.sms]
    assert [fact.bit for fact in table.timed[first:last]] == [bit_of_fact("hold")]
    assert (table.timed_from[channels:] == table.timed_to[channels:]).all()


def test_what_is_said_of_one_channel_wins_there():
    table = fact_table([read_facts("!opt_out@sms;opt_out")])
    assert [int(table.true[channel, 0]) > 0 for channel in (Channel.call, Channel.sms)] == [True, False]
    assert int(table.known[Channel.sms, 0]) == 1 << bit_of_fact("opt_out")


def test_a_fact_past_the_sixty_fourth_bit_lies_in_the_second_word():
    late = StatedFact(70, True)
    table = fact_table([(late,)])
    assert (int(table.true[0, 0]), int(table.true[0, 1])) == (0, 1 << 6)


def test_hours_of_every_day_one_day_or_several():
    assert read_hours("18:00-20:00;sat 09:00-12:00;mon-fri 20:00-24:00") == (
        Hours(opens="18:00", closes="20:00"),
        Hours(opens="09:00", closes="12:00", weekdays=(5,)),
        Hours(opens="20:00", closes="24:00", weekdays=(0, 1, 2, 3, 4)),
    )


@pytest.mark.parametrize(
    "text", ["6pm-8pm", "20:00-08:00", "25:00-26:00", "23:00-24:30", "lun 09:00-10:00", "fri-mon 09:00-10:00"]
)
def test_hours_that_cannot_be_read_are_refused(text: str):
    with pytest.raises(ValueError, match=r"hours|day"):
        read_hours(text)


@pytest.mark.parametrize(
    "text",
    [
        "!cease_request>2026-01-01T00:00Z;cease_request",
        "cease_request;!cease_request<2026-01-01T00:00Z",
        "opt_out@sms;!opt_out>2026-01-01T00:00Z",
        "hold>2026-01-01T00:00Z;!hold@sms>2026-02-01T00:00Z",
    ],
)
def test_a_date_does_not_hide_a_contradiction(text: str):
    with pytest.raises(ValueError, match="is said to be true and false; keep one"):
        read_facts(text)


@pytest.mark.parametrize(
    "text",
    [
        "opt_out;!opt_out@sms>2026-01-01T00:00Z",
        "hold<2026-01-01T00:00Z;!hold>2026-01-01T00:00Z",
        "hold@sms>2026-01-01T00:00Z;!hold@call>2026-01-01T00:00Z",
    ],
)
def test_what_is_said_of_other_times_or_of_one_channel_contradicts_nothing(text: str):
    assert len(read_facts(text)) == 2
