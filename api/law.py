"""The law that the server decides by, opened and kept: evidence of what it decides is made from its files."""

from __future__ import annotations

from pathlib import Path

from cadencia.api.config import ConfigError, Law
from cadencia.engine.decide import Engine
from cadencia.evidence.archive import Archive
from cadencia.rules.cache import PolicyError, jurisdictions_folder, open_rulebook, policy_paths
from cadencia.rules.compile import CompileError
from cadencia.rules.load import load_tree
from cadencia.rules.policy import with_policies


def opened_law(law: Law) -> Engine:
    """The compiled law, its files in the archive before anything is decided by it. ConfigError."""
    root = Path(law.root) if law.root else None
    if root is not None and not root.is_dir():
        raise ConfigError(f"[law] root: {root} is no folder; name the one with the jurisdiction files")
    try:
        engine = Engine(open_rulebook(root, policies=law.policies))
    except PolicyError as problem:
        raise ConfigError(f"[law] policies: {problem}") from None
    except CompileError as problem:
        raise ConfigError(f"[law] the files have mistakes; run `cadencia rules check`: {problem}") from None
    if law.archive:
        archive = Archive(Path(law.archive))
        if not archive.holds(engine.rulebook.hash):
            folder = root or jurisdictions_folder()
            loaded = with_policies(load_tree(folder), folder, policy_paths(law.policies))
            archive.publish(loaded, engine.rulebook)
    return engine
