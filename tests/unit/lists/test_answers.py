"""Masks and instants told as rule ids, kinds, citations and local times."""

from __future__ import annotations

import numpy as np

from cadencia.engine.batch import NO_INSTANT, PlaceSet, Screened
from cadencia.engine.history import seconds
from cadencia.engine.words import STATED_HOURS_BIT, RetryCode, VerdictCode
from cadencia.lists.answers import Clocks, tell
from cadencia.lists.versions import Versions

BOGOTA, MADRID, NOWHERE = (
    PlaceSet(("CO",), ("America/Bogota",)),
    PlaceSet(("ES", "EU"), ("Europe/Madrid",)),
    PlaceSet((), ()),
)


def screened(
    reasons: list[int], code: list[int], profile: list[int], retry_at: list[int], retry: list[int]
) -> Screened:
    allowed = [int(not (mask or why)) for mask, why in zip(reasons, code, strict=True)]
    return Screened(
        allowed=np.array(allowed, np.uint8), code=np.array(code, np.uint8), reasons=np.array(reasons, np.uint64),
        profile=np.array(profile, np.int32), retry_at=np.array(retry_at), retry=np.array(retry, np.uint8),
        rules_of=[[0, 1], [2, 3]],
    )  # fmt: skip


def test_every_column_of_an_answer(engine, at):
    t = seconds(at)
    answers = screened(
        [0, 0b11, 0b10, 1 << STATED_HOURS_BIT, 0],
        [0, 0, 0, 0, VerdictCode.zone_unknown],
        [0, 0, 1, 1, -1],
        [t, t + 3600, NO_INSTANT, t + 1, NO_INSTANT],
        [RetryCode.at, RetryCode.at, RetryCode.never, RetryCode.at, RetryCode.needs_fact],
    )
    place, clocks = np.array([0, 0, 1, 1, 2], np.int32), Clocks(engine.rulebook)
    told = tell(answers, Versions(engine.rulebook, engine.rules_of, t), place, [BOGOTA, MADRID, NOWHERE], clocks)
    columns = {name: column.to_pylist() for name, column in told.columns.items()}
    assert columns["verdict"] == ["allow", "deny", "deny", "deny", "deny"]
    assert columns["reasons"] == [
        None,
        "CO.law.cap;CO.law.optout",
        "ES.law.optout",
        "person.stated-hours",
        "zone_unknown",
    ]
    assert columns["kinds"] == [None, "frequency_cap;consent", "consent", "contact_window", "engine"]
    assert columns["citation"] == [None, "art. cap", "art. optout", None, None]
    assert columns["retry_at"] == [
        "2026-05-18T09:00:00-05:00", "2026-05-18T10:00:00-05:00", None, "2026-05-18T16:00:01+02:00", None,
    ]  # fmt: skip
    assert columns["retry_at_utc"][:2] == ["2026-05-18T14:00:00Z", "2026-05-18T15:00:00Z"]
    assert columns["retry"] == ["at", "at", "never", "at", "needs_fact"]
    assert columns["jurisdictions"] == ["CO", "CO", "ES;EU", "ES;EU", None]
    assert columns["zones"] == ["America/Bogota"] * 2 + ["Europe/Madrid"] * 2 + [None]


def test_a_sixty_fourth_reason_is_not_lost(engine, at):
    """The highest bit makes the mask negative as a signed number."""
    answers = screened([1 << 63, 1 << 63 | 1], [0, 0], [0, 0], [0, 0], [0, 0])
    versions = Versions(engine.rulebook, engine.rules_of, seconds(at))
    told = tell(answers, versions, np.zeros(2, np.int32), [BOGOTA], Clocks(engine.rulebook))
    assert told.columns["reasons"].to_pylist() == ["person.stated-hours", "CO.law.cap;person.stated-hours"]
