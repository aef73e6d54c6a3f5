"""A disk that is really full: a file system of 2 MiB where this process may mount one, and everywhere a limit on
the size of files, which the kernel refuses in the same place."""

from __future__ import annotations

import functools
import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SMALL, LARGE = 2 << 20, 64 << 20
#: The folder of the disk, and what makes room on it.
Disk = tuple[Path, Callable[[], None]]


@contextmanager
def mounted(folder: Path) -> Iterator[Disk]:
    """A file system of its own, of SMALL bytes until room is made. OSError where nothing may be mounted."""
    _mount("-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", folder)
    try:
        yield folder, lambda: _mount("-o", f"remount,size={LARGE}", folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def limited(folder: Path) -> Iterator[Disk]:
    """No file of this process grows beyond SMALL bytes until room is made."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def make_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, before[1]))
    try:
        yield folder, make_room
    finally:
        make_room()


def remount(folder: Path, how: str) -> None:
    """how: ro or rw."""
    _mount("-o", f"remount,{how}", folder)


@functools.cache
def may_mount() -> bool:
    """Whether this process may mount a file system: root outside a closed container."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder, suppress(OSError), mounted(Path(folder)):
        return True
    return False


def _mount(*arguments: str | Path) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"mount {arguments}: {done.stderr}")
