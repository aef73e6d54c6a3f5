"""Rows put in and looked up many at once, over a connection of apsw."""

from __future__ import annotations

from collections.abc import Iterator

import apsw
import pytest

from cadencia.store._rows import Bulk

PUT = "INSERT INTO t VALUES (?, ?, ?)"


@pytest.fixture
def connection() -> Iterator[apsw.Connection]:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, name TEXT NOT NULL, raw BLOB NOT NULL) STRICT")
    yield connection
    connection.close()


@pytest.fixture
def bulk(connection: apsw.Connection) -> Iterator[Bulk]:
    bulk = Bulk(connection)
    yield bulk
    bulk.close()


def test_rows_come_in_as_they_are_and_numbers_beyond_63_bits_as_negative_ones(
    connection: apsw.Connection, bulk: Bulk
) -> None:
    rows = [(1, "", b""), (2, "ñandú\0☎", b"\0\xff"), ((1 << 64) - 5, "x" * 300, bytes(70_000)), (-7, "a", b"b")]
    bulk.insert([(PUT, []), (PUT, rows)], True)
    assert connection.execute("SELECT * FROM t ORDER BY name").fetchall() == sorted(
        [*rows[:2], (-5, *rows[2][1:]), rows[3]], key=lambda row: row[1]
    )


def test_the_transaction_begins_with_the_first_rows_and_ends_when_asked(
    connection: apsw.Connection, bulk: Bulk
) -> None:
    for number, commit in ((1, False), (2, False), (3, True)):
        bulk.insert([(PUT, [(number, "a", b"")])], commit)
        assert connection.in_transaction is not commit
    bulk.insert([], True)
    assert not connection.in_transaction and connection.execute("SELECT count(*) FROM t").get == 3


def test_keys_are_found_by_their_places(bulk: Bulk) -> None:
    bulk.insert([(PUT, [(n, f"n{n}", b"\0" * n) for n in range(5)])], True)
    found = bulk.find("SELECT n, raw FROM t WHERE name = ? AND n < ?", [("n9", 9), ("n3", 9), ("n4", 4), ("n0", 9)])
    assert found == [(1, 3, b"\0\0\0"), (3, 0, b"")]
    assert bulk.find("SELECT n, raw FROM t WHERE name = ?", []) == []


def test_what_fails_says_so_in_the_words_of_sqlite(connection: apsw.Connection, bulk: Bulk) -> None:
    with pytest.raises(apsw.ConstraintError, match="UNIQUE constraint failed"):
        bulk.insert([(PUT, [(1, "a", b""), (1, "b", b"")])], True)
    assert connection.in_transaction
    connection.execute("ROLLBACK")
    with pytest.raises(apsw.ConstraintError, match="cannot store TEXT value in BLOB column"):
        bulk.insert([(PUT, [(1, "a", "text")])], True)
    connection.execute("ROLLBACK")
    with pytest.raises(apsw.SQLError, match="no such table"):
        bulk.insert([("INSERT INTO u VALUES (?)", [(1,)])], True)
    with pytest.raises(ValueError, match="rows of 3 columns, one of 2"):
        bulk.insert([(PUT, [(1, "a", b""), (2, "b")])], True)
    with pytest.raises(TypeError):
        bulk.insert([(PUT, [(1, "a", None)])], True)  # type: ignore[list-item]
    bulk.insert([(PUT, [(1, "a", b"")])], True)


def test_what_a_hook_raises_comes_through(connection: apsw.Connection, bulk: Bulk) -> None:
    def refuse() -> bool:
        raise OSError("not today")

    connection.set_commit_hook(refuse)
    with pytest.raises(OSError, match="not today"):
        bulk.insert([(PUT, [(1, "a", b"")])], True)
    connection.set_commit_hook(None)
    assert connection.execute("SELECT count(*) FROM t").get == 0
