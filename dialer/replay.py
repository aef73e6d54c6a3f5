"""Recorded traffic decided again: by the rules that decided it, which must reproduce it, and by other rules, where a
decision that flips changes the counters of all that follow.

What never left under the other rules is not counted there, nor how it ended. What was refused and would have been
reserved counts from then on as everything that it could have become, for nobody knows how it would have ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from cadencia.dialer.attempts import Attempt, with_kind
from cadencia.dialer.commits import attempt_id
from cadencia.dialer.judge import Contact, Judge, Judged, contact_of
from cadencia.dialer.request import Names
from cadencia.dialer.state import State
from cadencia.engine.decide import Engine
from cadencia.engine.decision import Decision
from cadencia.engine.histories import Histories
from cadencia.engine.words import EventKind, Wider
from cadencia.store.entry import Draft, Entry
from cadencia.store.ledger import LedgerError
from cadencia.store.projection import MICROSECONDS, Asked, ErasedError, Step, as_instant, as_second, read

#: Denials that say how the gate was, not what the rules are.
_NOT_BY_RULES = frozenset({"busy", "read_only", "clock_stepped", "permit_expired", "history_overflow"})
_STEPS = frozenset({"placed", "settled", "released", "expired", "corrected"})
_HOUR = 3_600 * MICROSECONDS
_MOST_GROUPS = 10_000
Way = Literal["allow_to_deny", "deny_to_allow", "later", "earlier"]


class Flip(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that is another one. id: the asker's name for a check; key: of a reservation. step: decided, reserved
    or placed. rules: that deny, under the other rules if they do, else those that did."""

    way: Way
    step: str
    at: int
    subject: bytes
    person: str
    id: str
    key: str
    by: str
    channel: str
    rules: tuple[str, ...]


