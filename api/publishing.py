"""Publications: which rules decide from when on. Kept in the records of the tenant that keeps the rules; every process
that serves puts the one in force to use, at its instant, or within seconds where another process published it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cadencia.api.config import ConfigError
from cadencia.api.events import new_event
from cadencia.api.logs import LOG
from cadencia.api.problem import Problem
from cadencia.api.workshop import Made, Workshop, digest, law_of
from cadencia.dialer.watch import Clock
from cadencia.engine.decide import Engine
from cadencia.evidence.seal import EvidenceError
from cadencia.rules.compile import CompileError
from cadencia.store.ledger import LedgerError
from cadencia.store.projection import as_datetime
from cadencia.store.records import Change, MovedError, Put, Records, RecordsError

if TYPE_CHECKING:
    from cadencia.api.parts import Parts

KIND, _HEAD = "publication", "publications"
_PAGE = 200
_LOOK_S = 2.0
_SECOND = 1_000_000


class RolledBack(msgspec.Struct, frozen=True, kw_only=True):
    """Who took a publication back, when and why."""

    by: str
    at: int
    reason: str


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """files: what differs from the shipped law that it was made over, None for a file taken out. law: the digest of all
    its files. Instants in microseconds since 1970; effective_at: from when on it decides."""

    id: str
    draft: str
    title: str
    rulebook: str
    base: str
    law: str
    files: dict[str, str | None]
    effective_at: int
    effective_from: str
    zone: str
    at: int
    by: str
    approved_by: tuple[str, ...]
    verdict: str
    rolled_back: RolledBack | None = None


class LostLawError(RuntimeError):
    """The files of a publication are nowhere: neither in the archive nor over the shipped law."""


_decoder = msgspec.json.Decoder(Publication)


class Publisher:
    """keeper: the tenant whose people change the rules, "" nobody does. shipped: what decides without a publication."""

    def __init__(self, records: Records, workshop: Workshop, keeper: str, shipped: Engine, now: Clock) -> None:
        self._records, self._workshop, self._now = records, workshop, now
        self._shipped, self.keeper = shipped, keeper
        self._parts: Parts | None = None
        self._one = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.failed = ""

    @property
    def shipped(self) -> str:
        """The rulebook that decides without a publication."""
        return self._shipped.rulebook.hash

    async def opening(self) -> Engine:
        """What decides now. ConfigError when its files are nowhere."""
        try:
            return await self._engine(in_force(await self.all(), self._now()))
        except (LostLawError, CompileError, EvidenceError) as problem:
            raise ConfigError(f"[law] the publication in force cannot be used: {problem}") from None

    def start(self, parts: Parts) -> None:
        """From now on what is in force is put to use."""
        self._parts = parts
        self._task = asyncio.get_running_loop().create_task(self._follow())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def all(self) -> list[Publication]:
        """All publications, in the order in which they were made."""
        if not self.keeper:
            return []
        found: list[Publication] = []
        after, more = 0, True
        while more:
            page = await self._records.page(self.keeper, KIND, after=after, limit=_PAGE)
            found += [_decoder.decode(one.body) for one in page]
            more = len(page) == _PAGE
            after = page[-1].n if page else after
        return found

    async def due(self) -> None:
        """Puts to use what is in force now; returns when it decides. One at a time."""
        assert self._parts is not None
        async with self._one:
            published = in_force(await self.all(), self._now())
            engine = await self._engine(published)
            self.failed = ""
            if engine.rulebook.hash == self._parts.rulebook.hash:
                return
            self._parts.tellings.learn(engine.rulebook)
            await self._parts.gate.use(engine, by=published.id if published else "rollback")
            self._parts.rulebook = engine.rulebook

    async def newest(self) -> str:
        """The rulebook that a new draft is laid over: the last one published, be it in force yet or not."""
        published = last(await self.all())
        return published.rulebook if published else self._shipped.rulebook.hash

    async def law(self, rulebook: str) -> Made | None:
        """The files of a rulebook, ready; None when nobody has them."""
        if rulebook == self._shipped.rulebook.hash:
            return await self._workshop.shipped()
        for one in await self.all():
            if one.rulebook == rulebook:
                return await self._made(one)
        return await self._workshop.of_rulebook(rulebook)

    async def changes_to(self, made: Made) -> dict[str, str | None]:
        """What a set of files changes of the shipped law."""
        shipped = (await self._workshop.shipped()).texts
        changed: dict[str, str | None] = {path: t for path, t in made.texts.items() if shipped.get(path) != t}
        return changed | dict.fromkeys(shipped.keys() - made.texts.keys())

    async def add(self, publication: Publication, beside: Change) -> None:
        """Publishes, together with another change. Problem draft_outdated when somebody else did meanwhile."""
        head = await self._records.get(self.keeper, _HEAD, "head")
        before = await self.newest()
        if before != publication.base:
            raise Problem("draft_outdated")
        await self._write(publication, head.version if head else 0, 0, "rulebook.published", publication.by,
                          publication.at, [beside])  # fmt: skip

    async def roll_back(self, id: str, *, by: str, reason: str, at: int) -> Publication:
        """Takes the last publication back: the one before it decides again, at once. Problem not_found, not_newest."""
        head = await self._records.get(self.keeper, _HEAD, "head")
        published = await self.all()
        found = next((one for one in published if one.id == id), None)
        if found is None:
            raise Problem("not_found")
        if last(published) != found:
            raise Problem("not_newest")
        told = msgspec.structs.replace(found, rolled_back=RolledBack(by=by, at=at, reason=reason))
        await self._write(told, head.version if head else 0, None, "rulebook.rolled_back", by, at, [])
        return told

    async def _write(
        self, publication: Publication, head: int, expected: int | None, event: str, by: str, at: int,
        beside: Sequence[Change],
    ) -> None:  # fmt: skip
        """All writes move the head, so that of two at once one fails."""
        back = publication.rolled_back
        told = [
            new_event(
                event, at, publication=publication.id, rulebook=publication.rulebook,
                effective_at=as_datetime(publication.effective_at), approved_by=publication.approved_by,
                **({"reason": back.reason} if back else {}),
            ),
            new_event("audit.recorded", at, who=by, did=event, what=publication.id),
        ]  # fmt: skip
        changes = [
            Put(KIND, publication.id, msgspec.json.encode(publication), expected),
            Put(_HEAD, "head", publication.id.encode(), head), *beside,
        ]  # fmt: skip
        try:
            await self._records.write(self.keeper, changes, told, at=at)
        except MovedError:
            raise Problem("draft_outdated") from None

    async def _engine(self, published: Publication | None) -> Engine:
        return self._shipped if published is None else (await self._made(published)).engine

    async def _made(self, published: Publication) -> Made:
        """Its files over the shipped law; where that has changed since, those of the archive."""
        shipped = (await self._workshop.shipped()).texts
        texts = law_of(shipped, published.files)
        if digest(texts) == published.law:
            return await self._workshop.made(texts)
        archived = await self._workshop.of_rulebook(published.rulebook)
        if archived is None:
            raise LostLawError(f"{published.id} was made over another shipped law, and [law] archive does not hold "
                               f"{published.rulebook}; bring that archive here")  # fmt: skip
        return archived

    async def _follow(self) -> None:
        seen = 0
        while True:
            wait_s = _LOOK_S
            try:
                seen = await self._records.newest(self.keeper) if self.keeper else 0
                await self.due()
                wait_s = min(_LOOK_S, await self._until_next())
                if self.keeper:
                    await self._records.wait(self.keeper, after=seen, timeout_s=max(wait_s, 0.001))
                else:
                    return
            except (RecordsError, LedgerError, LostLawError, CompileError, EvidenceError) as problem:
                self.failed = "law_in_force"
                LOG.error("publications", extra={"told": {"failed": type(problem).__name__}})
                await asyncio.sleep(wait_s)

    async def _until_next(self) -> float:
        """Seconds until the next one takes over; its engine is made ready before."""
        now = self._now()
        coming = [one for one in await self.all() if one.rolled_back is None and one.effective_at > now]
        if not coming:
            return _LOOK_S
        first = min(coming, key=lambda one: one.effective_at)
        await self._made(first)
        return (first.effective_at - self._now()) / _SECOND


def in_force(published: Sequence[Publication], now: int) -> Publication | None:
    """The one that decides at an instant; None: the shipped law does."""
    return last([one for one in published if one.effective_at <= now])


def last(published: Sequence[Publication]) -> Publication | None:
    """The one that takes over last; of two at one instant, the later made."""
    standing = [(one.effective_at, n, one) for n, one in enumerate(published) if one.rolled_back is None]
    return max(standing)[2] if standing else None
