"""The place of each query by its clues, and the clues that say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from cadencia.engine.batch import PlaceSet
from cadencia.engine.tables import Rulebook
from cadencia.lists.columns import each_value, ids
from cadencia.lists.queries import Lines, Queries

#: columns handed to the locator as they are
_TEXTS = ("region", "postal_code", "locality", "zone")


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
    rows = pa.array(queries.line)
    columns = lines.chunk.columns
    texts = [columns[name].take(rows).to_pylist() if name in columns else None for name in _TEXTS]
    country = [lines.country[row] for row in queries.line.tolist()] if "country" in columns else None
    place, found = locator.locate_columns(
        queries.number.to_pylist(), texts[0], country, texts[1], texts[2], texts[3], lines.defaults.country
    )
    place = np.asarray(place, np.int32)
    for number, located in enumerate(found):
        if located.problems:
            wrong = np.unique(queries.line[place == number]).tolist()
            fresh = [row for row in wrong if not lines.marks.wrong[row]]
            cure = "correct it, or state region and zone as well"
            lines.marks.mark(fresh, "phone", [str(located.problems[0])[:120]] * len(fresh), [cure] * len(fresh))
    return Where(place, [located.place_set() for located in found])


def country_of(where: PlaceSet) -> str:
    """The country of a place, several joined by +, `unknown` if none is known."""
    codes = sorted({code[:2] for code in where.jurisdictions if code != "EU"})
    return "+".join(codes) or "unknown"
