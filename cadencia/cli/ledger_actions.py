"""What the verbs of `cadencia ledger` do that are one operation each: they reach the owner of the file over its
socket, else open the file themselves."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import date, datetime

import msgspec

from cadencia.cli.decide_query import OptionError, read_query, with_parents
from cadencia.cli.ledger_law import Law
from cadencia.cli.ledger_open import Files, gate_at, ledger_at
from cadencia.cli.ledger_options import UsageError, read_ledger_secret
from cadencia.cli.ledger_requests import (
    Allowances,
    Answer,
    Correct,
    Erase,
    Inbound,
    Operation,
    Place,
    Promise,
    RecordDate,
    RecordFact,
    RecordHold,
    RecordHours,
    Release,
    Reserve,
    Settle,
    Timeline,
    decides,
    only_looks,
    perform,
)
from cadencia.cli.ledger_socket import SocketError, ask, serve
from cadencia.cli.ledger_text import tell, word
from cadencia.cli.rulebook import RulebookError
from cadencia.dialer.request import Request
from cadencia.engine.query import Hours
from cadencia.evidence.seal import EvidenceError
from cadencia.gates import wall
from cadencia.lists.facts import read_hours
from cadencia.lists.schema import ListError
from cadencia.store.ledger import LedgerError
from cadencia.store.projection import as_datetime

DONE, REFUSED, UNUSABLE = 0, 1, 2
#: What makes a command end with 2: it was asked wrongly, or the ledger cannot be used.
FAILED = (UsageError, OptionError, RulebookError, ListError, SocketError, EvidenceError, LedgerError, OSError)
#: The word that an erasure is confirmed with.
CONFIRM = {"en": "erase", "es": "borrar", "pt": "apagar"}


def reserve(args: argparse.Namespace) -> int:
    """Decides and, if it is allowed, reserves."""
    return _done(args, Reserve(request=_request(args), key=args.key))


def place(args: argparse.Namespace) -> int:
    """Consumes a permit."""
    return _done(args, Place(permit=args.permit))


def release(args: argparse.Namespace) -> int:
    """Gives a reservation back."""
    return _done(args, Release(attempt=args.attempt, why=args.why))


def settle(args: argparse.Namespace) -> int:
    """Says how an attempt ended."""
    return _done(args, Settle(attempt=args.attempt, outcome=args.outcome, at=_when(args.at), source=args.source))


def correct(args: argparse.Namespace) -> int:
    """Says anew how an attempt ended."""
    return _done(args, Correct(attempt=args.attempt, outcome=args.outcome, at=_when(args.at), source=args.source))


def inbound(args: argparse.Namespace) -> int:
    """Records that the person contacted us."""
    return _done(args, Inbound(
        tenant=args.tenant, person=args.person, at=_when(args.at), channel=args.channel, outcome=args.outcome,
        debt=args.debt, creditor=args.creditor, address=args.address, household=args.household,
        workplace=args.workplace, account=args.account, party=args.party, source=args.source,
    ))  # fmt: skip


def fact(args: argparse.Namespace) -> int:
    """Records one fact, hold, date or the person's hours."""
    given = [name for name in ("fact", "hold", "date") if getattr(args, name)]
    if args.wanted_hours is not None or args.unwanted_hours is not None:
        given.append("hours")
    if len(given) != 1:
        raise UsageError("say one thing: --fact, --hold, --date, or hours")
    told = {name: getattr(args, name) for name in ("tenant", "person", "source", "evidence", "by")}
    return _done(args, _FACTS[given[0]](args, told))


def promise(args: argparse.Namespace) -> int:
    """Records a promise to pay, or that payment is not possible before a day."""
    if (args.due is None) == (args.cannot_pay_until is None):
        raise UsageError("say one of --due DATE and --cannot-pay-until DATE")
    return _done(args, Promise(
        tenant=args.tenant, person=args.person, debt=args.debt, source=args.source, by=args.by, amount=args.amount,
        due=_day("--due", args.due), cannot_pay_until=_day("--cannot-pay-until", args.cannot_pay_until),
    ))  # fmt: skip


def allowances(args: argparse.Namespace) -> int:
    """What every counting rule still allows."""
    return _done(args, Allowances(request=_request(args)))


def timeline(args: argparse.Namespace) -> int:
    """All that is recorded of a person."""
    return _done(args, Timeline(tenant=args.tenant, person=args.person))


def erase(args: argparse.Namespace) -> int:
    """Destroys what is personal of a person: in the ledger, its journal, the checkpoint and the exports."""
    from cadencia.cli.ledger_export import erase_from_exports

    if not args.yes and not _confirmed(args.lang):
        raise UsageError(f"not confirmed, nothing was erased: type {CONFIRM[args.lang]!r}, or give --yes")
    files = _files(args)
    if files.exports.exists():
        asyncio.run(_usable(files))
    code = _done(args, Erase(tenant=args.tenant, person=args.person))
    # also after a refusal: of an erasure that was cut short the exports may be left
    for line in erase_from_exports(files, args.tenant, args.person):
        sys.stderr.write(line + "\n")
    return code


async def _usable(files: Files) -> None:
    """LedgerError under another secret or consortium: in the exports it would find nobody, whoever serves the file."""
    async with ledger_at(files, looking=True):
        pass


