"""verify.py: what it accepts, and that it names whatever is altered in a pack."""

from __future__ import annotations

import ast
import asyncio
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadencia.evidence import verify
from cadencia.evidence.pack import build
from cadencia.evidence.seal import signature_of
from cadencia.evidence.zipped import zipped
from tests.unit.evidence.stories import NOW, SECRET, ana, archive, asked
from tests.unit.evidence.test_pack import sealing

SOURCE = Path(verify.__file__)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make(tmp_path_factory.mktemp("archive"))


def make(folder: Path) -> bytes:
    async def run() -> bytes:
        story = await ana()
        packed = await build(story.ledger, archive(folder), asked(), now=NOW, secret=SECRET, languages=("es",))
        return packed.data

    return asyncio.run(run())


def files_of(pack: bytes) -> dict[str, bytes]:
    spans, wrong = verify.unzip(pack)
    assert not wrong
    return {file: pack[start:end] for file, (start, end) in spans.items()}


def resealed(files: dict[str, bytes]) -> bytes:
    """The pack of somebody who alters a file and makes its hash fit again, but does not hold the key."""
    seal = json.loads(files["seal.json"])
    seal = {name: value for name, value in seal.items() if name not in ("key", "signature")}
    seal["files"] = {file: hashlib.sha256(data).hexdigest() for file, data in files.items() if file != "seal.json"}
    return zipped(files | {"seal.json": verify.canonical(seal) + b"\n"})


def with_lines(pack: bytes, file: str, change: Any) -> bytes:
    files = files_of(pack)
    lines = files[file].splitlines(keepends=True)
    changed = change(lines)
    return resealed(files | {file: b"".join(lines if changed is None else changed)})


def what_is_altered(pack: bytes) -> str:
    with pytest.raises(verify.Altered) as found:
        verify.verify(pack)
    return str(found.value)


def test_it_is_short_and_needs_nothing() -> None:
    assert len(SOURCE.read_text().splitlines()) <= 300
    imports = {line.split()[1] for line in SOURCE.read_text().splitlines() if line.startswith(("import ", "from "))}
    assert imports - {"__future__"} <= sys.stdlib_module_names
    ast.parse(SOURCE.read_text(), feature_version=(3, 8))


