"""Which version of a rule applies hangs on the local date, and that on the zone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from cadencia.engine.batch import PlaceSet
from cadencia.engine.history import seconds
from cadencia.lists.versions import Versions

CHANGE = (date(2026, 5, 19) - date(2000, 1, 1)).days  # the first day of the new version
BOGOTA, MADRID = PlaceSet(("CO",), ("America/Bogota",)), PlaceSet(("ES",), ("Europe/Madrid",))
BOTH, NOWHERE = PlaceSet(("CO",), ("Europe/Madrid", "America/Bogota")), PlaceSet((), ("Moon/Tranquility",))


def versions(engine, at: str) -> Versions:
    """Rule 0 until the change, the same rule in new words from it on."""
    old = msgspec.structs.replace(engine.rulebook.rules[0], cite="old", until_day=CHANGE)
    new = msgspec.structs.replace(old, cite="new", from_day=CHANGE, until_day=1 << 20)
    rulebook = msgspec.structs.replace(engine.rulebook, rules=(old, new))
    return Versions(rulebook, [[[0, 1]]], seconds(datetime.fromisoformat(at).astimezone(UTC)))


@pytest.mark.parametrize(
    ("at", "place", "cite"),
    [
        ("2026-05-18T23:59-05:00", BOGOTA, "old"),
        ("2026-05-19T00:00-05:00", BOGOTA, "new"),
        ("2026-05-18T23:59-05:00", MADRID, "new"),
        ("2026-05-18T23:59-05:00", BOTH, "old"),  # the older one applies in one of the zones
        ("2026-05-18T23:59-05:00", NOWHERE, "old"),
    ],
)
def test_the_version_is_that_of_the_local_date(engine, at: str, place: PlaceSet, cite: str):
    found = versions(engine, at)
    assert [rule.cite for rule in found.blocking(0, 1, found.days(place))] == [cite]
    assert found.blocking(0, 0, found.days(place)) == found.blocking(-1, 1, ()) == []


def test_places_of_one_date_share_a_code(engine):
    codes, days = versions(engine, "2026-05-18T23:59-05:00").day_codes([BOGOTA, MADRID, BOTH, NOWHERE, BOGOTA])
    assert [days[code] for code in codes] == [(CHANGE - 1,), (CHANGE,), (CHANGE - 1, CHANGE), (), (CHANGE - 1,)]
