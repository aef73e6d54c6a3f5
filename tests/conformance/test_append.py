"""Order, all or nothing, versions, what is written behind, idempotency."""

from __future__ import annotations

import asyncio
import random

import msgspec
import pytest

from cadencia.store.entry import GENESIS, Draft, chained, digest_of
from cadencia.store.ledger import Appended, LedgerError
from tests.conformance.drafts import ANA, JOAO, MARIA, all_of, append, draft, newer
from tests.conformance.stores import Store


async def test_an_empty_ledger_starts_at_genesis(store: Store) -> None:
    ledger = await store.open()
    assert await ledger.head() == (0, GENESIS)
    assert await all_of(ledger) == []
    assert (await ledger.verify()).bad is None
    await ledger.close()


async def test_entries_are_numbered_from_one_in_the_order_of_the_drafts(store: Store) -> None:
    ledger = await store.open()
    first = await append(ledger, draft(attempt="a"), draft(attempt="b"))
    second = await append(ledger, draft(attempt="c"))
    assert [(entry.n, entry.attempt) for entry in first + second] == [(1, "a"), (2, "b"), (3, "c")]
    assert await ledger.head() == (3, second[-1].chain)
    await ledger.close()


async def test_an_entry_is_read_back_as_it_was_appended(store: Store) -> None:
    ledger = await store.open()
    top = 2**64 - 1
    no_slots = top ^ ((1 << 21) - 1) << 21
    given = draft(
        ANA, kind="settled", tenant="Crédito & Cía", attempt="a-1", event_at=2**32 - 1, event_attr=no_slots,
        debts=(1, 2**63, top), address=top, creditor=2**63, household=top, workplace=1, account=2**63, key="ключ",
        payload='{"nombre":"Núñez \\u0000"}'.encode(),
    )  # fmt: skip
    bare = Draft(at=0, tenant="", kind="published")
    appended = await append(ledger, given, bare)
    assert await all_of(ledger) == list(appended)
    for sent, entry in zip((given, bare), appended, strict=True):
        assert {name: getattr(entry, name) for name in Draft.__struct_fields__} == msgspec.structs.asdict(sent)
        assert len(entry.salt) == 16 and entry.digest == digest_of(entry.salt, entry.payload)
    await ledger.close()


async def test_every_entry_hangs_on_the_one_before(store: Store) -> None:
    ledger = await store.open()
    await append(ledger, *(draft(attempt=str(number)) for number in range(5)))
    previous = GENESIS
    for entry in await all_of(ledger):
        assert entry.chain == chained(previous, entry.n, entry, entry.digest)
        previous = entry.chain
    await ledger.close()


async def test_equal_payloads_have_different_salts_and_digests(store: Store) -> None:
    ledger = await store.open()
    one, two = await append(ledger, draft(payload=b'{"a":1}'), draft(payload=b'{"a":1}'))
    assert one.salt != two.salt and one.digest != two.digest
    await ledger.close()


BAD = [
    ({"kind": "dialled"}, "no kind"), ({"kind": "erased"}, "only the ledger"), ({"kind": "sealed"}, "only the ledger"),
    ({"subject": b"short"}, "subject has 5 bytes"), ({"tenant": "a\0b"}, "tenant"), ({"attempt": "x" * 256}, "attempt"),
    ({"key": "\ud800"}, "key"), ({"at": -1}, "at must be"), ({"at": 2**63}, "at must be"),
    ({"event_at": 2**32}, "the event"), ({"event_attr": 1 << 21}, "slots 0"), ({"event_attr": -1}, "the event"),
    ({"debts": (0,)}, "ids must"), ({"debts": (2**64,)}, "ids must"), ({"address": -1}, "ids must"),
    ({"creditor": 2**64}, "ids must"), ({"household": -1}, "ids must"),
    ({"account": 2**64}, "ids must"), ({"debts": (1,) * 256}, "at most 255"), ({"payload": b""}, "payload has 0"),
    ({"payload": b"x" * (2**20 + 1)}, "payload has"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "says"), BAD, ids=[says + str(place) for place, (_, says) in enumerate(BAD)])
async def test_a_draft_no_store_can_keep_is_refused_and_nothing_of_its_append_is_kept(
    store: Store, fields: dict[str, object], says: str
) -> None:
    ledger = await store.open()
    bad = msgspec.structs.replace(draft(), **fields)
    with pytest.raises(ValueError, match=says) as raised:
        await ledger.append([draft(), bad])
    assert "draft 1" in str(raised.value)
    with pytest.raises(ValueError, match=says):
        ledger.append_behind([bad])
    assert await ledger.settled_behind() == 0
    assert await all_of(ledger) == []
    assert [entry.n for entry in await append(ledger, draft())] == [1]
    await ledger.close()


