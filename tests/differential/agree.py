"""Compares the fast engine with the slow twin, query by query, and tells the mismatches."""

from __future__ import annotations

import argparse
import random
import sys
import time

import msgspec

from cadencia.engine.batch import NO_INSTANT, Screened
from cadencia.engine.columns import batch_of
from cadencia.engine.decide import Engine
from cadencia.engine.history import seconds
from cadencia.engine.query import Query
from cadencia.engine.reference import STATED_HOURS, Reference, Verdict
from cadencia.engine.tables import Rulebook
from cadencia.engine.words import STATED_HOURS_BIT, RetryCode, VerdictCode
from tests.differential import generate


def fast_verdicts(
    engine: Engine, queries: list[Query], *, retry: bool
) -> list[tuple[bool, frozenset[str], int | None, str, str]]:
    """(allowed, reasons, retry_at, retry, code) of each query, by columns."""
    out = engine.screen(batch_of(queries, lambda query: engine.place_of(query)[0]), retry=retry)
    return [_row(engine.rulebook, out, i) for i in range(len(queries))]


def _row(rulebook: Rulebook, out: Screened, i: int) -> tuple[bool, frozenset[str], int | None, str, str]:
    reasons = {rulebook.rules[index].id for index in out.blocking_rules(i)}
    if int(out.reasons[i]) >> STATED_HOURS_BIT:
        reasons.add(STATED_HOURS)
    opens = None if out.retry_at[i] == NO_INSTANT else int(out.retry_at[i])
    return bool(out.allowed[i]), frozenset(reasons), opens, RetryCode(out.retry[i]).name, VerdictCode(out.code[i]).name


def differs(
    fast: tuple[bool, frozenset[str], int | None, str, str], slow: Verdict, query: Query, *, retry: bool
) -> str:
    """What the two disagree on; empty if nothing. Why nothing opens is compared where no date can change it."""
    allowed, reasons, opens, _, code = fast
    if allowed != slow.allowed or (reasons != slow.reasons and slow.code == "none"):
        return f"verdict: fast {allowed} {sorted(reasons)}, slow {slow.allowed} {sorted(slow.reasons)}"
    if code != slow.code and (retry or slow.code != "zone_ambiguous"):
        return f"code: fast {code}, slow {slow.code}"
    if retry:
        expected = seconds(slow.retry_at) if slow.retry_at else None
        if opens != expected:
            return f"retry_at: fast {opens}, slow {expected} ({slow.retry_at})"
    return ""


def mismatches(rulebook: Rulebook, queries: list[Query], *, retry: bool) -> list[tuple[Query, str]]:
    """Every query on which the two engines disagree, with what they disagree on."""
    slow = Reference(rulebook)
    found = []
    for query, fast in zip(queries, fast_verdicts(Engine(rulebook), queries, retry=retry), strict=True):
        told = differs(fast, slow.verdict(query, retry=retry), query, retry=retry)
        if told:
            found.append((query, told))
    return found


def sweep(seed: int, queries: int, *, retry: bool, rules: int = 30, each: int = 500) -> list[tuple[int, Query, str]]:
    """Random rulebooks of `rules` rules, `each` queries on each, until so many queries are compared."""
    found = []
    for start in range(0, queries, each):
        rng = random.Random(f"{seed}/{start}/{retry}")
        rulebook = generate.rulebook(rng, rules=rng.randint(1, rules))
        asked = [generate.query(rng) for _ in range(min(each, queries - start))]
        found += [(start, query, told) for query, told in mismatches(rulebook, asked, retry=retry)]
    return found


def main() -> int:
    """`python -m tests.differential.agree --queries 1000000`: exit code 1 when anything differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--queries", type=int, default=1_000_000)
    parser.add_argument("--retry", type=int, default=5_000, help="of them, so many with retry_at searched")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    began = time.perf_counter()
    found = sweep(args.seed, args.queries - args.retry, retry=False) + sweep(
        args.seed, args.retry, retry=True, each=50, rules=12
    )
    for start, query, told in found[:20]:
        sys.stdout.write(f"{start} {told}\n  {msgspec.json.encode(query).decode()}\n")
    sys.stdout.write(
        f"{args.queries} queries compared, {len(found)} differ, {time.perf_counter() - began:.0f} s, seed {args.seed}\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
