"""`cadencia ledger serve`: others reach the owner of a file over its socket, and only its own user may."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from cadencia.cli import ledger_socket
from cadencia.cli.ledger_requests import Answer, Place, Release, Reserve, Settle, Timeline
from cadencia.cli.ledger_socket import SocketError, ask, listening
from tests.unit.cli.ledgers import CONTACT, PERSON, Desk
from tests.unit.dialer.doors import Times, opened, wanted
from tests.unit.engine.books import ALL_DAY, cap, rule, window


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


def served(path: Path, talk: Callable[[Times], Awaitable[None]]) -> None:
    """Runs a talk with a gate behind a socket."""

    async def test() -> None:
        gate, times = await opened(rule("hours", window(ALL_DAY), kind="contact_window"), rule("cap", cap(1, n=7)))
        async with listening(gate, path):
            await talk(times)
        await gate.close()

    asyncio.run(test())
    assert not path.exists()


async def said(path: Path, *lines: bytes) -> list[Answer]:
    """What is answered to lines as they are."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"".join(lines))
    writer.write_eof()
    answers = [json.loads(line) for line in (await reader.read()).splitlines()]
    writer.close()
    return answers


def test_reserve_place_and_settle(path: Path) -> None:
    async def talk(times: Times) -> None:
        assert path.stat().st_mode & 0o777 == 0o600
        first = await asyncio.to_thread(ask, path, Reserve(request=wanted(), key="k1"))
        assert first is not None
        assert first["verdict"] == "allow"
        second = await asyncio.to_thread(ask, path, Reserve(request=wanted(), key="k2"))
        assert second is not None
        assert second["verdict"] == "deny"
        placed = await asyncio.to_thread(ask, path, Place(permit=first["permit"]))
        assert placed is not None
        assert placed["placed"] is True
        twice = await asyncio.to_thread(ask, path, Place(permit=first["permit"]))
        assert twice is not None
        assert twice["error"] == "permit_spent"
        settled = await asyncio.to_thread(ask, path, Settle(attempt=first["attempt"], outcome="busy", at=times.now))
        assert settled == {"done": "settled"}

    served(path, talk)


def test_release_and_what_is_asked_wrongly(path: Path) -> None:
    async def talk(times: Times) -> None:
        first = await asyncio.to_thread(ask, path, Reserve(request=wanted(), key="k1"))
        assert first is not None
        assert await asyncio.to_thread(ask, path, Release(attempt=first["attempt"])) == {"done": "released"}
        other = msgspec.structs.replace(wanted(), number="+573009999999")
        for request, field in ((other, "number: "), (wanted(phone="+57 300 123 4567"), "phone: ")):
            refused = await asyncio.to_thread(ask, path, Reserve(request=request, key="k2"))
            assert refused is not None and refused["error"] == "bad_request"
            assert refused["message"].startswith(field)

    served(path, talk)


def test_of_all_at_once_one_is_allowed(path: Path) -> None:
    async def talk(times: Times) -> None:
        asking = (asyncio.to_thread(ask, path, Reserve(request=wanted(), key=f"k{i}")) for i in range(50))
        answers = await asyncio.gather(*asking)
        assert [answer["verdict"] for answer in answers if answer].count("allow") == 1

    served(path, talk)


def test_lines_that_are_none(path: Path) -> None:
    async def talk(times: Times) -> None:
        answers = await said(
            path, b"\n", b"{}\n", b'{"do":"dance"}\n', b"\xff\xfe\n", b'{"do":"timeline","tenant":"t"}\n',
            b'{"do":"timeline","tenant":"t","person":"p","more":1}\n', b'{"do":"timeline","tenant":"t","person":"p"}\n',
        )  # fmt: skip
        assert [answer["error"] for answer in answers] == ["bad_request"] * 6 + ["unknown_person"]

    served(path, talk)


def test_a_line_without_end(path: Path) -> None:
    async def talk(times: Times) -> None:
        answers = await said(path, b"x" * (ledger_socket.MAX_LINE + 2))
        assert answers == [{"error": "bad_request", "message": "a line has at most 1048576 bytes"}]

    served(path, talk)


def test_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel names the user at the other end; here ours is taken for another."""
    ours = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: ours + 1)

    async def talk(times: Times) -> None:
        answers = await said(path, b'{"do":"timeline","tenant":"t","person":"p"}\n')
        assert [answer["error"] for answer in answers] == ["forbidden"]

    served(path, talk)


def test_nobody_listens(path: Path) -> None:
    assert ask(path, Timeline(tenant="t", person="p")) is None
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert ask(path, Timeline(tenant="t", person="p")) is None


def test_who_ends_without_an_answer_is_told(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        async def test() -> None:
            asking = asyncio.create_task(asyncio.to_thread(ask, path, Timeline(tenant="t", person="p")))
            connection, _ = await asyncio.to_thread(listener.accept)
            await asyncio.to_thread(connection.recv, 4096)
            connection.close()
            with pytest.raises(SocketError, match="look in the timeline"):
                await asking

        asyncio.run(test())


def test_a_socket_left_behind_is_taken_over_and_others_are_not(path: Path) -> None:
    async def talk(times: Times) -> None:
        gate, _ = await opened()
        with pytest.raises(SocketError, match="served by another process"):
            async with listening(gate, path):
                pass
        plain = path.with_name("plain")
        plain.touch()
        with pytest.raises(SocketError, match="is no socket"):
            async with listening(gate, plain):
                pass
        with pytest.raises(SocketError, match="too long for a socket"):
            async with listening(gate, path.with_name("s" * 108)):
                pass

    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    served(path, talk)


def test_a_process_serves_until_it_is_told_to_end(desk: Desk, root: Path) -> None:
    """The whole way: another process owns the file, the commands reach it, and it leaves a checkpoint."""
    command = [sys.executable, "-m", "cadencia", "ledger", "serve", "--ledger", str(desk.ledger), "--secret",
               str(desk.secret), "--root", str(desk.law)]  # fmt: skip
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE) as server:
        assert server.stderr is not None
        assert b"is served on" in server.stderr.readline()
        permit = str(desk.answer("reserve", *CONTACT, "--key", "k1")["permit"])
        assert desk.run("place", permit, "--lang", "es")[:2] == (0, "colocado: puede salir ahora\n")
        assert desk.answer("place", permit)["error"] == "permit_spent"
        assert desk.run("check")[0] == 0, "beside its owner one may look"
        past = desk.past(
            "ana,2026-05-18T10:00Z,call,busy,,,", "ana,then,call,busy,,,", "leo,2026-05-18T10:00Z,sms,busy,,,"
        )
        code, _, err = desk.run("import", "--tenant", "t", "--history", past)
        assert (code, err.splitlines()[0]) == (3, "3 lines: 2 imported, 0 there before, 1 bad")
        assert err.splitlines()[1].startswith("line 3, at:")
        again = desk.run("import", "--tenant", "t", "--history", past)[2]
        assert again.splitlines()[0] == "3 lines: 0 imported, 2 there before, 1 bad"
        assert desk.run("check")[0] == 0
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
    assert not Path(f"{desk.ledger}.sock").exists()
    assert [one["kind"] for one in desk.answer("timeline", *PERSON)["timeline"]] == [
        "imported", "reserved", "placed",
    ]  # fmt: skip
    assert "checkpoint: ledger.db.checkpoint, up to entry" in desk.run("check")[1]
