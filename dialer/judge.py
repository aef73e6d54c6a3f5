"""Decides a request under the rulebook, the histories and the facts of this moment, and says what the gate itself
denies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

import msgspec

from cadencia.dialer.people import ConflictError, Person, completed, each_debt, known_now, stopped
from cadencia.engine.decide import Engine
from cadencia.engine.decider import Allowance, Decider, Ids, Prepared, Without
from cadencia.engine.decision import Decision, Reason
from cadencia.engine.histories import Histories
from cadencia.engine.history import seconds
from cadencia.engine.query import Query
from cadencia.engine.tables import FIRST_DAY
from cadencia.engine.telling import as_datetime as when
from cadencia.engine.versions import LocalDays
from cadencia.engine.words import Wider
from cadencia.store.identity import Pseudonyms
from cadencia.store.projection import Counter, as_datetime, as_second
from cadencia.store.wider import subjects_of

_DAY_0 = date(2000, 1, 1)
#: Combinations of rules and local days whose versions are remembered.
_MOST_BEGUN = 8_192
#: The gate's own reasons and their cures.
GATE_REASONS = {
    "busy": "Others kept writing about this person while it was decided: try again.",
    "read_only": "The ledger failed and takes nothing more: look at it, then open the gate anew.",
    "clock_stepped": "This machine's clock was set, or is behind the ledger: put it right, then open the gate anew.",
    "fact_conflict": "What is stated and what is recorded of the person disagree: ",
    "erased": "The person's data were erased, so nothing can be evaluated: no contact.",
    "unreadable": "What is recorded of the person cannot be read, so nothing can be evaluated: look at the ledger.",
    "hold": "A hold is set, lift it before contact: ",
    "opt_out": "The person refused this channel or address.",
    "do_not_call": "The address is recorded as not to be called.",
    "history_overflow": "The person has more debts, addresses or creditors than can be counted exactly.",
    "permit_expired": "The permit has run out, or is of before the gate was opened: reserve again.",
}


class Contact(msgspec.Struct, frozen=True, gc=False):
    """Whom and what a request is about, as the ledger keeps it. `ids` has one of each debt, the query's own first."""

    subject: bytes
    ids: tuple[Ids, ...]
    debts: tuple[int, ...]

    def wider(self, kinds: Collection[Wider]) -> tuple[bytes, ...]:
        """The subjects of these kinds in whose histories it counts."""
        ids = self.ids[0]
        return subjects_of(kinds, ids.household, ids.workplace, ids.address, self.debts, ids.account)

    @property
    def household(self) -> int:
        return self.ids[0].household

    def housed(self, households: Sequence[int]) -> Contact:
        """With the last of the person's households, where it states none."""
        if self.household or not households:
            return self
        ids = tuple([one._replace(household=households[-1]) for one in self.ids])
        return Contact(self.subject, ids, self.debts)


class Judged(msgspec.Struct, frozen=True, gc=False):
    """The answer, the queries (one of each debt) that it is the answer to, and these as the rules were asked: none when
    the gate itself denied before."""

    decision: Decision
    queries: tuple[Query, ...]
    prepared: tuple[Prepared, ...] = ()


def contact_of(names: Pseudonyms, person: str, query: Query, others: Iterable[str]) -> Contact:
    """The keyed hashes of a request."""
    address, creditor = names.address(query.address or query.phone), names.creditor(query.creditor)
    wider = names.household(query.household), names.workplace(query.workplace), names.account(query.account)
    debts = [names.debt(debt) for debt in (query.debt, *others)]
    ids = tuple([Ids(debt, address, creditor, *wider) for debt in debts])
    return Contact(names.subject(person), ids, tuple(dict.fromkeys(filter(None, debts))))


def denied(at: int, rule: str, said: str = "", rulebook: str = "") -> Decision:
    """A denial of the gate's own, at microseconds since 1970."""
    when = as_datetime(at).replace(microsecond=0)
    return Decision(verdict="deny", at=when, reasons=(gate_reason(rule, said),), retry="needs_fact", rulebook=rulebook)


def gate_reason(rule: str, said: str = "") -> Reason:
    """A reason of the gate's own, with its cure."""
    return Reason(rule=rule, kind="gate", citation="", reviewed=True, retry="needs_fact",
                  message=GATE_REASONS[rule] + said)  # fmt: skip


