"""Clues go to the locator; those that say nothing mark their line."""

from __future__ import annotations

import pytest

from cadencia.engine.batch import PlaceSet
from cadencia.lists.queries import Defaults, make_queries, read_lines
from cadencia.lists.where import check_clues, country_of, find_places


def test_a_number_that_is_none_marks_its_line_with_the_cure(chunks_of, at, engine):
    [chunk] = chunks_of(b"ref,phone\nL1,+9991234567\nL2,+573001234567\n")
    lines = read_lines(chunk, Defaults(), at)
    where = find_places(engine.locator, lines, make_queries(lines))
    assert lines.marks.wrong.tolist() == [True, False]
    assert lines.marks.bad[0][1:4] == ("L1", "phone", "+9991234567")
    assert lines.marks.bad[0].cure.startswith("no such country code; correct it")
    assert where.places[where.place[1]] == PlaceSet(("CO",), ("America/Bogota",))


def test_the_default_country_is_for_those_whom_nothing_else_places(chunks_of, at, engine):
    [chunk] = chunks_of(b"ref,phone,region,country\nL1,,,\nL2,+34600123456,,\nL3,,XX-1,\nL4,,,ES\n")
    lines = read_lines(chunk, Defaults(country="CO"), at)
    where = find_places(engine.locator, lines, make_queries(lines))
    assert [country_of(where.places[place]) for place in where.place.tolist()] == ["CO", "ES", "unknown", "ES"]


@pytest.mark.parametrize(
    ("column", "value"), [("zone", "America/Bogotta"), ("region", "Antioquia!"), ("locality", "x" * 101)]
)
def test_a_clue_that_cannot_be_one_marks_its_line(chunks_of, at, engine, column: str, value: str):
    [chunk] = chunks_of(f"ref,phone,{column}\nL1,+573001234567,{value}\n".encode())
    lines = read_lines(chunk, Defaults(), at)
    check_clues(lines, engine.rulebook)
    assert [bad.field for bad in lines.marks.bad] == [column]


def test_a_place_is_named_by_its_countries():
    assert country_of(PlaceSet(("US-TX", "US"), ())) == "US"
    assert country_of(PlaceSet(("IE", "EU"), ())) == "IE"
    assert country_of(PlaceSet(("US", "CA"), ())) == "CA+US"
    assert country_of(PlaceSet((), ())) == "unknown"
