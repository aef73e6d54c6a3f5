"""A file appears whole or not at all; links are followed, devices and pipes are written and stay what they are."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from cadencia.lists.schema import ListError
from cadencia.lists.target import Target, check_paths, is_plain


def write(path: Path, text: bytes, *, private: bool = False) -> None:
    target = Target(str(path), private=private)
    target.stream.write(text)
    target.finish()
    target.place()


def test_two_runs_at_once_do_not_share_a_part(tmp_path: Path):
    first, second = Target(str(tmp_path / "out")), Target(str(tmp_path / "out"))
    assert len(list(tmp_path.iterdir())) == 2
    first.stream.write(b"first")
    second.stream.write(b"second")
    first.finish()
    first.place()
    second.discard()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out", b"first")]


def test_a_link_is_followed_and_stays(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "folder" / "real")
    write(tmp_path / "out", b"x")
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "folder" / "real").read_bytes() == b"x"


def test_a_pipe_is_written_and_stays(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()), daemon=True)
    reader.start()
    write(tmp_path / "pipe", b"x")
    reader.join(10)
    assert got == [b"x"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert not is_plain(str(tmp_path / "pipe"))


def test_the_null_device_stays_a_device():
    write(Path(os.devnull), b"x")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_no_room_is_told_plainly():
    target = Target("/dev/full")
    target.stream.write(b"x")
    with pytest.raises(ListError, match="/dev/full cannot be written: No space left on device"):
        target.finish()
    target.discard()


def test_one_file_has_one_use(tmp_path: Path):
    (tmp_path / "list").write_text("x")
    os.link(tmp_path / "list", tmp_path / "alias")
    with pytest.raises(ListError, match="is read as well \\(the list\\)"):
        check_paths({"the list": str(tmp_path / "list")}, {"the answers": str(tmp_path / "alias")})
    with pytest.raises(ListError, match="is written as well \\(the answers\\)"):
        new = str(tmp_path / "new")
        check_paths({}, {"the answers": new, "the bad lines": f"{tmp_path}/./new"})
    with pytest.raises(ListError, match="it is a folder"):
        check_paths({}, {"the answers": str(tmp_path)})
    check_paths({"the list": "-"}, {"the answers": os.devnull, "the bad lines": os.devnull, "the plot": None})
