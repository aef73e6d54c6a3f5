"""`python -m tests.fuzz.long --seconds 120`: hostile rule files, vectors and lists for minutes.

Each finding is kept in build/fuzz; --replay FILE gives it to the same check again. Exit code 1 if anything is found.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.fuzz.readers import ROOT, TARGETS, Target

#: One input may take so long, in seconds, on a busy machine; more is a finding.
SLOWEST_S = 10.0


def fuzz(
    seconds: float,
    *,
    seed: int,
    folder: Path,
    names: Sequence[str] = tuple(TARGETS),
    targets: Mapping[str, Target] = TARGETS,
) -> int:
    """Spoils good inputs for so long, each target in turn; 1 if one broke, and the target is then left alone."""
    code = 0
    for name in names:
        rng, tried, slowest, found = random.Random(f"{seed}/{name}"), 0, 0.0, ""
        ends = time.monotonic() + seconds / len(names)
        while time.monotonic() < ends and not found:
            data = targets[name].spoil(targets[name].seeds(), rng)
            found, took = _broken(targets[name], data)
            tried, slowest = tried + 1, max(slowest, took)
            if found:
                code = 1
                sys.stdout.write(f"{name}: {found}\n  kept in {_keep(folder, name, data)}\n")
        sys.stdout.write(f"{name}: {tried} inputs, slowest {slowest:.2f} s, seed {seed}\n")
    return code


def _broken(target: Target, data: bytes) -> tuple[str, float]:
    """What broke, or nothing, and the seconds it took."""
    began = time.monotonic()
    found = ""
    try:
        target.check(data)
    except Exception as problem:  # noqa: BLE001 - whatever a reader raises is the finding
        found = f"{type(problem).__name__}: {problem}"
    took = time.monotonic() - began
    return found or (f"took {took:.1f} s" if took > SLOWEST_S else ""), took


def _keep(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    return path


def main() -> int:
    """1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, help="left out: another one each time, told at the end")
    parser.add_argument("--target", choices=tuple(TARGETS), action="append")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="one kept finding; its name says the target")
    args = parser.parse_args()
    if args.replay:
        TARGETS[args.replay.name.partition("-")[0]].check(args.replay.read_bytes())
        return 0
    seed = time.time_ns() if args.seed is None else args.seed
    return fuzz(args.seconds, seed=seed, folder=ROOT / "build" / "fuzz", names=args.target or tuple(TARGETS))


if __name__ == "__main__":
    sys.exit(main())
