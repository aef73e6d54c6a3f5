"""Decides over histories in memory, and reserves: what is allowed is appended as pending in the same step.

The query says everything but the past: its `history` must be empty, for the ledger holds the person's whole history and
two that overlap would count twice. What the ledger does not know is recorded there first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from cadencia.engine import _decider
from cadencia.engine._decider import Prepared
from cadencia.engine.asked import QueryError
from cadencia.engine.batch import NO_INSTANT, Batch, Screened
from cadencia.engine.decide import Engine, QueryRead
from cadencia.engine.decision import Decision
from cadencia.engine.histories import Histories, wider_subject
from cadencia.engine.query import Query
from cadencia.engine.telling import Answer, as_datetime
from cadencia.engine.words import RetryCode, Wider

__all__ = [
    "NO_ATTEMPT", "NO_IDS", "Allowance", "Decider", "Ids", "LeftOut", "Owners", "Prepared", "Reserved", "Verdict",
    "Without",
]  # fmt: skip

#: In a column of sequences: nothing was reserved.
NO_ATTEMPT = 0xFFFF_FFFF


class Ids(NamedTuple):
    """64-bit hashes of what the contact is about, as the ledger keeps them; 0 is not stated. A debt, an address or a
    creditor not stated matches every one; where a household, … is not, the person's own history is counted."""

    debt: int = 0
    address: int = 0
    creditor: int = 0
    household: int = 0
    workplace: int = 0
    account: int = 0


NO_IDS = Ids()


class Without(NamedTuple):
    """An attempt that is left out: its number among the person's, and among those of each subject of `wider`."""

    person: int
    wider: tuple[tuple[bytes, int], ...] = ()


#: Whose history a counter counts, by its `wider`: the last, at -1, is the person's.
_BASES = (*(kind.name for kind in Wider), "person")
LeftOut = int | Without | None


class Verdict(NamedTuple):
    """`code` is the engine's own denial (words.VerdictCode), 0 none; `reasons` the bits of the blocking rules in the
    profile; `sequence` the number of the attempt that was reserved, -1 none, and `wider` its number under each subject
    wider than the person, to whose history it was appended, too."""

    allowed: int
    code: int
    reasons: int
    sequence: int = -1
    wider: tuple[tuple[bytes, int], ...] = ()


class Allowance(NamedTuple):
    """What one counting rule still allows. Of several zones or checks of the rule, the strictest. `next_at` is the
    first instant at which the rule alone allows one more; `retry` says what it means when it is None. `base` is whose
    contacts were counted: a word of Wider, or the person's."""

    rule: str
    used: int
    at_most: int
    left: int
    next_at: datetime | None
    retry: str
    base: str = "person"


@dataclass
class Owners:
    """Whose history each row of a batch is decided over, and the hashes of its ids: columns left out are not stated."""

    subjects: np.ndarray  # uint8[n, 16]
    debt: np.ndarray | None = None  # uint64[n]
    address: np.ndarray | None = None  # uint64[n]
    creditor: np.ndarray | None = None  # uint64[n]
    consented: np.ndarray | None = None  # uint8[n], 1: made with prior consent, for rules that do not count such
    household: np.ndarray | None = None  # uint64[n]
    workplace: np.ndarray | None = None  # uint64[n]
    account: np.ndarray | None = None  # uint64[n]


@dataclass
class Reserved:
    """The answers to a batch (retry_at not searched), and the number of the attempt that each row reserved: in `wider`,
    column by column of Wider, among those of the wider subject. None when no rule counts over any."""

    screened: Screened
    sequence: np.ndarray  # uint32[n], NO_ATTEMPT where nothing was reserved
    wider: np.ndarray | None = None  # uint32[n, 5]


