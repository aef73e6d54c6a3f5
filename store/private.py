"""Files that only their owner may read, whatever the umask."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_MODE = 0o600


def begin(path: Path) -> None:
    """An empty file where there is none; one that is there stays as it is. OSError."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, _NEW, _MODE))


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """The file takes its name when all of it is on disk; an older one stays until then. OSError."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)  # of a write that was cut short
    with os.fdopen(os.open(new, _NEW, _MODE), "wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
