"""What every test may rely on: the build it asked for, no network but loopback, and nothing skipped in silence."""

from __future__ import annotations

import os
import socket
import sys
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
# `tests` and `bench` can be imported; last, so that a debug build named in PYTHONPATH stays first
sys.path.append(str(ROOT))

# zone data from the pinned package only, here and in the commands that tests start: the system's may be older
os.environ["PYTHONTZPATH"] = ""
zoneinfo.reset_tzpath(to=())

# compiled rulebooks of test runs stay in the checkout; commands started by tests inherit this
os.environ.setdefault("CADENCIA_CACHE", str(ROOT / "build" / "cache"))

hypothesis.settings.register_profile("test", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=5_000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))

_not_run: list[str] = []


def pytest_configure() -> None:
    """Refuse to test the ordinary build when the one with bounds checks was asked for, and the other way round."""
    import cadencia.engine

    found = Path(cadencia.engine.__file__).resolve()
    debug = os.environ.get("CADENCIA_DEBUG") == "1"
    if debug != found.is_relative_to(ROOT / "build" / "debug"):
        asked = "debug" if debug else "ordinary"
        raise pytest.UsageError(f"asked for the {asked} build, found {found}; use `make test`, or see its PYTHONPATH")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that was skipped or expected to fail proves nothing, so it is remembered."""
    if report.skipped:
        _not_run.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if anything was skipped."""
    if _not_run and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped."""
    for name in _not_run:
        terminalreporter.write_line(f"SKIPPED, which this project counts as a failure: {name}", red=True)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Sockets of this process reach loopback and files only."""
    connect = socket.socket.connect

    def connect_nearby(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"a test tried to reach {address!r}; tests use loopback only")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_nearby)
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT
