"""A checkpoint of the histories on disk: one file, whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

from cadencia.engine.checkpoint import CheckpointError, Thawed, frozen, thawed
from cadencia.engine.histories import Histories

__all__ = ["CheckpointError", "Thawed", "dump", "load"]


def dump(histories: Histories, path: Path, upto: int, head: bytes) -> None:
    """Writes the histories as they are now, up to the ledger's entry `upto` with the chain `head`. The file takes its
    name when all of it is on disk; an older one stays until then. OSError when it cannot be written."""
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        for part in frozen(histories, upto, head):
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path) -> Thawed:
    """The histories of a checkpoint. CheckpointError when there is none, or it is damaged, cut short or of another
    version: then they are rebuilt from the ledger's rows."""
    try:
        return thawed(path.read_bytes())
    except FileNotFoundError:
        raise CheckpointError(f"{path}: there is no checkpoint; rebuild the histories from the ledger") from None
    except (CheckpointError, OSError) as problem:
        raise CheckpointError(f"{path}: {problem}; rebuild the histories from the ledger") from None
