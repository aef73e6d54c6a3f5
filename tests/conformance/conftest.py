"""Coroutines are tests here, each on a loop of its own; `store` is every store, `disk` the durable ones; `place` and
`kept` are the same of records."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path

import pytest

from tests.conformance.record_stores import DURABLE_RECORDS, RECORD_STORES, RecordStore
from tests.conformance.stores import DURABLE, STORES, Store

LIMIT_S = 120


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a coroutine; the place under test is taken away on the same loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def run() -> None:
        try:
            await asyncio.wait_for(pyfuncitem.obj(**given), LIMIT_S)
        finally:
            for value in given.values():
                if hasattr(value, "open") and hasattr(value, "end"):
                    await value.end()

    asyncio.run(run())
    return True


@pytest.fixture(params=list(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return STORES[request.param](tmp_path)


@pytest.fixture(params=DURABLE)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return STORES[request.param](tmp_path)


@pytest.fixture(params=list(RECORD_STORES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> RecordStore:
    return RECORD_STORES[request.param](tmp_path)


@pytest.fixture(params=DURABLE_RECORDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> RecordStore:
    return RECORD_STORES[request.param](tmp_path)
