"""The example files are what the script makes, bit for bit, with valid numbers and every kind of dirt."""

from __future__ import annotations

import importlib.util
import io
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import phonenumbers
import pytest

from cadencia.engine.decide import Engine
from cadencia.lists import Settings, read_csv, screen_file
from cadencia.lists.read import Chunk
from cadencia.lists.schema import history_schema, list_schema
from cadencia.rules.cache import open_rulebook

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
TWO_ZONES = {"US-TX", "US-TN", "CA-ON", "BR-AM"}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_portfolio", EXAMPLES / "make_portfolio.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def good(script: ModuleType) -> Chunk:
    """The lines of the list that can be read at all."""
    [chunk] = read_csv.chunks(io.BytesIO((EXAMPLES / "portfolio.csv").read_bytes()), "portfolio.csv", list_schema())
    return chunk


def test_the_committed_files_are_what_the_script_makes(script: ModuleType):
    portfolio, history = script.make(7, 10_500, date(2026, 5, 18))
    assert portfolio == (EXAMPLES / "portfolio.csv").read_bytes()
    assert history == (EXAMPLES / "history.csv").read_bytes()
    assert max(len(portfolio), len(history)) < 2_000_000


def test_another_seed_makes_another_list(script: ModuleType):
    day = date(2026, 5, 18)
    assert script.make(1, 50, day)[0] != script.make(2, 50, day)[0]
    assert script.make(1, 50, day) == script.make(1, 50, day)


def test_ten_countries_and_states_of_two_zones(good: Chunk):
    countries = Counter(good.columns["country"].to_pylist())
    assert len(good) >= 10_000
    assert sum(1 for count in countries.values() if count > 100) >= 10
    assert set(good.columns["region"].to_pylist()) >= TWO_ZONES
    assert any(";" in text for text in good.columns["phones"].to_pylist() if text)
    assert any(";" in text for text in good.columns["debts"].to_pylist())


def test_every_number_of_a_good_line_is_valid_in_its_numbering_plan(script: ModuleType):
    maker = script.Maker(1, date(2026, 5, 18))
    for country in script.COUNTRIES:
        for home in country.cities:
            for _ in range(20):
                kind, _, number = maker.number(home).partition(":")
                parsed = phonenumbers.parse(number)
                assert phonenumbers.is_valid_number(parsed), number
                assert phonenumbers.region_code_for_number(parsed) == country.code, number
                assert kind in ("mobile", "home")


def test_every_kind_of_dirt_is_found_and_is_in_the_list(script: ModuleType, tmp_path: Path):
    maker = script.Maker(7, date(2026, 5, 18))
    rows = [script.row(maker.line(1)), *(dirt(maker.line(10 + n)) for n, dirt in enumerate(script.DIRT))]
    (tmp_path / "dirty.csv").write_bytes(b"\n".join([",".join(script.LIST_HEADER).encode(), *rows]))
    at = datetime.fromisoformat("2026-05-18T09:00-05:00")
    report = screen_file(
        Engine(open_rulebook()), str(tmp_path / "dirty.csv"), str(tmp_path / "out.csv"), Settings(at=at)
    )
    assert (report.lines, report.bad_lines) == (1 + len(script.DIRT), len(script.DIRT))
    portfolio = (EXAMPLES / "portfolio.csv").read_bytes()
    for sign in (
        b"\xe9notice",
        b"Banco\0Azul",
        b"Banco\rAzul",
        b"Bogota,",
        b",fax,",
        b",-3,",
        b"Bogotta",
        b"6pm-8pm",
        b",extra",
    ):
        assert sign in portfolio


def test_the_history_is_of_the_days_before(script: ModuleType):
    chunks = read_csv.chunks(io.BytesIO((EXAMPLES / "history.csv").read_bytes()), "history.csv", history_schema())
    at = [datetime.fromisoformat(text) for chunk in chunks for text in chunk.columns["at"].to_pylist()]
    assert len(at) > 10_000
    assert sum(when.date() >= date(2026, 5, 18) for when in at) == 1  # the one from the future
    assert sum(when.tzinfo is None for when in at) == 1