def test_a_pack_verifies_in_a_clean_process_without_our_packages(pack: bytes, tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(pack)
    (tmp_path / "check.py").write_bytes(files_of(pack)["verify.py"])
    done = run(tmp_path, "pack.zip")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "OK, 18 records"
    assert "6 counters counted again; 0 not" in done.stdout
    assert "signed by 03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "code", "told"),
    [
        ("none.zip", None, 2, "cannot be read"),
        ("empty.zip", b"", 1, "ALTERED not written as a pack is"),
        ("text.zip", b"hello", 1, "ALTERED zip: altered after [], byte 0"),
    ],
)
def test_what_is_no_pack(tmp_path: Path, name: str, content: bytes | None, code: int, told: str) -> None:
    (tmp_path / "check.py").write_bytes(SOURCE.read_bytes())
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run(tmp_path, name)
    assert (done.returncode, done.stderr) == (code, "") and told in done.stdout


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", "check.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_flipped_byte_names_its_record_or_file(pack: bytes) -> None:
    spans, _ = verify.unzip(pack)
    records = json.loads(files_of(pack)["seal.json"])["records"]
    for file, (start, end) in spans.items():
        for at in {start, *range(start + 7, end, max((end - start) // 40, 1)), end - 1}:
            told = what_is_altered(flipped(pack, at))
            if file in records:
                line = pack.count(b"\n", start, at) + 1
                assert told.startswith(f"{file} line {line} (record {records[file][line - 1]})"), (at, told)
            else:
                assert told.startswith(file), (at, told)


@given(at=st.floats(0, 1, exclude_max=True), by=st.integers(1, 255))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_byte_can_be_changed(pack: bytes, at: float, by: int) -> None:
    assert what_is_altered(flipped(pack, int(at * len(pack)), by))


def test_no_byte_outside_the_files_can_be_changed(pack: bytes) -> None:
    spans, _ = verify.unzip(pack)
    inside = bytearray(len(pack))
    for start, end in spans.values():
        inside[start:end] = b"\1" * (end - start)
    outside = [at for at, taken in enumerate(inside) if not taken]
    for at in outside:
        assert what_is_altered(flipped(pack, at))


def flipped(pack: bytes, at: int, by: int = 1) -> bytes:
    return pack[:at] + bytes([pack[at] ^ by]) + pack[at + 1 :]


@pytest.mark.parametrize("cut", [1, 30, 5000])
def test_a_pack_that_is_cut_off_or_goes_on(pack: bytes, cut: int) -> None:
    assert what_is_altered(pack[:-cut])
    assert what_is_altered(pack + b"\0" * cut).startswith("zip: altered after")
    assert what_is_altered(b"\0" * cut + pack).startswith("zip: altered after []")


def drop(lines: list[bytes]) -> None:
    del lines[1]


def swap(lines: list[bytes]) -> None:
    lines[1], lines[2] = lines[2], lines[1]


def double(lines: list[bytes]) -> None:
    lines.insert(1, lines[1])


def insert(lines: list[bytes]) -> None:
    lines.insert(1, lines[0].replace(b'"key-', b'"yek-'))


@pytest.mark.parametrize(
    ("change", "where", "told"),
    [
        (drop, "line 2 (record 9)", "stands here: one was left out"),
        (swap, "line 2 (record 9)", "stands here: one was left out"),
        (double, "line 3 (record 11)", "stands here: one was left out"),
        (insert, "line 2 (record 9)", "its plain part, digest or proof was altered"),
    ],
)
def test_records_are_neither_left_out_nor_put_in(pack: bytes, change: Any, where: str, told: str) -> None:
    numbers = json.loads(files_of(pack)["seal.json"])["records"]["decisions.ndjson"]
    where = where.replace("record 9", f"record {numbers[1]}").replace("record 11", f"record {numbers[2]}")
    message = what_is_altered(with_lines(pack, "decisions.ndjson", change))
    assert message.startswith(f"decisions.ndjson {where}") and told in message


def test_a_record_behind_the_last(pack: bytes) -> None:
    message = what_is_altered(with_lines(pack, "decisions.ndjson", lambda lines: [*lines, lines[0]]))
    assert message == "decisions.ndjson line 7: a record that was put in"


@pytest.mark.parametrize("name", "n at tenant kind subject attempt event_at debts key previous digest salt".split())
def test_a_record_whose_fields_are_changed(pack: bytes, name: str) -> None:
    def change(lines: list[bytes]) -> None:
        head, mark, payload = lines[2].partition(b',"payload":')
        record = json.loads(head + b"}")
        value = record[name]
        record[name] = value + 1 if isinstance(value, int) else [*value, 1] if isinstance(value, list) else other(value)
        text = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
        lines[2] = text[:-1] + mark + payload

    assert what_is_altered(with_lines(pack, "decisions.ndjson", change)).startswith("decisions.ndjson line 3 (record ")


def other(text: str) -> str:
    return ("0" if text[:1] != "0" else "1") + text[1:]


def test_the_first_altered_record_is_that_with_the_lowest_number(pack: bytes) -> None:
    files = files_of(pack)
    for file in ("decisions.ndjson", "attempts.ndjson"):
        files[file] = files[file].replace(b"no_answer", b"no_answex").replace(b'"allow"', b'"allox"')
    assert what_is_altered(resealed(files)).startswith("decisions.ndjson line 1 ")


def test_whoever_alters_all_but_has_no_key_leaves_an_unsigned_pack(pack: bytes) -> None:
    files = files_of(pack)
    files["report.es.html"] = files["report.es.html"].replace(b"denegado", b"permitido")
    assert verify.verify(resealed(files))[-1] == "not signed: compare the root with one that you hold"
    seal = json.loads(files["seal.json"])
    seal["files"]["report.es.html"] = hashlib.sha256(files["report.es.html"]).hexdigest()
    assert "a signature does not fit its key" in what_is_altered(
        zipped(files | {"seal.json": verify.canonical(seal) + b"\n"})
    )


def test_a_payload_is_not_taken_out_where_nothing_was_erased(pack: bytes) -> None:
    def change(lines: list[bytes]) -> None:
        head, mark, _ = lines[1].partition(b',"payload":')
        record = json.loads(head + b"}") | {"salt": ""}
        lines[1] = json.dumps(record, separators=(",", ":")).encode()[:-1] + mark + b"null}\n"

    message = what_is_altered(with_lines(pack, "consents.ndjson", change))
    assert "its payload is gone, and no later record says that it was erased" in message


def test_a_rule_file_of_another_day(pack: bytes) -> None:
    files = files_of(pack)
    file = next(file for file in files if file.startswith("rules/co/ley-2300."))
    files[file] = files[file].replace(b"19:00", b"23:00")
    assert what_is_altered(resealed(files)) == f"{file}: of none of the rulebooks that decided"
    files["rulebooks.json"] = files["rulebooks.json"].replace(
        json.loads(files["seal.json"])["files"][file].encode(), hashlib.sha256(files[file]).hexdigest().encode()
    )
    assert "do not give that hash" in what_is_altered(resealed(files))


def test_files_that_are_taken_away_or_put_in(pack: bytes) -> None:
    files = files_of(pack)
    del files["report.es.pdf"]
    assert what_is_altered(zipped(files)).startswith("report.es.pdf: altered, missing or put in")
    assert what_is_altered(zipped(files_of(pack) | {"more.txt": b"x"})).startswith("more.txt: altered")
    del files["seal.json"]
    assert what_is_altered(zipped(files)) == "seal.json: missing, or its checksum is wrong"


def test_names_that_would_leave_the_folder_are_only_names(pack: bytes) -> None:
    assert what_is_altered(zipped(files_of(pack) | {"../../etc/passwd": b"x"})).startswith("../../etc/passwd: altered")


def test_two_files_of_one_name(pack: bytes) -> None:
    header, line = verify.headers("a", 0, 0, 0)
    again, second = verify.headers("a", 0, 0, len(header))
    message = what_is_altered(header + again + verify.ending([line, second], len(header) + len(again)))
    assert "'a': its header in the zip was altered" in message


def test_a_compressed_zip_is_not_unpacked(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("seal.json", b"\0" * 50_000_000)
    assert "was the pack packed anew?" in what_is_altered((tmp_path / "bomb.zip").read_bytes())


@pytest.mark.parametrize(
    "text", ["{}", "[]", "1", '"x"', "[" * 100_000, '{"format":"cadencia-evidence/2"}', "\xff", ""]
)
def test_seals_that_are_none(pack: bytes, text: str) -> None:
    told = what_is_altered(zipped(files_of(pack) | {"seal.json": text.encode("latin-1")}))
    assert told.startswith("seal.json: altered")


@given(st.binary(max_size=200))
def test_bytes_that_are_no_pack(data: bytes) -> None:
    assert what_is_altered(data)


def test_hostile_tables_are_told_not_raised(pack: bytes, tmp_path: Path) -> None:
    (tmp_path / "check.py").write_bytes(SOURCE.read_bytes())
    for books in (b"[]", b'{"x":1}', b'{"x":{"files":{"a":7}}}', b"[" * 100_000):
        (tmp_path / "pack.zip").write_bytes(resealed(files_of(pack) | {"rulebooks.json": books}))
        done = run(tmp_path, "pack.zip")
        assert (done.returncode, done.stderr) == (1, "") and done.stdout.startswith("ALTERED")


@given(secret=st.binary(min_size=32, max_size=32), message=st.binary(max_size=80), at=st.integers(0, 63))
@settings(max_examples=10)
def test_signatures_are_checked_as_others_check_them(secret: bytes, message: bytes, at: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verify.signed(public, message, signature)
    assert not verify.signed(public, message + b"x", signature)
    assert not quietly(public, message, flipped(signature, at))
    assert not quietly(flipped(public, at % 32), message, signature)


def quietly(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        return verify.signed(public, message, signature)
    except verify.BROKEN:
        return False


def test_signatures_of_rfc_8032() -> None:
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify.signed(public, b"\x72", signature)
    order = verify.ORDER.to_bytes(33, "little")[:32]
    malleable = signature[:32] + (int.from_bytes(signature[32:], "little") + int.from_bytes(order, "little")).to_bytes(
        32, "little"
    )
    assert not verify.signed(public, b"\x72", malleable)


def test_a_key_of_small_order_signs_nothing() -> None:
    neutral = (1).to_bytes(32, "little")
    assert not verify.signed(neutral, b"anything", neutral + bytes(32))


def test_an_earlier_seal_is_signed_too(pack: bytes) -> None:
    seal = json.loads(files_of(pack)["seal.json"])
    first = signature_of({name: seal["seals"][0][name] for name in ("n", "at", "chain", "root")}, SECRET)
    body = {name: value for name, value in seal.items() if name not in ("key", "signature")}
    good = verify.canonical(body | {"seals": [first]}) + b"\n"
    assert verify.read_seal(good)["seals"] == [first]
    with pytest.raises(verify.Altered, match="a signature does not fit its key"):
        verify.read_seal(verify.canonical(body | {"seals": [{**first, "at": "2020-01-01T00:00:00Z"}]}) + b"\n")


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A pack whose records lead to seals in the ledger; the pack itself is not signed."""
    return asyncio.run(sealing(tmp_path_factory.mktemp("archive"), 4)).data


def test_a_record_under_a_seal_in_the_ledger_is_named_when_it_is_altered(inside: bytes) -> None:
    changed = with_lines(inside, "attempts.ndjson", lambda lines: lines[2].index(b'"at":') and [
        *lines[:2], lines[2].replace(b'"at":1', b'"at":2', 1), *lines[3:]])  # fmt: skip
    assert re.match(r"attempts.ndjson line 3 .*: its plain part, digest or proof was altered", what_is_altered(changed))


def seals_of(pack: bytes) -> tuple[dict[str, bytes], dict[str, Any]]:
    files = files_of(pack)
    return files, json.loads(files["seal.json"])


def test_a_seal_that_is_not_in_the_ledger_holds_nothing(inside: bytes) -> None:
    """Whoever makes up a seal for records of their own must put it into the ledger, and that has a root of its own."""
    files, seal = seals_of(inside)
    for change in ({"root": "00" * 32}, {"since": 2}, {"chain": "00" * 32}):
        altered = {**seal, "seals": [{**seal["seals"][0], **change}, *seal["seals"][1:]]}
        made = zipped(files | {"seal.json": verify.canonical(altered) + b"\n"})
        assert re.search(r"altered: the root|is not the ledger's|cut off", what_is_altered(made))


def test_the_entry_of_a_seal_is_not_left_out(inside: bytes) -> None:
    files, seal = seals_of(inside)
    lines = [line for line in files["ledger.ndjson"].splitlines(keepends=True) if b'"kind":"sealed"' not in line]
    data = b"".join(lines)
    numbers = [json.loads(line)["n"] for line in lines]
    altered = {**seal, "records": seal["records"] | {"ledger.ndjson": numbers},
               "files": seal["files"] | {"ledger.ndjson": hashlib.sha256(data).hexdigest()}}  # fmt: skip
    made = zipped(files | {"ledger.ndjson": data, "seal.json": verify.canonical(altered) + b"\n"})
    assert what_is_altered(made) == "seal.json: the seal at entry 4 is not the ledger's, or proves no record here"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), by=st.integers(1, 255))
def test_no_byte_can_be_changed_under_seals_in_the_ledger(inside: bytes, at: float, by: int) -> None:
    assert what_is_altered(flipped(inside, int(at * len(inside)), by))
