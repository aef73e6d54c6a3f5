"""One process owns a file of ours: a lock on a file beside it, which the kernel drops when the process ends,
however."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from cadencia.store.ledger import LedgerError

# The kernel's lock is the process's, not the opener's: a second opening in one process would pass.
_held: dict[Path, int] = {}


class OwnedError(LedgerError):
    """The file is another process's, which is named."""


class Owner:
    """Holds `<file>.owner` locked. LedgerError that names the process which has it already; what, ways: how the error
    calls the file, and says it may be used all the same."""

    def __init__(
        self, path: Path, *, what: str = "ledger", ways: str = "reach it over its socket, open the file for reading"
    ) -> None:
        self._path = path.resolve()
        if _held.get(self._path) == os.getpid():
            raise LedgerError(f"{path} is open already in this process ({os.getpid()}); share the one {what}")
        beside = self._path.with_name(self._path.name + ".owner")
        try:
            self._descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LedgerError(f"{beside} cannot be written: {error.strerror}; let this user write there") from None
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise OwnedError(f"{path} belongs to process {pid}; {ways}, or end it") from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        _held[self._path] = os.getpid()

    def release(self) -> None:
        """Gives the file back. The file beside it stays: who removed it could lock one that nobody else sees."""
        if _held.pop(self._path, None) is not None:
            os.close(self._descriptor)
