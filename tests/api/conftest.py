"""One server for each store, for all tests that leave it as it is: every test asks about persons of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cadencia.store.postgres_server import running
from tests.api.served import Served, config_of


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A started server with a sandbox of the tenant `demo`."""
    url = running().url if request.param == "postgres" else ""
    one = Served(config_of(tmp_path_factory.mktemp("api"), postgres=url)).start()
    yield one
    one.stop()


@pytest.fixture
def person(request: pytest.FixtureRequest) -> str:
    """Nobody else's id."""
    return f"p-{request.node.nodeid}"[:200]
