"""What goes into a pack, and when there is none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cadencia.evidence import verify
from cadencia.evidence.chosen import micros, subject_of
from cadencia.evidence.pack import Packed, build, packed_name
from cadencia.evidence.seal import EvidenceError, Seal, read_secret, seal_ledger
from cadencia.store.entry import Draft
from cadencia.store.memory import MemoryLedger
from cadencia.store.seal import Sealer
from tests.unit.evidence.stories import (
    ANA,
    BRUNO,
    CAP,
    NOW,
    SECRET,
    START,
    TENANT,
    Story,
    ana,
    archive,
    asked,
    law,
    salts,
)


async def packed(folder: Path, story: Story | None = None, **options: Any) -> Packed:
    story = story or await ana()
    whom = options.pop("asked", asked())
    return await build(story.ledger, archive(folder), whom, **({"now": NOW, "languages": ("en",)} | options))


def files_of(pack: bytes) -> dict[str, bytes]:
    return {file: pack[start:end] for file, (start, end) in verify.unzip(pack)[0].items()}


def records(pack: bytes, file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files_of(pack)[file].splitlines()]


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    first = asyncio.run(packed(tmp_path / "a", languages=("es", "en", "pt"), secret=SECRET))
    again = asyncio.run(packed(tmp_path / "b", languages=("es", "en", "pt"), secret=SECRET))
    assert first.data == again.data and verify.verify(first.data)[0] == "OK, 18 records"


def test_what_a_pack_holds(tmp_path: Path) -> None:
    pack = asyncio.run(packed(tmp_path)).data
    kinds = {
        file: [one["kind"] for one in records(pack, file)]
        for file in json.loads(files_of(pack)["seal.json"])["records"]
    }
    assert kinds == {
        "decisions.ndjson": ["reserved", "decided"] * 3,
        "attempts.ndjson": ["placed", "settled", "placed", "settled", "corrected", "placed", "settled", "inbound"],
        "consents.ndjson": ["fact", "promise"],
        "ledger.ndjson": ["published"],
        "before.ndjson": ["imported"],
    }
    (before,) = records(pack, "before.ndjson")
    assert before["payload"] is None and before["salt"] == ""  # what was not asked for is not told
    assert {one["subject"] for file in kinds for one in records(pack, file)} == {ANA.hex(), ""}
    laws = sorted(file.split(".")[0] for file in files_of(pack) if file.endswith(".yaml"))
    assert laws == ["calendars/co", "rules/co/ley-2300", "rules/co/registro-excluidos"]


def test_nothing_of_others_is_in_a_pack(tmp_path: Path) -> None:
    pack = asyncio.run(packed(tmp_path)).data
    assert BRUNO.hex().encode() not in pack


def test_a_stretch_and_what_goes_on_behind_it(tmp_path: Path) -> None:
    day = asked(since=START + timedelta(hours=20), until=START + timedelta(hours=24, minutes=1))
    pack = asyncio.run(packed(tmp_path, asked=day)).data
    assert [one["kind"] for one in records(pack, "decisions.ndjson")] == ["reserved"]
    assert [one["kind"] for one in records(pack, "attempts.ndjson")] == ["placed", "settled", "corrected"]
    assert [one["kind"] for one in records(pack, "before.ndjson")] == ["imported", "reserved", "placed", "settled"]
    assert verify.verify(pack)[2].startswith("2 counters counted again; 0 not")


def test_an_attempt_alone(tmp_path: Path) -> None:
    attempt = f"{ANA.hex()}-{3:016x}"
    pack = asyncio.run(packed(tmp_path, asked=asked(attempts=(attempt,)))).data
    assert {one["attempt"] for file in ("decisions.ndjson", "attempts.ndjson") for one in records(pack, file)} == {
        attempt
    }
    assert verify.verify(pack)[2].startswith("2 counters counted again; 0 not")


def test_an_erased_person(tmp_path: Path) -> None:
    async def run() -> Packed:
        story = await ana()
        assert await story.ledger.erase(TENANT, ANA, micros(NOW)) > 0
        await story.reserve(NOW, subject=BRUNO)
        later = asked(until=NOW + timedelta(days=1))
        return await packed(tmp_path, story, asked=later)

    found = asyncio.run(run())
    told = verify.verify(found.data)
    assert told[:2] == ["OK, 19 records", "16 of them erased: what is left of each is its place and its digest"]
    assert found.erased == 16
    everything = b"".join(files_of(found.data).values())
    assert b"prior_consent" not in files_of(found.data)["consents.ndjson"] and b"+573001112233" not in everything
    assert "The content of 16 records was erased" in files_of(found.data)["report.en.html"].decode()


def test_a_counter_that_does_not_fit_the_attempts_is_told(tmp_path: Path) -> None:
    async def run() -> Packed:
        story = await ana()
        await story.reserve(START + timedelta(days=5), used=1)
        return await packed(tmp_path, story)

    with pytest.raises(verify.Altered, match=rf"{CAP}: recorded as 1 used before, the attempts of this pack give 0"):
        verify.verify(asyncio.run(run()).data)


def test_a_ledger_that_was_altered_is_not_sealed(tmp_path: Path) -> None:
    async def run() -> None:
        story = await ana()
        entries = story.ledger._entries
        entries[4] = msgspec.structs.replace(entries[4], address=6)
        await packed(tmp_path, story)

    with pytest.raises(EvidenceError, match="entry 5 of the ledger does not fit its chain"):
        asyncio.run(run())


def test_nobody_and_nothing(tmp_path: Path) -> None:
    for whom in (asked(tenant="other"), asked(subject=bytes(16)), asked(until=START - timedelta(days=30))):
        with pytest.raises(EvidenceError, match="holds nothing of this person in that time"):
            asyncio.run(packed(tmp_path, asked=whom))


def test_a_rulebook_that_the_archive_lacks(tmp_path: Path) -> None:
    async def run(*, without_rules: bool) -> Packed:
        from cadencia.evidence.archive import Archive

        story = await ana()
        empty = Archive(tmp_path / "empty")
        return await build(story.ledger, empty, asked(), now=NOW, languages=("en",), without_rules=without_rules)

    with pytest.raises(EvidenceError, match="the archive lacks the rulebook sha256:"):
        asyncio.run(run(without_rules=False))
    found = asyncio.run(run(without_rules=True))
    assert found.rulebooks_missing == (law()[1].hash,)
    told = verify.verify(found.data)
    assert told[2:4] == [
        "0 counters counted again; 6 not: a rule with more to it, or no rule file",
        f"the rulebook {law()[1].hash} is not in this pack",
    ]


def test_each_record_is_proven_against_the_earliest_seal_that_covers_it(tmp_path: Path) -> None:
    async def run() -> tuple[Packed, Seal]:
        story, kept = await ana(), archive(tmp_path)
        early = await seal_ledger(await first_entries(story.ledger, 10), at="2026-05-19T20:00:00Z", secret=SECRET)
        kept.add_seal(early)
        return await packed(tmp_path, story), early

    found, early = asyncio.run(run())
    seals = json.loads(files_of(found.data)["seal.json"])["seals"]
    assert [one["n"] for one in seals] == [10, 22] and seals[0] == msgspec.to_builtins(early)
    decisions = records(found.data, "decisions.ndjson")
    assert [one["seal"] for one in decisions] == [0 if one["n"] <= 10 else 1 for one in decisions]
    told = verify.verify(found.data)
    assert f"1 to 9 sealed at entry 10, root {early.root}, key {early.key}" in told


async def first_entries(ledger: MemoryLedger, count: int) -> MemoryLedger:
    """The ledger as it was."""
    earlier = MemoryLedger()
    earlier._entries = ledger._entries[:count]
    return earlier


async def sealing(folder: Path, every: int, *, key: bytes | None = None, old: bool = False) -> Packed:
    """A pack of the story in a ledger that seals itself."""
    ledger = MemoryLedger(entropy=salts(), sealer=OldSealer(every=every) if old else Sealer(every=every, key=key))
    names = Draft.__struct_fields__
    async for entry in (await ana()).ledger.entries():
        await ledger.append([Draft(**{name: getattr(entry, name) for name in names})])
    assert (await ledger.verify()).bad is None
    return await build(ledger, archive(folder), asked(), now=NOW, languages=("es",))


class OldSealer(Sealer):
    """As it was before seals had roots."""

    def draft(self, since: int, chains: Sequence[bytes], at: int) -> Draft:
        payload = {"n": since + len(chains) - 1, "chain": chains[-1].hex()}
        return Draft(at=at, tenant="", kind="sealed", payload=json.dumps(payload).encode())


@pytest.mark.parametrize("key", [None, SECRET])
def test_records_lead_to_the_seals_in_the_ledger(tmp_path: Path, key: bytes | None) -> None:
    found = asyncio.run(sealing(tmp_path, 4, key=key))
    seals = json.loads(files_of(found.data)["seal.json"])["seals"]
    inside = [one["payload"] for one in records(found.data, "ledger.ndjson") if one["kind"] == "sealed"]
    assert [one for one in seals if "since" in one] == inside and len(inside) > 3
    last = max(one["n"] for one in inside)
    for file in ("decisions.ndjson", "attempts.ndjson", "consents.ndjson", "before.ndjson"):
        for one in records(found.data, file):
            assert seals[one["seal"]].get("since", 99) <= one["n"] <= seals[one["seal"]]["n"] or one["n"] > last
            assert one["n"] > last or len(one["proof"]) <= 3
    told = verify.verify(found.data)
    of_first = f"sealed at entry {inside[0]['n']}, root {inside[0]['root']}, key {inside[0].get('key')}"
    assert f"1 to 4 {of_first}" in told


def test_seals_of_before_there_were_roots_prove_nothing_and_hinder_nothing(tmp_path: Path) -> None:
    found = asyncio.run(sealing(tmp_path, 4, old=True))
    assert len(json.loads(files_of(found.data)["seal.json"])["seals"]) == 1
    assert verify.verify(found.data)[0].startswith("OK")


def test_a_seal_in_the_ledger_with_another_root_is_told(tmp_path: Path) -> None:
    class Wrong(Sealer):
        def draft(self, since: int, chains: Sequence[bytes], at: int) -> Draft:
            return super().draft(since, [chains[0], *chains[:-2], chains[-1]] if len(chains) > 2 else chains, at)

    async def run() -> None:
        ledger = MemoryLedger(entropy=salts(), sealer=Wrong(every=5))
        async for entry in (await ana()).ledger.entries():
            await ledger.append([Draft(**{name: getattr(entry, name) for name in Draft.__struct_fields__})])
        await build(ledger, archive(tmp_path), asked(), now=NOW, languages=("es",))

    with pytest.raises(EvidenceError, match="this is not the ledger that was sealed at entry 5"):
        asyncio.run(run())


def test_a_seal_of_another_ledger_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        story = await ana()
        other = MemoryLedger()
        await other.append([Draft(at=1, tenant=TENANT, kind="decided")])
        archive(tmp_path).add_seal(await seal_ledger(other, at="2026-05-19T20:00:00Z"))
        await packed(tmp_path, story)

    with pytest.raises(EvidenceError, match="this is not the ledger that was sealed at entry 1"):
        asyncio.run(run())


def test_an_empty_ledger_is_not_sealed() -> None:
    with pytest.raises(EvidenceError, match="the ledger is empty"):
        asyncio.run(seal_ledger(MemoryLedger(), at="2026-05-19T20:00:00Z"))


def test_payloads_that_are_no_canonical_json(tmp_path: Path) -> None:
    async def run(payload: bytes) -> None:
        story = await ana()
        await story.ledger.append([Draft(at=micros(START), tenant=TENANT, kind="fact", subject=ANA, payload=payload)])
        await packed(tmp_path, story)

    with pytest.raises(EvidenceError, match="entry 23 has a line break"):
        asyncio.run(run(b'{"a":\n1}'))
    with pytest.raises(EvidenceError, match="the payload of entry 23 cannot be read"):
        asyncio.run(run(b"{x"))


def test_whose_subject_it_is() -> None:
    async def run(tenant: str, person: str) -> bytes:
        return await subject_of((await ana()).ledger, tenant, person)

    assert asyncio.run(run(TENANT, "ana")) == ANA
    for tenant, person in (("other", "ana"), (TENANT, "an"), (TENANT, 'a"')):
        with pytest.raises(EvidenceError, match="nobody of that id and tenant"):
            asyncio.run(run(tenant, person))


def test_keys_of_a_file() -> None:
    assert read_secret(SECRET.hex() + "\n") == SECRET
    for text in ("", "00", "x" * 64, SECRET.hex() + "00"):
        with pytest.raises(EvidenceError, match="does not hold 64 hexadecimal digits") as told:
            read_secret(text)
        assert "xx" not in str(told.value)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("co/ley-2300.yaml", "rules/co/ley-2300.0123456789ab.yaml"),
        ("holidays/co.yaml", "calendars/co.0123456789ab.yaml"),
        ("policy/cautious.yaml", "rules/policy/cautious.0123456789ab.yaml"),
        ("/srv/Höuse rules.yaml", "rules/H-use-rules.0123456789ab.yaml"),
    ],
)
def test_names_of_rule_files(path: str, name: str) -> None:
    assert packed_name(path, "0123456789ab" + "0" * 52) == name
