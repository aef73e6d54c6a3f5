"""`cadencia cases`: test vectors from outside against the engine, or against its slow twin."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from cadencia.engine.decide import Engine
from cadencia.engine.decision import Decision, Reason
from cadencia.engine.query import Query
from cadencia.engine.reference import Reference
from cadencia.engine.tables import Rulebook
from cadencia.rules.cache import open_rulebook
from cadencia.rules.cases import Case, CaseResult, run_cases, summary


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The sub-command's options."""
    one = commands.add_parser("cases", help="run test vectors and print each disagreement", description=__doc__)
    one.add_argument("files", nargs="+", metavar="FILE.jsonl", help="vectors, one JSON object a line (docs/cases.md)")
    one.add_argument("--json", action="store_true", help="one JSON line a vector: id, expected, got, ok, reasons")
    one.add_argument("--engine", choices=("fast", "reference"), default="fast")
    one.add_argument("--jurisdiction", help="only vectors of this place and those under it, e.g. US-MA")
    one.add_argument("--root", type=Path, help="folder of jurisdiction files (default: the shipped law)")
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when every high and medium vector agrees, 1 when one does not, 2 when a file cannot be read."""
    rulebook = open_rulebook(args.root)
    try:
        lines = [line for name in args.files for line in _lines(name)]
    except OSError as problem:
        sys.stderr.write(f"cadencia cases: {problem.filename}: {problem.strerror}\n")
        return 2
    results = [row for row in run_cases(lines, rulebook, decider(rulebook, args.engine)) if _wanted(row[0], args.jurisdiction)]
    for case, result in results:
        if args.json:
            sys.stdout.write(_as_json(result) + "\n")
        elif not result.ok:
            sys.stdout.write(_as_text(case, result) + "\n")
    if not args.json:
        for confidence, (good, total) in sorted(summary(results).items()):
            sys.stdout.write(f"{confidence or 'unstated'}: {good} of {total} agree\n")
    gates = [result for case, result in results if case is None or case.confidence != "low"]
    return 0 if all(result.ok for result in gates) else 1


def decider(rulebook: Rulebook, engine: str) -> Callable[[Query], Decision]:
    """The fast engine, or the slow twin dressed as one."""
    if engine == "fast":
        return Engine(rulebook).decide
    slow = Reference(rulebook)
    rules = {rule.id: rule for rule in rulebook.rules}

    def decide(query: Query) -> Decision:
        verdict = slow.verdict(query, retry=False)
        assert query.at is not None
        named = [rules[name] for name in sorted(verdict.reasons) if name in rules]
        reasons = [Reason(rule=rule.id, kind=rule.kind, citation=rule.cite) for rule in named]
        reasons += [Reason(rule=name, kind="contact_window", citation="") for name in verdict.reasons if name not in rules]
        if verdict.code != "none":
            reasons.append(Reason(rule=verdict.code, kind="engine", citation=""))
        return Decision(verdict="allow" if verdict.allowed else "deny", at=query.at, reasons=tuple(reasons))

    return decide


def _lines(name: str) -> Iterator[bytes]:
    if name == "-":
        yield from sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield from file


def _wanted(case: Case | None, jurisdiction: str | None) -> bool:
    if jurisdiction is None or case is None:
        return True
    return case.jurisdiction == jurisdiction or case.jurisdiction.startswith(f"{jurisdiction}-")


def _as_json(result: CaseResult) -> str:
    row: dict[str, object] = {
        "id": result.id,
        "expected": result.expected,
        "got": result.got,
        "ok": result.ok,
        "reasons": [{"rule": r.rule, "kind": r.kind, "citation": r.citation} for r in result.reasons],
    }
    if result.problem:
        row["problem"] = result.problem
    return msgspec.json.encode(row).decode()


def _as_text(case: Case | None, result: CaseResult) -> str:
    if case is None or result.problem:
        return f"{result.id}: {result.problem}"
    named = ", ".join(f"{rule.rule} ({rule.kind})" for rule in result.reasons) or "nothing blocks"
    asked = f"{case.jurisdiction} {case.channel} {case.local_time.isoformat()} {case.tz}"
    return (
        f"{result.id} [{case.confidence}] {asked}: expected {case.expected} ({case.reason}; {case.citation}), "
        f"got {result.got}: {named}"
    )