class Decider:
    """An engine over histories. Belongs to the one thread that the histories belong to. Instants are seconds since
    2000-01-01T00:00:00Z, subjects 16 bytes.

    Rules that count over a household, a place of work, … find its history by the hashes of `ids`; where that id is not
    stated they count the person's, and a contact with anyone but the debtor or an attorney under a rule by household is
    denied household_unknown.

    `without` is an attempt that is left out: the reservation that is being placed. Its number among the subject's, or a
    Without that also names it in the wider histories. UnknownAttemptError when there is no such attempt."""

    def __init__(self, engine: Engine, histories: Histories) -> None:
        self.engine = engine
        self.histories = histories
        self._wider = sorted(engine.rulebook.wider)
        self._names: dict[int, tuple[str, ...]] = {}  # profile -> bit -> the rule's id

    def prepare(self, query: Query, ids: Ids = NO_IDS, *, consented: bool = False) -> Prepared:
        """The contact, to be asked about many times: everything but the history. `consented` marks what is reserved as
        made with prior consent. asked.QueryError when the query cannot be read, or brings a history."""
        return self._prepared(self._read(query), ids, consented)

    def verdict(self, prepared: Prepared, subject: bytes, at: int, *, without: LeftOut = None) -> Verdict:
        """May this contact be made now?"""
        left_out = () if without is None else _attempts(subject, without)
        return Verdict(*_decider.verdict(prepared, self.histories, subject, at, left_out))

    def opening(self, prepared: Prepared, subject: bytes, at: int, *, without: LeftOut = None) -> tuple[int, int]:
        """(retry_at, retry): the first second from `at` on at which nothing blocks, and what NO_INSTANT means."""
        left_out = () if without is None else _attempts(subject, without)
        answer = Answer(*_decider.answered(prepared, self.histories, subject, at, without=left_out))
        return answer.retry_at, answer.retry

    def reserve(self, prepared: Prepared, subject: bytes, at: int) -> Verdict:
        """Decides and, if it is allowed, appends a pending attempt to the person's history and to the wider ones.

        Several debts in one attempt: ask `verdict` for each, and append them together, also to those of `wider_of`."""
        return Verdict(*_decider.reserve(prepared, self.histories, subject, at))

    def wider_of(self, ids: Ids, debts: Iterable[int] = ()) -> tuple[bytes, ...]:
        """The wider subjects, in order, to whose histories an attempt with these ids and debts must be appended, with
        those of its debts, address and creditor that Rulebook.narrows names."""
        if not self._wider:
            return ()
        stated = (ids.household, ids.workplace, ids.address, ids.debt, ids.account)
        found = {wider_subject(kind, stated[kind]) for kind in self._wider if stated[kind]}
        if Wider.debt in self._wider:
            found.update(wider_subject(Wider.debt, debt) for debt in debts if debt)
        return tuple(sorted(found))

    def decide(
        self, query: Query, subject: bytes, ids: Ids = NO_IDS, *, language: str = "en", without: LeftOut = None
    ) -> Decision:
        """The whole Decision at `query.at`, as Engine.decide tells it. asked.QueryError as for `prepare`."""
        return self.answer(query, subject, ids, language=language, without=without)[0]

    def answer(
        self, query: Query, subject: bytes, ids: Ids = NO_IDS, *, consented: bool = False, language: str = "en",
        without: LeftOut = None,
    ) -> tuple[Decision, Prepared]:  # fmt: skip
        """What `decide` and `prepare` give, the query read once."""
        row = self._read(query)
        prepared = self._prepared(row, ids, consented)
        left_out = () if without is None else _attempts(subject, without)

        def ask(only: int) -> Answer:
            return Answer(*_decider.answered(prepared, self.histories, subject, row.at, True, only, left_out))

        return self.engine.tell(row, ask, language), prepared

    def allowances(self, prepared: Prepared, subject: bytes, at: int) -> tuple[Allowance, ...]:
        """Every counting rule in force at this instant, in the order of the profile; empty when nothing can be
        evaluated. A rule that cannot count is left out; `verdict` says why of both."""
        strictest = _strictest(_decider.tallies(prepared, self.histories, subject, at) or ())
        return tuple(self._allowance(prepared, subject, at, bit, *strictest[bit]) for bit in sorted(strictest))

    def tallies(self, prepared: Prepared, subject: bytes, at: int) -> list[tuple[str, int, int, str]]:
        """(rule, used, at_most, base) of the same rules: without the next instant, which is what costs."""
        found = _decider.tallies(prepared, self.histories, subject, at)
        if not found:
            return []
        names = self._names_of(prepared.profile)
        if len({bit for bit, _, _, _ in found}) == len(found):  # one zone, one check of each rule: in order as they are
            return [(names[bit], used, at_most, _BASES[wider]) for bit, used, at_most, wider in sorted(found)]
        strictest = _strictest(found)
        return [
            (names[bit], used, at_most, _BASES[wider]) for bit, (_, at_most, used, wider) in sorted(strictest.items())
        ]

    def screen(self, batch: Batch, owners: Owners) -> Screened:
        """The verdicts of a batch over the histories; nothing is reserved. ValueError when columns do not fit."""
        return self._run(batch, owners, None)

    def reserve_many(self, batch: Batch, owners: Owners) -> Reserved:
        """Decides the rows in their order and appends a pending attempt where it is allowed: a later row of the same
        subject sees it. ValueError when columns do not fit, with nothing reserved."""
        sequence = np.empty(len(batch), np.uint32)
        wider = np.full((len(batch), len(Wider)), NO_ATTEMPT, np.uint32) if self._wider else None
        return Reserved(self._run(batch, owners, sequence, wider), sequence, wider)

    def _read(self, query: Query) -> QueryRead:
        if query.history:
            raise QueryError("history: the ledger holds this person's history; record there what it does not know")
        return self.engine.read(query)

    def _prepared(self, row: QueryRead, ids: Ids, consented: bool) -> Prepared:
        return Prepared(self.engine.contact_of(row), *ids, consented)

    def _names_of(self, profile: int) -> tuple[str, ...]:
        if profile not in self._names:
            rules = self.engine.rulebook.rules
            self._names[profile] = tuple(rules[versions[0]].id for versions in self.engine.rules_of[profile])
        return self._names[profile]

    def _allowance(
        self, prepared: Prepared, subject: bytes, at: int, bit: int, left: int, at_most: int, used: int, wider: int
    ) -> Allowance:
        rule = self._names_of(prepared.profile)[bit]
        opens, retry = at, int(RetryCode.at)
        if not left:
            answer = Answer(*_decider.answered(prepared, self.histories, subject, at, only=1 << bit))
            opens, retry = answer.retry_at, answer.retry
        next_at = None if opens == NO_INSTANT else as_datetime(opens)
        return Allowance(rule, used, at_most, left, next_at, RetryCode(retry).name, _BASES[wider])

    def _run(
        self, batch: Batch, owners: Owners, sequence: np.ndarray | None, wide: np.ndarray | None = None
    ) -> Screened:
        n = len(batch)
        if any(column is not None for column in (batch.event_at, batch.debt, batch.address, batch.creditor)):
            raise ValueError("the histories hold the events and deal the slots: leave those columns out of the batch")
        subjects = _column("subjects", owners.subjects, np.dtype(np.uint8), (n, 16))
        none = np.zeros(n, np.uint64)
        debt, address, creditor = (
            none if column is None else _column(name, column, np.dtype(np.uint64), (n,))
            for name, column in (("debt", owners.debt), ("address", owners.address), ("creditor", owners.creditor))
        )
        wider = tuple(
            None if column is None else _column(name, column, np.dtype(np.uint64), (n,))
            for name, column in (
                ("household", owners.household), ("workplace", owners.workplace), ("account", owners.account),
            )
        )  # fmt: skip
        consented = None
        if owners.consented is not None:
            consented = _column("consented", owners.consented, np.dtype(np.uint8), (n,))
        kernel, columns, hours = self.engine.columns(batch)
        out = Screened(
            allowed=np.empty(n, np.uint8), code=np.empty(n, np.uint8), reasons=np.empty(n, np.uint64),
            profile=columns["profile"], retry_at=np.broadcast_to(np.int64(NO_INSTANT), n),
            retry=np.broadcast_to(np.uint8(RetryCode.beyond_horizon), n), rules_of=self.engine.newest_of,
        )  # fmt: skip
        _decider.run(
            kernel, self.histories, columns, hours, subjects, debt, address, creditor, wider, consented, out.allowed,
            out.code, out.reasons, sequence, wide,
        )  # fmt: skip
        return out


def _strictest(tallies: Iterable[tuple[int, int, int, int]]) -> dict[int, tuple[int, int, int, int]]:
    """(left, at_most, used, Wider or -1) by the bit of the rule."""
    strictest: dict[int, tuple[int, int, int, int]] = {}
    for bit, used, at_most, wider in tallies:
        found = (max(0, at_most - used), at_most, used, wider)
        strictest[bit] = min(found, strictest.get(bit, found))
    return strictest


def _attempts(subject: bytes, without: int | Without) -> tuple[tuple[bytes, int], ...]:
    return ((subject, without),) if isinstance(without, int) else ((subject, without.person), *without.wider)


def _column(name: str, values: np.ndarray, kind: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """The column as it is; ValueError when it is of another type or shape."""
    if values.dtype != kind or values.shape != shape:
        raise ValueError(f"column {name} is {values.dtype}{list(values.shape)}, not {kind}{list(shape)}")
    return np.ascontiguousarray(values)
