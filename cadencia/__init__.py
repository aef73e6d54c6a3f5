"""Cadencia: may this contact be made now, under the law of where the person is?

The answer comes with its reasons, their citations and the first instant at which it opens.

>>> import cadencia
>>> engine = cadencia.Engine(cadencia.load_rulebook())
>>> engine.decide(cadencia.Query(phone="+573001234567", at=...)).verdict

Names are imported when they are first used (PEP 562), so `import cadencia` costs a few milliseconds.
"""

from __future__ import annotations

import importlib
from errno import ENOENT
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from cadencia.dialer.gate import Gate
    from cadencia.dialer.notes import Source
    from cadencia.dialer.refusals import GateError
    from cadencia.dialer.request import Request
    from cadencia.engine.asked import QueryError
    from cadencia.engine.batch import Batch, PersonHours, PlaceSet, Screened
    from cadencia.engine.columns import batch_of
    from cadencia.engine.decide import Engine
    from cadencia.engine.decision import Clue, Decision, Duty, Reason
    from cadencia.engine.query import Event, Fact, Hours, Query
    from cadencia.engine.tables import Rulebook
    from cadencia.gates import open_gate
    from cadencia.lists import ListError, screen_table
    from cadencia.rules.compile import CompileError
    from cadencia.store.ledger import LedgerError

__version__ = "0.1.0"

#: public name -> (module, its name there)
_HOMES = {
    "Batch": ("cadencia.engine.batch", "Batch"),
    "Clue": ("cadencia.engine.decision", "Clue"),
    "CompileError": ("cadencia.rules.compile", "CompileError"),
    "Decision": ("cadencia.engine.decision", "Decision"),
    "Duty": ("cadencia.engine.decision", "Duty"),
    "Engine": ("cadencia.engine.decide", "Engine"),
    "Event": ("cadencia.engine.query", "Event"),
    "Fact": ("cadencia.engine.query", "Fact"),
    "Gate": ("cadencia.dialer.gate", "Gate"),
    "GateError": ("cadencia.dialer.refusals", "GateError"),
    "Hours": ("cadencia.engine.query", "Hours"),
    "LedgerError": ("cadencia.store.ledger", "LedgerError"),
    "ListError": ("cadencia.lists", "ListError"),
    "PersonHours": ("cadencia.engine.batch", "PersonHours"),
    "PlaceSet": ("cadencia.engine.batch", "PlaceSet"),
    "Query": ("cadencia.engine.query", "Query"),
    "QueryError": ("cadencia.engine.asked", "QueryError"),
    "Reason": ("cadencia.engine.decision", "Reason"),
    "Request": ("cadencia.dialer.request", "Request"),
    "Rulebook": ("cadencia.engine.tables", "Rulebook"),
    "Screened": ("cadencia.engine.batch", "Screened"),
    "Source": ("cadencia.dialer.notes", "Source"),
    "batch_of": ("cadencia.engine.columns", "batch_of"),
    "open_gate": ("cadencia.gates", "open_gate"),
    "screen_table": ("cadencia.lists", "screen_table"),
}

__all__ = [
    "Batch",
    "Clue",
    "CompileError",
    "Decision",
    "Duty",
    "Engine",
    "Event",
    "Fact",
    "Gate",
    "GateError",
    "Hours",
    "LedgerError",
    "ListError",
    "PersonHours",
    "PlaceSet",
    "Query",
    "QueryError",
    "Reason",
    "Request",
    "Rulebook",
    "Screened",
    "Source",
    "batch_of",
    "load_rulebook",
    "open_gate",
    "screen_table",
]


def load_rulebook(
    root: str | os.PathLike[str] | None = None, *, policies: Iterable[str | os.PathLike[str]] = ()
) -> Rulebook:
    """The compiled law under the folder `root`, by default the law that is shipped, with the house policies named:
    `cautious`, or the path of a file. Cached by content. FileNotFoundError when there is no such folder, ValueError
    when there is no such policy; CompileError names every mistake in the files."""
    from pathlib import Path

    from cadencia.rules.cache import open_rulebook

    folder = None if root is None else Path(root)
    if folder is not None and not folder.is_dir():
        raise FileNotFoundError(ENOENT, "no such folder; name the one that holds the jurisdiction files", str(root))
    return open_rulebook(folder, policies=policies)


def __getattr__(name: str) -> Any:
    """Import a public name on first use; AttributeError for any other."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'cadencia' has no attribute {name!r}; public names: {', '.join(__all__)}")
    module, attribute = home
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, *(name for name in globals() if name.startswith("__"))])
