"""Which exact texts were approved, by whom and for what: a register of one JSON object a line."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec

MAX_REGISTER_BYTES = 64 << 20
_SHA256 = 64


class RegisterError(ValueError):
    """The register cannot be read or written; the message says where, why and the cure."""


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One text approved for one use. `sha256` is of its UTF-8 with line ends as \\n."""

    sha256: str
    jurisdiction: str
    channel: str
    language: str
    purpose: str
    actor: str
    by: str
    on: date
    rulebook: str
    noted: tuple[str, ...] = ()  # classes of wording that the linter noted, though no rule of the place bans them

    @property
    def use(self) -> tuple[str, ...]:
        """The text and what it was approved for."""
        return (self.sha256, self.jurisdiction, self.channel, self.language, self.purpose, self.actor)


def read_register(path: Path) -> list[Approval]:
    """Every approval, in the order written; none when there is no such file. RegisterError for anything else in it."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_REGISTER_BYTES + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RegisterError(f"{path} cannot be read ({error.strerror}); make it a readable file") from None
    if len(data) > MAX_REGISTER_BYTES:
        raise RegisterError(f"{path} is over the limit of {MAX_REGISTER_BYTES} bytes; begin another register")
    if data and not data.endswith(b"\n"):
        raise RegisterError(f"{path}: the last line has no end, so it may be cut off; restore the file")
    return _distinct(path, [_read_line(path, number, line) for number, line in enumerate(data.splitlines(), 1)])


def _read_line(path: Path, number: int, line: bytes) -> Approval:
    try:
        approval = msgspec.json.decode(line, type=Approval)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise RegisterError(f"{path}:{number}: not an approval ({problem}); restore the line") from None
    if len(approval.sha256) != _SHA256 or set(approval.sha256) - set("0123456789abcdef"):
        raise RegisterError(f"{path}:{number}: sha256 is not {_SHA256} hexadecimal digits; restore the line")
    return approval


def _distinct(path: Path, approvals: list[Approval]) -> list[Approval]:
    seen: dict[tuple[str, ...], int] = {}
    for number, approval in enumerate(approvals, 1):
        first = seen.setdefault(approval.use, number)
        if first != number:
            raise RegisterError(f"{path}:{number}: the same approval as line {first}; delete one of them")
    return approvals


def approval_of(approvals: Iterable[Approval], use: tuple[str, ...]) -> Approval | None:
    """The approval of exactly this text for exactly this use; None if there is none."""
    return next((approval for approval in approvals if approval.use == use), None)


def add_approval(path: Path, approval: Approval) -> None:
    """Writes the register with one approval more, whole or not at all. RegisterError when the text is approved already
    for that use, when the register is damaged or no plain file, or while somebody else writes it."""
    _refuse_what_is_no_file(path)
    with _lock(path):
        text = _with(path, approval)
        try:
            _replace(path, text)
        except OSError as error:
            raise RegisterError(f"{path} cannot be written ({error.strerror}); nothing was approved") from None


def _refuse_what_is_no_file(path: Path) -> None:
    """A rename would put a file in the place of a device, and cut a symbolic link off from its target."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise RegisterError(f"{path} cannot be written ({error.strerror}); choose a folder that can") from None
    if not stat.S_ISREG(mode):
        raise RegisterError(f"{path} is {_kind(mode)}, not a file; name the register itself, or a file to begin")


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    return "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Holds the lock of the register, which ends with the process however that ends. The lock file stays: whoever
    deleted it might delete the one that another has just locked."""
    name = path.with_name(path.name + ".lock")
    try:
        handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise RegisterError(f"{name} cannot be written ({error.strerror}); choose a folder that can") from None
    try:
        _take(handle, path)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RegisterError(f"{path}: another approval is being written; nothing was approved, try again") from None
    except OSError as error:
        raise RegisterError(f"{path} cannot be locked ({error.strerror}); choose a disk that has locks") from None


def _replace(path: Path, text: bytes) -> None:
    """The register as `text`, by a file that is renamed; under the lock. One left by a killed writer is dropped."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _with(path: Path, approval: Approval) -> bytes:
    # read under the lock: nobody else can add a line in between
    _refuse_what_is_no_file(path)
    approvals = read_register(path)
    earlier = approval_of(approvals, approval.use)
    if earlier is not None:
        raise RegisterError(f"this text was approved already, by {earlier.by} on {earlier.on}; nothing was written")
    return b"".join(msgspec.json.encode(one) + b"\n" for one in (*approvals, approval))


def _sync_folder(folder: Path) -> None:
    """A renamed file survives a crash only when its folder has reached the disk; not every system can do it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