class Result(msgspec.Struct, kw_only=True):
    """Counts, each with what it is of. compared: decisions asked again; reproduced: that the rules of then gave again.
    erased: without their question. lost: whose rules nobody has. set_aside: denied by how the gate was."""

    entries: int = 0
    compared: int = 0
    reproduced: int = 0
    erased: int = 0
    lost: int = 0
    set_aside: int = 0
    changed: Counter[str] = msgspec.field(default_factory=Counter)
    by_campaign: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    by_hour: Counter[tuple[int, str]] = msgspec.field(default_factory=Counter)
    by_rule: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    flips: list[Flip] = msgspec.field(default_factory=list)
    differing: list[Flip] = msgspec.field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether the rules of then gave every decision again: else what the others give means nothing."""
        return self.lost == 0 and self.reproduced == self.compared


class _Track:
    """One course of events: its counters, and who decides."""

    def __init__(self, wider: Mapping[Wider, int]) -> None:
        self.histories = Histories()
        self.state = State(self.histories, wider=wider)
        self._judges: dict[str, Judge] = {}

    def judge(self, engine: Engine) -> Judge:
        found = self._judges.get(engine.rulebook.hash)
        if found is None:
            found = self._judges[engine.rulebook.hash] = Judge(engine, self.histories)
        return found

    def decide(self, engine: Engine, asked: _Question, at: int, attempt: Attempt | None = None) -> Judged:
        person = self.state.people.of(asked.tenant, asked.contact.subject)
        without = None if attempt is None else self.state.left_out(attempt)
        contact, told = self.state.housed(asked.contact), asked.told
        with self.state.supposing(contact):
            return self.judge(engine).judge(told.query, told.debts, contact, person, at, without=without)


class _Question(msgspec.Struct, frozen=True):
    tenant: str
    told: Asked
    contact: Contact


class Replay:
    """Takes entries in their order, all of the ledger from its first. tenant: whose decisions are asked again, those
    recorded from `since` until before `until`. of_then: the engine of a rulebook's hash, None if nobody has it.
    others: the rules to try; None only reproduces. wider: the histories that any of the rulebooks counts over."""

    def __init__(
        self, tenant: str, names: Names, of_then: Callable[[str], Engine | None], others: Engine | None, *,
        wider: Mapping[Wider, int], since: int = 0, until: int = 1 << 62, examples: int = 20,
    ) -> None:  # fmt: skip
        self._tenant, self._names, self._of_then, self._others = tenant, names(tenant), of_then, others
        self._since, self._until, self._examples = since, until, examples
        self._then, self._now = _Track(wider), _Track(wider)
        self._asked: dict[str, _Question] = {}
        self._never_left: set[str] = set()
        self.result = Result()

    def take(self, entries: Iterable[Entry]) -> None:
        """The next entries. LedgerError for a ledger that does not hold together."""
        for entry in entries:
            self.result.entries += 1
            if entry.tenant == self._tenant and entry.kind in ("decided", "reserved"):
                self._decision(entry)
            elif entry.tenant == self._tenant and entry.kind in _STEPS:
                self._step(entry)
            else:
                self._both(entry)

    def _decision(self, entry: Entry) -> None:
        asked = self._question(entry)
        if asked is None or asked.told.decision.rulebook == "" or _set_aside(asked.told.decision):
            self.result.set_aside += asked is not None
            self._both(entry)
            return
        if entry.attempt:
            self._asked[entry.attempt] = asked
        assert asked.told.query.at is not None
        at = as_instant(asked.told.query.at)
        live = self._live(entry, asked, asked.told.decision, at)
        if self._others is None:
            self._both(entry)
            return
        other = self._now.decide(self._others, asked, at)
        if live:
            self._compare(entry, asked, asked.told.decision, other.decision)
        self._then.state.apply(entry)
        if other.decision.allowed:
            self._count(entry, asked, other, at)
        elif entry.kind == "reserved":
            self._never_left.add(entry.attempt)

    def _count(self, entry: Entry, asked: _Question, other: Judged, at: int) -> None:
        """What the other rules allow: as it was, or a reservation that was refused. A check counts nothing."""
        if entry.kind == "reserved":
            self._now.state.apply(entry)
        elif entry.key:
            ids = asked.contact.ids[0]
            self._now.state.apply(
                Draft(
                    at=entry.at, tenant=entry.tenant, kind="reserved", subject=entry.subject,
                    attempt=attempt_id(entry.subject, entry.n.to_bytes(8, "big")), event_at=as_second(at),
                    event_attr=other.prepared[0].attributes, debts=asked.contact.debts, address=ids.address,
                    creditor=ids.creditor, household=ids.household, workplace=ids.workplace, account=ids.account,
                )
            )  # fmt: skip

    def _step(self, entry: Entry) -> None:
        """What became of an attempt. Placing decides again, its own reservation left out."""
        asked, told = self._asked.get(entry.attempt), self._told(entry)
        if asked is None or told is None or told.decision is None or _set_aside(told.decision):
            self._both(entry)
            return
        live = self._live(entry, asked, told.decision, entry.at, self._then.state.attempts.get(entry.attempt))
        self._then.state.apply(entry)
        mine = self._now.state.attempts.get(entry.attempt)
        if self._others is None or mine is None or entry.attempt in self._never_left:
            self._apply_now(entry)
            return
        other = self._now.decide(self._others, asked, entry.at, mine).decision
        if live:
            self._compare(entry, asked, told.decision, other)
        if other.allowed == told.decision.allowed:
            self._apply_now(entry)
            return
        kind, event, at = ("placed", EventKind.pending, as_second(entry.at)) if other.allowed else (
            "released", EventKind.void, mine.draft.event_at)  # fmt: skip
        self._now.state.apply(
            msgspec.structs.replace(entry, kind=kind, event_at=at, event_attr=with_kind(entry.event_attr, event))
        )
        self._never_left.add(entry.attempt)  # what was recorded of it from here on was of another course

    def _both(self, entry: Entry) -> None:
        self._then.state.apply(entry)
        self._apply_now(entry)

    def _apply_now(self, entry: Entry) -> None:
        if self._others is not None and entry.attempt not in self._never_left:
            self._now.state.apply(entry)

    def _live(self, entry: Entry, asked: _Question, was: Decision, at: int, attempt: Attempt | None = None) -> bool:
        """Whether the decision counts, and was given again by the rules that gave it."""
        if not self._since <= entry.at < self._until:
            return False
        engine = self._of_then(was.rulebook)
        if engine is None:
            self.result.lost += 1
            return False
        self.result.compared += 1
        found = self._then.decide(engine, asked, at, attempt).decision
        if _said(found) == _said(was):
            self.result.reproduced += 1
        elif len(self.result.differing) < self._examples:
            self.result.differing.append(_flip(entry, asked, was, found))
        return True

    def _compare(self, entry: Entry, asked: _Question, was: Decision, other: Decision) -> None:
        way = _way(was, other)
        if way is None:
            return
        result = self.result
        flip = _flip(entry, asked, was, other)
        result.changed[way] += 1
        _add(result.by_campaign, (asked.told.by, way))
        _add(result.by_hour, (entry.at - entry.at % _HOUR, way))
        for rule in flip.rules if way in ("allow_to_deny", "deny_to_allow") else ():
            _add(result.by_rule, (rule, way))
        if len(result.flips) < self._examples and way in ("allow_to_deny", "deny_to_allow"):
            result.flips.append(flip)

    def _question(self, entry: Entry) -> _Question | None:
        try:
            told = read(entry, Asked)
        except ErasedError:
            self.result.erased += self._since <= entry.at < self._until
            return None
        except msgspec.ValidationError:
            raise LedgerError(f"entry {entry.n} is no decision; check the ledger") from None
        return _Question(entry.tenant, told, contact_of(self._names, told.person, told.query, told.debts))

    def _told(self, entry: Entry) -> Step | None:
        try:
            return read(entry, Step)
        except (ErasedError, msgspec.ValidationError):
            return None


def in_order(entries: Sequence[Entry], held: list[Entry], *, last: bool, window_us: int = 2_000_000) -> list[Entry]:
    """Those entries of a page, and of `held` before it, that nothing earlier can follow; keeps the others in `held`. A
    check is recorded behind its answer, so it may stand after what was decided later. For a ledger of one process."""
    held.extend(entries)
    held.sort(key=lambda entry: (entry.at, entry.n))
    if last:
        ready, held[:] = list(held), []
        return ready
    upto = max((entry.at for entry in held), default=0) - window_us
    ready = [entry for entry in held if entry.at < upto]
    del held[: len(ready)]
    return ready


def _said(decision: Decision) -> tuple[object, ...]:
    return (decision.verdict, tuple(reason.rule for reason in decision.reasons), decision.retry, decision.retry_at)


def _set_aside(decision: Decision) -> bool:
    return any(reason.kind == "gate" and reason.rule in _NOT_BY_RULES for reason in decision.reasons)


def _way(was: Decision, other: Decision) -> Way | None:
    if was.allowed != other.allowed:
        return "allow_to_deny" if was.allowed else "deny_to_allow"
    if was.allowed or was.retry_at == other.retry_at:
        return None
    return "later" if other.retry_at is None or (was.retry_at and other.retry_at > was.retry_at) else "earlier"


def _flip(entry: Entry, asked: _Question, was: Decision, other: Decision) -> Flip:
    denial = was if other.allowed else other
    return Flip(
        way=_way(was, other) or "earlier", step=entry.kind, at=entry.at, subject=entry.subject,
        person=asked.told.person, id=asked.told.id, key=entry.key, by=asked.told.by, channel=asked.told.query.channel,
        rules=tuple(reason.rule for reason in denial.reasons),
    )  # fmt: skip


def _add(counts: Counter[tuple[str, str]] | Counter[tuple[int, str]], key: tuple[str | int, str]) -> None:
    """One more, in at most so many groups."""
    if key in counts or len(counts) < _MOST_GROUPS:
        counts[key] += 1  # type: ignore[index]
