"""`cadencia evidence`: a pack out of a ledger on disk, and what it says when there is none."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from cadencia.cli import main
from cadencia.rules.cache import jurisdictions_folder
from cadencia.store.entry import Draft
from cadencia.store.sqlite import SqliteLedger
from tests.unit.evidence.stories import ANA, NOW, SECRET, TENANT, ana, archive

AT = ("--at", "2026-06-01T00:00:00Z")


@pytest.fixture
def places(tmp_path: Path) -> list[str]:
    """The options that name a ledger, written out of a story; its archive is beside it."""

    async def write() -> None:
        story = await ana()
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", secret=SECRET)
        names = Draft.__struct_fields__
        async for entry in story.ledger.entries():
            await ledger.append([Draft(**{name: getattr(entry, name) for name in names})])
        await ledger.close()

    asyncio.run(write())
    archive(tmp_path / "ledger.db.archive")
    (tmp_path / "secret").touch(0o600)
    (tmp_path / "secret").write_text(SECRET.hex() + "\n")
    return ["--ledger", str(tmp_path / "ledger.db"), "--secret", str(tmp_path / "secret")]


def build(places: list[str], out: Path, *more: str) -> int:
    return main(["evidence", "build", *places, "--tenant", TENANT, "-o", str(out), *AT, *more])


def test_build_and_verify(places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = tmp_path / "pack.zip"
    asked = ("--person", "ana", "--from", "2026-05-18", "--to", "2026-05-26", "--lang", "es")
    assert build(places, pack, *asked) == 0
    assert "pack.zip: 19 records, 0 of them erased" in capsys.readouterr().err
    assert main(["evidence", "verify", str(pack)]) == 0
    assert capsys.readouterr().out.startswith("OK, 19 records\n")
    altered = pack.read_bytes().replace(b"right_party_contact", b"wrong_party_contact")
    pack.write_bytes(altered)
    assert main(["evidence", "verify", str(pack)]) == 1
    assert capsys.readouterr().out.startswith(
        "ALTERED attempts.ndjson line 7 (record 18): its payload or salt was altered"
    )


def test_by_subject_and_by_attempt(places: list[str], tmp_path: Path) -> None:
    assert build(places, tmp_path / "a.zip", "--subject", ANA.hex()) == 0
    assert build(places, tmp_path / "b.zip", "--attempt", f"{ANA.hex()}-{1:016x}") == 0
    assert main(["evidence", "verify", str(tmp_path / "b.zip")]) == 0


def test_seal_is_kept_and_used(places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "key").write_text(SECRET.hex())
    assert main(["evidence", "seal", *places, "--key", str(tmp_path / "key"), *AT]) == 0
    seal = json.loads(capsys.readouterr().out)
    assert build(places, tmp_path / "pack.zip", "--person", "ana", "--key", str(tmp_path / "key")) == 0
    assert main(["evidence", "verify", str(tmp_path / "pack.zip")]) == 0
    told = capsys.readouterr().out
    assert f"sealed at entry {seal['n']}, root {seal['root']}, key {seal['key']}" in told
    assert f"signed by {seal['key']}" in told


def test_a_seal_of_a_day_without_entries_is_the_one_that_is_held(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").write_text(SECRET.hex())
    assert main(["evidence", "seal", *places, *AT]) == 0
    first = capsys.readouterr().out
    assert main(["evidence", "seal", *places, "--at", "2026-06-02T00:00:00Z"]) == 0
    assert capsys.readouterr().out == first
    assert main(["evidence", "seal", *places, "--key", str(tmp_path / "key"), *AT]) == 1
    assert "is sealed without a key; sign when something more was written" in capsys.readouterr().err


def test_publish(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("co/ley-2300.yaml", "co/registro-excluidos.yaml", "holidays/co.yaml"):
        (tmp_path / "law" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "law" / name).write_text((jurisdictions_folder() / name).read_text())
    assert main(["evidence", "publish", "--archive", str(tmp_path / "kept"), "--root", str(tmp_path / "law")]) == 0
    name = capsys.readouterr().out.strip().removeprefix("sha256:")
    assert (tmp_path / "kept" / "publications" / f"{name}.json").is_file()
    assert main(["evidence", "publish", "--archive", str(tmp_path / "kept"), "--policy", "no-such"]) == 2


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        ((), 2, "name whom it is about"),
        (("--person", "ana", "--subject", "00"), 2, "name whom it is about"),
        (("--subject", "00"), 2, "'00' is no subject; it is 32 hexadecimal digits"),
        (("--attempt", f"{'a' * 32}-1", "--attempt", f"{'b' * 32}-1"), 2, "the attempts are of several persons"),
        (("--person", "nobody"), 1, "the ledger has nobody of that id"),
        (("--person", "ana", "--from", "yesterday"), 2, "--from 'yesterday' is no instant; write 2026-05-18"),
        (("--person", "ana", "--from", "2026-05-18T09:00"), 2, "is no instant"),
        (("--person", "ana", "--from", "2026-05-18", "--to", "2026-05-18"), 2, "is not after --from"),
        (("--person", "ana", "--to", "2020-01-01"), 1, "holds nothing of this person in that time"),
        (("--person", "ana", "--archive", "/nonexistent"), 1, "the archive lacks the rulebook"),
        (("--person", "ana", "--key", "/nonexistent"), 1, "No such file"),
        (("--person", "ana", "--ledger", "/nonexistent"), 2, "name the ledger"),
    ],
)
def test_what_cannot_be_made(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], code: int, told: str
) -> None:
    assert build(places, tmp_path / "pack.zip", *more) == code
    error = capsys.readouterr().err
    assert error.startswith("cadencia evidence build: ") and told in error
    assert not (tmp_path / "pack.zip").exists()


def test_a_wrong_secret(places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret").write_text(NOW.isoformat())
    assert build(places, tmp_path / "pack.zip", "--person", "ana") == 2
    assert "does not hold hexadecimal digits" in capsys.readouterr().err
    (tmp_path / "secret").write_text("11" * 32)
    assert build(places, tmp_path / "pack.zip", "--person", "ana") == 1


def test_no_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "verify", str(tmp_path / "none.zip")]) == 2
    assert "it cannot be read" in capsys.readouterr().out
