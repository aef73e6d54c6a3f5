"""Compares the fast engine with the slow twin, query by query, and tells the mismatches."""

from __future__ import annotations

import argparse
import multiprocessing
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
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import load_tree
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


def sample_of_verdicts(seed: int, queries: int) -> list[tuple[bool, frozenset[str], int | None, str, str]]:
    """What the fast engine says of random queries: to see that a sweep compares something."""
    rng = random.Random(seed)
    out = []
    for _ in range(queries // 100):
        rulebook = generate.rulebook(rng, rules=rng.randint(1, 30))
        out += fast_verdicts(Engine(rulebook), [generate.query(rng) for _ in range(100)], retry=True)
    return out


def one_pair(seed: int) -> tuple[Rulebook, Query, tuple[bool, frozenset[str], int | None, str, str], Verdict]:
    """One query with both engines' answers."""
    rng = random.Random(seed)
    rulebook = generate.rulebook(rng, rules=8)
    query = generate.query(rng)
    return (
        rulebook,
        query,
        fast_verdicts(Engine(rulebook), [query], retry=False)[0],
        Reference(rulebook).verdict(query, retry=False),
    )


def sweep_law(seed: int, queries: int, *, retry: bool) -> list[tuple[int, Query, str]]:
    """Random queries under the shipped law, drafts and all."""
    law = compile_rulebook(load_tree(jurisdictions_folder()), include_drafts=True, locates=False)
    rng = random.Random(f"{seed}/law/{retry}")
    asked = [generate.real_query(rng, law) for _ in range(queries)]
    return [(0, query, told) for query, told in mismatches(law, asked, retry=retry)]


def share(job: tuple[str, int, int]) -> list[tuple[int, Query, str]]:
    """One process's part of a long comparison."""
    what, seed, queries = job
    if what == "law":
        return sweep_law(seed, queries, retry=False)
    if what == "openings":
        return sweep(seed, queries, retry=True, each=50, rules=12) + sweep_law(seed, queries // 20, retry=True)
    return sweep(seed, queries, retry=False)


def main() -> int:
    """`python -m tests.differential.agree --queries 1000000`: exit code 1 when anything differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--queries", type=int, default=1_000_000)
    parser.add_argument("--retry", type=int, default=4_000, help="of them, so many with retry_at searched")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--of", choices=("both", "law"), default="both", help="random rulebooks and the shipped law, or the law alone"
    )
    args = parser.parse_args()
    began = time.perf_counter()
    part = max(1, (args.queries - args.retry) // 40)
    jobs = [("openings", args.seed * 1_000 + k, args.retry // 10) for k in range(10)]
    jobs += [("law" if k % 4 == 0 or args.of == "law" else "random", args.seed * 1_000 + k, part) for k in range(40)]
    with multiprocessing.Pool() as pool:
        found = [row for rows in pool.imap_unordered(share, jobs) for row in rows]
    for start, query, told in found[:20]:
        sys.stdout.write(f"{start} {told}\n  {msgspec.json.encode(query).decode()}\n")
    compared = sum(job[2] for job in jobs)
    took = time.perf_counter() - began
    sys.stdout.write(f"{compared} queries compared ({args.of}), {len(found)} differ, {took:.0f} s, seed {args.seed}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
