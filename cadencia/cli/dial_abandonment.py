"""`cadencia dial abandonment`: a call log against the formulas of the laws of one or more places."""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from cadencia.engine.abandonment import CallLog, Estimates, Formula, Rate, formulas, rate
from cadencia.engine.clock import ZoneClock, ZoneDataEndedError
from cadencia.engine.decide import Engine
from cadencia.engine.query import Query
from cadencia.engine.tables import Rulebook
from cadencia.rules.cache import open_rulebook
from cadencia.rules.compile import CompileError

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_INSTANTS = ("answered_at", "greeted_at", "agent_at", "ended_at")
_COLUMNS = ("campaign", *_INSTANTS, "machine")
_MACHINE = {"yes": True, "no": False, "": False}
_MOST_MISTAKES = 20
_RATE = "{campaign}  {rule}: {n:g} / {d:g} = {share:.2%}; "
_WORDS = {
    "en": ("cap {cap:.4g}%{over}; since {start}; {left} more may be abandoned", "  EXCEEDED",
           "no law on file gives an abandonment rate here"),
    "es": ("tope {cap:.4g} %{over}; desde {start}; pueden abandonarse {left} más", "  SUPERADO",
           "ninguna norma registrada fija aquí una tasa de abandono"),
    "pt": ("teto {cap:.4g}%{over}; desde {start}; podem ser abandonadas mais {left}", "  EXCEDIDO",
           "nenhuma norma registrada fixa aqui uma taxa de abandono"),
}  # fmt: skip


class _LogError(ValueError):
    """The log, the instant or the place cannot be used; the text says why and what to write."""


def abandonment(args: argparse.Namespace) -> int:
    """0 within every cap, 1 when one is exceeded, 2 when nothing can be said."""
    try:
        return _tell(args, open_rulebook(args.root))
    except OSError as problem:
        sys.stderr.write(f"cadencia dial: {problem.filename}: {problem.strerror}\n")
    except (_LogError, CompileError, ZoneDataEndedError, UnicodeDecodeError) as problem:
        sys.stderr.write(f"cadencia dial: {problem}\n")
    return 2


def _tell(args: argparse.Namespace, rulebook: Rulebook) -> int:
    at = _instant(args.at, "--at")
    logs = read_log(args.log)
    estimates = Estimates(args.persons_among_machines, args.machines_among_abandoned)
    rates = [
        (campaign, formula, rate(formula, log, clock, at, estimates=estimates))
        for code in args.jurisdiction
        for clock, found in [_law(rulebook, code, args.zone, args.purpose, at)]
        for formula in found
        for campaign, log in logs.items()
    ]
    for campaign, formula, one in rates:
        told = _as_json(campaign, formula, one) if args.json else _as_text(campaign, formula, one, args.lang)
        sys.stdout.write(told + "\n")
    if not rates:
        sys.stderr.write(f"cadencia dial: {', '.join(args.jurisdiction)}: {_WORDS[args.lang][2]}\n")
        return 2
    return int(any(one.exceeded for _, _, one in rates))


def _as_text(campaign: str, formula: Formula, found: Rate, language: str) -> str:
    sentence, exceeded, _ = _WORDS[language]
    line = (_RATE + sentence).format(
        campaign=campaign, rule=found.rule, n=found.numerator, d=found.denominator, share=found.share,
        cap=100 * found.at_most, over=exceeded if found.exceeded else "", left=found.drops_left,
        start=_when(found.from_).isoformat(timespec="minutes"),
    )  # fmt: skip
    return f"{line}  [{formula.citation}]"


def _when(instant: float) -> datetime:
    return datetime.fromtimestamp(_EPOCH.timestamp() + instant, UTC)


def _law(
    rulebook: Rulebook, code: str, named: str | None, purpose: str, at: float
) -> tuple[ZoneClock, tuple[Formula, ...]]:
    clock, zone = _clock(rulebook, code, named)
    return clock, _formulas(rulebook, code, zone, purpose, at)


def _formulas(rulebook: Rulebook, code: str, zone: str, purpose: str, at: float) -> tuple[Formula, ...]:
    """Those that bind a predictive call of this purpose there and then, as the engine's own duties say."""
    stack = (code, *rulebook.jurisdictions[code].parents)
    query = Query(at=_when(at), jurisdictions=stack, zones=(zone,), purpose=purpose, initiator="predictive")
    return formulas(Engine(rulebook).decide(query).obligations)


def _clock(rulebook: Rulebook, code: str, named: str | None) -> tuple[ZoneClock, str]:
    place = rulebook.jurisdictions.get(code)
    if place is None:
        raise _LogError(f"there is no law on file of {code}; see: cadencia rules list")
    zone = named or place.timezone
    if not zone:
        raise _LogError(f"{code} has several time zones; say --zone, for example --zone America/New_York")
    table = rulebook.zones.get(rulebook.zone_links.get(zone, zone))
    if table is None:
        raise _LogError(f"{zone} is no time zone; write an IANA name, for example America/New_York")
    return ZoneClock(table), zone


def read_log(name: str) -> dict[str, CallLog]:
    """Campaign -> its calls. _LogError with the first mistakes, each with its line."""
    with nullcontext(sys.stdin) if name == "-" else Path(name).open(encoding="utf-8", newline="") as lines:
        rows, mistakes = _rows(lines)
    if mistakes:
        more = f"\n… and {len(mistakes) - _MOST_MISTAKES} more" if len(mistakes) > _MOST_MISTAKES else ""
        raise _LogError("\n".join([f"{name} has mistakes", *mistakes[:_MOST_MISTAKES]]) + more)
    if not rows:
        raise _LogError(f"{name} holds no answered call; write one a line under: {', '.join(_COLUMNS)}")
    return {campaign: _log(calls) for campaign, calls in rows.items()}


def _rows(lines: Iterable[str]) -> tuple[dict[str, list[tuple[Any, ...]]], list[str]]:
    reader = csv.DictReader(lines, strict=True)
    if set(reader.fieldnames or ()) != set(_COLUMNS):
        return {}, [f"line 1: the columns are {', '.join(reader.fieldnames or ['none'])}; write {', '.join(_COLUMNS)}"]
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
        machine=np.array(columns[4], dtype=np.bool_),
    )  # fmt: skip


def _instant(text: str, where: str) -> float:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _LogError(f"{where} is {text[:40]!r}; write an instant with its offset, 2026-11-16T12:00:01.5-05:00")
    return (found - _EPOCH).total_seconds()


def _as_json(campaign: str, formula: Formula, found: Rate) -> str:
    told = msgspec.to_builtins(found) | {"share": found.share, "exceeded": found.exceeded}
    told["from"] = _when(told.pop("from_"))
    return msgspec.json.encode({"campaign": campaign, **told, "citation": formula.citation}).decode()
