"""The numbers of a line: one or several, with or without a type, national ones completed by the line's country."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from cadencia.engine.words import Place
from cadencia.lists.columns import Marks
from cadencia.lists.read import Chunk, trimmed
from cadencia.lists.schema import EMPTY_VALUE, NOTHING, TOO_MANY, shown

MAX_A_LINE = 32
E164 = r"^\+[1-9][0-9]{6,14}$"
_E164 = re.compile(E164 + r"\Z")
_PUNCTUATION = re.compile(r"[ ().\-/\u00a0]")
_TYPES = {place.name: int(place) for place in Place}
_TYPED = rf"^(?:(?P<type>{'|'.join(_TYPES)}):)?(?P<number>\+[1-9][0-9]{{6,14}})$"


@dataclass
class Several:
    """Values of which a line may have several: row i has those at `starts[i]:starts[i + 1]`, none is left out."""

    starts: np.ndarray  # int64[n + 1]
    values: pa.Array
    types: np.ndarray  # int8 a value: what its number is to the person (Place), -1 not said
    fields: np.ndarray  # of each line, the column that it fills


def several(chunk: Chunk, marks: Marks, one: str, many: str) -> Several:
    """The values of the column `one` or `many`, whichever a line fills."""
    name = many if many in chunk.columns else one
    column, fields = chunk.columns.get(name), np.full(len(chunk), name)
    if one in chunk.columns and many in chunk.columns:
        column, fields = _either(chunk, marks, one, many)
    if column is None:
        return _untyped(np.zeros(len(chunk) + 1, np.int64), pa.array([], pa.string()), fields)
    if name == one or not pc.any(pc.match_substring(column, ";")).as_py():
        starts = np.concatenate([[0], np.cumsum(_valid(column))])
        return _untyped(starts, column.drop_null(), fields)
    return _split(marks, column, fields)


def _either(chunk: Chunk, marks: Marks, one: str, many: str) -> tuple[pa.Array, np.ndarray]:
    """The two columns in one, and which of them each line fills; a line that fills both is wrong."""
    both = _valid(chunk.columns[one]) & _valid(chunk.columns[many])
    marks.mark_where(both, many, f"give {one!r} or {many!r}, not both")
    return pc.coalesce(chunk.columns[many], chunk.columns[one]), np.where(_valid(chunk.columns[one]), one, many)


def _split(marks: Marks, column: pa.Array, fields: np.ndarray) -> Several:
    column = pc.utf8_trim(column, "; ")
    counts = pc.add(pc.count_substring(column, ";"), 1).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    over = counts > MAX_A_LINE
    _mark(marks, fields, np.flatnonzero(over), TOO_MANY, f"at most {MAX_A_LINE} on a line")
    if over.any():
        column = pc.if_else(pa.array(~over), column, pa.scalar("", pa.string()))
        counts[over] = 1
    values = trimmed(pc.list_flatten(pc.split_pattern(column, ";")))
    starts = np.concatenate([[0], np.cumsum(counts)])
    if values.null_count:
        empty = np.flatnonzero(~_valid(values))
        rows = np.unique(np.searchsorted(starts, empty, side="right") - 1)
        _mark(marks, fields, rows[~over[rows]], EMPTY_VALUE, "remove it")
        values = values.fill_null("")
    return _untyped(starts, values, fields)


def _mark(marks: Marks, fields: np.ndarray, rows: np.ndarray, found: str, cure: str) -> None:
    for row in rows.tolist():
        marks.mark([row], str(fields[row]), [found], [cure])


def _untyped(starts: np.ndarray, values: pa.Array, fields: np.ndarray) -> Several:
    return Several(starts, values, np.full(len(values), -1, np.int8), fields)


def _valid(column: pa.Array) -> np.ndarray:
    return column.is_valid().to_numpy(zero_copy_only=False)


def numbers(marks: Marks, found: Several, countries: list[str | None]) -> Several:
    """The same with every number in E.164 and its type told apart. `countries`: of each line, for national numbers."""
    if pc.all(pc.match_substring_regex(found.values, E164)).as_py() or not len(found.values):
        return found
    parts = pc.extract_regex(found.values, _TYPED)  # most are written so; the others are read one by one
    values, kinds = pc.struct_field(parts, "number"), pc.struct_field(parts, "type")
    codes = pc.index_in(kinds, pa.array(list(_TYPES))).fill_null(-1).to_numpy(zero_copy_only=False)
    types = np.array([*_TYPES.values(), -1], np.int8)[codes]
    odd = np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))
    if not len(odd):
        return Several(found.starts, values, types, found.fields)
    rows = np.searchsorted(found.starts, odd, side="right") - 1
    written = []
    for at, row, text in zip(odd.tolist(), rows.tolist(), found.values.take(pa.array(odd)).to_pylist(), strict=True):
        try:
            types[at], number = read_number(text, countries[row])
        except ValueError as error:
            number = text
            if not marks.wrong[row]:
                marks.mark([row], str(found.fields[row]), [shown(text) or NOTHING], [str(error)])
        written.append(number)
    values = pc.replace_with_mask(values, values.is_null(), pa.array(written, pa.string()))
    return Several(found.starts, values, types, found.fields)


@lru_cache(16_384)
def read_number(text: str, country: str | None) -> tuple[int, str]:
    """(type as Place or -1, E.164). ValueError says how to write a number."""
    head, colon, rest = text.partition(":")
    kind = -1
    if colon:
        if head.strip().lower() not in _TYPES:
            raise ValueError(f"the type before the colon is one of: {', '.join(_TYPES)}")
        kind = _TYPES[head.strip().lower()]
    digits = _PUNCTUATION.sub("", rest if colon else text)
    if not _E164.match(digits):
        digits = _international(digits, country)
    return kind, digits


def _international(digits: str, country: str | None) -> str:
    if not re.fullmatch(r"[0-9]{4,15}", digits):
        raise ValueError("write the number as +, country code and digits: +573001234567")
    if not country:
        raise ValueError(
            "write the number with + and country code, or give its country (column country, --default-country)"
        )
    try:
        parsed = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        raise ValueError(f"no number of {country}; write it with + and country code") from None
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError(f"too short or too long for a number of {country}; write it with + and country code")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
