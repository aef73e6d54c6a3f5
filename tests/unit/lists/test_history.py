"""Events find their persons, debts, addresses and creditors; what is missing from a count refuses, never allows."""

from __future__ import annotations

import io
from collections import defaultdict
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from cadencia.engine import history as layout
from cadencia.engine.query import Event
from cadencia.lists import read_csv
from cadencia.lists.history import History, Joined, read_history
from cadencia.lists.keys import text_keys
from cadencia.lists.schema import BadLine, history_schema

HEADER = "person,at,channel,kind,party,place,actor,purpose,direction,debt,creditor,address,consented\n"
AT = datetime.fromisoformat("2026-05-18T09:00-05:00")


def history_of(chunks_of, rows: str, country: str | None = None) -> tuple[History, list[BadLine]]:
    bad: list[BadLine] = []
    found = read_history(chunks_of((HEADER + rows).encode(), history=True), AT, bad.extend, country=country)
    return found, bad


def join(found: History, person: list[str], debt=None, address=None, creditor=None) -> Joined:
    n = len(person)
    columns = [pa.array(values or [None] * n, pa.string()) for values in (debt, address, creditor)]
    return found.join(text_keys(pa.array(person)), np.arange(n), *columns)


def test_events_are_packed_as_the_engine_packs_them(chunks_of):
    rows = (
        "P1,2026-05-15T16:20:00-05:00,sms,message_delivered,guarantor,home,creditor,marketing,,D1,C1,+573001234567,true\n"
        "P1,2026-05-14T16:20:00Z,call,inbound,,,,,,,,,\n"
    )
    found, bad = history_of(chunks_of, rows)
    assert bad == []
    events = (
        Event(at=datetime.fromisoformat("2026-05-14T16:20:00+00:00"), kind="inbound"),
        Event(
            at=datetime.fromisoformat("2026-05-15T16:20:00-05:00"), channel="sms", kind="message_delivered",
            party="guarantor", place="home", actor="creditor", purpose="marketing", consented=True, debt="D1",
            creditor="C1", address="+573001234567",
        ),
    )  # fmt: skip
    at, attributes = layout.pack(events, layout.Slots(255), layout.Slots(255), layout.Slots(31))
    assert found.event_at.tolist() == at.tolist()
    assert found.event_attr.tolist() == attributes.tolist()


def test_queries_get_the_slots_of_their_person_and_a_free_one_for_what_is_new(chunks_of):
    found, _ = history_of(
        chunks_of,
        "".join(f"P1,2026-05-1{i}T10:00Z,call,busy,,,,,,D{i},,,\n" for i in range(3))
        + "P2,2026-05-10T10:00Z,call,busy,,,,,,D0,C,,\n",
    )
    joined = join(
        found,
        ["P1", "P1", "P1", "P2", "P3"],
        debt=["D2", "new", None, "D0", "D0"],
        creditor=["x", None, None, "C", "C"],
    )
    slots = {int(attr) >> layout.DEBT & 255 for attr in found.event_attr[joined.event_from[0] : joined.event_to[0]]}
    assert slots == {1, 2, 3}
    assert joined.debt[0] in slots and joined.debt[1] == 4 and joined.debt[2] == 0
    assert joined.debt[3] == 1 and joined.creditor[3] == 1 and joined.creditor[0] == 1
    assert (joined.event_to - joined.event_from).tolist() == [3, 3, 3, 1, 0]
    assert joined.refused == {}
    assert found.never_met == 0


def test_events_equal_in_everything_all_count_and_are_told(chunks_of):
    row = "P1,2026-05-15T10:00Z,call,busy,,,,,,D1,,{},\n"
    found, bad = history_of(chunks_of, row.format("a") * 3 + row.format("b") + row.format("a"))
    assert (found.told.events, found.told.repeated, found.told.alike, bad) == (5, 0, 3, [])
    joined = join(found, ["P1"])
    assert joined.event_to[0] - joined.event_from[0] == 5


def test_an_event_told_twice_under_its_id_counts_once(chunks_of):
    rows = (
        ("P1", "busy", "E1"),
        ("P1", "busy", "E1"),
        ("P1", "busy", "E2"),
        ("P2", "busy", "E1"),
        ("P1", "machine", "E1"),
    )
    text = "".join(f"{person},2026-05-15,call,{kind},{own}\n" for person, kind, own in rows)
    text = "person,at,channel,kind,event_id\n" + text.replace("05-15", "05-15T10:00Z")
    found = read_history(chunks_of(text.encode(), history=True), AT, lambda bad: None)
    assert (found.told.events, found.told.repeated, found.told.alike) == (4, 1, 0)


