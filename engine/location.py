"""Where a contact may be: clues in; out come the jurisdictions and candidate zones, each with the clue that gave it.

All clues count. A clue that is finer than another of the same place narrows it (a postal code its state, a stated zone
the region that has it, a region the country of a mobile); clues that disagree are all kept, so the area code of a
ported mobile stays beside the stated address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from cadencia.engine._location import PhoneTrie
from cadencia.engine.candidates import Candidates, Located, Stated, divided
from cadencia.engine.clues import ClueReader, city_key
from cadencia.engine.gazetteer import GAZETTEER, TRIE_ENDS, TRIE_LENGTHS, TRIE_NEXT, DialPlan, Gazetteer
from cadencia.engine.tables import Jurisdiction

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Located", "Locator"]

NOT_GIVEN, NO_COUNTRY = -1, -3
#: Why a number has no place, by the codes of engine/_location.pxd. The number itself is never repeated.
WHY_NOT = {
    -2: "phone is not a number; write + and digits only, such as +573001234567",
    NO_COUNTRY: "phone has no + and no country; write it with + and its calling code, or state the country",
    -4: "phone begins with no country's calling code; write + and the calling code, such as +57",
    -5: "phone is too short for its country; write all of its digits",
    -6: "phone is too long for its country; write one number and no extension",
    -7: "phone has a number of digits that its country does not use; check it",
    -8: "phone is not assigned in its country's numbering plan; check it",
}
PHONE_TYPES = ("mobile", "landline", "voip", "unknown")
_CACHED = 65_536
_LONGEST_PHONE = 64
#: A plan whose numbers all have ten digits, the first three of them the area.
_AREA_DIGITS, _NATIONAL_DIGITS = {"+1": 3}, 10
#: Most keys that are counted in a table; sorted above it.
_TABLE = 1 << 22


class Locator:
    """Answers where, with the tables and jurisdictions of one rulebook. Immutable; any number of threads may ask."""

    def __init__(self, places: Mapping[str, bytes], jurisdictions: Mapping[str, Jurisdiction]) -> None:
        missing = [name for name in (TRIE_NEXT, TRIE_ENDS, TRIE_LENGTHS, GAZETTEER) if name not in places]
        if missing:
            raise ValueError(f"the rulebook has no location tables {missing}; compile it again")
        self._trie = PhoneTrie(places[TRIE_NEXT], places[TRIE_ENDS], places[TRIE_LENGTHS])
        self._tables = msgspec.msgpack.decode(places[GAZETTEER], type=Gazetteer)
        self._reader = ClueReader(self._tables)
        self._jurisdictions, self._divided = jurisdictions, divided(jurisdictions)
        self._cities = {name.partition(" ")[2] for name in self._tables.localities}
        self._located = lru_cache(_CACHED)(self._combine)

    def locate(
        self, *, phone: str | None = None, phone_type: str | None = None, country: str | None = None,
        region: str | None = None, postal_code: str | None = None, locality: str | None = None, zone: str | None = None,
    ) -> Located:  # fmt: skip
        """Where one contact may be. A phone without + is read as the stated country writes it. Never raises for what
        a clue says: `problems` tells."""
        place = self._place_of(phone or "", self._dial_plan(country or "", region or ""))
        stated = Stated(
            country or "", region or "", self._reader.postal_prefix(postal_code or ""), self._known_city(locality),
            zone or "",
        )  # fmt: skip
        kind = (phone_type or "").strip().lower()
        told = f"{self._area_code(phone or '', place)} {kind if kind in PHONE_TYPES else ''}".strip()
        located = self._located(place, told, stated)
        if kind and kind not in PHONE_TYPES:
            problem = f"phone_type {kind[:20]!r} is unknown; write one of: {', '.join(PHONE_TYPES)}"
            return msgspec.structs.replace(located, problems=(*located.problems, problem))
        return located

    def locate_columns(
        self, phones: Any = None, regions: Any = None, countries: Any = None, postal_codes: Any = None,
        localities: Any = None, zones: Any = None, default_country: str | None = None,
    ) -> tuple[np.ndarray, list[Located]]:  # fmt: skip
        """Where each row may be: int32 index into the list, rows of one place sharing one answer, whose clue of the
        number is the calling code. Columns are lists, numpy or
        Arrow arrays of text or None, all of one length (ValueError otherwise); a column left out states nothing.
        A number without + is read in its row's country, else in `default_country`."""
        columns = [_text(column) for column in (countries, regions, postal_codes, localities, zones)]
        numbers = _text(phones)
        sizes = {len(column) for column in (numbers, *columns) if column is not None}
        if len(sizes) > 1:
            raise ValueError(f"columns of {sorted(sizes)} rows; give columns of one length")
        n = sizes.pop() if sizes else 0
        plain: Callable[[str], str] = str
        readings = (plain, plain, self._reader.postal_prefix, self._known_city, plain)
        coded = [_distinct(column, read, n) for column, read in zip(columns, readings, strict=True)]
        found = self._places_of(numbers, n, coded[0], coded[1], default_country)
        keys, size = found.astype(np.int64) - min(WHY_NOT), len(self._tables.places) - min(WHY_NOT)
        for codes, values in coded:
            keys, size = _join(keys, size, codes, len(values))
        rows, first = _renumber(keys, size)
        answers = [self._answer(int(row), found, coded) for row in first]
        return rows, answers

    def _answer(self, row: int, found: np.ndarray, coded: Sequence[tuple[np.ndarray, list[str]]]) -> Located:
        return self._located(int(found[row]), "", Stated(*(values[codes[row]] for codes, values in coded)))

    # phones

    def _place_of(self, phone: str, plan: DialPlan | None) -> int:
        place = int(self._trie.place_of(phone.encode("utf-8", "replace"), plan))
        if place < 0 and place != NOT_GIVEN and plan and plan.irregular:
            place = self._place_of_irregular(phone, place, plan)
        return place

    def _place_of_irregular(self, phone: str, why: int, plan: DialPlan) -> int:
        """National forms with carrier codes or mobile marks inside (AR 011 15…) are left to `phonenumbers`."""
        marked = re.match(plan.irregular, "".join(filter(str.isdigit, phone[:_LONGEST_PHONE])))
        if not marked or not marked.end():
            return why
        import phonenumbers  # large, and rarely needed: a start does without it

        try:
            number = phonenumbers.parse(phone[:_LONGEST_PHONE], plan.region)
        except phonenumbers.NumberParseException:
            return why
        if not phonenumbers.is_valid_number(number):
            return why
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return int(self._trie.place_of(written.encode(), None))

    def _places_of(
        self, numbers: pa.Array | None, n: int, countries: tuple[np.ndarray, list[str]],
        regions: tuple[np.ndarray, list[str]], default_country: str | None,
    ) -> np.ndarray:  # fmt: skip
        if numbers is None:
            return np.full(n, NOT_GIVEN, np.int32)
        found = self._walk(numbers, None)
        national = np.flatnonzero(found == NO_COUNTRY)
        if not len(national):
            return found
        homes, size = _join(countries[0][national], len(countries[1]), regions[0][national], len(regions[1]))
        groups, first = _renumber(homes, size)
        for group, row in enumerate(national[first]):
            country = countries[1][countries[0][row]] or default_country or ""
            plan = self._dial_plan(country, regions[1][regions[0][row]])
            if plan:
                rows = national[groups == group]
                found[rows] = self._walk(numbers.take(rows), plan)
        return found

    def _walk(self, numbers: pa.Array, plan: DialPlan | None) -> np.ndarray:
        places = np.empty(len(numbers), np.int32)
        _, offsets, text = numbers.buffers()
        span = np.frombuffer(offsets, np.int64)[numbers.offset : numbers.offset + len(numbers) + 1]
        self._trie.locate(np.frombuffer(text or b"", np.uint8), span, places, plan)
        if plan and plan.irregular:
            refused = np.flatnonzero(places < NOT_GIVEN)
            texts = numbers.take(refused).to_pylist()
            for row, text in zip(refused, texts, strict=True):
                places[row] = self._place_of_irregular(text, int(places[row]), plan)
        return places

    def _dial_plan(self, country: str, region: str) -> DialPlan | None:
        """How numbers are written there. A region counts only with its country before it: CO is also a state."""
        code = country.strip() or region.strip().partition("-")[0] * ("-" in region)
        return self._tables.dial_plans.get(code.upper())

    def _known_city(self, locality: str | None) -> str:
        key = city_key(locality or "")
        return key if key in self._cities else ""

    def _area_code(self, phone: str, place: int) -> str:
        """The digits that decided, where many countries share a calling code and all numbers have one shape."""
        if place < 0 or not self._tables.places[place].area:
            return ""
        size = _AREA_DIGITS.get(self._calling_code(self._tables.places[place].country), 0)
        digits = "".join(char for char in phone[:_LONGEST_PHONE] if char in "0123456789")
        return digits[-_NATIONAL_DIGITS:][:size]

    def _combine(self, place: int, told: str, stated: Stated) -> Located:
        candidates = Candidates(self._reader, self._jurisdictions, self._divided)
        if place >= 0:
            found = self._tables.places[place]
            candidates.add_phone(found, self._calling_code(found.country), told)
        elif place != NOT_GIVEN:
            candidates.refuse(WHY_NOT[place])
        return candidates.located(stated)

    def _calling_code(self, country: str) -> str:
        plan = self._tables.dial_plans.get(country)
        return f"+{plan.calling_code}" if plan else "+"


