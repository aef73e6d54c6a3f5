"""Which files under a root are law, which are refused, and what each holds: one answer for reading and for hashing.

Nothing is passed over in silence: a law that is not read would allow what it forbids.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from cadencia.rules.visible import visible

CALENDARS = "holidays"
#: Folders of a root that hold no law.
NO_LAW = frozenset({"translations", "scripts", "__pycache__"})
_ENDING = ".yaml"
_LIKE_LAW = (".yaml", ".yml")


class LawFile(NamedTuple):
    """A file of law, or what only looks like one: `refused` then says what it is and the cure."""

    file: Path
    path: str  # relative to the root, fit for a message
    refused: str = ""


def countries_of(root: Path) -> list[str]:
    """The names of the folders with law, sorted."""
    return sorted(path.name for path in root.iterdir() if path.is_dir() and path.name not in {*NO_LAW, CALENDARS})


def files_of_folder(root: Path, folder: str) -> list[LawFile]:
    """What lies in a folder of the root and below, in the order of paths."""
    return [_seen(root, file) for file in sorted(_below(root / folder))]


def files_beside(root: Path) -> list[LawFile]:
    """What lies in the root itself, where nobody reads it: all refused."""
    message = "lies beside the countries' folders and is not read; move it into the folder of its country, as us/"
    beside = sorted(file for file in root.iterdir() if _like_law(file.name) and not file.is_dir())
    return [LawFile(file, _named(root, file), message) for file in beside]


def open_law(file: Path) -> BufferedReader:
    """The file opened for reading. OSError for what is no regular file: a pipe would be waited for, a device never
    end."""
    opened = os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
    if stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        return opened
    opened.close()
    raise OSError(errno.EINVAL, "no regular file", str(file))


def hashes_of(root: Path) -> dict[str, str]:
    """The path of everything under the root that is law, or looks like it, and the sha256 of what it holds; "" where
    that cannot be read."""
    folders = (*countries_of(root), *([CALENDARS] if (root / CALENDARS).is_dir() else ()))
    found = [*files_beside(root), *(one for folder in folders for one in files_of_folder(root, folder))]
    return {one.path: "" if one.refused else hash_of(one.file) for one in found}


def hash_of(file: Path) -> str:
    """The sha256 of a file in hex; "" when it cannot be read."""
    try:
        with open_law(file) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _like_law(name: str) -> bool:
    return name.lower().endswith(_LIKE_LAW)


def _below(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        yield from (Path(here) / name for name in (*files, *folders) if _like_law(name) or name in links)


def _seen(root: Path, file: Path) -> LawFile:
    return LawFile(file, _named(root, file), _refusal(file))


def _named(root: Path, file: Path) -> str:
    return printable(file.relative_to(root))


def printable(path: Path) -> str:
    """A path as it may be shown: bytes that are no text as \\xff."""
    name = os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
    return visible(name)


def _refusal(file: Path) -> str:
    """Why what looks like a file of law cannot be read as one, with the cure; "" when it can."""
    if not file.name.isprintable():
        return "the name has bytes or characters that cannot be shown; rename it, in lower-case letters and digits"
    if file.is_dir():
        if _like_law(file.name):
            return "a folder that is named like a file of law; rename it"
        return "a link to a folder, which is not followed; put the folder itself here"
    if file.exists() and not file.is_file():
        return "a pipe, a device or a socket, not a file; delete it"
    if file.suffix != _ENDING:
        return f"a file that ends in {file.suffix}; name it {_ENDING}"
    return ""