def run_server(args: argparse.Namespace) -> int:
    """Owns the ledger and answers on the socket until it is told to end."""
    files = _files(args)
    asyncio.run(serve(files, _law(args), args.socket or files.socket))
    return DONE


def _done(args: argparse.Namespace, operation: Operation) -> int:
    answer = _answer(args, operation)
    if "error" in answer:
        if args.json:
            _write_json(answer)
        else:
            sys.stderr.write(f"{word('error', args.lang)} ({answer['error']}): {answer['message']}\n")
        return UNUSABLE if answer["error"] in ("ledger", "forbidden", "bad_request") else REFUSED
    if args.json:
        _write_json(answer)
    else:
        tell(answer, args.lang, _files(args).archive)
    return REFUSED if answer.get("verdict") == "deny" or answer.get("placed") is False else DONE


def _answer(args: argparse.Namespace, operation: Operation) -> Answer:
    files = _files(args)
    answer = ask(args.socket or files.socket, operation)
    if answer is not None:
        return answer
    if args.socket is not None:
        raise SocketError(f"{args.socket}: nobody listens; start `cadencia ledger serve`, or leave --socket out")
    return asyncio.run(_directly(args, files, operation))


async def _directly(args: argparse.Namespace, files: Files, operation: Operation) -> Answer:
    law = _law(args) if decides(operation) else None
    make = isinstance(operation, Reserve)
    if make and not files.ledger.exists():
        sys.stderr.write(f"{files.ledger}: {word('begun', args.lang)}\n")
    async with gate_at(files, law, looking=only_looks(operation), make=make) as gate:
        answer = await perform(gate, operation)
        if make and answer.get("permit"):
            sys.stderr.write(f"{word('unserved', args.lang)}\n")
        if isinstance(operation, Erase) and files.checkpoint.exists():
            await gate.checkpoint(files.checkpoint)
        return answer


def _write_json(answer: Answer) -> None:
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")


def _files(args: argparse.Namespace) -> Files:
    return Files(args.ledger, read_ledger_secret(args.secret), args.consortium or "")


def _law(args: argparse.Namespace) -> Law:
    return Law.opened(getattr(args, "root", None), getattr(args, "policy", ()))


def _request(args: argparse.Namespace) -> Request:
    query = msgspec.structs.replace(
        read_query(args, as_datetime(wall())), at=None, household=args.household, workplace=args.workplace,
        account=args.account,
    )  # fmt: skip
    if query.jurisdictions is not None:
        query = with_parents(query, _law(args).engine.rulebook)
    return Request(tenant=args.tenant, person=args.person, query=query, debts=tuple(args.also_debt),
                   trunk=args.trunk, by=args.by)  # fmt: skip


def _when(text: str | None) -> datetime:
    """The instant of --at; left out, now."""
    if text is None:
        return as_datetime(wall())
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--at {text}: not a time; write it as 2026-05-18T09:00-05:00") from None
    if at.tzinfo is None:
        raise UsageError(f"--at {text}: which zone? Write its offset, as in 2026-05-18T09:00-05:00, or Z for UTC")
    return at


def _until(option: str, text: str | None) -> datetime | None:
    try:
        return None if text is None else _when(text)
    except UsageError as problem:
        raise UsageError(str(problem).replace("--at", option)) from None


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: not a day; write it as 2026-06-30") from None


def _fact(args: argparse.Namespace, told: dict[str, str]) -> Operation:
    value = not args.fact.startswith("!")
    return RecordFact(
        fact=args.fact.removeprefix("!"), value=value, scope=args.scope, id=args.id, channel=args.channel,
        from_=_until("--from", args.since), until=_until("--until", args.until), **told,
    )  # fmt: skip


def _hold(args: argparse.Namespace, told: dict[str, str]) -> Operation:
    on = not args.hold.startswith("!")
    return RecordHold(
        hold=args.hold.removeprefix("!"), on=on, debt=args.id, until=_until("--until", args.until), **told
    )


def _date(args: argparse.Namespace, told: dict[str, str]) -> Operation:
    name, _, text = args.date.partition("=")
    day = _day("--date", text)
    assert day is not None
    return RecordDate(name=name, day=day, debt=args.id, **told)


def _hours(args: argparse.Namespace, told: dict[str, str]) -> Operation:
    return RecordHours(wanted=_spans("--wanted-hours", args.wanted_hours),
                       unwanted=_spans("--unwanted-hours", args.unwanted_hours), **told)  # fmt: skip


def _spans(option: str, text: str | None) -> tuple[Hours, ...] | None:
    """None leaves what is recorded, an empty text takes it back."""
    try:
        return None if text is None else read_hours(text) if text else ()
    except ValueError as problem:
        raise UsageError(f"{option} {text}: {problem}") from None


_FACTS: dict[str, Callable[[argparse.Namespace, dict[str, str]], Operation]] = {
    "fact": _fact, "hold": _hold, "date": _date, "hours": _hours,
}  # fmt: skip


def _confirmed(language: str) -> bool:
    sys.stderr.write(f"{CONFIRM[language]}? ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == CONFIRM[language]
