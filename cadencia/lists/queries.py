"""Lines of a list as queries: every (person, debt, address) of a line is one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute

from cadencia.engine.batch import NO_DATE, PersonHours, pack_selectors
from cadencia.engine.query import Hours
from cadencia.engine.words import DATES, NUMBERS, Actor, Channel, DebtType, Initiator, Party, Place, Purpose, Stage
from cadencia.lists import facts, phones
from cadencia.lists.columns import Marks, amounts, check_ids, dates, each_value, ids, words
from cadencia.lists.phones import Several
from cadencia.lists.read import Chunk
from cadencia.lists.schema import BadLine

MAX_QUERIES_AT_ONCE = 131_072
MAX_DAYS_PAST_DUE = 36_500
_DUE = DATES.index("due_date")


@dataclass(frozen=True)
class Defaults:
    """What a line means that does not say: words of the vocabularies, and a country for numbers without +."""

    channel: str = "call"
    actor: str = "third_party_collector"
    purpose: str = "collections"
    initiator: str = "predictive"
    country: str | None = None


@dataclass
class Queries:
    """n queries made of m lines. Arrays of queries are as long as `line`, which says of which line each is."""

    line: np.ndarray  # int64[n], row among the m lines
    number: pa.Array  # E.164, null where the line has none
    address: pa.Array  # number, or the line's own name of the address; null if neither
    address_index: np.ndarray  # int64[n], which of the line's numbers it is, from 1 on
    debt: pa.Array
    selectors: np.ndarray  # uint32[n]
    facts: facts.FactTable
    fact_row: np.ndarray  # int64[n], row in `facts`
    dates: np.ndarray | None  # int32[n, len(DATES)]
    numbers: np.ndarray | None  # float64[n, len(NUMBERS)]
    hours: np.ndarray | None  # int32[n]
    person_hours: list[PersonHours]
    caller: np.ndarray | None  # int32[n]
    callers: list[str]

    def __len__(self) -> int:
        return len(self.line)

    def of_lines(self, good: np.ndarray) -> Queries:
        """The queries of the lines of which `good` (a mask) is true."""
        return self if good.all() else self.take(good[self.line])

    def take(self, keep: np.ndarray) -> Queries:
        """The queries of which `keep` (a mask) is true."""
        rows = pa.array(keep)
        return replace(
            self, line=self.line[keep], number=self.number.filter(rows), address=self.address.filter(rows),
            address_index=self.address_index[keep], debt=self.debt.filter(rows), selectors=self.selectors[keep],
            fact_row=self.fact_row[keep], dates=_rows(self.dates, keep), numbers=_rows(self.numbers, keep),
            hours=_rows(self.hours, keep), caller=_rows(self.caller, keep),
        )  # fmt: skip


def _rows(column: np.ndarray | None, keep: np.ndarray) -> np.ndarray | None:
    return None if column is None else column[keep]


@dataclass
class Lines:
    """The checked lines of a chunk: text columns for who and where, numbers for the rest."""

    chunk: Chunk
    marks: Marks
    defaults: Defaults
    at: datetime
    phones: Several
    debts: Several
    country: list[str | None]
    person: pa.Array  # the line's own name where it names none
    creditor: pa.Array


def read_lines(chunk: Chunk, defaults: Defaults, at: datetime) -> Lines:
    """Checks who and where of each line; `marks` of the answer has the mistakes."""
    marks = Marks(chunk, "list")
    country = _countries(chunk, marks)
    fill: list[str | None] = [code or defaults.country for code in country] if defaults.country else country
    debts = phones.several(chunk, marks, "debt", "debts")
    of_line = np.repeat(np.arange(len(chunk)), np.diff(debts.starts))
    for name in np.unique(debts.fields).tolist():
        inside = debts.fields[of_line] == name
        check_ids(marks, name, debts.values.filter(pa.array(inside)), of_line[inside])
    found = phones.several(chunk, marks, "phone", "phones")
    marks.mark_where(_left_out(chunk, "ref"), "ref", "give every line a name of its own")
    numbers = phones.numbers(marks, found, fill)
    person = pa.compute.coalesce(ids(chunk, marks, "person"), chunk.columns["ref"])
    return Lines(chunk, marks, defaults, at, numbers, debts, fill, person, ids(chunk, marks, "creditor"))


def _left_out(chunk: Chunk, name: str) -> np.ndarray:
    column = chunk.columns.get(name)
    return np.ones(len(chunk), bool) if column is None else column.is_null().to_numpy(zero_copy_only=False)


def _countries(chunk: Chunk, marks: Marks) -> list[str | None]:
    def read(text: str) -> str:
        if not (len(text) == 2 and text.isascii() and text.isalpha()):
            raise ValueError("two letters of ISO 3166-1: CO")
        return text.upper()

    codes, values = each_value(chunk, marks, "country", read)
    named = [*values, None]
    return [named[code] for code in codes.tolist()]


def make_queries(lines: Lines) -> Queries:
    """The queries of all lines, wrong ones included (their rows are to be left out by `take`)."""
    chunk, marks = lines.chunk, lines.marks
    line, phone_at, debt_at = _pairs(lines.phones.starts, lines.debts.starts)
    index = np.where(phone_at >= 0, phone_at - lines.phones.starts[line], 0) + 1
    number = _pick(lines.phones.values, phone_at)
    own_address = ids(chunk, marks, "address")
    address = number
    if own_address.null_count < len(own_address):
        address = pa.compute.coalesce(number, own_address.take(pa.array(line)))
    channel, packed = _selectors(lines, line, phone_at)
    cell, cells = each_value(chunk, marks, "facts", facts.read_facts)
    cell = np.where(cell < 0, len(cells), cell).astype(np.int64)
    hours, person_hours = _hours(chunk, marks)
    caller, callers = each_value(chunk, marks, "caller_id", _caller)
    due, amount = _dates(lines), _numbers(chunk, marks)
    return Queries(
        line=line, number=number, address=address, address_index=index, debt=_pick(lines.debts.values, debt_at),
        selectors=packed, facts=facts.fact_table(cells), fact_row=cell[line] * len(Channel) + channel[line],
        dates=None if due is None else due[line], numbers=None if amount is None else amount[line],
        hours=hours[line] if person_hours else None, person_hours=person_hours,
        caller=caller[line] if callers else None, callers=callers,
    )  # fmt: skip


def _pairs(phone_starts: np.ndarray, debt_starts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(line, phone, debt) of every query, lines in order; -1 for a line without phone or debt."""
    phone_n, debt_n = np.diff(phone_starts), np.diff(debt_starts)
    across = np.maximum(debt_n, 1)
    line = np.repeat(np.arange(len(phone_n)), np.maximum(phone_n, 1) * across)
    first = np.concatenate([[0], np.cumsum(np.maximum(phone_n, 1) * across)])[:-1]
    place = np.arange(len(line)) - first[line]
    phone = np.where(phone_n[line] > 0, phone_starts[line] + place // across[line], -1)
    debt = np.where(debt_n[line] > 0, debt_starts[line] + place % across[line], -1)
    return line, phone, debt


def _pick(values: pa.Array, at: np.ndarray) -> pa.Array:
    if len(values) == len(at) and (at >= 0).all():
        return values
    return values.take(pa.array(at, mask=at < 0))


def _selectors(lines: Lines, line: np.ndarray, phone_at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(channel of each line, packed selectors of each query). The type of a number is its place if none is stated."""
    chunk, marks, defaults = lines.chunk, lines.marks, lines.defaults
    place = words(chunk, marks, "place", Place, Place.unknown)[line]
    typed = phone_at >= 0
    if (lines.phones.types >= 0).any():
        kind = np.where(typed, lines.phones.types[phone_at], -1)
        place = np.where((place == Place.unknown) & (kind >= 0), kind, place).astype(np.uint32)
    channel = words(chunk, marks, "channel", Channel, Channel[defaults.channel])
    rest = (
        words(chunk, marks, "actor", Actor, Actor[defaults.actor]),
        words(chunk, marks, "purpose", Purpose, Purpose[defaults.purpose]),
        words(chunk, marks, "initiator", Initiator, Initiator[defaults.initiator]),
        words(chunk, marks, "party", Party, Party.debtor),
        np.uint32(0),
        words(chunk, marks, "debt_type", DebtType, DebtType.unknown),
        words(chunk, marks, "stage", Stage, Stage.unknown),
    )
    of_line = pack_selectors(channel, *rest)
    return channel.astype(np.int64), of_line[line] | pack_selectors(0, 0, 0, 0, 0, place, 0, 0)


def _dates(lines: Lines) -> np.ndarray | None:
    chunk, marks = lines.chunk, lines.marks
    given = [name for name in DATES if name in chunk.columns]
    aged = "days_past_due" in chunk.columns
    if not given and not aged:
        return None
    table = np.full((len(chunk), len(DATES)), NO_DATE, np.int32)
    for name in given:
        table[:, DATES.index(name)] = dates(chunk, marks, name)
    if aged:
        _age(lines, table)
    return table


def _age(lines: Lines, table: np.ndarray) -> None:
    """due_date of the lines that say days_past_due, counted back from the date of `at` at its own offset."""
    age = amounts(lines.chunk, lines.marks, "days_past_due", whole=True)
    said = ~np.isnan(age)
    lines.marks.mark_where(said & (age > MAX_DAYS_PAST_DUE), "days_past_due", f"at most {MAX_DAYS_PAST_DUE} days")
    lines.marks.mark_where(
        said & (table[:, _DUE] != NO_DATE), "days_past_due", "give days_past_due or due_date, not both"
    )
    today = lines.at.date().toordinal() - datetime(2000, 1, 1).toordinal()
    said &= ~lines.marks.wrong
    table[said, _DUE] = today - age[said].astype(np.int32)


def _numbers(chunk: Chunk, marks: Marks) -> np.ndarray | None:
    if not any(name in chunk.columns for name in NUMBERS):
        return None
    return np.stack([amounts(chunk, marks, name, whole=name == "instalments_overdue") for name in NUMBERS], axis=1)


def _hours(chunk: Chunk, marks: Marks) -> tuple[np.ndarray, list[PersonHours]]:
    """(index of each line's hours or -1, the distinct hours)."""
    wanted, wanted_cells = each_value(chunk, marks, "wanted_hours", facts.read_hours)
    unwanted, unwanted_cells = each_value(chunk, marks, "unwanted_hours", facts.read_hours)
    if not wanted_cells and not unwanted_cells:
        return wanted, []
    both = (wanted + 1).astype(np.int64) * (len(unwanted_cells) + 1) + unwanted + 1
    distinct, index = np.unique(both, return_inverse=True)
    cells: list[PersonHours] = []
    for code in distinct.tolist():
        first, second = divmod(code, len(unwanted_cells) + 1)
        cells.append(PersonHours(_cell(wanted_cells, first), _cell(unwanted_cells, second)))
    return np.where(both == 0, -1, index).astype(np.int32), cells


def _cell(cells: list[tuple[Hours, ...]], number: int) -> tuple[Hours, ...]:
    return cells[number - 1] if number else ()


def _caller(text: str) -> str:
    if text.lower() == "withheld":
        return ""
    kind, number = phones.read_number(text, None)
    if kind >= 0:
        raise ValueError("write the number as +, country code and digits, or withheld")
    return number


def parts(chunk: Chunk) -> Iterator[Chunk]:
    """The chunk in pieces of which none makes more than MAX_QUERIES_AT_ONCE queries, so that memory stays flat."""
    most = np.ones(len(chunk), np.int64)
    for one, many in (("phone", "phones"), ("debt", "debts")):
        column = chunk.columns.get(many, chunk.columns.get(one))
        if column is not None:
            count = pa.compute.count_substring(column, ";").fill_null(0).to_numpy(zero_copy_only=False)
            most *= np.minimum(count, phones.MAX_A_LINE - 1) + 1
    total = np.cumsum(most)
    bad: list[BadLine] = chunk.bad
    first = 0
    while first < len(chunk) or bad:  # the bad lines go with the part among whose lines they lie
        base = total[first - 1] if first else 0
        last = (
            max(first + 1, int(np.searchsorted(total, base + MAX_QUERIES_AT_ONCE, side="right"))) if len(chunk) else 0
        )
        columns = {name: column.slice(first, last - first) for name, column in chunk.columns.items()}
        up_to = chunk.lines[last - 1] if last < len(chunk) else math.inf
        yield Chunk(chunk.lines[first:last], columns, [one for one in bad if one.line <= up_to])
        first, bad = last, [one for one in bad if one.line > up_to]
