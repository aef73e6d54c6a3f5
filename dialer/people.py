"""What is known of persons: facts, dates, promises and hours, in memory. The newest of a kind replaces the one
before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

import msgspec

from cadencia.engine.batch import PersonHours
from cadencia.engine.hours import week_of
from cadencia.engine.query import Fact, Hours, Query
from cadencia.store.entry import Draft
from cadencia.store.projection import ErasedError, Known, Promise, read

#: A hold of the house and the fact that it is to the law, with the scope of that fact.
HOLDS = {
    "attorney": ("attorney_represented", "person"),
    "bankruptcy": ("bankruptcy", "person"),
    "deceased": ("deceased", "person"),
    "dispute": ("dispute", "debt"),
    "hardship": ("hold", "debt"),
}
#: Facts that close something when they are true: of two that disagree the true one holds, and one about a debt or
#: address holds for a contact that does not name its own. Of all other facts the one that is not true holds.
OBJECTIONS = frozenset(
    "opt_out cease_request written_only_request legal_advisor_only_request do_not_call attorney_represented bankruptcy "
    "deceased minor incapable dispute complaint_open denies_debt settled hold moratorium court_proceedings "
    "insolvency_proceedings refusal_served asked_no_calls employer_prohibits employer_email_address caller_id_withheld "
    "identity_theft military_service vulnerable time_barred declared_emergency recipient_pays".split()
)
_WEEK = frozenset(range(7))
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


class ConflictError(ValueError):
    """What the caller says and what is recorded disagree. Names the fact, not its value."""


class Person:
    """What is known of one person. Nothing can be evaluated when it was destroyed (`erased`), or when some of it
    cannot be read (`unreadable`)."""

    __slots__ = ("dates", "erased", "facts", "holds", "unreadable", "unwanted", "wanted")

    def __init__(self) -> None:
        self.facts: dict[tuple[str, str, str | None, str | None], Fact] = {}
        self.holds: dict[tuple[str, str | None], Fact] = {}
        self.dates: dict[tuple[str, str | None], date] = {}
        self.wanted: tuple[Hours, ...] = ()
        self.unwanted: tuple[Hours, ...] = ()
        self.erased = self.unreadable = False


class People:
    """By tenant and subject (16 bytes): who shares counters with others does not share what people told them. `learn`
    takes entries in the order of the ledger."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, bytes], Person] = {}

    def of(self, tenant: str, subject: bytes) -> Person | None:
        """None when nothing was ever said of the person."""
        return self._of.get((tenant, subject))

    def erased(self, tenant: str, subject: bytes) -> bool:
        """Whether the person was erased."""
        person = self.of(tenant, subject)
        return person is not None and person.erased

    def learn(self, draft: Draft) -> None:
        """A `fact` or `promise`. One whose payload is gone leaves the person erased, one that cannot be read leaves
        this person denied and nobody else."""
        person = self._of.setdefault((draft.tenant, draft.subject), Person())
        try:
            if draft.kind == "promise":
                _promised(person, read(draft, Promise))
            else:
                _known(person, read(draft, Known))
        except ErasedError:
            person.erased = True
        except ValueError:  # msgspec's errors, and hours that are none
            person.unreadable = True

    def forget(self, tenant: str, subject: bytes) -> None:
        """The person was erased: what was known is gone, and from then on nothing can be evaluated."""
        person = self._of[tenant, subject] = Person()
        person.erased = True


def _known(person: Person, known: Known) -> None:
    check_hours(known.wanted, known.unwanted)
    if known.fact:
        fact = Fact(name=known.fact, value=known.value, channel=known.channel, from_=known.from_, until=known.until)
        person.facts[known.fact, known.scope, known.id, known.channel] = fact
        if known.hold:
            person.holds[known.hold, known.id] = fact
    elif known.date and known.on is not None:
        person.dates[known.date, known.id] = known.on
    if known.wanted is not None:
        person.wanted = known.wanted
    if known.unwanted is not None:
        person.unwanted = known.unwanted


def check_hours(wanted: tuple[Hours, ...] | None, unwanted: tuple[Hours, ...] | None) -> None:
    """ValueError for hours that no query may have."""
    named = (*(wanted or ()), *(unwanted or ()))
    if named:
        week_of(PersonHours(wanted=named))
    for hours in named:
        if not hours.weekdays or not set(hours.weekdays) <= _WEEK:
            raise ValueError(f"hours {hours.opens}-{hours.closes}: weekdays are 0 (Monday) to 6, at least one")


def _promised(person: Person, promise: Promise) -> None:
    for name, day in (("promise_due", promise.promise_due), ("cannot_pay_until", promise.cannot_pay_until)):
        if day is not None:
            person.dates[name, promise.debt] = day


