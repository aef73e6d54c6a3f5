"""One process owns a ledger; others reach it over a Unix socket: a line of JSON for what is asked, a line for the
answer.

Who may: the socket's file is its owner's alone (0600), and the kernel must say that the other end runs as the same
user. Lines of one connection are answered in their order; connections run side by side and share group commits."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import stat
import struct
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from cadencia.cli.ledger_law import Law
from cadencia.cli.ledger_open import Files, gate_at
from cadencia.cli.ledger_requests import Answer, Operation, perform, read_operation
from cadencia.dialer.gate import Gate
from cadencia.dialer.refusals import BusyError

MAX_LINE = 1 << 20  # bytes
_LONGEST_PATH = 107  # bytes that Linux has for a socket's name
_PEER = struct.Struct("3i")  # pid, uid, gid
_ANSWER_SECONDS = 60.0


class SocketError(RuntimeError):
    """The socket cannot be used: which, and what to do."""


async def serve(files: Files, law: Law, path: Path, *, told: bool = True) -> None:
    """Owns the ledger until SIGTERM or SIGINT, then writes a checkpoint. LedgerError if another process owns it;
    EvidenceError; SocketError."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with gate_at(files, law, make=True) as gate:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        async with listening(gate, path):
            if told:
                sys.stderr.write(f"{files.ledger} is served on {path}; SIGTERM ends it\n")
                sys.stderr.flush()
            await stop.wait()
        with contextlib.suppress(BusyError):  # the next start reads the ledger whole
            await gate.checkpoint(files.checkpoint)


@contextlib.asynccontextmanager
async def listening(gate: Gate, path: Path) -> AsyncIterator[None]:
    """Answers on a socket; it is gone afterwards, and so are those who still talk."""
    talking: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(_talk(gate, reader, writer))
        talking.add(task)
        task.add_done_callback(talking.discard)

    server = await asyncio.start_unix_server(begin, sock=_bound(path), limit=MAX_LINE)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)


def ask(path: Path, operation: Operation) -> Answer | None:
    """What the owner of a ledger answers; None when nobody listens. SocketError when it does not answer."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            try:
                connection.connect(os.fspath(path))
            except (FileNotFoundError, ConnectionRefusedError):
                return None
            connection.sendall(msgspec.json.encode(operation) + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline()
        if line.endswith(b"\n"):
            return msgspec.json.decode(line, type=Answer)
    except (OSError, msgspec.DecodeError) as problem:
        raise SocketError(f"{path}: {problem}; look at the process that serves it") from None
    raise SocketError(f"{path}: it ended without an answer; look in the timeline whether it was done")


def _bound(path: Path) -> socket.socket:
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise SocketError(f"{path}: over {_LONGEST_PATH} bytes, too long for a socket; name a shorter one by --socket")
    if path.exists():
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise SocketError(f"{path} is there and is no socket; name another by --socket")
        if heard(path):
            raise SocketError(f"{path} is served by another process; name another by --socket")
        path.unlink()  # of one that was killed
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listener.bind(os.fspath(path))
    except OSError as problem:
        listener.close()
        raise SocketError(f"{path}: {problem.strerror}; name a folder of your own by --socket") from None
    finally:
        os.umask(before)
    return listener


def heard(path: Path) -> bool:
    """Whether somebody listens there."""
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(os.fspath(path)) == 0


async def _talk(gate: Gate, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        if not _same_user(writer.get_extra_info("socket")):
            await _send_away(reader, writer, "forbidden", "run as the user who serves the ledger")
            return
        while line := await _line(reader):
            await _say(writer, await _answered(gate, line))
        if line is None:
            await _send_away(reader, writer, "bad_request", f"a line has at most {MAX_LINE} bytes")
    except (ConnectionError, asyncio.CancelledError):
        pass  # who asked has gone, or we end: what was asked is done or not, as the timeline says
    finally:
        writer.close()


async def _line(reader: asyncio.StreamReader) -> bytes | None:
    """The next line, empty at the end; None for one that is too long."""
    try:
        return await reader.readline()
    except ValueError:
        return None


async def _send_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, error: str, message: str) -> None:
    """The last answer. What the other end still sends is read away: closing over it would take the answer back."""
    await _say(writer, {"error": error, "message": message})
    writer.write_eof()
    while await reader.read(MAX_LINE):
        pass


async def _answered(gate: Gate, line: bytes) -> Answer:
    try:
        operation = read_operation(line)
    except msgspec.DecodeError as problem:
        return {"error": "bad_request", "message": f"the line cannot be read: {problem}"}
    return await perform(gate, operation)


async def _say(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(msgspec.json.encode(answer) + b"\n")
    await writer.drain()


def _same_user(peer: socket.socket) -> bool:
    _, user, _ = _PEER.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    return bool(user == os.geteuid())
