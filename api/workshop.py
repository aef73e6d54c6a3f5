"""Sets of law files, and what is made of each: read, compiled and ready to decide. All of it in a thread."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cadencia.api.config import Law
from cadencia.engine.decide import Engine
from cadencia.evidence.archive import Archive
from cadencia.rules.cache import cache_folder, jurisdictions_folder, kept_places, policy_paths, shown_path
from cadencia.rules.compile import CompileError, compile_rulebook
from cadencia.rules.lint import lint
from cadencia.rules.load import Loaded, load_tree
from cadencia.rules.load_texts import Readings, is_law_path
from cadencia.rules.model import Problem
from cadencia.rules.policy import calendars_named, law_alone, with_policies
from cadencia.rules.proof import Proof, prove
from cadencia.rules.trial import TrialResult, run

#: Sets that are kept ready; one takes some tens of megabytes.
_MOST_MADE = 6


@dataclass(frozen=True)
class Made:
    """texts: the law alone, by path. loaded: with the house's policies over it."""

    texts: dict[str, str]
    loaded: Loaded
    engine: Engine

    @property
    def hash(self) -> str:
        """The rulebook's."""
        return self.engine.rulebook.hash

    @cached_property
    def paths(self) -> dict[str, str]:
        """Path of each law file -> SHA-256 of its text."""
        return {path: hashlib.sha256(text.encode()).hexdigest() for path, text in self.texts.items()}


@dataclass(frozen=True)
class Checked:
    """What is wrong with a set of files. tests: those that were run; none where the files make no rulebook."""

    problems: tuple[Problem, ...]
    tests: tuple[TrialResult, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it may be published."""
        return bool(self.tests) and not self.errors and not self.failed

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def failed(self) -> tuple[TrialResult, ...]:
        return tuple(result for result in self.tests if not result.ok)


class Workshop:
    """law: where the shipped files are, and which policies are switched on."""

    def __init__(self, law: Law) -> None:
        self._root = Path(law.root) if law.root else jurisdictions_folder()
        self._policies = policy_paths(law.policies)
        self._archive = Archive(Path(law.archive)) if law.archive else None
        self._readings = Readings()
        self._shipped: dict[str, str] | None = None
        self._made: OrderedDict[str, Made] = OrderedDict()
        self._one = asyncio.Lock()

    async def shipped(self) -> Made:
        """The law under the configured root, as it was when it was first asked for."""
        async with self._one:
            if self._shipped is None:
                self._shipped = await asyncio.to_thread(lambda: load_tree(self._root).texts)
        return await self.made(self._shipped)

    async def made(self, texts: Mapping[str, str]) -> Made:
        """The set, ready. CompileError when its files have mistakes."""
        name = digest(texts)
        async with self._one:
            found = self._made.get(name)
            if found is None:
                found = await asyncio.to_thread(self._make, dict(texts))
                self._made[name] = found
                while len(self._made) > _MOST_MADE:
                    self._made.popitem(last=False)
            self._made.move_to_end(name)
            return found

    async def of_rulebook(self, hash: str) -> Made | None:
        """A set that is ready, or whose files are in the archive; None when nobody has them."""
        for made in self._made.values():
            if made.hash == hash:
                return made
        if self._archive is None:
            return None
        texts = await asyncio.to_thread(self._archived, self._archive, hash)
        if texts is None:
            return None
        kept = await self.made(texts)
        return kept if kept.hash == hash else None

    async def checked(self, texts: Mapping[str, str]) -> Checked:
        """Every mistake and every embedded test of a set."""
        async with self._one:
            return await asyncio.to_thread(self._check, dict(texts))

    async def linted(self, texts: Mapping[str, str]) -> tuple[Problem, ...]:
        """Every mistake of a set, without its tests."""
        async with self._one:
            return tuple(await asyncio.to_thread(lambda: self._lint(self._load(dict(texts)))))

    async def proof(self, old: Made, new: Made) -> Proof:
        """What a change does to what is allowed."""
        books = (old.engine.rulebook, new.engine.rulebook)
        decides = (old.engine.decide, new.engine.decide)
        return await asyncio.to_thread(prove, old.loaded, new.loaded, *books, *decides)

    async def keep(self, made: Made) -> None:
        """Puts the files into the archive, if there is one: on disk when this returns."""
        if self._archive is not None:
            await asyncio.to_thread(self._archive.publish, made.loaded, made.engine.rulebook)

    def _load(self, texts: dict[str, str]) -> Loaded:
        return with_policies(self._readings.load(texts), self._root, self._policies)

    def _make(self, texts: dict[str, str]) -> Made:
        loaded = self._load(texts)
        rulebook = compile_rulebook(loaded, places=lambda codes: kept_places(cache_folder(), codes))
        return Made(texts, loaded, Engine(rulebook))

    def _archived(self, archive: Archive, hash: str) -> dict[str, str] | None:
        if not archive.holds(hash):
            return None
        kept = archive.publication(hash)
        assert kept is not None
        files = {path: archive.text(sha).decode() for path, sha in kept.files.items()}
        policies = {shown_path(path) for path in self._policies}
        return {path: text for path, text in files.items() if path not in policies and is_law_path(path)}

    def _lint(self, loaded: Loaded) -> list[Problem]:
        return [*loaded.problems, *lint(loaded, named_elsewhere=calendars_named())]

    def _check(self, texts: dict[str, str]) -> Checked:
        loaded = self._load(texts)
        problems = self._lint(loaded)
        if any(problem.severity == "error" for problem in problems):
            return Checked(tuple(problems))
        alone = law_alone(loaded)
        tests: list[TrialResult] = []
        try:
            for status in ("in_force", "draft"):
                book = compile_rulebook(alone, include_drafts=status == "draft", locates=False)
                tests += run(alone, Engine(book).decide, book, statuses=(status,))
        except CompileError as problem:
            said = Problem(path="", line=0, where="", message=str(problem))
            return Checked((*problems, said))
        return Checked(tuple(problems), tuple(tests))


def digest(texts: Mapping[str, str]) -> str:
    """One name for a set of texts, whatever their order."""
    total = hashlib.sha256()
    for path, text in sorted(texts.items()):
        for part in (path.encode(), text.encode()):
            total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def law_of(base: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """The files of a base with these written anew; None takes one out."""
    merged = {**base, **changes}
    return {path: text for path, text in merged.items() if text is not None}
