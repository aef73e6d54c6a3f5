"""The engine's columns told as text: verdict, rules, citations, when it opens. Distinct answers are told once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cadencia.engine.batch import PlaceSet, Screened
from cadencia.engine.tables import UNIX_OF_EPOCH, CompiledRule, Rulebook
from cadencia.engine.telling import STATED_HOURS
from cadencia.engine.words import STATED_HOURS_BIT, RetryCode, VerdictCode
from cadencia.lists.versions import Versions

OUTPUT = pa.schema([
    pa.field("line", pa.int64()), *(pa.field(name, pa.string()) for name in ("ref", "person", "debt", "address")),
    pa.field("address_index", pa.int64()),
    *(pa.field(name, pa.string()) for name in ("verdict", "reasons", "kinds", "citation", "retry_at", "retry_at_utc")),
    *(pa.field(name, pa.string()) for name in ("retry", "unlock", "jurisdictions", "zones")),
])  # fmt: skip
#: columns of several values: joined by ; where a cell is text, lists where the format has lists
LISTED = ("reasons", "kinds", "jurisdictions", "zones")
_EPOCH = datetime.fromtimestamp(UNIX_OF_EPOCH, UTC)
_ENGINE_KIND = "engine"


@dataclass(frozen=True)
class Blocks:
    """One distinct set of reasons: rule ids (or the engine's own codes), kinds, citations, in the same order."""

    rules: tuple[str, ...]
    kinds: tuple[str, ...]
    citations: tuple[str, ...]


NOTHING = Blocks((), (), ())


def distinct(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(code of each row, the distinct values): by hashing, without a sort."""
    encoded = pa.array(values).dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary.to_numpy()


def blocks_of(
    screened: Screened, versions: Versions, place: np.ndarray, places: list[PlaceSet]
) -> tuple[np.ndarray, list[Blocks]]:
    """(code of each row, the distinct sets of reasons): rules in the version of the place's own date."""
    reasons, masks = distinct(screened.reasons)
    profile = np.maximum(screened.profile.astype(np.int64), -1) + 1
    profiles = int(profile.max(initial=0)) + 1
    day_of_place, days = versions.day_codes(places)
    shape = ((reasons.astype(np.int64) * len(days) + day_of_place[place]) * profiles + profile) * 256 + screened.code
    codes, shapes = distinct(shape)
    told = []
    for value in shapes.tolist():
        rest, code = divmod(value, 256)
        rest, row = divmod(rest, profiles)
        mask, day = divmod(rest, len(days))
        told.append(_blocks(versions.blocking(row - 1, int(masks[mask]), days[day]), int(masks[mask]), code))
    return codes, told


def _blocks(found: list[CompiledRule], mask: int, code: int) -> Blocks:
    names, kinds, cites = [rule.id for rule in found], [rule.kind for rule in found], [rule.cite for rule in found]
    if mask >> STATED_HOURS_BIT & 1:
        names, kinds, cites = [*names, STATED_HOURS], [*kinds, "contact_window"], [*cites, ""]
    if code:
        names, kinds, cites = [VerdictCode(code).name, *names], [_ENGINE_KIND, *kinds], ["", *cites]
    return Blocks(tuple(names), tuple(kinds), tuple(cites))


def told_by(codes: np.ndarray, texts: list[str]) -> pa.Array:
    """The text of each code; empty text is null."""
    values = pa.array([text or None for text in texts], pa.string())
    return values.take(pa.array(codes))


class Clocks:
    """Instants as local text with offset, in the first candidate zone of a place."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._tables: dict[str, tuple[np.ndarray, np.ndarray] | None] = {}

    def local(self, instants: np.ndarray, place: np.ndarray, places: list[PlaceSet], known: np.ndarray) -> pa.Array:
        """Text a row, null where not `known` or where the place has no zone."""
        names = sorted({where.zones[0] for where in places if where.zones})
        index = {name: number for number, name in enumerate(names)}
        zone = np.array([index[where.zones[0]] if where.zones else -1 for where in places] or [-1])[place]
        known = known & (zone >= 0)
        codes, pairs = distinct(np.where(known, instants * 4096 + zone, -1))
        return told_by(codes, [self._text(pair, names) if pair >= 0 else "" for pair in pairs.tolist()])

    def _text(self, pair: int, names: list[str]) -> str:
        instant, zone = divmod(pair, 4096)
        table = self._table(names[zone])
        if table is None:
            return ""
        starts, offsets = table
        ahead = timedelta(seconds=int(offsets[np.searchsorted(starts, instant, side="right") - 1]))
        local = (_EPOCH + timedelta(seconds=instant) + ahead).replace(tzinfo=None).isoformat()
        sign, minutes = ("-", -ahead) if ahead < timedelta(0) else ("+", ahead)
        hours, rest = divmod(int(minutes.total_seconds()) // 60, 60)
        return f"{local}{sign}{hours:02d}:{rest:02d}"

    def _table(self, name: str) -> tuple[np.ndarray, np.ndarray] | None:
        if name not in self._tables:
            zone = self._rulebook.zones.get(self._rulebook.zone_links.get(name, name))
            read = None if zone is None else (np.frombuffer(zone.starts, "<i8"), np.frombuffer(zone.offsets, "<i4"))
            self._tables[name] = read
        return self._tables[name]


def utc(instants: np.ndarray, known: np.ndarray) -> pa.Array:
    """Instants as text with Z, null where not known."""
    codes, values = distinct(np.where(known, instants, -1))
    return told_by(codes, [_utc_text(value) if value >= 0 else "" for value in values.tolist()])


def _utc_text(instant: int) -> str:
    return (_EPOCH + timedelta(seconds=instant)).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_lists(table: pa.Table) -> pa.Table:
    """The answers with the columns of several values as lists; nothing is an empty list."""
    for name in LISTED:
        place = table.schema.get_field_index(name)
        if place >= 0:
            cells = table.column(place)
            lists = pc.split_pattern(cells, ";")
            none = pa.scalar([], pa.list_(pa.string()))
            table = table.set_column(place, name, pc.if_else(cells.is_null(), none, lists))
    return table


@dataclass
class Told:
    """The text columns of a screened batch, and the codes that the summary counts by."""

    columns: dict[str, pa.Array]
    block: np.ndarray  # index in `blocks` a row
    blocks: list[Blocks]


def tell(screened: Screened, versions: Versions, place: np.ndarray, places: list[PlaceSet], clocks: Clocks) -> Told:
    """Every column of the answer that does not come from the line itself, but `unlock`."""
    block, blocks = blocks_of(screened, versions, place, places)
    known = screened.retry == RetryCode.at
    columns = {
        "verdict": told_by((screened.allowed == 0).astype(np.int64), ["allow", "deny"]),
        "reasons": told_by(block, [";".join(found.rules) for found in blocks]),
        "kinds": told_by(block, [";".join(found.kinds) for found in blocks]),
        "citation": told_by(block, [next((cite for cite in found.citations if cite), "") for found in blocks]),
        "retry_at": clocks.local(screened.retry_at, place, places, known),
        "retry_at_utc": utc(screened.retry_at, known),
        "retry": told_by(screened.retry, [code.name for code in RetryCode]),
        "jurisdictions": told_by(place, [";".join(where.jurisdictions) for where in places]),
        "zones": told_by(place, [";".join(where.zones) for where in places]),
    }
    return Told(columns, block, blocks)
