"""The arena of histories against lists in a dictionary, whatever is done to both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import hypothesis.stateful as stateful
import hypothesis.strategies as st
import numpy as np
import pytest

from cadencia.engine.checkpoint import CheckpointError, frozen, thawed
from cadencia.engine.histories import Histories, SlotError, UnknownAttemptError, wider_subject
from cadencia.engine.history import (
    ADDRESS,
    CREDITOR,
    DEBT,
    KIND,
    SAME_ATTEMPT,
    SAME_CREDITOR,
    SEQUENCE,
    attributes,
)
from cadencia.engine.tables import check_tables
from cadencia.engine.words import EventKind, Subject, Wider
from cadencia.store import checkpoint
from tests.unit.engine.books import book, cap, rule

A, B = b"a" * 16, b"b" * 16
PENDING = attributes(channel=0, kind=EventKind.pending)
HEAD = bytes(range(32))


class Twin:
    """One person, the plain way: rows (at, number, attributes), and the hashes that have slots."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int]] = []
        self.names: tuple[list[int], list[int], list[int]] = ([], [], [])
        self.dealt = 0
        self.overflown = False

    def append(self, at: int, attr: int, debts: tuple[int, ...], address: int, creditor: int) -> int | None:
        """The attempt's number; None when its ids do not fit."""
        asked = [list(dict.fromkeys(filter(None, ids))) for ids in (debts, (address,), (creditor,))]
        new = [[one for one in ids if one not in known] for ids, known in zip(asked, self.names, strict=True)]
        if any(len(k) + len(n) > most for k, n, most in zip(self.names, new, (255, 255, 31), strict=True)):
            return None
        for known, ids in zip(self.names, new, strict=True):
            known.extend(ids)
        number, self.dealt = self.dealt, self.dealt + 1
        slots = [[known.index(one) + 1 for one in ids] or [0] for ids, known in zip(asked, self.names, strict=True)]
        place = sum(when <= at for when, _, _ in self.rows)
        for k, debt in enumerate(slots[0]):
            later = (1 << SAME_ATTEMPT | 1 << SAME_CREDITOR) if k else 0
            bits = attr | debt << DEBT | slots[1][0] << ADDRESS | slots[2][0] << CREDITOR | number << SEQUENCE | later
            self.rows.insert(place + k, (at, number, bits))
        return number

    def become(self, number: int, kind: int) -> int:
        """How many events changed."""
        mine = [i for i, row in enumerate(self.rows) if row[1] == number]
        for i in mine:
            at, _, bits = self.rows[i]
            self.rows[i] = (at, number, bits & ~(15 << KIND) | kind << KIND)
        return len(mine)

    def remove(self, number: int) -> int:
        """How many events went."""
        before = len(self.rows)
        self.rows = [row for row in self.rows if row[1] != number]
        if self.dealt == number + 1 and before > len(self.rows):
            self.dealt = number
        return before - len(self.rows)


SUBJECTS = st.sampled_from([bytes([k]) * 15 + b"\0" for k in range(5)])
TIMES = st.one_of(st.integers(0, 12), st.integers(0, 2**32 - 1))
HASHES = st.one_of(st.integers(0, 6), st.integers(0, 2**64 - 1))
NUMBERS = st.integers(0, 60)


