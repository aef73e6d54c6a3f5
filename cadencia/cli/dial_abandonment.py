"""`cadencia dial abandonment`: a call log against the formulas of the laws of one or more places."""

from __future__ import annotations

import argparse
import csv
import io
import math
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import msgspec
import numpy as np

from cadencia.cli.decide_text import zone_clock
from cadencia.cli.rulebook import RulebookError, opened_rulebook
from cadencia.engine.abandonment import CallLog, Estimates, Formula, Rate, formulas, rate
from cadencia.engine.clock import ZoneClock, ZoneDataEndedError
from cadencia.engine.decide import Engine
from cadencia.engine.query import Query
from cadencia.engine.tables import Rulebook
from cadencia.rules.visible import visible

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_INSTANTS = ("answered_at", "greeted_at", "agent_at", "ended_at")
_COLUMNS = ("campaign", *_INSTANTS, "machine")
_MACHINE = {"yes": True, "no": False, "": None}
_FIRST_YEAR, _LAST_YEAR = 1970, 2099
_NOT_TEXT = re.compile("[\udc80-\udcff]")  # a byte that is not UTF-8, as surrogateescape reads it
_MOST_MISTAKES = 20
_MOST_TOLD = 200
_RATE = "{campaign}  {rule}: {n:g} / {d:g} = {share:.2%}; "
_NONE = "{campaign}  {rule}: {none}; "
_WORDS = {
    "en": ("cap {cap:.4g}%{over}; {calls} of {all} calls since {start}; {left} more may be abandoned", "  EXCEEDED",
           "no law on file gives an abandonment rate here", "house policy, not law", "no calls that count",
           "left out, person or machine not known: {n}"),
    "es": ("tope {cap:.4g} %{over}; {calls} de {all} llamadas desde {start}; pueden abandonarse {left} más",
           "  SUPERADO", "ninguna norma registrada fija aquí una tasa de abandono", "política interna, no es ley",
           "sin llamadas que cuenten", "fuera de cuenta, no se sabe si persona o máquina: {n}"),
    "pt": ("teto {cap:.4g}%{over}; {calls} de {all} chamadas desde {start}; podem ser abandonadas mais {left}",
           "  EXCEDIDO", "nenhuma norma registrada fixa aqui uma taxa de abandono", "política interna, não é lei",
           "sem chamadas que contem", "fora da conta, não se sabe se pessoa ou máquina: {n}"),
}  # fmt: skip


class _LogError(ValueError):
    """The log, the instant or the place cannot be used; the text says why and what to write."""


def abandonment(args: argparse.Namespace) -> int:
    """0 within every cap, 1 when one is exceeded, 2 when nothing can be said."""
    try:
        return _tell(args, opened_rulebook(args.root, args.policy))
    except OSError as problem:
        sys.stderr.write(f"cadencia dial: {problem.filename}: {problem.strerror}\n")
    except (RulebookError, _LogError, ZoneDataEndedError) as problem:
        sys.stderr.write(f"cadencia dial: {problem}\n")
    return 2


def _tell(args: argparse.Namespace, rulebook: Rulebook) -> int:
    at = _instant(args.at, "--at")
    logs = read_log(args.log)
    estimates = Estimates(args.persons_among_machines, args.machines_among_abandoned)
    house = {rule.id for rule in rulebook.rules if rule.force == "policy"}
    engine = Engine(rulebook)
    rates = [
        _Told(campaign, len(log.answered_at), formula, rate(formula, log, clock, at, estimates=estimates), clock)
        for code in args.jurisdiction
        for clock, found in [_law(engine, code, args.zone, args.purpose, at)]
        for formula in found
        for campaign, log in logs.items()
    ]
    for one in rates:
        is_house = one.formula.rule in house
        told = _as_json(one, is_house) if args.json else _as_text(one, args.lang, is_house)
        sys.stdout.write(told + "\n")
    if not rates:
        sys.stderr.write(f"cadencia dial: {', '.join(args.jurisdiction)}: {_WORDS[args.lang][2]}\n")
        return 2
    return int(any(one.found.exceeded for one in rates))


class _Told(NamedTuple):
    """One rate, and what is told beside it."""

    campaign: str
    calls: int  # in the whole log
    formula: Formula
    found: Rate
    clock: ZoneClock


def _as_text(told: _Told, language: str, is_house: bool) -> str:
    sentence, exceeded, _, house, none, unknown = _WORDS[language]
    found = told.found
    line = ((_RATE if found.denominator > 0 else _NONE) + sentence).format(
        campaign=visible(told.campaign), rule=found.rule, n=found.numerator, d=found.denominator, share=found.share,
        cap=100 * found.at_most, over=exceeded if found.exceeded else "", left=found.drops_left, none=none,
        calls=found.calls, all=told.calls, start=_local(told.clock, found.from_).isoformat(timespec="minutes"),
    )  # fmt: skip
    left_out = f"; {unknown.format(n=found.unknown)}" if found.unknown else ""
    return f"{line}{left_out}  [{told.formula.citation}{f'; {house}' if is_house else ''}]"


def _local(clock: ZoneClock, instant: float) -> datetime:
    return _when(instant).astimezone(timezone(timedelta(seconds=clock.offset_at(math.floor(instant)))))


def _when(instant: float) -> datetime:
    return datetime.fromtimestamp(_EPOCH.timestamp() + instant, UTC)


