"""`cadencia cases` from the outside: exit codes, the shape of --json, both engines, hostile files."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cadencia.cli import cases
from cadencia.rules.cases import MAX_LINE

GOOD: dict[str, Any] = {
    "id": "g-1", "jurisdiction": "CO", "channel": "call", "local_time": "2026-09-15T19:00:00", "tz": "America/Bogota",
    "expected": "deny", "reason": "contact_hours", "citation": "art. 3", "confidence": "high",
}  # fmt: skip
OPEN = GOOD | {"id": "g-2", "local_time": "2026-09-15T10:00:00", "expected": "allow", "reason": "ok"}
WRONG = GOOD | {"id": "w-1", "local_time": "2026-09-15T10:00:00"}


def run(*args: object) -> int:
    parser = argparse.ArgumentParser()
    cases.add(parser.add_subparsers())
    found = parser.parse_args(["cases", *map(str, args)])
    return int(found.run(found))


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(*rows: dict[str, Any] | bytes, name: str = "v.jsonl") -> Path:
        path = tmp_path / name
        path.write_bytes(
            b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)
        )
        return path

    return written


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_vectors_that_agree_exit_0(write: Any, capsys: pytest.CaptureFixture[str], engine: str) -> None:
    assert run(write(GOOD, OPEN), "--engine", engine) == 0
    assert capsys.readouterr().out == "high: 2 of 2 agree\n"


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_json_has_exactly_these_keys(write: Any, capsys: pytest.CaptureFixture[str], engine: str) -> None:
    assert run(write(GOOD, OPEN, b"?"), "--json", "--engine", engine) == 1
    told = capsys.readouterr()
    denied, allowed, bad = (json.loads(line) for line in told.out.splitlines())
    assert [*denied] == [*bad] == ["id", "expected", "got", "ok", "reasons"]
    assert (denied["id"], denied["expected"], denied["got"], denied["ok"]) == ("g-1", "deny", "deny", True)
    assert denied["reasons"] == [
        {"rule": "CO.ley-2300.contact-hours", "kind": "contact_window", "citation": "Ley 2300/2023, art. 3"}
    ]
    assert (allowed["got"], allowed["ok"], allowed["reasons"]) == ("allow", True, [])
    assert bad == {"id": "line 3", "expected": "", "got": "error", "ok": False, "reasons": []}
    assert "v.jsonl: line 3: not a vector" in told.err


def test_a_disagreement_exits_1_and_is_told_with_what_was_asked(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(WRONG)) == 1
    out = capsys.readouterr().out
    assert out.startswith(
        "w-1 [high] CO call 2026-09-15T10:00:00 America/Bogota: expected deny (contact_hours; art. 3), got allow"
    )
    assert out.endswith("high: 0 of 1 agree\n")


def test_what_a_vector_leaves_out_leaves_no_empty_brackets(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(WRONG | {"citation": ""}, WRONG | {"id": "w-2", "reason": "", "citation": ""})) == 1
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert "expected deny (contact_hours), got allow" in first
    assert "expected deny, got allow" in second


def test_a_question_of_low_confidence_is_told_but_is_no_gate(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(WRONG | {"confidence": "low"})) == 0
    assert "low: 0 of 1 agree" in capsys.readouterr().out


def test_a_line_that_cannot_be_read_is_a_gate(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(GOOD, OPEN | {"flags": ["x"], "confidence": "medium"})) == 1
    assert "line 2: flag 'x' is not one of" in capsys.readouterr().out


def test_one_place_and_those_under_it(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    other = GOOD | {"jurisdiction": "US-MA", "tz": "America/New_York", "local_time": "2026-09-15T07:00:00", "id": "m"}
    path = write(WRONG, other)
    assert run(path, "--jurisdiction", "US") == 0
    assert capsys.readouterr().out == "high: 1 of 1 agree\n"
    capsys.readouterr()
    assert run(path, "--jurisdiction", "US-M") == 2
    told = "--jurisdiction US-M: no vector is of that place; those given are of: CO, US-MA"
    assert told in capsys.readouterr().err


def test_a_line_that_is_no_vector_is_found_by_its_id(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(GOOD, GOOD | {"id": "b-1", "colour": "red"}, GOOD), "--json") == 1
    told = capsys.readouterr()
    _, bad, again = (json.loads(line) for line in told.out.splitlines())
    assert (bad["id"], bad["expected"], bad["got"]) == ("b-1", "deny", "error")
    assert (again["id"], again["got"]) == ("g-1", "error")
    assert "v.jsonl: b-1: line 2: not a vector: Object contains unknown field `colour`; remove it" in told.err
    assert "v.jsonl: g-1: line 3: id 'g-1' is that of line 1 too; give each vector its own" in told.err


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_the_citation_is_that_of_the_version_in_force(
    write: Any, capsys: pytest.CaptureFixture[str], engine: str
) -> None:
    at = {"tz": "America/Sao_Paulo", "local_time": "2020-05-17T10:00:00", "jurisdiction": "BR-SP"}
    assert run(write(GOOD | at), "--json", "--engine", engine) == 0
    [reason] = json.loads(capsys.readouterr().out)["reasons"]
    assert "15.426/2014" in reason["citation"]


@pytest.mark.parametrize("engine", ["fast", "reference"])
@pytest.mark.parametrize("word", ["debt_type", "actor", "party", "channel", "place", "purpose"])
def test_a_word_that_is_none_is_a_mistake_of_its_line(
    write: Any, capsys: pytest.CaptureFixture[str], word: str, engine: str
) -> None:
    assert run(write(GOOD | {word: "bogus"}), "--engine", engine) == 1
    assert "line 1: 'bogus' is not a" in capsys.readouterr().out


@pytest.mark.parametrize("content", [(), (b"",), (b"  ", b"\t")])
def test_a_file_without_vectors_is_2(
    write: Any, capsys: pytest.CaptureFixture[str], content: tuple[bytes, ...]
) -> None:
    assert run(write(*content)) == 2
    assert "no vectors to judge" in capsys.readouterr().err


def test_a_file_that_cannot_be_opened_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none.jsonl") == 2
    assert "none.jsonl: No such file" in capsys.readouterr().err


def test_a_root_that_is_no_folder_or_has_mistakes_is_2(
    write: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(GOOD), "--root", tmp_path / "none") == 2
    assert "no such folder" in capsys.readouterr().err
    (tmp_path / "law" / "co").mkdir(parents=True)
    (tmp_path / "law" / "co" / "law.yaml").write_text("jurisdiction: CO\n")
    assert run(write(GOOD), "--root", tmp_path / "law") == 2
    assert "run: cadencia rules check" in capsys.readouterr().err


def test_a_line_that_never_ends_is_read_in_bounded_pieces() -> None:
    class Long(io.RawIOBase):
        left, most = 50 * MAX_LINE, 0

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None and size > 0
            Long.most = max(Long.most, size)
            Long.left -= size
            if Long.left > 0:
                return b"x" * size
            return b"\n" if Long.left > -size else b""

    lines = cases._lines(Long())  # type: ignore[arg-type]
    assert len(next(lines)) == MAX_LINE + 2
    assert list(lines) == []
    assert Long.most == MAX_LINE + 2


def test_a_line_that_is_too_long_is_one_error_and_the_next_goes_on(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(b"x" * (3 * MAX_LINE + 5), GOOD), "--json") == 1
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["id"], first["got"]) == ("line 1", "error")
    assert (second["id"], second["ok"]) == ("g-1", True)


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cases.sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(GOOD).encode())))
    assert run("-") == 0
    assert capsys.readouterr().out == "high: 1 of 1 agree\n"
