"""Documents: versions, names, order, all or nothing, ends; the same on every store."""

from __future__ import annotations

import asyncio

import pytest

from cadencia.store.records import (
    MAX_BODY,
    MAX_CHANGES,
    MAX_WRITE,
    Change,
    Claimed,
    Document,
    Drop,
    MovedError,
    NameTakenError,
    NewEvent,
    Put,
    RecordsError,
)
from tests.conformance.record_stores import RecordStore

AT = 1_800_000_000_000_000
HOUR = 3_600_000_000


async def test_a_document_is_read_as_it_was_written(place: RecordStore) -> None:
    records = await place.open()
    body = bytes(range(256))
    assert await records.write("acme", [Put("key", "ky_1", body, names=("día", "b"), until=AT + 1)], at=AT) == [1]
    written = Document("key", "ky_1", n=1, version=1, body=body, at=AT, until=AT + 1, names=("día", "b"))
    assert await records.get("acme", "key", "ky_1") == written
    assert await records.by_name("acme", "key", "día") == written
    assert await records.page("acme", "key") == [written]
    assert await records.get("acme", "key", "ky_2") is None
    for tenant, kind in (("", "key"), ("acme", "user")):
        assert await records.get(tenant, kind, "ky_1") is None
        assert await records.by_name(tenant, kind, "día") is None
    await records.close()


async def test_a_version_never_comes_back_and_the_place_in_the_order_stays(place: RecordStore) -> None:
    records = await place.open()
    first = await records.write("acme", [Put("key", "a", b"1"), Put("key", "b", b"1")], at=AT)
    again = await records.write("acme", [Put("key", "a", b"2", expected=1)], at=AT + 1)
    assert (first, again) == ([1, 2], [3])
    assert [(one.id, one.n, one.version, one.at) for one in await records.page("acme", "key")] == [
        ("a", 1, 3, AT + 1), ("b", 2, 2, AT)]  # fmt: skip
    assert await records.write("acme", [Drop("key", "a", expected=3)], at=AT) == [0]
    assert await records.write("acme", [Put("key", "a", b"3", expected=0)], at=AT) == [4]
    assert [(one.id, one.n) for one in await records.page("acme", "key")] == [("b", 2), ("a", 4)]
    assert await records.write("other", [Put("key", "a", b"3", expected=0)], at=AT) == [1]
    await records.close()


MOVED: list[tuple[Change, int]] = [
    (Put("key", "a", b"", expected=0), 1), (Put("key", "a", b"", expected=2), 1), (Put("key", "x", b"", expected=1), 0),
    (Drop("key", "a", expected=2), 1), (Drop("key", "x", expected=1), 0),
]  # fmt: skip


@pytest.mark.parametrize(("change", "version"), MOVED)
async def test_another_version_than_expected_changes_nothing(place: RecordStore, change: Change, version: int) -> None:
    records = await place.open()
    await records.write("acme", [Put("key", "a", b"kept", names=("n",))], [NewEvent("made", b"")], at=AT)
    others = [Put("key", "y", b"", names=("m",)), Drop("key", "z"), change, Put("key", "w", b"")]
    with pytest.raises(MovedError, match=f"key {change.id} has moved") as clash:
        await records.write("acme", others, [NewEvent("lost", b"")], at=AT)
    assert (clash.value.kind, clash.value.id, clash.value.version) == ("key", change.id, version)
    assert [one.body for one in await records.page("acme", "key")] == [b"kept"]
    assert await records.by_name("acme", "key", "m") is None
    assert await records.newest("acme") == 1
    assert await records.write("acme", [Put("key", "b", b"")], at=AT) == [2]  # no number was used up
    await records.close()


async def test_a_change_without_expectation_goes_over_whatever_there_is(place: RecordStore) -> None:
    records = await place.open()
    assert await records.write("acme", [Drop("key", "a"), Put("key", "b", b"1")], at=AT) == [0, 1]
    assert await records.write("acme", [Drop("key", "b"), Put("key", "a", b"1")], at=AT) == [0, 2]
    assert await records.write("acme", [Put("key", "a", b"2")], at=AT) == [3]
    assert [(one.id, one.body) for one in await records.page("acme", "key")] == [("a", b"2")]
    await records.close()