class Judge:
    """One engine over the gate's histories."""

    def __init__(self, engine: Engine, histories: Histories) -> None:
        self.engine = engine
        self._decider = Decider(engine, histories)
        self._days = LocalDays(engine.rulebook)
        self._begun: dict[tuple[tuple[str, ...], tuple[int, ...]], dict[str, date]] = {}
        self._versions: dict[str, list[tuple[int, int]]] = {}
        for rule in engine.rulebook.rules:
            self._versions.setdefault(rule.id, []).append((rule.from_day, rule.until_day))

    def judge(
        self, query: Query, others: tuple[str, ...], contact: Contact, person: Person | None, at: int, *,
        without: int | Without | None = None,
    ) -> Judged:  # fmt: skip
        """The answer at an instant in microseconds since 1970; `without` leaves one attempt out.
        asked.QueryError when the query cannot be read."""
        asked = msgspec.structs.replace(query, at=when(as_second(at)))
        if person is not None and person.erased:
            return Judged(denied(at, "erased", rulebook=self.engine.rulebook.hash), (asked,))
        if person is not None and person.unreadable:
            return Judged(denied(at, "unreadable", rulebook=self.engine.rulebook.hash), (asked,))
        try:
            queries = tuple([completed(one, person) for one in each_debt(asked, others)])
        except ConflictError as conflict:
            return Judged(denied(at, "fact_conflict", str(conflict), self.engine.rulebook.hash), (asked,))
        asks = [
            self._decider.answer(one, contact.subject, ids, consented=known_now(one, "prior_consent"), without=without)
            for one, ids in zip(queries, contact.ids, strict=True)
        ]
        decision = asks[0][0] if len(asks) == 1 else joined([decision for decision, _ in asks])
        if person is not None:
            stops = dict.fromkeys(stop for one in queries for stop in stopped(one, person))
            if stops:
                reasons = decision.reasons + tuple(gate_reason(rule, said) for rule, said in stops)
                decision = msgspec.structs.replace(decision, verdict="deny", reasons=reasons, retry_at=None,
                                                   retry="needs_fact")  # fmt: skip
        return Judged(decision, queries, tuple([prepared for _, prepared in asks]))

    def allowances(self, judged: Judged, subject: bytes, at: int) -> list[tuple[str | None, Allowance]]:
        """What every counting rule still allows at an instant, for each debt; nothing when the rules were not asked."""
        second, ask = as_second(at), self._decider.allowances
        debts = zip(judged.queries, judged.prepared, strict=False)
        return [(query.debt, one) for query, prepared in debts for one in ask(prepared, subject, second)]

    def counters(self, judged: Judged, subject: bytes, at: int) -> tuple[Counter, ...]:
        """The same as it is recorded."""
        second, count = as_second(at), self._decider.tallies
        debts = zip(judged.queries, judged.prepared, strict=False)
        return tuple([
            Counter(rule, used, at_most, query.debt, base)
            for query, prepared in debts
            for rule, used, at_most, base in count(prepared, subject, second)
        ])  # fmt: skip

    def from_days(self, decision: Decision, counters: Iterable[Counter]) -> dict[str, date]:
        """The first day of the version in force of every rule that blocks or counts; of some it is not known."""
        days = self._days.of(decision.zones, seconds(decision.at))
        rules = (*[reason.rule for reason in decision.reasons], *[counter.rule for counter in counters])
        found = self._begun.get((rules, days))
        if found is None:
            if len(self._begun) >= _MOST_BEGUN:
                self._begun.clear()
            found = self._begun[rules, days] = self._beginnings(rules, days)
        return found

    def _beginnings(self, rules: tuple[str, ...], days: tuple[int, ...]) -> dict[str, date]:
        return {
            rule: _DAY_0 + timedelta(days=begins)
            for rule in dict.fromkeys(rules)
            for begins, ends in self._versions.get(rule, ())
            if begins > FIRST_DAY and any(begins <= day < ends for day in days)
        }


def joined(answers: list[Decision]) -> Decision:
    """One answer for an attempt about several debts: every one must be allowed."""
    first = answers[0]
    reasons = tuple(dict.fromkeys(_key(reason) for one in answers for reason in one.reasons))
    told = {_key(reason): reason for one in answers for reason in one.reasons}
    blocked = [one for one in answers if not one.allowed]
    last = max(blocked or answers, key=_openness)
    return msgspec.structs.replace(
        first, verdict="deny" if blocked else "allow", reasons=tuple(told[key] for key in reasons),
        retry_at=last.retry_at, retry=last.retry,
        obligations=first.obligations + tuple(
            duty for one in answers[1:] for duty in one.obligations if duty not in first.obligations
        ),
        warnings=tuple(dict.fromkeys(warning for one in answers for warning in one.warnings)),
    )  # fmt: skip


def _key(reason: Reason) -> tuple[str, str]:
    return reason.rule, str(reason.retry_at)


def _openness(decision: Decision) -> tuple[bool, float]:
    """Later, or never, is greater."""
    return decision.retry_at is None, decision.retry_at.timestamp() if decision.retry_at else 0.0
