"""Every (person, debt, address) of a line is one query, with the line's words, facts, dates and hours."""

from __future__ import annotations

import math
from datetime import date, datetime

import numpy as np
import pytest

from cadencia.engine.batch import NO_DATE, SEL_CHANNEL, SEL_DEBT_TYPE, SEL_INITIATOR, SEL_PARTY, SEL_PLACE
from cadencia.engine.words import DATES, Channel, DebtType, Initiator, Party, Place
from cadencia.lists import queries as asking
from cadencia.lists.queries import Defaults, Lines, Queries, make_queries, parts, read_lines


def ask(chunks_of, at: datetime, text: str, **defaults: str) -> tuple[Lines, Queries]:
    [chunk] = chunks_of(text.encode())
    assert chunk.bad == []
    lines = read_lines(chunk, Defaults(**defaults), at)
    return lines, make_queries(lines)


def test_a_line_makes_a_query_for_each_number_and_debt(chunks_of, at):
    _, found = ask(
        chunks_of, at, "ref,phones,debts,country\nL1,+573001234567;+573001234568,D1;D2,CO\nL2,,,ES\nL3,,D3,ES\n"
    )
    assert found.line.tolist() == [0, 0, 0, 0, 1, 2]
    assert found.number.to_pylist() == ["+573001234567"] * 2 + ["+573001234568"] * 2 + [None, None]
    assert found.debt.to_pylist() == ["D1", "D2", "D1", "D2", None, "D3"]
    assert found.address_index.tolist() == [1, 1, 2, 2, 1, 1]


def word(found: Queries, row: int, shift: int, bits: int) -> int:
    return int(found.selectors[row]) >> shift & ((1 << bits) - 1)


def test_the_words_of_a_line_are_packed_as_the_kernel_reads_them(chunks_of, at):
    header, phone = "ref,phones,channel,party,debt_type,place\n", "home:+573001234567"
    text = f"{header}L1,{phone},sms,guarantor,rent,\nL2,{phone},,,,work\n"
    _, found = ask(chunks_of, at, text, channel="visit", initiator="bot")
    assert word(found, 0, SEL_CHANNEL, 3) == Channel.sms
    assert word(found, 0, SEL_PARTY, 3) == Party.guarantor
    assert word(found, 0, SEL_DEBT_TYPE, 6) == DebtType.rent
    assert word(found, 0, SEL_PLACE, 3) == Place.home  # the type of the number
    assert word(found, 1, SEL_PLACE, 3) == Place.work  # what is stated wins
    assert word(found, 1, SEL_CHANNEL, 3) == Channel.visit
    assert word(found, 1, SEL_INITIATOR, 4) == Initiator.bot


def test_days_past_due_is_counted_back_from_the_date_asked_about(chunks_of, at):
    lines, found = ask(
        chunks_of, at, "ref,country,days_past_due,due_date\nL1,CO,45,\nL2,CO,,2026-04-03\nL3,CO,,\nL4,CO,1,2026-04-03\n"
    )
    assert found.dates is not None
    due = (date(2026, 5, 18).toordinal() - 45) - date(2000, 1, 1).toordinal()
    assert found.dates[:3, DATES.index("due_date")].tolist() == [due, due, NO_DATE]
    assert lines.marks.wrong.tolist() == [False, False, False, True]
    assert (found.dates[:, DATES.index("notice_sent")] == NO_DATE).all()


def test_numbers_hours_and_caller_are_columns(chunks_of, at):
    text = (
        "ref,country,amount_due,wanted_hours,unwanted_hours,caller_id\n"
        "L1,CO,10.5,18:00-20:00,,withheld\nL2,CO,,,12:00-13:00,+576015550100\nL3,CO,,,,\n"
    )
    _, found = ask(chunks_of, at, text)
    assert found.numbers is not None and found.hours is not None and found.caller is not None
    assert found.numbers[0, 0] == 10.5 and math.isnan(found.numbers[1, 0]) and np.isnan(found.numbers[:, 1]).all()
    named = [found.person_hours[code] if code >= 0 else None for code in found.hours.tolist()]
    assert named[0] is not None and named[0].wanted[0].opens == "18:00" and named[0].unwanted == ()
    assert named[1] is not None and named[1].unwanted[0].opens == "12:00" and named[2] is None
    assert [found.callers[code] if code >= 0 else None for code in found.caller.tolist()] == ["", "+576015550100", None]


def test_a_person_not_named_is_the_line_itself(chunks_of, at):
    lines, _ = ask(chunks_of, at, "ref,person,country\nL1,P1,CO\nL2,,CO\n")
    assert lines.person.to_pylist() == ["P1", "L2"]


@pytest.mark.parametrize(
    ("header", "value", "field"),
    [("country", "COL", "country"), ("facts", "angry", "facts"), ("caller_id", "mobile:+573001234567", "caller_id"),
     ("days_past_due", "99999", "days_past_due"), ("debt", "D" * 101, "debt"), ("address", "a" * 101, "address")],
)  # fmt: skip
def test_a_mistake_names_its_field(chunks_of, at, header: str, value: str, field: str):
    lines, _ = ask(chunks_of, at, f"ref,phone,{header}\nL1,+573001234567,{value}\n")
    assert [(bad.line, bad.ref, bad.field) for bad in lines.marks.bad] == [(2, "L1", field)]


def test_taking_some_queries_takes_every_column(chunks_of, at):
    _, found = ask(chunks_of, at, "ref,phone,amount_due,facts\nL1,+573001234567,1,dispute\nL2,+573001234568,2,\n")
    taken = found.take(np.array([False, True]))
    assert (len(taken), taken.number.to_pylist(), taken.numbers[0, 0]) == (1, ["+573001234568"], 2.0)
    assert not taken.facts.known[taken.fact_row].any()


def test_a_chunk_that_would_make_too_many_queries_is_cut(chunks_of, monkeypatch):
    monkeypatch.setattr(asking, "MAX_QUERIES_AT_ONCE", 8)
    [chunk] = chunks_of(
        b"ref,phones,debts\n" + b"".join(b"L%d,+571234567;+571234568,A;B\n" % i for i in range(5)) + b"bad\n"
    )
    pieces = list(parts(chunk))
    assert [piece.lines.tolist() for piece in pieces] == [[2, 3], [4, 5], [6]]
    assert [len(piece.bad) for piece in pieces] == [0, 0, 1]  # the bad line is the last one
    assert pieces[1].columns["ref"].to_pylist() == ["L2", "L3"]