def _text(column: Any) -> pa.Array | None:
    """A column as one Arrow array of text, nulls as empty text."""
    if column is None:
        return None
    import pyarrow as pa  # large: one decision does without it

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    array = column if isinstance(column, pa.Array) else pa.array(column, pa.large_string(), from_pandas=True)
    if isinstance(array, pa.DictionaryArray):
        array = array.dictionary_decode()
    return array.cast(pa.large_string()).fill_null("")


def _distinct(column: pa.Array | None, read: Callable[[str], str], n: int) -> tuple[np.ndarray, list[str]]:
    """Row -> code, code -> what `read` makes of the text; code 0 is the empty text."""
    if column is None:
        return np.zeros(n, np.int64), [""]
    encoded = column.dictionary_encode()
    numbers: dict[str, int] = {"": 0}
    codes = [numbers.setdefault(read(text), len(numbers)) for text in encoded.dictionary.to_pylist()]
    return np.array(codes or [0], np.int64)[encoded.indices.to_numpy(zero_copy_only=False)], list(numbers)


def _join(keys: np.ndarray, size: int, codes: np.ndarray, count: int) -> tuple[np.ndarray, int]:
    """One key for each pair of key and code; renumbered first when the product would not fit 62 bits."""
    if size * count >= 1 << 62:
        keys, first = _renumber(keys, size)
        keys, size = keys.astype(np.int64), len(first)
    return (keys, size) if count == 1 else (keys * count + codes, size * count)


def _renumber(keys: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys below `size` as int32 numbers from 0 without gaps, and the first row of each number."""
    if size > _TABLE:
        _, first, numbers = np.unique(keys, return_index=True, return_inverse=True)
        return numbers.astype(np.int32), first
    first_row = np.full(size, -1, np.int64)
    first_row[keys[::-1]] = np.arange(len(keys) - 1, -1, -1)
    present = np.flatnonzero(first_row >= 0)
    numbers = np.zeros(size, np.int32)
    numbers[present] = np.arange(len(present), dtype=np.int32)
    return numbers[keys], first_row[present]