def test_a_bad_event_refuses_its_person_alone(chunks_of):
    found, bad = history_of(
        chunks_of,
        "P1,2026-05-15T10:00:00,call,busy,,,,,,,,,\nP2,2026-05-18T14:00:01Z,call,busy,,,,,,,,,\n"
        "P3,2026-05-15T10:00Z,call,hung_up,,,,,,,,,\nP4,2026-05-18T14:00:00Z,call,busy,,,,,,,,,\n,2026-05-15T10:00Z,call,busy,,,,,,,,,\n"
        "P5,1999-12-31T10:00Z,call,busy,,,,,,,,,\nP6,2026-05-15T10:00Z,,busy,,,,,,,,,\nP7,2026-05-15T10:00Z,call,busy,,,,,,,,12-34,\n",
    )  # fmt: skip
    joined = join(found, [f"P{i}" for i in range(1, 8)])
    assert sorted(joined.refused) == [0, 1, 2, 4, 5, 6]
    assert joined.refused[0] == "line 2 of the history: at 2026-05-15T10:00:00"
    assert sorted((one.line, one.field) for one in bad) == [
        (2, "at"), (3, "at"), (4, "kind"), (6, "person"), (7, "at"), (8, "channel"), (9, "address"),
    ]  # fmt: skip
    assert {one.source for one in bad} == {"history"}
    assert found.told.unattributed == 1


def test_national_numbers_of_the_history_meet_those_of_the_list(chunks_of):
    found, bad = history_of(chunks_of, "P1,2026-05-15T10:00Z,call,busy,,,,,,,,300 123 4567,\n", country="CO")
    assert bad == []
    assert join(found, ["P1"], address=["+573001234567"]).address.tolist() == [1]


def test_more_ids_than_can_be_counted_refuse(chunks_of):
    rows = "".join(
        f"P{p},2026-05-15T10:00:{i % 60:02d}Z,call,busy,,,,,,,C{i},,\n" for p, n in ((1, 32), (2, 31)) for i in range(n)
    )
    found, _ = history_of(chunks_of, rows)
    joined = join(found, ["P1", "P2", "P2"], creditor=["C0", "C0", "a new one"])
    assert sorted(joined.refused) == [0, 2]
    assert all(text.startswith("history_overflow") for text in joined.refused.values())


def test_ten_thousand_events_on_one_person_are_fine(chunks_of):
    start = datetime.fromisoformat("2026-01-01T00:00+00:00")
    rows = "".join(f"P1,{(start + timedelta(minutes=i)).isoformat()},call,no_answer,,,,,,,,,\n" for i in range(10_000))
    found, bad = history_of(chunks_of, rows)
    joined = join(found, ["P1"])
    assert (bad, joined.event_to[0] - joined.event_from[0]) == ([], 10_000)
    assert (np.diff(found.event_at.astype(np.int64)) == 60).all()


def test_a_history_without_good_events_joins_nothing(chunks_of):
    found, _ = history_of(chunks_of, "P1,never,call,busy,,,,,,,,,\n")
    joined = join(found, ["P1", "P2"], debt=["D", "D"])
    assert sorted(joined.refused) == [0]
    assert joined.event_to.tolist() == [0, 0]


events = st.tuples(
    st.sampled_from("abc"), st.integers(0, 40), st.sampled_from(["", "D1", "D2"]), st.sampled_from(["", "x", "y"])
)


@settings(max_examples=60)
@given(st.lists(events, min_size=1, max_size=25))
def test_every_person_gets_exactly_their_events_in_order(rows):
    text = HEADER + "".join(f"{p},2026-05-15T10:{m:02d}Z,call,busy,,,,,,{d},,{a},\n" for p, m, d, a in rows)
    found = read_history(read_csv.chunks(io.BytesIO(text.encode()), "x", history_schema()), AT, lambda bad: None)
    expected = defaultdict(list)
    for person, minute, debt, address in rows:
        expected[person].append((minute, debt, address))
    joined = join(found, ["a", "b", "c"])
    base = layout.seconds(datetime.fromisoformat("2026-05-15T10:00+00:00"))
    for row, person in enumerate("abc"):
        part = slice(joined.event_from[row], joined.event_to[row])
        minutes = ((found.event_at[part].astype(np.int64) - base) // 60).tolist()
        assert minutes == sorted(minute for minute, _, _ in expected[person])
