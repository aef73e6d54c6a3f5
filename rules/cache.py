"""The compiled rulebook kept on disk, by the hash of all it is made from: files, data packages and our own code."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import NamedTuple

import msgspec

from cadencia.engine.tables import Rulebook
from cadencia.rules.law_files import CALENDARS, hash_of, hashes_of

#: The shipped policy that every rulebook has: it denies nothing, and gives duties where no law does.
ALWAYS_ON = "dialing"
_PACKAGES = ("holidays", "phonenumbers", "tzdata", "msgspec")


def jurisdictions_folder() -> Path:
    """The folder of the shipped law."""
    return Path(str(resources.files("cadencia.jurisdictions")))


def policy_folder() -> Path:
    """The folder of the shipped house policies."""
    return Path(str(resources.files("cadencia.policy")))


class PolicyError(ValueError):
    """A policy that was asked for does not exist; the text says which there are."""


def policy_paths(names: Iterable[str | os.PathLike[str]]) -> tuple[Path, ...]:
    """The files of house policy: the one that is always on, then those named, each a shipped name or the path of a
    .yaml file. PolicyError when there is no such policy, or when two are called alike."""
    shipped = {path.stem: path for path in sorted(policy_folder().glob("*.yaml"))}
    found: dict[str, Path] = {ALWAYS_ON: shipped[ALWAYS_ON]}
    for name in names:
        path = shipped.get(os.fspath(name)) or Path(name)
        if path.suffix != ".yaml" or not path.is_file():
            known = ", ".join(shipped)
            raise PolicyError(f"there is no policy {name}; write one of {known}, or the path of a .yaml file")
        if found.setdefault(path.stem, path).resolve() != path.resolve():
            raise PolicyError(f"two policies are called {path.stem}; rename the file {path}")
    return tuple(found.values())


def cache_folder() -> Path:
    """Where compiled rulebooks are kept: CADENCIA_CACHE, else the user's cache folder."""
    named = os.environ.get("CADENCIA_CACHE")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cadencia"


def open_rulebook(
    root: Path | None = None, *, policies: Iterable[str | os.PathLike[str]] = (), cache: Path | None = None
) -> Rulebook:
    """The rulebook of the law under `root` (default: the shipped law) with the house policies that are switched on,
    each a shipped name or the path of a file; from the cache if nothing changed. compile.CompileError when a file has
    mistakes, PolicyError when there is no such policy. A missing, damaged or unwritable cache only costs time."""
    root = jurisdictions_folder() if root is None else root
    folder = cache or cache_folder()
    switched_on = policy_paths(policies)
    sources = sources_of(root, switched_on)
    path = folder / f"rulebook-{_key(sources)}.msgpack"
    kept = read_kept(path)
    if kept is not None:
        return kept
    # reading and compiling need large packages; a start from the cache does without them
    from cadencia.rules.compile import compile_rulebook
    from cadencia.rules.load import load_tree
    from cadencia.rules.policy import with_policies

    loaded = with_policies(load_tree(root), root, switched_on)
    rulebook = compile_rulebook(loaded, places=lambda codes: kept_places(folder, codes))
    if is_of(loaded.texts, sources):  # a file that changed since it was hashed would be kept under another's name
        keep(path, rulebook)
    return rulebook


def kept_places(folder: Path, jurisdictions: Iterable[str]) -> dict[str, bytes]:
    """The location tables of these places, kept apart: they change with the places and the data, not with each law."""
    from cadencia.rules.compile import place_tables

    codes = sorted(jurisdictions)
    digest = hashlib.sha256("\0".join([*codes, *_versions()]).encode())
    for path in sorted(Path(__file__).parent.glob("places*.py")):
        digest.update(path.read_bytes())
    path = folder / f"places-{digest.hexdigest()[:32]}.msgpack"
    body = read_sealed(path)
    if body is not None:
        try:
            return msgspec.msgpack.decode(body, type=dict[str, bytes])
        except msgspec.DecodeError:
            pass
    tables = place_tables(codes)
    write_sealed(path, msgspec.msgpack.encode(tables))
    return tables