class Machine(stateful.RuleBasedStateMachine):
    """Does the same to both, and compares all of it after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.arena = Histories()
        self.twins: dict[bytes, Twin] = {}

    def twin(self, subject: bytes) -> Twin:
        return self.twins.setdefault(subject, Twin())

    @stateful.rule(
        subject=SUBJECTS, at=TIMES, channel=st.integers(0, 6), debts=st.lists(HASHES, max_size=3).map(tuple),
        address=HASHES, creditor=HASHES, tentative=st.booleans(),
    )  # fmt: skip
    def append(
        self, subject: bytes, at: int, channel: int, debts: tuple[int, ...], address: int, creditor: int,
        tentative: bool,
    ) -> None:  # fmt: skip
        expected = self.twin(subject).append(at, channel, debts, address, creditor)
        if expected is not None:
            assert self.arena.append(subject, at, channel, debts, address, creditor, tentative=tentative) == expected
            return
        with pytest.raises(SlotError):
            self.arena.append(subject, at, channel, debts, address, creditor, tentative=tentative)
        self.twin(subject).overflown |= not tentative

    @stateful.rule(subject=SUBJECTS, at=TIMES, first=st.integers(1, 2**60), n=st.integers(1, 300))
    def many_ids(self, subject: bytes, at: int, first: int, n: int) -> None:
        """More ids than fit, sooner or later."""
        self.append(subject, at, 0, tuple(range(first, first + n)), first, first, True)

    @stateful.rule(subject=SUBJECTS, at=st.lists(TIMES, min_size=1, max_size=60), debt=HASHES)
    def extend(self, subject: bytes, at: list[int], debt: int) -> None:
        n = len(at)
        expected = [self.twin(subject).append(one, 8, (debt,), 0, 3) for one in at]
        found = self.arena.extend(
            np.tile(np.frombuffer(subject, np.uint8), (n, 1)), np.array(at, np.uint32), np.full(n, 8, np.uint64),
            np.full(n, debt, np.uint64), np.zeros(n, np.uint64), np.full(n, 3, np.uint64),
        )  # fmt: skip
        assert [None if one == 0xFFFFFFFF else one for one in found.tolist()] == expected
        self.twin(subject).overflown |= None in expected

    @stateful.rule(subject=SUBJECTS, number=NUMBERS, kind=st.sampled_from([k for k in EventKind if k != 11]))
    def become(self, subject: bytes, number: int, kind: int) -> None:
        self.change(lambda: self.arena.become(subject, number, kind), self.twin(subject).become(number, kind))

    @stateful.rule(subject=SUBJECTS, number=NUMBERS)
    def void(self, subject: bytes, number: int) -> None:
        self.change(lambda: self.arena.void(subject, number), self.twin(subject).become(number, EventKind.void))

    @stateful.rule(subject=SUBJECTS, number=NUMBERS)
    def remove(self, subject: bytes, number: int) -> None:
        self.change(lambda: self.arena.remove(subject, number), self.twin(subject).remove(number))

    def change(self, call: Callable[[], int], expected: int) -> None:
        if expected:
            assert call() == expected
        else:
            with pytest.raises(UnknownAttemptError):
                call()

    @stateful.rule()
    def dump_and_load(self) -> None:
        found = thawed(b"".join(frozen(self.arena, 7, HEAD)))
        assert (found.upto, found.head, found.histories.persons) == (7, HEAD, self.arena.persons)
        self.arena = found.histories

    @stateful.invariant()
    def both_hold_the_same(self) -> None:
        assert len(self.arena) == sum(len(twin.rows) for twin in self.twins.values())
        for subject, twin in self.twins.items():
            at, attr = self.arena.rows(subject)
            assert list(zip(at.tolist(), attr.tolist(), strict=True)) == [(when, bits) for when, _, bits in twin.rows]
            assert self.arena.names(subject) == tuple(map(tuple, twin.names))
            assert self.arena.overflown(subject) == twin.overflown
        assert {s for s, twin in self.twins.items() if twin.rows} <= set(self.arena.subjects()) <= set(self.twins)


TestMachine = Machine.TestCase


def test_several_debts_are_one_attempt() -> None:
    arena = Histories()
    assert arena.append(A, 10, PENDING, (5, 6, 5), 7, 8) == 0
    _, attr = arena.rows(A)
    assert [int(a) >> DEBT & 255 for a in attr] == [1, 2]
    assert [int(a) >> SAME_ATTEMPT & 3 for a in attr] == [0, 3]
    assert arena.become(A, 0, EventKind.conversation) == 2


def test_numbers_come_again_only_when_no_event_has_them() -> None:
    arena, most = Histories(), 1 << 17
    n = most - 1
    subjects, zeros = np.tile(np.frombuffer(A, np.uint8), (n, 1)), np.zeros(n, np.uint64)
    arena.extend(subjects, np.arange(n, dtype=np.uint32), zeros, zeros, zeros, zeros)
    assert arena.append(A, n, PENDING) == most - 1
    with pytest.raises(SlotError, match="131072 attempts"):
        arena.append(A, n, PENDING, tentative=True)
    assert not arena.overflown(A)
    arena.remove(A, 3)
    arena.remove(A, 77)
    assert [arena.append(A, n + 1, PENDING), arena.append(A, n + 1, PENDING)] == [3, 77]
    assert arena.become(A, 77, EventKind.busy) == 1
    with pytest.raises(SlotError):
        arena.append(A, n, PENDING)
    assert arena.overflown(A)
    assert len(arena) == most


def test_a_person_grows_and_others_take_the_room() -> None:
    arena = Histories()
    for number in range(3_000):
        assert arena.append(A, number, PENDING) == number
        arena.append(number.to_bytes(16, "big"), number, PENDING)
    assert arena.rows(A)[0].tolist() == list(range(3_000))
    assert all(arena.rows(k.to_bytes(16, "big"))[0].tolist() == [k] for k in range(3_000))
    assert arena.persons == 3_001


@pytest.mark.parametrize(
    ("at", "attr", "says"),
    [(-1, 0, "outside 2000"), (1 << 32, 0, "outside 2000"), (0, 7, "unknown word"), (0, 14 << KIND, "unknown word"),
     (0, 1 << DEBT, "slots and sequence"), (0, 1 << 61, "slots and sequence")],
)  # fmt: skip
def test_what_is_no_event_is_refused(at: int, attr: int, says: str) -> None:
    arena = Histories()
    with pytest.raises(ValueError, match=says):
        arena.append(A, at, attr)
    assert len(arena) == arena.persons == 0


def test_bad_columns_add_nothing() -> None:
    arena, ids = Histories(), np.zeros(2, np.uint64)
    subjects, at = np.zeros((2, 16), np.uint8), np.zeros(2, np.uint32)
    with pytest.raises(ValueError, match="row 1"):
        arena.extend(subjects, at, np.array([0, 7], np.uint64), ids, ids, ids)
    with pytest.raises(ValueError, match="one length"):
        arena.extend(subjects[:1], at, ids, ids, ids, ids)
    assert len(arena) == 0


def test_a_subject_has_16_bytes_and_an_attempt_of_ours_stays_ours() -> None:
    arena = Histories()
    with pytest.raises(ValueError, match="16 bytes"):
        arena.append(b"short", 0, 0)
    with pytest.raises(ValueError, match="16 bytes"):
        arena.rows(b"")
    arena.append(A, 0, PENDING)
    with pytest.raises(ValueError, match="the person began"):
        arena.become(A, 0, EventKind.inbound)
    with pytest.raises(ValueError, match="no kind"):
        arena.become(A, 0, 14)
    arena.append(B, 0, attributes(channel=0, kind=EventKind.inbound))
    assert arena.become(B, 0, EventKind.conversation) == arena.become(B, 0, EventKind.inbound) == 1


def test_a_checkpoint_is_whole_or_an_error(tmp_path: Path) -> None:
    arena = Histories()
    for k in range(50):
        arena.append(k.to_bytes(16, "big"), k, PENDING, (k, 3), 4, 5)
    path = tmp_path / "histories"
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        checkpoint.load(path)
    checkpoint.dump(arena, path, 9, HEAD)
    assert [entry.name for entry in tmp_path.iterdir()] == ["histories"]
    good = path.read_bytes()
    found = checkpoint.load(path)
    assert (found.upto, found.head) == (9, HEAD)
    assert b"".join(frozen(found.histories, 9, HEAD)) == good
    for size in (0, 7, 111, 112, len(good) - 1):
        path.write_bytes(good[:size])
        with pytest.raises(CheckpointError, match="cut short"):
            checkpoint.load(path)
    for k in range(0, len(good), 37):
        path.write_bytes(good[:k] + bytes([good[k] ^ 1]) + good[k + 1 :])
        with pytest.raises(CheckpointError, match="histories: "):
            checkpoint.load(path)
    path.write_bytes(good[:8] + b"\2" + good[9:])
    with pytest.raises(CheckpointError, match="version 2"):
        checkpoint.load(path)


def test_what_does_not_lie_as_histories_do_is_refused() -> None:
    arena = Histories()
    arena.append(A, 5, PENDING, (1,))
    arena.append(A, 6, PENDING)
    arena.append(B, 5, PENDING)
    persons, events, names, data = arena.freeze()
    assert len(Histories.thaw(data, persons, events, names)) == 3
    twice = data[:16] * 2 + data[32:]
    at = len(data) - 4 * persons - 4 * events
    descending = data[:at] + data[at + 4 : at + 8] + data[at : at + 4] + data[at + 8 :]
    for bad in (twice, descending):
        with pytest.raises(ValueError, match="twice"):
            Histories.thaw(bad, persons, events, names)
    for counts in ((persons + 1, events, names), (persons, 1 << 60, names), (0, 0, 0)):
        with pytest.raises(ValueError, match="do not hold"):
            Histories.thaw(data, *counts)


def test_a_rulebook_says_whose_histories_it_counts_and_by_what_narrowed() -> None:
    assert book(rule("own", cap(same=1 << Subject.debt))).wider == frozenset()
    checks = (cap(wider=Wider.household), cap(wider=Wider.household, same=2), cap(wider=Wider.household, same=1))
    wide = book(*(rule(f"r{i}", check) for i, check in enumerate(checks)))
    assert wide.wider == {Wider.household}
    assert [wide.narrows(kind) for kind in Wider] == [0b11, 0, 0, 0, 0]
    check_tables(wide)
    for wrong in (cap(same=1 << len(Subject)), cap(wider=len(Wider)), cap(wider=-2)):
        with pytest.raises(ValueError, match="none such"):
            check_tables(book(rule("wrong", wrong)))


def test_a_subject_wider_than_a_person_has_bytes_of_its_own() -> None:
    assert wider_subject(Wider.workplace, 2**64 - 2) == b"\xffwider\x01\0" + b"\xff" * 7 + b"\xfe"
    assert len({wider_subject(kind, 5) for kind in Wider}) == len(Wider)
