"""The event of 12 bytes: the ledger stores these numbers, so the layout is pinned bit by bit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.engine import history
from cadencia.engine.history import SlotError, Slots, attributes, pack, seconds
from cadencia.engine.query import Event
from cadencia.engine.words import Actor, Channel, EventKind, Party, Place, Purpose

AT = datetime(2026, 5, 19, 15, tzinfo=UTC)
#: field -> (first bit, width), as documented
LAYOUT = {
    "channel": (0, 3), "kind": (3, 4), "party": (7, 3), "place": (10, 3), "actor": (13, 4), "purpose": (17, 2),
    "inbound": (19, 1), "consented": (20, 1), "debt": (21, 8), "address": (29, 8), "creditor": (37, 5),
    "sequence": (42, 17), "same_attempt": (59, 1), "same_creditor": (60, 1),
}  # fmt: skip
BASE = {"channel": 0, "kind": 1}


def slots() -> tuple[Slots, Slots, Slots]:
    return Slots(history.MAX_DEBTS), Slots(history.MAX_ADDRESSES), Slots(history.MAX_CREDITORS)


def field(bits: int, name: str) -> int:
    first, width = LAYOUT[name]
    return bits >> first & ((1 << width) - 1)


def test_the_fields_touch_and_leave_three_bits_spare() -> None:
    ends = [first + width for first, width in LAYOUT.values()]
    assert [first for first, _ in LAYOUT.values()] == [0, *ends[:-1]]
    assert ends[-1] == 61


@pytest.mark.parametrize("name", LAYOUT)
def test_each_field_lies_in_its_own_bits(name: str) -> None:
    first, width = LAYOUT[name]
    full = (1 << width) - 1
    value = bool(full) if width == 1 else full
    bits = attributes(**(dict.fromkeys(BASE, 0) | {name: value}))  # type: ignore[arg-type]
    assert bits == full << first


@pytest.mark.parametrize(
    ("vocabulary", "name"),
    [
        (Channel, "channel"),
        (EventKind, "kind"),
        (Party, "party"),
        (Place, "place"),
        (Actor, "actor"),
        (Purpose, "purpose"),
    ],
)
def test_every_word_fits_its_field(vocabulary: type, name: str) -> None:
    assert max(vocabulary) < 1 << LAYOUT[name][1]  # type: ignore[call-overload]


@given(
    channel=st.sampled_from(Channel), kind=st.sampled_from(EventKind), party=st.sampled_from(Party),
    place=st.sampled_from(Place), actor=st.sampled_from(Actor), purpose=st.sampled_from(Purpose),
    inbound=st.booleans(), consented=st.booleans(), at=st.integers(0, history.MAX_SECONDS),
)  # fmt: skip
def test_an_event_comes_back_as_it_went_in(
    channel: Channel, kind: EventKind, party: Party, place: Place, actor: Actor, purpose: Purpose, inbound: bool,
    consented: bool, at: int,
) -> None:  # fmt: skip
    event = Event(
        at=datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=at), channel=channel.name, kind=kind.name,
        party=party.name, place=place.name, actor=actor.name, purpose=purpose.name, inbound=inbound,
        consented=consented, debt="A", address="m", creditor="X",
    )  # fmt: skip
    times, attrs = pack((event,), *slots())
    bits = int(attrs[0])
    assert (int(times[0]), times.dtype, attrs.dtype) == (at, np.uint32, np.uint64)
    words = [field(bits, name) for name in ("channel", "kind", "party", "place", "actor", "purpose")]
    assert words == [channel, kind, party, place, actor, purpose]
    assert field(bits, "inbound") == int(inbound or kind is EventKind.inbound)
    assert field(bits, "consented") == int(consented)
    assert [field(bits, name) for name in ("debt", "address", "creditor")] == [1, 1, 1]


def test_ids_are_numbered_from_one_as_they_come_and_none_is_zero() -> None:
    debts = Slots(3)
    assert [debts.number(name) for name in ("A", None, "B", "A", "C")] == [1, 0, 2, 1, 3]
    with pytest.raises(SlotError, match="more than 3 distinct ids"):
        debts.number("D")
    assert debts.number("C") == 3


def test_events_are_put_in_order_and_equal_times_keep_theirs() -> None:
    rows = (Event(at=AT, debt="A"), Event(at=AT - timedelta(hours=1), debt="B"), Event(at=AT, debt="C"))
    times, attrs = pack(rows, *slots())
    assert list(np.diff(times.astype(np.int64))) == [3600, 0]
    assert [field(int(bits), "debt") for bits in attrs] == [1, 2, 3]


@pytest.mark.parametrize("limit", [history.MAX_DEBTS, history.MAX_CREDITORS])
def test_a_person_may_have_so_many_and_no_more(limit: int) -> None:
    name = "debt" if limit == history.MAX_DEBTS else "creditor"
    rows = tuple(Event(at=AT, **{name: str(i)}) for i in range(limit))  # type: ignore[arg-type]
    pack(rows, *slots())
    with pytest.raises(SlotError):
        pack((*rows, Event(at=AT, **{name: "one more"})), *slots())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Event(at=datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)), "outside 2000 to 2136"),
        (Event(at=datetime(2137, 1, 1, tzinfo=UTC)), "outside 2000 to 2136"),
        (Event(at=datetime(2026, 1, 1)), "a time needs its zone"),
        (Event(at=AT, channel="pigeon"), "'pigeon' is not a channel; one of: call"),
        (Event(at=AT, kind="hit"), "'hit' is not an event kind"),
        (Event(at=AT, place="moon"), "'moon' is not a place"),
    ],
)
def test_what_does_not_fit_is_refused(event: Event, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        pack((event,), *slots())


def test_seconds_round_down_and_know_their_zone() -> None:
    assert seconds(datetime(2000, 1, 1, tzinfo=UTC)) == 0
    assert seconds(datetime(1999, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -1
    assert seconds(datetime(2000, 1, 1, 1, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))) == 0
