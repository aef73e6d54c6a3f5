"""Rulebooks and their files, as they decide or did."""

from __future__ import annotations

import re

from cadencia.api.call import Answer, Call
from cadencia.api.problem import Problem
from cadencia.api.route import Route
from cadencia.api.wire import rulebooks as wire
from cadencia.api.workshop import Made

_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)


async def page(call: Call) -> Answer:
    """All that this server can name."""
    publisher, now = call.parts.publisher, call.parts.rulebook.hash
    shipped = wire.RulebookLine(hash=publisher.shipped, publication=None, decides=publisher.shipped == now)
    published = tuple(
        wire.RulebookLine(hash=one.rulebook, publication=one.id, decides=one.rulebook == now)
        for one in await publisher.all()
    )
    return Answer(wire.RulebookList(rulebooks=(shipped, *published)))


async def get(call: Call) -> Answer:
    """One with the names of its files."""
    law = await _law(call)
    book = law.engine.rulebook
    files = tuple(wire.LawFile(path=path, sha256=sha) for path, sha in sorted(law.paths.items()))
    return Answer(wire.RulebookTold(hash=book.hash, zone_version=book.zone_version,
                                    jurisdictions=tuple(book.jurisdictions), files=files))  # fmt: skip


async def text(call: Call) -> Answer:
    """A file as it was written."""
    asked: wire.OfFile = call.query
    found = (await _law(call)).texts.get(asked.path)
    if found is None:
        raise Problem("not_found")
    return Answer(found, media="text/plain; charset=utf-8")


async def _law(call: Call) -> Made:
    """Named by its hash, with sha256: before it or without. Problem not_found."""
    digits = call.values["hash"].removeprefix("sha256:")
    law = await call.parts.publisher.law(f"sha256:{digits}") if _HEX.fullmatch(digits) else None
    if law is None:
        raise Problem("not_found")
    return law


ROUTES = (
    Route(method="GET", path="/v1/rulebooks", handler=page, scope="read", answer=wire.RulebookList,
          summary="The rulebooks that there are", problems=("records_unavailable",)),
    Route(method="GET", path="/v1/rulebooks/{hash}", handler=get, scope="read", answer=wire.RulebookTold,
          summary="A rulebook and its files", problems=("records_unavailable",)),
    Route(method="GET", path="/v1/rulebooks/{hash}/text", handler=text, scope="read", query=wire.OfFile,
          media="text/plain; charset=utf-8", summary="A file of a rulebook, as it was written",
          problems=("records_unavailable",)),
)  # fmt: skip