def _versions() -> list[str]:
    return [f"{package}={metadata.version(package)}" for package in _PACKAGES]


def content_key(root: Path, policies: Iterable[Path] = ()) -> str:
    """Hash over everything that a rulebook is made from. A changed byte anywhere is another key."""
    return _key(sources_of(root, policies))


class Sources(NamedTuple):
    """What each text of a rulebook hashed to: path -> sha256 in hex, "" for what cannot be read."""

    law: dict[str, str]
    policies: dict[str, str]
    calendars: dict[str, str]  # shipped ones, of which a policy may take what the law under a root has not


def sources_of(root: Path, policies: Iterable[Path] = ()) -> Sources:
    """The hashes of the law under `root`, of these policies, and of the shipped calendars."""
    of_policies = {shown_path(path): hash_of(path) for path in policies}
    shipped = jurisdictions_folder() / CALENDARS
    calendars = {f"{CALENDARS}/{path.name}": hash_of(path) for path in sorted(shipped.glob("*.yaml"))}
    return Sources(hashes_of(root), of_policies, calendars)


def is_of(texts: Mapping[str, str], sources: Sources) -> bool:
    """Whether the texts that were read are those that were hashed, all of the law among them."""
    hashed = {**sources.calendars, **sources.law, **sources.policies}
    read = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in texts.items()}
    return sources.law.keys() <= read.keys() and all(hashed.get(path) == found for path, found in read.items())


def _key(sources: Sources) -> str:
    digest = hashlib.sha256()
    code = Path(__file__).parent
    tables = code.parent / "engine"
    if not tables.is_dir():
        tables = Path(str(resources.files("cadencia.engine")))
    for path in [*sorted(code.glob("*.py")), tables / "tables.py", tables / "words.py"]:
        digest.update(f"{path.name}\0{hash_of(path)}\0".encode())
    for texts in sources:
        digest.update(f"{len(texts)}\0".encode())
        for name, found in texts.items():
            digest.update(f"{name}\0{found}\0".encode("utf-8", "surrogateescape"))
    for version in _versions():
        digest.update(f"{version}\0".encode())
    return digest.hexdigest()[:32]


def shown_path(policy: Path) -> str:
    """The name of a policy's file in messages and hashes: policy/cautious.yaml for a shipped one."""
    shipped = policy.resolve().parent == policy_folder().resolve()
    return f"policy/{policy.name}" if shipped else policy.as_posix()


def is_ours(found: os.stat_result) -> bool:
    """Whether only we (or root) can have written it: what decides must not be somebody else's."""
    owners = {os.geteuid(), 0} if hasattr(os, "geteuid") else {found.st_uid}
    return found.st_uid in owners and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def read_kept(path: Path) -> Rulebook | None:
    """The rulebook in a cache file; None when there is none, when others may have written it, or when it is damaged."""
    body = read_sealed(path)
    if body is None:
        return None
    try:
        return msgspec.msgpack.decode(body, type=Rulebook)
    except msgspec.DecodeError:
        return None


def keep(path: Path, rulebook: Rulebook) -> None:
    """Writes the rulebook's cache file; a folder that cannot be written or is not ours is passed over."""
    write_sealed(path, msgspec.msgpack.encode(rulebook))


def read_sealed(path: Path) -> bytes | None:
    """What `write_sealed` wrote; None when there is nothing, when others may have written it, or when it is damaged."""
    try:
        if not is_ours(path.parent.stat()):
            return None
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    with os.fdopen(file, "rb") as opened:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or not is_ours(found):
            return None
        data = opened.read()
    seal, body = data[:32], data[32:]
    return body if hashlib.sha256(body).digest() == seal else None


def write_sealed(path: Path, body: bytes) -> None:
    """Writes a file whole or not at all, behind a hash of itself."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not is_ours(path.parent.stat()):
            return
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(hashlib.sha256(body).digest() + body)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
