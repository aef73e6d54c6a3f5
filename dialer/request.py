"""What is asked of the gate, what it answers, and what it takes from outside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from cadencia.dialer.judge import Contact, contact_of
from cadencia.dialer.permits import Permit
from cadencia.dialer.refusals import GateError, KeyReusedError
from cadencia.dialer.watch import Clock
from cadencia.dialer.wellformed import address, moment, phone, stated, text, where
from cadencia.engine.decision import Decision
from cadencia.engine.query import Query
from cadencia.store.identity import Entropy, Pseudonyms
from cadencia.store.projection import written

#: A tenant's pseudonyms, or those of its consortium where it shares counters.
Names = Callable[[str], Pseudonyms]
_IDS = ("debt", "creditor", "household", "workplace", "account")


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """names: of each tenant; secret: of permits, at least 32 bytes; wall and steady: clocks of dialer/watch.py;
    entropy: for ids. permit_seconds: from reserve to place. tries: to decide anew when other processes wrote in
    between."""

    names: Names
    secret: bytes
    wall: Clock
    steady: Clock
    entropy: Entropy
    permit_seconds: int = 20
    tries: int = 5


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One contact that somebody wants to make. The query brings no history, for the ledger has it, and no `at` when
    it reserves, for the gate has a clock. debts: further debts of the same creditor that the attempt is about.
    number: what is dialled or written to, the query's phone (E.164) or address; left out, the phone, or where there is
    none the address. by: an agent, campaign or import."""

    tenant: str
    person: str
    query: Query
    debts: tuple[str, ...] = ()
    number: str = ""
    trunk: str = ""
    by: str = ""

    def check(self) -> None:
        """GateError that names the field and the cure."""
        _types(self)
        text("tenant", self.tenant)
        text("person", self.person)
        if self.query.history:
            raise GateError("history: leave it out, the ledger holds it; record there what it does not know")
        if self.debts and self.query.debt is None:
            raise GateError("debts: name the first debt in the query")
        for fact in self.query.facts:
            for at in (fact.from_, fact.until):
                if at is not None:
                    moment(f"facts.{fact.name}", at)
        self._check_ids()

    def _check_ids(self) -> None:
        """An id that is empty is none, and a number that is written in two ways would have two histories."""
        query = self.query
        for field in _IDS:
            stated(field, getattr(query, field))
        for debt in self.debts:
            text("debts", debt)
        if query.phone is not None:
            phone("phone", query.phone)
        if query.address is not None and address("address", query.address) != query.address:
            raise GateError("address: write a phone number in E.164, + and digits without spaces, like +573001234567")
        if self.number and self.number not in (query.phone, query.address):
            raise GateError("number: what is dialled must be what is decided: give it as the query's phone or address")

    def contact(self, names: Names) -> Contact:
        """Its keyed hashes."""
        return contact_of(names(self.tenant), self.person, self.query, self.debts)

    def digest(self) -> str:
        """SHA-256, in hexadecimal: the same request has the same."""
        return hashlib.sha256(written(self)).hexdigest()


_decoder = msgspec.json.Decoder(Request)


def _types(request: object) -> None:
    """GateError unless every field is of its type: what is recorded of it must be readable again."""
    if not isinstance(request, Request):
        raise GateError(f"a Request is needed, not {type(request).__name__}")
    try:
        _decoder.decode(written(request))
    except (ValueError, TypeError, OverflowError, RecursionError) as problem:
        raise GateError(where(problem)) from None


class Reserved(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to `reserve`; the permit only when it is allowed. replayed: the key had this answer before."""

    decision: Decision
    permit: Permit | None = None
    replayed: bool = False

    @property
    def verdict(self) -> str:
        return self.decision.verdict


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to `place`: whether it leaves now, and the decision of this moment."""

    placed: bool
    decision: Decision
    attempt: str


def replayed(first: str, answer: Reserved, digest: str) -> Reserved:
    """The answer that a key had before. KeyReusedError when the request was another."""
    if first != digest:
        raise KeyReusedError("key: it was used for another request; take a new one, or repeat the first unchanged")
    return msgspec.structs.replace(answer, replayed=True)
