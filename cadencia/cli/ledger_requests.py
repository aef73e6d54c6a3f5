"""The operations of the command line on a gate, as they also go over the socket: what is asked, and what is
answered."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from cadencia.dialer.gate import Gate
from cadencia.dialer.notes import Source
from cadencia.dialer.past import MOST, PastAttempt
from cadencia.dialer.permits import Permit
from cadencia.dialer.refusals import GateError, UnknownAttemptError
from cadencia.dialer.request import Request
from cadencia.engine.query import Hours
from cadencia.store.ledger import LedgerError
from cadencia.store.projection import as_datetime

_HEX = frozenset("0123456789abcdef-")

Answer = dict[str, Any]


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do", omit_defaults=True):
    """What all operations have: the word that names them."""


class _OfPerson(_Asked, frozen=True, kw_only=True):
    tenant: str
    person: str


class Reserve(_Asked, frozen=True, kw_only=True, tag="reserve"):
    """Decide and reserve. key: the caller's idempotency key."""

    request: Request
    key: str


class Place(_Asked, frozen=True, kw_only=True, tag="place"):
    """Consume a permit."""

    permit: str


class Release(_Asked, frozen=True, kw_only=True, tag="release"):
    """Give a reservation back, by permit or attempt."""

    attempt: str
    why: str = ""


class Settle(_Asked, frozen=True, kw_only=True, tag="settle"):
    """How an attempt ended."""

    attempt: str
    outcome: str
    at: datetime
    source: str = ""


class Correct(_Asked, frozen=True, kw_only=True, tag="correct"):
    """How a settled attempt ended, said anew."""

    attempt: str
    outcome: str
    at: datetime
    source: str = ""


class Inbound(_OfPerson, frozen=True, kw_only=True, tag="inbound"):
    """The person contacted us."""

    at: datetime
    channel: str = "call"
    outcome: str = "inbound"
    debt: str | None = None
    creditor: str | None = None
    address: str | None = None
    household: str | None = None
    workplace: str | None = None
    account: str | None = None
    party: str = "debtor"
    source: str = ""


class _Told(_OfPerson, frozen=True, kw_only=True):
    source: str
    evidence: str = ""
    by: str = ""

    def where_from(self) -> Source:
        return Source(source=self.source, evidence=self.evidence, by=self.by)


class RecordFact(_Told, frozen=True, kw_only=True, tag="fact"):
    """One fact of engine/words.py FACTS."""

    fact: str
    value: bool = True
    scope: str | None = None
    id: str | None = None
    channel: str | None = None
    from_: datetime | None = msgspec.field(name="from", default=None)
    until: datetime | None = None


class RecordHold(_Told, frozen=True, kw_only=True, tag="hold"):
    """A hold, set or lifted."""

    hold: str
    on: bool = True
    debt: str | None = None
    until: datetime | None = None


class RecordDate(_Told, frozen=True, kw_only=True, tag="date"):
    """A dated fact of engine/words.py DATES."""

    name: str
    day: date
    debt: str | None = None


class RecordHours(_Told, frozen=True, kw_only=True, tag="hours"):
    """The hours that the person named."""

    wanted: tuple[Hours, ...] | None = None
    unwanted: tuple[Hours, ...] | None = None


class Promise(_Told, frozen=True, kw_only=True, tag="promise"):
    """A promise to pay on `due`, or that payment is not possible before `cannot_pay_until`."""

    due: date | None = None
    cannot_pay_until: date | None = None
    debt: str | None = None
    amount: str = ""
    attempt: str = ""


class Allowances(_Asked, frozen=True, kw_only=True, tag="allowances"):
    """What every counting rule still allows."""

    request: Request


class Timeline(_OfPerson, frozen=True, kw_only=True, tag="timeline"):
    """All that is recorded of a person."""


class Import(_Asked, frozen=True, kw_only=True, tag="import"):
    """Attempts of the past."""

    tenant: str
    attempts: Annotated[tuple[PastAttempt, ...], msgspec.Meta(max_length=MOST)]


class Erase(_OfPerson, frozen=True, kw_only=True, tag="erase"):
    """Destroy what is personal."""


Operation = (
    Reserve | Place | Release | Settle | Correct | Inbound | RecordFact | RecordHold | RecordDate | RecordHours
    | Promise | Allowances | Timeline | Import | Erase
)  # fmt: skip
_decoder: msgspec.json.Decoder[Operation] = msgspec.json.Decoder(Operation)


def read_operation(line: bytes) -> Operation:
    """The operation in a line of JSON. msgspec.DecodeError says where it is wrong, without values."""
    return _decoder.decode(line)


def decides(operation: Operation) -> bool:
    """Whether it needs the law."""
    return isinstance(operation, Reserve | Place | Allowances)


def only_looks(operation: Operation) -> bool:
    """Whether it can be answered beside the owner of the file."""
    return isinstance(operation, Allowances | Timeline)


async def perform(gate: Gate, operation: Operation) -> Answer:
    """Does it and says what came of it: plain values for JSON. {"error", "message"} when it was refused; then it had
    no effect."""
    try:
        return await _HANDLERS[type(operation)](gate, operation)
    except GateError as problem:
        return {"error": problem.code, "message": str(problem)}
    except LedgerError as problem:
        return {"error": "ledger", "message": str(problem)}
    except ValueError as problem:  # what the engine cannot read, ids that are none
        return {"error": "bad_request", "message": str(problem)}