def stopped(query: Query, person: Person) -> Iterator[tuple[str, str]]:
    """What stops this contact wherever it is, whatever its law says: (`hold`, which), or the objection recorded of
    this address and channel. A contact that the law asks for (`legal_notice`) is stopped by holds only, a hold for a
    lawyer does not stop contact with the lawyer, and that somebody died not contact with others."""
    assert query.at is not None
    for (hold, debt), fact in person.holds.items():
        to_others = query.party == "attorney" if hold == "attorney" else hold == "deceased" and query.party != "debtor"
        ours = debt is None or query.debt is None or debt == query.debt
        if ours and not to_others and _holds([fact], query.at):
            yield "hold", hold
    if known_now(query, "legal_notice"):
        return
    for name in ("opt_out", "do_not_call"):
        for (recorded, scope, id_, channel), fact in person.facts.items():
            if recorded == name and channel in (None, query.channel) and _meant(query, name, scope, id_, fact.value):
                if _holds([fact], query.at):
                    yield name, ""
                    break


def completed(query: Query, person: Person | None) -> Query:
    """The query with all that is known at `query.at`. ConflictError where the caller says otherwise."""
    if person is None or not (person.facts or person.dates or person.wanted or person.unwanted):
        return query
    assert query.at is not None
    facts, theirs = _facts(query, person, query.at), _by_name(query.facts, query)
    for name, ours in facts.items():
        if name in theirs and _holds(ours, query.at) != _holds(theirs[name], query.at):
            raise ConflictError(f"{name} is recorded otherwise: leave it out of the request, or record what is so now")
    kept = [fact for fact in query.facts if fact.name not in facts]
    dates = _dates(query, person)
    if query.wanted_hours and person.wanted and query.wanted_hours != person.wanted:
        raise ConflictError("wanted hours are recorded otherwise: leave them out of the request, or record them anew")
    return msgspec.structs.replace(
        query, facts=(*kept, *(fact for ours in facts.values() for fact in ours)), dates=dates,
        wanted_hours=person.wanted or query.wanted_hours,
        unwanted_hours=tuple(dict.fromkeys((*query.unwanted_hours, *person.unwanted))),
    )  # fmt: skip


def _facts(query: Query, person: Person, at: datetime) -> dict[str, list[Fact]]:
    """The recorded facts that bear on this contact now or later, by name. Where one has dates all get them, the
    stricter last: of two that hold the engine takes the last."""
    recorded = (
        fact for (name, scope, id_, _), fact in person.facts.items() if _meant(query, name, scope, id_, fact.value)
    )
    grouped = _by_name((fact for fact in recorded if fact.until is None or fact.until > at), query)
    return {name: _in_one_voice(name, facts) for name, facts in grouped.items()}


def _in_one_voice(name: str, facts: list[Fact]) -> list[Fact]:
    strict = name in OBJECTIONS
    if not any(fact.from_ or fact.until for fact in facts):
        said = any(fact.value for fact in facts) if strict else all(fact.value for fact in facts)
        return [Fact(name=name, value=said)]
    dated = [msgspec.structs.replace(fact, channel=None, from_=fact.from_ or _ALWAYS) for fact in facts]
    return sorted(dated, key=lambda fact: fact.value == strict)


def _meant(query: Query, name: str, scope: str, id_: str | None, value: bool) -> bool:
    """Whether a fact of this scope is about the contact's own debt or address. What closes something holds for the
    phone and for an address beside it, what opens something for the address alone."""
    if scope == "person":
        return True
    closes = value == (name in OBJECTIONS)
    ours = (query.debt,) if scope == "debt" else (query.address, query.phone)
    named = [one for one in ours if one is not None]
    if not named or id_ is None:
        return closes
    return id_ in named if closes else id_ == named[0]


def _by_name(facts: Iterable[Fact], query: Query) -> dict[str, list[Fact]]:
    grouped: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.channel is None or fact.channel == query.channel:
            grouped.setdefault(fact.name, []).append(fact)
    return grouped


def _holds(facts: list[Fact], at: datetime) -> bool | None:
    """What the facts of one name say at an instant, None nothing: as the engine reads them."""
    said: bool | None = None
    for fact in sorted(facts, key=lambda fact: bool(fact.from_ or fact.until)):
        if (fact.from_ is None or fact.from_ <= at) and (fact.until is None or at < fact.until):
            said = fact.value
    return said


def _dates(query: Query, person: Person) -> dict[str, date]:
    """The dates of the query and those recorded; of several debts the latest."""
    found: dict[str, date] = {}
    for (name, debt), day in person.dates.items():
        if debt is None or query.debt is None or debt == query.debt:
            found[name] = max(day, found.get(name, day))
    for name, day in found.items():
        if query.dates.get(name, day) != day:
            raise ConflictError(f"{name} is recorded otherwise: leave it out of the request, or record what is so now")
    return {**query.dates, **found}


def known_now(query: Query, name: str) -> bool:
    """Whether a fact is known and holds at `query.at`, for this channel."""
    assert query.at is not None
    said = [fact for fact in query.facts if fact.name == name and fact.channel in (None, query.channel)]
    return _holds(said, query.at) is True


def each_debt(query: Query, others: Iterable[str]) -> list[Query]:
    """One query for each debt of the attempt, the query's own first."""
    return [query, *[msgspec.structs.replace(query, debt=debt) for debt in others]]
