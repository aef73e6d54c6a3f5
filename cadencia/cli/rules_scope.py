"""Which files of law a `rules` command is about: all under the root, a folder, a file, or a jurisdiction's code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cadencia.rules.cache import PolicyError, jurisdictions_folder, policy_paths
from cadencia.rules.load import Loaded, load_text, load_tree
from cadencia.rules.model import JurisdictionFile, Problem
from cadencia.rules.places_regions import TERRITORIES
from cadencia.rules.policy import with_policies

_CODE = re.compile(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,4}){0,2}", re.ASCII)
_SHOWN_CODES = 40


class UsageError(Exception):
    """What was asked for does not exist or cannot be read; the command ends with exit code 2."""


@dataclass(frozen=True)
class Scope:
    """What was loaded (with all parents and policies), and the files that the command is about."""

    root: Path
    loaded: Loaded
    paths: frozenset[str]

    @property
    def files(self) -> list[JurisdictionFile]:
        """The files of the scope that could be read."""
        return [file for file in self.loaded.files if file.path in self.paths]


def root_of(root: Path | None) -> Path:
    """The folder of law; UsageError when it is none."""
    folder = jurisdictions_folder() if root is None else root
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; give --root the folder that holds one folder a country")
    return folder


def open_scope(root: Path | None, target: str | None, policies: tuple[Path, ...] = ()) -> Scope:
    """Loads what `target` names: nothing (all), a code, a country's name, a folder or a file of the root, and lays the
    policies over it.
    UsageError for what does not exist."""
    folder = root_of(root)
    if target is None:
        loaded = with_policies(load_tree(folder), folder, policies)
        return Scope(folder, loaded, frozenset(loaded.texts) | frozenset(loaded.unread))
    inside = _path_inside(folder, target)
    if inside is not None:
        loaded = load_tree(folder, only=inside)
        paths = {path for path in (*loaded.texts, *loaded.unread) if path == inside or path.startswith(f"{inside}/")}
        return _laid(Scope(folder, loaded, frozenset(paths)), policies)
    return _scope_of_code(folder, code_of(target), policies)


def code_of(text: str) -> str:
    """The code that is meant: of a country called by its name in English, Spanish or Portuguese, or of the state that a
    country's code stands for (US-PR of PR). The text itself where it is neither."""
    if not _CODE.fullmatch(text):
        # imported here: the list of names is large, and a code needs none
        from cadencia.pages.world import country_code

        text = country_code(text) or text
    return TERRITORIES.get(text.upper(), text)


def switched_on(names: list[str]) -> tuple[Path, ...]:
    """The files of the policies of `--policy`, and of the one that is always on; UsageError if there is none such."""
    try:
        return policy_paths(names)
    except PolicyError as problem:
        raise UsageError(f"--policy: {problem}") from None


def _laid(scope: Scope, policies: tuple[Path, ...]) -> Scope:
    """The scope with the policies of its countries laid over it."""
    countries = {file.jurisdiction.split("-")[0] for file in scope.files}
    loaded = with_policies(scope.loaded, scope.root, policies, countries=countries)
    return Scope(scope.root, loaded, scope.paths | {file.path for file in loaded.files if file.policy})


def _path_inside(root: Path, target: str) -> str | None:
    """The target as a path under the root, or None when it is no path; UsageError for one that lies elsewhere."""
    base = root.resolve()
    for path in (Path(target), root / target):
        if not path.exists():
            continue
        found = path.resolve()
        if not found.is_relative_to(base):
            continue
        inside = found.relative_to(base).as_posix()
        if inside == ".":
            raise UsageError(f"{target} is the root itself; leave it out to take all of it")
        if inside.split("/")[0] == "holidays":
            raise UsageError(f"{target} holds calendars, which are checked with the law that names them; name that law")
        if not found.is_dir() and found.suffix != ".yaml":
            raise UsageError(f"{target} is not a .yaml file; name a file of law, a folder or a code such as US-MA")
        return inside
    if Path(target).exists():
        raise UsageError(f"{target} lies outside {root}; put it below, or give its folder of law with --root")
    if "/" in target or target.endswith((".yaml", ".yml")):
        raise UsageError(f"there is no {target}, here or below {root}; name a file, a folder or a code such as US-MA")
    return None


def _scope_of_code(root: Path, code: str, policies: tuple[Path, ...]) -> Scope:
    if _CODE.fullmatch(code) and (place := _place_of_policy(root, code.upper(), policies)):
        return place
    known = sorted(
        path.name
        for path in root.iterdir()
        if path.is_dir() and not path.name.startswith(("_", "holidays", "scripts", "translations"))
    )
    country = code.split("-")[0].lower()
    if not _CODE.fullmatch(code) or country not in known:
        shown = [name.upper() for name in known[:_SHOWN_CODES]] + ["…"] * (len(known) > _SHOWN_CODES)
        cure = f"to add one, write its law in {root.name}/<two letters>/<law>.yaml; see: cadencia rules list"
        listed = ", ".join(shown) or "none yet"
        raise UsageError(f"there is no jurisdiction {code}; countries on file: {listed}; {cure}")
    loaded = load_tree(root, only=country)
    wanted = code.upper()
    # a country's code means its whole folder; a state's means that state and the cities in it
    paths = {file.path for file in loaded.files if f"{file.jurisdiction}-".startswith(f"{wanted}-")}
    paths |= {
        path for path, unread in loaded.unread.items() if path.startswith(f"{country}/") and unread in ("", wanted)
    }
    if not paths:
        codes = sorted({file.jurisdiction for file in loaded.files if file.path.startswith(f"{country}/")})
        raise UsageError(f"there is no jurisdiction {code}; in {country}/ are: {', '.join(codes)}")
    return _laid(Scope(root, loaded, frozenset(paths)), policies)


def _place_of_policy(root: Path, code: str, policies: tuple[Path, ...]) -> Scope | None:
    """A place of which no law says anything but a policy does; None for any other."""
    country = code.split("-")[0]
    if not policies or (root / country.lower()).is_dir():
        return None
    loaded = with_policies(load_tree(root), root, policies, countries={country})
    paths = {file.path for file in loaded.files if file.policy and f"{file.jurisdiction}-".startswith(f"{code}-")}
    return Scope(root, loaded, frozenset(paths)) if paths else None


def load_side(path: Path, name: str | None = None) -> Loaded:
    """One side of a diff: a root of law, a country's folder, or a file (named `name` there, if given)."""
    if not path.exists():
        raise UsageError(f"there is no {path}; name a file of law or a folder")
    if path.is_dir() and not any(path.glob("*.yaml")):
        return load_tree(path)
    files, problems, texts = [], list[Problem](), {}
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        shown = name or f"{file.resolve().parent.name}/{file.name}"
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise UsageError(f"{file} cannot be read ({problem}); make it a readable file in UTF-8") from None
        texts[shown] = text
        read, found = load_text(text, shown)
        problems += found
        files += [read] if read else []
    return Loaded(files=tuple(files), holidays={}, problems=problems, texts=texts)
