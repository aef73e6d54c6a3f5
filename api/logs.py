"""Logs as lines of JSON, in which nobody can be found: no path values, no bodies, no header of a client but the trace
id; of an error its type and where in our code it was raised, for its text may quote what was sent."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import TextIO

import msgspec

LOG = logging.getLogger("cadencia.api")


class Line(logging.Formatter):
    """The fields of `extra={"told": …}` and nothing that was formatted from values."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), "level": record.levelname.lower(),
                "event": record.msg if record.name == LOG.name else record.name}  # fmt: skip
        told |= getattr(record, "told", {})
        if record.exc_info and record.exc_info[1] is not None:
            told |= {"error": type(record.exc_info[1]).__name__, "raised": raised(record.exc_info[1])}
        return msgspec.json.encode(told).decode()


def raised(problem: BaseException) -> list[str]:
    """Where an error came from, innermost last, as file:line in function."""
    frames = traceback.extract_tb(problem.__traceback__)[-12:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


def to_stream(stream: TextIO, level: str) -> None:
    """Sends our lines, and those of the libraries that serve, to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Line())
    for name in (LOG.name, "aiohttp.server", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level.upper() if name == LOG.name else logging.ERROR)
