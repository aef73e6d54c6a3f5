"""Where a file is written: beside its name until it is whole, then under it. A device or a pipe is written straight."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from cadencia.lists.schema import ListError

_NAME_BYTES = 100  # of the name that its part's name repeats; a name may have 255


def is_plain(path: str) -> bool:
    """Whether `path` is, or may become, a regular file: no standard stream, device or pipe."""
    mode = _mode(path)
    return path != "-" and (mode is None or stat.S_ISREG(mode))


def check_paths(inputs: dict[str, str | None], outputs: dict[str, str | None]) -> None:
    """ListError for a folder among the outputs, and for one file that is to be written twice or read and written.
    Keys say what each is for; None and `-` are left alone."""
    taken = [(what, path) for what, path in inputs.items() if path not in (None, "-")]
    for what, path in outputs.items():
        if path is None or path == "-":
            continue
        mode = _mode(path)
        if mode is not None and stat.S_ISDIR(mode):
            raise ListError(f"{path} cannot be written: it is a folder; name a file in it")
        for other, known in taken:
            if known is not None and _same(path, known):
                does = "read" if other in inputs else "written"
                raise ListError(f"{path} ({what}) is {does} as well ({other}); give another name")
        taken.append((what, path))


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except (OSError, ValueError):  # it is not there yet, or never can be, which opening will say
        return None


def _same(path: str, other: str) -> bool:
    mode = _mode(path)
    if mode is not None and stat.S_ISCHR(mode):  # a terminal, or the null device, takes everything
        return False
    if mode is not None and _mode(other) is not None:
        return os.path.samefile(path, other)
    try:
        return os.path.realpath(path) == os.path.realpath(other)
    except ValueError:
        return False


@contextmanager
def told(path: str) -> Iterator[None]:
    """Turns what the system says of writing into ListError; a reader that has gone stays BrokenPipeError."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        name = "standard output" if path == "-" else path
        raise ListError(f"{name} cannot be written: {error.strerror or error}") from None


class Target:
    """One file being written. `finish`, then `place`; `discard` at any time leaves what was there before.

    A link is followed, not replaced. `private`: only the owner may read it."""

    def __init__(self, path: str, *, private: bool = False) -> None:
        self.path = path
        self._part: Path | None = None
        if "\0" in path:
            raise ListError("a file's name has no NUL byte; give another name")
        with told(path):
            if path == "-":
                self.stream: BinaryIO = sys.stdout.buffer
            elif is_plain(path):
                self._goal = Path(os.path.realpath(path))
                self.stream = self._beside(0o600 if private else 0o666)
            else:
                # replaced by a file, a device would be lost to the whole machine
                self.stream = os.fdopen(os.open(path, os.O_WRONLY | os.O_CLOEXEC), "wb")

    def _beside(self, mode: int) -> BinaryIO:
        head = os.fsdecode(os.fsencode(self._goal.name)[:_NAME_BYTES])
        part = self._goal.with_name(f".{head}.{os.getpid()}.{secrets.token_hex(6)}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        stream = os.fdopen(os.open(part, flags, mode), "wb")
        self._part = part
        return stream

    def finish(self) -> None:
        """Everything is on its way to the disk, still under the part's name."""
        with told(self.path):
            if self.path == "-":
                self.stream.flush()
            else:
                self.stream.close()

    def place(self) -> None:
        """The finished file gets its name."""
        if self._part is not None:
            with told(self.path):
                os.replace(self._part, self._goal)
            self._part = None

    def discard(self) -> None:
        """Nothing of it is left; what has its name already stays."""
        if self.path != "-":
            with suppress(OSError):
                self.stream.close()
        if self._part is not None:
            with suppress(OSError):
                self._part.unlink()
            self._part = None
