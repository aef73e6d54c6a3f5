"""Every answer has one place on the curve: now, a quarter, a day, or none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from cadencia.engine.batch import NO_INSTANT
from cadencia.engine.history import seconds
from cadencia.engine.words import RetryCode
from cadencia.lists.unlock import BUCKETS, CODES, NOW, QUARTERS, WITHOUT, UnlockCurve, buckets, labels, opening

AT = seconds(datetime(2026, 5, 18, 14, 7, 30, tzinfo=UTC))


def code_of(after_s: int, *, allowed: int = 0, retry: RetryCode = RetryCode.at) -> int:
    at = NO_INSTANT if retry else AT + after_s
    return int(buckets(AT, np.array([allowed]), np.array([retry]), np.array([at]))[0])


def test_quarters_are_those_of_the_clock():
    assert code_of(0, allowed=1) == NOW
    assert code_of(1) == 0
    assert code_of(7 * 60 + 29) == 0  # 14:14:59
    assert code_of(7 * 60 + 30) == 1  # 14:15:00
    assert opening(AT, 1) == datetime(2026, 5, 18, 14, 15, tzinfo=UTC)


def test_after_a_day_the_days_follow():
    first = 14 * 3600
    day = 86_400 - (14 * 3600 + 7 * 60 + 30 - first)  # 24 hours after 14:00
    assert code_of(day - 1) == QUARTERS - 1
    assert code_of(day) == QUARTERS
    assert opening(AT, QUARTERS) == datetime(2026, 5, 19, 14, 0, tzinfo=UTC)
    assert code_of(400 * 86_400) < BUCKETS


def test_a_null_retry_has_its_reason():
    assert [code_of(0, retry=reason) for reason in WITHOUT] == list(WITHOUT.values())
    assert all(opening(AT, code) is None for code in (NOW, *WITHOUT.values()))


def test_labels_name_every_code():
    found = labels(AT)
    assert len(found) == CODES
    assert (found[0], found[QUARTERS], found[NOW]) == (
        "2026-05-18T14:00Z/PT15M", "2026-05-19T14:00Z/P1D", "now",
    )  # fmt: skip
    assert found[NOW + 1 :] == ["never", "needs_fact", "beyond_horizon"]


def test_the_curve_sums_its_countries():
    curve = UnlockCurve(AT)
    curve.add(curve.by_country, "CO", np.array([NOW, 1, 1]))
    curve.add(curve.by_country, "ES", np.array([1, QUARTERS]))
    assert int(curve.total.sum()) == 5
    start = datetime(2026, 5, 18, 9, 15, tzinfo=UTC)
    assert curve.rows(timedelta(hours=-5)) == [
        (start, timedelta(minutes=15), 3),
        (datetime(2026, 5, 19, 9, 0, tzinfo=UTC), timedelta(days=1), 1),
    ]
