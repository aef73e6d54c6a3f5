"""`cadencia cases`: test vectors from outside against the engine, or against its slow twin."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from cadencia.cli.rulebook import RulebookError, opened_rulebook
from cadencia.cli.rules import POLICY_HELP
from cadencia.cli.versions import local_days, version_of
from cadencia.engine import asked
from cadencia.engine.decide import Engine
from cadencia.engine.decision import Decision, Reason
from cadencia.engine.query import Query
from cadencia.engine.reference import Reference
from cadencia.engine.tables import Rulebook
from cadencia.rules.cases import MAX_LINE, Case, CaseResult, run_cases, summary

#: Most places that a message lists.
_MOST_PLACES = 20
STATED_BY_PERSON = "the person's own request"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The sub-command's options."""
    one = commands.add_parser("cases", help="run test vectors and print each disagreement", description=__doc__)
    one.add_argument("files", nargs="+", metavar="FILE.jsonl", help="vectors, one JSON object a line (docs/cases.md)")
    one.add_argument("--json", action="store_true", help="one JSON line a vector: id, expected, got, ok, reasons")
    one.add_argument("--engine", choices=("fast", "reference"), default="fast")
    one.add_argument("--jurisdiction", help="only vectors of this place and those under it, e.g. US-MA")
    one.add_argument("--root", type=Path, help="folder of jurisdiction files (default: the shipped law)")
    one.add_argument("--policy", action="append", default=[], metavar="NAME|FILE", help=POLICY_HELP)
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when every high and medium vector agrees, 1 when one does not, 2 for an unreadable or empty file."""
    try:
        return _run(args)
    except OSError as problem:
        sys.stderr.write(f"cadencia cases: {problem.filename}: {problem.strerror}\n")
    except RulebookError as problem:
        sys.stderr.write(f"cadencia cases: {problem}\n")
    return 2


def _run(args: argparse.Namespace) -> int:
    rulebook = opened_rulebook(args.root, args.policy)
    decide = decider(rulebook, args.engine)
    results, others = [], set()
    for name in args.files:
        with _opened(name) as stream:
            for case, result in run_cases(_lines(stream), rulebook, decide):
                if _wanted(case, args.jurisdiction):
                    results.append((case, result))
                    _tell(name, case, result, as_json=args.json)
                elif case:
                    others.add(case.jurisdiction)
    if not results:
        sys.stderr.write(f"cadencia cases: {_nothing_judged(args.jurisdiction, sorted(others))}\n")
        return 2
    if not args.json:
        for confidence, (good, total) in sorted(summary(results).items()):
            sys.stdout.write(f"{confidence or 'unstated'}: {good} of {total} agree\n")
    gates = [result for case, result in results if case is None or case.confidence != "low"]
    return 0 if all(result.ok for result in gates) else 1


def _nothing_judged(wanted: str | None, others: list[str]) -> str:
    if not others:
        return "no vectors to judge; write one JSON object a line (docs/cases.md)"
    shown = ", ".join([*others[:_MOST_PLACES], "…"] if len(others) > _MOST_PLACES else others)
    return f"--jurisdiction {wanted}: no vector is of that place; those given are of: {shown}"


def _tell(name: str, case: Case | None, result: CaseResult, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(_as_json(result) + "\n")
        if result.problem:
            sys.stderr.write(f"cadencia cases: {name}: {_problem(result)}\n")
    elif not result.ok:
        sys.stdout.write((f"{name}: " if result.problem else "") + _as_text(case, result) + "\n")


def decider(rulebook: Rulebook, engine: str) -> Callable[[Query], Decision]:
    """The fast engine, or the slow twin dressed as one."""
    if engine == "fast":
        return Engine(rulebook).decide
    slow = Reference(rulebook)

    def decide(query: Query) -> Decision:
        asked.selectors_of(query)  # the twin is strict in nothing but law: words that are none are refused here
        verdict = slow.verdict(query, retry=False)
        assert query.at is not None
        days = local_days(rulebook, query.at, query.zones or ())
        reasons = []
        for name in sorted(verdict.reasons):
            rule = version_of(rulebook, name, days)
            kind, citation = (rule.kind, rule.cite) if rule else ("contact_window", STATED_BY_PERSON)
            reasons.append(Reason(rule=name, kind=kind, citation=citation))
        if verdict.code != "none":
            reasons.append(Reason(rule=verdict.code, kind="engine", citation=""))
        return Decision(verdict="allow" if verdict.allowed else "deny", at=query.at, reasons=tuple(reasons))

    return decide


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as stream:
        yield stream


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is too long only as much as shows that it is, so that memory stays flat."""
    while line := stream.readline(MAX_LINE + 2):
        yield line
        while len(line) == MAX_LINE + 2 and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE + 2)


def _wanted(case: Case | None, jurisdiction: str | None) -> bool:
    if jurisdiction is None or case is None:
        return True
    return case.jurisdiction == jurisdiction or case.jurisdiction.startswith(f"{jurisdiction}-")


def _as_json(result: CaseResult) -> str:
    row = {
        "id": result.id,
        "expected": result.expected,
        "got": result.got,
        "ok": result.ok,
        "reasons": [{"rule": r.rule, "kind": r.kind, "citation": r.citation} for r in result.reasons],
    }
    return msgspec.json.encode(row).decode()


def _problem(result: CaseResult) -> str:
    """What is wrong with a line, which the problem itself names, and the vector's id if the line has one."""
    return result.problem if result.problem.startswith(f"{result.id}: ") else f"{result.id}: {result.problem}"


def _as_text(case: Case | None, result: CaseResult) -> str:
    if case is None or result.problem:
        return _problem(result)
    named = ", ".join(f"{rule.rule} ({rule.kind})" for rule in result.reasons) or "nothing blocks"
    asked = f"{case.jurisdiction} {case.channel} {case.local_time.isoformat()} {case.tz}"
    said = "; ".join(filter(None, (case.reason, case.citation)))
    expected = f"{case.expected} ({said})" if said else case.expected
    return f"{result.id} [{case.confidence or 'unstated'}] {asked}: expected {expected}, got {result.got}: {named}"
