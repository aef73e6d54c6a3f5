"""An engine and a locator small enough to check by eye: two places, one rule each, open when nobody was contacted."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pytest

from cadencia.engine.batch import NO_INSTANT, Batch, PlaceSet, Screened
from cadencia.engine.tables import CompiledRule, Jurisdiction, Rulebook, Zone
from cadencia.engine.words import RetryCode, VerdictCode, bit_of_fact
from cadencia.lists import read_csv, read_ndjson, read_parquet
from cadencia.lists.read import Chunk
from cadencia.lists.schema import history_schema, list_schema

COLOMBIA = PlaceSet(("CO",), ("America/Bogota",))
SPAIN = PlaceSet(("ES", "EU"), ("Europe/Madrid",))
NOWHERE = PlaceSet((), ())


def fixed_zone(hours: int) -> Zone:
    return Zone(np.array([-(2**62)], "<i8").tobytes(), np.array([hours * 3600], "<i4").tobytes(), 1 << 40)


def rule(jurisdiction: str, name: str, kind: str) -> CompiledRule:
    return CompiledRule(
        id=f"{jurisdiction}.law.{name}",
        kind=kind,
        jurisdiction=jurisdiction,
        file="x.yaml",
        line=1,
        title="a law",
        cite=f"art. {name}",
    )


RULEBOOK = Rulebook(
    hash="fake",
    rules=(
        rule("CO", "cap", "frequency_cap"), rule("CO", "optout", "consent"),
        rule("ES", "cap", "frequency_cap"), rule("ES", "optout", "consent"),
    ),
    jurisdictions={code: Jurisdiction(code, code) for code in ("CO", "ES", "EU")},
    calendars=(),
    zones={"America/Bogota": fixed_zone(-5), "Europe/Madrid": fixed_zone(2)},
)  # fmt: skip


@dataclass
class FakeLocated:
    places: PlaceSet
    problems: tuple[str, ...] = ()

    def place_set(self) -> PlaceSet:
        return self.places


class FakeLocator:
    """+57 and CO are Colombia, +34 and ES Spain, +999 is a problem."""

    def locate_columns(self, phones, regions, countries, postal_codes, localities, zones, default_country):
        found = [
            FakeLocated(COLOMBIA),
            FakeLocated(SPAIN),
            FakeLocated(NOWHERE),
            FakeLocated(NOWHERE, ("no such country code",)),
        ]
        n, phones = len(phones), phones.to_pylist()
        countries = [None] * n if countries is None else countries.to_pylist()
        return np.array([self._one(phones[i], countries[i]) for i in range(n)], np.int32), found

    def _one(self, phone, country):
        for head, place in (("+57", 0), ("+34", 1), ("+999", 3)):
            if phone and phone.startswith(head):
                return place
        return {"CO": 0, "ES": 1}.get(country, 2)


class FakeEngine:
    """Denies by `cap` who has an event that bears on the debt and address, for an hour; by `optout` for good."""

    def __init__(self) -> None:
        self.rulebook, self.locator = RULEBOOK, FakeLocator()
        self.rules_of = [[[0], [1]], [[2], [3]]]  # profile -> bit -> versions
        self.batches: list[Batch] = []

    def screen(self, batch: Batch, *, threads: int = 1, retry: bool = True) -> Screened:
        self.batches.append(batch)
        n = len(batch)
        reasons, code = np.zeros(n, np.uint64), np.zeros(n, np.uint8)
        for row in range(n):
            if not batch.places[batch.place[row]].zones:
                code[row] = VerdictCode.zone_unknown
            elif self._counted(batch, row):
                reasons[row] |= np.uint64(1)
            if batch.facts_true is not None and int(batch.facts_true[row, 0]) >> bit_of_fact("opt_out") & 1:
                reasons[row] |= np.uint64(2)
        allowed = ((reasons == 0) & (code == 0)).astype(np.uint8)
        needs = ((reasons & 2) > 0) | (code > 0)
        return Screened(
            allowed=allowed, code=code, reasons=reasons,
            profile=np.array([0 if batch.places[place] == COLOMBIA else 1 for place in batch.place], np.int32),
            retry_at=np.where(needs, NO_INSTANT, np.where(allowed, batch.at, batch.at + 3600)),
            retry=np.where(needs, RetryCode.needs_fact, RetryCode.at).astype(np.uint8), rules_of=[[0, 1], [2, 3]],
        )  # fmt: skip

    def _counted(self, batch: Batch, row: int) -> int:
        if batch.event_at is None:
            return 0
        attr = batch.event_attr[batch.event_from[row] : batch.event_to[row]]
        debt, address = attr >> np.uint64(21) & np.uint64(255), attr >> np.uint64(29) & np.uint64(255)
        same = (debt == 0) | (batch.debt[row] == 0) | (debt == batch.debt[row])
        return int(
            np.count_nonzero(same & ((address == 0) | (batch.address[row] == 0) | (address == batch.address[row])))
        )


AT = datetime.fromisoformat("2026-05-18T09:00-05:00")


@pytest.fixture
def at() -> datetime:
    """The instant that every test asks about: 2026-05-18 09:00 in Bogota."""
    return AT


@pytest.fixture
def chunks_of() -> Callable[..., list[Chunk]]:
    """Chunks of bytes in a format, as a list (or, with `history`, as a history)."""

    def read(data: bytes, format_: str = "csv", *, history: bool = False, ignore: tuple[str, ...] = ()) -> list[Chunk]:
        reader = {"csv": read_csv.chunks, "ndjson": read_ndjson.chunks, "parquet": read_parquet.chunks}[format_]
        schema = history_schema(ignore) if history else list_schema(ignore)
        return list(reader(io.BytesIO(data), "x", schema))

    return read


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()