def permit_text(permit: Permit) -> str:
    """A permit as one word."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(permit)).rstrip(b"=").decode()


def read_permit(text: str) -> Permit:
    """The permit of such a word. UnknownAttemptError when it is none."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.msgpack.decode(raw, type=Permit)
    except (binascii.Error, ValueError):
        raise UnknownAttemptError("this is no permit; give the one that `reserve` printed, whole") from None


def _attempt(text: str) -> Permit | str:
    """An attempt's id as it is, else the permit in it."""
    return text if set(text) <= _HEX else read_permit(text)


async def _reserve(gate: Gate, asked: Reserve) -> Answer:
    reserved = await gate.reserve(asked.request, key=asked.key)
    answer: Answer = {"verdict": reserved.verdict, "replayed": reserved.replayed, "decision": _plain(reserved.decision)}
    if reserved.permit is not None:
        permit = reserved.permit
        answer |= {"attempt": permit.attempt, "permit": permit_text(permit),
                   "expires": _plain(as_datetime(permit.expires))}  # fmt: skip
    return answer


async def _place(gate: Gate, asked: Place) -> Answer:
    placed = await gate.place(read_permit(asked.permit))
    return {"placed": placed.placed, "attempt": placed.attempt, "decision": _plain(placed.decision)}


async def _release(gate: Gate, asked: Release) -> Answer:
    await gate.release(_attempt(asked.attempt), why=asked.why)
    return {"done": "released"}


async def _settle(gate: Gate, asked: Settle) -> Answer:
    await gate.settle(_attempt(asked.attempt), asked.outcome, asked.at, source=asked.source)
    return {"done": "settled"}


async def _correct(gate: Gate, asked: Correct) -> Answer:
    await gate.correct(_attempt(asked.attempt), asked.outcome, asked.at, source=asked.source)
    return {"done": "corrected"}


async def _inbound(gate: Gate, asked: Inbound) -> Answer:
    told = {name: getattr(asked, name) for name in asked.__struct_fields__ if name not in ("tenant", "person", "at")}
    await gate.inbound(asked.tenant, asked.person, asked.at, **told)
    return {"done": "recorded"}


async def _fact(gate: Gate, asked: RecordFact) -> Answer:
    await gate.record_fact(
        asked.tenant, asked.person, asked.fact, asked.value, source=asked.where_from(), scope=asked.scope, id=asked.id,
        channel=asked.channel, from_=asked.from_, until=asked.until,
    )  # fmt: skip
    return {"done": "recorded"}


async def _hold(gate: Gate, asked: RecordHold) -> Answer:
    await gate.hold(asked.tenant, asked.person, asked.hold, source=asked.where_from(), debt=asked.debt, on=asked.on,
                    until=asked.until)  # fmt: skip
    return {"done": "recorded"}


async def _date(gate: Gate, asked: RecordDate) -> Answer:
    await gate.record_date(asked.tenant, asked.person, asked.name, asked.day, source=asked.where_from(),
                           debt=asked.debt)  # fmt: skip
    return {"done": "recorded"}


async def _hours(gate: Gate, asked: RecordHours) -> Answer:
    await gate.record_hours(asked.tenant, asked.person, source=asked.where_from(), wanted=asked.wanted,
                            unwanted=asked.unwanted)  # fmt: skip
    return {"done": "recorded"}


async def _promise(gate: Gate, asked: Promise) -> Answer:
    source = asked.where_from()
    if (asked.due is None) == (asked.cannot_pay_until is None):
        raise GateError("promise: give the day on which it is due, or the day before which payment is not possible")
    if asked.due is not None:
        await gate.promise(asked.tenant, asked.person, asked.due, source=source, debt=asked.debt, amount=asked.amount,
                           attempt=asked.attempt)  # fmt: skip
    elif asked.cannot_pay_until is not None:
        await gate.cannot_pay_until(asked.tenant, asked.person, asked.cannot_pay_until, source=source, debt=asked.debt)
    return {"done": "recorded"}


async def _allowances(gate: Gate, asked: Allowances) -> Answer:
    found = await gate.allowances(asked.request)
    return {"allowances": [{"debt": debt, **_plain(one._asdict())} for debt, one in found]}


async def _timeline(gate: Gate, asked: Timeline) -> Answer:
    return {"timeline": _plain(await gate.timeline(asked.tenant, asked.person))}


async def _import(gate: Gate, asked: Import) -> Answer:
    return {"done": "imported", **_plain(await gate.take_in(asked.tenant, asked.attempts))}


async def _erase(gate: Gate, asked: Erase) -> Answer:
    return {"done": "erased", "entries": await gate.erase(asked.tenant, asked.person)}


def _plain(value: object) -> Any:
    return msgspec.to_builtins(value)


_HANDLERS: dict[type, Callable[[Gate, Any], Awaitable[Answer]]] = {
    Reserve: _reserve, Place: _place, Release: _release, Settle: _settle, Correct: _correct, Inbound: _inbound,
    RecordFact: _fact, RecordHold: _hold, RecordDate: _date, RecordHours: _hours, Promise: _promise,
    Allowances: _allowances, Timeline: _timeline, Import: _import, Erase: _erase,
}  # fmt: skip
