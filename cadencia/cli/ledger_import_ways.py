"""How an import reaches the ledger: the file or database itself, or the process that serves the file, over its
socket."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol

from cadencia.cli.ledger_open import Files, ledger_asked
from cadencia.cli.ledger_requests import Import
from cadencia.cli.ledger_socket import MAX_LINE, SocketError, ask, heard
from cadencia.dialer.past import PastAttempt, TakenIn
from cadencia.store.entry import Draft
from cadencia.store.ledger import Ledger, LedgerError
from cadencia.store.owner import OwnedError
from cadencia.store.projection import Past, read

_GROUP = 512  # drafts of one append or question
_BYTES = MAX_LINE // 2  # of the payloads of one question, so that the whole line stays below what is read
_REST = "what was taken in stays; import the same file again for the rest"


class Way(Protocol):
    """Takes drafts into the ledger, and returns when they are durable."""

    async def take_in(self, tenant: str, drafts: Sequence[Draft]) -> TakenIn:
        """What became of them. LedgerError, SocketError."""


class Direct:
    """The ledger itself: nobody else imports, so all is new that was not there."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def take_in(self, tenant: str, drafts: Sequence[Draft]) -> TakenIn:
        """Appends them."""
        groups = [drafts[i : i + _GROUP] for i in range(0, len(drafts), _GROUP)]
        await asyncio.gather(*(self._ledger.append(group) for group in groups))
        return TakenIn(len(drafts), 0)


class Served:
    """Who serves the file: it looks up each key, counts at once, and is asked for the next group when it has
    answered."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def take_in(self, tenant: str, drafts: Sequence[Draft]) -> TakenIn:
        """Asks the process that serves."""
        imported, again, erased = 0, 0, list[int]()
        for start, group in _groups(drafts):
            attempts = tuple(
                PastAttempt(key=draft.key, event_attr=draft.event_attr, past=read(draft, Past)) for draft in group
            )
            done = await asyncio.to_thread(self._asked, Import(tenant=tenant, attempts=attempts))
            imported, again = imported + done.imported, again + done.again
            erased += (start + place for place in done.erased)
        return TakenIn(imported, again, tuple(erased))

    def _asked(self, question: Import) -> TakenIn:
        try:
            answer = ask(self._path, question)
        except SocketError as problem:
            raise SocketError(f"{problem}; {_REST}") from None
        if answer is None:
            raise SocketError(f"{self._path}: nobody listens any more; {_REST}")
        if "error" in answer:
            raise LedgerError(f"{self._path} ({answer['error']}): {answer['message']}; {_REST}")
        return TakenIn(answer["imported"], answer["again"], tuple(answer["erased"]))


def _groups(drafts: Sequence[Draft]) -> Iterator[tuple[int, Sequence[Draft]]]:
    """Drafts that go into one question, with the place of the first of them."""
    start = size = 0
    for place, draft in enumerate(drafts):
        if place > start and (place - start == _GROUP or size + len(draft.payload) > _BYTES):
            yield start, drafts[start:place]
            start, size = place, 0
        size += len(draft.payload)
    if drafts:
        yield start, drafts[start:]


@asynccontextmanager
async def way_in(args: argparse.Namespace, secret: bytes) -> AsyncIterator[tuple[Ledger, Way]]:
    """The ledger as it can be read, and the way into it. LedgerError when another process owns it and nobody answers
    for it."""
    async with AsyncExitStack() as open_:
        try:
            ledger = await open_.enter_async_context(ledger_asked(args, secret, make=True))
        except OwnedError as problem:
            path = args.socket or Files(args.ledger, secret).socket
            if not heard(path):
                raise LedgerError(f"{problem}; nobody listens on {path}: name its socket by --socket") from None
            beside = await open_.enter_async_context(ledger_asked(args, secret, looking=True))
            yield beside, Served(path)
        else:
            yield ledger, Direct(ledger)
