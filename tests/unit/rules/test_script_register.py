"""The register of approved texts: whole or not at all, each text once for each use, and nothing read from garbage."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from cadencia.rules.script_register import Approval, RegisterError, add_approval, approval_of, read_register

APPROVAL = Approval(
    sha256="a" * 64, jurisdiction="CO", channel="sms", language="es", purpose="collections",
    actor="third_party_collector", by="A. Lawyer", on=date(2026, 11, 22), rulebook="sha256:1",
)  # fmt: skip


def other(**changes: object) -> Approval:
    return msgspec.structs.replace(APPROVAL, **changes)


def test_what_was_added_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "approved.ndjson"
    assert read_register(path) == []
    add_approval(path, APPROVAL)
    add_approval(path, other(channel="email"))
    assert read_register(path) == [APPROVAL, other(channel="email")]
    assert [one.name for one in tmp_path.iterdir()] == ["approved.ndjson"]


def test_a_text_is_approved_for_one_use(tmp_path: Path) -> None:
    assert approval_of([APPROVAL], APPROVAL.use) == APPROVAL
    assert approval_of([APPROVAL], other(jurisdiction="MX").use) is None
    assert approval_of([APPROVAL], other(sha256="b" * 64).use) is None


def test_the_same_use_is_not_entered_twice(tmp_path: Path) -> None:
    path = tmp_path / "approved.ndjson"
    add_approval(path, APPROVAL)
    before = path.read_bytes()
    with pytest.raises(RegisterError, match=r"approved already, by A\. Lawyer on 2026-11-22"):
        add_approval(path, other(by="B. Other"))
    assert path.read_bytes() == before
    assert not (tmp_path / "approved.ndjson.part").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"not json\n", ":1: not an approval"),
        (b"\xff\n", ":1: not an approval"),
        (b"{}\n", ":1: not an approval"),
        (msgspec.json.encode(APPROVAL), "may be cut off"),
        (msgspec.json.encode(other(sha256="A" * 64)) + b"\n", "hexadecimal"),
        ((msgspec.json.encode(APPROVAL) + b"\n") * 2, ":2: the same approval as line 1"),
        (msgspec.json.encode({**msgspec.to_builtins(APPROVAL), "more": 1}) + b"\n", ":1: not an approval"),
    ],
)
def test_a_damaged_register_is_refused_and_left_alone(tmp_path: Path, text: bytes, says: str) -> None:
    path = tmp_path / "approved.ndjson"
    path.write_bytes(text)
    with pytest.raises(RegisterError, match=says):
        add_approval(path, other(channel="call"))
    assert path.read_bytes() == text


def test_two_do_not_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "approved.ndjson"
    (tmp_path / "approved.ndjson.part").write_bytes(b"")
    with pytest.raises(RegisterError, match="another approval is being written"):
        add_approval(path, APPROVAL)
    assert not path.exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="cannot be written"):
        add_approval(tmp_path / "none" / "approved.ndjson", APPROVAL)
