"""A disk that fails when it is told to: SQLite's own file layer, with the k-th write or sync refused from then on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

NAME = "failing disk"
ERRORS = {
    "full": apsw.FullError, "write": apsw.IOError, "sync": apsw.IOError, "read-only": apsw.ReadOnlyError,
}  # fmt: skip


class FailingDisk(apsw.VFS):
    """fault: one of ERRORS. At the `at`-th write (of a sync fault: sync) from `arm` on it fails, and every one after it
    until `mend`. half: the write that fails leaves its first half on the disk."""

    def __init__(self) -> None:
        super().__init__(NAME, "")
        self.fault, self.left, self.half, self.failed = "", 0, False, 0

    def arm(self, fault: str, at: int = 1, *, half: bool = False) -> None:
        self.fault, self.left, self.half, self.failed = fault, at, half, 0

    def mend(self) -> None:
        self.fault = ""

    def refuses(self, action: str) -> bool:
        """Whether this write or sync is to fail."""
        if not self.fault or (action == "sync") != (self.fault == "sync"):
            return False
        self.left -= 1
        self.failed += self.left <= 0
        return self.left <= 0

    def error(self) -> apsw.Error:
        """What SQLite is told."""
        return ERRORS[self.fault](f"the disk was told to fail: {self.fault}")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, disk: FailingDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        if self._disk.refuses("write"):
            if self._disk.half:
                super().xWrite(data[: len(data) // 2], offset)
            raise self._disk.error()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        if self._disk.refuses("sync"):
            raise self._disk.error()
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        if self._disk.refuses("write"):
            raise self._disk.error()
        super().xTruncate(size)


@contextmanager
def failing_disk() -> Iterator[FailingDisk]:
    """A disk for one test; name it with `vfs=NAME`."""
    disk = FailingDisk()
    try:
        yield disk
    finally:
        disk.unregister()
