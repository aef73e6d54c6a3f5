"""Columns as numbers; each bad value is told with its line, field and cure."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from cadencia.engine.batch import NO_DATE
from cadencia.engine.words import Channel
from cadencia.lists.columns import MAX_MISTAKES_A_LINE, Marks, amounts, dates, ids, read_date, words
from cadencia.lists.read import Chunk


def chunk_of(**columns: list[str | None]) -> tuple[Chunk, Marks]:
    n = len(next(iter(columns.values())))
    chunk = Chunk(np.arange(10, 10 + n), {name: pa.array(values, pa.string()) for name, values in columns.items()})
    return chunk, Marks(chunk, "list")


def test_words_are_numbers_and_left_out_is_the_default():
    chunk, marks = chunk_of(channel=["sms", None, "Call", "fax"], ref=["a", "b", "c", "d"])
    assert words(chunk, marks, "channel", Channel, Channel.email)[:3].tolist() == [
        Channel.sms,
        Channel.email,
        Channel.call,
    ]
    assert marks.wrong.tolist() == [False, False, False, True]
    assert marks.bad[0][:4] == (13, "d", "channel", "fax")
    assert marks.bad[0].cure.startswith("one of: call, voicemail")


def test_a_column_that_is_not_there_is_all_default():
    chunk, marks = chunk_of(ref=["a"])
    assert words(chunk, marks, "channel", Channel, Channel.email).tolist() == [Channel.email]


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-2-3", "20260203", "03/02/2026", "2026-W05-1", "1850-01-01", "9999-01-01"]
)
def test_what_is_no_date_is_refused(text: str):
    with pytest.raises(ValueError, match=r"YYYY-MM-DD|a year from"):
        read_date(text)


def test_dates_count_from_2000():
    chunk, marks = chunk_of(due_date=["2000-01-02", None, "1999-12-31", "soon"])
    assert dates(chunk, marks, "due_date").tolist() == [1, NO_DATE, -1, NO_DATE]
    assert [bad.line for bad in marks.bad] == [13]


@pytest.mark.parametrize("text", ["-1", "1e9", "1,5", "1.250.50", "NaN", "inf", "", " ", "0x10", "\u0661"])
def test_what_is_no_amount_is_refused(text: str):
    chunk, marks = chunk_of(amount_due=["10.5", text or "''", None])
    assert np.isnan(amounts(chunk, marks, "amount_due", whole=False)[1:]).all()
    assert marks.wrong.tolist() == [False, True, False]


def test_whole_numbers_have_no_point():
    chunk, marks = chunk_of(days_past_due=["45", "4.5", "-3", "1234567"])
    assert amounts(chunk, marks, "days_past_due", whole=True)[0] == 45
    assert marks.wrong.tolist() == [False, True, True, True]


def test_names_are_short_and_printable():
    chunk, marks = chunk_of(person=["P1", "x" * 101, "a\x07b", None, "Ñandú"])
    ids(chunk, marks, "person")
    assert marks.wrong.tolist() == [False, True, True, False, False]
    assert marks.bad[1].found == "a\\x07b"


def test_at_most_three_mistakes_of_a_line_are_told():
    _, marks = chunk_of(ref=["a"])
    for number in range(9):
        marks.mark_where(np.array([True]), f"field{number}", "cure")
    assert len(marks.bad) == MAX_MISTAKES_A_LINE