async def test_a_name_belongs_to_one_document_of_its_kind(place: RecordStore) -> None:
    records = await place.open()
    await records.write("acme", [Put("user", "a", b"", names=("ana", "ana@acme"))], at=AT)
    with pytest.raises(NameTakenError, match="choose another") as clash:
        await records.write("acme", [Put("user", "b", b"", names=("ana@acme",))], at=AT)
    assert (clash.value.id, clash.value.version, clash.value.name) == ("b", 0, "ana@acme")
    await records.write("acme", [Put("team", "b", b"", names=("ana",))], at=AT)
    await records.write("", [Put("user", "b", b"", names=("ana",))], at=AT)
    with pytest.raises(MovedError):  # said first, whatever the names
        await records.write("acme", [Put("user", "b", b"", expected=7, names=("ana",))], at=AT)
    assert await records.by_name("acme", "user", "ana") == await records.get("acme", "user", "a")
    await records.close()


async def test_names_go_with_their_document_and_pass_to_another(place: RecordStore) -> None:
    records = await place.open()
    await records.write("acme", [Put("user", "a", b"", names=("ana", "x"))], at=AT)
    await records.write("acme", [Put("user", "a", b"", names=("x", "y"))], at=AT)
    assert await records.by_name("acme", "user", "ana") is None
    await records.write("acme", [Put("user", "a", b"", names=("y",)), Put("user", "b", b"", names=("x", "ana"))], at=AT)
    await records.write("acme", [Drop("user", "b"), Put("user", "c", b"", names=("ana",))], at=AT)
    holder = await records.by_name("acme", "user", "ana")
    assert holder is not None and holder.id == "c"
    assert await records.by_name("acme", "user", "x") is None
    with pytest.raises(NameTakenError):  # in order: c has it still
        await records.write("acme", [Put("user", "a", b"", names=("ana",)), Drop("user", "c")], at=AT)
    await records.close()


async def test_a_page_goes_on_where_the_one_before_ended_whatever_was_dropped(place: RecordStore) -> None:
    records = await place.open()
    await records.write("acme", [Put("lead", f"l{number}", b"") for number in range(10)], at=AT)
    first = await records.page("acme", "lead", limit=4)
    await records.write("acme", [Drop("lead", "l3"), Drop("lead", "l5"), Put("lead", "l0", b"2")], at=AT)
    rest = await records.page("acme", "lead", after=first[-1].n)
    assert [one.id for one in first + rest] == ["l0", "l1", "l2", "l3", "l4", "l6", "l7", "l8", "l9"]
    assert await records.page("acme", "lead", after=rest[-1].n) == []
    for after, limit in ((-1, 1), (0, 0), (0, 1_001)):
        with pytest.raises(ValueError, match="limit from 1"):
            await records.page("acme", "lead", after=after, limit=limit)
    await records.close()


async def test_what_has_ended_counts_as_none_from_that_instant_on(place: RecordStore) -> None:
    records = await place.open()
    ends = Put("session", "s", b"1", names=("n",), until=AT + HOUR)
    await records.write("acme", [ends, Put("session", "for ever", b"")], at=AT)
    for at, ids in ((AT + HOUR - 1, ["s", "for ever"]), (AT + HOUR, ["for ever"]), (None, ["s", "for ever"])):
        assert [one.id for one in await records.page("acme", "session", at=at)] == ids
        assert (await records.get("acme", "session", "s", at=at) is not None) == ("s" in ids)
        assert (await records.by_name("acme", "session", "n", at=at) is not None) == ("s" in ids)
    assert [one.id for one in await records.page("acme", "session", limit=1, at=AT + HOUR)] == ["for ever"]
    with pytest.raises(MovedError):
        await records.write("acme", [Put("session", "s", b"2", expected=0)], at=AT + HOUR - 1)
    with pytest.raises(NameTakenError):
        await records.write("acme", [Put("session", "t", b"2", names=("n",))], at=AT + HOUR - 1)
    await records.write("acme", [Put("session", "t", b"2", names=("n",))], at=AT + HOUR)
    assert await records.get("acme", "session", "s") is None
    await records.close()


async def test_an_ended_document_is_made_anew(place: RecordStore) -> None:
    records = await place.open()
    await records.write("acme", [Put("session", "s", b"1", names=("n",), until=AT)], at=AT - 1)
    with pytest.raises(MovedError) as clash:
        await records.write("acme", [Drop("session", "s", expected=1)], at=AT)
    assert clash.value.version == 0
    assert await records.write("acme", [Put("session", "s", b"2", expected=0)], at=AT) == [2]
    assert await records.page("acme", "session") == [Document("session", "s", n=2, version=2, body=b"2", at=AT)]
    assert await records.by_name("acme", "session", "n") is None
    await records.close()