def _law(
    engine: Engine, code: str, named: str | None, purpose: str, at: float
) -> tuple[ZoneClock, tuple[Formula, ...]]:
    """The clock of the place, and the formulas that bind a predictive call of this purpose there and then, as the
    engine's own duties say. It adds the parents' law itself."""
    clock, zone = _clock(engine.rulebook, code, named)
    query = Query(at=_when(at), jurisdictions=(code,), zones=(zone,), purpose=purpose, initiator="predictive")
    return clock, formulas(engine.decide(query).obligations)


def _clock(rulebook: Rulebook, code: str, named: str | None) -> tuple[ZoneClock, str]:
    place = rulebook.jurisdictions.get(code)
    if place is None:
        raise _LogError(f"there is no law on file of {code}; see: cadencia rules list")
    zone = named or place.timezone
    if not zone:
        raise _LogError(f"{code} has several time zones; say --zone, for example --zone America/New_York")
    clock = zone_clock(rulebook, zone)
    if clock is None:
        raise _LogError(f"{zone} is no time zone; write an IANA name, for example America/New_York")
    return clock, zone


def read_log(name: str) -> dict[str, CallLog]:
    """Campaign -> its calls. _LogError with the first mistakes, each with its line."""
    with _opened(name) as lines:
        rows, mistakes = _rows(_text(lines))
    if mistakes:
        more = f"\n… and {len(mistakes) - _MOST_MISTAKES} more" if len(mistakes) > _MOST_MISTAKES else ""
        raise _LogError("\n".join([f"{name} has mistakes", *mistakes[:_MOST_MISTAKES]]) + more)
    if not rows:
        raise _LogError(f"{name} holds no answered call; write one a line under: {', '.join(_COLUMNS)}")
    return {campaign: _log(calls) for campaign, calls in rows.items()}


def _opened(name: str) -> TextIO:
    if name == "-":
        return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="surrogateescape", newline="")
    return Path(name).open(encoding="utf-8", errors="surrogateescape", newline="")


def _text(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if not line.isascii() and (found := _NOT_TEXT.search(line)):
            byte = ord(found.group()) & 0xFF
            raise _LogError(f"line {number}: byte 0x{byte:02x} is not UTF-8; save the log as CSV in UTF-8")
        yield line


def _rows(lines: Iterable[str]) -> tuple[dict[str, list[tuple[Any, ...]]], list[str]]:
    reader = csv.DictReader(lines, strict=True)
    try:
        columns = list(reader.fieldnames or ())
    except csv.Error as problem:
        return {}, [f"line 1: {problem}; write {', '.join(_COLUMNS)}"]
    if sorted(columns) != sorted(_COLUMNS):
        told = visible(", ".join(columns) or "none")[:_MOST_TOLD]
        return {}, [f"line 1: the columns are {told}; write {', '.join(_COLUMNS)}"]
    rows: dict[str, list[tuple[Any, ...]]] = {}
    mistakes: list[str] = []
    numbered: Iterator[dict[str, Any]] = iter(reader)
    while True:
        try:
            row = next(numbered, None)
            if row is None:
                return rows, mistakes
            rows.setdefault(str(row["campaign"]), []).append(_call(row))
        except (_LogError, csv.Error) as problem:
            mistakes.append(f"line {reader.line_num}: {problem}")


def _call(row: dict[str, Any]) -> tuple[Any, ...]:
    if None in row or None in row.values():
        raise _LogError(f"has not {len(_COLUMNS)} fields; write each of {', '.join(_COLUMNS)}, empty if not known")
    instants = [_instant(row[name], name) if row[name] else math.nan for name in _INSTANTS]
    if math.isnan(instants[0]):
        raise _LogError("answered_at is empty; leave calls out that were not answered")
    for name, instant in zip(_INSTANTS[1:], instants[1:], strict=True):
        if instant < instants[0]:
            raise _LogError(f"{name} is before answered_at; a call is answered first")
    if row["machine"] not in _MACHINE:
        raise _LogError(f"machine is {row['machine'][:20]!r}; write yes or no")
    return *instants, _MACHINE[row["machine"]]


def _log(calls: list[tuple[Any, ...]]) -> CallLog:
    columns = list(zip(*calls, strict=True))
    instants = [np.array(column, dtype=np.float64) for column in columns[:4]]
    return CallLog(
        answered_at=instants[0], greeted_at=instants[1], agent_at=instants[2], ended_at=instants[3],
        machine=np.array([one is True for one in columns[4]]), unknown=np.array([one is None for one in columns[4]]),
    )  # fmt: skip


def _instant(text: str, where: str) -> float:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _LogError(f"{where} is {text[:40]!r}; write an instant with its offset, 2026-11-16T12:00:01.5-05:00")
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise _LogError(f"{where} is {text[:40]!r}; write an instant of the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return (found - _EPOCH).total_seconds()


def _as_json(told: _Told, is_house: bool) -> str:
    found = told.found
    row = msgspec.to_builtins(found) | {"share": found.share, "exceeded": found.exceeded, "calls_in_log": told.calls}
    row["from"] = _local(told.clock, row.pop("from_"))
    law = {"citation": told.formula.citation, "house_policy": is_house}
    return msgspec.json.encode({"campaign": told.campaign, **row, **law}).decode()
