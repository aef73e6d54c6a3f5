"""Drafts of rules as they are kept: files written anew over a rulebook, and who wrote and reviewed them."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from cadencia.api.events import new_event
from cadencia.api.problem import Problem
from cadencia.store.records import MovedError, Put, Records

KIND = "draft"
Verdict = Literal["approve", "reject", "request_changes"]


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said of a draft, of exactly this content. at: microseconds since 1970."""

    by: str
    at: int
    verdict: Verdict
    content: str
    comment: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """files: path -> the whole text; None takes the file out. base: the rulebook that they are laid over. authors: who
    made it or changed it. publication: "" until it is published."""

    id: str
    title: str
    base: str
    files: dict[str, str | None]
    authors: tuple[str, ...]
    made: int
    changed: int
    reviews: tuple[Review, ...] = ()
    publication: str = ""

    @property
    def content(self) -> str:
        """SHA-256 over base and files: what a review is about."""
        return hashlib.sha256(msgspec.json.encode((self.base, self.files), order="deterministic")).hexdigest()

    @property
    def approvers(self) -> tuple[str, ...]:
        """Who approves what it is now, and did not say otherwise since; never who wrote in it."""
        last = {review.by: review for review in self.reviews if review.content == self.content}
        return tuple(by for by, one in last.items() if one.verdict == "approve" and by not in self.authors)

    @property
    def objectors(self) -> tuple[str, ...]:
        """Who rejects it, or asks for changes."""
        last = {review.by: review for review in self.reviews if review.content == self.content}
        return tuple(by for by, one in last.items() if one.verdict != "approve")


class Kept(msgspec.Struct, frozen=True):
    """A draft with the version of its record."""

    draft: Draft
    version: int

    @property
    def etag(self) -> str:
        return f'"{self.version}"'


_decoder = msgspec.json.Decoder(Draft)


class Drafts:
    """The drafts of all tenants, each with its tenant."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def get(self, tenant: str, id: str) -> Kept:
        """Problem not_found."""
        found = await self._records.get(tenant, KIND, id) if id.isascii() and len(id) < 64 else None
        if found is None:
            raise Problem("not_found")
        return Kept(_decoder.decode(found.body), found.version)

    async def page(self, tenant: str, after: int, limit: int) -> list[tuple[int, Kept]]:
        """Drafts by their place in the order of creation, the oldest first."""
        page = await self._records.page(tenant, KIND, after=after, limit=limit)
        return [(one.n, Kept(_decoder.decode(one.body), one.version)) for one in page]

    async def write(self, tenant: str, draft: Draft, expected: int, did: str, who: str, at: int) -> Kept:
        """Keeps it and says so in the tenant's events. Problem precondition_failed when it was changed meanwhile."""
        told = new_event("audit.recorded", at, who=who, did=did, what=draft.id, content=draft.content)
        try:
            (version,) = await self._records.write(
                tenant, [put(draft, expected)], [told], at=at
            )  # fmt: skip
        except MovedError:
            raise Problem("precondition_failed") from None
        return Kept(draft, version)


def put(draft: Draft, expected: int) -> Put:
    """The change that keeps a draft. Problem body_too_large for more than a record takes."""
    body = msgspec.json.encode(draft)
    if len(body) > _MOST_BYTES:
        raise Problem("body_too_large", values={"bytes": str(_MOST_BYTES)})
    return Put(KIND, draft.id, body, expected)


_MOST_BYTES = 1 << 20
