"""A set of law files that is in memory, not in a folder: a draft, or what was published."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from cadencia.rules.circles import circle_problems
from cadencia.rules.law_files import CALENDARS
from cadencia.rules.load import Loaded, load_holidays_text, read_law
from cadencia.rules.model import HolidayFile, JurisdictionFile, Problem
from cadencia.rules.read_covers import cover_problems

_LAW = re.compile(r"[a-z]{2}(/[a-z0-9]+(-[a-z0-9]+)*){1,3}\.yaml", re.ASCII)
_CALENDAR = re.compile(rf"{CALENDARS}/[a-z0-9]+(-[a-z0-9]+)*\.yaml", re.ASCII)
_MOST_READ = 4_096


class _Read(NamedTuple):
    file: JurisdictionFile | HolidayFile | None
    problems: list[Problem]


class Readings:
    """Reads texts, and each only once: of the same path with the same text nothing is read again."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], _Read] = {}

    def load(self, texts: Mapping[str, str]) -> Loaded:
        """The files as `load_tree` reads them from a folder with these texts by path."""
        files: list[JurisdictionFile] = []
        holidays: dict[str, HolidayFile] = {}
        problems: list[Problem] = []
        unread: dict[str, str] = {}
        ordered = sorted(texts, key=lambda path: (path.startswith(f"{CALENDARS}/"), PurePosixPath(path).parts))
        for path in ordered:
            read, found = self._of(path, texts[path])
            problems += found
            if isinstance(read, HolidayFile):
                holidays[PurePosixPath(path).stem] = read
            elif read is not None and not found:
                files.append(read)
            else:
                unread[path] = read.jurisdiction if read is not None else ""
        in_order = {path: texts[path] for path in ordered}
        problems += [*cover_problems(files), *circle_problems(files, in_order)]
        problems.sort(key=lambda problem: (problem.path, problem.line, problem.where, problem.message))
        return Loaded(tuple(files), holidays, problems, in_order, unread)

    def _of(self, path: str, text: str) -> _Read:
        key = (path, hashlib.sha256(text.encode()).hexdigest())
        found = self._read.get(key)
        if found is None:
            if len(self._read) >= _MOST_READ:
                del self._read[next(iter(self._read))]
            is_calendar = path.startswith(f"{CALENDARS}/")
            found = self._read[key] = _Read(*(load_holidays_text if is_calendar else read_law)(text, path))
        return found


def is_law_path(path: str) -> bool:
    """Whether a file of law or a calendar may be called so: co/ley-2300.yaml, holidays/co.yaml."""
    return bool(_LAW.fullmatch(path) or _CALENDAR.fullmatch(path))
