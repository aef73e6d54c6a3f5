"""The place of each query by its clues, and the clues that say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cadencia.engine.batch import PlaceSet
from cadencia.engine.tables import Rulebook
from cadencia.lists.columns import each_value, ids
from cadencia.lists.queries import Lines, Queries
from cadencia.lists.schema import NOTHING

_CLUES = ("region", "country", "postal_code", "locality", "zone")


@dataclass
class Where:
    """The place of each query, as an index in `places`."""

    place: np.ndarray  # int32
    places: list[PlaceSet]


def check_clues(lines: Lines, rulebook: Rulebook) -> None:
    """Marks lines whose region or zone cannot be one."""
    marks, chunk = lines.marks, lines.chunk

    def zone(text: str) -> str:
        if rulebook.zone_links.get(text, text) not in rulebook.zones:
            raise ValueError("an IANA zone: America/Bogota")
        return text

    def region(text: str) -> str:
        code = text.replace("-", "")
        if not (1 <= len(code) <= 6 and code.isascii() and code.isalnum()):
            raise ValueError("a state or province as in ISO 3166-2: US-TX")
        return text

    each_value(chunk, marks, "zone", zone)
    each_value(chunk, marks, "region", region)
    for name in ("postal_code", "locality"):
        ids(chunk, marks, name)


def find_places(locator: Any, lines: Lines, queries: Queries) -> Where:
    """The places of all queries. A number that is none, or another clue that says nothing, marks its line."""
    columns = lines.chunk.columns
    clues = {name: columns[name].take(pa.array(queries.line)) for name in _CLUES if name in columns}
    clues["country"] = _countries(clues, queries, lines.defaults.country)
    place, found = locator.locate_columns(
        queries.number, clues.get("region"), clues["country"], clues.get("postal_code"), clues.get("locality"),
        clues.get("zone"), lines.defaults.country,
    )  # fmt: skip
    place = np.asarray(place, np.int32)
    for number, located in enumerate(found):
        if located.problems:
            _mark(lines, queries, np.flatnonzero(place == number), located.problems[0])
    return Where(place, [located.place_set() for located in found])


def _countries(clues: dict[str, pa.Array], queries: Queries, default: str | None) -> pa.Array:
    """The stated countries; the default one for queries that nothing else places."""
    country = clues.get("country", pa.nulls(len(queries), pa.string()))
    if default is None:
        return country
    placed = queries.number.is_valid()
    for name in ("region", "zone", "postal_code"):
        if name in clues:
            placed = pc.or_(placed, clues[name].is_valid())
    return pc.if_else(placed, country, country.fill_null(default))


def _mark(lines: Lines, queries: Queries, which: np.ndarray, problem: str) -> None:
    """Marks the lines of some queries with what the locator says of a clue: `phone is …; write …`. It never repeats a
    number; whoever mends the file needs it, so it is told as what was found."""
    said, _, cure = problem.partition("; ")
    clue, _, rest = said.partition(" ")
    cure = cure or "correct it, or state region and zone as well"
    for row, first in zip(*np.unique(queries.line[which], return_index=True), strict=True):
        if lines.marks.wrong[row]:
            continue
        if clue in _CLUES:
            lines.marks.mark([row], clue, [said[:120]], [cure])
        else:
            number = queries.number[int(which[first])].as_py() or NOTHING
            why = rest.removeprefix("is ") if clue == "phone" else said
            lines.marks.mark([row], str(lines.phones.fields[row]), [number], [f"{why}; {cure}"])


def country_of(where: PlaceSet) -> str:
    """The country of a place, several joined by +, `unknown` if none is known."""
    codes = sorted({code[:2] for code in where.jurisdictions if code != "EU"})
    return "+".join(codes) or "unknown"
