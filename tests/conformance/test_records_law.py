"""Random writes, claims, sweeps and questions: every store answers as a plain dictionary does."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from cadencia.store.records import Change, ClashError, Drop, NewEvent, Put, Records
from tests.conformance.record_stores import RECORD_STORES

KINDS, IDS, NAMES = ["key", "user"], ["a", "b", "ü"], ["x", "y", "z"]
Key = tuple[str, str]


@dataclass
class Kept:
    n: int
    version: int
    body: bytes
    at: int
    until: int | None
    names: tuple[str, ...]


@dataclass
class Plain:
    """One tenant: what the words of the protocol say, done slowly."""

    kept: dict[Key, Kept] = field(default_factory=dict)
    writes: int = 0
    told: list[tuple[int, str, int]] = field(default_factory=list)
    newest: int = 0

    def there(self, at: int) -> dict[Key, Kept]:
        return {key: one for key, one in self.kept.items() if one.until is None or one.until > at}

    def write(self, changes: list[Change], types: list[str], at: int) -> list[int] | None:
        """Versions; None of a clash."""
        kept, writes, versions = dict(self.kept), self.writes, []
        for change in changes:
            key = change.kind, change.id
            there = Plain(kept).there(at)
            version = there[key].version if key in there else 0
            if change.expected is not None and change.expected != version:
                return None
            if isinstance(change, Drop):
                kept.pop(key, None)
                versions.append(0)
                continue
            taken = {name for other, one in there.items() if other[0] == key[0] and other != key for name in one.names}
            if taken & set(change.names):
                return None
            for other in kept.keys() - there.keys():  # who has ended gives place to who wants it, or its name
                if other == key or (other[0] == key[0] and set(kept[other].names) & set(change.names)):
                    del kept[other]
            writes += 1
            n = there[key].n if version else writes
            kept[key] = Kept(n, writes, change.body, at, change.until, change.names)
            versions.append(writes)
        self.kept, self.writes = kept, writes
        self.told += [(self.newest + place, type, at) for place, type in enumerate(types, 1)]
        self.newest += len(types)
        return versions

    def sweep(self, now: int, events_before: int) -> int:
        before = len(self.kept) + len(self.told)
        self.kept = self.there(now)
        self.told = [event for event in self.told if event[2] >= events_before]
        return before - len(self.kept) - len(self.told)


instants = some.integers(1_000, 1_009)
puts = some.builds(
    Put, some.sampled_from(KINDS), some.sampled_from(IDS), some.binary(max_size=2), some.none() | some.integers(0, 12),
    some.lists(some.sampled_from(NAMES), unique=True, max_size=2).map(tuple), some.none() | instants,
)  # fmt: skip
drops = some.builds(Drop, some.sampled_from(KINDS), some.sampled_from(IDS), some.none() | some.integers(1, 12))
writes = some.lists(puts | drops, unique_by=lambda change: (change.kind, change.id), max_size=4)


class Machine(RuleBasedStateMachine):
    """records, run: of the store under test, shared by all examples; each has a tenant of its own."""

    records: Records
    run: Any
    tenants = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.tenant, self.plain = f"t{next(self.tenants)}", Plain()

    @rule(changes=writes, types=some.lists(some.sampled_from(["made", "gone"]), max_size=2), at=instants)
    def write(self, changes: list[Change], types: list[str], at: int) -> None:
        expected = self.plain.write(changes, types, at)
        events = [NewEvent(type, b"") for type in types]
        try:
            assert self.run(self.records.write(self.tenant, changes, events, at=at)) == expected
        except ClashError:
            assert expected is None

    @rule(kind=some.sampled_from(KINDS), id=some.sampled_from(IDS), at=instants, until=some.none() | instants)
    def claim(self, kind: str, id: str, at: int, until: int | None) -> None:
        was_there = (kind, id) in self.plain.there(at)
        if not was_there:
            self.plain.write([Put(kind, id, b"claimed", until=until)], [], at)
        claimed = self.run(self.records.claim(self.tenant, kind, id, b"claimed", until=until, at=at))
        assert (claimed.won, said(claimed.document)) == (not was_there, self.plain.kept[kind, id])

    @rule(now=instants, events_before=instants)
    def sweep(self, now: int, events_before: int) -> None:
        """Of all tenants: those of earlier examples are empty by now."""
        swept = self.plain.sweep(now, events_before)
        assert self.run(self.records.sweep(now, events_before=events_before)) == swept

    @rule(kind=some.sampled_from(KINDS), name=some.sampled_from(NAMES), at=instants)
    def by_name(self, kind: str, name: str, at: int) -> None:
        holders = [one for (of, _), one in self.plain.there(at).items() if of == kind and name in one.names]
        found = self.run(self.records.by_name(self.tenant, kind, name, at=at))
        assert ([] if found is None else [said(found)]) == holders

    @rule(
        kind=some.sampled_from(KINDS), after=some.integers(0, 12), limit=some.integers(1, 4), at=some.none() | instants
    )
    def page(self, kind: str, after: int, limit: int, at: int | None) -> None:
        there = self.plain.kept if at is None else self.plain.there(at)
        wanted = sorted((one for (of, _), one in there.items() if of == kind and one.n > after), key=lambda one: one.n)
        found = self.run(self.records.page(self.tenant, kind, after=after, limit=limit, at=at))
        assert [said(one) for one in found] == wanted[:limit]

    @rule(after=some.integers(0, 12), limit=some.integers(1, 4))
    def events(self, after: int, limit: int) -> None:
        found = self.run(self.records.events(self.tenant, after=after, limit=limit))
        assert [(one.n, one.type, one.at) for one in found] == [one for one in self.plain.told if one[0] > after][
            :limit
        ]
        assert self.run(self.records.newest(self.tenant)) == self.plain.newest

    @precondition(lambda self: self.plain.kept)
    @rule(data=some.data())
    def get(self, data: some.DataObject) -> None:
        kind, id = data.draw(some.sampled_from(sorted(self.plain.kept)))
        assert said(self.run(self.records.get(self.tenant, kind, id))) == self.plain.kept[kind, id]

    def teardown(self) -> None:
        """Leaves nothing that a later sweep could count."""
        for kind in KINDS:
            found = self.run(self.records.page(self.tenant, kind))
            self.run(self.records.write(self.tenant, [Drop(kind, one.id) for one in found], at=0))
        self.run(self.records.sweep(0, events_before=2_000))


def said(document: Any) -> Kept:
    return Kept(document.n, document.version, document.body, document.at, document.until, document.names)


@pytest.mark.parametrize("name", list(RECORD_STORES))
def test_every_store_answers_as_a_dictionary_does(name: str) -> None:
    with TemporaryDirectory() as folder, asyncio.Runner() as runner:
        place = RECORD_STORES[name](Path(folder))
        records = runner.run(place.open())
        machine = type(name, (Machine,), {"records": records, "run": staticmethod(runner.run)})
        try:
            run_state_machine_as_test(
                machine, settings=settings(max_examples=60, stateful_step_count=25, deadline=None)
            )
        finally:
            runner.run(records.close())
            runner.run(place.end())
