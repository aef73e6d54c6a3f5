"""A checkpoint of the histories on disk: one file, whole or not there."""

from __future__ import annotations

from pathlib import Path

from cadencia.engine.checkpoint import CheckpointError, Thawed, frozen, thawed
from cadencia.engine.histories import Histories
from cadencia.store.private import write_whole

__all__ = ["CheckpointError", "Thawed", "dump", "load"]


def dump(histories: Histories, path: Path, upto: int, head: bytes) -> None:
    """Writes the histories as they are now, up to the ledger's entry `upto` with the chain `head`, whole or not at all
    and for their owner alone. OSError when it cannot be written."""
    write_whole(path, frozen(histories, upto, head))


def load(path: Path) -> Thawed:
    """The histories of a checkpoint. CheckpointError when there is none, or it is damaged, cut short or of another
    version: then they are rebuilt from the ledger's rows."""
    try:
        return thawed(path.read_bytes())
    except FileNotFoundError:
        raise CheckpointError(f"{path}: there is no checkpoint; rebuild the histories from the ledger") from None
    except (CheckpointError, OSError) as problem:
        raise CheckpointError(f"{path}: {problem}; rebuild the histories from the ledger") from None