async def test_a_version_that_holds_appends(store: Store) -> None:
    ledger = await store.open()
    await append(ledger, draft(MARIA), draft(JOAO))
    done = await ledger.append([draft(MARIA)], {MARIA: 1, JOAO: 2, ANA: 0})
    assert isinstance(done, Appended) and done.entries[0].n == 3
    await ledger.close()


async def test_a_subject_that_moved_stops_all_of_it_and_tells_what_came_between(store: Store) -> None:
    ledger = await store.open()
    one, two, three, four = await append(ledger, draft(MARIA), draft(JOAO), draft(ANA), draft(MARIA))
    assert newer(await ledger.append([draft(ANA)], {MARIA: 1, JOAO: 0, ANA: 3})) == (two, four)
    assert newer(await ledger.append([], {MARIA: 0})) == (one, four)
    assert await all_of(ledger) == [one, two, three, four]
    await ledger.close()


async def test_a_version_ahead_of_the_ledger_is_an_error(store: Store) -> None:
    ledger = await store.open()
    await append(ledger, draft(MARIA))
    with pytest.raises(LedgerError, match="ahead of the ledger"):
        await ledger.append([draft(MARIA)], {MARIA: 2})
    with pytest.raises(ValueError, match="expected"):
        await ledger.append([draft(MARIA)], {b"": 0})
    assert len(await all_of(ledger)) == 1
    assert await append(ledger, draft(MARIA))
    await ledger.close()


async def test_of_many_who_expect_the_same_version_one_appends(store: Store) -> None:
    ledger = await store.open()
    done = await asyncio.gather(*(ledger.append([draft(attempt=str(one))], {MARIA: 0}) for one in range(200)))
    won = [one for one in done if isinstance(one, Appended)]
    assert len(won) == 1
    assert {newer(one) for one in done if one is not won[0]} == {won[0].entries}
    await ledger.close()


async def test_a_thousand_appenders_at_once(store: Store) -> None:
    ledger = await store.open()
    order = random.Random(1).sample(range(1_000), 1_000)
    drafts = [[draft(number.to_bytes(16, "big"), attempt=f"{number}.{part}") for part in "ab"] for number in order]
    done = await asyncio.gather(*(ledger.append(pair) for pair in drafts))
    assert all(isinstance(one, Appended) and one.entries[0].n + 1 == one.entries[1].n for one in done)
    kept = await all_of(ledger)
    assert [entry.n for entry in kept] == list(range(1, 2_001))
    assert sorted(entry.attempt for entry in kept) == sorted(one.attempt for pair in drafts for one in pair)
    assert (await ledger.verify()).last == 2_000
    await ledger.close()


async def test_a_caller_who_gives_up_disturbs_nobody(store: Store) -> None:
    ledger = await store.open()
    asked = [asyncio.ensure_future(ledger.append([draft(attempt=str(number))])) for number in range(20)]
    await asyncio.sleep(0)
    asked[3].cancel()
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(one, Appended) for one in done].count(False) == 1
    assert (await ledger.verify()).bad is None
    await ledger.close()


async def test_what_is_appended_behind_comes_soon_and_in_order(store: Store) -> None:
    ledger = await store.open()
    for number in range(50):
        ledger.append_behind([draft(kind="decided", attempt=str(number))])
    await append(ledger, draft(attempt="awaited"))
    ledger.append_behind([draft(kind="decided", attempt="last")])
    assert await ledger.settled_behind() == 0
    assert [entry.attempt for entry in await all_of(ledger)] == [*map(str, range(50)), "awaited", "last"]
    await ledger.close()


async def test_what_is_appended_behind_needs_nobody_to_wait(store: Store) -> None:
    ledger = await store.open()
    ledger.append_behind([draft(kind="decided")])
    for _ in range(1_000):
        if await all_of(ledger):
            break
        await asyncio.sleep(0.01)
    assert len(await all_of(ledger)) == 1
    await ledger.close()


async def test_a_key_finds_the_first_entry_of_its_tenant(store: Store) -> None:
    ledger = await store.open()
    _, one, _, _ = await append(
        ledger, draft(tenant="other", key="k"), draft(key="k"), draft(key="k", kind="placed"), draft(key="")
    )
    assert await ledger.answered("acme", "k") == one
    assert await ledger.answered("acme", "unknown") is None
    assert await ledger.answered("acme", "") is None
    await ledger.close()


async def test_a_closed_ledger_says_so(store: Store) -> None:
    ledger = await store.open()
    await ledger.close()
    await ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        await ledger.append([draft()])
    with pytest.raises(LedgerError, match="closed"):
        ledger.append_behind([draft()])
    with pytest.raises(LedgerError, match="closed"):
        await ledger.head()
    with pytest.raises(LedgerError, match="closed"):
        await all_of(ledger)
