"""Packs forged with care, by somebody who can write a ledger anew: what was given away before does not vouch for it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cadencia.evidence import verify
from cadencia.evidence.seal import EvidenceError, seal_ledger, signature_of
from cadencia.evidence.zipped import zipped
from cadencia.store.entry import Draft
from tests.unit.evidence.stories import SECRET, Story, ana, archive
from tests.unit.evidence.test_pack import files_of, first_entries, packed

Line = tuple[dict[str, Any], bytes]


def lines(data: bytes) -> list[Line]:
    """Records as (plain part, payload with what follows it)."""
    parts = [line.partition(b',"payload":') for line in data.splitlines(keepends=True)]
    return [(json.loads(head + b"}"), tail) for head, _, tail in parts]


def written(found: list[Line]) -> bytes:
    heads = [json.dumps(head, separators=(",", ":"), ensure_ascii=False).encode() for head, _ in found]
    return b"".join(head[:-1] + b',"payload":' + tail for head, (_, tail) in zip(heads, found, strict=True))


def resealed(files: dict[str, bytes], change: Callable[[Any], object] = lambda seal: None) -> bytes:
    """The pack with other files, signed by the forger's own key."""
    seal = json.loads(files["seal.json"])
    for name in ("key", "signature"):
        seal.pop(name, None)
    change(seal)
    seal["files"] = {file: hashlib.sha256(data).hexdigest() for file, data in files.items() if file != "seal.json"}
    return zipped(files | {"seal.json": verify.canonical(signature_of(seal, SECRET)) + b"\n"})


def told_by_verify(folder: Path, pack: bytes, **environment: str) -> tuple[int, str, str]:
    """(exit code, what it prints, what it prints as an error) of the verifier on its own."""
    (folder / "pack.zip").write_bytes(pack)
    command = [sys.executable, "-I", str(Path(verify.__file__).resolve()), str(folder / "pack.zip")]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "utf-8"} | environment, check=False)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode()


async def forged_ledger() -> Story:
    """The story's ledger without its denials, chained anew."""
    story, forged = await ana(), Story()
    async for entry in story.ledger.entries():
        if entry.kind != "decided":
            await forged.ledger.append([Draft(**{name: getattr(entry, name) for name in Draft.__struct_fields__})])
    return forged


@pytest.mark.parametrize("at_end", [False, True])
def test_a_seal_that_was_given_away_does_not_vouch_for_a_forged_ledger(tmp_path: Path, at_end: bool) -> None:
    async def run() -> tuple[dict[str, bytes], dict[str, Any]]:
        given = await seal_ledger((await ana()).ledger, at="2026-05-30T00:00:00Z", secret=SECRET)
        return files_of((await packed(tmp_path, await forged_ledger())).data), msgspec.to_builtins(given)

    files, given = asyncio.run(run())
    if not at_end:
        for file in [file for file in files if file.endswith(".ndjson")]:
            files[file] = written([(head | {"seal": head["seal"] + 1}, tail) for head, tail in lines(files[file])])
    pack = resealed(files, lambda seal: seal["seals"].insert(len(seal["seals"]) if at_end else 0, given))
    code, out, _ = told_by_verify(tmp_path, pack)
    assert code == 1 and given["root"] not in out.splitlines()[-1:]


def test_a_denial_is_not_withheld_by_way_of_the_records_before(tmp_path: Path) -> None:
    files = files_of(asyncio.run(a_pack(tmp_path)))
    decisions = lines(files["decisions.ndjson"])
    head, _ = victim = next(one for one in decisions if one[0]["kind"] == "decided")
    decisions.remove(victim)
    before = sorted([*lines(files["before.ndjson"]), (head | {"salt": ""}, b"null}\n")], key=lambda one: one[0]["n"])
    files["decisions.ndjson"], files["before.ndjson"] = written(decisions), written(before)

    def change(seal: Any) -> None:
        seal["records"]["decisions.ndjson"].remove(head["n"])
        seal["records"]["before.ndjson"] = [plain["n"] for plain, _ in before]

    code, out, _ = told_by_verify(tmp_path, resealed(files, change))
    assert code == 1 and f"record {head['n']}: before.ndjson withholds" in out


async def a_pack(folder: Path) -> bytes:
    return (await packed(folder, await ana())).data


def test_no_text_of_a_pack_looks_like_a_line_of_the_verifier(tmp_path: Path) -> None:
    files = files_of(asyncio.run(a_pack(tmp_path)))
    false = "0\nsigned by " + "ab" * 32 + "\n"
    _, out, _ = told_by_verify(tmp_path, resealed(files, lambda seal: seal["rulebooks_missing"].append(false)))
    assert "\nsigned by abab" not in out


@pytest.mark.parametrize("name", ["\ud800", "ñ", "\x1b[2J\x1b[HOK, 18 records\n\x1b[8m"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_any_name_is_told_without_a_traceback_or_an_escape(tmp_path: Path, name: str, encoding: str) -> None:
    files = files_of(asyncio.run(a_pack(tmp_path)))
    books = json.loads(files["rulebooks.json"])
    files["rulebooks.json"] = json.dumps({name: next(iter(books.values()))} | books).encode()
    code, out, err = told_by_verify(tmp_path, resealed(files), PYTHONIOENCODING=encoding)
    assert code == 1 and out.startswith("ALTERED") and out.count("\n") == 1 and "\x1b" not in out and not err


def test_a_ledger_whose_end_was_cut_off_is_not_packed(tmp_path: Path) -> None:
    async def run() -> None:
        story, kept = await ana(), archive(tmp_path)
        kept.add_seal(await seal_ledger(story.ledger, at="2026-05-30T00:00:00Z"))
        story.ledger = await first_entries(story.ledger, 12)
        with pytest.raises(EvidenceError, match="the ledger ends at 12: its end was cut off"):
            await packed(tmp_path, story)

    asyncio.run(run())
