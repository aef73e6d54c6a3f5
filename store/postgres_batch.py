"""What many callers want appended, as one call of `append_batch`, and its answer as an answer to each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cadencia.store.entry import Draft, Entry
from cadencia.store.ledger import Appended, LedgerError, Moved
from cadencia.store.postgres_rows import Keyring, Ready, Row
from cadencia.store.wider import wider_id, wider_subjects

APPEND = "select * from append_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"


class Member:
    """One call of `append` and its caller's wait. `tries` counts the batches that it was part of."""

    def __init__(self, drafts: Sequence[Draft], expected: Mapping[bytes, int], answer: asyncio.Future[Any]) -> None:
        self.drafts, self.expected, self.answer = tuple(drafts), dict(expected), answer
        self.tries = 0

    def resolve(self, result: Appended | Moved) -> None:
        """Wakes the caller, unless it has gone."""
        if not self.answer.done():
            self.answer.set_result(result)

    def fail(self, error: Exception) -> None:
        """The same with an error."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Batch:
    """Members that are committed together, none of them depending on another's answer."""

    def __init__(self, members: Sequence[Member], keyring: Keyring) -> None:
        self._members, self._keyring = members, keyring
        self._ready: list[Ready] = []
        self._member_of: list[int] = []  # draft -> member, both from 0
        for place, member in enumerate(members):
            member.tries += 1
            self._ready += map(keyring.ready, member.drafts)
            self._member_of += [place] * len(member.drafts)

    def arguments(self) -> tuple[object, ...]:
        """As APPEND takes them. Places are counted from 1 there."""
        least: dict[bytes, int] = {}
        for member in self._members:
            for subject, version in member.expected.items():
                least[subject] = min(version, least.get(subject, version))
        wider = sorted(subject for subject in least if wider_id(subject))
        touched = sorted(least.keys() - set(wider) | {ready.draft.subject for ready in self._ready} - {b""})
        spots = {subject: spot for spot, subject in enumerate((*touched, *wider), start=1)}
        bumps = [
            (place, spots[subject])
            for place, ready in enumerate(self._ready if wider else (), start=1)
            for subject in wider_subjects(ready.draft)
            if subject in spots
        ]
        checks = [
            (place, spots[subject], version)
            for place, member in enumerate(self._members, start=1)
            for subject, version in member.expected.items()
        ]
        return (
            touched, *([check[column] for check in checks] for column in range(3)),
            [place + 1 for place in self._member_of], [spots.get(ready.draft.subject, 0) for ready in self._ready],
            [ready.row for ready in self._ready], wider, [least[subject] for subject in wider],
            [place for place, _ in bumps], [spot for _, spot in bumps],
        )  # fmt: skip

    def settle(self, rows: Iterable[Row]) -> list[Member]:
        """Answers the members, all of which are on disk or certainly not; gives back those whose keys were not in
        force."""
        appended: dict[int, list[Entry]] = {place: [] for place in range(len(self._members))}
        moved: set[int] = set()
        ahead: set[int] = set()
        again: set[int] = set()
        newer: list[Entry] = []
        for ready in self._made():  # kept by now, or said to be another's below
            self._keyring.learn(ready.owner, ready.key.wrapped)
        for row in rows:
            what = row["what"]
            if what == "appended":
                draft = row["place"] - 1
                appended[self._member_of[draft]].append(self._ready[draft].entry(row["n"], row["chain"]))
            elif what == "moved":
                moved.add(row["place"] - 1)
            elif what == "ahead":
                ahead.add(row["place"] - 1)
            elif what == "newer":
                newer.append(self._keyring.entry(row["newer"], row["wrapped"]))
            else:
                again.add(self._member_of[row["place"] - 1])
                self._keyring.learn(self._ready[row["place"] - 1].owner, row["wrapped"])
        for place, member in enumerate(self._members):
            if place in moved:
                member.resolve(Moved(tuple(entry for entry in newer if _is_news(entry, member.expected))))
            elif place in ahead:
                member.fail(LedgerError("a version is ahead of the ledger: read of another, or a backup was restored"))
            elif place not in again:
                member.resolve(Appended(tuple(appended[place])))
        return [self._members[place] for place in sorted(again - moved - ahead)]

    def abandon(self) -> None:
        """Nobody knows what became of the batch: keys that were made for it are not used again."""
        for ready in self._made():
            self._keyring.forget(ready.owner)

    def _made(self) -> list[Ready]:
        return [ready for ready in self._ready if ready.key.fresh]


def _is_news(entry: Entry, expected: Mapping[bytes, int]) -> bool:
    if entry.n > expected.get(entry.subject, entry.n):
        return True
    wider = (subject for subject in expected if wider_id(subject))
    return any(entry.n > expected[subject] and subject in wider_subjects(entry) for subject in wider)