async def test_of_all_who_claim_one_wins(place: RecordStore) -> None:
    records = await place.open()
    claims = [records.claim("acme", "key", "k", b"%d" % number, until=AT + HOUR, at=AT) for number in range(50)]
    answers = await asyncio.gather(*claims)
    (won,) = [one for one in answers if one.won]
    assert all(one.document == won.document for one in answers)
    assert won.document == await records.get("acme", "key", "k")
    assert await records.claim("acme", "key", "k", b"late", until=None, at=AT + HOUR - 1) == Claimed(
        won.document, False
    )
    again = await records.claim("acme", "key", "k", b"anew", until=None, at=AT + HOUR)
    assert again == Claimed(Document("key", "k", n=2, version=2, body=b"anew", at=AT + HOUR), True)
    await records.close()


async def test_of_all_who_expect_a_version_one_wins(place: RecordStore) -> None:
    records = await place.open()
    await records.write("acme", [Put("draft", "d", b"")], at=AT)
    puts = [records.write("acme", [Put("draft", "d", b"%d" % number, expected=1)], at=AT) for number in range(100)]
    answers = await asyncio.gather(*puts, return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["MovedError"] * 99 + ["list"]
    assert {one.version for one in answers if isinstance(one, MovedError)} == {2}
    await records.close()


async def test_writes_go_in_the_order_in_which_they_were_asked(place: RecordStore) -> None:
    records = await place.open()
    puts = [records.write(f"t{number % 3}", [Put("lead", str(number), b"")], at=AT) for number in range(300)]
    await asyncio.gather(*puts)
    for tenant in range(3):
        found = await records.page(f"t{tenant}", "lead", limit=1_000)
        assert [int(one.id) for one in found] == list(range(tenant, 300, 3))
    await records.close()


async def test_a_sweep_takes_what_has_ended_and_no_more(place: RecordStore) -> None:
    records = await place.open()
    for tenant in ("", "acme", "other"):
        ending = [Put("session", f"s{end}", b"", names=(f"n{end}",), until=AT + end) for end in range(9)]
        await records.write(tenant, [*ending, Put("session", "for ever", b"")], at=AT - 1)
    assert await records.sweep(AT - 1) == 0
    assert await records.sweep(AT + 4) == 15
    assert await records.sweep(AT + 4) == 0
    for tenant in ("", "acme", "other"):
        assert [one.id for one in await records.page(tenant, "session")] == ["s5", "s6", "s7", "s8", "for ever"]
        assert await records.by_name(tenant, "session", "n4") is None
        assert await records.by_name(tenant, "session", "n5") is not None
        assert await records.write(tenant, [Put("session", "new", b"", names=("n4",))], at=AT + 4) == [11]
    await records.close()


async def test_a_sweep_takes_more_than_one_transaction_does(place: RecordStore) -> None:
    records = await place.open()
    for turn in range(3):
        changes = [Put("key", f"{turn}.{number}", b"", until=AT) for number in range(MAX_CHANGES)]
        await records.write("acme", changes, [NewEvent("made", b"")] * MAX_CHANGES, at=AT - 1)
    await records.write("acme", [], [NewEvent("made", b"")], at=AT)
    assert await records.sweep(AT, events_before=AT) == 6 * MAX_CHANGES
    assert await records.page("acme", "key") == []
    assert [event.n for event in await records.events("acme")] == [3 * MAX_CHANGES + 1]
    await records.close()


REFUSED: list[tuple[str, list[Change], list[NewEvent], int, str]] = [
    ("a\0b", [], [], AT, "tenant: 3 characters"), ("t" * 256, [], [], AT, "tenant: 256 characters"),
    ("", [Put("", "i", b"")], [], AT, "kind: 0 characters"), ("", [Put("k" * 41, "i", b"")], [], AT, "1 to 40"),
    ("", [Put("k", "", b"")], [], AT, "id: 0 characters"), ("", [Drop("k", "i" * 256)], [], AT, "id: 256 characters"),
    ("", [Put("k", "\ud800", b"")], [], AT, "all printable"), ("", [Put("k", "i\n", b"")], [], AT, "all printable"),
    ("", [Put("k", "i", b"", names=("",))], [], AT, "name: 0 characters"),
    ("", [Put("k", "i", b"", names=("n", "n"))], [], AT, "k i: at most 64 names, each once"),
    ("", [Put("k", "i", b"", names=tuple(map(str, range(65))))], [], AT, "at most 64 names"),
    ("", [Put("k", "i", bytes(MAX_BODY + 1))], [], AT, "k i: the body has 1048577 bytes"),
    ("", [], [NewEvent("e", bytes(MAX_BODY + 1))], AT, "event 'e': the body has 1048577 bytes"),
    ("", [], [NewEvent("", b"")], AT, "type: 0 characters"), ("", [], [], -1, "at: -1"),
    ("", [], [], 1 << 63, "at: 9223"),
    ("", [Put("k", "i", b"", until=-1)], [], AT, "until: -1"),
    ("", [Put("k", "i", b"", until=1 << 63)], [], AT, "until: 9223"),
    ("", [Put("k", "i", b"", expected=-1)], [], AT, "version -1 cannot"),
    ("", [Drop("k", "i", 0)], [], AT, "version 0 cannot"),
    ("", [Put("k", "i", b"", expected=1 << 63)], [], AT, "cannot be expected"),
    ("", [Put("k", "i", b""), Drop("k", "i")], [], AT, "changes a document twice"),
    ("", [Drop("k", str(number)) for number in range(1_001)], [], AT, "split it at 1000"),
    ("", [], [NewEvent("e", b"")] * 1_001, AT, "split it at 1000"),
    ("", [], [NewEvent("e", bytes(MAX_BODY))] * 17, AT, f"at most {MAX_WRITE} go together"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tenant", "changes", "events", "at", "says"),
    REFUSED,
    ids=[f"{place} {row[-1]}" for place, row in enumerate(REFUSED)],
)
async def test_what_no_store_can_keep_is_refused_alike(
    place: RecordStore, tenant: str, changes: list[Change], events: list[NewEvent], at: int, says: str
) -> None:
    records = await place.open()
    with pytest.raises(ValueError, match=says):
        await records.write(tenant, changes, events, at=at)
    with pytest.raises(ValueError, match="id: 0 characters"):
        await records.get("", "k", "")
    await records.close()


async def test_the_most_that_may_be_kept_is_kept(place: RecordStore) -> None:
    records = await place.open()
    wide = [chr(0x20000 + 255 * number) for number in range(4)]  # four bytes each in UTF-8, and not alike
    tenant, id, name = ("".join(chr(ord(first) + place) for place in range(255)) for first in wide[:3])
    kind, last = "".join(chr(ord(wide[3]) + place) for place in range(40)), (1 << 63) - 1
    body = bytes(MAX_BODY)
    await records.write(tenant, [Put(kind, id, body, names=(name,), until=last)], [NewEvent(name, body)], at=last)
    found = await records.by_name(tenant, kind, name)
    assert found == Document(kind, id, n=1, version=1, body=body, at=last, until=last, names=(name,))
    (event,) = await records.events(tenant)
    assert (event.type, event.body, event.at) == (name, body, last)
    await records.write("", [Put("k", str(number), body) for number in range(16)], at=AT)
    assert len(await records.page("", "k")) == 16
    await records.close()


async def test_closed_records_say_so(place: RecordStore) -> None:
    records = await place.open()
    under_way = asyncio.ensure_future(records.write("acme", [Put("k", "i", b"")], at=AT))
    await asyncio.sleep(0)
    await records.close()
    assert await under_way == [1]
    await records.close()
    calls = [
        records.get("", "k", "i"), records.by_name("", "k", "n"), records.page("", "k"), records.write("", [], at=AT),
        records.claim("", "k", "i", b"", until=None, at=AT), records.events(""), records.newest(""), records.sweep(AT),
        records.wait("", after=0, timeout_s=1),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(RecordsError, match="are closed; open them again"):
            await call


async def test_what_was_written_is_there_when_it_is_opened_again(kept: RecordStore) -> None:
    records = await kept.open()
    await records.write("acme", [Put("k", "a", b"1", names=("n",)), Put("k", "b", b"")], [NewEvent("e", b"x")], at=AT)
    await records.write("acme", [Drop("k", "b")], at=AT)
    await records.close()
    records = await kept.open()
    assert await records.page("acme", "k") == [Document("k", "a", n=1, version=1, body=b"1", at=AT, names=("n",))]
    assert await records.write("acme", [Put("k", "b", b"")], [NewEvent("e", b"y")], at=AT) == [3]
    assert [(event.n, event.body) for event in await records.events("acme")] == [(1, b"x"), (2, b"y")]
    await records.close()


async def test_who_is_cancelled_does_not_hold_up_the_others(place: RecordStore) -> None:
    records = await place.open()
    asked = [asyncio.ensure_future(records.write("acme", [Put("k", str(number), b"")], at=AT)) for number in range(20)]
    await asyncio.sleep(0)
    for one in asked[::2]:
        one.cancel()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError | list) for one in answers)
    assert {one.id for one in await records.page("acme", "k")} >= {str(number) for number in range(1, 20, 2)}
    await records.close()
