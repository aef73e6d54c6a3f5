"""When what is closed now opens: counted by quarter of an hour for a day, then by day, to the engine's horizon."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from cadencia.engine.tables import UNIX_OF_EPOCH
from cadencia.engine.words import HORIZON_DAYS, RetryCode

QUARTER_S, DAY_S = 900, 86_400
QUARTERS = DAY_S // QUARTER_S
BUCKETS = QUARTERS + HORIZON_DAYS + 1
#: codes of what has no bucket: callable now, and the null retries by RetryCode
NOW = BUCKETS
WITHOUT = {RetryCode.never: BUCKETS + 1, RetryCode.needs_fact: BUCKETS + 2, RetryCode.beyond_horizon: BUCKETS + 3}
CODES = BUCKETS + 4


def buckets(at: int, allowed: np.ndarray, retry: np.ndarray, retry_at: np.ndarray) -> np.ndarray:
    """The code of each answer: its quarter or day counted from the quarter of `at`, or why it has none."""
    after = retry_at - at // QUARTER_S * QUARTER_S
    code = np.where(after < DAY_S, after // QUARTER_S, QUARTERS + (after - DAY_S) // DAY_S)
    code = np.clip(code, 0, BUCKETS - 1)
    for reason, bucket in WITHOUT.items():
        code[retry == reason] = bucket
    code[allowed != 0] = NOW
    return code


def opening(at: int, code: int) -> datetime | None:
    """When a bucket begins, in UTC; None for a code that is no bucket."""
    if code >= BUCKETS:
        return None
    first = at // QUARTER_S * QUARTER_S
    after = code * QUARTER_S if code < QUARTERS else DAY_S * (code - QUARTERS + 1)
    return datetime.fromtimestamp(first + after + UNIX_OF_EPOCH, UTC)


def labels(at: int) -> list[str]:
    """The text of every code, as the column `unlock` has it: a span as ISO 8601 writes it (start/length), because its
    start alone would look like an instant at which contact is allowed, and is earlier."""
    starts = [opening(at, code) for code in range(BUCKETS)]
    lengths = ["PT15M"] * QUARTERS + ["P1D"] * (BUCKETS - QUARTERS)
    dated = [
        f"{start:%Y-%m-%dT%H:%MZ}/{length}" for start, length in zip(starts, lengths, strict=True) if start is not None
    ]
    return [*dated, "now", *(reason.name for reason in WITHOUT)]


@dataclass
class UnlockCurve:
    """How many open in each bucket, by country and by the rule that blocks first. `at`: seconds since 2000."""

    at: int
    by_country: dict[str, np.ndarray] = field(default_factory=dict)
    by_reason: dict[str, np.ndarray] = field(default_factory=dict)

    def add(self, groups: dict[str, np.ndarray], label: str, codes: np.ndarray) -> None:
        """Counts the codes of one group of one of the two breakdowns."""
        if label not in groups:
            groups[label] = np.zeros(CODES, np.int64)
        groups[label] += np.bincount(codes, minlength=CODES)

    @property
    def total(self) -> np.ndarray:
        """All countries together, by code."""
        return np.sum([np.zeros(CODES, np.int64), *self.by_country.values()], axis=0)

    def rows(self, zone: timedelta) -> list[tuple[datetime, timedelta, int]]:
        """(opening in the clock `zone` ahead of UTC, width, how many) of the buckets in which something opens."""
        total = self.total
        rows = []
        for code in np.flatnonzero(total[:BUCKETS]).tolist():
            start = opening(self.at, code)
            if start is not None:
                width = timedelta(seconds=QUARTER_S if code < QUARTERS else DAY_S)
                rows.append((start + zone, width, int(total[code])))
        return rows
