"""The register of approved texts: whole or not at all, each text once for each use, and nothing read from garbage."""

from __future__ import annotations

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import msgspec
import pytest

from cadencia.rules.script_register import Approval, RegisterError, add_approval, approval_of, read_register

APPROVAL = Approval(
    sha256="a" * 64, jurisdiction="CO", channel="sms", language="es", purpose="collections",
    actor="third_party_collector", by="A. Lawyer", on=date(2026, 11, 22), rulebook="sha256:1",
)  # fmt: skip


def other(**changes: object) -> Approval:
    return msgspec.structs.replace(APPROVAL, **changes)


def test_what_was_added_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "approved.ndjson"
    assert read_register(path) == []
    add_approval(path, APPROVAL)
    add_approval(path, other(channel="email"))
    assert read_register(path) == [APPROVAL, other(channel="email")]
    assert {one.name for one in tmp_path.iterdir()} == {"approved.ndjson", "approved.ndjson.lock"}


def test_a_text_is_approved_for_one_use(tmp_path: Path) -> None:
    assert approval_of([APPROVAL], APPROVAL.use) == APPROVAL
    assert approval_of([APPROVAL], other(jurisdiction="MX").use) is None
    assert approval_of([APPROVAL], other(sha256="b" * 64).use) is None


def test_the_same_use_is_not_entered_twice(tmp_path: Path) -> None:
    path = tmp_path / "approved.ndjson"
    add_approval(path, APPROVAL)
    before = path.read_bytes()
    with pytest.raises(RegisterError, match=r"approved already, by A\. Lawyer on 2026-11-22"):
        add_approval(path, other(by="B. Other"))
    assert path.read_bytes() == before
    assert not (tmp_path / "approved.ndjson.part").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"not json\n", ":1: not an approval"),
        (b"\xff\n", ":1: not an approval"),
        (b"{}\n", ":1: not an approval"),
        (msgspec.json.encode(APPROVAL), "may be cut off"),
        (msgspec.json.encode(other(sha256="A" * 64)) + b"\n", "hexadecimal"),
        ((msgspec.json.encode(APPROVAL) + b"\n") * 2, ":2: the same approval as line 1"),
        (msgspec.json.encode({**msgspec.to_builtins(APPROVAL), "more": 1}) + b"\n", ":1: not an approval"),
    ],
)
def test_a_damaged_register_is_refused_and_left_alone(tmp_path: Path, text: bytes, says: str) -> None:
    path = tmp_path / "approved.ndjson"
    path.write_bytes(text)
    with pytest.raises(RegisterError, match=says):
        add_approval(path, other(channel="call"))
    assert path.read_bytes() == text


def test_two_do_not_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "approved.ndjson"
    with (tmp_path / "approved.ndjson.lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(RegisterError, match="another approval is being written; nothing was approved, try again"):
            add_approval(path, APPROVAL)
    assert not path.exists()
    add_approval(path, APPROVAL)  # the lock went with its holder


def test_what_a_killed_writer_left_does_not_block(tmp_path: Path) -> None:
    path = tmp_path / "approved.ndjson"
    (tmp_path / "approved.ndjson.part").write_bytes(b'{"half":')
    (tmp_path / "approved.ndjson.lock").write_bytes(b"")
    add_approval(path, APPROVAL)
    assert read_register(path) == [APPROVAL]
    assert not (tmp_path / "approved.ndjson.part").exists()


def test_every_approval_that_was_said_to_be_written_is_there(tmp_path: Path) -> None:
    path = tmp_path / "approved.ndjson"

    def write(number: int) -> str | None:
        try:
            add_approval(path, other(sha256=f"{number:064x}"))
        except RegisterError as problem:
            assert "another approval is being written" in str(problem)
            return None
        return f"{number:064x}"

    with ThreadPoolExecutor(12) as pool:
        written = [one for one in pool.map(write, range(120)) if one is not None]
    assert written
    assert sorted(one.sha256 for one in read_register(path)) == sorted(written)


def test_only_a_plain_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"")
    for name in ("link", "dangling"):
        (tmp_path / name).symlink_to(target if name == "link" else tmp_path / "nowhere")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    link, pipe = "a symbolic link", "a device or a pipe"
    kinds = {"link": link, "dangling": link, "folder": "a folder", "pipe": pipe}
    before = sorted(tmp_path.iterdir())
    for name, kind in kinds.items():
        with pytest.raises(RegisterError, match=f"{name} is {kind}, not a file"):
            add_approval(tmp_path / name, APPROVAL)
    assert sorted(tmp_path.iterdir()) == before  # and no lock beside them
    assert (tmp_path / "link").is_symlink()
    assert target.read_bytes() == b""


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="cannot be written"):
        add_approval(tmp_path / "none" / "approved.ndjson", APPROVAL)
