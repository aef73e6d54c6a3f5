"""What only the SQLite ledger has: a file that others may look at, spoil, or want for themselves."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from cadencia.engine.history import attributes
from cadencia.engine.words import Channel, EventKind
from cadencia.store.entry import Draft
from cadencia.store.ledger import LedgerError
from cadencia.store.sqlite import SqliteLedger
from tests.conformance.drafts import JOAO, MARIA, all_of, append, draft

SECRET = b"a secret of the tests, 32 bytes."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of ten entries."""
    path = tmp_path / "ledger.db"
    on(path, lambda ledger: append(ledger, *(draft((MARIA, JOAO)[n % 2], attempt=f"a{n}") for n in range(10))))
    return path


def on(path: Path, does: Callable[[SqliteLedger], Awaitable[object]], **how: object) -> object:
    """What `does` gives on a ledger that is opened for it."""

    async def run() -> object:
        ledger = await SqliteLedger.open(path, **{"secret": SECRET} | how)  # type: ignore[arg-type]
        try:
            return await does(ledger)
        finally:
            await ledger.close()

    return asyncio.run(run())


def spoil(path: Path, *statements: str) -> None:
    """Alters the file behind the ledger's back."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER entry_stays")
        connection.execute("DROP TRIGGER entry_remains")
        for statement in statements:
            connection.execute(statement)
    connection.close()


async def found(ledger: SqliteLedger) -> object:
    return ledger.found


async def nothing(ledger: SqliteLedger) -> None:
    pass


def test_opening_says_what_the_check_of_the_end_found(path: Path) -> None:
    assert str(on(path, found)) == "entries 1 to 11 fit the chain"


SPOILED = [
    ("UPDATE entry SET at = at + 1 WHERE n = 4", 4, "altered"),
    ("UPDATE entry SET subject = x'00112233445566778899aabbccddeeff' WHERE n = 4", 4, "altered"),
    ("DELETE FROM entry WHERE n = 4", 4, "missing"),
    ("DELETE FROM payload WHERE n = 4", 4, "gone"),
    ("UPDATE payload SET sealed = zeroblob(60) WHERE n = 4", 4, "payload of entry 4 does not open"),
    ("UPDATE payload SET sealed = (SELECT sealed FROM payload WHERE n = 6) WHERE n = 4", 4, "does not open"),
    ("UPDATE person SET wrapped = zeroblob(60) WHERE id = 2", 2, "key does not open"),
    ("UPDATE entry SET chain = zeroblob(32) WHERE n = 11", 11, "altered"),
    ("UPDATE entry SET event_at = 1 << 32 WHERE n = 4", 4, "out of range"),
    ("UPDATE entry SET event_at = -1 WHERE n = 4", 4, "out of range"),
    ("UPDATE entry SET kind = cast(x'ff' AS TEXT) WHERE n = 4", 4, "not UTF-8"),
    ("UPDATE entry SET debts = x'0102030405060708ff' WHERE n = 4", 4, "out of range"),
    ("UPDATE entry SET n = -4 WHERE n = 4", -4, "its number is none"),
    (
        "INSERT INTO entry SELECT -4, * FROM (SELECT at, tenant, kind, subject, attempt, event_at, event_attr, debts, "
        "address, creditor, key, digest, chain, household, workplace, account FROM entry WHERE n = 4)",
        -4,
        "its number is none",
    ),
]
#: one value of each kind that a column of a STRICT table takes and no entry has
_NUMBERS = ("-1", "1 << 32", "-9223372036854775808", "9223372036854775807")
_TEXTS = ("''", "cast(x'ff00' AS TEXT)", "cast(x'eda080' AS TEXT)", "'a' || char(0)", "printf('%300000s', 'x')")
_BLOBS = ("x''", "x'00'", "zeroblob(300000)")
ALTERED = [
    ("entry", column, value)
    for columns, values in (
        (("at", "event_at", "event_attr", "address", "creditor"), _NUMBERS),
        (("tenant", "kind", "attempt", "key"), _TEXTS),
        (("subject", "debts", "digest", "chain"), _BLOBS),
    )
    for column in columns
    for value in values
] + [("payload", column, value) for column, values in (("sealed", _BLOBS), ("person", _NUMBERS)) for value in values]


@pytest.mark.parametrize(("statement", "bad", "says"), SPOILED, ids=[row[0] for row in SPOILED])
def test_a_spoiled_file_is_named_and_not_written_to(path: Path, statement: str, bad: int, says: str) -> None:
    spoil(path, statement)
    with pytest.raises(LedgerError, match=f"entry {bad}: .*{says}"):
        on(path, nothing)
    looked = on(path, lambda ledger: ledger.verify(), read_only=True)
    assert looked.bad == bad and says in looked.why  # type: ignore[attr-defined]


@pytest.mark.parametrize(("table", "column", "value"), ALTERED)
def test_no_value_in_any_column_stops_the_walk_from_naming_its_entry(
    path: Path, table: str, column: str, value: str
) -> None:
    spoil(path, f"UPDATE {table} SET {column} = {value} WHERE n = 4 AND {column} <> {value}",
          "UPDATE entry SET tenant = tenant || '!' WHERE n = 9")  # fmt: skip
    looked = on(path, lambda ledger: ledger.verify(), read_only=True)
    unaltered = (column, value) in (("debts", "x''"), ("key", "''"))  # as the entry has them
    assert looked.bad == (9 if unaltered else 4)  # type: ignore[attr-defined]
    with pytest.raises(LedgerError, match="entry 9" if unaltered else "entry 4"):
        on(path, nothing)


def test_payloads_may_be_gone_only_if_their_person_was_erased(path: Path) -> None:
    on(path, lambda ledger: ledger.erase("acme", MARIA, 1))
    assert on(path, lambda ledger: ledger.verify()).bad is None  # type: ignore[attr-defined]
    spoil(path, "DELETE FROM payload WHERE n = 2")
    assert on(path, lambda ledger: ledger.verify(), read_only=True).bad == 2  # type: ignore[attr-defined]


def test_an_altered_payload_is_not_handed_out(path: Path) -> None:
    spoil(path, "UPDATE payload SET sealed = zeroblob(60) WHERE n = 4")
    with pytest.raises(LedgerError, match="entry 4 does not open"):
        on(path, all_of, read_only=True)


def test_any_tool_reads_the_file_and_none_changes_an_entry(path: Path) -> None:
    outcome = attributes(channel=Channel.sms, kind=EventKind.message_delivered)
    event = {"event_at": 86_400, "event_attr": outcome, "debts": (255,)}
    settled = Draft(at=0, tenant="acme", kind="settled", attempt="a0", **event)  # type: ignore[arg-type]
    on(path, lambda ledger: append(ledger, settled))
    with sqlite3.connect(path) as connection:
        row = connection.execute("SELECT at_utc, kind, event_at_utc, channel, outcome, debts FROM ledger WHERE n = 12")
        assert row.fetchone() == (
            "1970-01-01 00:00:00.000", "settled", "2000-01-02 00:00:00", "sms", "message_delivered", "00000000000000ff"
        )  # fmt: skip
        last = connection.execute("SELECT n, last_kind, outcome FROM attempt WHERE attempt = 'a0'").fetchone()
        assert last == (12, "settled", "message_delivered")
        for statement in ("UPDATE entry SET at = 0", "DELETE FROM entry"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("channel", list(Channel))
def test_the_view_has_a_word_for_every_channel(path: Path, channel: Channel) -> None:
    assert word_in_view(path, "channel", channel=channel, kind=0) == channel.name


@pytest.mark.parametrize("kind", list(EventKind))
def test_the_view_has_a_word_for_every_outcome(path: Path, kind: EventKind) -> None:
    assert word_in_view(path, "outcome", channel=0, kind=kind) == kind.name


def word_in_view(path: Path, column: str, **event: int) -> str:
    with sqlite3.connect(path) as connection:
        view = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'ledger'").fetchone()[0]
        column_sql = view.split(f"END END AS {column}")[0].rsplit("CASE WHEN event_at > 0 THEN", 1)[1] + "END"
        words = connection.execute(f"SELECT {column_sql} FROM (SELECT ? AS event_attr)", (attributes(**event),))
        return str(words.fetchone()[0])


def test_a_second_opening_is_refused_and_names_the_process(path: Path) -> None:
    code = f"""import asyncio, pathlib
