"""A way to PostgreSQL that is cut when the test says so: a Unix socket before the server's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_SOCKET = ".s.PGSQL.5432"
_CHUNK = 1 << 16


class Wire:
    """`folder` is the host to connect to. Counts what passes, a chunk at a time in either direction."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder = folder
        self._server = server / _SOCKET
        self._left: int | None = None
        self._direction = ""
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.cuts = 0

    def cut_at(self, count: int, direction: str) -> None:
        """The count-th chunk from now on that goes `there` or comes `back` does not arrive, and every connection is
        lost with it."""
        self._left, self._direction = count, direction

    def mend(self) -> None:
        """Nothing is cut any more."""
        self._left = None

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, and the server's end of it."""
        there, back = await asyncio.open_unix_connection(self._server)
        self._open |= {writer, back}
        for pair in ((reader, back, "there"), (there, writer, "back")):
            task = asyncio.ensure_future(self._pass(*pair))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, direction: str) -> None:
        with suppress(OSError):
            while (chunk := await source.read(_CHUNK)) and not self._cuts(direction):
                target.write(chunk)
                await target.drain()
        self._open.discard(target)
        target.close()

    def _cuts(self, direction: str) -> bool:
        if self._left is None or direction != self._direction:
            return False
        self._left -= 1
        if self._left == 0:
            self.cuts += 1
            self._left = None
            for writer in self._open:
                writer.transport.abort()
            return True
        return False


@asynccontextmanager
async def wire(folder: Path, server: Path) -> AsyncIterator[Wire]:
    """A way to the server whose socket lies in `server`, by a socket in `folder`."""
    one = Wire(folder, server)
    listening = await asyncio.start_unix_server(one.accept, folder / _SOCKET)
    try:
        yield one
    finally:
        listening.close()
        for writer in list(one._open):
            writer.transport.abort()
        await asyncio.gather(*one._tasks, return_exceptions=True)