from cadencia.store.sqlite import SqliteLedger
asyncio.run(SqliteLedger.open(pathlib.Path({str(path)!r}), secret={SECRET!r}))"""

    async def both() -> None:
        ledger = await SqliteLedger.open(path, secret=SECRET)
        with pytest.raises(LedgerError, match="open already in this process"):
            await SqliteLedger.open(path, secret=SECRET)
        other = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True)
        assert other.returncode == 1 and f"belongs to process {ledger_pid(path)};" in other.stderr
        assert len(await append(ledger, draft())) == 1  # nobody was disturbed
        await ledger.close()

    asyncio.run(both())
    on(path, nothing)


def ledger_pid(path: Path) -> str:
    return path.with_name(path.name + ".owner").read_text(encoding="ascii").strip()


def test_one_looks_on_while_another_writes(path: Path) -> None:
    async def both() -> None:
        ledger = await SqliteLedger.open(path, secret=SECRET)
        onlooker = await SqliteLedger.open(path, secret=SECRET, read_only=True)
        for number in range(3):
            (entry,) = await append(ledger, draft(attempt=f"new {number}"))
            assert await onlooker.head() == (entry.n, entry.chain)
            assert (await all_of(onlooker))[-1] == entry
        for refused in (onlooker.append([draft()]), onlooker.erase("acme", MARIA, 1)):
            with pytest.raises(LedgerError, match="opened for reading"):
                await refused
        await onlooker.close()
        await ledger.close()

    asyncio.run(both())


def test_another_secret_is_refused(path: Path) -> None:
    for read_only in (False, True):
        with pytest.raises(LedgerError, match="another secret"):
            on(path, nothing, secret=b"x" * 32, read_only=read_only)
    on(path, nothing)


def test_files_that_are_no_ledger_are_refused(tmp_path: Path, path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE x (y)")
    connection.close()
    (tmp_path / "text.db").write_text("not a database, but long enough to look at: " * 10, encoding="ascii")
    (tmp_path / "empty.db").touch()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for name, says in (("other.db", "another program"), ("text.db", "cannot be opened"), (path.name, "later version")):
        with pytest.raises(LedgerError, match=says):
            on(tmp_path / name, nothing)
    for name, says in (("missing.db", "does not exist"), ("empty.db", "no ledger yet"), ("text.db", "cannot be read")):
        with pytest.raises(LedgerError, match=says):
            on(tmp_path / name, nothing, read_only=True)
    with pytest.raises(LedgerError, match="cannot be written"):
        on(tmp_path / "no" / "such" / "folder.db", nothing)


def test_the_log_is_written_into_the_file_and_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadencia.store.sqlite_writer.CHECKPOINT_PAGES", 50)
    path = tmp_path / "ledger.db"

    async def write(ledger: SqliteLedger) -> int:
        for number in range(300):
            await append(ledger, *(draft(attempt=f"{number} {part}", payload=b"x" * 500) for part in range(5)))
        return path.with_name("ledger.db-wal").stat().st_size

    assert on(path, write) < 150 * 4_200  # type: ignore[operator]
    assert on(path, lambda ledger: ledger.verify()).last == 1_501  # type: ignore[attr-defined]


def test_what_is_queued_behind_beyond_the_limit_is_counted_as_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadencia.store.sqlite.MAX_BEHIND", 10)

    async def write(ledger: SqliteLedger) -> tuple[int, int]:
        for _ in range(25):
            ledger.append_behind([draft(kind="decided")])
        return await ledger.settled_behind(), len(await all_of(ledger))

    assert on(tmp_path / "ledger.db", write) == (15, 10)


def test_ciphertext_and_key_of_who_was_erased_are_in_no_byte_of_the_files(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        sealed = "SELECT sealed FROM payload JOIN entry USING (n) WHERE subject = ?"
        secrets = [row[0] for row in connection.execute(sealed, (MARIA,))]
        secrets += connection.execute("SELECT wrapped FROM person WHERE subject = ?", (MARIA,)).fetchone()
    connection.close()

    def left() -> int:
        raw = b"".join(file.read_bytes() for file in path.parent.iterdir())
        return sum(secret in raw for secret in secrets)

    async def erase(ledger: SqliteLedger) -> tuple[int, int]:
        await append(ledger, draft(JOAO))
        return await ledger.erase("acme", MARIA, 1), left()

    assert left() == len(secrets) == 6
    assert on(path, erase) == (5, 0)
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("VACUUM")
    connection.close()
    assert left() == 0
    assert on(path, lambda ledger: ledger.verify()).bad is None  # type: ignore[attr-defined]


def test_a_loop_that_ends_without_closing_leaves_what_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    code = f"""import asyncio, pathlib
from cadencia.store.sqlite import SqliteLedger
from cadencia.store.entry import Draft
async def main():
    ledger = await SqliteLedger.open(pathlib.Path({str(path)!r}), secret={SECRET!r})
    await ledger.append([Draft(at=1, tenant="acme", kind="fact")])
    ledger.append_behind([Draft(at=1, tenant="acme", kind="decided")])
asyncio.run(main())"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert on(path, all_of)[0].kind == "fact"  # type: ignore[index]


@pytest.mark.parametrize("opens", [nothing, all_of], ids=["to write", "to read"])
def test_a_file_of_two_names_is_refused(path: Path, opens: Callable[[SqliteLedger], Awaitable[object]]) -> None:
    """Each name would have its own owner and its own log, and two processes would write one file."""
    other = path.with_name("other.db")

    async def beside(ledger: SqliteLedger) -> None:
        other.hardlink_to(path)
        with pytest.raises(LedgerError, match=r"has 2 names \(hard links\)"):
            await SqliteLedger.open(other, secret=SECRET, read_only=opens is all_of)

    on(path, beside)
    with pytest.raises(LedgerError, match="remove the others"):
        on(path, opens, read_only=opens is all_of)
    other.unlink()
    on(path, opens, read_only=opens is all_of)
